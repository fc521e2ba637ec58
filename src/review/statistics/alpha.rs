//! Krippendorff's alpha.

use serde::Serialize;
use std::collections::BTreeMap;

use super::concordance::mid_ranks;
use super::{Scores, Total};
use crate::random::Stream;

/// Resamples behind the interval.
const RESAMPLES: usize = 1_000;

/// Share of the resamples beyond each end of the interval: together 5 %.
const TAIL: f64 = 0.025;

/// What the differences between scores mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Equal or not.
    Nominal,
    /// By how many scores two lie apart in the order of all.
    Ordinal,
    /// By how many points.
    Interval,
}

/// Which scores are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The totals.
    Totals,
    /// Those on the criterion at this position.
    Criterion(usize),
}

/// Agreement of the judges, corrected for chance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Alpha {
    /// 1 for full agreement, 0 for chance; below 0 judges contradict each other.
    pub alpha: f64,
    /// 95 % interval by the bootstrap; none where fewer than half of the resamples have an alpha.
    pub interval: Option<(f64, f64)>,
    /// Cases with at least two scores.
    pub cases: usize,
    /// Scores of these cases.
    pub scores: usize,
}

/// Alpha of what all judges gave (Krippendorff, "Computing Krippendorff's Alpha-Reliability", 2011), where any score
/// may be missing. None where no case has two scores, or all scores are equal.
///
/// The interval is that of a bootstrap over cases, which keeps what the judges of a case share (Zapf et al.,
/// "Measuring inter-rater reliability for nominal data", 2016); the draw depends on the seed alone.
#[must_use]
pub fn krippendorff_alpha(panel: &Scores, subject: Subject, level: Level, seed: u64) -> Option<Alpha> {
    let cases = scores_by_case(panel, subject);
    let alpha = alpha(&cases.iter().collect::<Vec<_>>(), level)?;
    let mut stream = Stream::new(seed, "krippendorff alpha");
    let resampled = (0..RESAMPLES).filter_map(|_| {
        let drawn: Vec<&Vec<f64>> = cases.iter().map(|_| &cases[stream.below(cases.len())]).collect();
        self::alpha(&drawn, level)
    });
    let mut resampled: Vec<f64> = resampled.collect();
    resampled.sort_by(f64::total_cmp);
    let beyond = (TAIL * resampled.len() as f64) as usize;
    let interval = || (resampled[beyond], resampled[resampled.len() - 1 - beyond]);
    Some(Alpha {
        alpha,
        interval: (resampled.len() * 2 >= RESAMPLES).then(interval),
        cases: cases.len(),
        scores: cases.iter().map(Vec::len).sum(),
    })
}

/// The scores of each case that has at least two.
fn scores_by_case(panel: &Scores, subject: Subject) -> Vec<Vec<f64>> {
    let scores: Vec<Total> = match subject {
        Subject::Totals => panel.totals(),
        Subject::Criterion(at) => {
            let judged = panel.judgments().iter();
            let of = |j: &super::Scored| j.scores[at].map(|value| Total { judge: j.judge, case: j.case, value });
            judged.filter_map(of).collect()
        }
    };
    let mut by_case: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    scores.iter().for_each(|t| by_case.entry(t.case).or_default().push(t.value));
    by_case.into_values().filter(|values| values.len() > 1).collect()
}

/// One less the mean difference within cases over that between any two scores. The ordinal difference is that of mean
/// ranks, and the sum of squared differences between all pairs is `n * sum of squares - square of the sum`.
fn alpha(cases: &[&Vec<f64>], level: Level) -> Option<f64> {
    let mut pooled: Vec<f64> = cases.iter().flat_map(|values| values.iter().copied()).collect();
    match level {
        Level::Nominal => {}
        Level::Ordinal => pooled = mid_ranks(&pooled).0,
        // Large sums of squares lose digits; differences do not depend on the origin.
        Level::Interval => {
            let origin = crate::eval::metrics::mean(pooled.iter().copied());
            pooled.iter_mut().for_each(|value| *value -= origin);
        }
    }
    let pairs = if level == Level::Nominal { unequal_pairs } else { squared_differences };
    let n = pooled.len() as f64;
    let mut rest = pooled.as_slice();
    let mut within = 0.0;
    for values in cases {
        let (own, others) = rest.split_at(values.len());
        within += pairs(own) / (own.len() as f64 - 1.0);
        rest = others;
    }
    let between = pairs(&pooled) / (n - 1.0);
    // What is left of sums that cancel is no difference.
    (between > n * f64::EPSILON).then(|| 1.0 - within / between)
}

fn squared_differences(values: &[f64]) -> f64 {
    let (sum, squares) = values.iter().fold((0.0, 0.0), |(sum, squares), v| (sum + v, squares + v * v));
    values.len() as f64 * squares - sum * sum
}

/// Half the ordered pairs with different values.
fn unequal_pairs(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let equal: usize = sorted.chunk_by(|a, b| a == b).map(|group| group.len().pow(2)).sum();
    (values.len().pow(2) - equal) as f64 / 2.0
}

#[cfg(test)]
mod tests {
    use super::super::scores::tests::single;
    use super::*;

    fn example() -> Scores {
        // Krippendorff 2011, section C: four observers, twelve units, 0 for a value that is missing.
        let rows: [[u8; 12]; 4] = [
            [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
            [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
            [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
            [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
        ];
        let rows = rows.map(|row| row.map(|value| (value > 0).then(|| f64::from(value))));
        single(&rows.iter().map(|row| row.as_slice()).collect::<Vec<_>>())
    }

    #[test]
    fn alpha_of_krippendorffs_example() {
        for (level, published, computed) in [
            (Level::Nominal, 0.743, 0.743_421_052_631_579),
            (Level::Ordinal, 0.815, 0.815_387_503_754_881_4),
            (Level::Interval, 0.849, 0.849_107_142_857_142_8),
        ] {
            let found = krippendorff_alpha(&example(), Subject::Criterion(0), level, 1).unwrap();
            assert!((found.alpha - published).abs() < 5e-4, "{level:?} {}", found.alpha);
            // The PyPI package krippendorff 0.9.0.
            assert!((found.alpha - computed).abs() < 1e-12, "{level:?} {}", found.alpha);
            assert_eq!((found.cases, found.scores), (11, 40));
        }
    }

    #[test]
    fn the_interval_holds_alpha_and_depends_on_the_seed_alone() {
        let of = |seed| krippendorff_alpha(&example(), Subject::Totals, Level::Interval, seed).unwrap();
        let (low, high) = of(1).interval.unwrap();
        assert!(low < of(1).alpha && of(1).alpha < high && low > 0.3 && high <= 1.0, "{low} {high}");
        assert_eq!(of(1), of(1));
        assert_ne!(of(1).interval, of(2).interval);
    }

    #[test]
    fn without_pairs_or_differences_there_is_none() {
        let of = |panel: &Scores| krippendorff_alpha(panel, Subject::Totals, Level::Ordinal, 0);
        assert_eq!(of(&single(&[&[Some(1.0), None], &[None, Some(2.0)]])), None);
        assert_eq!(of(&single(&[&[Some(1.1), Some(1.1)], &[Some(1.1), Some(1.1)]])), None);
    }
}
