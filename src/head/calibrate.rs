//! Scores to probabilities.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Logarithms of the sharpnesses that are tried: from -2 to 3.
const LOG_STEPS: std::ops::RangeInclusive<i32> = -20..=30;
const STEPS_PER_UNIT: f64 = 10.0;

/// Doubts that are tried where they are fitted.
pub(super) const DOUBTS: [f64; 10] = [0.0, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.2, 0.3, 0.5];

/// How sharp the doubtful share is beside the other.
const DOUBTFUL: f64 = 0.4;

/// `exp(logit)`, scaled to sum 1.
pub(crate) fn softmax(logits: &[f64]) -> Vec<f64> {
    let highest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let powers: Vec<f64> = logits.iter().map(|logit| (logit - highest).exp()).collect();
    let sum: f64 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

/// How standardized scores become probabilities: the softmax of the scores times `sharpness`, mixed with one that is
/// less than half as sharp.
///
/// Without doubt this is temperature scaling (Guo et al., "On Calibration of Modern Neural Networks", 2017). Doubt is
/// for scores that keep less the more they promise, as where some labels are wrong.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scale {
    /// Above 0; how sure a score of 1 is.
    pub sharpness: f64,
    /// Share of the less sharp probabilities, 0 to 1.
    pub doubt: f64,
}

impl Scale {
    /// The one with a doubt among `doubts` under which the scores make what is known of each text likeliest, and its
    /// log-loss.
    ///
    /// `known` holds a probability per category for each text: 1 for a label, and less where it is a guess.
    pub(super) fn fit(scores: &[Vec<f64>], known: &[Vec<f64>], doubts: &[f64]) -> (Self, f64) {
        let steps: Vec<i32> = LOG_STEPS.collect();
        let fitted = steps.into_par_iter().flat_map_iter(|step| {
            let sharpness = (f64::from(step) / STEPS_PER_UNIT).exp();
            let losses = mean_log_losses(scores, known, sharpness, doubts);
            doubts.iter().map(move |&doubt| Self { sharpness, doubt }).zip(losses)
        });
        let all: Vec<(Self, f64)> = fitted.collect();
        all.into_iter().min_by(|a, b| a.1.total_cmp(&b.1)).expect("there is a doubt to try")
    }

    /// A logit per category.
    pub(super) fn logits(&self, scores: &[f64]) -> Vec<f64> {
        let at = |sharpness: f64| scores.iter().map(|score| score * sharpness).collect::<Vec<f64>>();
        if self.doubt == 0.0 {
            return at(self.sharpness);
        }
        let both = softmax(&at(self.sharpness)).into_iter().zip(softmax(&at(self.sharpness * DOUBTFUL)));
        both.map(|(sure, unsure)| mixed(sure, unsure, self.doubt).ln()).collect()
    }
}

fn mixed(sure: f64, unsure: f64, doubt: f64) -> f64 {
    (1.0 - doubt) * sure + doubt * unsure
}

/// By doubt, the mean of the negative log-likelihood, in nats; less is better.
fn mean_log_losses(scores: &[Vec<f64>], known: &[Vec<f64>], sharpness: f64, doubts: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; doubts.len()];
    for (scores, known) in scores.iter().zip(known) {
        let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let log_sum = |sharpness: f64| scores.iter().map(|s| ((s - highest) * sharpness).exp()).sum::<f64>().ln();
        let (sure, unsure) = (log_sum(sharpness), log_sum(sharpness * DOUBTFUL));
        for (score, share) in scores.iter().zip(known).filter(|(_, share)| **share > 0.0) {
            let log = (score - highest) * sharpness - sure;
            let doubtful = || ((score - highest) * sharpness * DOUBTFUL - unsure).exp();
            for (sum, &doubt) in sums.iter_mut().zip(doubts) {
                *sum -= share * if doubt == 0.0 { log } else { mixed(log.exp(), doubtful(), doubt).ln() };
            }
        }
    }
    sums.into_iter().map(|sum| sum / scores.len().max(1) as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probability_of_first(labels: &[usize]) -> f64 {
        let scores = vec![vec![1.0, -1.0]; labels.len()];
        let known: Vec<Vec<f64>> = labels.iter().map(|&l| vec![1.0 - l as f64, l as f64]).collect();
        softmax(&Scale::fit(&scores, &known, &DOUBTS).0.logits(&scores[0]))[0]
    }

    #[test]
    fn what_is_right_so_often_is_given_as_much() {
        assert!((probability_of_first(&[0, 1, 0, 1]) - 0.5).abs() < 0.07);
        assert!((probability_of_first(&[0, 0, 0, 1]) - 0.75).abs() < 0.02);
    }

    #[test]
    fn scores_that_promise_more_than_they_keep_are_doubted() {
        // Right three times in four at a score of 1, and no oftener at a score of 3.
        let scores: Vec<Vec<f64>> = (0..8).map(|i| if i < 4 { vec![1.0, -1.0] } else { vec![3.0, -3.0] }).collect();
        let known: Vec<Vec<f64>> = (0..8).map(|i| if i % 4 == 3 { vec![0.0, 1.0] } else { vec![1.0, 0.0] }).collect();
        let (doubting, loss) = Scale::fit(&scores, &known, &DOUBTS);
        assert!(doubting.doubt > 0.0 && loss < Scale::fit(&scores, &known, &[0.0]).1);
        let sum: f64 = softmax(&doubting.logits(&scores[5])).iter().sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }
}
