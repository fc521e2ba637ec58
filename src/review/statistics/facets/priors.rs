//! How far cases, judges and criteria may be expected to differ, and how much one rating counts.

use super::posterior::{Curvature, Point};
use super::ratings::Ratings;

/// Bounds of a variance, in units of the standardized score. Below, all are alike; above, judges agree so well that
/// there is no end to what separates the cases, and the bound keeps their measures finite.
const VARIANCES: (f64, f64) = (1e-4, 100.0);

/// Variances well below this move no measure that anybody could see.
const SMALL_VARIANCE: f64 = 0.01;

/// Variances of the normal priors, and the dispersion by which the likelihood is divided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Priors {
    pub cases: f64,
    pub judges: f64,
    pub criteria: f64,
    /// At least 1: by how much the scores that a judge gives a case on all criteria vary together beyond what single
    /// scores do. A judge who is taken by a case lifts all of them (halo), and eight scores are then not eight opinions.
    pub dispersion: f64,
}

impl Priors {
    pub const START: Self = Self { cases: 1.0, judges: 1.0, criteria: 1.0, dispersion: 1.0 };

    /// The priors that the measures suggest.
    ///
    /// A variance is the sum of squares over the number of measures that the data determine (MacKay, "Bayesian
    /// interpolation", 1992). The dispersion is that of quasi-likelihood (McCullagh and Nelder 1989, ch. 9), over the
    /// summed residuals of each judge and case.
    pub fn suggested(&self, point: &Point, width: &Curvature, ratings: &Ratings) -> Self {
        let (judges, criteria) = width.rest.split_at(ratings.judges);
        let (by_case, cases) = variance(&point.cases, &width.cases, self.cases);
        let (by_judge, judges) = variance(point.judges(ratings), judges, self.judges);
        let (_, criteria) = variance(point.criteria(ratings), criteria, self.criteria);
        Self { cases, judges, criteria, dispersion: dispersion(point, ratings, by_case + by_judge) }
    }

    /// The largest relative difference of two, small variances taken as alike.
    pub fn distance(&self, other: &Self) -> f64 {
        let pairs = [
            (self.cases, other.cases),
            (self.judges, other.judges),
            (self.criteria, other.criteria),
            (self.dispersion, other.dispersion),
        ];
        pairs.iter().map(|(a, b)| (a - b).abs() / (a + SMALL_VARIANCE)).fold(0.0, f64::max)
    }
}

/// How many of the measures the data determine, and the variance.
fn variance(measures: &[f64], widths: &[f64], prior: f64) -> (f64, f64) {
    let determined: f64 = widths.iter().map(|width| 1.0 - width / prior).sum::<f64>().max(0.0);
    let squares: f64 = measures.iter().map(|m| m * m).sum();
    let variance = if squares > 0.0 { squares / determined } else { 0.0 };
    (determined, variance.clamp(VARIANCES.0, VARIANCES.1))
}

fn dispersion(point: &Point, ratings: &Ratings, determined: f64) -> f64 {
    let (mut squares, mut expected, mut judgments) = (0.0, 0.0, 0.0);
    for judgment in ratings.all.chunk_by(|a, b| (a.case, a.judge) == (b.case, b.judge)) {
        let mut sum = 0.0;
        for rating in judgment {
            let (residual, variance) = point.residual(ratings, rating);
            sum += rating.weight * residual;
            expected += rating.weight * variance;
        }
        squares += sum * sum;
        judgments += 1.0;
    }
    // What was fitted no longer varies.
    let free = (judgments - determined).max(1.0);
    (squares / expected * judgments / free).max(1.0)
}
