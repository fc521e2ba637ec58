//! Names that two texts share: the places of their units, and what either has in quotation marks.

use std::collections::BTreeSet;

use crate::nomination::Nomination;
use crate::search::is_han;

/// What a place's name ends with. Villages and towns are left out: their signs stand in common words of this field.
const PLACE_ENDINGS: [char; 7] = ['省', '市', '区', '县', '州', '旗', '盟'];

/// With them the name of an organ begins (区城市管理局), not that of a place.
const LEVELS: [char; 4] = ['省', '市', '区', '县'];

/// Characters of a place's name that stand for it.
const STEM: usize = 2;

/// Letters a word at the head of a unit's name must have to be a name.
const MIN_LETTERS: usize = 5;

/// Further names of a text are not looked for in the other.
const MAX_NAMES: usize = 100;

/// Quotation marks around names of projects.
const QUOTES: [(char, char); 4] = [('“', '”'), ('「', '」'), ('『', '』'), ('"', '"')];

/// Characters of a quoted name.
const QUOTED: std::ops::RangeInclusive<usize> = 2..=14;

/// What stands before such an ending, or at the head of a unit's name, and is no place.
const NO_PLACES: [&str; 8] = ["国家", "中国", "中共", "全国", "自治", "开发", "高新", "示范"];

/// Words at the head of a unit's name that are no place.
const NO_HEADS: [&str; 36] = [
    "Administration",
    "Administrative",
    "Bureau",
    "Center",
    "Central",
    "Centre",
    "Commission",
    "Committee",
    "Council",
    "County",
    "Department",
    "Development",
    "Digital",
    "District",
    "Eastern",
    "Education",
    "Federal",
    "Foreign",
    "General",
    "Government",
    "Health",
    "Information",
    "Institute",
    "International",
    "Ministry",
    "Municipal",
    "National",
    "Northern",
    "Office",
    "Provincial",
    "Public",
    "Royal",
    "Southern",
    "State",
    "University",
    "Western",
];

/// Names that place a nomination.
pub(super) struct Names<'a> {
    own: BTreeSet<String>,
    quoted: BTreeSet<&'a str>,
    /// Where the names of another are looked for.
    said: [&'a str; 3],
}

impl<'a> Names<'a> {
    pub fn of(nomination: &'a Nomination) -> Self {
        let Nomination { unit, title, text, .. } = nomination;
        let own = places(unit).into_iter().chain(head(unit)).collect();
        let quoted = quoted(title).chain(quoted(text)).take(MAX_NAMES).collect();
        Self { own, quoted, said: [unit, title, text] }
    }

    /// 1 where one says a name of the other, 0 where neither does, a half where one has none.
    pub fn agreement(&self, other: &Self) -> f32 {
        if self.own.is_empty() || other.own.is_empty() {
            return 0.5;
        }
        let says = |a: &Self, b: &Self| b.own.iter().any(|name| a.says(name));
        if says(self, other) || says(other, self) { 1.0 } else { 0.0 }
    }

    /// Whether `other` says what this one has in quotation marks.
    pub fn quoted_in(&self, other: &Self) -> bool {
        self.quoted.iter().any(|name| other.says(name))
    }

    fn says(&self, name: &str) -> bool {
        self.said.iter().any(|text| text.contains(name))
    }
}

/// The stems of the places in a unit's name, with its beginning, which mostly is one. A province is left out where
/// something below it is named.
fn places(unit: &str) -> Vec<String> {
    let chars: Vec<char> = unit.chars().collect();
    let ending = |at: usize| chars.get(at).filter(|c| PLACE_ENDINGS.contains(c));
    let stems = (STEM..=chars.len()).filter(|&at| at == STEM || ending(at).is_some());
    let named = stems.map(|at| (chars[at - STEM..at].iter().collect::<String>(), ending(at) == Some(&'省')));
    let is_place = |stem: &str| {
        stem.chars().all(is_han) && !NO_PLACES.contains(&stem) && !stem.starts_with(|c| LEVELS.contains(&c))
    };
    let (provinces, lower): (Vec<_>, Vec<_>) = named.filter(|(stem, _)| is_place(stem)).partition(|(_, is)| *is);
    let chosen = if lower.is_empty() { provinces } else { lower };
    chosen.into_iter().map(|(stem, _)| stem).collect()
}

