//! How long each stage took.

use std::time::{Duration, Instant};

/// Wall-clock time of one stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageTime {
    /// Name of the stage.
    pub stage: &'static str,
    /// How long it ran.
    pub elapsed: Duration,
}

/// Collects stage times in the order in which the stages ran.
#[derive(Debug, Default)]
pub struct Stopwatch(Vec<StageTime>);

impl Stopwatch {
    /// Runs `work` and notes how long it took.
    pub fn time<T>(&mut self, stage: &'static str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.0.push(StageTime { stage, elapsed: start.elapsed() });
        result
    }

    /// The times so far.
    #[must_use]
    pub fn into_times(self) -> Vec<StageTime> {
        self.0
    }
}
