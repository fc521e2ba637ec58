//! Ridge regression on category labels, turned into a linear discriminant.
//!
//! The scores by which ridge regression predicts the labels of a text hold all that a discriminant analysis with the
//! same ridge on its covariance knows of it: with `S` the residuals of the rows, weighted and summed by category, the
//! products of a text with the mean of each category under the inverse covariance are `scores · S⁻¹` (Hastie,
//! Tibshirani and Buja, "Flexible Discriminant Analysis by Optimal Scoring", JASA 1994). What that gains is the
//! discriminant's offset: without it a category with a mean far from the centre draws more than its share.

use super::ridge::{Ridge, Square};

/// A discriminant, and what it says of the rows it was fitted on.
pub(super) struct Discriminant {
    /// What each row adds to a score, per unit of kernel, `[rows, columns] f64`.
    pub coefficients: Vec<f64>,
    /// What is taken off a score, by category, `[columns] f64`.
    pub offsets: Vec<f64>,
    /// What each row would be given without the rows of its fold, `[rows, columns] f64`; where its category would have
    /// no row left, what it is given with them all.
    pub held_out: Vec<f64>,
}

/// Rows to be fitted.
pub(super) struct Rows<'a> {
    /// By row, its category, below `columns`; every category has a row.
    pub labels: &'a [usize],
    /// How much each counts, above 0.
    pub weights: &'a [f64],
    /// How many categories there are.
    pub columns: usize,
    /// Rows that are left out together; each row is in one.
    pub folds: &'a [Vec<usize>],
}

impl Discriminant {
    /// Fits `rows`; `ridge` was made of their weights with this `strength`.
    pub(super) fn fit(ridge: &Ridge, strength: f64, rows: &Rows<'_>) -> Self {
        let &Rows { labels, weights, columns, folds } = rows;
        let mut targets = vec![0.0; labels.len() * columns];
        labels.iter().enumerate().for_each(|(row, label)| targets[row * columns + label] = 1.0);
        let ridge_coefficients = ridge.fit(&targets, columns).coefficients;
        let of_row = |row: usize| &ridge_coefficients[row * columns..][..columns];

        // A row's coefficient times the strength is its residual times its weight.
        let mut residuals = vec![0.0; columns * columns];
        let mut totals = vec![0.0; columns];
        for (row, (&label, weight)) in labels.iter().zip(weights).enumerate() {
            add(&mut residuals[label * columns..][..columns], of_row(row), strength);
            totals[label] += weight;
        }
        let whole = Turn::new(&residuals, totals);

        let mut held_out = vec![0.0; labels.len() * columns];
        for fold in folds {
            let mut totals = whole.totals.clone();
            fold.iter().for_each(|&row| totals[labels[row]] -= weights[row]);
            let remains = |row: &&usize| totals[labels[**row]] > f64::EPSILON * whole.totals[labels[**row]];
            let (out, alone): (Vec<usize>, Vec<usize>) = fold.iter().partition(remains);
            for row in alone {
                let own = of_row(row).iter().zip(&targets[row * columns..]);
                let fitted: Vec<f64> = own.map(|(c, target)| target - c * strength / weights[row]).collect();
                held_out[row * columns..][..columns].copy_from_slice(&whole.turned(&fitted));
                totals[labels[row]] = whole.totals[labels[row]];
            }
            // What the fold's rows miss of their targets without each other, and what goes with them from the sum.
            let inverse = Square::symmetric(out.len(), |at, values| {
                values.iter_mut().zip(&out).for_each(|(value, &other)| *value = ridge.inverse().row(out[at])[other]);
            });
            let own: Vec<f64> = out.iter().flat_map(|&row| of_row(row).iter().copied()).collect();
            let missed = inverse.inverse().times(&own, columns);
            let mut residuals = residuals.clone();
            for (own, missed) in own.chunks_exact(columns).zip(missed.chunks_exact(columns)) {
                let sums = residuals.chunks_exact_mut(columns).zip(own);
                sums.for_each(|(sums, c)| add(sums, missed, -strength * c));
            }
            let without = Turn::new(&residuals, totals);
            for (&row, missed) in out.iter().zip(missed.chunks_exact(columns)) {
                let scores: Vec<f64> = targets[row * columns..].iter().zip(missed).map(|(t, m)| t - m).collect();
                held_out[row * columns..][..columns].copy_from_slice(&without.turned(&scores));
            }
        }
        let coefficients = (0..labels.len()).flat_map(|row| whole.inverse.apply(of_row(row))).collect();
        Self { coefficients, offsets: whole.offsets, held_out }
    }
}

/// From the scores of ridge regression to those of the discriminant.
struct Turn {
    /// Weight of the rows by category, `[columns]`.
    totals: Vec<f64>,
    /// Of the residuals summed by category, `[columns, columns]`.
    inverse: Square,
    offsets: Vec<f64>,
}

impl Turn {
    /// `residuals` are symmetric, `[columns, columns] f64`.
    fn new(residuals: &[f64], totals: Vec<f64>) -> Self {
        let columns = totals.len();
        let inverse = Square::symmetric(columns, |row, values| {
            let n = values.len();
            values.copy_from_slice(&residuals[row * columns..][..n]);
        });
        let inverse = inverse.inverse();
        // Half the product of a category's mean with itself under the inverse covariance.
        let offsets = totals.iter().enumerate().map(|(k, total)| (inverse.row(k)[k] - 1.0 / total) / 2.0).collect();
        Self { totals, inverse, offsets }
    }

