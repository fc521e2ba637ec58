use super::super::kernels::{fold, fold_with, for_this_cpu};
use super::{BLOCKS, GROUP, QUAD, QUADS};

/// The inputs of one block, quad by quad.
pub type RowBlock = [[u8; QUAD]; QUADS];

/// Rows of activations in 8-bit steps: value = (step - zero) * scale.
#[derive(Default)]
pub struct QuantizedRows {
    /// `[rows, groups]`.
    steps: Vec<[RowBlock; BLOCKS]>,
    /// `[rows, groups]`.
    scales: Vec<Scale>,
    groups: usize,
}

/// What the steps of a group are worth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    pub scale: f32,
    /// The step that stands for zero: a whole number from 0 to 255.
    pub zero: f32,
}

impl QuantizedRows {
    /// Takes `values`, `[rows, inputs]`, in place of what was there.
    ///
    /// # Panics
    /// When a row is not a whole number of groups.
    pub fn quantize(&mut self, values: &[f32], inputs: usize) {
        assert!(inputs.is_multiple_of(GROUP) && values.len().is_multiple_of(inputs), "rows are not whole");
        self.groups = inputs / GROUP;
        let groups = values.len() / GROUP;
        self.steps.resize(groups, [RowBlock::default(); BLOCKS]);
        self.scales.resize(groups, Scale { scale: 0.0, zero: 0.0 });
        let steps = self.steps.as_flattened_mut().as_flattened_mut().as_flattened_mut();
        quantize_groups(values, &mut self.scales, steps);
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.scales.len().checked_div(self.groups).unwrap_or(0)
    }

    /// The steps of row `row`, group by group.
    pub fn steps(&self, row: usize) -> &[[RowBlock; BLOCKS]] {
        &self.steps[row * self.groups..][..self.groups]
    }

    /// The scales of row `row`, group by group.
    pub fn scales(&self, row: usize) -> &[Scale] {
        &self.scales[row * self.groups..][..self.groups]
    }
}

for_this_cpu!(
    quantize_groups, quantize_groups_portable,
    (values: &[f32], scales: &mut [Scale], steps: &mut [u8])
);

#[inline(always)]
fn quantize_groups_portable(values: &[f32], scales: &mut [Scale], steps: &mut [u8]) {
    let groups = values.chunks_exact(GROUP).zip(steps.chunks_exact_mut(GROUP));
    for ((group, steps), scale) in groups.zip(scales) {
        *scale = scale_of(group);
        let per_step = if scale.scale > 0.0 { 1.0 / scale.scale } else { 0.0 };
        for (step, value) in steps.iter_mut().zip(group) {
            *step = nearest(value * per_step + scale.zero);
        }
    }
}

/// The smallest scale whose 256 steps reach from the least to the largest value, and zero.
#[inline(always)]
fn scale_of(group: &[f32]) -> Scale {
    let least = fold(group, 0.0, |least, value| if value < least { value } else { least });
    let largest = fold(group, 0.0, |largest, value| if value > largest { value } else { largest });
    // Zero, or NaN where a value is not finite: comparisons alone would hide it.
    let nothing = fold_with(group, 0.0, |sum, value| sum + value * 0.0, |a, b| a + b);
    let scale = (largest - least) / 255.0;
    let zero = if scale > 0.0 { f32::from(nearest(-least / scale)) } else { 0.0 };
    Scale { scale: scale + nothing, zero }
}

/// The nearest whole number within a byte, ties to even.
#[inline(always)]
fn nearest(value: f32) -> u8 {
    /// Added to a number below 2^22, it leaves the nearest whole number in the low bits.
    const ROUND: f32 = 12_582_912.0;
    let value = if value > 0.0 { value } else { 0.0 };
    let value = if value < 255.0 { value } else { 255.0 };
    (value + ROUND).to_bits() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_within_half_a_step() {
        let values: Vec<f32> = (0..2 * GROUP).map(|i| ((i * 37) % 101) as f32 / 20.0 - 1.0).collect();
        let mut rows = QuantizedRows::default();
        rows.quantize(&values, values.len());
        assert_eq!((rows.count(), rows.scales(0).len()), (1, 2));
        for (group, values) in values.chunks(GROUP).enumerate() {
            let Scale { scale, zero } = rows.scales(0)[group];
            for (step, value) in rows.steps(0)[group].as_flattened().as_flattened().iter().zip(values) {
                assert!(((f32::from(*step) - zero) * scale - value).abs() <= scale * 0.501);
            }
        }
    }

    #[test]
    fn zero_is_a_step_and_nothing_but_zeros_stays_zero() {
        let mut rows = QuantizedRows::default();
        rows.quantize(&[[0.0; GROUP], [3.0; GROUP], [-3.0; GROUP]].concat(), GROUP);
        assert_eq!(rows.scales(0), [Scale { scale: 0.0, zero: 0.0 }]);
        assert_eq!(rows.scales(1), [Scale { scale: 3.0 / 255.0, zero: 0.0 }]);
        assert_eq!(rows.scales(2), [Scale { scale: 3.0 / 255.0, zero: 255.0 }]);
        assert_eq!(rows.steps(2)[0].as_flattened().as_flattened(), [0; GROUP]);
    }

    #[test]
    fn what_is_not_finite_stays_visible() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut values = [1.0; GROUP];
            values[17] = bad;
            let mut rows = QuantizedRows::default();
            rows.quantize(&values, GROUP);
            assert!(!rows.scales(0)[0].scale.is_finite());
        }
    }
}
