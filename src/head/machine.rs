//! A kernel machine over dense and lexical features: fitted rows, and what they say of a text.

use std::collections::HashMap;

use super::features::{BUCKETS, Features, Grams, Rarity, Weighted, product};
use super::ridge::{Ridge, Square};
use crate::embed::space::cosine;

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
    pub(super) fn of(rows: &[Features], min_texts: u32) -> Self {
        let n = rows.len();
        let rarity = Rarity::over(rows.iter().map(|f| &f.grams), min_texts);
        let weighted: Vec<Weighted> = rows.iter().map(|f| rarity.weigh(&f.grams)).collect();
        Self {
            dense: Square::symmetric(n, |row, values| {
                let own = &rows[row].dense;
                let cosines = rows.iter().map(|other| f64::from(cosine(own, &other.dense)));
                values.iter_mut().zip(cosines).for_each(|(value, cosine)| *value = cosine);
            }),
            lexical: Square::symmetric(n, |row, values| {
                let mut own = vec![0.0f32; BUCKETS];
                weighted[row].iter().for_each(|&(at, weight)| own[usize::from(at)] = weight);
                values.iter_mut().zip(&weighted).for_each(|(value, other)| *value = product(other, &own));
            }),
        }
    }

    /// A ridge that is ready for any targets; `weights` say how much each row counts, above 0.
    pub(super) fn ridge(&self, weights: &[f64], shape: Shape) -> Ridge {
        let lexical_weight = f64::from(shape.lexical_weight);
        let mixed = Square::symmetric(weights.len(), |row, values| {
            let both = self.dense.row(row).iter().zip(self.lexical.row(row));
            values.iter_mut().zip(both).for_each(|(value, (d, l))| *value = d + lexical_weight * l);
        });
        Ridge::new(mixed, weights, shape.ridge)
    }
}

/// What a machine learned from its rows.
#[derive(Debug, Clone)]
pub(super) struct Fitted {
    /// What each row adds to a score per unit of kernel, `[rows, columns] f32`.
    pub coefficients: Vec<f32>,
    /// What is taken off each score, `[columns] f32`.
    pub offsets: Vec<f32>,
    /// What each row is given by all the others, offsets taken off, `[rows, columns] f32`.
    pub held_out: Vec<f32>,
}

impl Fitted {
    /// From double precision.
    pub(super) fn of(coefficients: &[f64], offsets: &[f64], held_out: &[f64]) -> Self {
        let single = |values: &[f64]| values.iter().map(|&v| v as f32).collect();
        Self { coefficients: single(coefficients), offsets: single(offsets), held_out: single(held_out) }
    }
}

/// Fitted rows.
#[derive(Debug, Clone)]
pub(super) struct Machine {
    /// Texts it was fitted on.
    pub rows: Vec<Features>,
    /// How it compares.
    pub shape: Shape,
    /// What it learned.
    pub fitted: Fitted,
    rarity: Rarity,
    /// `[columns, dim] f32`
    dense: Vec<f32>,
    /// `[BUCKETS, columns] f32`
    lexical: Vec<f32>,
    places: HashMap<(Vec<u32>, Grams), usize>,
}

impl Machine {
    /// As it was fitted on `rows`.
    pub(super) fn new(rows: Vec<Features>, shape: Shape, fitted: Fitted) -> Self {
        let columns = fitted.offsets.len();
        let rarity = Rarity::over(rows.iter().map(|f| &f.grams), shape.min_texts);
        let dim = rows.first().map_or(0, |row| row.dense.len());
        let mut dense = vec![0.0; columns * dim];
        let mut lexical = vec![0.0; BUCKETS * columns];
        let mut places = HashMap::new();
        for (at, (row, own)) in rows.iter().zip(fitted.coefficients.chunks_exact(columns)).enumerate() {
            for (&coefficient, sums) in own.iter().zip(dense.chunks_exact_mut(dim)) {
                sums.iter_mut().zip(&row.dense).for_each(|(sum, value)| *sum += coefficient * value);
            }
            for (bucket, weight) in rarity.weigh(&row.grams) {
                let sums = &mut lexical[usize::from(bucket) * columns..][..columns];
                sums.iter_mut().zip(own).for_each(|(sum, c)| *sum += shape.lexical_weight * weight * c);
            }
            places.entry(key(row)).or_insert(at);
        }
        Self { rows, shape, fitted, rarity, dense, lexical, places }
    }

    /// A score per category, `[columns] f64`; a text it was fitted on gets what the other rows say of it.
    pub(super) fn scores(&self, features: &Features) -> Vec<f64> {
        let Fitted { offsets, held_out, .. } = &self.fitted;
        let columns = offsets.len();
        if let Some(&row) = self.places.get(&key(features)) {
            return held_out[row * columns..][..columns].iter().map(|&v| f64::from(v)).collect();
        }
        let weights = self.dense.chunks_exact(features.dense.len());
        let by_vector = weights.zip(offsets).map(|(w, offset)| f64::from(cosine(w, &features.dense) - offset));
        let mut scores: Vec<f64> = by_vector.collect();
        for (bucket, weight) in self.rarity.weigh(&features.grams) {
            let by_category = &self.lexical[usize::from(bucket) * columns..][..columns];
            scores.iter_mut().zip(by_category).for_each(|(score, w)| *score += f64::from(weight * w));
        }
        scores
    }
}

/// The bits by which a text is known again.
fn key(features: &Features) -> (Vec<u32>, Grams) {
    (features.dense.iter().map(|value| value.to_bits()).collect(), features.grams.clone())
}
