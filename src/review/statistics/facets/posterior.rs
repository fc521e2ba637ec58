//! The posterior of all measures, its slope and its curvature.

use super::priors::Priors;
use super::ratings::{Rating, Ratings};
use crate::head::ridge::{Ridge, Square};

/// Added to the diagonal of what is inverted; far below any prior's precision.
const JITTER: f64 = 1e-10;

/// Measures in units of the standardized score: what is added to a judge's or a criterion's lowers the score.
#[derive(Debug, Clone)]
pub(super) struct Point {
    /// One a case.
    pub cases: Vec<f64>,
    /// Judges, then criteria, then the log weights of all values but the first.
    pub rest: Vec<f64>,
}

impl Point {
    /// All alike; the values as often as they occur.
    pub fn start(ratings: &Ratings) -> Self {
        let mut counts = vec![0.0; ratings.values.len()];
        ratings.all.iter().for_each(|r| counts[r.value] += r.weight);
        let mut rest = vec![0.0; ratings.judges + ratings.shares.len()];
        rest.extend(counts[1..].iter().map(|count: &f64| (count / counts[0]).ln()));
        Self { cases: vec![0.0; ratings.cases], rest }
    }

    pub fn judges(&self, ratings: &Ratings) -> &[f64] {
        &self.rest[..ratings.judges]
    }

    pub fn criteria(&self, ratings: &Ratings) -> &[f64] {
        &self.rest[ratings.judges..][..ratings.shares.len()]
    }

    /// How the scores of one judge for one case on one criterion are spread.
    pub fn scored(&self, ratings: &Ratings, case: f64, judge: f64, criterion: usize) -> Scored {
        let weights = &self.rest[ratings.judges + ratings.shares.len()..];
        Scored::at(case - judge - self.criteria(ratings)[criterion], weights, &ratings.standard)
    }

    fn of(&self, ratings: &Ratings, rating: &Rating) -> Scored {
        self.scored(ratings, self.cases[rating.case], self.rest[rating.judge], rating.criterion)
    }

    /// Score less expectation, and variance, of a rating; in units of the standardized score.
    pub fn residual(&self, ratings: &Ratings, rating: &Rating) -> (f64, f64) {
        let scored = self.of(ratings, rating);
        (ratings.standard[rating.value] - scored.mean, scored.variance)
    }

    /// The log posterior, up to a constant.
    pub fn log_posterior(&self, ratings: &Ratings, priors: &Priors) -> f64 {
        let likelihood: f64 =
            ratings.all.iter().map(|r| r.weight * self.of(ratings, r).probabilities[r.value].ln()).sum();
        let penalty = |measures: &[f64], variance: f64| measures.iter().map(|m| m * m).sum::<f64>() / (2.0 * variance);
        likelihood / priors.dispersion
            - penalty(&self.cases, priors.cases)
            - penalty(self.judges(ratings), priors.judges)
            - penalty(self.criteria(ratings), priors.criteria)
    }

    fn moved(&self, step: &Self, share: f64) -> Self {
        let moved = |from: &[f64], by: &[f64]| from.iter().zip(by).map(|(x, d)| x + share * d).collect();
        Self { cases: moved(&self.cases, &step.cases), rest: moved(&self.rest, &step.rest) }
    }

    /// The place that Newton's `step` leads to, or a half, a quarter ... of it until the posterior is no lower, and how
    /// far that is.
    pub fn climbed(&self, step: &Self, ratings: &Ratings, priors: &Priors) -> (Self, f64) {
        let height = self.log_posterior(ratings, priors);
        let tried = (0..HALVINGS).map(|i| 0.5f64.powi(i)).map(|share| (self.moved(step, share), share));
        let longest = step.cases.iter().chain(&step.rest).fold(0.0, |longest: f64, d| longest.max(d.abs()));
        let mut tried =
            tried.filter(|(there, _)| there.log_posterior(ratings, priors) >= height - SLACK * height.abs());
        tried.next().map_or_else(|| (self.clone(), 0.0), |(there, share)| (there, share * longest))
    }
}

/// After so many halvings a step is none.
const HALVINGS: i32 = 30;

/// Relative error of a sum of logarithms.
const SLACK: f64 = 1e-12;

/// The distribution of a score: `P(v)` is proportional to `exp(measure * v + weight of v)`, which for scores a point
/// apart is the rating-scale model of Andrich (1978).
pub(super) struct Scored {
    pub probabilities: Vec<f64>,
    pub mean: f64,
    pub variance: f64,
}

impl Scored {
    fn at(measure: f64, weights: &[f64], values: &[f64]) -> Self {
        let logits = || std::iter::once(&0.0).chain(weights).zip(values).map(|(weight, v)| measure * v + weight);
        let highest = logits().fold(f64::NEG_INFINITY, f64::max);
        let mut probabilities: Vec<f64> = logits().map(|logit| (logit - highest).exp()).collect();
        let sum: f64 = probabilities.iter().sum();
        probabilities.iter_mut().for_each(|p| *p /= sum);
        let mean: f64 = probabilities.iter().zip(values).map(|(p, v)| p * v).sum();
        let variance = probabilities.iter().zip(values).map(|(p, v)| p * (v - mean).powi(2)).sum();
        Self { probabilities, mean, variance }
    }
}

