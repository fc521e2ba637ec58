//! What a case is worth whoever judged it: a many-facet Rasch model.
//!
//! The log odds of a score over the next lower one are the case's measure less the judge's severity, less the
//! criterion's difficulty, less the step's threshold (Linacre, "Many-Facet Rasch Measurement", 1989; the thresholds are
//! those of Andrich's rating-scale model, 1978, and of scores that nobody gave there is none). A difference between
//! scores counts as many steps as it has points, so that scales from 1 to 5 and from 0 to 100 are both served.
//!
//! The estimate is the posterior mode under normal priors with mean 0 for cases, judges and criteria, whose variances
//! come from the data. All measures are found jointly by Newton's method on a concave function, so for given variances
//! there is one answer and the start does not matter. Cases with nothing but top scores, and judges with few cases, stay
//! finite and are drawn towards the mean by as much as the data leave open.

mod posterior;
mod priors;
mod ratings;

use thiserror::Error;

use super::Scores;
use posterior::{Curvature, Point};
use priors::Priors;
use ratings::Ratings;

/// After so many steps the search ends, settled or not.
const MAX_STEPS: usize = 500;

/// The search has settled when no measure moves by more, in units of the standardized score.
const SETTLED_STEP: f64 = 1e-5;

/// The search has settled when [`Priors::distance`] falls below.
const SETTLED_PRIORS: f64 = 1e-3;

/// A case, freed from who judged it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CaseMeasure {
    /// Logits for a point of the scale; 0 is the mean case. More is better.
    pub logits: f64,
    /// Fair average (Linacre): the total that judges of mean severity would be expected to give.
    pub fair: f64,
    /// Standard error of `fair`, in points.
    pub error: f64,
    /// Scores it rests on.
    pub scores: usize,
}

/// A judge, freed from which cases came.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JudgeMeasure {
    /// Logits for a point of the scale; 0 is the mean judge. More is more severe.
    pub logits: f64,
    /// How many points fewer than a judge of mean severity this one would give the mean case.
    pub severity: f64,
    /// Standard error of `severity`, in points.
    pub error: f64,
    /// Squares of the residuals over what the model expects of them: 1 on average, more where the judge surprises.
    pub infit: f64,
    /// Mean of the same quotient score by score, so that a single strange score weighs more.
    pub outfit: f64,
    /// Cases judged.
    pub cases: usize,
}

/// What the model says of a panel. Measures of two components of the panel ([`Scores::components`]) are comparable only
/// as far as one believes that their judges, or their cases, are alike on average.
#[derive(Debug, Clone, PartialEq)]
pub struct FacetModel {
    /// In the order of the panel; none without a score.
    pub cases: Vec<Option<CaseMeasure>>,
    /// In the order of the panel; none without a score.
    pub judges: Vec<Option<JudgeMeasure>>,
    /// Logits of each criterion, in the order of the panel; more is harder to score well on.
    pub criteria: Vec<f64>,
    /// Standard deviation of the judges' severities, in points at the mean case.
    pub severity_deviation: f64,
    /// Share of the variance of the case measures that is not error, 0 to 1.
    pub reliability: f64,
    /// By how much more the scores of one judge for one case go together than the model expects; errors are widened by
    /// its root.
    pub dispersion: f64,
    /// Steps taken.
    pub steps: usize,
    /// Whether the search settled within its bound.
    pub converged: bool,
}

/// Why there is no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoFacets {
    /// Nothing to fit.
    #[error("nobody gave a score")]
    NoScores,
    /// Nothing differs.
    #[error("all scores are equal")]
    NoSpread,
}

/// Fits the model to all scores on criteria with a weight; a score counts by its criterion's weight.
///
/// # Errors
/// Without scores, or with all of them equal.
pub fn fit_facets(panel: &Scores) -> Result<FacetModel, NoFacets> {
    fit(panel, Priors::START, true)
}

fn fit(panel: &Scores, mut priors: Priors, learn_priors: bool) -> Result<FacetModel, NoFacets> {
    let ratings = Ratings::of(panel);
    match ratings.values.len() {
        0 => return Err(NoFacets::NoScores),
        1 => return Err(NoFacets::NoSpread),
        _ => {}
    }
    let mut point = Point::start(&ratings);
    let (mut steps, mut converged) = (0, false);
    while steps < MAX_STEPS && !converged {
        steps += 1;
        let width = Curvature::at(&point, &ratings, &priors);
        let (there, moved) = point.climbed(&width.step, &ratings, &priors);
        point = there;
        let suggested = if learn_priors { priors.suggested(&point, &width, &ratings) } else { priors };
        converged = moved < SETTLED_STEP && priors.distance(&suggested) < SETTLED_PRIORS;
        priors = suggested;
    }
    let width = Curvature::at(&point, &ratings, &priors);
    Ok(Reader { ratings: &ratings, point: &point, width: &width, priors: &priors }.model(steps, converged))
}

