//! What past decisions valued in a text beyond the criteria.

use super::learned::{FOLDS, GradedScores, MIN_GRADED, folds, members};
use super::linear::{Linear, Row};

/// Ridge of the fit. Chosen, as [`GAIN`], on the graded examples, one set by the others.
const RIDGE: f64 = 1.0;

/// The ridge holds the fit back; by so much it is drawn out again.
const GAIN: f32 = 2.0;

/// Points of relevance that a passage is worth more, or less, than the criteria say: a linear function of its vector.
#[derive(Debug, Clone, PartialEq)]
pub struct Merit(Linear);

/// A merit and how it orders rows that it does not know.
#[derive(Debug, Clone, PartialEq)]
pub struct LearnedMerit {
    /// Learned from all rows.
    pub merit: Merit,
    /// For each row its relevance with the merit learned without its fold, `[rows]`, 0 to 100.
    pub held_out: Vec<f32>,
}

/// A past case.
#[derive(Debug, Clone, PartialEq)]
pub struct GradedCase {
    /// The mean of its passages, `[dim] f32`.
    pub mean: Vec<f32>,
    /// What the criteria and people say of it.
    pub scores: GradedScores,
}

impl Merit {
    /// The function `direction`, `[dim] f32`, times a vector less `origin`.
    #[must_use]
    pub fn new(direction: Vec<f32>, origin: f32) -> Self {
        Self(Linear::new(direction, origin))
    }

    /// Ridge regression, over `cases`, of what their relevance lacks to stand where their grades put them.
    fn learn(cases: &[&GradedCase], weights: &[f64]) -> Self {
        let lacking = lacking(cases, weights);
        let rows = cases.iter().zip(lacking).map(|(case, target)| Row { vector: &case.mean, target, weight: 1.0 });
        let rows: Vec<Row<'_>> = rows.collect();
        Self(Linear::fit(&rows, RIDGE))
    }

    /// Points of relevance for `passage`, `[dim] f32`.
    #[must_use]
    pub fn points(&self, passage: &[f32]) -> f32 {
        GAIN * self.0.at(passage)
    }

    /// `[dim] f32`
    #[must_use]
    pub fn direction(&self) -> &[f32] {
        self.0.direction()
    }

    /// The product with the direction at which it is worth nothing.
    #[must_use]
    pub fn origin(&self) -> f32 {
        self.0.origin()
    }
}

/// Learns a merit from `cases`, with the criteria at `weights`, which sum to 1. `scores` gives the scores of the
/// criteria, `[cases, criteria]`, that the cases at the given positions have with a merit.
///
/// None with fewer than [`MIN_GRADED`] cases.
pub fn learn_merit(
    cases: &[GradedCase],
    weights: &[f64],
    seed: u64,
    scores: impl Fn(&Merit, &[usize]) -> Vec<Vec<f32>>,
) -> Option<LearnedMerit> {
    if cases.len() < MIN_GRADED {
        return None;
    }
    let folds = folds(cases.len(), seed);
    let mut held_out = vec![0.0; cases.len()];
    for fold in 0..FOLDS {
        let known: Vec<&GradedCase> = members(&folds, |f| f != fold).into_iter().map(|row| &cases[row]).collect();
        let left_out = members(&folds, |f| f == fold);
        let scored = scores(&Merit::learn(&known, weights), &left_out);
        for (row, scores) in left_out.into_iter().zip(scored) {
            held_out[row] = GradedScores { scores, ..cases[row].scores.clone() }.relevance(weights) as f32;
        }
    }
    let all: Vec<&GradedCase> = cases.iter().collect();
    Some(LearnedMerit { merit: Merit::learn(&all, weights), held_out })
}

/// For each case the points of relevance by which it lies below, or above, the place that its grade gives it among the
/// cases of its group: cases of one grade share the mean of the relevances that stand at their ranks.
fn lacking(cases: &[&GradedCase], weights: &[f64]) -> Vec<f64> {
    let relevance: Vec<f64> = cases.iter().map(|case| case.scores.relevance(weights)).collect();
    let mut by_grade: Vec<usize> = (0..cases.len()).collect();
    by_grade.sort_by(|&a, &b| {
        let (a, b) = (&cases[a].scores, &cases[b].scores);
        a.group.cmp(&b.group).then(a.grade.total_cmp(&b.grade))
    });
    let mut lacking = vec![0.0; cases.len()];
    for group in by_grade.chunk_by(|&a, &b| cases[a].scores.group == cases[b].scores.group) {
        let mut places: Vec<f64> = group.iter().map(|&case| relevance[case]).collect();
        places.sort_by(f64::total_cmp);
        let mut places = places.as_slice();
        for equals in group.chunk_by(|&a, &b| cases[a].scores.grade == cases[b].scores.grade) {
            let (own, higher) = places.split_at(equals.len());
            let place = own.iter().sum::<f64>() / own.len() as f64;
            equals.iter().for_each(|&case| lacking[case] = place - relevance[case]);
            places = higher;
        }
    }
    lacking
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    fn case(relevance: f32, grade: f64, group: usize) -> GradedCase {
        GradedCase { mean: vec![0.0; 2], scores: GradedScores { scores: vec![relevance], grade, group } }
    }

    #[test]
    fn a_case_lacks_what_those_of_its_grade_would_have_in_order() {
        let cases = [case(10.0, 3.0, 0), case(50.0, 0.0, 0), case(30.0, 3.0, 0), case(99.0, 1.0, 1)];
        let cases: Vec<&GradedCase> = cases.iter().collect();
        // The two of grade 3 belong at 30 and 50, the other at 10; who is alone in a group lacks nothing.
        assert_eq!(lacking(&cases, &[1.0]), [30.0, -40.0, 10.0, 0.0]);
    }

    /// The grade follows the second value of the vector, which the criterion does not see.
    fn cases(n: usize) -> Vec<GradedCase> {
        let mut stream = Stream::new(3, "cases");
        let case = |_| {
            let (noise, hidden) = (stream.normal() as f32, stream.normal() as f32);
            let scores = GradedScores { scores: vec![50.0 + noise], grade: f64::from(hidden.round()), group: 0 };
            GradedCase { mean: vec![noise, hidden], scores }
        };
        (0..n).map(case).collect()
    }

    #[test]
    fn what_the_criteria_do_not_see_is_learned_and_shows_on_rows_left_out() {
        let cases = cases(60);
        let scores = |merit: &Merit, rows: &[usize]| {
            rows.iter().map(|&row| vec![cases[row].scores.scores[0] + merit.points(&cases[row].mean)]).collect()
        };
        let learned = learn_merit(&cases, &[1.0], 0, scores).expect("enough cases");
        assert!(learned.merit.points(&[0.0, 1.0]) > learned.merit.points(&[0.0, -1.0]) + 1.0);
        let high = |row: &usize| cases[*row].scores.grade > 0.0;
        let (good, bad): (Vec<usize>, Vec<usize>) = (0..60).partition(high);
        let mean = |rows: &[usize]| rows.iter().map(|&row| learned.held_out[row]).sum::<f32>() / rows.len() as f32;
        assert!(mean(&good) > mean(&bad) + 1.0);
        assert_eq!(learn_merit(&cases[..MIN_GRADED - 1], &[1.0], 0, |_, _| Vec::new()), None);
    }
}
