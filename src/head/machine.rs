//! A kernel machine over dense and lexical features: fitted rows, and what they say of a text.

use std::collections::HashMap;

use super::features::{BUCKETS, Features, Grams, Rarity, Weighted};
use super::ridge::{Fit, Ridge, Square};
use crate::embed::space::cosine;

/// What a machine is fitted on.
pub(super) struct Rows {
    /// The texts.
    pub features: Vec<Features>,
    /// How much each counts, above 0.
    pub weights: Vec<f64>,
}

/// How a machine compares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shape {
    /// Weight of the n-grams' cosine beside that of the vectors.
    pub lexical_weight: f32,
    /// Strength of the ridge.
    pub ridge: f64,
    /// An n-gram counts from so many texts on.
    pub min_texts: u32,
}

/// The two kernels of a set of rows, from which one for any lexical weight is mixed.
pub(super) struct Kernels {
    dense: Square,
    lexical: Square,
}

impl Kernels {
    pub(super) fn of(rows: &Rows, min_texts: u32) -> Self {
        let n = rows.features.len();
        let rarity = Rarity::over(rows.features.iter().map(|f| &f.grams), min_texts);
        let weighted: Vec<Weighted> = rows.features.iter().map(|f| rarity.weigh(&f.grams)).collect();
        Self {
            dense: Square::symmetric(n, |row, values| {
                let own = &rows.features[row].dense;
                let cosines = rows.features.iter().map(|other| f64::from(cosine(own, &other.dense)));
                values.iter_mut().zip(cosines).for_each(|(value, cosine)| *value = cosine);
            }),
            lexical: Square::symmetric(n, |row, values| {
                let mut own = vec![0.0f32; BUCKETS];
                weighted[row].iter().for_each(|&(at, weight)| own[usize::from(at)] = weight);
                let shared = |other: &Weighted| other.iter().map(|&(at, w)| f64::from(w * own[usize::from(at)])).sum();
                values.iter_mut().zip(&weighted).for_each(|(value, other)| *value = shared(other));
            }),
        }
    }

    /// A ridge that is ready for any targets.
    pub(super) fn ridge(&self, rows: &Rows, shape: Shape) -> Ridge {
        let lexical_weight = f64::from(shape.lexical_weight);
        let mixed = Square::symmetric(rows.features.len(), |row, values| {
            let both = self.dense.row(row).iter().zip(self.lexical.row(row));
            values.iter_mut().zip(both).for_each(|(value, (d, l))| *value = d + lexical_weight * l);
        });
        Ridge::new(mixed, &rows.weights, shape.ridge)
    }
}

/// Fitted rows.
#[derive(Debug, Clone)]
pub(super) struct Machine {
    /// Texts it was fitted on.
    pub rows: Vec<Features>,
    /// Categories.
    pub columns: usize,
    /// How it compares.
    pub shape: Shape,
    /// What each row adds to a score per unit of kernel, `[rows, columns] f32`.
    pub coefficients: Vec<f32>,
    /// What each row is given by all the others, `[rows, columns] f32`.
    pub held_out: Vec<f32>,
    rarity: Rarity,
    /// `[columns, dim] f32`
    dense: Vec<f32>,
    /// `[BUCKETS, columns] f32`
    lexical: Vec<f32>,
    places: HashMap<(Vec<u32>, Grams), usize>,
}

impl Machine {
    pub(super) fn fitted(rows: Vec<Features>, columns: usize, shape: Shape, fit: &Fit) -> Self {
        let single = |values: &[f64]| values.iter().map(|&v| v as f32).collect();
        Self::new(rows, columns, shape, single(&fit.coefficients), single(&fit.held_out))
    }

    /// `coefficients` and `held_out` are `[rows, columns] f32`.
    pub(super) fn new(
        rows: Vec<Features>,
        columns: usize,
        shape: Shape,
        coefficients: Vec<f32>,
        held_out: Vec<f32>,
    ) -> Self {
        let rarity = Rarity::over(rows.iter().map(|f| &f.grams), shape.min_texts);
        let dim = rows.first().map_or(0, |row| row.dense.len());
        let mut dense = vec![0.0; columns * dim];
        let mut lexical = vec![0.0; BUCKETS * columns];
        let mut places = HashMap::new();
        for (at, (row, own)) in rows.iter().zip(coefficients.chunks_exact(columns)).enumerate() {
            for (&coefficient, sums) in own.iter().zip(dense.chunks_exact_mut(dim)) {
                sums.iter_mut().zip(&row.dense).for_each(|(sum, value)| *sum += coefficient * value);
            }
            for (bucket, weight) in rarity.weigh(&row.grams) {
                let sums = &mut lexical[usize::from(bucket) * columns..][..columns];
                sums.iter_mut().zip(own).for_each(|(sum, c)| *sum += shape.lexical_weight * weight * c);
            }
            places.entry(key(row)).or_insert(at);
        }
        Self { rows, columns, shape, coefficients, held_out, rarity, dense, lexical, places }
    }

    /// A score per category, `[columns] f64`; a text it was fitted on gets what the other rows say of it.
    pub(super) fn scores(&self, features: &Features) -> Vec<f64> {
        if let Some(&row) = self.places.get(&key(features)) {
            return self.held_out[row * self.columns..][..self.columns].iter().map(|&v| f64::from(v)).collect();
        }
        let weights = self.dense.chunks_exact(features.dense.len());
        let mut scores: Vec<f64> = weights.map(|weights| f64::from(cosine(weights, &features.dense))).collect();
        for (bucket, weight) in self.rarity.weigh(&features.grams) {
            let by_category = &self.lexical[usize::from(bucket) * self.columns..][..self.columns];
            scores.iter_mut().zip(by_category).for_each(|(score, w)| *score += f64::from(weight * w));
        }
        scores
    }
}

/// The bits by which a text is known again.
fn key(features: &Features) -> (Vec<u32>, Grams) {
    (features.dense.iter().map(|value| value.to_bits()).collect(), features.grams.clone())
}
