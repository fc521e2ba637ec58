//! Lines to paragraphs: what the width of the page has broken is joined again.

use super::super::prose::{Line, is_numbered_heading};
use super::lines::{TextLine, is_wide};

/// Where the text of a line breaks (em before the right edge) and still fills the line, in Chinese.
const CHINESE_SLACK: f64 = 2.2;
/// The same where a whole word went to the next line.
const LATIN_SLACK: f64 = 8.0;
/// A line that begins further in (em) than its column is a new paragraph.
const INDENT: f64 = 0.8;
/// A line farther below (times its usual distance) is a new paragraph.
const LEADING_SLACK: f64 = 1.45;
/// Text this much larger than the body is a heading.
const HEADING_SCALE: f64 = 1.12;
/// A longer line is no heading, however large.
const MAX_HEADING_CHARS: usize = 60;

/// Joins lines in reading order; what is set larger than the body is a heading.
pub(super) fn join(lines: &[TextLine]) -> Vec<Line> {
    let leading = usual_leading(lines);
    let body = body_size(lines);
    let mut joined: Vec<(Line, &TextLine)> = Vec::new();
    for line in lines {
        match joined.last_mut() {
            Some((paragraph, above)) if goes_on(above, line, leading) => {
                paragraph.text = glued(&paragraph.text, &line.span.text);
                *above = line;
            }
            _ => {
                let is_heading = line.span.size > HEADING_SCALE * body;
                joined.push((Line { text: line.span.text.clone(), is_heading }, line));
            }
        }
    }
    let mut paragraphs: Vec<Line> = joined.into_iter().map(|(line, _)| line).collect();
    for paragraph in &mut paragraphs {
        paragraph.is_heading &= paragraph.text.chars().count() <= MAX_HEADING_CHARS;
    }
    paragraphs
}

/// Puts the rest of a broken paragraph behind its beginning: Chinese without a space, a divided word without hyphen.
pub(super) fn glued(text: &str, rest: &str) -> String {
    let (Some(last), Some(first)) = (text.chars().next_back(), rest.chars().next()) else {
        return format!("{text}{rest}");
    };
    if is_wide(last) || is_wide(first) {
        return format!("{text}{rest}");
    }
    let divided = text.strip_suffix('-').filter(|word| word.ends_with(|c: char| c.is_ascii_lowercase()));
    match divided {
        Some(word) if first.is_ascii_lowercase() => format!("{word}{rest}"),
        _ => format!("{text} {rest}"),
    }
}

fn goes_on(above: &TextLine, line: &TextLine, leading: f64) -> bool {
    let size = above.span.size.max(1.0);
    let ends_wide = above.span.text.chars().next_back().is_some_and(is_wide);
    let slack = if ends_wide { CHINESE_SLACK } else { LATIN_SLACK };
    let is_full = above.right - above.span.x1 <= slack * size;
    let is_indented = line.span.x0 - line.left > INDENT * size;
    let same_size = (line.span.size - size).abs() <= 0.1 * size;
    let distance = line.span.y - above.span.y;
    // Otherwise the line begins the next column or page; there a sentence that ended has ended its paragraph.
    let is_near = if distance > 0.0 { distance <= LEADING_SLACK * leading } else { !ends_sentence(&above.span.text) };
    let is_table_row = above.span.text.contains('\t') || line.span.text.contains('\t');
    is_full && same_size && !is_indented && !is_table_row && is_near && !is_numbered_heading(&line.span.text)
}

fn ends_sentence(text: &str) -> bool {
    text.ends_with(['。', '！', '？', '；', '：', '.', '!', '?', ';', ':'])
}

/// The most usual distance between lines: the lower quartile, for gaps between paragraphs only widen it.
fn usual_leading(lines: &[TextLine]) -> f64 {
    let mut distances: Vec<f64> =
        lines.windows(2).map(|pair| pair[1].span.y - pair[0].span.y).filter(|distance| *distance > 0.0).collect();
    distances.sort_by(f64::total_cmp);
    distances.get(distances.len() / 4).copied().unwrap_or(f64::INFINITY)
}

/// The size that most characters have.
fn body_size(lines: &[TextLine]) -> f64 {
    let mut sizes: Vec<(f64, usize)> =
        lines.iter().map(|line| (line.span.size, line.span.text.chars().count())).collect();
    sizes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = sizes.iter().map(|(_, chars)| chars).sum::<usize>() / 2;
    let mut counted = 0;
    let middle = sizes.iter().find(|(_, chars)| {
        counted += chars;
        counted > half
    });
    middle.map_or(f64::INFINITY, |(size, _)| *size)
}

#[cfg(test)]
mod tests {
    use super::super::lines::Span;
    use super::*;

    fn line(text: &str, x0: f64, x1: f64, y: f64, size: f64) -> TextLine {
        TextLine { span: Span { text: text.to_owned(), x0, x1, y, size }, left: 0.0, right: 300.0 }
    }

    #[test]
    fn full_lines_go_on_and_short_or_indented_ones_do_not() {
        let lines = [
            line("标题", 100.0, 200.0, 0.0, 20.0),
            line("第一段写满了一行", 24.0, 298.0, 30.0, 12.0),
            line("并在这里结束。", 0.0, 120.0, 50.0, 12.0),
            line("第二段又写满一行", 24.0, 298.0, 70.0, 12.0),
            line("第三段另起一行", 24.0, 298.0, 90.0, 12.0),
        ];
        let joined = join(&lines);
        let texts: Vec<&str> = joined.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["标题", "第一段写满了一行并在这里结束。", "第二段又写满一行", "第三段另起一行"]);
        assert!(joined[0].is_heading && !joined[1].is_heading);
    }

    #[test]
    fn divided_words_and_words_are_joined_as_they_were() {
        assert_eq!(glued("one-", "Stop"), "one- Stop");
        assert_eq!(glued("govern-", "ment"), "government");
        assert_eq!(glued("the city", "hall"), "the city hall");
        assert_eq!(glued("办理", "ID"), "办理ID");
    }
}
