//! Characters of symbol fonts, which stand at private places: the marks of forms.

/// What a w:sym shows, where that says something: a box, a tick, or a character of an ordinary font.
pub(super) fn symbol(font: &str, code: &str) -> Option<char> {
    let code = u32::from_str_radix(code, 16).ok()?;
    // Symbol fonts repeat their 256 characters at U+F000.
    let low = if (0xF000..=0xF0FF).contains(&code) { code - 0xF000 } else { code };
    match (font, low) {
        ("Wingdings", 0x6F | 0x71 | 0x72 | 0xA8) | ("Wingdings 2", 0x2A | 0x30 | 0xA3) => Some('☐'),
        ("Wingdings", 0xFE) | ("Wingdings 2", 0x52) => Some('☑'),
        ("Wingdings", 0xFD) | ("Wingdings 2", 0x53 | 0x54) => Some('☒'),
        ("Wingdings", 0xFC) | ("Wingdings 2", 0x50) => Some('✓'),
        _ => char::from_u32(code).filter(|c| !matches!(c, '\u{E000}'..='\u{F8FF}') && !c.is_control()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_and_ticks_are_known_and_bullets_are_nothing() {
        assert_eq!(symbol("Wingdings", "F0FE"), Some('☑'));
        assert_eq!(symbol("Wingdings 2", "00A3"), Some('☐'));
        assert_eq!(symbol("Wingdings", "F06C"), None);
        assert_eq!(symbol("宋体", "2460"), Some('①'));
    }
}
