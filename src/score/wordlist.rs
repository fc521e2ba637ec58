//! Words strung together: they name much and claim nothing.

use crate::search::is_han;

/// From so many short items on, a string of them is no ordinary enumeration.
const MIN_ITEMS: usize = 6;

/// An item of up to so many Han characters, or words of another script, is short.
const MAX_HAN: usize = 6;
const MAX_WORDS: usize = 3;

/// Share of the characters in short items from which a passage is a string of words. Of the sentences of the graded
/// examples eight are, all of them in cases of grade 0 or 1.
const MIN_SHARE: f64 = 0.6;

/// Whether `text` is a string of keywords or catchwords. A figure among them makes it say something.
pub(super) fn is_word_list(text: &str) -> bool {
    let (short, long): (Vec<String>, Vec<String>) =
        text.split(is_mark).flat_map(parts).partition(|item| is_short(item));
    let length = |items: &[String]| items.iter().flat_map(|item| item.chars()).filter(|c| !c.is_whitespace()).count();
    let share = length(&short) as f64 / (length(&short) + length(&long)).max(1) as f64;
    short.len() >= MIN_ITEMS && share >= MIN_SHARE
}

fn is_mark(c: char) -> bool {
    !c.is_alphanumeric() && !c.is_whitespace() && !matches!(c, '-' | '\'' | '’' | '+') || c == '\n'
}

/// Blanks part Chinese words, but not a number from what it counts, and join words of other scripts.
fn parts(item: &str) -> Vec<String> {
    if !item.contains(is_han) {
        return Some(item.trim().to_owned()).filter(|item| !item.is_empty()).into_iter().collect();
    }
    let is_digit = |c: char| c.is_ascii_digit();
    let mut parts: Vec<String> = Vec::new();
    for word in item.split_whitespace() {
        match parts.last_mut() {
            Some(last) if last.ends_with(is_digit) || word.starts_with(is_digit) => last.push_str(word),
            _ => parts.push(word.to_owned()),
        }
    }
    parts
}

fn is_short(item: &str) -> bool {
    let words = || item.split_whitespace().count() <= MAX_WORDS;
    let is_small = if item.contains(is_han) { item.chars().count() <= MAX_HAN } else { words() };
    is_small && !item.contains(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_words_are_told_from_sentences() {
        for list in [
            "一网通办、掌上办、跨省通办、全程网办、零跑动、秒批秒办，应有尽有。",
            "热线 大厅 数据 审批 窗口 网格",
            "smart city, digital twin, big data, cloud, one code, chatbot",
        ] {
            assert!(is_word_list(list), "{list}");
        }
        for sentence in [
            "接入公安、城管、水务、住建、交通、应急等部门的数据，险情由平均两小时降到六分钟。",
            "材料由11份减为2份，公安、民政、税务、社保、医保、住建都不再另收。",
            "旧答案满足了 71% 的提问，新留言由每月 260 条降到 75 条，答复从 9 天缩到 2 天，更新 12 次，新增 306 条。",
            "Callers wait twelve seconds instead of ninety, day and night, in the city, the towns, the islands, and the port.",
            "热线、大厅。",
        ] {
            assert!(!is_word_list(sentence), "{sentence}");
        }
    }
}
