//! How stages tell that they are getting on, without knowing who listens.

/// Receives progress; [`Silent`] here, a bar and plain lines in `cli`.
pub trait Progress: Sync {
    /// A stage begins that will do `total` units of work (0: unknown); `unit` is what is counted.
    fn start(&self, stage: &str, total: u64, unit: &str);
    /// `done` more units are finished. May be called from any thread.
    fn advance(&self, done: u64);
    /// The stage is over.
    fn finish(&self);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _stage: &str, _total: u64, _unit: &str) {}
    fn advance(&self, _done: u64) {}
    fn finish(&self) {}
}
