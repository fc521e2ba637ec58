//! Progress for people: a bar on a terminal, plain lines elsewhere.

use std::fmt::Write;
use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::progress::Progress;

/// What suits standard error.
pub(super) fn for_stderr() -> Box<dyn Progress> {
    if std::io::stderr().is_terminal() { Box::new(Bar::default()) } else { Box::new(Lines::default()) }
}

/// One bar a stage, with rate and time left.
#[derive(Default)]
struct Bar(Mutex<Option<ProgressBar>>);

impl Bar {
    fn with(&self, action: impl FnOnce(&mut Option<ProgressBar>)) {
        // A poisoned lock means that a worker panicked while it drew; the bar itself is intact.
        action(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

impl Progress for Bar {
    fn start(&self, stage: &str, total: u64, unit: &str) {
        let template =
            format!("{{prefix:>12}} {{wide_bar}} {{human_pos}}/{{human_len}} {unit}  {{rate}}/s  {{eta}} left");
        let style = ProgressStyle::with_template(&template).unwrap_or_else(|_| ProgressStyle::default_bar()).with_key(
            "rate",
            |state: &ProgressState, out: &mut dyn Write| {
                // A bar that cannot be drawn is no reason to stop.
                let _ = write!(out, "{:.0}", state.per_sec());
            },
        );
        let bar = ProgressBar::new(total).with_style(style).with_prefix(stage.to_owned());
        self.with(|slot| *slot = Some(bar));
    }

    fn advance(&self, done: u64) {
        self.with(|slot| slot.iter().for_each(|bar| bar.inc(done)));
    }

    fn finish(&self) {
        self.with(|slot| slot.take().iter().for_each(ProgressBar::finish_and_clear));
    }
}

/// One line when a stage ends, and one every few seconds before.
#[derive(Default)]
struct Lines(Mutex<Option<Stage>>);

struct Stage {
    name: String,
    unit: String,
    total: u64,
    done: u64,
    started: Instant,
    told: Instant,
}

/// Between two lines of one stage.
const SILENCE_SECONDS: u64 = 10;

impl Lines {
    fn with(&self, action: impl FnOnce(&mut Option<Stage>)) {
        action(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

impl Stage {
    fn tell(&self) {
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = self.done as f64 / seconds.max(1e-3);
        let left = self.total.saturating_sub(self.done) as f64 / rate.max(1e-3);
        let Self { name, unit, total, done, .. } = self;
        eprintln!("{name}: {done} of {total} {unit} in {seconds:.1} s ({rate:.0}/s, {left:.0} s left)");
    }
}

impl Progress for Lines {
    fn start(&self, stage: &str, total: u64, unit: &str) {
        let now = Instant::now();
        self.with(|slot| {
            *slot = Some(Stage { name: stage.into(), unit: unit.into(), total, done: 0, started: now, told: now })
        });
    }

    fn advance(&self, done: u64) {
        self.with(|slot| {
            let Some(stage) = slot else { return };
            stage.done += done;
            if stage.told.elapsed().as_secs() >= SILENCE_SECONDS {
                stage.told = Instant::now();
                stage.tell();
            }
        });
    }

    fn finish(&self) {
        self.with(|slot| slot.take().iter().for_each(Stage::tell));
    }
}
