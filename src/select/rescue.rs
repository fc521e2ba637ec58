//! The rescue sample: whom the line may have missed, and how many at most.

use serde::Serialize;

use super::{RankedNomination, Status};
use crate::random::Stream;

/// Confidence of [`MissBound`].
pub const CONFIDENCE: f64 = 0.95;

/// What a judged rescue sample says about all that lies below the line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct MissBound {
    /// At most so many good cases lie below the line, those found in the sample included.
    pub good: usize,
    /// The same as a share of the cases below the line, 0 to 1; 0 where there are none.
    pub rate: f64,
}

/// Marks `size` of the entries below the line as the rescue sample.
///
/// All categories are drawn from together: then the sample is a simple random one, and [`miss_bound`] is exact. The
/// draw depends on the seed and on who is below the line, not on the order of the entries.
pub(super) fn draw(entries: &mut [RankedNomination], size: usize, seed: u64) {
    let mut below: Vec<&mut RankedNomination> =
        entries.iter_mut().filter(|e| e.placement.status == Status::BelowLine).collect();
    // The smallest of one random number an id.
    below.sort_by_cached_key(|e| {
        let id = e.nomination.id.clone();
        (Stream::new(seed, id.as_str()).bits(), id)
    });
    for entry in below.into_iter().take(size) {
        entry.placement.status = Status::Rescue;
    }
}

/// The most good cases among `below` that still leave a chance of more than 5 % to find no more than `found` in a
/// random sample of `sample`: the exact upper confidence bound by the hypergeometric distribution (Buonaccorsi 1987).
///
/// # Panics
/// When the sample is larger than what it is drawn from, or more was found than drawn.
#[must_use]
pub fn miss_bound(below: usize, sample: usize, found: usize) -> MissBound {
    let good = most_good(below, sample, found, 1.0 - CONFIDENCE);
    MissBound { good, rate: if below == 0 { 0.0 } else { good as f64 / below as f64 } }
}

/// The most good cases among `below` that leave more than `chance` to find no more than `found` in `sample`.
pub(crate) fn most_good(below: usize, sample: usize, found: usize, chance: f64) -> usize {
    assert!(found <= sample && sample <= below, "{found} of {sample} of {below} is no sample");
    let factorials = log_factorials(below);
    let most = below - (sample - found);
    // The chance to find so few falls as there is more to be found.
    (found..=most).take_while(|&good| at_most(found, below, good, sample, &factorials) > chance).last().unwrap_or(found)
}

/// Probability that a sample of `sample` out of `below`, of which `good` are good, holds at most `found` good ones.
fn at_most(found: usize, below: usize, good: usize, sample: usize, factorials: &[f64]) -> f64 {
    let choose = |n: usize, k: usize| factorials[n] - factorials[k] - factorials[n - k];
    let bad = below - good;
    (sample.saturating_sub(bad)..=found.min(good).min(sample))
        .map(|x| (choose(good, x) + choose(bad, sample - x) - choose(below, sample)).exp())
        .sum()
}

/// `ln n!` for every n up to `max`.
fn log_factorials(max: usize) -> Vec<f64> {
    let mut sum = 0.0;
    let sums = (1..=max).map(|n| {
        sum += (n as f64).ln();
        sum
    });
    std::iter::once(0.0).chain(sums).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_the_last_number_that_is_still_likely() {
        // 10 below, 5 drawn, none good: with 3 good ones C(7,5)/C(10,5) = 21/252 = 8.3 %, with 4 6/252 = 2.4 %.
        assert_eq!(miss_bound(10, 5, 0), MissBound { good: 3, rate: 0.3 });
        // A tenth of a large pool, none good: 1 - 0.05^(1/n) of the binomial, slightly less for a finite pool.
        assert!((miss_bound(10_000, 59, 0).rate - 0.05).abs() < 0.002);
    }

    #[test]
    fn judging_all_leaves_no_doubt_and_judging_none_all_of_it() {
        assert_eq!(miss_bound(8, 8, 2), MissBound { good: 2, rate: 0.25 });
        assert_eq!(miss_bound(8, 0, 0).good, 8);
        assert_eq!(miss_bound(0, 0, 0), MissBound { good: 0, rate: 0.0 });
    }

    #[test]
    fn the_bound_holds_in_at_least_nineteen_of_twenty_samples() {
        let (below, good, sample) = (40, 8, 12);
        let mut stream = Stream::new(3, "coverage");
        let draws = 2_000;
        let held = (0..draws).filter(|_| {
            let mut pool: Vec<bool> = (0..below).map(|i| i < good).collect();
            let found = (0..sample).filter(|_| pool.swap_remove(stream.below(pool.len()))).count();
            miss_bound(below, sample, found).good >= good
        });
        assert!(held.count() as f64 / f64::from(draws) >= 0.95);
    }
}
