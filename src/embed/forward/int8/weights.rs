use rayon::prelude::*;

use super::kernel::Kernel;
use super::rows::QuantizedRows;
use super::{BLOCKS, GROUP, QUAD, QUADS, TILE};
use crate::model::RowTable;

/// `[inputs, outputs]` weights as the kernels read them, and their bias.
pub struct Int8Linear {
    inputs: usize,
    outputs: usize,
    four_bit: bool,
    /// `[tiles, groups]`.
    groups: Vec<TileGroup>,
    /// `[tiles]`.
    bias: Vec<[f32; TILE]>,
}

/// A group of inputs of all outputs of a tile.
#[derive(Clone)]
#[repr(C, align(64))]
pub struct TileGroup {
    pub blocks: [TileBlock; BLOCKS],
    /// Sum of each output's weights: what a zero point adds.
    pub sums: [f32; TILE],
}

/// A block of inputs of all outputs of a tile.
#[derive(Clone)]
#[repr(C, align(64))]
pub struct TileBlock {
    pub steps: [QuadSteps; QUADS],
    pub scales: [f32; TILE],
}

/// The weights from one quad of inputs to each output of a tile.
pub type QuadSteps = [[i8; QUAD]; TILE];

impl Int8Linear {
    /// Whether rows of `width` values can be taken in groups, and columns in tiles.
    pub fn fits(width: usize) -> bool {
        width.is_multiple_of(GROUP)
    }

    /// Layers side by side: `[outputs, inputs]` tables and all their biases one after another.
    ///
    /// # Panics
    /// When the tables differ in width or do not fit, their outputs are no whole number of tiles, or the biases are
    /// not as many.
    pub fn new(tables: &[RowTable], bias: &[f32]) -> Self {
        let [_, inputs] = tables[0].shape();
        assert!(Self::fits(inputs) && tables.iter().all(|table| table.shape()[1] == inputs), "{inputs} inputs");
        let rows: Vec<(&RowTable, usize)> =
            tables.iter().flat_map(|table| (0..table.shape()[0]).map(move |row| (table, row))).collect();
        let (bias, no_rest) = bias.as_chunks();
        assert!(no_rest.is_empty() && bias.len() * TILE == rows.len(), "whole tiles, and one bias an output");
        let four_bit = tables.iter().all(RowTable::is_four_bit);
        let mut groups = vec![TileGroup::EMPTY; bias.len() * (inputs / GROUP)];
        groups.par_chunks_mut(inputs / GROUP).zip(rows.par_chunks(TILE)).for_each(|(tile, rows)| fill_tile(tile, rows));
        Self { inputs, outputs: rows.len(), four_bit, groups, bias: bias.to_vec() }
    }

    /// `[inputs, outputs]`.
    pub fn shape(&self) -> [usize; 2] {
        [self.inputs, self.outputs]
    }

    /// Whether all weights are from -8 to 7.
    pub fn is_four_bit(&self) -> bool {
        self.four_bit
    }

    /// Tile after tile of outputs.
    pub fn tiles(&self) -> impl Iterator<Item = (&[TileGroup], &[f32; TILE])> {
        self.groups.chunks_exact(self.inputs / GROUP).zip(&self.bias)
    }

    /// `out = rows * weights + bias`; `[rows, outputs]`.
    pub fn product(&self, kernel: Kernel, rows: &QuantizedRows, out: &mut Vec<f32>) {
        out.resize(rows.count() * self.outputs, 0.0);
        kernel.product(self, rows, out);
    }
}

impl TileGroup {
    const EMPTY: Self = Self {
        blocks: [const { TileBlock { steps: [[[0; QUAD]; TILE]; QUADS], scales: [0.0; TILE] } }; BLOCKS],
        sums: [0.0; TILE],
    };
}

/// Puts the weights of [`TILE`] outputs into an empty tile.
fn fill_tile(tile: &mut [TileGroup], rows: &[(&RowTable, usize)]) {
    for (output, (table, row)) in rows.iter().enumerate() {
        for (group_index, group) in tile.iter_mut().enumerate() {
            for (block_index, block) in group.blocks.iter_mut().enumerate() {
                let source = table.block(*row, group_index * BLOCKS + block_index);
                let (quads, _) = source.steps.as_chunks::<QUAD>();
                for (to, from) in block.steps.iter_mut().zip(quads) {
                    to[output] = *from;
                }
                block.scales[output] = source.scale;
                let sum: i32 = source.steps.iter().map(|&step| i32::from(step)).sum();
                group.sums[output] += source.scale * sum as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_side_by_side_give_their_products_side_by_side() {
        let sample = |count: usize, step: usize| -> Vec<f32> {
            (0..count).map(|index| ((index * step) % 1009) as f32 / 504.5 - 1.0).collect()
        };
        let (inputs, outputs, count) = (2 * GROUP, 24, 5);
        let weights = [sample(outputs * inputs, 811), sample(outputs * inputs, 17)];
        let tables = weights.each_ref().map(|weights| RowTable::f32(outputs, inputs, weights.clone()));
        let (bias, input) = (sample(2 * outputs, 29), sample(count * inputs, 613));
        let mut rows = QuantizedRows::default();
        rows.quantize(&input, inputs);
        let mut out = Vec::new();
        Int8Linear::new(&tables, &bias).product(Kernel::Portable, &rows, &mut out);
        assert_eq!(out.len(), count * 2 * outputs);
        for (index, value) in out.iter().enumerate() {
            let (row, output) = (index / (2 * outputs), index % (2 * outputs));
            let weights = &weights[output / outputs][output % outputs * inputs..][..inputs];
            let exact: f32 = weights.iter().zip(&input[row * inputs..]).map(|(a, b)| a * b).sum();
            assert!((value - exact - bias[output]).abs() < 0.2, "{value} {exact}");
        }
    }
}
