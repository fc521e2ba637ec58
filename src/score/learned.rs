//! Weights of the criteria as past decisions suggest them: an ordinal head on top of the criteria.

use serde::{Deserialize, Serialize};

use crate::programme::{Criterion, Programme};
use crate::random::Stream;

/// How hard the programme's weights hold, weakest first: the penalty on the squared logarithm by which a weight leaves
/// them. One of these is chosen by cross-validation.
const STRENGTHS: [f64; 5] = [0.003, 0.01, 0.03, 0.1, 0.3];

/// From fewer graded rows nothing is learned.
pub const MIN_GRADED: usize = 30;

/// Folds of the cross-validation.
pub(super) const FOLDS: usize = 5;

/// Pairs of cases that are compared at most, drawn by seed where there are more.
const MAX_PAIRS: usize = 20_000;

/// Points of relevance by which one case must lead another to be preferred by e to 1: about what lies between two
/// grades of the graded examples.
const POINTS: f64 = 10.0;

const MAX_STEPS: usize = 200;
const LEAST_GAIN: f64 = 1e-7;

/// A past case as the criteria see it, with what people decided.
#[derive(Debug, Clone, PartialEq)]
pub struct GradedScores {
    /// Scores of the criteria, `[criteria]`, 0 to 100.
    pub scores: Vec<f32>,
    /// More is better; only the order counts.
    pub grade: f64,
    /// Cases are compared within their group alone, as experts did: the category.
    pub group: usize,
}

/// A criterion's share in the relevance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CriterionWeight {
    /// Id of the criterion.
    pub id: String,
    /// The programme's weight.
    pub given: f32,
    /// The one learned.
    pub learned: f32,
}

impl CriterionWeight {
    /// One for each of `criteria`; `learned` are in their order.
    #[must_use]
    pub fn all(criteria: &[Criterion], learned: &[f32]) -> Vec<Self> {
        let of = |(c, &learned): (&Criterion, &f32)| Self { id: c.id.clone(), given: c.weight, learned };
        criteria.iter().zip(learned).map(of).collect()
    }

    /// Puts the learned weights in the place of the programme's, by id.
    pub fn apply(weights: &[Self], programme: &mut Programme) {
        for weight in weights {
            let own = programme.criteria.iter_mut().filter(|criterion| criterion.id == weight.id);
            own.for_each(|criterion| criterion.weight = weight.learned);
        }
    }
}

impl GradedScores {
    /// The mean of the scores by weights that sum to 1.
    #[must_use]
    pub fn relevance(&self, weights: &[f64]) -> f64 {
        weights.iter().zip(&self.scores).map(|(w, s)| w * f64::from(*s)).sum()
    }
}

/// What the decisions suggest.
#[derive(Debug, Clone, PartialEq)]
pub struct LearnedWeights {
    /// `[criteria]`, all above 0, sum 1.
    pub weights: Vec<f32>,
    /// Pairs of cases that were compared.
    pub pairs: usize,
    /// For each row its relevance by weights learned without its fold, `[rows]`, 0 to 100.
    pub held_out: Vec<f32>,
}

/// Learns weights by which the better of two cases leads, as often and as clearly as `prior` allows.
///
/// Pairwise logistic regression (Burges et al. 2005) over weights that stay positive and sum to 1, so that a learned
/// relevance keeps its scale and its meaning. None with fewer than [`MIN_GRADED`] rows, or where no two cases of a group
/// have different grades.
#[must_use]
pub fn learn_weights(rows: &[GradedScores], prior: &[f32], seed: u64) -> Option<LearnedWeights> {
    let all: Vec<usize> = (0..rows.len()).collect();
    let pairs = pairs(rows, &all, seed);
    if rows.len() < MIN_GRADED || pairs.is_empty() || prior.is_empty() {
        return None;
    }
    let folds = folds(rows.len(), seed);
    let (strength, held_out) = cross_validated(rows, prior, &folds, seed);
    let weights = fit(&pairs, prior, strength).into_iter().map(|w| w as f32).collect();
    Some(LearnedWeights { weights, pairs: pairs.len(), held_out })
}

