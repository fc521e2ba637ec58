//! Labelled rows in, a trained stage with its cross-validated figures out.

use super::calibrate::{DOUBTS, Scale, softmax};
use super::discriminant::{Discriminant, Rows};
use super::features::Features;
use super::machine::{Fitted, Kernels, Machine, Shape};
use crate::eval::metrics;

/// Ridges and lexical weights that cross-validation chooses from.
const RIDGES: [f64; 6] = [0.1, 0.3, 1.0, 3.0, 10.0, 30.0];
const LEXICAL_WEIGHTS: [f32; 2] = [0.3, 1.0];

/// All descriptions of a category together count as so many labelled rows.
pub(super) const DESCRIPTION_WEIGHT: f64 = 4.0;

/// Parts that the rows of each category are dealt into, to be left out in turn.
const FOLDS: usize = 10;

/// In training every n-gram counts: few rows show most of them once.
const MIN_TEXTS: u32 = 1;

/// A text and the position of its category.
pub type Example = (Features, usize);

/// A stage learned from labelled rows.
#[derive(Debug, Clone)]
pub(super) struct Trained {
    /// Its first rows are the labelled ones.
    pub machine: Machine,
    /// By labelled row, the position of its category.
    pub labels: Vec<usize>,
    /// From standardized scores to logits.
    pub scale: Scale,
}

/// What leaving out each fold in turn says of a trained stage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Validation {
    /// Share put into their own category, 0 to 1.
    pub accuracy: f64,
    /// Expected calibration error, 0 to 1.
    pub ece: f64,
}

impl Trained {
    /// Fits `labelled` beside the programme's `descriptions`, for `columns` categories; each has a description.
    ///
    /// The ridge is the one with the least log-loss when each row is judged by the other folds, and with it the lexical
    /// weight; the scale is fitted on the same held-out scores.
    pub(super) fn fit(labelled: &[Example], descriptions: &[Example], columns: usize) -> (Self, Validation) {
        let (features, categories): (Vec<Features>, Vec<usize>) = labelled.iter().chain(descriptions).cloned().unzip();
        let weights = std::iter::repeat_n(1.0, labelled.len()).chain(description_weights(descriptions, columns));
        let weights: Vec<f64> = weights.collect();
        let labels = &categories[..labelled.len()];
        let known: Vec<Vec<f64>> = labels.iter().map(|category| one_hot(*category, columns)).collect();
        let folds = folds(labels, &categories[labels.len()..], columns);
        let kernels = Kernels::of(&features, MIN_TEXTS);
        let attempt = |shape: Shape| {
            let ridge = kernels.ridge(&weights, shape);
            let rows = Rows { labels: &categories, weights: &weights, columns, folds: &folds };
            let discriminant = Discriminant::fit(&ridge, shape.ridge, &rows);
            let scores = held_out(&discriminant, labels.len(), columns);
            let (_, loss) = Scale::fit(&scores, &known, &[0.0]);
            Attempt { shape, discriminant, scores, loss }
        };
        let with_ridge = |ridge| attempt(Shape { lexical_weight: LEXICAL_WEIGHTS[0], ridge, min_texts: MIN_TEXTS });
        let first = RIDGES.into_iter().map(with_ridge).reduce(Attempt::better).expect("there are ridges to try");
        let shape = first.shape;
        let others = LEXICAL_WEIGHTS[1..].iter().map(|&lexical_weight| attempt(Shape { lexical_weight, ..shape }));
        let Attempt { shape, discriminant, scores, .. } = others.fold(first, Attempt::better);

        let (scale, _) = Scale::fit(&scores, &known, &DOUBTS);
        let validation = validate(&scores, labels, &scale);
        let fitted = Fitted::of(&discriminant.coefficients, &discriminant.offsets, &discriminant.held_out);
        (Self { machine: Machine::new(features, shape, fitted), labels: labels.to_vec(), scale }, validation)
    }

    /// The rows it was fitted on.
    pub(super) fn labelled(&self) -> Vec<Example> {
        self.machine.rows.iter().cloned().zip(self.labels.iter().copied()).collect()
    }

    /// A logit per category, `[columns] f64`.
    pub(super) fn logits(&self, features: &Features) -> Vec<f64> {
        self.scale.logits(&standardized(&self.machine.scores(features)))
    }
}

/// A shape and what it is worth.
struct Attempt {
    shape: Shape,
    discriminant: Discriminant,
    /// Held-out and standardized, `[labelled rows, columns]`.
    scores: Vec<Vec<f64>>,
    loss: f64,
}

