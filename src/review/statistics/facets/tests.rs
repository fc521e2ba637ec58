use super::super::scores::tests::{single, sized};
use super::super::{RatedCriterion, Scale, Scored};
use super::*;

/// Three judges on seven cases by five criteria, from 1 to 9.
const SCIENTISTS: [[&str; 7]; 3] = [
    ["55353", "97585", "33371", "73133", "97785", "35351", "77555"],
    ["65463", "87572", "45366", "56455", "24323", "44642", "33554"],
    ["55573", "77575", "35555", "53331", "97777", "33353", "77757"],
];

fn scientists() -> Scores {
    let judgments = SCIENTISTS.iter().enumerate().flat_map(|(judge, row)| {
        row.iter().enumerate().map(move |(case, digits)| {
            let scores = digits.bytes().map(|digit| Some(f64::from(digit - b'0'))).collect();
            Scored { judge, case, scores }
        })
    });
    sized(3, 7, 5, judgments.collect()).unwrap()
}

fn near(found: impl IntoIterator<Item = f64>, expected: &[f64]) {
    let found: Vec<f64> = found.into_iter().collect();
    assert_eq!(found.len(), expected.len());
    let close = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 2e-6);
    assert!(close, "{found:?} is not {expected:?}");
}

fn case(model: &FacetModel, of: fn(&CaseMeasure) -> f64) -> Vec<f64> {
    model.cases.iter().flatten().map(of).collect()
}

fn judge(model: &FacetModel, of: fn(&JudgeMeasure) -> f64) -> Vec<f64> {
    model.judges.iter().flatten().map(of).collect()
}

#[test]
fn measures_are_those_of_an_independent_maximization() {
    // The same log posterior, written in Python from the formula, climbed by scipy's BFGS; errors by its numeric
    // Hessian. First with priors of deviation 1 ...
    let model = fit(&scientists(), Priors::START, false).unwrap();
    assert!(model.converged);
    near(case(&model, |c| c.logits), &[-0.059982, 0.547497, -0.212314, -0.397716, 0.364798, -0.480909, 0.238627]);
    near(case(&model, |c| c.fair), &[4.677983, 6.144005, 4.311614, 3.886719, 5.718229, 3.705807, 5.412709]);
    near(case(&model, |c| c.error), &[0.360328, 0.369951, 0.356668, 0.351755, 0.367895, 0.349523, 0.36607]);
    near(judge(&model, |j| j.severity), &[-0.049725, 0.3841, -0.339819]);
    near(judge(&model, |j| j.error), &[0.21861, 0.218252, 0.222471]);
    near(model.criteria.iter().copied(), &[-0.236217, -0.123844, 0.178341, -0.255014, 0.436734]);
    // ... then with priors so wide that it is the joint maximum likelihood of Facets.
    let wide = Priors { cases: 1e4, judges: 1e4, criteria: 1e4, dispersion: 1.0 };
    let model = fit(&scientists(), wide, false).unwrap();
    near(case(&model, |c| c.logits), &[-0.071467, 0.663816, -0.255427, -0.481507, 0.440687, -0.584117, 0.288016]);
    near(judge(&model, |j| j.logits), &[-0.023353, 0.182369, -0.159016]);
    near(judge(&model, |j| j.infit), &[0.849_180_1, 1.475_183_65, 0.672_397_52]);
    near(judge(&model, |j| j.outfit), &[0.880_099_77, 1.524_378_58, 0.666_318_93]);
}

#[test]
fn a_case_that_only_lenient_judges_saw_falls_behind_one_that_severe_judges_liked_as_much() {
    let (o, s) = (None, |score: f64| Some(score));
    let panel = single(&[
        &[s(5.0), s(3.0), s(4.0), s(6.0), o, s(4.0)],
        &[s(4.0), s(3.0), s(4.0), s(6.0), o, s(5.0)],
        &[s(8.0), s(6.0), s(7.0), o, s(6.0), s(8.0)],
        &[s(7.0), s(6.0), s(8.0), o, s(6.0), s(7.0)],
    ]);
    let model = fit_facets(&panel).unwrap();
    let fair = case(&model, |c| c.fair);
    assert!(fair[3] > fair[4] + 1.0, "{fair:?}");
    let severity = judge(&model, |j| j.severity);
    assert!(severity[0] > 0.5 && severity[3] < -0.5, "{severity:?}");
}

