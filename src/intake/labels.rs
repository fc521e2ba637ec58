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
    let wide: Vec<&str> = line.split(['\t', '\u{3000}']).flat_map(|part| part.split("  ")).collect();
    let parts = wide.into_iter().flat_map(|part| match part.matches([':', '\u{ff1a}']).count() {
        0 => vec![part],
        // 申报表 编号:7 has its label behind the space; a label may have spaces in it (编 号:7) only at the start.
        _ => match part.rfind(|c| matches!(c, ':' | '\u{ff1a}')).and_then(|colon| part[..colon].rfind(' ')) {
            Some(space) if part[..space].chars().count() > 1 => vec![&part[..space], &part[space..]],
            _ => vec![part],
        },
    });
    parts.map(str::trim).filter(|part| !part.is_empty()).collect()
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
