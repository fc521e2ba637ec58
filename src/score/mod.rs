//! Vectors and criteria in, an [`Assessment`] out.

mod contrast;
mod markers;
mod resample;

use crate::classify::mean_of_highest;
use crate::embed::space::cosine;
use crate::embed::{NominationVectors, Vectors};
use crate::nomination::Nomination;
use crate::passages::Windows;
use crate::programme::{CriterionIndex, Programme, RelevanceScale};

pub use contrast::Contrast;
pub use markers::MarkerKind;
pub(crate) use markers::MarkerSet;

/// Sentences shown for a criterion at most.
const MAX_EVIDENCE: usize = 2;

/// What a nomination shows on each criterion, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// In the programme's order.
    pub criteria: Vec<CriterionScore>,
    /// Weighted mean of the criteria, 0 to 100, higher is better. Does not depend on the pool.
    pub relevance: f32,
    /// 100 less the mean similarity (in hundredths) of its passages to the nearest sentence by
    /// which the programme describes its categories: 0 says only what is typical, higher is
    /// further from it. Does not depend on the pool.
    pub novelty: f32,
    /// Share of the cleaned text that was read, 0 to 1.
    pub coverage: f32,
    /// Relevance under seeded resampling of passages and weights, `[resamples]`, 0 to 100.
    pub resampled_relevance: Vec<f32>,
}

/// One criterion's score with the sentences behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct CriterionScore {
    /// Which criterion.
    pub criterion: CriterionIndex,
    /// 0 to 100; 50 is a text as near to the weak examples as to the strong ones.
    pub score: f32,
    /// Best first; empty when the text has no passage.
    pub evidence: Vec<Evidence>,
}

/// A passage of the nomination, verbatim after cleaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The sentence, on one line.
    pub text: String,
    /// Byte range of it in [`crate::nomination::Nomination::text`]; none for the title.
    pub range: Option<std::ops::Range<usize>>,
    /// Where it stands, for a person: file, sheet, row and which passage.
    pub source: String,
    /// What it scores by itself, 0 to 100.
    pub score: f32,
}

/// The criteria of a programme, ready to compare texts with.
pub struct Scorer {
    contrasts: Vec<Contrast>,
    weights: Vec<f32>,
    scale: RelevanceScale,
    markers: MarkerSet,
    /// Sentences that describe what is typical, `[sentences, dim] f32`.
    typical: Vectors,
    seed: u64,
}

impl Scorer {
    /// `contrasts` belong to the programme's criteria in order; `typical` holds the vectors of the
    /// sentences that describe its categories, `[sentences, dim] f32`.
    #[must_use]
    pub fn new(programme: &Programme, contrasts: Vec<Contrast>, typical: Vectors, seed: u64) -> Self {
        Self {
            contrasts,
            weights: programme.criteria.iter().map(|c| c.weight).collect(),
            scale: programme.settings.relevance.clone(),
            markers: MarkerSet::new(&programme.markers),
            typical,
            seed,
        }
    }

    /// Scores one nomination, from its own passages and nothing else.
    #[must_use]
    pub fn assess(&self, nomination: &Nomination, windows: &Windows, vectors: &NominationVectors) -> Assessment {
        let passages = self.scored_passages(nomination, windows, vectors);
        let table: Vec<Vec<f32>> = self.contrasts.iter().map(|contrast| self.row(contrast, &passages)).collect();
        let criteria: Vec<CriterionScore> = table
            .iter()
            .enumerate()
            .map(|(index, raw)| CriterionScore {
                criterion: CriterionIndex(index),
                score: self.scaled(resample::aggregate(raw)),
                evidence: self.evidence(nomination, &passages, raw),
            })
            .collect();
        let scores: Vec<f32> = criteria.iter().map(|c| c.score).collect();
        Assessment {
            relevance: resample::weighted_mean(&scores, &self.weights),
            resampled_relevance: resample::relevance(self.seed, &nomination.id, &table, &self.weights, |raw| {
                self.scaled(raw)
            }),
            novelty: self.novelty(&passages),
            coverage: windows.coverage,
            criteria,
        }
    }

    /// The passages, or the title of a nomination that has none.
    fn scored_passages<'a>(
        &self,
        nomination: &'a Nomination,
        windows: &'a Windows,
        vectors: &'a NominationVectors,
    ) -> Vec<ScoredPassage<'a>> {
        if windows.passages.is_empty() {
            return vec![ScoredPassage { text: &windows.title, vector: &vectors.title, place: None }];
        }
        let passages = windows.passages.iter().zip(vectors.passages.rows()).enumerate();
        passages
            .map(|(index, (passage, vector))| ScoredPassage {
                text: &nomination.text[passage.range.clone()],
                vector,
                place: Some((index, passage.range.clone())),
            })
            .collect()
    }

    /// The raw score of each passage on one criterion, a difference of cosines.
    fn row(&self, contrast: &Contrast, passages: &[ScoredPassage<'_>]) -> Vec<f32> {
        passages.iter().map(|p| contrast.of(p.vector) + self.markers.adjustment(p.text)).collect()
    }

    fn scaled(&self, raw: f32) -> f32 {
        100.0 / (1.0 + (-(raw - self.scale.midpoint) / self.scale.spread).exp())
    }

    fn evidence(&self, nomination: &Nomination, passages: &[ScoredPassage<'_>], raw: &[f32]) -> Vec<Evidence> {
        let mut order: Vec<usize> = (0..passages.len()).collect();
        order.sort_by(|&a, &b| raw[b].total_cmp(&raw[a]).then(a.cmp(&b)));
        let good = order.iter().take_while(|&&i| raw[i] >= self.scale.midpoint).count();
        order.truncate(good.clamp(1, MAX_EVIDENCE));
        let evidence = |i: usize| {
            let passage = &passages[i];
            let place =
                passage.place.as_ref().map_or("title".to_owned(), |(index, _)| format!("passage {}", index + 1));
            Evidence {
                text: passage.text.replace('\n', " "),
                range: passage.place.as_ref().map(|(_, range)| range.clone()),
                source: format!("{}, {place}", nomination.source),
                score: self.scaled(raw[i]),
            }
        };
        order.into_iter().map(evidence).collect()
    }

    fn novelty(&self, passages: &[ScoredPassage<'_>]) -> f32 {
        let nearest =
            |p: &ScoredPassage<'_>| mean_of_highest(self.typical.rows().map(|row| cosine(row, p.vector)).collect(), 1);
        let similarity = passages.iter().map(nearest).sum::<f32>() / passages.len().max(1) as f32;
        100.0 * (1.0 - similarity.clamp(0.0, 1.0))
    }
}

/// A passage that counts, and where it stands: its number and bytes; none for the title.
struct ScoredPassage<'a> {
    text: &'a str,
    vector: &'a [f32],
    place: Option<(usize, std::ops::Range<usize>)>,
}
