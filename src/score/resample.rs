//! From passages to a criterion, from criteria to relevance, and how firm the figure is.

use crate::nomination::NominationId;
use crate::random::Stream;

/// How often passages and weights are drawn again.
const RESAMPLES: usize = 200;

/// Standard deviation of the logarithm of a weight between resamples: experts who agree on the
/// criteria still differ by about a fifth on their weights.
const WEIGHT_DEVIATION: f64 = 0.2;

/// Share of the mean over all passages; the rest is that of the best few.
const WHOLE_SHARE: f32 = 0.6;

/// How many are the best few: those that a reader is shown.
const BEST_PASSAGES: usize = super::MAX_EVIDENCE;

/// One criterion's raw score from those of the passages: partly their mean, which padding lowers,
/// partly the best few, so that one good paragraph is seen wherever it stands. No passages: 0.
pub(super) fn aggregate(raw: &[f32]) -> f32 {
    let mut sorted = raw.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len().max(1) as f32;
    WHOLE_SHARE * mean(&sorted) + (1.0 - WHOLE_SHARE) * mean(&sorted[..sorted.len().min(BEST_PASSAGES)])
}

/// Mean of `scores` by `weights`, which sum to 1; 0 for none.
pub(super) fn weighted_mean(scores: &[f32], weights: &[f32]) -> f32 {
    scores.iter().zip(weights).map(|(score, weight)| score * weight).sum()
}

/// Relevance in each resample, `[RESAMPLES]`.
///
/// `table` holds raw scores, `[criteria][passages]`. A resample draws as many passages as there
/// are, with replacement (the bootstrap of Efron 1979, seeded by the nomination's id), and takes its
/// own weights from [`weight_draws`].
pub(super) fn relevance(
    seed: u64,
    id: &NominationId,
    table: &[Vec<f32>],
    weight_draws: &[Vec<f32>],
    scaled: impl Fn(f32) -> f32,
) -> Vec<f32> {
    let passages = table.first().map_or(0, Vec::len);
    let mut draws = Stream::new(seed, id.as_str());
    weight_draws
        .iter()
        .map(|weights| {
            let drawn: Vec<usize> = (0..passages).map(|_| draws.below(passages)).collect();
            let score = |raw: &Vec<f32>| scaled(aggregate(&drawn.iter().map(|&i| raw[i]).collect::<Vec<_>>()));
            let scores: Vec<f32> = table.iter().map(score).collect();
            weighted_mean(&scores, weights)
        })
        .collect()
}

/// The weights of each resample, `[RESAMPLES][criteria]`: seeded by the resample, so the same for every nomination.
pub(super) fn weight_draws(seed: u64, weights: &[f32]) -> Vec<Vec<f32>> {
    (0..RESAMPLES).map(|resample| shifted(weights, seed, resample)).collect()
}

/// By how much the share of the signals differs in each resample, `[RESAMPLES]`, around 1.
pub(super) fn share_draws(seed: u64) -> Vec<f32> {
    (0..RESAMPLES).map(|resample| factor(&mut Stream::new(seed, &format!("signals {resample}")))).collect()
}

/// 1 + x stands in for exp(x), whose last bit differs between systems.
fn factor(stream: &mut Stream) -> f32 {
    (1.0 + WEIGHT_DEVIATION * stream.normal()).max(0.1) as f32
}

fn shifted(weights: &[f32], seed: u64, resample: usize) -> Vec<f32> {
    let mut stream = Stream::new(seed, &format!("weights {resample}"));
    let factors: Vec<f32> = weights.iter().map(|w| w * factor(&mut stream)).collect();
    let sum: f32 = factors.iter().sum();
    factors.into_iter().map(|f| f / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_lowers_a_score_and_order_does_not_matter() {
        let strong = [0.3, 0.2, 0.1];
        assert!(aggregate(&[0.3, 0.2, 0.1, -0.2, -0.2]) < aggregate(&strong));
        assert_eq!(aggregate(&[0.1, 0.3, 0.2]), aggregate(&strong));
        assert_eq!(aggregate(&[]), 0.0);
    }

    #[test]
    fn resamples_depend_on_seed_and_id_alone_and_surround_the_score() {
        let table = vec![vec![0.3, -0.1, 0.2, 0.0], vec![0.1, 0.1, -0.2, 0.4]];
        let weights = [0.5, 0.5];
        let run =
            |seed, id: &str| relevance(seed, &NominationId::new(id), &table, &weight_draws(seed, &weights), |raw| raw);
        assert_eq!(run(1, "a"), run(1, "a"));
        assert_ne!(run(1, "a"), run(2, "a"));
        assert_ne!(run(1, "a"), run(1, "b"));
        let score = weighted_mean(&[aggregate(&table[0]), aggregate(&table[1])], &weights);
        let resampled = run(1, "a");
        let below = resampled.iter().filter(|&&r| r < score).count();
        assert!((20..180).contains(&below), "{below} of 200 below");
    }
}
