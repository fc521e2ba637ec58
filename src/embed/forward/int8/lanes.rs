use std::hint::black_box;

use super::rows::{QuantizedRows, RowBlock, Scale};
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

    /// `inputs . steps[o]`.
    unsafe fn multiply(inputs: [u8; QUAD], steps: &QuadSteps) -> Self::Dots;
    /// `dots[o] += inputs . steps[o]`.
    unsafe fn add(dots: Self::Dots, inputs: [u8; QUAD], steps: &QuadSteps) -> Self::Dots;
    /// Gives `place` back, to the compiler as if it could be known only after `dots`: or else it loads far more ahead
    /// than the registers hold.
    unsafe fn after<T>(dots: Self::Dots, place: &T) -> &T;
    unsafe fn load(values: &[f32; TILE]) -> Self::Sums;
    /// `sums[o] += dots[o] * scales[o]`, in one rounding.
    unsafe fn close_block(dots: Self::Dots, scales: &[f32; TILE], sums: Self::Sums) -> Self::Sums;
    /// `total[o] += (sums[o] - zero * weight_sums[o]) * scale`, in two roundings.
    unsafe fn close_group(sums: Self::Sums, scale: Scale, weight_sums: &[f32; TILE], total: Self::Sums) -> Self::Sums;
    unsafe fn store(total: Self::Sums, out: &mut [f32; TILE]);
}

/// `out = rows * linear`, tile by tile, `ROWS` rows at a time: a tile's weights stay in the nearest cache.
///
/// # Safety
/// The instructions of `L` must be there.
#[inline(always)]
pub unsafe fn product<L: Lanes, const ROWS: usize>(linear: &Int8Linear, rows: &QuantizedRows, out: &mut [f32]) {
    black_box(CacheLine([0; 64]));
    let [_, outputs] = linear.shape();
    for (tile, (groups, bias)) in linear.tiles().enumerate() {
        let start = tile * TILE;
        let mut columns = Columns { out: &mut *out, outputs, start };
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

/// On the stack, it makes the compiler align what it keeps there; vectors that lie across two pages would take long.
#[repr(align(64))]
struct CacheLine(#[expect(dead_code, reason = "only its place matters")] [u8; 64]);

/// Where a tile's results go: [`TILE`] columns of `[rows, outputs]`.
pub struct Columns<'a> {
    pub out: &'a mut [f32],
    pub outputs: usize,
    pub start: usize,
}

impl Columns<'_> {
    #[inline(always)]
    pub fn of(&mut self, row: usize) -> &mut [f32; TILE] {
        self.out[row * self.outputs + self.start..].first_chunk_mut().expect("a row is a whole number of tiles")
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
    let count = groups.len();
    let steps: [_; ROWS] = std::array::from_fn(|row| &rows.steps(first + row)[..count]);
    let scales: [_; ROWS] = std::array::from_fn(|row| &rows.scales(first + row)[..count]);
    // SAFETY: the caller vouches for the instructions.
    unsafe {
        let mut totals = [L::load(bias); ROWS];
        for (index, group) in groups.iter().enumerate() {
            let mut sums = [L::load(&[0.0; TILE]); ROWS];
            for (block_index, block) in group.blocks.iter().enumerate() {
                let mut inputs: [&RowBlock; ROWS] = steps.map(|steps| &steps[index][block_index]);
                let mut weights = &block.steps;
                let mut dots: [_; ROWS] = std::array::from_fn(
                    #[inline(always)]
                    |row| L::multiply(inputs[row][0], &weights[0]),
                );
                for quad in 1..QUADS {
                    weights = L::after(dots[ROWS - 1], weights);
                    for row in 0..ROWS {
                        inputs[row] = L::after(dots[row], inputs[row]);
                        dots[row] = L::add(dots[row], inputs[row][quad], &weights[quad]);
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
            L::store(total, columns.of(first + row));
        }
    }
}

/// Plain Rust: what every other kernel must agree with.
pub struct Portable;

// SAFETY: no special instructions.
unsafe impl Lanes for Portable {
    type Dots = [i32; TILE];
    type Sums = [f32; TILE];

    #[inline(always)]
    unsafe fn multiply(inputs: [u8; QUAD], steps: &QuadSteps) -> [i32; TILE] {
        unsafe { Self::add([0; TILE], inputs, steps) }
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

    unsafe fn after<T>(_: [i32; TILE], place: &T) -> &T {
        place
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

    unsafe fn store(total: [f32; TILE], out: &mut [f32; TILE]) {
        *out = total;
    }
}
