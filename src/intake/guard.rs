//! The one place where a panic in a file-format library is turned into a refused file.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `read`; a panic inside gives its message instead of ending the run.
///
/// The standard panic message is kept off the user's terminal while `read` runs on this thread;
/// panics elsewhere are reported as ever.
pub(crate) fn guarded<T>(read: impl FnOnce() -> T) -> Result<T, String> {
    silence_guarded_panics();
    let outer = GUARDED.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(outer);
    outcome.map_err(|payload| message(payload.as_ref()))
}

fn silence_guarded_panics() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                previous(info);
            }
        }));
    });
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_message_and_the_thread_goes_on() {
        assert_eq!(guarded(|| 7), Ok(7));
        assert_eq!(guarded(|| -> u8 { panic!("cell {} out of range", 3) }), Err("cell 3 out of range".to_owned()));
        assert_eq!(guarded(|| Vec::<u8>::new()[1]).map_err(|text| text.contains("index out of bounds")), Err(true));
        assert_eq!(guarded(|| 8), Ok(8));
    }
}
