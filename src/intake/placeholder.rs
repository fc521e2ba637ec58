//! Words that stand where nothing was written.

use unicode_normalization::UnicodeNormalization;

const WORDS: &[&str] = &[
    "无",
    "略",
    "同上",
    "暂无",
    "没有",
    "待定",
    "待补充",
    "待填",
    "待完善",
    "附件",
    "另附",
    "附后",
    "见附后",
    "见附件",
    "见附表",
    "详见附件",
    "na",
    "none",
    "null",
    "nil",
    "nan",
    "tbd",
    "todo",
    "seeattachment",
    "seeattached",
    "asabove",
    "ditto",
];

/// A reference to another paper is longer, yet still no text (详见附件材料, 详见申报书).
const MAX_REFERENCE_CHARS: usize = 10;
/// Letters and digits of the longest placeholder, with some room for digits.
const MAX_PLACEHOLDER_CHARS: usize = 16;

/// True for text that says nothing: 无, 略, 详见附件, N/A, a dash, or nothing at all.
pub(crate) fn is_placeholder(text: &str) -> bool {
    // Anything longer is text; saves folding it.
    if text.chars().filter(|c| c.is_alphanumeric()).nth(MAX_PLACEHOLDER_CHARS).is_some() {
        return false;
    }
    let key: String = text.nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect();
    let bare = key.trim_end_matches(|c: char| c.is_ascii_digit());
    if bare.is_empty() {
        // Digits are a value; a dash or a slash is none.
        return key.is_empty();
    }
    WORDS.contains(&bare) || (bare.starts_with("详见") && bare.chars().count() <= MAX_REFERENCE_CHARS)
}

/// True for 同上 and its signs, which in a short column mean the value of the row above.
pub(crate) fn means_same_as_above(text: &str) -> bool {
    matches!(text.trim(), "同上" | "〃" | "″" | "\"" | "ditto" | "Ditto")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_phrases_are_told_from_short_text() {
        for text in [
            "",
            " ",
            "无",
            "无。",
            "略",
            "详见附件",
            "见附件1",
            "详见附件材料",
            "N/A",
            "n/a",
            "-",
            "——",
            "/",
            "TBD",
            "#N/A",
        ] {
            assert!(is_placeholder(text), "{text:?}");
        }
        for text in ["无障碍改造", "略阳县", "0", "2023", "同城通办", "附件系统"] {
            assert!(!is_placeholder(text), "{text:?}");
        }
    }
}
