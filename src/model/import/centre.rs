//! The mean vector of texts that have nothing to do with any award.
//!
//! E5 vectors lie in a narrow cone: unrelated texts have a cosine near 0.8. Subtracting what all texts share spreads
//! them, and a mean that was taken beforehand does so without looking at the pool.

use std::fmt::Write as _;

use super::super::{ModelError, ModelSource};
use crate::embed::{Encoder, EncoderOptions, Engine, Role, Vectors};
use crate::progress::Silent;

/// Name of the file inside the model.
pub const FILE: &str = "centre.txt";

/// Embeds `lines` in the role query and gives the mean of the unit vectors, one value a line, rounded to four decimals
/// so that machines with different arithmetic agree.
pub fn of_lines(model: &ModelSource, lines: &[&str]) -> Result<String, ModelError> {
    let options = EncoderOptions { engine: Engine::F32, ..EncoderOptions::default() };
    let encoder = Encoder::load(model, options)?;
    let embedded = encoder.embed(lines, Role::Query, &Silent).map_err(Box::new)?;
    Ok(mean(&embedded.vectors).iter().fold(String::new(), |mut out, value| {
        let value = if value.abs() < 5e-5 { 0.0 } else { *value };
        writeln!(out, "{value:.4}").expect("writing to a string cannot fail");
        out
    }))
}

fn mean(vectors: &Vectors) -> Vec<f64> {
    let mut sum = vec![0.0_f64; vectors.dim()];
    for index in 0..vectors.len() {
        for (total, value) in sum.iter_mut().zip(vectors.row(index)) {
            *total += f64::from(*value);
        }
    }
    sum.iter().map(|total| total / vectors.len() as f64).collect()
}
