//! What graded rows teach: how much each criterion counts, and what counts beside them.

use serde::{Deserialize, Serialize};

use super::file::{encode, floats};
use crate::digest::sha256_hex;
use crate::eval::metrics::spearman;
use crate::programme::{Criterion, Exemplar, Programme};
use crate::score::{CriterionWeight, GradedCase, GradedScores, Merit, learn_merit, learn_weights};

/// What past decisions say of the order, as far as it orders rows that were left out better: weights of the criteria,
/// and what they valued beyond them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranking {
    /// SHA-256 over ids, weights and sentences of the criteria that the rows were scored by, and over the model cases,
    /// lower-case hex.
    pub criteria_sha256: String,
    /// The weights, in the programme's order; none where its own are as good, alone or with a merit.
    pub criteria: Vec<CriterionWeight>,
    /// Graded rows it learned from.
    pub rows: usize,
    /// Pairs of rows of one category with different grades that were compared.
    pub pairs: usize,
    /// Spearman correlation of the grades with the relevance by the programme's weights.
    pub spearman_given: f64,
    /// The same by learned weights, each row by those that were learned without its fold.
    pub spearman_held_out: f64,
    /// What was valued beyond the criteria; none where they say it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merit: Option<RankingMerit>,
}

/// What past decisions valued beyond the criteria.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RankingMerit {
    /// Spearman correlation of the grades with the relevance by the weights in use, without it.
    pub spearman_without: f64,
    /// The same with it, each row by what was learned without its fold.
    pub spearman_held_out: f64,
    /// `[dim] f32`, little-endian in base64; see [`Merit::new`].
    direction: String,
    origin: f32,
}

impl Ranking {
    /// Learns from `cases`, scored by the criteria of `programme`. `scores` gives the scores of the criteria,
    /// `[cases, criteria]`, that the cases at the given positions have with a merit.
    ///
    /// None where there are too few or nothing to compare; see [`learn_weights`].
    #[must_use]
    pub fn learn(
        programme: &Programme,
        cases: &[GradedCase],
        seed: u64,
        scores: impl Fn(&Merit, &[usize]) -> Vec<Vec<f32>>,
    ) -> Option<Self> {
        let given: Vec<f32> = programme.criteria.iter().map(|criterion| criterion.weight).collect();
        let rows: Vec<GradedScores> = cases.iter().map(|case| case.scores.clone()).collect();
        let learned = learn_weights(&rows, &given, seed)?;
        let grades: Vec<f64> = rows.iter().map(|row| row.grade).collect();
        let agreement = |relevance: &[f32]| {
            let relevance: Vec<f64> = relevance.iter().map(|&relevance| f64::from(relevance)).collect();
            spearman(&relevance, &grades)
        };
        let by = |weights: &[f64]| rows.iter().map(|row| row.relevance(weights) as f32).collect::<Vec<f32>>();
        let wide = |weights: &[f32]| weights.iter().map(|&weight| f64::from(weight)).collect::<Vec<f64>>();

        let spearman_given = agreement(&by(&wide(&given)));
        let spearman_held_out = agreement(&learned.held_out);
        let merit_beside = |weights: &[f64]| {
            let learned = learn_merit(cases, weights, seed, &scores)?;
            let merit = RankingMerit {
                spearman_without: agreement(&by(weights)),
                spearman_held_out: agreement(&learned.held_out),
                direction: encode(learned.merit.direction(), |value| value.to_le_bytes()),
                origin: learned.merit.origin(),
            };
            Some(merit).filter(|merit| merit.spearman_held_out > merit.spearman_without)
        };
        // From few rows weights are learned badly, so they must say more than a merit beside the given ones.
        let merit = merit_beside(&wide(&given));
        let is_better = spearman_held_out > merit.as_ref().map_or(spearman_given, |merit| merit.spearman_held_out);
        let merit = if is_better { merit_beside(&wide(&learned.weights)) } else { merit };
        Some(Self {
            criteria_sha256: sha256_of(programme),
            criteria: if is_better { CriterionWeight::all(&programme.criteria, &learned.weights) } else { Vec::new() },
            rows: rows.len(),
            pairs: learned.pairs,
            spearman_given,
            spearman_held_out,
            merit,
        })
    }

    /// Whether rows that were left out are ordered better by anything it holds.
    #[must_use]
    pub fn is_better(&self) -> bool {
        !self.criteria.is_empty() || self.merit.is_some()
    }

    /// What was valued beyond the criteria, for vectors of length `dim`; or what is wrong with it.
    pub(super) fn merit(&self, dim: usize) -> Result<Option<Merit>, String> {
        let Some(RankingMerit { direction, origin, .. }) = &self.merit else { return Ok(None) };
        let direction = floats("direction", direction, dim)?;
        if !origin.is_finite() {
            return Err("the origin of the merit is no number".into());
        }
        Ok(Some(Merit::new(direction, *origin)))
    }

    /// Puts the learned weights in the place of the programme's; false, and nothing is changed, where its criteria
    /// are others than those learned from.
    #[must_use]
    pub fn apply(&self, programme: &mut Programme) -> bool {
        let named = || self.criteria.iter().map(|weight| &weight.id).eq(programme.criteria.iter().map(|c| &c.id));
        let same = self.criteria_sha256 == sha256_of(programme) && (self.criteria.is_empty() || named());
        if same {
            CriterionWeight::apply(&self.criteria, programme);
        }
        same
    }

    /// What is wrong with it for vectors of length `dim`.
    pub(super) fn check(&self, dim: usize) -> Result<(), String> {
        let sum: f32 = self.criteria.iter().map(|weight| weight.learned).sum();
        let sums = self.criteria.is_empty() || (sum - 1.0).abs() <= 1e-3;
        if !sums || !self.criteria.iter().all(|weight| weight.learned > 0.0) {
            return Err("the learned weights of the criteria are not all above 0 with the sum 1".into());
        }
        self.merit(dim).map(drop)
    }
}

fn sha256_of(programme: &Programme) -> String {
    let described = |criterion: &Criterion| {
        let sides = [&criterion.strong, &criterion.weak].map(|side| side.join("\0"));
        [criterion.id.clone(), criterion.weight.to_string(), sides.join("\n"), String::new()].join("\n")
    };
    let told = |exemplar: &Exemplar| {
        let Exemplar { title, text, grade, .. } = exemplar;
        [title.clone(), text.clone(), grade.to_string(), String::new()].join("\n")
    };
    let criteria = programme.criteria.iter().map(described);
    let texts: Vec<String> = criteria.chain(programme.exemplars.iter().map(told)).collect();
    sha256_hex(texts.iter().map(String::as_bytes))
}