/// The hardest strength that is as good as the best one, within the standard error of what lies between them over the
/// folds (the rule of Breiman et al. 1984), and the relevance of each row by weights learned without its fold.
fn cross_validated(rows: &[GradedScores], prior: &[f32], folds: &[usize], seed: u64) -> (f64, Vec<f32>) {
    let mut tried: Vec<(f64, Vec<f32>, Vec<f64>)> = Vec::new();
    for strength in STRENGTHS {
        let held_out = held_out(rows, prior, folds, strength, seed);
        let losses = (0..FOLDS).map(|fold| ranking_loss(rows, &held_out, &members(folds, |f| f == fold))).collect();
        tried.push((strength, held_out, losses));
    }
    let mean = |losses: &[f64]| losses.iter().sum::<f64>() / losses.len() as f64;
    let least = tried.iter().map(|(_, _, losses)| losses).min_by(|a, b| mean(a).total_cmp(&mean(b))).cloned();
    let as_good = |losses: &[f64]| {
        let excess: Vec<f64> = losses.iter().zip(least.iter().flatten()).map(|(loss, least)| loss - least).collect();
        let spread = excess.iter().map(|e| (e - mean(&excess)).powi(2)).sum::<f64>();
        mean(&excess) <= (spread / ((FOLDS - 1) * FOLDS) as f64).sqrt()
    };
    let chosen = tried.into_iter().rev().find(|(_, _, losses)| as_good(losses)).expect("the best is as good as itself");
    (chosen.0, chosen.1)
}

fn held_out(rows: &[GradedScores], prior: &[f32], folds: &[usize], strength: f64, seed: u64) -> Vec<f32> {
    let mut relevance = vec![0.0; rows.len()];
    for fold in 0..FOLDS {
        let weights = fit(&pairs(rows, &members(folds, |f| f != fold), seed), prior, strength);
        for row in members(folds, |f| f == fold) {
            relevance[row] = rows[row].relevance(&weights) as f32;
        }
    }
    relevance
}

pub(super) fn members(folds: &[usize], of: impl Fn(usize) -> bool) -> Vec<usize> {
    (0..folds.len()).filter(|&row| of(folds[row])).collect()
}

/// By how much the better case of a pair leads on each criterion, in [`POINTS`].
type Lead = Vec<f64>;

/// The pairs among `kept`, or a random sample of them (Vitter's reservoir, 1985).
fn pairs(rows: &[GradedScores], kept: &[usize], seed: u64) -> Vec<Lead> {
    let mut stream = Stream::new(seed, "pairs");
    let mut chosen: Vec<(usize, usize)> = Vec::new();
    let of_better = |&better: &usize| kept.iter().map(move |&worse| (better, worse));
    let comparable = |&(b, w): &(usize, usize)| rows[b].group == rows[w].group && rows[b].grade > rows[w].grade;
    for (seen, pair) in kept.iter().flat_map(of_better).filter(comparable).enumerate() {
        if chosen.len() < MAX_PAIRS {
            chosen.push(pair);
        } else if let Some(place) = chosen.get_mut(stream.below(seen + 1)) {
            *place = pair;
        }
    }
    let lead = |(b, w): (usize, usize)| {
        rows[b].scores.iter().zip(&rows[w].scores).map(|(b, w)| f64::from(b - w) / POINTS).collect()
    };
    chosen.into_iter().map(lead).collect()
}

/// The fold of each row, as even as can be.
pub(super) fn folds(rows: usize, seed: u64) -> Vec<usize> {
    let mut stream = Stream::new(seed, "folds");
    let mut order: Vec<(u64, usize)> = (0..rows).map(|row| (stream.bits(), row)).collect();
    order.sort_unstable();
    let mut folds = vec![0; rows];
    order.iter().enumerate().for_each(|(place, &(_, row))| folds[row] = place % FOLDS);
    folds
}

/// Weights that make the leads large, by gradient descent on the logarithms with a step that always gains.
fn fit(pairs: &[Lead], prior: &[f32], strength: f64) -> Vec<f64> {
    let mut shift = vec![0.0; prior.len()];
    let mut loss = penalized_loss(pairs, prior, &shift, strength);
    let mut step = 1.0;
    for _ in 0..MAX_STEPS {
        let slope = gradient(pairs, prior, &shift, strength);
        let next: Vec<f64> = shift.iter().zip(&slope).map(|(s, g)| s - step * g).collect();
        let next_loss = penalized_loss(pairs, prior, &next, strength);
        if next_loss < loss {
            let gain = loss - next_loss;
            (shift, loss, step) = (next, next_loss, step * 1.5);
            if gain < LEAST_GAIN {
                break;
            }
        } else {
            step /= 2.0;
        }
    }
    weights(prior, &shift)
}

