//! Labels with values in one line, and boxes that are ticked.

/// A label is short; a longer cell is what was written into the form.
pub(crate) const MAX_LABEL_CHARS: usize = 20;
const TICKED: [char; 11] = ['☑', '☒', '■', '✓', '✔', '√', '●', '◉', '▣', '✅', '🗹'];
const EMPTY: [char; 7] = ['☐', '□', '◻', '▢', '○', '◯', '〇'];

/// Splits `案例名称:某某` or `Title: something` into label and value.
pub(crate) fn labelled(line: &str) -> Option<(&str, &str)> {
    let (at, colon) = line.char_indices().take(MAX_LABEL_CHARS + 1).find(|(_, c)| matches!(c, ':' | '\u{ff1a}'))?;
    let label = line[..at].trim();
    (!label.is_empty()).then(|| (label, line[at + colon.len_utf8()..].trim()))
}

/// The parts of a line that may each be a label with its value: apart by tabs or wide gaps, or else by spaces.
pub(crate) fn parts(line: &str) -> Vec<&str> {
    let wide = line.split(['\t', '\u{3000}']).flat_map(|part| part.split("  "));
    wide.flat_map(by_labels).map(str::trim).filter(|part| !part.is_empty()).collect()
}

/// 申报表 编号:7 has its label behind the space; a label may have a space after its first character (编 号:7).
fn by_labels(part: &str) -> Vec<&str> {
    let (mut rest, mut labels) = (part, Vec::new());
    let colon = |text: &str| text.rfind([':', '\u{ff1a}']);
    let space = |text: &str| text.rfind(' ').filter(|space| text[..*space].trim().chars().count() > 1);
    while let Some(at) = colon(rest).and_then(|colon| space(&rest[..colon])) {
        labels.push(&rest[at..]);
        rest = &rest[..at];
    }
    labels.push(rest);
    labels.reverse();
    labels
}

/// What is ticked of options with boxes (□省级 ☑地市级): none where there are no boxes, nothing where none is ticked.
pub(crate) fn chosen(value: &str) -> Option<String> {
    let is_mark = |c: char| TICKED.contains(&c) || EMPTY.contains(&c);
    let value = value.trim();
    if !value.contains(is_mark) {
        return None;
    }
    let mut options: Vec<(bool, &str)> = Vec::new();
    let leads = value.starts_with(is_mark);
    let (mut text, mut ticked, mut rest) = ("", false, value);
    while let Some(at) = rest.find(is_mark) {
        let marks = rest[at..].find(|c| !is_mark(c) && c != ' ').map_or(rest.len(), |end| at + end);
        let is_ticked = rest[at..marks].contains(TICKED);
        if leads {
            options.push((ticked, text));
            ticked = is_ticked;
        } else {
            options.push((is_ticked, &rest[..at]));
        }
        rest = &rest[marks..];
        text = rest.find(is_mark).map_or(rest, |end| &rest[..end]);
    }
    if leads {
        options.push((ticked, text));
    }
    let separators = |c: char| c.is_whitespace() || matches!(c, '、' | ',' | '\u{ff0c}' | ';' | '\u{ff1b}' | '/');
    let kept = options.iter().filter(|(ticked, _)| *ticked).map(|(_, text)| text.trim_matches(separators));
    Some(kept.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("、"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_and_value_are_split_at_the_first_colon() {
        assert_eq!(labelled("案例名称\u{ff1a}一网通办:二期"), Some(("案例名称", "一网通办:二期")));
        assert_eq!(labelled("Title: x"), Some(("Title", "x")));
        assert_eq!(labelled("没有冒号"), None);
    }

    #[test]
    fn a_line_may_hold_several_labels() {
        assert_eq!(parts("2023年申报表 编号:2023-015"), ["2023年申报表", "编号:2023-015"]);
        assert_eq!(parts("编 号:7\u{3000}\u{3000}填表日期:9月"), ["编 号:7", "填表日期:9月"]);
        assert_eq!(parts("编号:\t8"), ["编号:", "8"]);
        assert_eq!(parts("单位:某局 编号:7 地区:某省"), ["单位:某局", "编号:7", "地区:某省"]);
    }

    #[test]
    fn the_ticked_option_is_the_value() {
        for (value, expected) in [
            ("□省级 ☑地市级 □县级", Some("地市级")),
            ("省级□ 地市级√ 县级□", Some("地市级")),
            ("■数字治理、□人工智能应用、■数据共享开放", Some("数字治理、数据共享开放")),
            ("○单位自荐 ○专家推荐", Some("")),
            ("□√单位自荐 □专家推荐", Some("单位自荐")),
            ("县级", None),
        ] {
            assert_eq!(chosen(value).as_deref(), expected, "{value}");
        }
    }
}
