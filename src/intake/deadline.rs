//! Work that may never end, given a thread of its own and a time to be done by.
//!
//! A thread cannot be stopped from outside. A child process could, but a library has no executable of its own to
//! start, so the reader is left behind instead: it keeps the memory and the core that it has, no result of it is
//! used, and when several were left behind no further one is started.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use super::found::Refusal;
use super::guard::guarded;
use super::reader::crashed;

/// Threads left behind at once, in the whole process.
const MAX_LEFT_BEHIND: usize = 4;
/// Readers of nested formats recurse.
const STACK_BYTES: usize = 16 << 20;

static LEFT_BEHIND: AtomicUsize = AtomicUsize::new(0);

/// Why there is no result.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Overrun {
    /// Not done in time.
    TimeOut,
    /// Not started: too many others did not end.
    Exhausted,
    /// A panic, with its message.
    Crashed(String),
}

impl Overrun {
    /// Why a `what` was not read within `limit`, and the `remedy` where it was too slow.
    pub fn refusal(&self, what: &str, limit: Duration, remedy: &str) -> Refusal {
        match self {
            Overrun::TimeOut => {
                Refusal::new(format!("the {what} was not read within {} seconds", limit.as_secs()), remedy)
            }
            Overrun::Exhausted => Refusal::new(
                "not read, because several files before it did not end",
                "read it again without the files that were not read in time",
            ),
            Overrun::Crashed(panic) => crashed(panic),
        }
    }
}

/// Runs `work` on a thread of its own and waits for it, `limit` at most.
pub(crate) fn within<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Overrun> {
    if LEFT_BEHIND.load(Ordering::SeqCst) >= MAX_LEFT_BEHIND {
        return Err(Overrun::Exhausted);
    }
    let (sender, receiver) = mpsc::channel();
    // Set by whichever side is done first: the reader with its work, or the one who waits with waiting.
    let settled = Arc::new(AtomicBool::new(false));
    let of_reader = Arc::clone(&settled);
    let reader = thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        // Whether anybody still takes the outcome is told by `settled`.
        let _ = sender.send(guarded(work));
        if of_reader.swap(true, Ordering::SeqCst) {
            LEFT_BEHIND.fetch_sub(1, Ordering::SeqCst);
        }
    });
    if let Err(error) = reader {
        return Err(Overrun::Crashed(error.to_string()));
    }
    let outcome = receiver.recv_timeout(limit).ok().or_else(|| {
        LEFT_BEHIND.fetch_add(1, Ordering::SeqCst);
        settled.swap(true, Ordering::SeqCst).then(|| {
            LEFT_BEHIND.fetch_sub(1, Ordering::SeqCst);
            receiver.recv().ok()
        })?
    });
    outcome.ok_or(Overrun::TimeOut)?.map_err(Overrun::Crashed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_ends_as_its_result_its_panic_or_a_time_out() {
        let soon = Duration::from_secs(60);
        assert_eq!(within(soon, || 7), Ok(7));
        assert_eq!(within::<()>(soon, || panic!("broken")), Err(Overrun::Crashed("broken".to_owned())));
        let (release, held) = mpsc::channel::<()>();
        let outcome = within(Duration::from_millis(1), move || held.recv().is_ok());
        assert_eq!(outcome, Err(Overrun::TimeOut));
        drop(release);
    }
}
