//! How high a row must be: files from this writer open with the height they state.
//!
//! Excel fits a wrapped row by itself when no height is stated, LibreOffice and WPS do not always,
//! so every row states one, estimated from its longest cell.

/// Points a line takes in the workbook's 10 point fonts; CJK fonts are taller than Latin ones.
const LINE_POINTS: f64 = 16.0;
/// Points left free above and below.
const PADDING_POINTS: f64 = 8.0;
/// The highest row Excel allows.
const MAX_POINTS: f64 = 409.0;
/// Of a column's width, this is lost to the cell's margins.
const MARGIN_CHARS: f64 = 1.2;

/// The height, in points, that shows all lines of the fullest of `cells` (text, column width in
/// characters).
pub(crate) fn row_height<'a>(cells: impl Iterator<Item = (&'a str, f64)>) -> f64 {
    let lines = cells.map(|(text, width)| lines(text, width)).max().unwrap_or(1);
    // Lines beyond the cap are far from any u32 limit of f64's exactness.
    (lines as f64 * LINE_POINTS + PADDING_POINTS).min(MAX_POINTS)
}

/// Lines that `text` takes in a column of `width` characters of the default font.
fn lines(text: &str, width: f64) -> usize {
    let room = (width - MARGIN_CHARS).max(1.0);
    text.split('\n')
        .map(|paragraph| {
            let units: f64 = paragraph.chars().map(char_width).sum();
            ((units / room).ceil() as usize).max(1)
        })
        .sum()
}

/// Width of a character in digits of the default font.
fn char_width(c: char) -> f64 {
    match c as u32 {
        0x00..0x80 if c.is_ascii_uppercase() => 1.25,
        0x00..0x2000 => 1.0,
        // CJK, Kana, Hangul, full-width forms, general punctuation as CJK fonts draw it.
        _ => 1.92,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn height_follows_the_longest_cell_and_stops_at_excels_limit() {
        let one = row_height([("短", 20.0)].into_iter());
        let three = row_height([("短", 20.0), ("一\n二\n三", 20.0)].into_iter());
        assert!((three - one - 2.0 * LINE_POINTS).abs() < 1e-9);
        assert_eq!(lines(&"字".repeat(20), 21.2), 2);
        assert_eq!(lines(&"a".repeat(20), 21.2), 1);
        assert!(row_height([("长".repeat(9_000).as_str(), 40.0)].into_iter()) <= MAX_POINTS);
    }
}
