//! Text that is in a file and that no reader of it sees, by one measure for every format.

use super::found::Found;
use crate::nomination::SourceRef;

/// Text of this size (points) or smaller is read by nobody.
pub(crate) const MAX_UNSEEN_SIZE: f64 = 2.0;
/// Text whose luminance (0 black to 1 white) differs less from what is under it cannot be seen.
pub(crate) const MIN_CONTRAST: f64 = 0.08;
/// Characters of hidden text that a note quotes.
const QUOTED_CHARS: usize = 40;

/// Relative luminance of a colour, 0 to 1, with the weights of ITU-R BT.709.
pub(crate) fn luminance([red, green, blue]: [u8; 3]) -> f64 {
    (0.2126 * f64::from(red) + 0.7152 * f64::from(green) + 0.0722 * f64::from(blue)) / 255.0
}

/// Tells what was left out because it cannot be seen; nothing where nothing was.
pub(crate) fn note(hidden: &str, place: &SourceRef, found: &mut Found) {
    let count = hidden.chars().count();
    if count > 0 {
        let quoted: String = hidden.chars().take(QUOTED_CHARS).collect();
        found.note(place, format!("{count} characters that cannot be seen on the page were left out: {quoted:?}"));
    }
}
