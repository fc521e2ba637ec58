//! AI-assisted shortlisting for award programmes.
#![warn(missing_docs)]

pub mod classify;
pub mod clean;
pub mod digest;
pub mod intake;
pub mod nomination;
pub mod programme;
pub mod progress;
pub mod report;
pub mod score;
pub mod select;
