//! Kernel ridge regression with weighted rows, and what each row would get from all the others.

use rayon::prelude::*;

/// Columns that are worked on together, so that they share what is read of the rows above.
const BLOCK: usize = 32;

/// A square matrix `[n, n] f64`, row-major.
#[derive(Debug, Clone)]
pub(crate) struct Square {
    n: usize,
    data: Vec<f64>,
}

impl Square {
    /// The matrix whose rows are, up to the diagonal, filled by `fill(row, values)`.
    pub(crate) fn symmetric(n: usize, fill: impl Fn(usize, &mut [f64]) + Sync) -> Self {
        let mut data = vec![0.0; n * n];
        data.par_chunks_mut(n.max(1)).enumerate().for_each(|(row, values)| fill(row, &mut values[..=row]));
        for row in 0..n {
            for column in row + 1..n {
                data[row * n + column] = data[column * n + row];
            }
        }
        Self { n, data }
    }

    /// The products of the same rows with their mean taken off, where this holds their products.
    pub(crate) fn centred(&self) -> Self {
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let means: Vec<f64> = (0..self.n).map(|row| mean(self.row(row))).collect();
        let of_all = mean(&means);
        Self::symmetric(self.n, |row, values| {
            let products = self.row(row).iter().zip(&means);
            values.iter_mut().zip(products).for_each(|(value, (p, other))| *value = p - means[row] - other + of_all);
        })
    }

    /// Row `row`, `[n]`.
    pub(crate) fn row(&self, row: usize) -> &[f64] {
        &self.data[row * self.n..(row + 1) * self.n]
    }

    /// The inverse of a symmetric positive definite matrix.
    pub(crate) fn inverse(mut self) -> Self {
        factorize(&mut self);
        inverse_of_factor(&self)
    }

    /// This times `vector`, `[n]`.
    pub(super) fn apply(&self, vector: &[f64]) -> Vec<f64> {
        (0..self.n).map(|row| dot(self.row(row), vector)).collect()
    }

    /// This times `right`, `[n, columns] f64` row-major.
    pub(crate) fn times(&self, right: &[f64], columns: usize) -> Vec<f64> {
        let mut out = vec![0.0; self.n * columns];
        out.par_chunks_mut(columns.max(1)).enumerate().for_each(|(row, sums)| {
            for (&factor, values) in self.row(row).iter().zip(right.chunks_exact(columns)) {
                sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += factor * value);
            }
        });
        out
    }
}

/// The inverse of a kernel with a ridge, ready for any targets.
pub(crate) struct Ridge {
    inverse: Square,
}

/// What the rows' targets became.
pub(crate) struct Fit {
    /// What each row adds to a score, per unit of kernel, `[rows, columns] f64`.
    pub coefficients: Vec<f64>,
    /// What each row would be given by all the others, `[rows, columns] f64`.
    pub held_out: Vec<f64>,
}

impl Ridge {
    /// `kernel` is positive semidefinite; row `i` gets the ridge `strength / weights[i]`, above 0.
    pub(crate) fn new(mut kernel: Square, weights: &[f64], strength: f64) -> Self {
        for (i, weight) in weights.iter().enumerate() {
            kernel.data[i * kernel.n + i] += strength / weight;
        }
        Self { inverse: kernel.inverse() }
    }

    /// The inverse itself.
    pub(crate) fn inverse(&self) -> &Square {
        &self.inverse
    }

    /// Fits `targets`, `[rows, columns] f64`.
    ///
    /// A row's prediction by the others has a closed form: its target less its coefficient over the diagonal of the
    /// inverse (Rifkin and Lippert, "Notes on Regularized Least Squares", 2007).
    pub(crate) fn fit(&self, targets: &[f64], columns: usize) -> Fit {
        let coefficients = self.inverse.times(targets, columns);
        let mut held_out = targets.to_vec();
        for (i, row) in held_out.chunks_exact_mut(columns).enumerate() {
            let own = self.inverse.row(i)[i];
            row.iter_mut().zip(&coefficients[i * columns..]).for_each(|(value, c)| *value -= c / own);
        }
        Fit { coefficients, held_out }
    }
}

