//! Linear functions of a vector.

use crate::embed::space::{add, dot};
use crate::head::ridge::{Ridge, Square};

/// A linear function of a vector, 0 in the midst of what it was fitted to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Linear {
    /// `[dim] f32`
    direction: Vec<f32>,
    /// The product with the direction where the function is 0.
    origin: f32,
}

/// What a linear function is fitted to.
pub(super) struct Row<'a> {
    /// `[dim] f32`
    pub vector: &'a [f32],
    /// What it should give, beside a constant.
    pub target: f64,
    /// How much it counts, above 0.
    pub weight: f64,
}

impl Linear {
    pub(super) fn new(direction: Vec<f32>, origin: f32) -> Self {
        Self { direction, origin }
    }

    /// Ridge regression of the targets on the vectors, both centred, in its dual form: it takes a matrix of rows by
    /// rows (Hoerl and Kennard 1970). `rows` is not empty.
    pub(super) fn fit(rows: &[Row<'_>], ridge: f64) -> Self {
        let total: f64 = rows.iter().map(|row| row.weight).sum();
        let mut centre = vec![0.0; rows[0].vector.len()];
        rows.iter().for_each(|row| add(&mut centre, row.vector, (row.weight / total) as f32));
        let constant = rows.iter().map(|row| row.target * row.weight / total).sum::<f64>();

        let centred = |row: &Row<'_>| -> Vec<f32> { row.vector.iter().zip(&centre).map(|(v, c)| v - c).collect() };
        let centred: Vec<Vec<f32>> = rows.iter().map(centred).collect();
        let kernel = Square::symmetric(rows.len(), |row, values| {
            values.iter_mut().zip(&centred).for_each(|(value, other)| *value = dot(&centred[row], other).into());
        });
        let weights: Vec<f64> = rows.iter().map(|row| row.weight).collect();
        let targets: Vec<f64> = rows.iter().map(|row| row.target - constant).collect();
        let coefficients = Ridge::new(kernel, &weights, ridge).fit(&targets, 1).coefficients;

        let mut direction = vec![0.0; centre.len()];
        centred.iter().zip(coefficients).for_each(|(row, coefficient)| add(&mut direction, row, coefficient as f32));
        Self { origin: dot(&direction, &centre), direction }
    }

    pub(super) fn at(&self, vector: &[f32]) -> f32 {
        dot(&self.direction, vector) - self.origin
    }

    pub(super) fn direction(&self) -> &[f32] {
        &self.direction
    }

    pub(super) fn origin(&self) -> f32 {
        self.origin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(rows: &[([f32; 2], f64, f64)], ridge: f64) -> Linear {
        let rows: Vec<Row<'_>> =
            rows.iter().map(|(vector, target, weight)| Row { vector, target: *target, weight: *weight }).collect();
        Linear::fit(&rows, ridge)
    }

    #[test]
    fn a_line_is_found_again_and_a_ridge_holds_it_back() {
        let rows = [([0.0, 1.0], 5.0, 1.0), ([1.0, 1.0], 7.0, 1.0), ([2.0, 1.0], 9.0, 1.0)];
        let exact = fitted(&rows, 1e-9);
        assert!((exact.at(&[2.0, 1.0]) - 2.0).abs() < 1e-4 && exact.at(&[1.0, 1.0]).abs() < 1e-4, "{exact:?}");
        let held_back = fitted(&rows, 1.0).at(&[2.0, 1.0]);
        assert!((0.5..1.9).contains(&held_back), "{held_back}");
    }

    #[test]
    fn a_row_of_weight_two_is_two_rows() {
        let (a, b) = (([0.0, 1.0], 0.0, 1.0), ([1.0, 0.0], 1.0, 1.0));
        let doubled = fitted(&[a, b, b], 0.5);
        let weighted = fitted(&[a, (b.0, b.1, 2.0)], 0.5);
        for vector in [[0.3, 0.4], [1.0, 0.0]] {
            assert!((doubled.at(&vector) - weighted.at(&vector)).abs() < 1e-5);
        }
    }
}
