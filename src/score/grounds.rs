//! Why a criterion has its score, in facts that a person can look up in the text.

use super::contrast::Side;
use super::markers::{MarkerKind, MarkerSet};

/// Where a clause ends.
const CLAUSE_ENDS: [char; 12] = ['，', '。', '；', '：', '！', '？', ',', ';', ':', '!', '?', '\n'];

/// A sentence of the programme is quoted up to so many Han characters, a clause of the text up to twice as many.
const QUOTED_CHARS: usize = 30;

/// Letters that say about as much as one Han character.
const LETTERS_PER_HAN: usize = 3;

/// What a score rests on. Every string is a quotation, from the text or from the programme.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Grounds {
    /// Passages that count.
    pub passages: usize,
    /// Passages nearer to the strong sentences than to the weak ones, markers included.
    pub strong: usize,
    /// What the best evidence says in figures.
    pub telling: Option<Telling>,
    /// Plans among the passages.
    pub planned: Option<Phrases>,
    /// Stock phrases among the passages.
    pub slogan: Option<Phrases>,
    /// Passages that are words strung together.
    pub word_lists: usize,
    /// The programme's sentence nearest to the passage that decides: to the best one where the score is 50 or more, to
    /// the weakest one below.
    pub example: Option<Example>,
}

/// A clause with a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// Whether it tells a change, by a phrase of the programme.
    pub is_change: bool,
    /// Verbatim, cut with `…`.
    pub clause: String,
}

/// Passages with a phrase of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrases {
    /// How many.
    pub passages: usize,
    /// The first phrase found, as the programme lists it.
    pub first: String,
}

/// A sentence of the programme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// On which side of the contrast it stands.
    pub side: Side,
    /// Verbatim, cut with `…`.
    pub sentence: String,
}

impl Example {
    pub(super) fn new(side: Side, sentence: &str) -> Self {
        Self { side, sentence: cut(sentence, QUOTED_CHARS) }
    }
}

/// The first clause of `text` that tells a change with a figure, or else the first with a figure.
pub(super) fn telling(text: &str, markers: &MarkerSet) -> Option<Telling> {
    let with_figures: Vec<&str> = clauses(text).filter(|clause| has_figure(clause)).collect();
    let change = with_figures.iter().find(|clause| markers.hit(MarkerKind::Outcome, clause));
    let clause = change.or(with_figures.first())?;
    Some(Telling { is_change: change.is_some(), clause: cut(clause.trim(), 2 * QUOTED_CHARS) })
}

/// How many of `texts` have a phrase of `kind`.
pub(super) fn phrases<'a>(
    texts: impl Iterator<Item = &'a str>,
    kind: MarkerKind,
    markers: &MarkerSet,
) -> Option<Phrases> {
    let found: Vec<&str> = texts.filter_map(|text| markers.first_hit(kind, text)).collect();
    found.first().map(|first| Phrases { passages: found.len(), first: (*first).to_owned() })
}

/// The clauses of `text`; a mark between digits (0.4, 1,200, 9:30) ends none.
fn clauses(text: &str) -> impl Iterator<Item = &str> {
    let mut start = 0;
    let mut ends: Vec<usize> = text
        .char_indices()
        .filter(|&(at, c)| {
            let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            let within = digit(text[..at].chars().next_back()) && digit(text[at + c.len_utf8()..].chars().next());
            CLAUSE_ENDS.contains(&c) && !within
        })
        .map(|(at, _)| at)
        .collect();
    ends.push(text.len());
    ends.into_iter().filter_map(move |end| {
        let clause = &text[start..end];
        start = end + text[end..].chars().next().map_or(0, char::len_utf8);
        (!clause.trim().is_empty()).then_some(clause)
    })
}

/// Whether `clause` has a number that is more than a year, a month or a day.
fn has_figure(clause: &str) -> bool {
    let mut rest = clause;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let number = &rest[start..];
        let end = number.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',')).unwrap_or(number.len());
        if !number[end..].starts_with(['年', '月', '日', '号']) && !is_year(&number[..end]) {
            return true;
        }
        rest = &number[end..];
    }
    false
}

fn is_year(number: &str) -> bool {
    number.len() == 4 && (number.starts_with("19") || number.starts_with("20"))
}

/// At most as much as `max_han` Han characters say; in other scripts that takes about three times as many letters. A word
/// is not cut through.
fn cut(text: &str, max_han: usize) -> String {
    let mut left = LETTERS_PER_HAN * max_han;
    let mut end = None;
    for (at, c) in text.char_indices() {
        let width = if !c.is_ascii() { LETTERS_PER_HAN } else { 1 };
        if width > left {
            end = Some(at);
            break;
        }
        left -= width;
    }
    let Some(end) = end else { return text.to_owned() };
    let within_word = text[end..].starts_with(|c: char| c.is_ascii_alphanumeric());
    let last_blank = text[..end].rfind(' ').filter(|_| within_word);
    format!("{}…", &text[..last_blank.unwrap_or(end)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::Markers;

    fn markers() -> MarkerSet {
        MarkerSet::new(&Markers { outcome: vec!["降到".into(), "fell from".into()], ..Markers::default() })
    }

    #[test]
    fn the_clause_with_a_change_goes_before_one_with_a_figure() {
        let text = "2023年4月启用，接入18个部门，等候由1,200秒降到9.5秒。";
        let found = telling(text, &markers()).expect("there is one");
        assert_eq!((found.is_change, found.clause.as_str()), (true, "等候由1,200秒降到9.5秒"));
        let found = telling("接入18个部门。", &markers()).expect("there is one");
        assert_eq!((found.is_change, found.clause.as_str()), (false, "接入18个部门"));
    }

    #[test]
    fn dates_and_words_are_no_figures() {
        assert_eq!(telling("2023年11月1日起在全市施行，Since 2019 降到低位", &markers()), None);
        assert!(telling("Visits fell from 9:30 to 12", &markers()).is_some_and(|t| t.is_change));
    }

    #[test]
    fn long_quotations_are_cut_with_a_mark() {
        let clause = telling(&format!("{}5件", "长".repeat(80)), &markers()).expect("a figure").clause;
        assert_eq!((clause.chars().count(), clause.chars().last()), (2 * QUOTED_CHARS + 1, Some('…')));
        let sentence = Example::new(Side::Weak, &"seventeen words ".repeat(10)).sentence;
        assert_eq!(sentence, format!("{}seventeen…", "seventeen words ".repeat(5)));
    }
}