/// `prior` times `exp(shift)`, sum 1.
fn weights(prior: &[f32], shift: &[f64]) -> Vec<f64> {
    let raw: Vec<f64> = prior.iter().zip(shift).map(|(p, s)| f64::from(*p) * s.exp()).collect();
    let sum: f64 = raw.iter().sum();
    raw.into_iter().map(|w| w / sum).collect()
}

fn penalized_loss(pairs: &[Lead], prior: &[f32], shift: &[f64], strength: f64) -> f64 {
    let weights = weights(prior, shift);
    let loss: f64 = pairs.iter().map(|lead| (-product(&weights, lead)).exp().ln_1p()).sum();
    loss / pairs.len().max(1) as f64 + 0.5 * strength * shift.iter().map(|s| s * s).sum::<f64>()
}

fn gradient(pairs: &[Lead], prior: &[f32], shift: &[f64], strength: f64) -> Vec<f64> {
    let weights = weights(prior, shift);
    let mut slope: Vec<f64> = shift.iter().map(|s| strength * s).collect();
    for lead in pairs {
        let total = product(&weights, lead);
        let pull = 1.0 / (1.0 + total.exp()) / pairs.len() as f64;
        // d total / d shift_i = weight_i (lead_i - total), since the weights sum to 1.
        for ((s, w), l) in slope.iter_mut().zip(&weights).zip(lead) {
            *s -= pull * w * (l - total);
        }
    }
    slope
}

/// Mean logistic loss of the pairs among `kept` by a relevance of all rows, 0 to 100.
fn ranking_loss(rows: &[GradedScores], relevance: &[f32], kept: &[usize]) -> f64 {
    let by_relevance: Vec<GradedScores> =
        rows.iter().zip(relevance).map(|(row, &r)| GradedScores { scores: vec![r], ..row.clone() }).collect();
    penalized_loss(&pairs(&by_relevance, kept, 0), &[1.0], &[0.0], 0.0)
}

fn product(weights: &[f64], lead: &[f64]) -> f64 {
    weights.iter().zip(lead).map(|(w, l)| w * l).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Grades follow the second criterion alone; the first is noise.
    fn rows(n: usize) -> Vec<GradedScores> {
        let mut stream = Stream::new(1, "rows");
        let mut uniform = || stream.below(101) as f32;
        let row = |_| {
            let scores = vec![uniform(), uniform()];
            GradedScores { grade: f64::from((scores[1] / 25.0).floor()), scores, group: 0 }
        };
        (0..n).map(row).collect()
    }

    #[test]
    fn the_criterion_that_decided_gains_weight_and_the_sum_stays() {
        let learned = learn_weights(&rows(60), &[0.5, 0.5], 0).expect("there are pairs");
        assert!(learned.weights[1] > 0.7 && learned.weights[0] > 0.0, "{:?}", learned.weights);
        assert!((learned.weights.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert_eq!(learned.held_out.len(), 60);
    }

    #[test]
    fn held_out_rows_are_ordered_better_than_by_the_prior() {
        let rows = rows(60);
        let learned = learn_weights(&rows, &[0.5, 0.5], 0).expect("there are pairs");
        let prior: Vec<f32> = rows.iter().map(|r| 0.5 * r.scores[0] + 0.5 * r.scores[1]).collect();
        let all: Vec<usize> = (0..rows.len()).collect();
        assert!(ranking_loss(&rows, &learned.held_out, &all) < ranking_loss(&rows, &prior, &all));
    }

    #[test]
    fn grades_of_chance_leave_the_weights_nearly_as_they_are() {
        let mut stream = Stream::new(9, "grades");
        let rows: Vec<GradedScores> =
            rows(80).into_iter().map(|row| GradedScores { grade: stream.below(4) as f64, ..row }).collect();
        let learned = learn_weights(&rows, &[0.7, 0.3], 0).expect("there are pairs");
        assert!((learned.weights[0] - 0.7).abs() < 0.15, "{:?}", learned.weights);
    }

    #[test]
    fn cases_of_different_groups_are_not_compared() {
        let row = |grade: usize, group| GradedScores { scores: vec![1.0], grade: grade as f64, group };
        let groups_of_one_grade: Vec<GradedScores> = (0..MIN_GRADED).map(|i| row(i % 2, i % 2)).collect();
        assert_eq!(learn_weights(&groups_of_one_grade, &[1.0], 0), None);
        let mixed: Vec<GradedScores> = (0..MIN_GRADED).map(|i| row(i % 2, i % 3)).collect();
        assert!(learn_weights(&mixed, &[1.0], 0).is_some());
        assert_eq!(learn_weights(&mixed[1..], &[1.0], 0), None, "too few rows");
    }
}