#[test]
fn the_order_of_the_judgments_moves_nothing_and_an_empty_judgment_neither() {
    let panel = scientists();
    let mut judgments = panel.judgments().to_vec();
    judgments.reverse();
    assert_eq!(fit_facets(&panel), fit_facets(&sized(3, 7, 5, judgments.clone()).unwrap()));
    judgments.push(Scored { judge: 3, case: 7, scores: vec![None; 5] });
    let model = fit_facets(&sized(4, 8, 5, judgments).unwrap()).unwrap();
    assert!(model.cases[7].is_none() && model.judges[3].is_none());
    assert!(
        case(&model, |c| c.fair)
            .iter()
            .zip(case(&fit_facets(&panel).unwrap(), |c| c.fair))
            .all(|(a, b)| (a - b).abs() < 1e-4)
    );
}

#[test]
fn extreme_scores_full_agreement_and_parts_without_a_link_stay_finite() {
    let s = |score: f64| Some(score);
    let agreed = single(&[&[s(1.0), s(9.0), s(5.0)], &[s(1.0), s(9.0), s(5.0)]]);
    let apart = single(&[&[s(10.0), s(10.0), None, None], &[None, None, s(1.0), s(2.0)]]);
    let once = single(&[&[s(3.0), s(8.0)]]);
    for panel in [agreed, apart, once] {
        let model = fit_facets(&panel).unwrap();
        let figures = case(&model, |c| c.fair + c.error + c.logits).into_iter();
        let figures = figures.chain(judge(&model, |j| j.severity + j.error + j.infit + j.outfit));
        assert!(figures.chain([model.reliability, model.dispersion]).all(f64::is_finite), "{model:?}");
        let fair = case(&model, |c| c.fair);
        let highest = fair.iter().copied().fold(f64::MIN, f64::max);
        assert!((fair[1] - highest).abs() < 1e-9, "{fair:?}");
    }
    assert_eq!(fit_facets(&single(&[&[None]])), Err(NoFacets::NoScores));
    assert_eq!(fit_facets(&single(&[&[s(4.0), s(4.0)]])), Err(NoFacets::NoSpread));
}

#[test]
fn a_criterion_counts_by_its_weight() {
    let judgments = |a, b| {
        (0..2).flat_map(move |judge| {
            [[a, b], [b, a], [5.0, 5.0]].into_iter().enumerate().map(move |(case, scores)| Scored {
                judge,
                case,
                scores: scores.map(Some).to_vec(),
            })
        })
    };
    let weighed = |weights: [f64; 2]| {
        let plain = sized(2, 3, 2, judgments(8.0, 3.0).collect()).unwrap();
        let criteria = weights.map(|weight| RatedCriterion { id: String::new(), weight }).to_vec();
        let scale = Scale { low: 0.0, high: 10.0 };
        let judgments = plain.judgments().to_vec();
        let panel = Scores::new(plain.judges().to_vec(), plain.cases().to_vec(), criteria, scale, judgments).unwrap();
        case(&fit_facets(&panel).unwrap(), |c| c.fair)
    };
    assert!(weighed([3.0, 1.0])[0] > weighed([3.0, 1.0])[1] + 0.5);
    assert!(weighed([1.0, 3.0])[1] > weighed([1.0, 3.0])[0] + 0.5);
    assert!(weighed([1.0, 0.0])[0] > weighed([1.0, 0.0])[1] + 1.0);
}

#[test]
fn many_different_scores_are_binned_without_moving_the_order() {
    let rows: Vec<Vec<Option<f64>>> = (0..3)
        .map(|judge| (0..60).map(|case| Some(20.0 + f64::from(case) * 1.3 + f64::from(judge) * 0.7)).collect())
        .collect();
    let panel = single(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let model = fit_facets(&panel).unwrap();
    let fair = case(&model, |c| c.fair);
    assert!(fair.windows(5).all(|pair| pair[0] < pair[4]), "{fair:?}");
    assert!((fair[30] - (20.0 + 30.0 * 1.3 + 0.7)).abs() < 3.0, "{}", fair[30]);
}
