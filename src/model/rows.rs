use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use half::f16;

/// Weights in a Q4_0 block: an f16 scale, then 16 bytes; byte j holds weight j in its low and weight j + 16 in its high
/// half, each as value + 8.
pub const BLOCK: usize = 32;
const BLOCK_BYTES: usize = 18;

/// The largest step of a [`Block`] made from f32 weights: 7 bits with the sign.
const MAX_STEP: f32 = 63.0;

/// A `[rows, columns]` table of weights, read row by row or block by block.
#[derive(Debug, Clone)]
pub struct RowTable {
    rows: usize,
    columns: usize,
    data: Data,
}

#[derive(Debug, Clone)]
enum Data {
    F32(Arc<[f32]>),
    /// A part of the file, left as it is; inside the executable it is not even copied.
    Q4_0(Arc<Cow<'static, [u8]>>, Range<usize>),
}

/// [`BLOCK`] neighbours of a row: weight i is `steps[i] * scale`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Block {
    /// Whole numbers.
    pub steps: [i8; BLOCK],
    /// What a step is worth.
    pub scale: f32,
}

impl RowTable {
    pub(crate) fn f32(rows: usize, columns: usize, values: Vec<f32>) -> Self {
        assert_eq!(values.len(), rows * columns, "a table is a whole number of rows");
        Self { rows, columns, data: Data::F32(values.into()) }
    }

    /// The blocks that begin at `start` of `file`. Nothing when it ends before them, or rows end within a block.
    pub(crate) fn q4_0(rows: usize, columns: usize, file: &Arc<Cow<'static, [u8]>>, start: usize) -> Option<Self> {
        let length = rows.checked_mul(columns / BLOCK)?.checked_mul(BLOCK_BYTES)?;
        let range = start..start.checked_add(length)?;
        let fits = columns.is_multiple_of(BLOCK) && range.end <= file.len();
        fits.then(|| Self { rows, columns, data: Data::Q4_0(Arc::clone(file), range) })
    }

    /// `[rows, columns]`.
    pub fn shape(&self) -> [usize; 2] {
        [self.rows, self.columns]
    }

    /// Adds row `index` to `out`, `[columns]`.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn add_row(&self, index: usize, out: &mut [f32]) {
        assert!(index < self.rows && out.len() == self.columns, "row {index} of {}", self.rows);
        match &self.data {
            Data::F32(values) => {
                let row = &values[index * self.columns..][..self.columns];
                out.iter_mut().zip(row).for_each(|(out, value)| *out += value);
            }
            Data::Q4_0(file, range) => {
                let row = self.columns / BLOCK * BLOCK_BYTES;
                let blocks = file[range.clone()][index * row..][..row].chunks_exact(BLOCK_BYTES);
                out.chunks_exact_mut(BLOCK).zip(blocks).for_each(|(out, block)| add_block(block, out));
            }
        }
    }

    /// Whether the steps of all blocks are from -8 to 7.
    pub fn is_four_bit(&self) -> bool {
        matches!(self.data, Data::Q4_0(..))
    }

    /// Block `block` of row `row`: as it is in the file, or the nearest with steps from -63 to 63.
    ///
    /// # Panics
    /// When there is no such block.
    pub fn block(&self, row: usize, block: usize) -> Block {
        assert!(row < self.rows && block < self.columns / BLOCK, "block {block} of row {row}");
        match &self.data {
            Data::F32(values) => nearest_block(&values[row * self.columns + block * BLOCK..][..BLOCK]),
            Data::Q4_0(file, range) => {
                let bytes = &file[range.start + (row * (self.columns / BLOCK) + block) * BLOCK_BYTES..][..BLOCK_BYTES];
                let step = |nibble: u8| nibble as i8 - 8;
                let mut steps = [0; BLOCK];
                for (index, byte) in bytes[2..].iter().enumerate() {
                    steps[index] = step(byte & 15);
                    steps[index + BLOCK / 2] = step(byte >> 4);
                }
                Block { steps, scale: scale(bytes) }
            }
        }
    }

    /// All values, row-major.
    pub fn to_vec(&self) -> Vec<f32> {
        let mut values = vec![0.0; self.rows * self.columns];
        values.chunks_exact_mut(self.columns).enumerate().for_each(|(index, row)| self.add_row(index, row));
        values
    }

    /// The first value or scale that is not finite.
    pub(super) fn not_finite(&self) -> Option<f32> {
        match &self.data {
            Data::F32(values) => values.iter().copied().find(|value| !value.is_finite()),
            Data::Q4_0(file, range) => {
                file[range.clone()].chunks_exact(BLOCK_BYTES).map(scale).find(|scale| !scale.is_finite())
            }
        }
    }
}

fn scale(block: &[u8]) -> f32 {
    f16::from_le_bytes([block[0], block[1]]).to_f32()
}

fn nearest_block(weights: &[f32]) -> Block {
    let largest = weights.iter().fold(0.0_f32, |largest, weight| largest.max(weight.abs()));
    let scale = largest / MAX_STEP;
    let per_step = if scale > 0.0 { 1.0 / scale } else { 0.0 };
    Block { steps: std::array::from_fn(|index| (weights[index] * per_step).round() as i8), scale }
}

fn add_block(block: &[u8], out: &mut [f32]) {
    let scale = scale(block);
    let (low, high) = out.split_at_mut(BLOCK / 2);
    for ((low, high), byte) in low.iter_mut().zip(high).zip(&block[2..]) {
        *low += (f32::from(byte & 15) - 8.0) * scale;
        *high += (f32::from(byte >> 4) - 8.0) * scale;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q4_0_reads_as_candle_reads_it() {
        use candle_core::quantized::{GgmlDType, QTensor};
        use candle_core::{Device, Tensor};
        let values: Vec<f32> = (0..3 * 64).map(|i| ((i * 37) % 101) as f32 / 50.0 - 1.0).collect();
        let tensor = Tensor::from_vec(values, (3, 64), &Device::Cpu).unwrap();
        let quantized = QTensor::quantize(&tensor, GgmlDType::Q4_0).unwrap();
        let expected = quantized.dequantize(&Device::Cpu).unwrap().to_vec2::<f32>().unwrap();
        let file = Arc::new(Cow::Owned([&[7; 5], &*quantized.data().unwrap()].concat()));
        let table = RowTable::q4_0(3, 64, &file, 5).unwrap();
        let mut row = vec![1.0; 64];
        table.add_row(2, &mut row);
        assert_eq!(row, expected[2].iter().map(|value| value + 1.0).collect::<Vec<_>>());
        assert_eq!(table.to_vec(), expected.concat());
        let block = table.block(2, 1);
        assert_eq!(block.steps.map(|step| f32::from(step) * block.scale), expected[2][32..]);
        assert!(RowTable::q4_0(4, 64, &file, 5).is_none());
        assert!(RowTable::q4_0(3, 64, &file, 6).is_none());
    }

    #[test]
    fn f32_weights_become_blocks_of_seven_bits() {
        let values: Vec<f32> =
            (0..64).map(|i| if i < 32 { 0.0 } else { ((i * 37) % 101) as f32 / 50.0 - 1.0 }).collect();
        let table = RowTable::f32(1, 64, values.clone());
        assert_eq!(table.block(0, 0), Block { steps: [0; BLOCK], scale: 0.0 });
        let block = table.block(0, 1);
        for (step, value) in block.steps.iter().zip(&values[32..]) {
            assert!((f32::from(*step) * block.scale - value).abs() <= block.scale * 0.501);
        }
    }
}