/// Cholesky: the lower triangle of `a` becomes that of its factor; what is above the diagonal stays.
fn factorize(a: &mut Square) {
    let n = a.n;
    for start in (0..n).step_by(BLOCK) {
        let end = (start + BLOCK).min(n);
        let above = a.data[start * n..end * n].to_vec();
        a.data[start * n..].par_chunks_mut(n).enumerate().for_each(|(offset, row)| {
            for (column, earlier) in (start..end).zip(above.chunks_exact(n)).take(offset + 1) {
                row[column] -= dot(&row[..start], &earlier[..start]);
            }
        });
        for row in start..end {
            for column in start..=row {
                let sum = a.data[row * n + column]
                    - dot(&a.data[row * n + start..row * n + column], &a.data[column * n + start..column * n + column]);
                a.data[row * n + column] =
                    if row == column { sum.max(f64::EPSILON).sqrt() } else { sum / a.data[column * n + column] };
            }
        }
        let block = a.data[start * n..end * n].to_vec();
        a.data[end * n..].par_chunks_mut(n).for_each(|row| {
            for (column, earlier) in (start..end).zip(block.chunks_exact(n)) {
                let sum = row[column] - dot(&row[start..column], &earlier[start..column]);
                row[column] = sum / earlier[column];
            }
        });
    }
}

/// The inverse of a matrix whose Cholesky factor is the lower triangle of `factor`.
fn inverse_of_factor(factor: &Square) -> Square {
    let n = factor.n;
    // Row j of `columns` is column j of the factor's inverse; it begins with j zeros.
    let mut columns = vec![0.0; n * n];
    columns.par_chunks_mut(n.max(1) * BLOCK).enumerate().for_each(|(block, part)| {
        let first = block * BLOCK;
        for row in first..n {
            let known = factor.row(row);
            for (offset, column) in part.chunks_exact_mut(n).enumerate().take(row - first + 1) {
                let start = first + offset;
                let unit = if start == row { 1.0 } else { 0.0 };
                column[row] = (unit - dot(&known[start..row], &column[start..row])) / known[row];
            }
        }
    });
    let tail = |column: usize, from: usize| &columns[column * n + from..(column + 1) * n];
    Square::symmetric(n, |row, values| {
        values.iter_mut().enumerate().for_each(|(column, value)| *value = dot(tail(row, row), tail(column, row)));
    })
}

/// Eight running sums in a fixed order: fast, and the same bits for the same input.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0f64; 8];
    let (a_chunks, b_chunks) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for lane in 0..8 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    fn kernel(n: usize, leave_out: Option<usize>) -> Square {
        let mut stream = Stream::new(7, "kernel");
        let points: Vec<[f64; 3]> = (0..n).map(|_| [0; 3].map(|_| stream.normal())).collect();
        let kept: Vec<[f64; 3]> =
            points.iter().enumerate().filter(|(i, _)| Some(*i) != leave_out).map(|(_, p)| *p).collect();
        Square::symmetric(kept.len(), |row, values| {
            values.iter_mut().zip(&kept).for_each(|(value, other)| *value = dot(&kept[row], other));
        })
    }

    #[test]
    fn the_inverse_is_one() {
        for n in [1, 5, 32, 71] {
            let mut with_ridge = kernel(n, None);
            let ridge = Ridge::new(with_ridge.clone(), &vec![2.0; n], 1.0);
            (0..n).for_each(|i| with_ridge.data[i * n + i] += 0.5);
            let product = with_ridge.times(&ridge.inverse.data, n);
            for (at, value) in product.iter().enumerate() {
                let expected = if at / n == at % n { 1.0 } else { 0.0 };
                assert!((value - expected).abs() < 1e-9, "{n}: {at} {value}");
            }
        }
    }

    #[test]
    fn held_out_is_what_a_fit_without_the_row_says() {
        let (n, left_out) = (40, 11);
        let targets: Vec<f64> = (0..n).map(|i| f64::from(u8::from(i % 3 == 0))).collect();
        let whole = kernel(n, None);
        let fit = Ridge::new(whole.clone(), &vec![1.0; n], 0.3).fit(&targets, 1);
        let others: Vec<usize> = (0..n).filter(|&i| i != left_out).collect();
        let rest: Vec<f64> = others.iter().map(|&i| targets[i]).collect();
        let without = Ridge::new(kernel(n, Some(left_out)), &vec![1.0; n - 1], 0.3).fit(&rest, 1);
        let predicted: f64 = others.iter().zip(&without.coefficients).map(|(&i, c)| c * whole.row(left_out)[i]).sum();
        assert!((predicted - fit.held_out[left_out]).abs() < 1e-9);
    }
}