/// Short texts in quotation marks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (at, (open, close)) =
                rest.char_indices().find_map(|(at, c)| Some((at, *QUOTES.iter().find(|quotes| quotes.0 == c)?)))?;
            rest = &rest[at + open.len_utf8()..];
            let end = rest.char_indices().take(QUOTED.end() + 1).find(|(_, c)| *c == close).map(|(end, _)| end);
            if let Some(end) = end {
                let name = &rest[..end];
                rest = &rest[end + close.len_utf8()..];
                if QUOTED.contains(&name.chars().count()) {
                    return Some(name);
                }
            }
        }
    })
}

/// The first word of a unit's name in Latin letters.
fn head(unit: &str) -> Option<String> {
    let word: String = unit.chars().take_while(char::is_ascii_alphabetic).collect();
    let is_name = word.len() >= MIN_LETTERS && word.starts_with(|c: char| c.is_ascii_uppercase());
    (is_name && !NO_HEADS.contains(&word.as_str())).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreement(one: (&str, &str), other: (&str, &str)) -> f32 {
        let [one, other] = [one, other].map(|(unit, text)| Nomination {
            unit: unit.into(),
            text: text.into(),
            ..Nomination::default()
        });
        Names::of(&one).agreement(&Names::of(&other))
    }

    #[test]
    fn a_bureau_and_its_superior_agree_and_another_county_does_not() {
        let county = ("黄山市歙县应急管理局", "沿江布设水位计。");
        assert_eq!(agreement(county, ("黄山市水利局", "全市推广。")), 1.0);
        assert_eq!(agreement(county, ("建德市水利局", "下游布设水位计。")), 0.0);
        assert_eq!(agreement(county, ("", "布设水位计。")), 0.5);
    }

    #[test]
    fn a_common_province_is_no_common_place() {
        let city = ("浙江省建德市水利局", "");
        assert_eq!(agreement(city, ("浙江省温州市水利局", "")), 0.0);
        assert_eq!(agreement(city, ("浙江省水利厅", "")), 1.0);
        assert_eq!(agreement(("衡阳市蒸湘区城市管理局", ""), ("湘潭市雨湖区城市管理局", "")), 0.0);
        assert_eq!(agreement(("国家税务总局德化县税务局", ""), ("国家税务总局巴楚县税务局", "")), 0.0);
    }

    #[test]
    fn quoted_names_are_found_without_their_quotation_marks() {
        let named = |text| quoted(text).collect::<Vec<_>>();
        assert_eq!(named("建成“澄小派”助手和\"一表通\"系统，推行“好”与「乡音专线」"), ["澄小派", "一表通", "乡音专线"]);
        assert_eq!(named("“这是一句完整的话，不是什么项目的名字。”和“雨哨”"), ["雨哨"]);
        assert_eq!(named("没有收尾的“引号"), Vec::<&str>::new());
        let [one, other] =
            ["启用“雨哨”预警", "雨哨一响就撤离"].map(|text| Nomination { text: text.into(), ..Nomination::default() });
        let [one, other] = [&one, &other].map(Names::of);
        assert!(one.quoted_in(&other) && !other.quoted_in(&one));
    }

    #[test]
    fn units_in_latin_letters_begin_with_their_place() {
        let county = ("Corrin Council", "Dams were set in the upper Brenn.");
        assert_eq!(agreement(county, ("Rivers Trust", "Farmers of Corrin help.")), 1.0);
        assert_eq!(agreement(county, ("Halden Council", "Dams were set in the upper Esk.")), 0.0);
        assert_eq!(agreement(county, ("National Rivers Office", "Dams were set in the Esk.")), 0.5);
    }
}
