//! Numbers as people write them in cells.

use unicode_normalization::UnicodeNormalization;

/// A number and whether it was written as a percentage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Number {
    /// 12.5% is 0.125, as spreadsheet programs hold it.
    pub value: f64,
    pub is_percentage: bool,
}

/// Reads 1,234, 12.5%, 3.2万, in any width; none for anything else.
pub(super) fn number(cell: &str) -> Option<Number> {
    let text: String = cell.nfkc().filter(|c| !c.is_whitespace() && *c != ',').collect();
    let (digits, factor) = match text.chars().last()? {
        '%' => (text.trim_end_matches('%'), 0.01),
        '万' => (text.trim_end_matches('万'), 1e4),
        '亿' => (text.trim_end_matches('亿'), 1e8),
        _ => (text.as_str(), 1.0),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return None;
    }
    let value = digits.parse::<f64>().ok()? * factor;
    value.is_finite().then_some(Number { value, is_percentage: text.ends_with('%') })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_written() {
        let value = |cell| number(cell).map(|n| n.value);
        assert_eq!(value("1,234"), Some(1234.0));
        assert_eq!(value("３.２万"), Some(32000.0));
        assert_eq!(number("12.5％"), Some(Number { value: 0.125, is_percentage: true }));
        assert_eq!(value("-3"), Some(-3.0));
        for text in ["", "约300", "三百", "300票", "inf", "1e999", "%"] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
