//! Texts that list keywords where they should tell a case.

/// So many short items in a row are a list of keywords: the longest row in 199 graded texts that tell a case has nine.
const MIN_ITEMS: usize = 10;
/// From this share of its characters on, a text is stuffed with such lists.
const MIN_SHARE: f64 = 0.2;
/// Han characters of an item, or words where it has none.
const MAX_HAN: usize = 8;
const MAX_WORDS: usize = 3;

/// Whether a good part of `text` is keywords in a row.
pub(super) fn is_stuffed(text: &str) -> bool {
    let sentences = text.split(['。', '！', '？', '：', ':', '!', '?', '\n']).flat_map(|part| part.split(". "));
    let (mut listed, mut total) = (0usize, 0usize);
    for sentence in sentences {
        let (mut items, mut chars) = (0, 0);
        for item in sentence.split(['、', '，', ',', '；', ';', '/', '|']).map(str::trim).chain([""]) {
            let length = item.chars().count();
            total += length;
            if is_keyword(item) {
                (items, chars) = (items + 1, chars + length);
                continue;
            }
            listed += if items >= MIN_ITEMS { chars } else { 0 };
            (items, chars) = (0, 0);
        }
    }
    listed as f64 >= MIN_SHARE * total.max(1) as f64
}

fn is_keyword(item: &str) -> bool {
    let has_han = item.chars().any(|c| c >= '\u{2E80}');
    let is_short = if has_han { item.chars().count() <= MAX_HAN } else { item.split(' ').count() <= MAX_WORDS };
    is_short && item.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_keywords_are_told_from_what_a_case_lists() {
        let case =
            "我市把公安、人社、民政、卫健、医保、税务六个部门的四十三个事项并成一件事，办理时间由十二天缩短到两天。";
        let row =
            "一网通办、掌上办、跨省通办、全程网办、零跑动、秒批秒办、免证办、无感办、智能审批、数据共享、城市大脑";
        assert!(!is_stuffed(case) && !is_stuffed(""));
        assert!(is_stuffed(&format!("{case}{row}。")));
        assert!(!is_stuffed(&format!("{}{row}。", case.repeat(6))), "a small part of the text");
        assert!(is_stuffed(
            "Our platform: smart city, big data, cloud, blockchain, city brain, digital twin, one window, open data, \
             chatbot, large models, knowledge graph"
        ));
    }
}
