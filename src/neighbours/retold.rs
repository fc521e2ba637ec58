//! Whether two texts tell the same case in other words.

use super::{Cases, Correspondence};
use crate::dedupe::{Facts, same_case};
use crate::embed::Vectors;
use crate::embed::space::cosine;
use crate::nomination::Nomination;
use crate::passages::Passage;

/// Cases less alike as wholes (cosine) are not compared sentence by sentence. The least of the 60 pairs it was tuned
/// on has 0.46.
const MIN_WHOLE: f32 = 0.4;

/// Shorter texts say too little to be told again.
const MIN_CHARS: usize = 40;

/// Corresponding sentences that are shown.
const MAX_SHOWN: usize = 3;

/// Sentences of a text that are compared; a batch of books must end too.
const MAX_COMPARED: usize = 300;

/// A logistic regression (ridge 10, standardized) on `pairs.jsonl`, `fresh.jsonl`, `third.jsonl` and `fourth.jsonl` in
/// `tests/fixtures/resubmissions`: what sentences, figures and names must have together for one case.
const SENTENCES: f32 = 9.54;
const COMMON_FIGURES: f32 = 1.45;
const MISSING_FIGURES: f32 = -1.23;
const PLACES: f32 = 4.25;
const QUOTED: f32 = 4.36;
const THRESHOLD: f32 = 8.27;

/// One text, ready to be compared with others.
pub(super) struct Telling<'a> {
    nomination: &'a Nomination,
    passages: &'a [Passage],
    /// `[passages, dim] f32`
    vectors: &'a Vectors,
    facts: Facts<'a>,
}

impl<'a> Telling<'a> {
    pub(super) fn of(cases: Cases<'a>, position: usize) -> Self {
        let nomination: &Nomination = &cases.nominations[position];
        Self {
            nomination,
            passages: &cases.windows[position].passages,
            vectors: &cases.vectors[position].passages,
            facts: Facts::of(nomination),
        }
    }

    /// Whether `other` tells the same case, nearly word by word or in other words; `whole` is the cosine of both. The
    /// order of the two does not matter.
    pub(super) fn is_same_case(&self, other: &Self, whole: f32) -> bool {
        let is_retold = || {
            let long = |telling: &Self| telling.nomination.text.chars().count() >= MIN_CHARS;
            long(self) && long(other) && self.evidence(other) > THRESHOLD
        };
        whole >= MIN_WHOLE && (is_retold() || same_case(self.nomination, other.nomination))
    }

    fn evidence(&self, other: &Self) -> f32 {
        let aligned = self.aligned(other);
        let sentences = aligned.iter().map(|pair| pair.2).sum::<f32>() / aligned.len().max(1) as f32;
        let [common, missing] = self.facts.figures(&other.facts);
        let places = self.facts.names_agree(&other.facts);
        // What programmes and campaigns are called is quoted everywhere; with the same place it is the project's name.
        let quoted = if places == 1.0 && self.facts.quote_the_same(&other.facts) { QUOTED } else { 0.0 };
        SENTENCES * sentences + COMMON_FIGURES * common + MISSING_FIGURES * missing + PLACES * places + quoted
    }

    /// The sentences that correspond best, those of this text first.
    pub(super) fn correspondences(&self, other: &Self) -> Vec<Correspondence> {
        let mut aligned = self.aligned(other);
        aligned.sort_by(|a, b| b.2.total_cmp(&a.2).then((a.0, a.1).cmp(&(b.0, b.1))));
        aligned.dedup();
        let said = |telling: &Self, at: usize| telling.nomination.text[telling.passages[at].range.clone()].to_owned();
        aligned.iter().take(MAX_SHOWN).map(|&(a, b, _)| (said(self, a), said(other, b))).collect()
    }

    /// For each sentence of the text that has fewer (at a tie, both ways) the nearest of the other, with their cosine.
    fn aligned(&self, other: &Self) -> Vec<(usize, usize, f32)> {
        let turned = || other.nearest(self).into_iter().map(|(b, a, cosine)| (a, b, cosine));
        match self.vectors.len().cmp(&other.vectors.len()) {
            std::cmp::Ordering::Less => self.nearest(other),
            std::cmp::Ordering::Greater => turned().collect(),
            std::cmp::Ordering::Equal => self.nearest(other).into_iter().chain(turned()).collect(),
        }
    }

    fn nearest(&self, other: &Self) -> Vec<(usize, usize, f32)> {
        let nearest = |(at, row): (usize, &[f32])| {
            let cosines = other.vectors.rows().take(MAX_COMPARED).map(|candidate| cosine(row, candidate)).enumerate();
            cosines.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(to, cosine)| (at, to, cosine))
        };
        self.vectors.rows().take(MAX_COMPARED).enumerate().filter_map(nearest).collect()
    }
}