impl Attempt {
    fn better(self, other: Self) -> Self {
        if other.loss < self.loss { other } else { self }
    }
}

/// By description, its share of [`DESCRIPTION_WEIGHT`].
pub(super) fn description_weights(descriptions: &[Example], columns: usize) -> impl Iterator<Item = f64> {
    let mut counts = vec![0usize; columns];
    descriptions.iter().for_each(|(_, category)| counts[*category] += 1);
    descriptions.iter().map(move |(_, category)| DESCRIPTION_WEIGHT / counts[*category] as f64)
}

/// Rows that are left out together: those of every category are dealt out in turn, so that none loses more of its rows
/// than another and is thought less likely for it. Labelled rows, which come first, and descriptions are dealt apart.
fn folds(labels: &[usize], described: &[usize], columns: usize) -> Vec<Vec<usize>> {
    let mut folds = vec![Vec::new(); 2 * FOLDS];
    for (first, (rows, start)) in [(labels, 0), (described, labels.len())].into_iter().enumerate() {
        let mut seen = vec![0; columns];
        for (row, &category) in rows.iter().enumerate() {
            folds[first * FOLDS + seen[category] % FOLDS].push(start + row);
            seen[category] += 1;
        }
    }
    folds
}

pub(super) fn one_hot(category: usize, columns: usize) -> Vec<f64> {
    (0..columns).map(|column| if column == category { 1.0 } else { 0.0 }).collect()
}

/// The standardized held-out scores of the first `texts` rows, `[texts, columns]`.
fn held_out(discriminant: &Discriminant, texts: usize, columns: usize) -> Vec<Vec<f64>> {
    discriminant.held_out.chunks_exact(columns).take(texts).map(standardized).collect()
}

/// Mean 0 and standard deviation 1 over the categories: a text whose scores are all small is not less sure for that.
pub(super) fn standardized(scores: &[f64]) -> Vec<f64> {
    let mean = metrics::mean(scores.iter().copied());
    let deviation = metrics::mean(scores.iter().map(|score| (score - mean).powi(2))).sqrt();
    scores.iter().map(|score| if deviation > 0.0 { (score - mean) / deviation } else { 0.0 }).collect()
}

fn validate(scores: &[Vec<f64>], labels: &[usize], scale: &Scale) -> Validation {
    let likeliest = scores.iter().map(|scores| {
        let probabilities = softmax(&scale.logits(scores));
        let category = (0..probabilities.len()).rev().max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]));
        let category = category.expect("a programme has categories");
        (category, probabilities[category])
    });
    let (predicted, confidence): (Vec<usize>, Vec<f64>) = likeliest.unzip();
    let correct: Vec<bool> = labels.iter().zip(&predicted).map(|(label, predicted)| label == predicted).collect();
    Validation {
        accuracy: metrics::accuracy(labels, &predicted),
        ece: metrics::expected_calibration_error(&confidence, &correct),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::head::features::Grams;

    fn example(x: f32, text: &str, category: usize) -> Example {
        let dense = vec![x, (1.0 - x * x).sqrt()];
        (Features { dense, grams: Grams::of(text) }, category)
    }

    fn separable() -> Vec<Example> {
        (0..20).map(|i| if i % 2 == 0 { example(0.9, "热线来电", 0) } else { example(-0.9, "大厅窗口", 1) }).collect()
    }

    #[test]
    fn what_can_be_told_apart_is_told_apart() {
        let (trained, validation) = Trained::fit(&separable(), &[example(0.8, "热线", 0), example(-0.8, "大厅", 1)], 2);
        assert_eq!(validation.accuracy, 1.0);
        let logits = trained.logits(&example(0.7, "热线来电", 0).0);
        assert!(logits[0] > logits[1]);
    }

    #[test]
    fn a_row_it_was_trained_on_is_judged_by_the_others() {
        let mut labelled = separable();
        labelled.push(example(0.95, "热线派单", 1));
        let (trained, _) = Trained::fit(&labelled, &[example(0.8, "热线", 0), example(-0.8, "大厅", 1)], 2);
        let logits = trained.logits(&labelled[20].0);
        assert!(logits[0] > logits[1], "its own wrong label must not decide");
    }

    #[test]
    fn standardized_scores_keep_their_order_and_equal_ones_become_zero() {
        assert_eq!(standardized(&[3.0, 1.0]), [1.0, -1.0]);
        assert_eq!(standardized(&[0.5, 0.5]), [0.0, 0.0]);
    }
}
