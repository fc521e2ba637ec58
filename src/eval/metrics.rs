//! The figures by which classification and ranking are judged.

use std::collections::{BTreeMap, BTreeSet};

/// Bins of the expected calibration error (Guo et al. 2017).
const CALIBRATION_BINS: usize = 15;

/// Share of equal pairs, 0 to 1; 0 for no pairs.
#[must_use]
pub fn accuracy(gold: &[usize], predicted: &[usize]) -> f64 {
    ratio(gold.iter().zip(predicted).filter(|(g, p)| g == p).count(), gold.len())
}

/// Unweighted mean of F1 over the categories that occur in `gold`, 0 to 1.
#[must_use]
pub fn macro_f1(gold: &[usize], predicted: &[usize]) -> f64 {
    let categories: BTreeSet<usize> = gold.iter().copied().collect();
    let f1 = |category: usize| {
        let hits = gold.iter().zip(predicted).filter(|&(&g, &p)| g == category && p == category).count();
        let named = [gold, predicted].map(|side| side.iter().filter(|&&c| c == category).count());
        ratio(2 * hits, named[0] + named[1])
    };
    mean(categories.iter().map(|&c| f1(c)))
}

/// Mean gap between confidence and accuracy over equal-width bins, weighted by their size, 0 to 1.
///
/// `confidence` is the probability of the predicted category. Lower is better.
#[must_use]
pub fn expected_calibration_error(confidence: &[f64], correct: &[bool]) -> f64 {
    let mut bins = [(0usize, 0.0, 0usize); CALIBRATION_BINS];
    for (&confidence, &correct) in confidence.iter().zip(correct) {
        let bin = &mut bins[((confidence * CALIBRATION_BINS as f64) as usize).min(CALIBRATION_BINS - 1)];
        *bin = (bin.0 + 1, bin.1 + confidence, bin.2 + usize::from(correct));
    }
    let gaps = bins.iter().map(|&(_, confidence, correct)| (confidence - correct as f64).abs());
    if confidence.is_empty() { 0.0 } else { gaps.sum::<f64>() / confidence.len() as f64 }
}

/// Spearman's rank correlation, -1 to 1, ties given their mean rank; 0 where a side is constant.
#[must_use]
pub fn spearman(a: &[f64], b: &[f64]) -> f64 {
    pearson(&mean_ranks(a), &mean_ranks(b))
}

/// Normalized discounted cumulative gain of the first `k` by score, 0 to 1, gains `2^grade - 1`
/// (Burges et al. 2005). Equal scores keep the order of the input. 1 where no grade is above 0.
#[must_use]
pub fn ndcg(scores: &[f64], grades: &[f64], k: usize) -> f64 {
    let gain = |order: Vec<usize>| -> f64 {
        let discounted = order.iter().take(k).enumerate();
        discounted.map(|(rank, &i)| (grades[i].exp2() - 1.0) / (rank as f64 + 2.0).log2()).sum()
    };
    let ideal = gain(descending(grades));
    if ideal > 0.0 { gain(descending(scores)) / ideal } else { 1.0 }
}

/// Share of the highest-graded items among the first `share` of all by score, 0 to 1.
#[must_use]
pub fn recall_at(scores: &[f64], grades: &[f64], share: f64) -> f64 {
    let best = grades.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let taken = (scores.len() as f64 * share).ceil() as usize;
    let found = descending(scores).into_iter().take(taken).filter(|&i| grades[i] == best).count();
    ratio(found, grades.iter().filter(|&&g| g == best).count())
}

/// Mean of `values`; 0 for none.
pub fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0usize), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / count as f64 }
}

/// `part` of `whole`, 0 to 1; 0 of nothing.
pub(super) fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Positions by falling value; equal ones keep their order.
pub(super) fn descending(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    order
}

fn mean_ranks(values: &[f64]) -> Vec<f64> {
    let mut places: BTreeMap<u64, (usize, usize)> = BTreeMap::new();
    for (place, &i) in descending(values).iter().enumerate() {
        let entry = places.entry(values[i].to_bits()).or_default();
        *entry = (entry.0 + place, entry.1 + 1);
    }
    values.iter().map(|v| places[&v.to_bits()]).map(|(sum, count)| -(sum as f64) / count as f64).collect()
}

fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let (mean_a, mean_b) = (mean(a.iter().copied()), mean(b.iter().copied()));
    let products = a.iter().zip(b).map(|(x, y)| (x - mean_a) * (y - mean_b));
    let spread = |values: &[f64], mean: f64| values.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    let spreads = spread(a, mean_a) * spread(b, mean_b);
    if spreads > 0.0 { products.sum::<f64>() / spreads.sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn classification_figures_of_a_small_example() {
        let (gold, predicted) = ([0, 0, 1, 2], [0, 1, 1, 1]);
        assert!(near(accuracy(&gold, &predicted), 0.5));
        assert!(near(macro_f1(&gold, &predicted), (2.0 / 3.0 + 0.5 + 0.0) / 3.0));
    }

    #[test]
    fn calibration_error_is_the_gap_between_confidence_and_accuracy() {
        assert!(near(expected_calibration_error(&[0.9, 0.9, 0.6], &[true, false, true]), (0.8 + 0.4) / 3.0));
        assert!(near(expected_calibration_error(&[1.0, 1.0], &[true, true]), 0.0));
    }

    #[test]
    fn spearman_gives_ties_their_mean_rank() {
        assert!(near(spearman(&[1.0, 2.0, 3.0], &[10.0, 20.0, 30.0]), 1.0));
        assert!(near(spearman(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), -1.0));
        // Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
        assert!(near(spearman(&[1.0, 2.0, 2.0, 3.0], &[1.0, 2.0, 3.0, 4.0]), 0.948_683_298_050_513_8));
        assert!(near(spearman(&[1.0, 1.0], &[1.0, 2.0]), 0.0));
    }

    #[test]
    fn ndcg_is_one_for_the_ideal_order_and_less_for_another() {
        assert!(near(ndcg(&[3.0, 2.0, 1.0], &[3.0, 1.0, 0.0], 10), 1.0));
        let swapped = (1.0 + 7.0 / 3f64.log2()) / (7.0 + 1.0 / 3f64.log2());
        assert!(near(ndcg(&[2.0, 3.0, 1.0], &[3.0, 1.0, 0.0], 10), swapped));
        assert!(near(ndcg(&[2.0, 1.0], &[0.0, 0.0], 10), 1.0));
    }

    #[test]
    fn recall_counts_the_best_grade_in_the_first_part() {
        let grades = [3.0, 0.0, 3.0, 1.0, 2.0];
        assert!(near(recall_at(&[5.0, 4.0, 1.0, 2.0, 3.0], &grades, 0.2), 0.5));
    }
}
