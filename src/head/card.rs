//! What a person should know of a trained head.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::identity::Identity;
use super::train::{Trained, Validation};

/// The labelled rows that a head was trained on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
    /// Records in the file.
    pub records: usize,
    /// Records that could not be learned from, by reason.
    pub refused: BTreeMap<String, usize>,
}

/// What it was trained on and how good it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The rows.
    pub data: Data,
    /// Rows it learned from, by category id.
    pub rows_by_category: BTreeMap<String, usize>,
    /// Share of the rows put into their own category by all the other rows, 0 to 1.
    pub cross_validated_accuracy: f64,
    /// Expected calibration error of these judgments, 0 to 1, less is better.
    pub cross_validated_ece: f64,
    /// Weight of the wording beside the meaning that cross-validation chose.
    pub lexical_weight: f32,
    /// Strength of the ridge that it chose.
    pub ridge: f64,
}

impl Card {
    pub(super) fn new(
        identity: &Identity,
        data: Data,
        rows_by_category: &[usize],
        trained: &Trained,
        validation: Validation,
    ) -> Self {
        let ids = identity.programme.categories.iter().cloned();
        Self {
            data,
            rows_by_category: ids.zip(rows_by_category.iter().copied()).collect(),
            cross_validated_accuracy: validation.accuracy,
            cross_validated_ece: validation.ece,
            lexical_weight: trained.machine.shape.lexical_weight,
            ridge: trained.machine.shape.ridge,
        }
    }
}
