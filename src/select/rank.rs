//! The order within a category, and how firm it is.

use crate::nomination::NominationId;

/// Share of the resamples outside a rank interval, half on each side.
const OUTSIDE_INTERVAL: f64 = 0.1;

/// What ranking needs to know of one nomination.
#[derive(Debug, Clone, Copy)]
pub(super) struct Contender<'a> {
    pub id: &'a NominationId,
    /// 0 to 100.
    pub relevance: f32,
    /// `[resamples]`, 0 to 100, as many for every contender.
    pub resampled: &'a [f32],
}

/// Positions of `contenders`, best first: higher relevance, then smaller id.
pub(super) fn order(contenders: &[Contender<'_>]) -> Vec<usize> {
    sorted(contenders, |c| c.relevance)
}

/// For each contender the lowest and highest rank (from 1) that it takes in nine of ten resamples,
/// the rank it has included.
pub(super) fn intervals(contenders: &[Contender<'_>], order: &[usize]) -> Vec<(usize, usize)> {
    let resamples = contenders.iter().map(|c| c.resampled.len()).min().unwrap_or(0);
    let mut ranks = vec![Vec::with_capacity(resamples + 1); contenders.len()];
    for resample in 0..resamples {
        for (rank, position) in sorted(contenders, |c| c.resampled[resample]).into_iter().enumerate() {
            ranks[position].push(rank + 1);
        }
    }
    let mut intervals = vec![(0, 0); contenders.len()];
    for (rank, &position) in order.iter().enumerate() {
        let taken = &mut ranks[position];
        taken.sort_unstable();
        let outside = (taken.len() as f64 * OUTSIDE_INTERVAL / 2.0) as usize;
        let low = taken.get(outside).copied().unwrap_or(rank + 1);
        let high = taken.get(taken.len().saturating_sub(outside + 1)).copied().unwrap_or(rank + 1);
        intervals[position] = (low.min(rank + 1), high.max(rank + 1));
    }
    intervals
}

fn sorted(contenders: &[Contender<'_>], score: impl Fn(&Contender<'_>) -> f32) -> Vec<usize> {
    let mut positions: Vec<usize> = (0..contenders.len()).collect();
    positions.sort_by(|&a, &b| {
        let by_score = score(&contenders[b]).total_cmp(&score(&contenders[a]));
        by_score.then_with(|| contenders[a].id.cmp(contenders[b].id))
    });
    positions
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_interval_spans_the_ranks_of_the_resamples() {
        let ids = ["a", "b", "c"].map(NominationId::new);
        let resampled = [[9.0, 5.0], [8.0, 9.0], [1.0, 1.0]];
        let contenders: Vec<_> =
            (0..3).map(|i| Contender { id: &ids[i], relevance: resampled[i][0], resampled: &resampled[i] }).collect();
        let order = order(&contenders);
        assert_eq!(order, [0, 1, 2]);
        assert_eq!(intervals(&contenders, &order), [(1, 2), (1, 2), (3, 3)]);
    }

    proptest! {
        #[test]
        fn the_order_does_not_depend_on_the_order_of_input(
            scores in prop::collection::vec(0u8..5, 1..12), turn in 0usize..12,
        ) {
            let ids: Vec<_> = (0..scores.len()).map(|i| NominationId::new(format!("{i:02}"))).collect();
            let mut contenders: Vec<_> = ids.iter().zip(&scores)
                .map(|(id, &s)| Contender { id, relevance: f32::from(s), resampled: &[] }).collect();
            let named = |contenders: &[Contender<'_>]| -> Vec<String> {
                order(contenders).into_iter().map(|i| contenders[i].id.to_string()).collect()
            };
            let before = named(&contenders);
            let length = contenders.len();
            contenders.rotate_left(turn % length);
            prop_assert_eq!(before, named(&contenders));
        }
    }
}
