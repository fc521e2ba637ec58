use std::hint::black_box;

use super::rows::{QuantizedRows, Scale};
use super::weights::{Int8Linear, QuadSteps, TileGroup};
use super::{QUAD, QUADS, TILE};

/// The instructions of one kind of CPU, for one row and the [`TILE`] outputs of a tile.
///
/// # Safety
/// The methods may only be called where those instructions are there.
pub unsafe trait Lanes {
    /// Sums of products within a block.
    type Dots: Copy;
    /// Sums over blocks, in f32.
    type Sums: Copy;

    unsafe fn no_dots() -> Self::Dots;
    /// `dots[o] += inputs . steps[o]`.
    unsafe fn add(dots: Self::Dots, inputs: [u8; QUAD], steps: &QuadSteps) -> Self::Dots;
    unsafe fn load(values: &[f32; TILE]) -> Self::Sums;
    /// `sums[o] += dots[o] * scales[o]`, in one rounding.
    unsafe fn close_block(dots: Self::Dots, scales: &[f32; TILE], sums: Self::Sums) -> Self::Sums;
    /// `total[o] += (sums[o] - zero * weight_sums[o]) * scale`, in two roundings.
    unsafe fn close_group(sums: Self::Sums, scale: Scale, weight_sums: &[f32; TILE], total: Self::Sums) -> Self::Sums;
    unsafe fn store(total: Self::Sums) -> [f32; TILE];
}

/// `out = rows * linear`, tile by tile, `ROWS` rows at a time: a tile's weights stay in the nearest cache.
///
/// # Safety
/// The instructions of `L` must be there.
#[inline(always)]
pub unsafe fn product<L: Lanes, const ROWS: usize>(linear: &Int8Linear, rows: &QuantizedRows, out: &mut [f32]) {
    let [_, outputs] = linear.shape();
    for (tile, (groups, bias)) in linear.tiles().enumerate() {
        let start = tile * TILE;
        let mut columns = Columns { out: &mut *out, outputs, start, count: TILE.min(outputs - start) };
        let mut row = 0;
        // SAFETY: the caller vouches for the instructions.
        unsafe {
            while row + ROWS <= rows.count() {
                several::<L, ROWS>(rows, row, groups, bias, &mut columns);
                row += ROWS;
            }
            while row < rows.count() {
                several::<L, 1>(rows, row, groups, bias, &mut columns);
                row += 1;
            }
        }
    }
}

/// Where a tile's results go: some columns of `[rows, outputs]`.
pub struct Columns<'a> {
    pub out: &'a mut [f32],
    pub outputs: usize,
    pub start: usize,
    /// At most [`TILE`].
    pub count: usize,
}

impl Columns<'_> {
    #[inline(always)]
    pub fn put(&mut self, row: usize, values: [f32; TILE]) {
        let out = &mut self.out[row * self.outputs + self.start..][..self.count];
        match out.first_chunk_mut::<TILE>() {
            Some(out) => *out = values,
            None => out.copy_from_slice(&values[..self.count]),
        }
    }
}

/// One tile of the rows from `first` on.
#[inline(always)]
pub unsafe fn several<L: Lanes, const ROWS: usize>(
    rows: &QuantizedRows,
    first: usize,
    groups: &[TileGroup],
    bias: &[f32; TILE],
    columns: &mut Columns<'_>,
) {
    // Unknown to the compiler, which would unroll the loop and run out of registers.
    let quads = black_box(QUADS);
    let count = groups.len();
    let steps: [_; ROWS] = std::array::from_fn(|row| &rows.steps(first + row)[..count]);
    let scales: [_; ROWS] = std::array::from_fn(|row| &rows.scales(first + row)[..count]);
    // SAFETY: the caller vouches for the instructions.
    unsafe {
        let mut totals = [L::load(bias); ROWS];
        for (index, group) in groups.iter().enumerate() {
            let mut sums = [L::load(&[0.0; TILE]); ROWS];
            for (block_index, block) in group.blocks.iter().enumerate() {
                let mut dots = [L::no_dots(); ROWS];
                for (quad, weights) in block.steps.iter().enumerate().take(quads) {
                    for row in 0..ROWS {
                        dots[row] = L::add(dots[row], steps[row][index][block_index][quad], weights);
                    }
                }
                for row in 0..ROWS {
                    sums[row] = L::close_block(dots[row], &block.scales, sums[row]);
                }
            }
            for row in 0..ROWS {
                totals[row] = L::close_group(sums[row], scales[row][index], &group.sums, totals[row]);
            }
        }
        for (row, total) in totals.into_iter().enumerate() {
            columns.put(first + row, L::store(total));
        }
    }
}

/// Plain Rust: what every other kernel must agree with.
pub struct Portable;

// SAFETY: no special instructions.
unsafe impl Lanes for Portable {
    type Dots = [i32; TILE];
    type Sums = [f32; TILE];

    unsafe fn no_dots() -> [i32; TILE] {
        [0; TILE]
    }

    #[inline(always)]
    unsafe fn add(mut dots: [i32; TILE], inputs: [u8; QUAD], steps: &QuadSteps) -> [i32; TILE] {
        for (dot, steps) in dots.iter_mut().zip(steps) {
            for (input, step) in inputs.iter().zip(steps) {
                *dot += i32::from(*input) * i32::from(*step);
            }
        }
        dots
    }

    unsafe fn load(values: &[f32; TILE]) -> [f32; TILE] {
        *values
    }

    #[inline(always)]
    unsafe fn close_block(dots: [i32; TILE], scales: &[f32; TILE], sums: [f32; TILE]) -> [f32; TILE] {
        std::array::from_fn(|o| (dots[o] as f32).mul_add(scales[o], sums[o]))
    }

    #[inline(always)]
    unsafe fn close_group(
        sums: [f32; TILE],
        Scale { scale, zero }: Scale,
        weight_sums: &[f32; TILE],
        total: [f32; TILE],
    ) -> [f32; TILE] {
        std::array::from_fn(|o| (-zero).mul_add(weight_sums[o], sums[o]).mul_add(scale, total[o]))
    }

    unsafe fn store(total: [f32; TILE]) -> [f32; TILE] {
        total
    }
}
