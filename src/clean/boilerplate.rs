//! What forms carry besides the case: placeholders, labels, contact lines.

/// A field that says nothing when this is all it says (compared without punctuation and case).
const PLACEHOLDERS: [&str; 24] = [
    "无",
    "暂无",
    "略",
    "同上",
    "详见附件",
    "见附件",
    "附件",
    "另附",
    "详见材料",
    "待补充",
    "待定",
    "未填",
    "空",
    "不详",
    "na",
    "none",
    "null",
    "nil",
    "tbd",
    "todo",
    "seeattachment",
    "seeattached",
    "asabove",
    "test",
];

/// A line that begins so is about the form or the sender, not about the case.
const FORM_LINES: [&str; 18] = [
    "联系人",
    "联系电话",
    "联系方式",
    "电话",
    "手机",
    "传真",
    "邮箱",
    "电子邮箱",
    "通讯地址",
    "邮编",
    "填表人",
    "填表日期",
    "填报日期",
    "填表说明",
    "审核人",
    "单位盖章",
    "（盖章）",
    "（公章）",
];

/// A label in front of the narrative repeats the column header.
const TEXT_LABELS: [&str; 12] = [
    "案例简介",
    "案例内容",
    "案例介绍",
    "项目简介",
    "项目内容",
    "主要内容",
    "内容简介",
    "内容",
    "简介",
    "正文",
    "摘要",
    "summary",
];

/// Whether `text` only fills a cell.
#[must_use]
pub fn is_placeholder(text: &str) -> bool {
    let key = super::comparison_key(text);
    key.is_empty() || PLACEHOLDERS.contains(&key.as_str())
}

/// Removes form lines and the leading label of a narrative that [`super::normalize::text`] made.
#[must_use]
pub fn strip(text: &str) -> String {
    let kept = text.lines().filter(|line| !is_form_line(line)).collect::<Vec<_>>().join("\n");
    strip_label(&kept).to_owned()
}

fn is_form_line(line: &str) -> bool {
    FORM_LINES.iter().any(|label| {
        line.strip_prefix(label).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '：', '（', '(', '/']))
    })
}

fn strip_label(text: &str) -> &str {
    for label in TEXT_LABELS {
        let rest = text.strip_prefix(label).or_else(|| text.strip_prefix('【').and_then(|t| t.strip_prefix(label)));
        if let Some(rest) = rest.and_then(|r| r.strip_prefix([':', '：', '】', '\n'])) {
            return rest.trim_start();
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_known_by_what_they_say() {
        for text in ["详见附件。", " 无 ", "N/A", "——", "（同上）"] {
            assert!(is_placeholder(text), "{text}");
        }
        assert!(!is_placeholder("无障碍办事大厅"));
    }

    #[test]
    fn form_lines_and_labels_go_and_sentences_stay() {
        let text = "案例简介：联系人机制覆盖全县。\n联系人：某某\n电话：000\n手机端上线。";
        assert_eq!(strip(text), "联系人机制覆盖全县。\n手机端上线。");
    }
}
