//! AI-assisted shortlisting for award programmes.
#![warn(missing_docs)]

pub mod classify;
pub mod clean;
pub mod cli;
pub mod dedupe;
pub mod digest;
pub mod embed;
pub mod eval;
pub mod intake;
pub mod model;
pub mod nomination;
pub mod passages;
pub mod pipeline;
pub mod programme;
pub mod progress;
pub mod random;
pub mod report;
pub mod score;
pub mod select;
