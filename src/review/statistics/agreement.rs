//! Whether a judge, or the program, orders the cases as the other judges do.

use super::{Scores, Total, raw_means, tau_b};
use crate::eval::metrics::spearman;
use serde::Serialize;

/// With fewer cases in common a correlation is not given: two points always lie on a line.
pub const MIN_SHARED_CASES: usize = 3;

/// One judge beside the rest of the panel.
#[derive(Debug, Clone, PartialEq)]
pub struct RestCorrelation {
    /// Cases that the judge and somebody else totalled.
    pub cases: usize,
    /// Spearman's correlation of the judge's totals with the means of the others on these cases; none for too few, or
    /// where a side is constant.
    pub judge: Option<f64>,
    /// The same of the program's scores, on those of these cases that have one.
    pub program: Option<f64>,
}

/// The program beside the panel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Agreement {
    /// Cases with a score of the program and a total of a judge.
    pub cases: usize,
    /// Spearman's correlation of the program's scores with the panel's means.
    pub spearman: Option<f64>,
    /// Kendall's tau-b of the same.
    pub tau_b: Option<f64>,
    /// The program measured as a judge is.
    pub beside: Option<Beside>,
}

/// Correlations with the rest of the panel, a judge at a time; mean over judges by the number of their cases.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Beside {
    /// Judges that could be compared.
    pub judges: usize,
    /// Of a judge with the others: what one more judge would reach.
    pub judge: f64,
    /// Of the program with these same others on the same cases.
    pub program: f64,
}

/// Each judge, and the `program`'s scores in the order of the cases, beside the means of all other judges.
///
/// Leaving the judge out keeps the correlation from counting the judge's agreement with itself (the single rater-rest
/// of raters correlation of Myford and Wolfe 2004).
#[must_use]
pub fn rest_correlations(panel: &Scores, program: &[Option<f64>]) -> Vec<RestCorrelation> {
    let totals = panel.totals();
    let mut sums = vec![(0.0, 0usize); panel.cases().len()];
    totals.iter().for_each(|t| sums[t.case] = (sums[t.case].0 + t.value, sums[t.case].1 + 1));
    let rest = |t: &Total| (sums[t.case].0 - t.value) / (sums[t.case].1 - 1) as f64;
    let of = |judge: usize| {
        let shared: Vec<&Total> = totals.iter().filter(|t| t.judge == judge && sums[t.case].1 > 1).collect();
        let beside = |score: &dyn Fn(&Total) -> Option<f64>| {
            let pairs = shared.iter().filter_map(|t| Some((score(t)?, rest(t))));
            correlation(&pairs.collect::<Vec<_>>())
        };
        RestCorrelation {
            cases: shared.len(),
            judge: beside(&|t| Some(t.value)),
            program: beside(&|t| program.get(t.case).copied().flatten()),
        }
    };
    (0..panel.judges().len()).map(of).collect()
}

/// How well the `program`'s scores, in the order of the cases, agree with the panel, and how well a judge does.
#[must_use]
pub fn agreement(panel: &Scores, program: &[Option<f64>]) -> Agreement {
    let means = raw_means(panel);
    let pairs: Vec<(f64, f64)> = program.iter().zip(&means).filter_map(|(p, m)| Some(((*p)?, m.mean?))).collect();
    let (scores, panel_means): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    // Both are compared on the same cases.
    let scored = panel.only(|j| program.get(j.case).is_some_and(Option::is_some));
    let compared: Vec<(f64, f64, f64)> = rest_correlations(&scored, program)
        .iter()
        .filter_map(|rest| Some((rest.cases as f64, rest.judge?, rest.program?)))
        .collect();
    let cases: f64 = compared.iter().map(|c| c.0).sum();
    let weighted = |of: fn(&(f64, f64, f64)) -> f64| compared.iter().map(|c| c.0 * of(c)).sum::<f64>() / cases;
    Agreement {
        cases: pairs.len(),
        spearman: correlation(&pairs),
        tau_b: (pairs.len() >= MIN_SHARED_CASES).then(|| tau_b(&scores, &panel_means)).flatten(),
        beside: (!compared.is_empty()).then(|| Beside {
            judges: compared.len(),
            judge: weighted(|c| c.1),
            program: weighted(|c| c.2),
        }),
    }
}

/// Spearman's correlation, where there is one.
fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    // The last bits of a mean depend on the order of its parts.
    let kept = |x: f64| (x * 1e9).round() / 1e9;
    let (a, b): (Vec<f64>, Vec<f64>) = pairs.iter().map(|&(a, b)| (kept(a), kept(b))).unzip();
    let varies = |side: &[f64]| side.iter().any(|v| v != &side[0]);
    (pairs.len() >= MIN_SHARED_CASES && varies(&a) && varies(&b)).then(|| spearman(&a, &b))
}

#[cfg(test)]
mod tests {
    use super::super::scores::tests::single;
    use super::*;

    fn panel() -> Scores {
        let row = |scores: [f64; 5]| scores.map(Some);
        let rows = [row([1.0, 2.0, 3.0, 4.0, 5.0]), row([2.0, 1.0, 3.0, 4.0, 5.0]), row([5.0, 4.0, 3.0, 2.0, 1.0])];
        single(&rows.iter().map(|row| row.as_slice()).collect::<Vec<_>>())
    }

    #[test]
    fn a_judge_is_compared_with_the_others_alone() {
        let rest = rest_correlations(&panel(), &[None; 5]);
        // The others of the first judge have means 3.5, 2.5, 3, 3, 3; scipy.stats.spearmanr.
        assert!((rest[0].judge.unwrap() + 0.223_606_797_749_978_97).abs() < 1e-12, "{rest:?}");
        assert!((rest[2].judge.unwrap() + 0.974_679_434_480_896_4).abs() < 1e-12, "{rest:?}");
        assert_eq!((rest[0].cases, rest[0].program), (5, None));
    }

    #[test]
    fn a_program_that_copies_a_judge_stands_where_that_judge_stands() {
        let panel = panel().only(|j| j.judge < 2);
        let copy: Vec<Option<f64>> = [1.0, 2.0, 3.0, 4.0, 5.0].map(Some).to_vec();
        let found = agreement(&panel, &copy);
        let beside = found.beside.unwrap();
        assert_eq!((found.cases, beside.judges), (5, 2));
        // 0.9 between the judges; the program agrees with one of them fully.
        assert!((beside.judge - 0.9).abs() < 1e-12 && (beside.program - 0.95).abs() < 1e-12, "{beside:?}");
        assert!((found.tau_b.unwrap() - 0.948_683_298_050_513_8).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn too_few_cases_give_no_correlation() {
        let panel = single(&[&[Some(1.0), Some(2.0)], &[Some(1.0), Some(2.0)]]);
        let found = agreement(&panel, &[Some(1.0), Some(2.0)]);
        assert_eq!((found.cases, found.spearman, found.tau_b, found.beside), (2, None, None, None));
    }
}
