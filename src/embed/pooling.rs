//! Hidden states to one unit vector.

use crate::model::Pooling;

/// The unit vector of a text from its hidden states, `[seq, dim] f32` to `[dim] f32`; nothing when it has no direction.
pub fn unit_vector(pooling: Pooling, hidden: &[f32], dim: usize) -> Option<Vec<f32>> {
    let mut row = match pooling {
        Pooling::Mean => mean_row(hidden, dim),
        Pooling::Cls => hidden[..dim].to_vec(),
    };
    let length = row.iter().map(|value| value * value).sum::<f32>().sqrt();
    row.iter_mut().for_each(|value| *value /= length);
    length.is_normal().then_some(row)
}

/// The mean over the rows of `[seq, dim]`.
fn mean_row(hidden: &[f32], dim: usize) -> Vec<f32> {
    let mut sum = vec![0.0; dim];
    for row in hidden.chunks_exact(dim) {
        sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    let count = (hidden.len() / dim) as f32;
    sum.iter_mut().for_each(|sum| *sum /= count);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pools_and_scales_to_unit_length() {
        let hidden = [1.0, 0.0, 5.0, 8.0];
        assert_eq!(unit_vector(Pooling::Mean, &hidden, 2).unwrap(), [0.6, 0.8]);
        assert_eq!(unit_vector(Pooling::Cls, &hidden, 2).unwrap(), [1.0, 0.0]);
    }

    #[test]
    fn no_direction_is_no_vector() {
        assert!(unit_vector(Pooling::Mean, &[1.0, 1.0, -1.0, -1.0], 2).is_none());
        assert!(unit_vector(Pooling::Cls, &[f32::NAN, 1.0], 2).is_none());
    }
}
