//! The kernel for AMX: sixteen rows and sixteen outputs in one instruction.
//!
//! The matrix unit gives a block's integer sums; AVX-512 scales and adds them as the other kernels do. Rust has no
//! stable intrinsics for AMX yet, hence the assembly. Intel, "Architecture Instruction Set Extensions Programming
//! Reference", chapter 3; the request to the kernel is in Linux' Documentation/arch/x86/xstate.rst.
#![cfg(target_arch = "x86_64")]

use std::arch::asm;
use std::arch::x86_64::*;

use super::lanes::{Columns, Lanes, several};
use super::rows::{QuantizedRows, RowBlock};
use super::weights::{Int8Linear, QuadSteps, TileGroup};
use super::x86::Zmm;
use super::{BLOCKS, QUAD, QUADS, TILE};
use crate::model::BLOCK;

/// Rows a tile register holds.
const ROWS: usize = 16;

/// Whether the CPU has AMX for bytes and the system lets this process use it.
pub fn is_available() -> bool {
    const TILE_STATE: u64 = 0b11 << 17;
    const AMX_TILE_AND_INT8: u32 = 0b11 << 24;
    let avx512 = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni");
    if !avx512 || !is_x86_feature_detected!("xsave") || cpuid(0).eax < 7 {
        return false;
    }
    // SAFETY: XSAVE was detected, and the system uses it, or AVX-512 would not have been.
    let enabled = unsafe { enabled_states() } & TILE_STATE == TILE_STATE;
    enabled && cpuid(7).edx & AMX_TILE_AND_INT8 == AMX_TILE_AND_INT8 && request_tile_data()
}

fn cpuid(leaf: u32) -> CpuidResult {
    #[allow(unused_unsafe, reason = "the oldest compiler we support asks for it")]
    // SAFETY: every x86-64 CPU has this instruction.
    unsafe {
        __cpuid_count(leaf, 0)
    }
}

/// The register states that the system saves: XCR0.
#[target_feature(enable = "xsave")]
fn enabled_states() -> u64 {
    // SAFETY: register 0 is there with XSAVE.
    unsafe { _xgetbv(0) }
}

/// Nobody else was asked how to.
#[cfg(not(target_os = "linux"))]
fn request_tile_data() -> bool {
    false
}

/// Asks Linux for the tile registers: `arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA)`, for the whole process.
#[cfg(target_os = "linux")]
fn request_tile_data() -> bool {
    const SYS_ARCH_PRCTL: i64 = 158;
    const ARCH_REQ_XCOMP_PERM: u64 = 0x1023;
    const XFEATURE_XTILEDATA: u64 = 18;
    let result: i64;
    // SAFETY: the call takes two numbers and touches no memory of ours.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") SYS_ARCH_PRCTL => result,
            in("rdi") ARCH_REQ_XCOMP_PERM,
            in("rsi") XFEATURE_XTILEDATA,
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    result == 0
}

/// What `ldtilecfg` reads: palette 1, and for each register its rows and bytes a row.
#[repr(C, align(64))]
struct Configuration {
    palette: u8,
    start_row: u8,
    reserved: [u8; 14],
    row_bytes: [u16; 16],
    rows: [u8; 16],
}

/// tmm0: 32-bit sums; tmm1: a block of inputs of sixteen rows; tmm2: a tile block's steps, a row for each quad.
const CONFIGURATION: Configuration = {
    let mut row_bytes = [0; 16];
    let mut rows = [0; 16];
    (rows[0], row_bytes[0]) = (ROWS as u8, 4 * TILE as u16);
    (rows[1], row_bytes[1]) = (ROWS as u8, BLOCK as u16);
    (rows[2], row_bytes[2]) = (QUADS as u8, (QUAD * TILE) as u16);
    Configuration { palette: 1, start_row: 0, reserved: [0; 14], row_bytes, rows }
};

