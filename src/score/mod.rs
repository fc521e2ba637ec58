//! Vectors, criteria and signals in, an [`Assessment`] out.

use crate::programme::CriterionIndex;

/// What a nomination shows on each criterion, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// In the programme's order.
    pub criteria: Vec<CriterionScore>,
    /// Weighted mean of the criteria, 0 to 100, higher is better. Does not depend on the pool.
    pub relevance: f32,
    /// 0 (another nomination says the same) to 100 (nothing in the batch resembles it).
    pub novelty: f32,
    /// Share of the cleaned text that was read, 0 to 1.
    pub coverage: f32,
    /// Relevance under seeded resampling of sentences and weights, `[resamples]`, 0 to 100.
    pub resampled_relevance: Vec<f32>,
}

/// One criterion's score with the sentences behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct CriterionScore {
    /// Which criterion.
    pub criterion: CriterionIndex,
    /// 0 to 100; 50 is a sentence as near to the weak examples as to the strong ones.
    pub score: f32,
    /// Best first; empty when the text has no sentence.
    pub evidence: Vec<Evidence>,
}

/// A sentence of the nomination, verbatim after cleaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The sentence.
    pub text: String,
    /// Byte range of it in [`crate::nomination::Nomination::text`]; none for the title.
    pub range: Option<std::ops::Range<usize>>,
    /// Where it stands, for a person: file, sheet, row and which sentence.
    pub source: String,
    /// What it contributes, 0 to 100.
    pub score: f32,
}
