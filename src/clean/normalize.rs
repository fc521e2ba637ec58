//! Width, whitespace and line breaks, without changing what a text says.

use unicode_normalization::UnicodeNormalization;

/// Below this many characters a line is a heading or an item of a list, and its break is kept.
const WRAPPED_LINE_MIN_CHARS: usize = 24;

/// Normalizes running text; line breaks that end a paragraph, heading or item are kept.
///
/// NFKC is applied only where it cannot change a meaning: full-width letters, digits and percent
/// signs, compatibility ideographs and radicals, ligatures. Superscripts (10² is not 102), circled
/// numbers, units such as ㎡ and Chinese punctuation stay as they are.
#[must_use]
pub fn text(raw: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut open = false;
    for line in raw.lines().map(line) {
        if line.is_empty() {
            open = false;
            continue;
        }
        match lines.last_mut() {
            Some(last) if open => join(last, &line),
            _ => lines.push(line.clone()),
        }
        open = is_wrapped(&line);
    }
    lines.join("\n")
}

/// Normalizes a one-line field: title, unit, region.
#[must_use]
pub fn field(raw: &str) -> String {
    line(&raw.replace(['\r', '\n'], " "))
}

/// Folds what must not matter when two names are compared: width, case, spaces, punctuation.
#[must_use]
pub fn comparison_key(name: &str) -> String {
    name.nfkc().filter(|c| c.is_alphanumeric() || *c == '+').flat_map(char::to_lowercase).collect()
}

fn line(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut space = false;
    for c in raw.nfc().flat_map(fold).filter(|c| !is_invisible(*c)) {
        if c.is_whitespace() {
            space = true;
            continue;
        }
        if space && out.chars().next_back().is_some_and(|last| !(is_wide(last) && is_wide(c))) {
            out.push(' ');
        }
        space = false;
        out.push(c);
    }
    out
}

/// The compatibility form of `c` where that is safe, else `c`.
fn fold(c: char) -> impl Iterator<Item = char> {
    let safe = matches!(c,
        '\u{FF10}'..='\u{FF19}' | '\u{FF21}'..='\u{FF3A}' | '\u{FF41}'..='\u{FF5A}' // full-width digits, letters
        | '\u{FF05}' | '\u{FF0B}' | '\u{FF0E}' | '\u{FF0F}' | '\u{FF20}' | '\u{FF3F}' // ％ ＋ ． ／ ＠ ＿
        | '\u{2E80}'..='\u{2FDF}' | '\u{F900}'..='\u{FAFF}' // radicals, compatibility ideographs
        | '\u{FB00}'..='\u{FB06}'); // ligatures
    let folded: String = if safe { std::iter::once(c).nfkc().collect() } else { c.into() };
    folded.chars().collect::<Vec<_>>().into_iter()
}

/// Characters that a reader cannot see and a tokenizer would stumble over.
fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FE00}'..='\u{FE0F}')
        || matches!(c, '\u{E000}'..='\u{F8FF}') // private use: symbol-font bullets
}

/// Scripts and punctuation written without spaces between words.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}' | '“' | '”' | '‘' | '’' | '…' | '—')
}

/// Whether the break after `line` comes from the width of a page.
fn is_wrapped(line: &str) -> bool {
    let ends_open = line.chars().next_back().is_some_and(|c| !"。！？；：!?;:.…”』」）)】》|".contains(c));
    ends_open && line.chars().count() >= WRAPPED_LINE_MIN_CHARS
}

fn join(last: &mut String, line: &str) {
    let wide = |c: Option<char>| c.is_some_and(is_wide);
    if !(wide(last.chars().next_back()) || wide(line.chars().next())) {
        last.push(' ');
    }
    last.push_str(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_width_but_not_meaning() {
        assert_eq!(field("ＡＩ　大模型 １２３４５（热线），压缩５０％"), "AI 大模型 12345（热线），压缩50%");
        assert_eq!(field("面积10²㎡，第①项"), "面积10²㎡，第①项");
    }

    #[test]
    fn spaces_between_han_go_and_between_words_stay() {
        assert_eq!(field("数 字 治 理  smart   city 平台"), "数字治理 smart city 平台");
    }

    #[test]
    fn invisible_characters_go() {
        assert_eq!(field("接\u{200B}诉\u{FEFF}即\u{0}办\u{00AD}"), "接诉即办");
    }

    #[test]
    fn a_line_broken_by_the_page_is_joined_and_a_heading_is_not() {
        let raw = "一、背景\n群众办事要跑多个部门提交多份材料，平均每件事项需要往返四次才能\n办结。\n\n二、做法";
        assert_eq!(
            text(raw),
            "一、背景\n群众办事要跑多个部门提交多份材料，平均每件事项需要往返四次才能办结。\n二、做法"
        );
    }

    #[test]
    fn normalization_is_idempotent() {
        let once = text("ﬁrst line of an English text that is wrapped by the page\nand goes on ．  \n\n第二段　ＡＢ");
        assert_eq!(text(&once), once);
    }
}
