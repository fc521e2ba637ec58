//! The sentences that describe the categories and the model cases of a programme in, a discriminant between them out.

use super::discriminant::{Discriminant, Rows};
use super::features::Features;
use super::machine::{Fitted, Kernels, Machine, Shape};
use super::train::{Example, standardized};

/// Every n-gram counts: few rows show most of them once.
const SHAPE: Shape = Shape { lexical_weight: 1.0, ridge: 1.0, min_texts: 1 };

/// What tells categories apart, learned from their descriptions and model cases.
#[derive(Debug, Clone)]
pub(crate) struct Described(Machine);

impl Described {
    /// Fits `rows` of `columns` categories, each of which has one.
    pub(crate) fn fit(rows: &[Example], columns: usize) -> Self {
        let (features, labels): (Vec<Features>, Vec<usize>) = rows.iter().cloned().unzip();
        let weights = vec![1.0; labels.len()];
        let ridge = Kernels::of(&features, SHAPE.min_texts).ridge(&weights, SHAPE);
        let folds: Vec<Vec<usize>> = (0..labels.len()).map(|row| vec![row]).collect();
        let rows = Rows { labels: &labels, weights: &weights, columns, folds: &folds };
        let Discriminant { coefficients, offsets, held_out } = Discriminant::fit(&ridge, SHAPE.ridge, &rows);
        Self(Machine::new(features, SHAPE, Fitted::of(&coefficients, &offsets, &held_out)))
    }

    /// A score per category, of mean 0 and standard deviation 1, `[columns] f64`. A text it was fitted on is judged by
    /// all the others.
    pub(crate) fn scores(&self, features: &Features) -> Vec<f64> {
        standardized(&self.0.scores(features))
    }
}
