//! Scores to probabilities.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Logarithms of the sharpnesses that are tried: from -2 to 2.5.
const LOG_STEPS: std::ops::RangeInclusive<i32> = -20..=25;
const STEPS_PER_UNIT: f64 = 10.0;

/// `exp(logit)`, scaled to sum 1.
pub(crate) fn softmax(logits: &[f64]) -> Vec<f64> {
    let highest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = logits.iter().map(|logit| (logit - highest).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

/// How a standardized score becomes a logit: `sharpness * sign(score) * |score|^exponent`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scale {
    /// Below 1 where a score far from the others promises more than it keeps.
    pub exponent: f64,
    /// Above 0; how sure a score of 1 is.
    pub sharpness: f64,
}

/// Exponents that are tried.
pub(super) const EXPONENTS: [f64; 7] = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2];

impl Scale {
    /// The one among `exponents` under which the scores make the likeliest logits for what is known of each text, and
    /// its log-loss.
    ///
    /// `known` holds a probability per category for each text: 1 for a label, and less where it is a guess. With one
    /// exponent this is temperature scaling (Guo et al., "On Calibration of Modern Neural Networks", 2017).
    pub(super) fn fit(scores: &[Vec<f64>], known: &[Vec<f64>], exponents: &[f64]) -> (Self, f64) {
        let fitted = exponents.par_iter().map(|&exponent| {
            let bent: Vec<Vec<f64>> = scores.iter().map(|row| bend(row, exponent)).collect();
            let sharpnesses = LOG_STEPS.map(|step| (f64::from(step) / STEPS_PER_UNIT).exp());
            let losses = sharpnesses.map(|sharpness| (mean_log_loss(&bent, known, sharpness), sharpness));
            let (loss, sharpness) = losses.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or((f64::INFINITY, 1.0));
            (Self { exponent, sharpness }, loss)
        });
        let all: Vec<(Self, f64)> = fitted.collect();
        all.into_iter().min_by(|a, b| a.1.total_cmp(&b.1)).expect("there is an exponent to try")
    }

    /// A logit per category.
    pub(super) fn logits(&self, scores: &[f64]) -> Vec<f64> {
        bend(scores, self.exponent).into_iter().map(|score| score * self.sharpness).collect()
    }
}

fn bend(scores: &[f64], exponent: f64) -> Vec<f64> {
    scores.iter().map(|score| score.signum() * score.abs().powf(exponent)).collect()
}

/// Mean of the negative log-likelihood, in nats; less is better.
fn mean_log_loss(scores: &[Vec<f64>], known: &[Vec<f64>], sharpness: f64) -> f64 {
    let loss = |(scores, known): (&Vec<f64>, &Vec<f64>)| -> f64 {
        let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let log_sum = scores.iter().map(|s| ((s - highest) * sharpness).exp()).sum::<f64>().ln();
        scores.iter().zip(known).map(|(s, p)| p * (log_sum - (s - highest) * sharpness)).sum()
    };
    scores.iter().zip(known).map(loss).sum::<f64>() / scores.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probability_of_first(labels: &[usize]) -> f64 {
        let scores = vec![vec![1.0, -1.0]; labels.len()];
        let known: Vec<Vec<f64>> = labels.iter().map(|&l| vec![1.0 - l as f64, l as f64]).collect();
        softmax(&Scale::fit(&scores, &known, &EXPONENTS).0.logits(&scores[0]))[0]
    }

    #[test]
    fn what_is_right_so_often_is_given_as_much() {
        assert!((probability_of_first(&[0, 1, 0, 1]) - 0.5).abs() < 0.07);
        assert!((probability_of_first(&[0, 0, 0, 1]) - 0.75).abs() < 0.02);
    }

    #[test]
    fn far_scores_that_promise_too_much_are_bent() {
        // Right three times in four at a score of 1, and no oftener at a score of 3.
        let scores: Vec<Vec<f64>> = (0..8).map(|i| if i < 4 { vec![1.0, -1.0] } else { vec![3.0, -3.0] }).collect();
        let known: Vec<Vec<f64>> = (0..8).map(|i| if i % 4 == 3 { vec![0.0, 1.0] } else { vec![1.0, 0.0] }).collect();
        assert_eq!(Scale::fit(&scores, &known, &EXPONENTS).0.exponent, 0.5);
    }
}
