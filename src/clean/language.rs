//! Whether a text is in a language that is read here, Chinese or English.

/// From this share of the letters on, kana make Han text Japanese. Chinese texts cite a name at most.
const KANA_SHARE: f64 = 0.1;
/// Above this share of letters of other scripts (Cyrillic, Arabic, Tibetan, Hangul) a text is in their language.
const OTHER_SHARE: f64 = 0.5;
/// Shorter texts in Latin letters are names and abbreviations.
const MIN_WORDS: usize = 20;
/// English prose has a share of these words of about 0.25, other languages in Latin letters hardly any.
const ENGLISH_WORDS: [&str; 16] =
    ["the", "of", "and", "to", "for", "with", "is", "are", "was", "were", "by", "from", "that", "this", "which", "has"];
const MIN_ENGLISH_SHARE: f64 = 0.06;

/// Whether `text` is mainly in another language than Chinese or English; false where there is too little to tell.
pub(super) fn is_foreign(text: &str) -> bool {
    let (mut han, mut kana, mut latin, mut other) = (0usize, 0usize, 0usize, 0usize);
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        let count = match c {
            '\u{3041}'..='\u{30FF}' => &mut kana,
            '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' => &mut han,
            'A'..='Z' | 'a'..='z' | '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => &mut latin,
            _ => &mut other,
        };
        *count += 1;
    }
    let letters = (han + kana + latin + other).max(1) as f64;
    kana as f64 > KANA_SHARE * letters
        || other as f64 > OTHER_SHARE * letters
        // A Han character says about as much as three letters.
        || (latin > 3 * han && !is_english(text))
}

fn is_english(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().all(|c| c < '\u{2E80}'));
    let words: Vec<String> = words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let known = words.iter().filter(|word| ENGLISH_WORDS.contains(&word.as_str())).count();
    words.len() < MIN_WORDS || known as f64 >= MIN_ENGLISH_SHARE * words.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_and_english_are_told_from_other_languages() {
        for text in [
            "全区把三百多项高频事项纳入一张清单，群众只进一扇门。引进日本「さくら」系统。",
            "The hall put all of its services behind one window, and people who came for two of them were served by one clerk.",
            "OCR API SaaS GPU 平台上线",
            "OCR, API, SaaS",
            "12345",
            "",
        ] {
            assert!(!is_foreign(text), "{text}");
        }
        for text in [
            "市民が一つの窓口ですべての手続きを済ませることができるようになりました。",
            "Жители города подают заявления в одном окне и получают ответ в тот же день.",
            "통합 민원창구에서 모든 업무를 처리합니다.",
            "La mairie a réuni tous ses services dans un seul guichet, et les habitants qui venaient pour deux démarches \
             sont reçus par un seul agent en moins de dix minutes.",
        ] {
            assert!(is_foreign(text), "{text}");
        }
    }
}
