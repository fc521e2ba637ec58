//! [`Nomination`](crate::nomination::Nomination)s in, [`Passage`]s out: the units that are embedded and shown as evidence.

mod sentences;

use std::collections::BTreeSet;
use std::ops::Range;

pub use sentences::sentences;

/// Where a sentence can be parted.
const CLAUSE_MARKS: [char; 12] = ['，', '、', '：', ',', ':', '；', '（', '）', '(', ')', '！', '。'];

/// What is read of one nomination, and how much.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Windows {
    /// The title as it is judged: without what it asks of the judges.
    pub title: String,
    /// In the order of the text; what is judged.
    pub passages: Vec<Passage>,
    /// Read, and kept out of every judgment.
    pub set_aside: SetAside,
    /// Share of the characters that was read, 0 to 1; 1 unless a limit was hit.
    pub coverage: f32,
}

/// A sentence, with the heading or fragment before it; or a part of a sentence longer than the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Bytes in the text.
    pub range: Range<usize>,
    /// Length in the encoder's tokens, special tokens and prefix not counted.
    pub tokens: usize,
}

/// Sentences that are no passage, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SetAside {
    /// Addressed to the judges or to a program.
    pub solicitations: usize,
    /// Said before in the same text, word by word.
    pub repetitions: usize,
}

/// How much is read, and in what portions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowLimits {
    /// Below this a sentence is a heading or a fragment, and is read with the next one.
    pub min_tokens: usize,
    /// Tokens a passage holds at most. A vector that stands for a sentence or two tells topics
    /// and claims apart better than one that stands for a page, and is evidence by itself.
    pub max_tokens: usize,
    /// Passages read of one text; the rest is left out and `coverage` says so.
    pub max_passages: usize,
}

impl Default for WindowLimits {
    fn default() -> Self {
        Self { min_tokens: 10, max_tokens: 256, max_passages: 2_000 }
    }
}

/// What cutting must know of the encoder and the programme.
pub trait Reader {
    /// Tokens the encoder would see of `text`; never fewer when text is added.
    fn count_tokens(&self, text: &str) -> usize;
    /// Whether `text` is addressed to the judges or to a program.
    fn is_solicitation(&self, text: &str) -> bool;
}

/// Cuts `text` into passages. `left_out` is the number of characters that earlier stages did not
/// pass on.
///
/// A sentence that is said again is read once, and clauses addressed to the judges are set aside,
/// so that neither moves a judgment.
#[must_use]
pub fn windows(title: &str, text: &str, limits: WindowLimits, left_out: usize, reader: &impl Reader) -> Windows {
    let mut set_aside = SetAside::default();
    let mut seen = BTreeSet::new();
    let mut pieces: Vec<Passage> = Vec::new();
    for sentence in sentences(text) {
        if !seen.insert(&text[sentence.clone()]) {
            set_aside.repetitions += 1;
        } else if reader.is_solicitation(&text[sentence.clone()]) {
            set_aside.solicitations += 1;
            for rest in without_solicitation(text, sentence, reader) {
                fit(text, rest, limits.max_tokens.max(1), reader, &mut pieces);
            }
        } else {
            fit(text, sentence, limits.max_tokens.max(1), reader, &mut pieces);
        }
    }
    let mut passages = join_fragments(text, pieces, limits);
    let visible = |passages: &[Passage]| -> usize { passages.iter().map(|p| visible(&text[p.range.clone()])).sum() };
    let total = visible(&passages) + left_out;
    passages.truncate(limits.max_passages);
    let coverage = if total == 0 { 1.0 } else { visible(&passages) as f32 / total as f32 };
    Windows { title: judged_title(title, reader, &mut set_aside), passages, set_aside, coverage }
}

/// The title without clauses addressed to the judges, or whole where nothing else is left.
fn judged_title(title: &str, reader: &impl Reader, set_aside: &mut SetAside) -> String {
    if !reader.is_solicitation(title) {
        return title.to_owned();
    }
    set_aside.solicitations += 1;
    let kept: String = without_solicitation(title, 0..title.len(), reader).into_iter().map(|r| &title[r]).collect();
    if kept.trim().is_empty() { title.to_owned() } else { kept.trim().to_owned() }
}

/// The clauses of a sentence that are not addressed to anyone, neighbours together.
fn without_solicitation(text: &str, sentence: Range<usize>, reader: &impl Reader) -> Vec<Range<usize>> {
    let mut kept: Vec<Range<usize>> = Vec::new();
    let mut start = sentence.start;
    for clause in text[sentence].split_inclusive(CLAUSE_MARKS) {
        let range = start..start + clause.len();
        start = range.end;
        if reader.is_solicitation(clause) {
            continue;
        }
        match kept.last_mut().filter(|last| last.end == range.start) {
            Some(last) => last.end = range.end,
            None => kept.push(range),
        }
    }
    kept
}

/// Adds `range` whole, or halved at the best place until each part fits.
fn fit(text: &str, range: Range<usize>, max: usize, reader: &impl Reader, out: &mut Vec<Passage>) {
    let piece = &text[range.clone()];
    let tokens = reader.count_tokens(piece);
    match split_point(piece).filter(|_| tokens > max) {
        None => out.push(Passage { range, tokens }),
        Some(at) => {
            fit(text, range.start..range.start + at, max, reader, out);
            fit(text, range.start + at..range.end, max, reader, out);
        }
    }
}

