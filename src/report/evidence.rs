//! Evidence for people: one entry a sentence, and the sentence marked where it stands.

use std::ops::Range;

use crate::nomination::Nomination;
use crate::programme::CriterionIndex;
use crate::select::RankedNomination;

/// Characters of the same paragraph shown on each side of a quoted sentence.
const CONTEXT_CHARS: usize = 36;

/// A sentence and every criterion it is the best evidence for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Quote<'a> {
    /// In the programme's order.
    pub criteria: Vec<CriterionIndex>,
    /// Verbatim.
    pub text: &'a str,
    /// What precedes it in its paragraph, cut with `…`.
    pub before: String,
    /// What follows it in its paragraph, cut with `…`.
    pub after: String,
}

/// The best sentence of each criterion, in the programme's order; a sentence that is best for
/// several stands once.
pub(super) fn quotes(entry: &RankedNomination) -> Vec<Quote<'_>> {
    let mut quotes: Vec<Quote<'_>> = Vec::new();
    for score in &entry.assessment.criteria {
        let Some(best) = score.evidence.first() else { continue };
        match quotes.iter_mut().find(|quote| quote.text == best.text) {
            Some(quote) => quote.criteria.push(score.criterion),
            None => {
                let (before, after) =
                    best.range.as_ref().and_then(|range| context(&entry.nomination, range)).unwrap_or_default();
                quotes.push(Quote { criteria: vec![score.criterion], text: &best.text, before, after });
            }
        }
    }
    quotes
}

fn context(nomination: &Nomination, range: &Range<usize>) -> Option<(String, String)> {
    let (before, after) = (nomination.text.get(..range.start)?, nomination.text.get(range.end..)?);
    let before = before.rsplit('\n').next().unwrap_or_default().trim_start();
    let after = after.split('\n').next().unwrap_or_default().trim_end();
    let skipped = before.chars().count().saturating_sub(CONTEXT_CHARS);
    let head = if skipped > 0 { "…" } else { "" };
    let tail = if after.chars().count() > CONTEXT_CHARS { "…" } else { "" };
    Some((
        head.chars().chain(before.chars().skip(skipped)).collect(),
        after.chars().take(CONTEXT_CHARS).chain(tail.chars()).collect(),
    ))
}

/// A stretch of text and the criteria it is evidence for; none means plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment<'a> {
    /// Verbatim.
    pub text: &'a str,
    /// In the programme's order.
    pub criteria: Vec<CriterionIndex>,
}

/// The whole text by paragraph, with every evidence sentence a segment of its own.
///
/// Ranges that do not fit the text mark nothing.
pub(super) fn paragraphs(entry: &RankedNomination) -> Vec<Vec<Segment<'_>>> {
    let text = entry.nomination.text.as_str();
    let marks: Vec<(CriterionIndex, &Range<usize>)> = entry
        .assessment
        .criteria
        .iter()
        .flat_map(|score| score.evidence.iter().filter_map(|e| Some((score.criterion, e.range.as_ref()?))))
        .filter(|(_, range)| text.get((*range).clone()).is_some())
        .collect();
    let mut start = 0;
    let mut paragraphs = Vec::new();
    for line in text.split('\n') {
        let end = start + line.len();
        if !line.trim().is_empty() {
            paragraphs.push(segments(text, start..end, &marks));
        }
        start = end + 1;
    }
    paragraphs
}

fn segments<'a>(text: &'a str, span: Range<usize>, marks: &[(CriterionIndex, &Range<usize>)]) -> Vec<Segment<'a>> {
    let edges = marks.iter().flat_map(|(_, range)| [range.start, range.end]);
    let mut cuts: Vec<usize> =
        edges.chain([span.start, span.end]).filter(|at| (span.start..=span.end).contains(at)).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let pieces = cuts.windows(2).map(|pair| {
        let mut criteria: Vec<CriterionIndex> = marks
            .iter()
            .filter(|(_, range)| range.start <= pair[0] && pair[1] <= range.end)
            .map(|(criterion, _)| *criterion)
            .collect();
        criteria.sort_unstable();
        criteria.dedup();
        Segment { text: &text[pair[0]..pair[1]], criteria }
    });
    pieces.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(ranges: &[(usize, Range<usize>)]) -> Vec<(CriterionIndex, Range<usize>)> {
        ranges.iter().map(|(i, r)| (CriterionIndex(*i), r.clone())).collect()
    }

    #[test]
    fn overlapping_evidence_is_cut_into_segments_that_join_to_the_text() {
        let text = "abcdefghij";
        let owned = marks(&[(1, 2..6), (0, 4..8)]);
        let borrowed: Vec<_> = owned.iter().map(|(c, r)| (*c, r)).collect();
        let found = segments(text, 0..10, &borrowed);
        assert_eq!(found.iter().map(|s| s.text).collect::<String>(), text);
        let labels: Vec<(&str, Vec<usize>)> =
            found.iter().map(|s| (s.text, s.criteria.iter().map(|c| c.0).collect())).collect();
        assert_eq!(labels, [("ab", vec![]), ("cd", vec![1]), ("ef", vec![0, 1]), ("gh", vec![0]), ("ij", vec![])]);
    }

    #[test]
    fn context_stays_within_the_paragraph_and_says_where_it_is_cut() {
        let long = "前".repeat(50);
        let text = format!("另一段\n{long}这一句。后文\n下一段");
        let start = text.find("这一句").unwrap();
        let nomination = Nomination { text: text.clone(), ..blank() };
        let (before, after) = context(&nomination, &(start..start + "这一句。".len())).unwrap();
        assert_eq!(before.chars().count(), CONTEXT_CHARS + 1);
        assert!(before.starts_with('…') && !before.contains("另"));
        assert_eq!(after, "后文");
    }

    fn blank() -> Nomination {
        Nomination { title: "t".into(), ..Nomination::default() }
    }
}
