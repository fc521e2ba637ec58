//! Kendall's coefficient of concordance.

use serde::Serialize;
use std::collections::BTreeMap;

use thiserror::Error;

use super::Scores;

/// Fewer cases than this have hardly an order to agree on.
const MIN_CASES: usize = 3;

/// How far the judges order the same cases alike.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Concordance {
    /// 0 for no agreement to 1 for the same order; corrected for ties.
    pub w: f64,
    /// Judges compared.
    pub judges: usize,
    /// Cases that all of them scored.
    pub cases: usize,
    /// Friedman's statistic, `judges * (cases - 1) * w`.
    pub chi_square: f64,
    /// Chance of a W as high were all orders alike likely, by the chi-square distribution with `cases - 1` degrees of
    /// freedom: an approximation, rough below eight cases.
    pub p_value: f64,
}

/// Why there is no W.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoConcordance {
    /// Nobody to agree with.
    #[error("fewer than two judges gave totals")]
    Judges,
    /// No block that all judges filled.
    #[error("only {shared} cases have a total from each of the {judges} judges, and three are needed")]
    Cases {
        /// Judges with totals.
        judges: usize,
        /// Cases that all of them scored.
        shared: usize,
    },
    /// No order.
    #[error("every judge gave all shared cases the same total")]
    Ties,
}

/// W over all judges with totals and the cases that each of them scored (Kendall and Babington Smith 1939; correction
/// for ties as in Kendall, "Rank Correlation Methods", 1948). What not all scored is left out, as `kendall` of R's irr
/// does; for a panel in which each judge sees a part, ask for W of a part ([`Scores::only`]).
///
/// # Errors
/// When no complete block is left, or no judge tells its cases apart.
pub fn kendall_w(panel: &Scores) -> Result<Concordance, NoConcordance> {
    let totals = panel.totals();
    let judges = totals.chunk_by(|a, b| a.judge == b.judge).count();
    if judges < 2 {
        return Err(NoConcordance::Judges);
    }
    let mut by_case: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    totals.iter().for_each(|t| by_case.entry(t.case).or_default().push(t.value));
    by_case.retain(|_, values| values.len() == judges);
    let cases = by_case.len();
    if cases < MIN_CASES {
        return Err(NoConcordance::Cases { judges, shared: cases });
    }
    let (mut sums, mut ties) = (vec![0.0; cases], 0.0);
    for judge in 0..judges {
        let own: Vec<f64> = by_case.values().map(|values| values[judge]).collect();
        let (ranks, tied) = mid_ranks(&own);
        sums.iter_mut().zip(ranks).for_each(|(sum, rank)| *sum += rank);
        ties += tied;
    }
    let (m, n) = (judges as f64, cases as f64);
    let most = m * m * (n.powi(3) - n) - m * ties;
    if most <= 0.0 {
        return Err(NoConcordance::Ties);
    }
    let spread: f64 = sums.iter().map(|sum| (sum - m * (n + 1.0) / 2.0).powi(2)).sum();
    let w = 12.0 * spread / most;
    let chi_square = m * (n - 1.0) * w;
    Ok(Concordance { w, judges, cases, chi_square, p_value: chi_square_tail(chi_square, cases - 1) })
}

/// Ranks from 1 for the lowest, ties given their mean, and the sum of `t^3 - t` over groups of `t` equal values.
pub(super) fn mid_ranks(values: &[f64]) -> (Vec<f64>, f64) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let (mut ranks, mut ties, mut before) = (vec![0.0; values.len()], 0.0, 0);
    for group in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let size = group.len() as f64;
        group.iter().for_each(|&i| ranks[i] = before as f64 + (size + 1.0) / 2.0);
        ties += size.powi(3) - size;
        before += group.len();
    }
    (ranks, ties)
}

/// Chance of more than `value` under the chi-square distribution: one less the series for the lower incomplete gamma
/// function (Abramowitz and Stegun 6.5.29), good to about 1e-15.
fn chi_square_tail(value: f64, degrees: usize) -> f64 {
    let (a, x) = (degrees as f64 / 2.0, value / 2.0);
    // ln Gamma(a + 1) by steps of one from Gamma(1) or Gamma(1/2).
    let start = if degrees.is_multiple_of(2) { 0.0 } else { std::f64::consts::PI.sqrt().ln() };
    let first = if degrees.is_multiple_of(2) { 1.0 } else { 0.5 };
    let log_gamma = start + (0..).map(|i| first + f64::from(i)).take_while(|&k| k <= a).map(f64::ln).sum::<f64>();
    let (mut term, mut sum, mut k) = (1.0, 1.0, a);
    while term > sum * f64::EPSILON {
        k += 1.0;
        term *= x / k;
        sum += term;
    }
    (1.0 - (a * x.ln() - x - log_gamma).exp() * sum).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::super::scores::tests::single;
    use super::*;

    fn rows(rows: &[&[u8]]) -> Scores {
        let open = |&score: &u8| (score < 100).then(|| f64::from(score));
        let rows: Vec<Vec<Option<f64>>> = rows.iter().map(|row| row.iter().map(open).collect()).collect();
        single(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    const ANXIETY: [&[u8]; 3] = [
        &[3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3],
        &[3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4],
        &[2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2],
    ];

    #[test]
    fn w_of_the_anxiety_ratings_in_the_r_package_irr() {
        let found = kendall_w(&rows(&ANXIETY)).unwrap();
        assert_eq!((found.judges, found.cases), (3, 20));
        assert!((found.w - 0.539_656_9).abs() < 5e-8);
        // scipy.stats.friedmanchisquare of the same: 30.7604, p = 0.0428835.
        assert!((found.chi_square - 30.760_441_929).abs() < 1e-8);
        assert!((found.p_value - 0.042_883_473_126_9).abs() < 1e-12);
    }

    #[test]
    fn cases_that_someone_left_out_do_not_count() {
        let mut with_gap = ANXIETY.map(<[u8]>::to_vec);
        with_gap[1].push(100);
        with_gap[0].push(6);
        with_gap[2].push(6);
        let with_gap: Vec<&[u8]> = with_gap.iter().map(Vec::as_slice).collect();
        assert_eq!(kendall_w(&rows(&with_gap)), kendall_w(&rows(&ANXIETY)));
    }

    #[test]
    fn without_a_block_there_is_a_reason() {
        assert_eq!(kendall_w(&rows(&[&[1, 2, 3]])), Err(NoConcordance::Judges));
        let apart = rows(&[&[1, 2, 3, 100], &[100, 1, 2, 3]]);
        assert_eq!(kendall_w(&apart), Err(NoConcordance::Cases { judges: 2, shared: 2 }));
        assert_eq!(kendall_w(&rows(&[&[4, 4, 4], &[7, 7, 7]])), Err(NoConcordance::Ties));
        assert!((kendall_w(&rows(&[&[1, 2, 3], &[4, 5, 6]])).unwrap().w - 1.0).abs() < 1e-12);
    }
}
