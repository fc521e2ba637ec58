//! Experts' judgments in, the panel's result out.

pub mod statistics;
