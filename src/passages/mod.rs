//! [`Nomination`](crate::nomination::Nomination)s in, [`Passage`]s and sentences out: the units that are embedded.

mod sentences;

use std::ops::Range;

pub use sentences::sentences;

/// What is read of one text, and how much.
#[derive(Debug, Clone, PartialEq)]
pub struct Windows {
    /// Sentence by sentence, in order; one longer than a window is given in parts.
    pub sentences: Vec<Range<usize>>,
    /// Runs of whole sentences, in order, together all that was read.
    pub passages: Vec<Passage>,
    /// Share of the characters that was read, 0 to 1; 1 unless a limit was hit.
    pub coverage: f32,
}

/// A run of whole sentences that fits the encoder's window.
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
    /// Tokens a passage holds at most. Short of the encoder's own maximum: a vector that stands
    /// for a few sentences tells topics apart better than one that stands for a page.
    pub max_tokens: usize,
    /// Sentences read of one text; the rest is left out and `coverage` says so.
    pub max_sentences: usize,
}

impl Default for WindowLimits {
    fn default() -> Self {
        Self { max_tokens: 256, max_sentences: 2_000 }
    }
}

/// Cuts `text` into sentences and passages.
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
    let total: usize = pieces.iter().map(|p| visible(&text[p.range.clone()])).sum::<usize>() + left_out;
    pieces.truncate(limits.max_sentences);
    let read: usize = pieces.iter().map(|p| visible(&text[p.range.clone()])).sum();
    Windows {
        sentences: pieces.iter().map(|p| p.range.clone()).collect(),
        passages: pack(&pieces, max_tokens),
        coverage: if total == 0 { 1.0 } else { read as f32 / total as f32 },
    }
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

/// Fills passages with as many whole sentences as fit, evenly, so that none is a short remainder.
fn pack(pieces: &[Passage], max_tokens: usize) -> Vec<Passage> {
    let total: usize = pieces.iter().map(|p| p.tokens).sum();
    let wanted = total.div_ceil(max_tokens).max(1);
    let even = total.div_ceil(wanted);
    let mut passages: Vec<Passage> = Vec::new();
    for piece in pieces {
        match passages.last_mut() {
            Some(last) if last.tokens < even && last.tokens + piece.tokens <= max_tokens => {
                last.range.end = piece.range.end;
                last.tokens += piece.tokens;
            }
            _ => passages.push(piece.clone()),
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

    fn limits(max_tokens: usize, max_sentences: usize) -> WindowLimits {
        WindowLimits { max_tokens, max_sentences }
    }

    #[test]
    fn passages_are_whole_sentences_of_even_length() {
        let text = "甲乙丙丁。戊己庚辛。壬癸子丑。";
        let windows = windows(text, limits(12, 99), 0, characters);
        let passages: Vec<_> = windows.passages.iter().map(|p| &text[p.range.clone()]).collect();
        assert_eq!(passages, ["甲乙丙丁。戊己庚辛。", "壬癸子丑。"]);
        assert_eq!(windows.coverage, 1.0);
    }

    #[test]
    fn a_sentence_longer_than_the_window_is_cut_at_a_clause() {
        let text = "一二三四五，六七八九十";
        let windows = windows(text, limits(8, 99), 0, characters);
        assert_eq!(
            windows.sentences.iter().map(|r| &text[r.clone()]).collect::<Vec<_>>(),
            ["一二三四五，", "六七八九十"]
        );
    }

    #[test]
    fn a_limit_that_is_hit_shows_in_the_coverage() {
        let windows = windows("一二。三四。", limits(8, 1), 0, characters);
        assert_eq!(windows.coverage, 0.5);
        assert_eq!(super::windows("一二。", limits(8, 9), 3, characters).coverage, 0.5);
    }

    #[test]
    fn an_empty_text_is_read_in_full() {
        let windows = windows("", limits(8, 9), 0, characters);
        assert!(windows.passages.is_empty());
        assert_eq!(windows.coverage, 1.0);
    }

    proptest! {
        #[test]
        fn every_passage_fits_and_all_is_read(text in "[一-龥a-z。， \n]{0,400}", max in 1usize..40) {
            let windows = windows(&text, limits(max, usize::MAX), 0, characters);
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