/// Turns a fitted point into measures.
struct Reader<'a> {
    ratings: &'a Ratings,
    point: &'a Point,
    width: &'a Curvature,
    priors: &'a Priors,
}

impl Reader<'_> {
    fn model(&self, steps: usize, converged: bool) -> FacetModel {
        let Self { ratings, point, width, priors } = *self;
        let mut scores = vec![0usize; ratings.cases];
        ratings.all.iter().for_each(|r| scores[r.case] += 1);
        let fits = self.fits();
        let errors = |widths: &[f64], prior: f64, rated: usize| -> Vec<f64> {
            // All cases, or all judges, can move together without any score changing. This part of the variance, the
            // prior's over their number, touches no comparison.
            widths.iter().map(|width| (width - prior / rated as f64).max(0.0).sqrt()).collect()
        };
        let rated_cases = scores.iter().filter(|n| **n > 0).count();
        let rated_judges = fits.iter().flatten().count();
        let case_errors = errors(&width.cases, priors.cases, rated_cases);
        let judge_errors = errors(&width.rest[..ratings.judges], priors.judges, rated_judges);
        let case = |i: usize| {
            let (fair, slope) = self.expected(point.cases[i], 0.0);
            let logits = point.cases[i] / ratings.deviation;
            (scores[i] > 0).then(|| CaseMeasure { logits, fair, error: case_errors[i] * slope, scores: scores[i] })
        };
        let judge = |i: usize| {
            let severity = point.rest[i];
            let (points, slope) = self.expected(0.0, severity);
            fits[i].map(|(infit, outfit, cases)| JudgeMeasure {
                logits: severity / ratings.deviation,
                severity: self.expected(0.0, 0.0).0 - points,
                error: judge_errors[i] * slope,
                infit,
                outfit,
                cases,
            })
        };
        let noise = (0..ratings.cases).filter(|&i| scores[i] > 0).map(|i| case_errors[i].powi(2)).sum::<f64>();
        FacetModel {
            cases: (0..ratings.cases).map(case).collect(),
            judges: (0..ratings.judges).map(judge).collect(),
            criteria: point.criteria(ratings).iter().map(|c| c / ratings.deviation).collect(),
            severity_deviation: priors.judges.sqrt() * self.expected(0.0, 0.0).1,
            reliability: (1.0 - noise / rated_cases as f64 / priors.cases).clamp(0.0, 1.0),
            dispersion: priors.dispersion,
            steps,
            converged,
        }
    }

    /// The total to expect, and by how many points it rises with the measure.
    fn expected(&self, case: f64, severity: f64) -> (f64, f64) {
        let ratings = self.ratings;
        let shares = ratings.shares.iter().enumerate().filter(|(_, share)| **share > 0.0);
        shares.fold((0.0, 0.0), |(total, slope), (criterion, share)| {
            let scored = self.point.scored(ratings, case, severity, criterion);
            let points: f64 = scored.probabilities.iter().zip(&ratings.values).map(|(p, v)| p * v).sum();
            (total + share * points, slope + share * scored.variance * ratings.deviation)
        })
    }

    /// Infit, outfit and number of cases of each judge (Wright and Masters, "Rating Scale Analysis", 1982, ch. 5).
    fn fits(&self) -> Vec<Option<(f64, f64, usize)>> {
        let mut squares = vec![0.0; self.ratings.judges];
        let (mut variances, mut standard) = (squares.clone(), squares.clone());
        let mut counts = vec![(0usize, 0usize); self.ratings.judges];
        for judgment in self.ratings.all.chunk_by(|a, b| (a.case, a.judge) == (b.case, b.judge)) {
            let judge = judgment[0].judge;
            counts[judge] = (counts[judge].0 + judgment.len(), counts[judge].1 + 1);
            for rating in judgment {
                let (residual, variance) = self.point.residual(self.ratings, rating);
                squares[judge] += residual * residual;
                variances[judge] += variance;
                standard[judge] += residual * residual / variance;
            }
        }
        let of = |judge: usize| {
            let (scores, cases) = counts[judge];
            (scores > 0).then(|| (squares[judge] / variances[judge], standard[judge] / scores as f64, cases))
        };
        (0..self.ratings.judges).map(of).collect()
    }
}

#[cfg(test)]
mod tests;
