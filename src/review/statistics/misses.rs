//! What the judged rescue sample says about the cases below the line.

use crate::select::rescue::{CONFIDENCE, MissBound, miss_bound, most_good};
use serde::Serialize;

/// Good cases below the line: how many, by a random sample of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MissRate {
    /// Cases below the line, the sample included.
    pub below: usize,
    /// How many of them were drawn and judged.
    pub sample: usize,
    /// How many of these the panel found good enough.
    pub found: usize,
    /// Share of the sample that is good; none where nothing was judged.
    pub rate: Option<f64>,
    /// 95 % interval of the number of good cases below the line, both ends included.
    pub interval: (usize, usize),
    /// The one-sided bound: at most so many, with 95 % confidence.
    pub at_most: MissBound,
}

/// The miss rate and its exact bounds by the hypergeometric distribution, since the sample is drawn without
/// replacement (Buonaccorsi, "A note on confidence intervals for proportions in finite populations", 1987). The
/// interval holds the numbers that neither tail of 2.5 % rules out; for many cases it is that of Clopper and Pearson.
///
/// A drawn case that nobody could judge counts as not drawn; that is fair as long as its quality is not the reason.
///
/// # Panics
/// When the sample is larger than what it is drawn from, or more was found than judged.
#[must_use]
pub fn miss_rate(below: usize, sample: usize, found: usize) -> MissRate {
    let tail = (1.0 - CONFIDENCE) / 2.0;
    // Few good ones are many others.
    let fewest = below - most_good(below, sample, sample - found, tail);
    MissRate {
        below,
        sample,
        found,
        rate: (sample > 0).then(|| found as f64 / sample as f64),
        interval: (fewest, most_good(below, sample, found, tail)),
        at_most: miss_bound(below, sample, found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_holds_what_neither_tail_rules_out() {
        // scipy.stats.hypergeom; R's samplingbook, Sprop(m = 3, n = 10, N = 50), prints the first numbers beyond, 4
        // and 32.
        assert_eq!(miss_rate(50, 10, 3).interval, (5, 31));
        let found = miss_rate(300, 30, 2);
        assert_eq!((found.interval, found.at_most.good), ((3, 63), 56));
        assert_eq!(found.rate, Some(2.0 / 30.0));
    }

    #[test]
    fn a_large_pool_gives_the_interval_of_clopper_and_pearson() {
        // Their tables at 95 %: 0 of 10 gives 0 to 0.3085; 2 of 30 gives 0.0082 to 0.2207.
        for (sample, found, low, high) in [(10, 0, 0.0, 0.3085), (30, 2, 0.0082, 0.2207)] {
            let (fewest, most) = miss_rate(200_000, sample, found).interval;
            let share = |count: usize| count as f64 / 200_000.0;
            assert!((share(fewest) - low).abs() < 1e-4 && (share(most) - high).abs() < 1e-4, "{fewest} {most}");
        }
    }

    #[test]
    fn nothing_judged_says_nothing_and_all_judged_says_all() {
        assert_eq!((miss_rate(7, 0, 0).rate, miss_rate(7, 0, 0).interval), (None, (0, 7)));
        assert_eq!(miss_rate(7, 7, 2).interval, (2, 2));
    }
}