#[target_feature(enable = "avx512f,avx512vnni")]
pub fn product(linear: &Int8Linear, rows: &QuantizedRows, out: &mut [f32]) {
    let [_, outputs] = linear.shape();
    // SAFETY: the configuration has the layout and the values that palette 1 allows.
    unsafe { asm!("ldtilecfg [{}]", in(reg) &CONFIGURATION, options(nostack, readonly)) };
    for (tile, (groups, bias)) in linear.tiles().enumerate() {
        let start = tile * TILE;
        let mut columns = Columns { out: &mut *out, outputs, start };
        let whole = rows.count() / ROWS * ROWS;
        for first in (0..whole).step_by(ROWS) {
            sixteen_rows(rows, first, groups, bias, &mut columns);
        }
        for row in whole..rows.count() {
            // SAFETY: this function's features are those that the lanes need.
            unsafe { several::<Zmm, 1>(rows, row, groups, bias, &mut columns) };
        }
    }
    // SAFETY: the tile registers are not used after this.
    unsafe { asm!("tilerelease", options(nomem, nostack)) };
}

#[target_feature(enable = "avx512f,avx512vnni")]
#[inline]
fn sixteen_rows(
    rows: &QuantizedRows,
    first: usize,
    groups: &[TileGroup],
    bias: &[f32; TILE],
    columns: &mut Columns<'_>,
) {
    let steps: &[[RowBlock; BLOCKS]] = rows.steps(first);
    let scales: [_; ROWS] = std::array::from_fn(|row| &rows.scales(first + row)[..groups.len()]);
    // The first and the sixteenth row are there, so those between are.
    assert!(steps.len() == groups.len() && rows.steps(first + ROWS - 1).len() == groups.len(), "rows differ in width");
    // SAFETY: this function's features are those that the lanes need; `dot_blocks` is given what it asks for.
    unsafe {
        let mut totals = [Zmm::load(bias); ROWS];
        for (index, group) in groups.iter().enumerate() {
            let mut sums = [Zmm::load(&[0.0; TILE]); ROWS];
            for (block_index, block) in group.blocks.iter().enumerate() {
                let dots = dot_blocks(&raw const steps[index][block_index], size_of_val(steps), &block.steps);
                for (sum, dots) in sums.iter_mut().zip(&dots.0) {
                    *sum = Zmm::close_block(_mm512_loadu_si512(dots.as_ptr().cast()), &block.scales, *sum);
                }
            }
            for row in 0..ROWS {
                totals[row] = Zmm::close_group(sums[row], scales[row][index], &group.sums, totals[row]);
            }
        }
        for (row, total) in totals.into_iter().enumerate() {
            Zmm::store(total, columns.of(first + row));
        }
    }
}

#[repr(C, align(64))]
struct Dots([[i32; TILE]; ROWS]);

/// The products of a block of sixteen rows with a tile's weights.
///
/// # Safety
/// The tile registers are configured, and `inputs` is the first of sixteen blocks that lie `stride` bytes apart.
#[inline(always)]
unsafe fn dot_blocks(inputs: *const RowBlock, stride: usize, steps: &[QuadSteps; QUADS]) -> Dots {
    let mut dots = Dots([[0; TILE]; ROWS]);
    // SAFETY: the registers are configured for these sizes: sixteen rows of 32 bytes, `stride` apart, eight rows of 64
    // bytes, sixteen rows of 64 bytes.
    unsafe {
        asm!(
            "tilezero tmm0",
            "tileloadd tmm1, [{inputs} + {stride}]",
            "tileloadd tmm2, [{steps} + {row}]",
            "tdpbusd tmm0, tmm1, tmm2",
            "tilestored [{dots} + {row}], tmm0",
            inputs = in(reg) inputs,
            stride = in(reg) stride,
            steps = in(reg) steps.as_ptr(),
            row = in(reg) 64_usize,
            dots = in(reg) dots.0.as_mut_ptr(),
            out("tmm0") _,
            out("tmm1") _,
            out("tmm2") _,
            options(nostack),
        );
    }
    dots
}
