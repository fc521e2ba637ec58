//! The space in which texts are compared.

use super::Vectors;

/// An encoder's vectors all lean one way; without that common direction they tell texts apart.
///
/// The direction comes with the model (or, for a model without one, from the programme's own
/// sentences), never from the pool, so that no nomination's place depends on the others.
/// Mu and Viswanath, "All-but-the-Top", ICLR 2018.
#[derive(Debug, Clone, PartialEq)]
pub struct Space {
    /// `[dim] f32`
    centre: Vec<f32>,
}

impl Space {
    /// A space around `centre`, `[dim] f32`.
    #[must_use]
    pub fn new(centre: Vec<f32>) -> Self {
        Self { centre }
    }

    /// The space around the mean of `vectors`, `[n, dim] f32`.
    #[must_use]
    pub fn around(vectors: &Vectors) -> Self {
        let mut centre = vec![0.0; vectors.dim()];
        vectors.rows().for_each(|row| add(&mut centre, row, 1.0 / vectors.len() as f32));
        Self { centre }
    }

    /// Every row less the centre, unit length again, `[n, dim] f32`.
    #[must_use]
    pub fn place(&self, vectors: &Vectors) -> Vectors {
        let mut data = Vec::with_capacity(vectors.as_slice().len());
        for row in vectors.rows() {
            let mut placed: Vec<f32> = row.iter().zip(&self.centre).map(|(v, c)| v - c).collect();
            normalize(&mut placed);
            data.extend(placed);
        }
        Vectors::new(vectors.dim(), data)
    }
}

/// The cosine of two unit vectors, -1 to 1; 0 is unrelated.
#[must_use]
pub fn cosine(a: &[f32], b: &[f32]) -> f32 {
    dot(a, b)
}

/// The inner product of two vectors.
///
/// Running sums in a fixed order: fast, and the same bits for the same input.
#[must_use]
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    // Enough of them that no addition waits for the one before.
    const SUMS: usize = 32;
    let mut sums = [0.0f32; SUMS];
    let (a_chunks, b_chunks) = (a.chunks_exact(SUMS), b.chunks_exact(SUMS));
    let rest: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for lane in 0..SUMS {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums.iter().sum::<f32>() + rest
}

/// Adds `weight` times `row` to `sum`, both `[dim] f32`.
pub fn add(sum: &mut [f32], row: &[f32], weight: f32) {
    for (s, r) in sum.iter_mut().zip(row) {
        *s += weight * r;
    }
}

/// Scales `vector` to unit length; the zero vector stays.
pub fn normalize(vector: &mut [f32]) {
    let length = dot(vector, vector).sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|v| *v /= length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placing_removes_the_centre_and_keeps_unit_length() {
        let vectors = Vectors::new(2, vec![0.8, 0.6, 0.6, 0.8]);
        let placed = Space::around(&vectors).place(&vectors);
        assert!((cosine(placed.row(0), placed.row(1)) + 1.0).abs() < 1e-6);
        assert!((cosine(placed.row(0), placed.row(0)) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_vector_that_is_the_centre_becomes_zero_and_not_nan() {
        let vectors = Vectors::new(2, vec![0.6, 0.8]);
        assert_eq!(Space::around(&vectors).place(&vectors).row(0), [0.0, 0.0]);
    }
}
