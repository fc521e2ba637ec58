use std::borrow::Cow;

use half::f16;

/// Weights in a Q4_0 block: an f16 scale, then 16 bytes; byte j holds weight j in its low and weight j + 16 in its high
/// half, each as value + 8.
const BLOCK: usize = 32;
const BLOCK_BYTES: usize = 18;

/// A `[rows, columns]` table read row by row, such as the word embeddings: most of its rows are never needed.
#[derive(Debug, Clone)]
pub struct RowTable {
    /// Rows, columns.
    shape: [usize; 2],
    data: Data,
}

#[derive(Debug, Clone)]
enum Data {
    F32(Vec<f32>),
    /// Left as in the file; inside the executable they are not even copied.
    Q4_0(Cow<'static, [u8]>),
}

impl RowTable {
    pub(super) fn f32(rows: usize, columns: usize, values: Vec<f32>) -> Self {
        assert_eq!(values.len(), rows * columns, "a table is a whole number of rows");
        Self { shape: [rows, columns], data: Data::F32(values) }
    }

    /// Nothing when `bytes` are not the blocks of `rows` rows that each end with a block.
    pub(super) fn q4_0(rows: usize, columns: usize, bytes: Cow<'static, [u8]>) -> Option<Self> {
        let fits = columns.is_multiple_of(BLOCK) && bytes.len() == rows * columns / BLOCK * BLOCK_BYTES;
        fits.then_some(Self { shape: [rows, columns], data: Data::Q4_0(bytes) })
    }

    /// `[rows, columns]`.
    pub fn shape(&self) -> [usize; 2] {
        self.shape
    }

    pub(super) fn dims(&self) -> &[usize] {
        &self.shape
    }

    /// Adds row `index` to `out`, `[columns]`.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn add_row(&self, index: usize, out: &mut [f32]) {
        let [rows, columns] = self.shape;
        assert!(index < rows && out.len() == columns, "row {index} of {rows}");
        match &self.data {
            Data::F32(values) => {
                let row = &values[index * columns..][..columns];
                out.iter_mut().zip(row).for_each(|(out, value)| *out += value);
            }
            Data::Q4_0(bytes) => {
                let row = columns / BLOCK * BLOCK_BYTES;
                let blocks = bytes[index * row..][..row].chunks_exact(BLOCK_BYTES);
                out.chunks_exact_mut(BLOCK).zip(blocks).for_each(|(out, block)| add_block(block, out));
            }
        }
    }

    /// All values, row-major.
    pub fn to_vec(&self) -> Vec<f32> {
        match &self.data {
            Data::F32(values) => values.clone(),
            Data::Q4_0(bytes) => {
                let mut values = Vec::with_capacity(self.shape[0] * self.shape[1]);
                bytes.chunks_exact(BLOCK_BYTES).for_each(|block| values.extend_from_slice(&block_values(block)));
                values
            }
        }
    }

    /// The first value or scale that is not finite.
    pub(super) fn not_finite(&self) -> Option<f32> {
        match &self.data {
            Data::F32(values) => values.iter().copied().find(|value| !value.is_finite()),
            Data::Q4_0(bytes) => bytes.chunks_exact(BLOCK_BYTES).map(scale).find(|scale| !scale.is_finite()),
        }
    }
}

fn scale(block: &[u8]) -> f32 {
    f16::from_le_bytes([block[0], block[1]]).to_f32()
}

fn add_block(block: &[u8], out: &mut [f32]) {
    out.iter_mut().zip(block_values(block)).for_each(|(out, value)| *out += value);
}

fn block_values(block: &[u8]) -> [f32; BLOCK] {
    let (scale, mut values) = (scale(block), [0.0; BLOCK]);
    let (low, high) = values.split_at_mut(BLOCK / 2);
    for ((low, high), byte) in low.iter_mut().zip(high).zip(&block[2..]) {
        *low = (f32::from(byte & 15) - 8.0) * scale;
        *high = (f32::from(byte >> 4) - 8.0) * scale;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_q4_0_row_reads_as_candle_reads_it() {
        use candle_core::quantized::{GgmlDType, QTensor};
        use candle_core::{Device, Tensor};
        let values: Vec<f32> = (0..3 * 64).map(|i| ((i * 37) % 101) as f32 / 50.0 - 1.0).collect();
        let tensor = Tensor::from_vec(values, (3, 64), &Device::Cpu).unwrap();
        let quantized = QTensor::quantize(&tensor, GgmlDType::Q4_0).unwrap();
        let expected = quantized.dequantize(&Device::Cpu).unwrap().to_vec2::<f32>().unwrap();
        let table = RowTable::q4_0(3, 64, Cow::Owned(quantized.data().unwrap().into_owned())).unwrap();
        let mut row = vec![1.0; 64];
        table.add_row(2, &mut row);
        assert_eq!(row, expected[2].iter().map(|value| value + 1.0).collect::<Vec<_>>());
        assert_eq!(table.to_vec(), expected.concat());
        assert!(RowTable::q4_0(4, 64, Cow::Owned(quantized.data().unwrap().into_owned())).is_none());
    }
}
