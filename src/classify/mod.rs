//! Vectors and a programme in, a [`Classification`] out.

use serde::{Deserialize, Serialize};

use crate::programme::CategoryIndex;

/// Which category a nomination belongs to, and how sure that is.
#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    /// Probability per category in the programme's order, `[categories]`, each 0 to 1, sum 1.
    pub probabilities: Vec<f32>,
    /// The most probable category; ties go to the one the programme lists first.
    pub category: CategoryIndex,
    /// Highest probability less the second highest, 0 to 1.
    pub margin: f32,
    /// Whether the margin is enough.
    pub decision: Decision,
    /// Other categories that are plausible, most probable first.
    pub secondary: Vec<CategoryIndex>,
}

/// Whether a person must look at the category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The margin is at least the programme's `min_margin`.
    Assigned,
    /// It is not; the category is a proposal.
    NeedsHuman,
}
