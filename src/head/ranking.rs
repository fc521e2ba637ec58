//! What graded rows teach: how much each criterion counts.

use serde::{Deserialize, Serialize};

use crate::digest::sha256_hex;
use crate::eval::metrics::spearman;
use crate::programme::{Criterion, Programme};
use crate::score::{CriterionWeight, GradedScores, learn_weights};

/// Weights of the criteria as past decisions suggest them: the head's order, where it has one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranking {
    /// SHA-256 over ids, weights and sentences of the criteria that the rows were scored by, lower-case hex.
    pub criteria_sha256: String,
    /// The weights, in the programme's order.
    pub criteria: Vec<CriterionWeight>,
    /// Graded rows it learned from.
    pub rows: usize,
    /// Pairs of rows of one category with different grades that were compared.
    pub pairs: usize,
    /// Spearman correlation of the grades with the relevance by the programme's weights.
    pub spearman_given: f64,
    /// The same by learned weights, each row by those that were learned without its fold.
    pub spearman_held_out: f64,
}

impl Ranking {
    /// Learns from `rows`, scored by the criteria of `programme`. None where there are too few or nothing to compare;
    /// see [`learn_weights`].
    #[must_use]
    pub fn learn(programme: &Programme, rows: &[GradedScores], seed: u64) -> Option<Self> {
        let given: Vec<f32> = programme.criteria.iter().map(|criterion| criterion.weight).collect();
        let learned = learn_weights(rows, &given, seed)?;
        let grades: Vec<f64> = rows.iter().map(|row| row.grade).collect();
        let weights: Vec<f64> = given.iter().map(|&weight| f64::from(weight)).collect();
        let by_given: Vec<f64> = rows.iter().map(|row| row.relevance(&weights)).collect();
        let by_learned: Vec<f64> = learned.held_out.iter().map(|&relevance| f64::from(relevance)).collect();
        Some(Self {
            criteria_sha256: sha256_of(&programme.criteria),
            criteria: CriterionWeight::all(&programme.criteria, &learned.weights),
            rows: rows.len(),
            pairs: learned.pairs,
            spearman_given: spearman(&by_given, &grades),
            spearman_held_out: spearman(&by_learned, &grades),
        })
    }

    /// Whether rows that were left out are ordered better than by the programme's own weights.
    #[must_use]
    pub fn is_better(&self) -> bool {
        self.spearman_held_out > self.spearman_given
    }

    /// Puts the learned weights in the place of the programme's; false, and nothing is changed, where its criteria
    /// are others than those learned from.
    #[must_use]
    pub fn apply(&self, programme: &mut Programme) -> bool {
        let same = self.criteria_sha256 == sha256_of(&programme.criteria)
            && self.criteria.iter().map(|weight| &weight.id).eq(programme.criteria.iter().map(|c| &c.id));
        if same {
            CriterionWeight::apply(&self.criteria, programme);
        }
        same
    }

    /// What is wrong with it.
    pub(super) fn check(&self) -> Result<(), String> {
        let sum: f32 = self.criteria.iter().map(|weight| weight.learned).sum();
        if (sum - 1.0).abs() > 1e-3 || !self.criteria.iter().all(|weight| weight.learned > 0.0) {
            return Err("the learned weights of the criteria are not all above 0 with the sum 1".into());
        }
        Ok(())
    }
}

fn sha256_of(criteria: &[Criterion]) -> String {
    let described = |criterion: &Criterion| {
        let sides = [&criterion.strong, &criterion.weak].map(|side| side.join("\0"));
        [criterion.id.clone(), criterion.weight.to_string(), sides.join("\n"), String::new()].join("\n")
    };
    let texts: Vec<String> = criteria.iter().map(described).collect();
    sha256_hex(texts.iter().map(String::as_bytes))
}
