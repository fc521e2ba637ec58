//! Labelled rows in, a trained stage with its cross-validated figures out.

use super::calibrate::{EXPONENTS, Scale, softmax};
use super::features::Features;
use super::machine::{Kernels, Machine, Rows, Shape};
use super::ridge::Fit;
use crate::eval::metrics;

/// Lexical weights and ridges that cross-validation chooses from.
const LEXICAL_WEIGHTS: [f32; 3] = [0.0, 0.3, 1.0];
const RIDGES: [f64; 3] = [1.0, 3.0, 10.0];

/// All descriptions of a category together count as so many labelled rows.
pub(super) const DESCRIPTION_WEIGHT: f64 = 3.0;

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

/// What leaving out each row in turn says of a trained stage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Validation {
    /// Share put into their own category, 0 to 1.
    pub accuracy: f64,
    /// Expected calibration error, 0 to 1.
    pub ece: f64,
}

impl Trained {
    /// Fits `labelled` beside the programme's `descriptions`, for `columns` categories.
    ///
    /// Lexical weight and ridge are those with the least log-loss when each row is judged by all the others; the
    /// scale is fitted on the same held-out scores.
    pub(super) fn fit(labelled: &[Example], descriptions: &[Example], columns: usize) -> (Self, Validation) {
        let rows = rows(labelled, descriptions, columns);
        let targets = targets(labelled, descriptions, columns);
        let known: Vec<Vec<f64>> = labelled.iter().map(|(_, category)| one_hot(*category, columns)).collect();
        let kernels = Kernels::of(&rows, MIN_TEXTS);
        let mut best: Option<(f64, Shape, Scale, Fit)> = None;
        for lexical_weight in LEXICAL_WEIGHTS {
            for ridge in RIDGES {
                let shape = Shape { lexical_weight, ridge, min_texts: MIN_TEXTS };
                let fit = kernels.ridge(&rows, shape).fit(&targets, columns);
                let scores = held_out(&fit, labelled.len(), columns);
                let (scale, loss) = Scale::fit(&scores, &known, &EXPONENTS);
                if best.as_ref().is_none_or(|(least, ..)| loss < *least) {
                    best = Some((loss, shape, scale, fit));
                }
            }
        }
        let (_, shape, scale, fit) = best.expect("there are shapes to try");
        let validation = validate(&held_out(&fit, labelled.len(), columns), labelled, &scale);
        let labels = labelled.iter().map(|(_, category)| *category).collect();
        (Self { machine: Machine::fitted(rows.features, columns, shape, &fit), labels, scale }, validation)
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

/// Labelled rows first, then descriptions, which share their category's weight.
fn rows(labelled: &[Example], descriptions: &[Example], columns: usize) -> Rows {
    let weights = std::iter::repeat_n(1.0, labelled.len()).chain(description_weights(descriptions, columns));
    let features = labelled.iter().chain(descriptions).map(|(features, _)| features.clone());
    Rows { weights: weights.collect(), features: features.collect() }
}

/// By description, its share of [`DESCRIPTION_WEIGHT`].
pub(super) fn description_weights(descriptions: &[Example], columns: usize) -> impl Iterator<Item = f64> {
    let mut counts = vec![0usize; columns];
    descriptions.iter().for_each(|(_, category)| counts[*category] += 1);
    descriptions.iter().map(move |(_, category)| DESCRIPTION_WEIGHT / counts[*category] as f64)
}

/// 1 for the own category less the share of each category among the labelled rows, `[rows, columns] f64`.
fn targets(labelled: &[Example], descriptions: &[Example], columns: usize) -> Vec<f64> {
    let mut shares = vec![0.0; columns];
    labelled.iter().for_each(|(_, category)| shares[*category] += 1.0 / labelled.len() as f64);
    let row = |(_, category): &Example| {
        let own = one_hot(*category, columns);
        own.into_iter().zip(&shares).map(|(target, share)| target - share).collect::<Vec<_>>()
    };
    labelled.iter().chain(descriptions).flat_map(row).collect()
}

pub(super) fn one_hot(category: usize, columns: usize) -> Vec<f64> {
    (0..columns).map(|column| if column == category { 1.0 } else { 0.0 }).collect()
}

/// The standardized held-out scores of the first `texts` rows, `[texts, columns]`.
fn held_out(fit: &Fit, texts: usize, columns: usize) -> Vec<Vec<f64>> {
    fit.held_out.chunks_exact(columns).take(texts).map(standardized).collect()
}

/// Mean 0 and standard deviation 1 over the categories: a text whose scores are all small is not less sure for that.
pub(super) fn standardized(scores: &[f64]) -> Vec<f64> {
    let mean = metrics::mean(scores.iter().copied());
    let deviation = metrics::mean(scores.iter().map(|score| (score - mean).powi(2))).sqrt();
    scores.iter().map(|score| if deviation > 0.0 { (score - mean) / deviation } else { 0.0 }).collect()
}

fn validate(scores: &[Vec<f64>], labelled: &[Example], scale: &Scale) -> Validation {
    let likeliest = scores.iter().map(|scores| {
        let probabilities = softmax(&scale.logits(scores));
        let category = (0..probabilities.len()).rev().max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]));
        let category = category.expect("a programme has categories");
        (category, probabilities[category])
    });
    let (predicted, confidence): (Vec<usize>, Vec<f64>) = likeliest.unzip();
    let gold: Vec<usize> = labelled.iter().map(|(_, category)| *category).collect();
    let correct: Vec<bool> = gold.iter().zip(&predicted).map(|(g, p)| g == p).collect();
    Validation {
        accuracy: metrics::accuracy(&gold, &predicted),
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
