//! Radicals, signs of dictionaries that no text uses: subsets of fonts that some producers make say that a character is
//! the radical of the same shape (⺠ for 民).

use unicode_normalization::char::decompose_compatible;

/// The characters of U+2E80 to U+2EF3, most of which have no decomposition, in this order; ⺀ and ⺚ have none.
/// By the property Equivalent_Unified_Ideograph of Unicode 14.
const SUPPLEMENT: &str = "⺀厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵⺚旡日\
    月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂\
    肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝\
    雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟";
const FIRST: u32 = 0x2e80;

/// The character of the same shape; any other character stays.
pub(super) fn folded(character: char) -> char {
    match character {
        '\u{2e80}'..='\u{2ef3}' => {
            let at = u32::from(character) - FIRST;
            SUPPLEMENT.chars().nth(at as usize).unwrap_or(character)
        }
        // Kangxi radicals decompose into one character.
        '\u{2f00}'..='\u{2fd5}' => {
            let mut whole = character;
            decompose_compatible(character, |part| whole = part);
            whole
        }
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radicals_are_the_characters_of_their_shape() {
        let radicals = "⺠⻓⻚⻔⻛⻢⺟⻳⼀⽇⿕⺀";
        assert_eq!(radicals.chars().map(folded).collect::<String>(), "民长页门风马母龟一日龠⺀");
        assert_eq!(folded('办'), '办');
        assert_eq!(SUPPLEMENT.chars().count(), 0x2ef4 - 0x2e80);
    }
}