    fn turned(&self, scores: &[f64]) -> Vec<f64> {
        let turned = self.inverse.apply(scores).into_iter();
        turned.zip(&self.offsets).map(|(score, offset)| score - offset).collect()
    }
}

/// Adds `factor` times `values` to `sums`.
fn add(sums: &mut [f64], values: &[f64], factor: f64) {
    sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += factor * value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    const COLUMNS: usize = 3;
    const STRENGTH: f64 = 2.0;

    /// Points around a mean of their category, in four dimensions.
    fn points(labels: &[usize]) -> Vec<[f64; 4]> {
        let mut stream = Stream::new(5, "points");
        labels.iter().map(|&label| [0, 1, 2, 3].map(|at| stream.normal() + f64::from(u8::from(at == label)))).collect()
    }

    fn inner(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(x, y)| x * y).sum()
    }

    fn fitted(points: &[[f64; 4]], labels: &[usize], weights: &[f64], folds: &[Vec<usize>]) -> Discriminant {
        let kernel = Square::symmetric(points.len(), |row, values| {
            values.iter_mut().zip(points).for_each(|(value, other)| *value = inner(&points[row], other));
        });
        let rows = Rows { labels, weights, columns: COLUMNS, folds };
        Discriminant::fit(&Ridge::new(kernel, weights, STRENGTH), STRENGTH, &rows)
    }

    fn scores(discriminant: &Discriminant, points: &[[f64; 4]], point: &[f64; 4]) -> Vec<f64> {
        let mut scores: Vec<f64> = discriminant.offsets.iter().map(|offset| -offset).collect();
        for (other, coefficients) in points.iter().zip(discriminant.coefficients.chunks_exact(COLUMNS)) {
            scores.iter_mut().zip(coefficients).for_each(|(score, c)| *score += inner(point, other) * c);
        }
        scores
    }

    /// Means and covariance by their definitions.
    fn by_definition(points: &[[f64; 4]], labels: &[usize], weights: &[f64], point: &[f64; 4]) -> Vec<f64> {
        let total: f64 = weights.iter().sum();
        let mut means = [[0.0; 4]; COLUMNS];
        for (k, mean) in means.iter_mut().enumerate() {
            let of_k = || (0..labels.len()).filter(|&row| labels[row] == k);
            let weight: f64 = of_k().map(|row| weights[row]).sum();
            of_k().for_each(|row| (0..4).for_each(|at| mean[at] += weights[row] / weight * points[row][at]));
        }
        let covariance = Square::symmetric(4, |a, values| {
            for (b, value) in values.iter_mut().enumerate() {
                let product = |row: usize| {
                    let mean = means[labels[row]];
                    weights[row] * (points[row][a] - mean[a]) * (points[row][b] - mean[b])
                };
                let ridge = if a == b { STRENGTH } else { 0.0 };
                *value = ((0..labels.len()).map(product).sum::<f64>() + ridge) / total;
            }
        });
        let inverse = covariance.inverse();
        let score = |mean: &[f64; 4]| {
            let turned = inverse.apply(mean);
            (inner(point, &turned) - inner(mean, &turned) / 2.0) / total
        };
        means.iter().map(score).collect()
    }

    fn assert_near(a: &[f64], b: &[f64]) {
        assert_eq!(a.len(), b.len());
        a.iter().zip(b).for_each(|(x, y)| assert!((x - y).abs() < 1e-9, "{a:?} {b:?}"));
    }

    #[test]
    fn it_is_discriminant_analysis() {
        let labels: Vec<usize> = (0..30).map(|row| row % 5 % COLUMNS).collect();
        let weights: Vec<f64> = (0..30).map(|row| 1.0 + f64::from(row % 4) / 2.0).collect();
        let points = points(&labels);
        let discriminant = fitted(&points, &labels, &weights, &[]);
        let point = [0.3, -1.0, 0.7, 0.1];
        assert_near(&scores(&discriminant, &points, &point), &by_definition(&points, &labels, &weights, &point));
    }

    #[test]
    fn held_out_is_what_a_fit_without_the_fold_says() {
        let labels: Vec<usize> = (0..20).map(|row| row % COLUMNS).collect();
        let weights: Vec<f64> = (0..20).map(|row| 1.0 + f64::from(row % 3)).collect();
        let points = points(&labels);
        let fold = vec![0, 1, 7, 19];
        let whole = fitted(&points, &labels, &weights, &[fold.clone(), vec![5]]);
        for left_out in [fold, vec![5]] {
            let others: Vec<usize> = (0..20).filter(|row| !left_out.contains(row)).collect();
            let other_points: Vec<[f64; 4]> = others.iter().map(|&row| points[row]).collect();
            let other_labels: Vec<usize> = others.iter().map(|&row| labels[row]).collect();
            let other_weights: Vec<f64> = others.iter().map(|&row| weights[row]).collect();
            let without = fitted(&other_points, &other_labels, &other_weights, &[]);
            for row in left_out {
                let expected = scores(&without, &other_points, &points[row]);
                assert_near(&whole.held_out[row * COLUMNS..][..COLUMNS], &expected);
            }
        }
    }

    #[test]
    fn the_only_row_of_a_category_is_judged_with_itself() {
        let labels = [0, 0, 0, 1, 1, 1, 2];
        let points = points(&labels);
        let discriminant = fitted(&points, &labels, &[1.0; 7], &[vec![0, 6]]);
        assert_near(&discriminant.held_out[6 * COLUMNS..], &scores(&discriminant, &points, &points[6]));
    }
}
