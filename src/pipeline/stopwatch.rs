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
    /// Runs `work` and notes how long it took; a stage that works in several goes is noted once.
    pub fn time<T>(&mut self, stage: &'static str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        let elapsed = start.elapsed();
        match self.0.iter_mut().find(|time| time.stage == stage) {
            Some(time) => time.elapsed += elapsed,
            None => self.0.push(StageTime { stage, elapsed }),
        }
        result
    }

    /// The times so far.
    #[must_use]
    pub fn into_times(self) -> Vec<StageTime> {
        self.0
    }
}
