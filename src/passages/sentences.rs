//! Where sentences begin and end, in Chinese and English.

use std::ops::Range;

/// Byte ranges of the sentences of `text`, in order, trimmed, none empty.
///
/// A sentence ends after 。！？； or an ellipsis with the quotes and brackets that close it, at a
/// line break, and after an English full stop, question or exclamation mark that whitespace and
/// something other than a lower-case letter follow. Together the ranges cover everything but
/// whitespace.
#[must_use]
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let mut end = at + c.len_utf8();
        if !ends_sentence(text, at, c) {
            continue;
        }
        while let Some(&(next, closing)) = chars.peek() {
            if !is_closing(closing) {
                break;
            }
            end = next + closing.len_utf8();
            chars.next();
        }
        push_trimmed(&mut found, text, start..end);
        start = end;
    }
    push_trimmed(&mut found, text, start..text.len());
    found
}

fn ends_sentence(text: &str, at: usize, c: char) -> bool {
    match c {
        '。' | '！' | '？' | '；' | '…' | '\n' => true,
        '.' | '!' | '?' => {
            let rest = text[at + 1..].trim_start_matches(is_closing);
            let next = rest.trim_start();
            let numbering = c == '.' && is_numbering(&text[..at]);
            !numbering && (next.is_empty() || next.len() < rest.len() && !next.starts_with(char::is_lowercase))
        }
        _ => false,
    }
}

/// Whether the full stop after `before` belongs to a list number or an initial: "1." "A."; not that of "fell to 9."
fn is_numbering(before: &str) -> bool {
    let is_between = |c: char| c.is_whitespace() || matches!(c, '：' | '，' | '、' | '；' | '（');
    let word = before.rsplit(is_between).next().unwrap_or_default();
    let line = before[..before.len() - word.len()].trim_end_matches([' ', '\t']);
    let ends_prose =
        word.starts_with(|c: char| c.is_ascii_digit()) && line.ends_with(|c: char| c.is_ascii_alphabetic());
    let is_short = !word.is_empty() && word.len() <= 2;
    is_short && word.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase()) && !ends_prose
}

fn is_closing(c: char) -> bool {
    matches!(c, '”' | '’' | '』' | '」' | '）' | '】' | '》' | ')' | ']' | '"' | '。' | '！' | '？' | '…')
}

fn push_trimmed(found: &mut Vec<Range<usize>>, text: &str, range: Range<usize>) {
    let raw = &text[range.clone()];
    let start = range.start + (raw.len() - raw.trim_start().len());
    let end = start + raw.trim().len();
    if start < end {
        found.push(start..end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|r| &text[r]).collect()
    }

    #[test]
    fn chinese_sentences_end_with_their_closing_quotes() {
        assert_eq!(split("他说：“马上就办！”群众满意。；上线"), ["他说：“马上就办！”", "群众满意。", "；", "上线"]);
    }

    #[test]
    fn decimals_numbering_and_abbreviations_do_not_end_a_sentence() {
        assert_eq!(
            split("1. It takes 3.5 days, e.g. less than before. It went live in May! Good?"),
            ["1. It takes 3.5 days, e.g. less than before.", "It went live in May!", "Good?"]
        );
    }

    #[test]
    fn a_number_ends_an_english_sentence_and_begins_an_item() {
        assert_eq!(
            split("Those without help fell from 31 to 9. Two towns follow."),
            ["Those without help fell from 31 to 9.", "Two towns follow."]
        );
        assert_eq!(split("做法：1. 建立清单，2. 逐项销号"), ["做法：1. 建立清单，2. 逐项销号"]);
    }

    #[test]
    fn a_line_break_ends_a_sentence() {
        assert_eq!(split("一、背景\n\n 群众跑多次"), ["一、背景", "群众跑多次"]);
    }

    proptest! {
        #[test]
        fn nothing_but_whitespace_is_left_out(text in "[一-龥a-zA-Z0-9。！？；.!? \n”）]{0,120}") {
            let kept: String = split(&text).concat();
            let strip = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(strip(&kept), strip(&text));
        }

        #[test]
        fn ranges_rise_and_stay_on_character_boundaries(text in "\\PC{0,200}") {
            let mut last = 0;
            for range in sentences(&text) {
                prop_assert!(range.start >= last && range.end > range.start);
                prop_assert!(text.get(range.clone()).is_some());
                last = range.end;
            }
        }
    }
}
