//! Products of 8-bit activations with 4-bit weights, exact until they are scaled.
//!
//! A block of 32 weights of one output shares a scale, as in the model's file: nothing is lost there. Activations become
//! 8-bit steps, each group of 64 in a row with a scale and a zero point of its own, so that one outlier costs little.
//! Within a block, steps are multiplied and added in integers; each block's sum is scaled and added in f32, block after
//! block. Integers have one right answer and the f32 steps are the same everywhere, so every kernel gives the same bits:
//! a vector does not depend on the CPU.
//!
//! Four-bit weights are what makes this fast without instructions made for it: sixteen products of an activation up to
//! 255 and a weight from -8 to 7 fit 16 bits, so a whole block is added up before anything is widened.

mod amx;
mod kernel;
mod lanes;
mod rows;
mod weights;
mod x86;

use crate::model::BLOCK;

pub use kernel::Kernel;
pub use rows::QuantizedRows;
pub use weights::Int8Linear;

/// Neighbouring inputs whose products one instruction adds up.
const QUAD: usize = 4;
/// Quads in a block.
const QUADS: usize = BLOCK / QUAD;
/// Blocks whose activations share a scale: a group.
const BLOCKS: usize = 2;
/// Inputs of a group.
const GROUP: usize = BLOCKS * BLOCK;
/// Outputs computed side by side: a tile.
const TILE: usize = 16;
