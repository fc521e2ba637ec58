//! Judges whose scores someone should look at.

use super::{FacetModel, JudgeMeasure, Scores, rest_correlations};
use serde::Serialize;

/// Mean squares that are productive for measurement lie between (Linacre, "What do infit and outfit, mean-square and
/// standardized mean?", 2002).
const PRODUCTIVE: (f64, f64) = (0.5, 1.5);

/// By chance alone a mean square over n independent scores strays by so many times `1 / sqrt(n)`: 2 for the infit, 6 for
/// the outfit (Smith, Schumacker and Bush, "Using item mean squares to evaluate fit to the Rasch model", 1998).
const STRAYS: (f64, f64) = (2.0, 6.0);

/// The normal distribution holds 95 % within so many deviations.
const DEVIATIONS: f64 = 1.96;

/// Fisher's z of a correlation over n cases has the deviation `1 / sqrt(n - 3)`.
const FISHER_CASES: f64 = 3.0;

/// Something about a judge that chance does not explain well.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Concern {
    /// More severe than 95 % of such judges would be, and surely more than the mean.
    Severe,
    /// The same towards lenience.
    Lenient,
    /// Infit or outfit too high: scores that neither the case nor the judge's severity explains.
    Erratic,
    /// Infit too low: scores that hardly depend on the case, or copy each other.
    Muted,
    /// Orders the cases unlike the others do: the upper end of the correlation's 95 % interval lies below the panel's
    /// median.
    AgreesLittle {
        /// Median of the judges' correlations with the rest.
        median: f64,
    },
}

/// What there is to say of one judge.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgeScreen {
    /// Position among the panel's judges.
    pub judge: usize,
    /// Cases shared with other judges.
    pub shared_cases: usize,
    /// Correlation with the mean of the others.
    pub with_rest: Option<f64>,
    /// Severity and fit; none without a score.
    pub measure: Option<JudgeMeasure>,
    /// Empty for most. A concern is a reason to ask, never to drop a judge: severity is already taken out of
    /// [`FacetModel::cases`], and a dissenter may be right.
    pub concerns: Vec<Concern>,
}

/// Every judge of `panel` beside the others; `model` is the panel's.
#[must_use]
pub fn screen_judges(panel: &Scores, model: &FacetModel) -> Vec<JudgeScreen> {
    let rest = rest_correlations(panel, &[]);
    let mut correlations: Vec<f64> = rest.iter().filter_map(|r| r.judge).collect();
    correlations.sort_by(f64::total_cmp);
    let median = correlations.get(correlations.len() / 2).copied();
    let screen = |(judge, (rest, measure)): (usize, (super::RestCorrelation, &Option<JudgeMeasure>))| {
        let mut concerns: Vec<Concern> = measure.iter().flat_map(|m| of_measure(m, model.severity_deviation)).collect();
        let little = rest.judge.zip(median).filter(|&(own, median)| upper_end(own, rest.cases) < median);
        concerns.extend(little.map(|(_, median)| Concern::AgreesLittle { median }));
        JudgeScreen { judge, shared_cases: rest.cases, with_rest: rest.judge, measure: *measure, concerns }
    };
    rest.into_iter().zip(&model.judges).enumerate().map(screen).collect()
}

fn of_measure(judge: &JudgeMeasure, deviation: f64) -> Vec<Concern> {
    let far = judge.severity.abs() > DEVIATIONS * deviation.max(judge.error);
    // The scores of one case hang together, so a case counts as one.
    let strays = |mean_square: f64, times: f64| {
        let chance = times / (judge.cases as f64).sqrt();
        if mean_square > PRODUCTIVE.1.max(1.0 + chance) {
            Some(Concern::Erratic)
        } else {
            (mean_square < PRODUCTIVE.0.min(1.0 - chance)).then_some(Concern::Muted)
        }
    };
    let outfit = strays(judge.outfit, STRAYS.1).filter(|concern| *concern == Concern::Erratic);
    let severity = far.then_some(if judge.severity > 0.0 { Concern::Severe } else { Concern::Lenient });
    severity.into_iter().chain(strays(judge.infit, STRAYS.0).or(outfit)).collect()
}

/// Upper end of the 95 % interval of a correlation (Fisher 1921); 1 for too few cases.
fn upper_end(correlation: f64, cases: usize) -> f64 {
    let free = cases as f64 - FISHER_CASES;
    if free > 0.0 { (correlation.atanh() + DEVIATIONS / free.sqrt()).tanh() } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use super::super::fit_facets;
    use super::super::simulation::{Design, Truth};
    use super::*;

    #[test]
    fn the_odd_judges_are_found_and_the_others_are_not() {
        let design = Design { judges: 12, cases: 40, judges_a_case: 12, ..Design::default() };
        let mut truth = Truth::drawn(&design, 5);
        truth.severities = vec![0.0; 12];
        truth.severities[3] = 3.0;
        truth.noise[7] = 2.5;
        let panel = truth.panel(&design, 5);
        let model = fit_facets(&panel).unwrap();
        let found: Vec<(usize, Vec<Concern>)> = screen_judges(&panel, &model)
            .into_iter()
            .map(|s| (s.judge, s.concerns))
            .filter(|s| !s.1.is_empty())
            .collect();
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0], (3, vec![Concern::Severe]));
        assert!(found[1].0 == 7 && found[1].1.contains(&Concern::Erratic), "{found:?}");
        assert!(found[1].1.iter().any(|c| matches!(c, Concern::AgreesLittle { .. })), "{found:?}");
    }
}