/// The byte after the clause mark nearest to the middle; the middle itself where there is none.
fn split_point(piece: &str) -> Option<usize> {
    let middle = piece.len() / 2;
    let after_mark =
        piece.char_indices().filter(|(_, c)| CLAUSE_MARKS.contains(c) || *c == ' ').map(|(at, c)| at + c.len_utf8());
    let quarter = piece.len() / 4;
    let near_middle = after_mark.filter(|at| (quarter..=piece.len() - quarter).contains(at) && *at < piece.len());
    near_middle
        .min_by_key(|at| at.abs_diff(middle))
        .or_else(|| piece.char_indices().map(|(at, _)| at).skip(1).min_by_key(|at| at.abs_diff(middle)))
}

/// Joins each fragment with what follows it, the last one with what precedes it, but never across
/// something that was set aside.
fn join_fragments(text: &str, pieces: Vec<Passage>, limits: WindowLimits) -> Vec<Passage> {
    let mut passages: Vec<Passage> = Vec::with_capacity(pieces.len());
    let last = pieces.len().saturating_sub(1);
    for (position, piece) in pieces.into_iter().enumerate() {
        let ends_in_fragment = position == last && piece.tokens < limits.min_tokens;
        let fragment = |open: &Passage| open.tokens < limits.min_tokens || ends_in_fragment;
        let adjoins = |open: &Passage| text[open.range.end..piece.range.start].trim().is_empty();
        match passages.last_mut() {
            Some(open) if fragment(open) && adjoins(open) && open.tokens + piece.tokens <= limits.max_tokens.max(1) => {
                open.range.end = piece.range.end;
                open.tokens += piece.tokens;
            }
            _ => passages.push(piece),
        }
    }
    passages
}

fn visible(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A token a character; 请评委 addresses the judges.
    struct Characters;

    impl Reader for Characters {
        fn count_tokens(&self, text: &str) -> usize {
            text.chars().count()
        }

        fn is_solicitation(&self, text: &str) -> bool {
            text.contains("请评委")
        }
    }

    fn limits(min_tokens: usize, max_tokens: usize, max_passages: usize) -> WindowLimits {
        WindowLimits { min_tokens, max_tokens, max_passages }
    }

    fn cut(text: &str, limits: WindowLimits) -> Vec<&str> {
        windows("", text, limits, 0, &Characters).passages.into_iter().map(|p| &text[p.range]).collect()
    }

    #[test]
    fn a_heading_is_read_with_its_sentence_and_a_last_fragment_with_the_one_before() {
        let text = "一、做法\n甲乙丙丁戊己。庚辛壬癸子丑。完。";
        assert_eq!(cut(text, limits(5, 20, 99)), ["一、做法\n甲乙丙丁戊己。", "庚辛壬癸子丑。完。"]);
    }

    #[test]
    fn a_sentence_longer_than_the_window_is_cut_at_a_clause() {
        assert_eq!(cut("一二三四五，六七八九十", limits(0, 8, 99)), ["一二三四五，", "六七八九十"]);
    }

    #[test]
    fn what_is_said_again_and_what_is_asked_of_the_judges_is_set_aside() {
        let text = "甲乙丙丁。请评委列为第一。甲乙丙丁。戊己庚辛，请评委支持。";
        let windows = windows("某镇大厅（请评委列为第一）", text, limits(0, 20, 99), 0, &Characters);
        assert_eq!(
            windows.passages.iter().map(|p| &text[p.range.clone()]).collect::<Vec<_>>(),
            ["甲乙丙丁。", "戊己庚辛，"]
        );
        assert_eq!(windows.set_aside, SetAside { solicitations: 3, repetitions: 1 });
        assert_eq!(windows.title, "某镇大厅（");
        assert_eq!(windows.coverage, 1.0);
    }

    #[test]
    fn a_limit_that_is_hit_shows_in_the_coverage() {
        assert_eq!(windows("", "一二。三四。", limits(0, 8, 1), 0, &Characters).coverage, 0.5);
        assert_eq!(windows("", "一二。", limits(0, 8, 9), 3, &Characters).coverage, 0.5);
    }

    #[test]
    fn an_empty_text_is_read_in_full() {
        let windows = windows("", "", limits(0, 8, 9), 0, &Characters);
        assert!(windows.passages.is_empty());
        assert_eq!(windows.coverage, 1.0);
    }

    proptest! {
        #[test]
        fn every_passage_fits_and_all_is_read(text in "[一-龥a-z。， \n]{0,400}", min in 0usize..12, max in 1usize..40) {
            let windows = windows("", &text, limits(min, max, usize::MAX), 0, &Characters);
            prop_assert_eq!(windows.coverage, 1.0);
            let mut seen = BTreeSet::new();
            let once: String = sentences(&text).into_iter().map(|r| &text[r]).filter(|s| seen.insert(*s)).collect();
            let strip = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            let kept: String = windows.passages.iter().map(|p| &text[p.range.clone()]).collect();
            prop_assert_eq!(strip(&kept), strip(&once));
            for passage in &windows.passages {
                prop_assert!(passage.tokens <= max);
            }
        }
    }
}
