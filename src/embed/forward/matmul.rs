//! The matrix product candle uses, called for one thread and on slices that are checked.

use gemm::Parallelism;

/// A matrix inside a slice: element (r, c) is `data[r * row_stride + c * column_stride]`.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    pub data: &'a [f32],
    pub rows: usize,
    pub columns: usize,
    pub row_stride: usize,
    pub column_stride: usize,
}

impl<'a> Matrix<'a> {
    /// `[rows, columns]`, row-major.
    pub fn row_major(data: &'a [f32], rows: usize, columns: usize) -> Self {
        Self { data, rows, columns, row_stride: columns, column_stride: 1 }
    }

    /// The same elements, rows and columns exchanged.
    pub fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }
}

/// What becomes of the values already in the output.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// They are overwritten.
    Replace,
    /// The product is added to them.
    Add,
}

/// `out = scale * a * b` or `out += scale * a * b`; `out` is `[a.rows, b.columns]` with `row_stride`.
///
/// Runs on the calling thread. Which instructions it uses depends on the shapes and the CPU alone.
pub fn matmul(out: &mut [f32], row_stride: usize, mode: Output, scale: f32, a: Matrix<'_>, b: Matrix<'_>) {
    let (rows, columns, depth) = (a.rows, b.columns, a.columns);
    assert_eq!(depth, b.rows, "inner sizes differ");
    assert!(row_stride >= columns, "rows of the output overlap");
    assert!(covers(out.len(), rows, columns, row_stride, 1), "output too short");
    for matrix in [a, b] {
        let covered = covers(matrix.data.len(), matrix.rows, matrix.columns, matrix.row_stride, matrix.column_stride);
        assert!(covered, "input too short");
    }
    let alpha = if mode == Output::Add { 1.0 } else { 0.0 };
    // SAFETY: the assertions above keep every element that gemm reads or writes inside its slice; `out` is borrowed
    // mutably, so it overlaps neither input.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            depth,
            out.as_mut_ptr(),
            1,
            row_stride as isize,
            mode == Output::Add,
            a.data.as_ptr(),
            a.column_stride as isize,
            a.row_stride as isize,
            b.data.as_ptr(),
            b.column_stride as isize,
            b.row_stride as isize,
            alpha,
            scale,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

fn covers(length: usize, rows: usize, columns: usize, row_stride: usize, column_stride: usize) -> bool {
    rows == 0 || columns == 0 || (rows - 1) * row_stride + (columns - 1) * column_stride < length
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: [f32; 6] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];

    #[test]
    fn multiplies_strided_matrices() {
        let a = Matrix::row_major(&A, 2, 3);
        let mut out = [9.0; 6];
        matmul(&mut out, 3, Output::Replace, 1.0, a, a.transposed());
        assert_eq!(out, [14.0, 32.0, 9.0, 32.0, 77.0, 9.0]);
        matmul(&mut out, 3, Output::Add, 0.5, a, a.transposed());
        assert_eq!(out, [21.0, 48.0, 9.0, 48.0, 115.5, 9.0]);
    }

    #[test]
    #[should_panic(expected = "input too short")]
    fn refuses_a_matrix_beyond_its_slice() {
        let a = Matrix::row_major(&A[..5], 2, 3);
        matmul(&mut [0.0; 4], 2, Output::Replace, 1.0, a, Matrix::row_major(&A, 3, 2));
    }

    #[test]
    #[should_panic(expected = "output too short")]
    fn refuses_an_output_that_is_too_short() {
        matmul(&mut [0.0; 3], 2, Output::Replace, 1.0, Matrix::row_major(&A, 2, 3), Matrix::row_major(&A, 3, 2));
    }
}
