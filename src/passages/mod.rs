//! [`Nomination`](crate::nomination::Nomination)s in, [`Passage`]s out: the units that are embedded and shown as evidence.

mod sentences;

use std::ops::Range;

pub use sentences::sentences;

/// What is read of one text, and how much.
#[derive(Debug, Clone, PartialEq)]
pub struct Windows {
    /// In the order of the text; together all that was read.
    pub passages: Vec<Passage>,
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

/// Cuts `text` into passages.
///
/// `count_tokens` counts what the encoder would see of a piece of text; it must not shrink when
/// text is added. `left_out` is the number of characters that earlier stages did not pass on.
#[must_use]
pub fn windows(text: &str, limits: WindowLimits, left_out: usize, count_tokens: impl Fn(&str) -> usize) -> Windows {
    let max_tokens = limits.max_tokens.max(1);
    let mut pieces: Vec<Passage> = Vec::new();
    for sentence in sentences(text) {
        fit(text, sentence, max_tokens, &count_tokens, &mut pieces);
    }
    let mut passages = join_fragments(pieces, limits.min_tokens, max_tokens);
    let visible = |passages: &[Passage]| -> usize { passages.iter().map(|p| visible(&text[p.range.clone()])).sum() };
    let total = visible(&passages) + left_out;
    passages.truncate(limits.max_passages);
    let coverage = if total == 0 { 1.0 } else { visible(&passages) as f32 / total as f32 };
    Windows { passages, coverage }
}

/// Adds `range` whole, or halved at the best place until each part fits.
fn fit(text: &str, range: Range<usize>, max: usize, count: &impl Fn(&str) -> usize, out: &mut Vec<Passage>) {
    let piece = &text[range.clone()];
    let tokens = count(piece);
    match split_point(piece).filter(|_| tokens > max) {
        None => out.push(Passage { range, tokens }),
        Some(at) => {
            fit(text, range.start..range.start + at, max, count, out);
            fit(text, range.start + at..range.end, max, count, out);
        }
    }
}

/// The byte after the clause mark nearest to the middle; the middle itself where there is none.
fn split_point(piece: &str) -> Option<usize> {
    let middle = piece.len() / 2;
    let after_mark = piece.char_indices().filter(|(_, c)| "，、：,: ".contains(*c)).map(|(at, c)| at + c.len_utf8());
    let quarter = piece.len() / 4;
    let near_middle = after_mark.filter(|at| (quarter..=piece.len() - quarter).contains(at) && *at < piece.len());
    near_middle
        .min_by_key(|at| at.abs_diff(middle))
        .or_else(|| piece.char_indices().map(|(at, _)| at).skip(1).min_by_key(|at| at.abs_diff(middle)))
}

/// Joins each fragment with what follows it, the last one with what precedes it.
fn join_fragments(pieces: Vec<Passage>, min_tokens: usize, max_tokens: usize) -> Vec<Passage> {
    let mut passages: Vec<Passage> = Vec::with_capacity(pieces.len());
    let last = pieces.len().saturating_sub(1);
    for (position, piece) in pieces.into_iter().enumerate() {
        let ends_in_fragment = position == last && piece.tokens < min_tokens;
        match passages.last_mut() {
            Some(open)
                if (open.tokens < min_tokens || ends_in_fragment) && open.tokens + piece.tokens <= max_tokens =>
            {
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

    fn characters(text: &str) -> usize {
        text.chars().count()
    }

    fn limits(min_tokens: usize, max_tokens: usize, max_passages: usize) -> WindowLimits {
        WindowLimits { min_tokens, max_tokens, max_passages }
    }

    fn cut(text: &str, limits: WindowLimits) -> Vec<&str> {
        windows(text, limits, 0, characters).passages.into_iter().map(|p| &text[p.range]).collect()
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
    fn a_limit_that_is_hit_shows_in_the_coverage() {
        assert_eq!(windows("一二。三四。", limits(0, 8, 1), 0, characters).coverage, 0.5);
        assert_eq!(windows("一二。", limits(0, 8, 9), 3, characters).coverage, 0.5);
    }

    #[test]
    fn an_empty_text_is_read_in_full() {
        let windows = windows("", limits(0, 8, 9), 0, characters);
        assert!(windows.passages.is_empty());
        assert_eq!(windows.coverage, 1.0);
    }

    proptest! {
        #[test]
        fn every_passage_fits_and_all_is_read(text in "[一-龥a-z。， \n]{0,400}", min in 0usize..12, max in 1usize..40) {
            let windows = windows(&text, limits(min, max, usize::MAX), 0, characters);
            prop_assert_eq!(windows.coverage, 1.0);
            let strip = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            let kept: String = windows.passages.iter().map(|p| &text[p.range.clone()]).collect();
            prop_assert_eq!(strip(&kept), strip(&text));
            for passage in &windows.passages {
                prop_assert!(passage.tokens <= max);
            }
        }
    }
}