/// The posterior around a point: where to go from there, and how wide it is.
pub(super) struct Curvature {
    /// Newton's step.
    pub step: Point,
    /// Posterior variance of each case.
    pub cases: Vec<f64>,
    /// Posterior variance of each judge, then of each criterion.
    pub rest: Vec<f64>,
}

/// What one case says of itself and of the rest.
struct CaseSlope {
    gradient: f64,
    precision: f64,
    /// Where it meets the rest: position and second derivative.
    couplings: Vec<(usize, f64)>,
}

impl Curvature {
    /// Cases meet each other only through the rest, so their block is diagonal and is eliminated first; what remains
    /// has the size of judges, criteria and values together.
    pub fn at(point: &Point, ratings: &Ratings, priors: &Priors) -> Self {
        let (cases, mut gradient, mut precision) = slopes(point, ratings, priors);
        let size = gradient.len();
        for case in &cases {
            for &(row, a) in &case.couplings {
                gradient[row] -= a * case.gradient / case.precision;
                for &(column, b) in case.couplings.iter().take_while(|(column, _)| *column <= row) {
                    precision[row * size + column] -= a * b / case.precision;
                }
            }
        }
        let kernel = Square::symmetric(size, |row, values| values.copy_from_slice(&precision[row * size..][..=row]));
        let inverse = Ridge::new(kernel, &vec![1.0; size], JITTER);
        let covariance = inverse.inverse();
        let rest = covariance.times(&gradient, 1);
        let of_case = |case: &CaseSlope| {
            let along: f64 = case.couplings.iter().map(|&(i, a)| a * rest[i]).sum();
            let spread = |&(i, a): &(usize, f64)| {
                let row = covariance.row(i);
                a * case.couplings.iter().map(|&(j, b)| b * row[j]).sum::<f64>()
            };
            let through: f64 = case.couplings.iter().map(spread).sum();
            ((case.gradient - along) / case.precision, 1.0 / case.precision + through / case.precision.powi(2))
        };
        let (step, variances) = cases.iter().map(of_case).unzip();
        let named = ratings.judges + ratings.shares.len();
        Self {
            step: Point { cases: step, rest },
            cases: variances,
            rest: (0..named).map(|i| covariance.row(i)[i]).collect(),
        }
    }
}

/// First and second derivatives: of each case, of the rest, and the lower triangle `[rest, rest]`. Second derivatives
/// have their sign turned.
fn slopes(point: &Point, ratings: &Ratings, priors: &Priors) -> (Vec<CaseSlope>, Vec<f64>, Vec<f64>) {
    let size = point.rest.len();
    let first_value = ratings.judges + ratings.shares.len();
    let mut gradient = vec![0.0; size];
    let mut precision = vec![0.0; size * size];
    let prior = |i: usize| if i < ratings.judges { priors.judges } else { priors.criteria };
    for i in 0..first_value {
        gradient[i] = -point.rest[i] / prior(i);
        precision[i * size + i] = 1.0 / prior(i);
    }
    let mut cases: Vec<CaseSlope> = point
        .cases
        .iter()
        .map(|case| CaseSlope { gradient: -case / priors.cases, precision: 1.0 / priors.cases, couplings: Vec::new() })
        .collect();
    for ratings_of_case in ratings.all.chunk_by(|a, b| a.case == b.case) {
        let mut coupling = vec![0.0; size];
        let own = &mut cases[ratings_of_case[0].case];
        for rating in ratings_of_case {
            let scored = point.of(ratings, rating);
            let weight = rating.weight / priors.dispersion;
            let (pull, spread) = (weight * (ratings.standard[rating.value] - scored.mean), weight * scored.variance);
            let (judge, criterion) = (rating.judge, ratings.judges + rating.criterion);
            own.gradient += pull;
            own.precision += spread;
            for i in [judge, criterion] {
                gradient[i] -= pull;
                coupling[i] -= spread;
                precision[i * size + i] += spread;
            }
            precision[criterion * size + judge] += spread;
            for (k, &p) in scored.probabilities.iter().enumerate().skip(1) {
                let row = first_value + k - 1;
                let hit = if k == rating.value { 1.0 } else { 0.0 };
                let shared = weight * p * (ratings.standard[k] - scored.mean);
                gradient[row] += weight * (hit - p);
                coupling[row] += shared;
                precision[row * size + judge] -= shared;
                precision[row * size + criterion] -= shared;
                let others = precision[row * size + first_value..].iter_mut().zip(&scored.probabilities[1..=k]);
                others.for_each(|(cell, q)| *cell -= weight * p * q);
                precision[row * size + row] += weight * p;
            }
        }
        own.couplings = coupling.into_iter().enumerate().filter(|(_, value)| *value != 0.0).collect();
    }
    (cases, gradient, precision)
}
