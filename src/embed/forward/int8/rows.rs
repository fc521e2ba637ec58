use rten_simd::ops::{BitOps, FloatOps, NarrowSaturate, NumOps};
use rten_simd::{Isa, Simd, SimdOp};

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
        QuantizeGroups { values, scales: &mut self.scales, steps }.dispatch();
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

struct QuantizeGroups<'a> {
    values: &'a [f32],
    scales: &'a mut [Scale],
    steps: &'a mut [u8],
}

impl SimdOp for QuantizeGroups<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, isa: I) {
        let groups = self.values.chunks_exact(GROUP).zip(self.steps.chunks_exact_mut(GROUP));
        for ((group, steps), scale) in groups.zip(self.scales) {
            *scale = scale_of(isa, group);
            let per_step = if scale.scale > 0.0 { 1.0 / scale.scale } else { 0.0 };
            quantize(isa, group, per_step, scale.zero, steps);
        }
    }
}

/// The smallest scale whose 256 steps reach from the least to the largest value, and zero.
#[inline(always)]
fn scale_of<I: Isa>(isa: I, group: &[f32]) -> Scale {
    let ops = isa.f32();
    let (mut least, mut largest, mut nothing) = (ops.zero(), ops.zero(), ops.zero());
    for values in group.chunks_exact(ops.len()) {
        let values = ops.load(values);
        least = ops.min(values, least);
        largest = ops.max(values, largest);
        // Zero, or NaN where a value is not finite: comparisons alone would hide it.
        nothing = ops.mul_add(values, ops.zero(), nothing);
    }
    let fold = |values: &[f32], step: fn(f32, f32) -> f32| values.iter().copied().fold(0.0, step);
    let least = fold(least.to_array().as_ref(), f32::min);
    let largest = fold(largest.to_array().as_ref(), f32::max);
    let nothing = fold(nothing.to_array().as_ref(), |a, b| a + b);
    let scale = (largest - least) / 255.0;
    let zero = if scale > 0.0 { (-least / scale).round_ties_even() } else { 0.0 };
    Scale { scale: scale + nothing, zero }
}

/// `steps = values * per_step + zero`, rounded, within a byte.
#[inline(always)]
fn quantize<I: Isa>(isa: I, values: &[f32], per_step: f32, zero: f32, steps: &mut [u8]) {
    /// Vectors of numbers that become one of bytes.
    const VECTORS: usize = 4;
    let ops = isa.f32();
    let (per_step, zero) = (ops.splat(per_step), ops.splat(zero));
    let vectors = values.chunks_exact(VECTORS * ops.len()).zip(steps.chunks_exact_mut(VECTORS * ops.len()));
    for (values, steps) in vectors {
        let [a, b, c, d] = ops.load_many::<VECTORS>(values).map(
            #[inline(always)]
            |values| ops.to_int_round(ops.mul_add(values, per_step, zero)),
        );
        let words = isa.i32();
        let (low, high) = (words.narrow_saturate(a, b), words.narrow_saturate(c, d));
        isa.u8().store(isa.i16().narrow_saturate(low, high), steps);
    }
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
