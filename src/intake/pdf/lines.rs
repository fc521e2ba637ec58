//! Glyphs to lines, lines to reading order.

use super::device::{Flow, Glyph};

/// A gap of this many em between glyphs parts two columns, or two cells of a table without rules.
const COLUMN_GAP: f64 = 1.8;
/// A wider gap between Latin letters is a space.
const LATIN_SPACE: f64 = 0.15;
/// A wider gap beside a Chinese character is meant; justified text has smaller ones.
const CHINESE_SPACE: f64 = 0.75;
/// A gutter between columns of text is at least this wide.
const GUTTER: f64 = 1.2;
/// Fewer rows do not make columns.
const MIN_COLUMN_ROWS: usize = 3;
/// A column of text has at least this many characters a row; a column of labels has fewer.
const MIN_COLUMN_CHARS: usize = 8;

/// A stretch of text without a wide gap in it. Coordinates in the direction of reading.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Span {
    pub text: String,
    pub x0: f64,
    pub x1: f64,
    /// Baseline.
    pub y: f64,
    pub size: f64,
}

/// A line in reading order, with the edges of the column that it stands in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TextLine {
    pub span: Span,
    pub left: f64,
    pub right: f64,
}

/// Turns a glyph so that its flow is to the right and lines follow downwards.
pub(super) fn upright(glyph: &Glyph) -> Glyph {
    let (x, y) = turn(glyph.flow, glyph.x, glyph.y);
    Glyph { x, y, ..*glyph }
}

/// The turn that makes `flow` run to the right, applied to a point.
pub(super) fn turn(flow: Flow, x: f64, y: f64) -> (f64, f64) {
    match flow {
        Flow::Right | Flow::Slanted => (x, y),
        Flow::Down => (y, -x),
        Flow::Left => (-x, -y),
        Flow::Up => (-y, x),
    }
}

/// Rows of spans from top to bottom, spans from left to right. Glyphs without a character are left out.
pub(super) fn rows(glyphs: &[Glyph]) -> Vec<Vec<Span>> {
    let mut sorted: Vec<&Glyph> = glyphs.iter().filter(|glyph| glyph.text.is_some()).collect();
    sorted.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.x.total_cmp(&b.x)));
    let mut rows: Vec<Vec<&Glyph>> = Vec::new();
    for glyph in sorted {
        match rows.last_mut() {
            Some(row) if on_row(row, glyph) => row.push(glyph),
            _ => rows.push(vec![glyph]),
        }
    }
    rows.into_iter().map(spans).filter(|row| !row.is_empty()).collect()
}

/// Half an em beside the first glyph of the row: superscripts stay, the next line does not.
fn on_row(row: &[&Glyph], glyph: &Glyph) -> bool {
    row.first().is_some_and(|first| (glyph.y - first.y).abs() < 0.5 * first.size.max(glyph.size))
}

fn spans(mut row: Vec<&Glyph>) -> Vec<Span> {
    row.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut spans: Vec<Span> = Vec::new();
    let mut last: Option<&Glyph> = None;
    for glyph in row {
        let Some(text) = glyph.text.filter(|text| !text.is_whitespace()) else { continue };
        if last.is_some_and(|last| is_written_twice(last, glyph)) {
            continue;
        }
        last = Some(glyph);
        match spans.last_mut() {
            Some(span) if glyph.x - span.x1 < COLUMN_GAP * glyph.size.max(span.size) => span.push(text, glyph),
            _ => spans.push(Span {
                text: text.to_string(),
                x0: glyph.x,
                x1: glyph.x + glyph.width,
                y: glyph.y,
                size: glyph.size,
            }),
        }
    }
    spans
}

/// Bold made by writing a glyph again over itself; the two letters of a narrow pair (ff, ll) stand side by side.
fn is_written_twice(last: &Glyph, glyph: &Glyph) -> bool {
    last.text == glyph.text && (glyph.x - last.x).abs() <= (0.3 * glyph.size).min(0.5 * last.width)
}

impl Span {
    fn push(&mut self, text: char, glyph: &Glyph) {
        let gap = (glyph.x - self.x1) / glyph.size.max(1.0);
        let beside_chinese = is_wide(text) || self.text.chars().next_back().is_some_and(is_wide);
        if gap > if beside_chinese { CHINESE_SPACE } else { LATIN_SPACE } {
            self.text.push(' ');
        }
        self.text.push(text);
        self.x1 = self.x1.max(glyph.x + glyph.width);
        self.size = self.size.max(glyph.size);
    }

    fn chars(&self) -> usize {
        self.text.chars().count()
    }
}

/// Chinese characters, kana, hangul and full-width signs: written without spaces.
pub(super) fn is_wide(character: char) -> bool {
    matches!(character, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffee}' | '\u{20000}'..='\u{3134f}' | '“' | '”' | '‘' | '’' | '…' | '—')
}

/// Lines in the order in which they are read: column by column where the page has columns of text, otherwise row by
/// row, with the parts of a row joined by tabs.
pub(super) fn reading_order(rows: &[Vec<Span>]) -> Vec<TextLine> {
    let mut lines = Vec::new();
    let mut at = 0;
    while at < rows.len() {
        match columns_from(&rows[at..]) {
            Some((count, gutter)) => {
                let band = &rows[at..at + count];
                for is_left in [true, false] {
                    let column: Vec<Span> = band.iter().filter_map(|row| part(row, gutter, is_left)).collect();
                    lines.extend(in_column(column));
                }
                at += count;
            }
            None => {
                let end =
                    (at + 1..rows.len()).find(|&next| columns_from(&rows[next..]).is_some()).unwrap_or(rows.len());
                lines.extend(in_column(rows[at..end].iter().filter_map(|row| joined(row)).collect()));
                at = end;
            }
        }
    }
    lines
}

/// How many rows from the first on have text on both sides of one gutter, and where the gutter is.
fn columns_from(rows: &[Vec<Span>]) -> Option<(usize, f64)> {
    let first = rows.first()?;
    first.windows(2).find_map(|pair| {
        let mut gutter = (pair[0].x1, pair[1].x0);
        let (mut count, mut both, mut left_chars, mut right_chars) = (0, 0, 0, 0);
        for row in rows {
            let least = GUTTER * row.first().map_or(0.0, |span| span.size);
            let Some((low, high)) = narrowed(gutter, row).filter(|(low, high)| high - low >= least) else { break };
            gutter = (low, high);
            let (left, right): (Vec<&Span>, Vec<&Span>) = row.iter().partition(|span| span.x1 <= low);
            left_chars += left.iter().map(|span| span.chars()).sum::<usize>();
            right_chars += right.iter().map(|span| span.chars()).sum::<usize>();
            both += usize::from(!left.is_empty() && !right.is_empty());
            count += 1;
        }
        let is_text = left_chars.min(right_chars) >= MIN_COLUMN_CHARS * both;
        (both >= MIN_COLUMN_ROWS && is_text).then_some((count, f64::midpoint(gutter.0, gutter.1)))
    })
}

/// What a row leaves free of a gutter; none when the row crosses it.
fn narrowed((low, high): (f64, f64), row: &[Span]) -> Option<(f64, f64)> {
    row.iter().try_fold((low, high), |(low, high), span| match () {
        () if span.x1 <= low || span.x0 >= high => Some((low, high)),
        () if span.x0 <= low && span.x1 < high => Some((span.x1, high)),
        () if span.x0 > low && span.x1 >= high => Some((low, span.x0)),
        () => None,
    })
}

fn part(row: &[Span], gutter: f64, is_left: bool) -> Option<Span> {
    let side: Vec<Span> = row.iter().filter(|span| (span.x1 <= gutter) == is_left).cloned().collect();
    joined(&side)
}

fn joined(row: &[Span]) -> Option<Span> {
    let (first, last) = (row.first()?, row.last()?);
    Some(Span {
        text: row.iter().map(|span| span.text.as_str()).collect::<Vec<_>>().join("\t"),
        x0: first.x0,
        x1: last.x1,
        y: first.y,
        size: row.iter().map(|span| span.size).fold(0.0, f64::max),
    })
}

fn in_column(spans: Vec<Span>) -> impl Iterator<Item = TextLine> {
    let left = spans.iter().map(|span| span.x0).fold(f64::INFINITY, f64::min);
    let right = spans.iter().map(|span| span.x1).fold(f64::NEG_INFINITY, f64::max);
    spans.into_iter().map(move |span| TextLine { span, left, right })
}

#[cfg(test)]
mod tests {
    use super::super::device::Ink;
    use super::*;

    fn write(text: &str, x: f64, y: f64) -> Vec<Glyph> {
        text.chars()
            .enumerate()
            .map(|(at, c)| Glyph {
                text: Some(c),
                x: x + 10.0 * at as f64,
                y,
                width: 10.0,
                size: 10.0,
                flow: Flow::Right,
                ink: Ink::Visible,
            })
            .collect()
    }

    fn texts(glyphs: &[Glyph]) -> Vec<String> {
        reading_order(&rows(glyphs)).into_iter().map(|line| line.span.text).collect()
    }

    #[test]
    fn columns_are_read_one_after_the_other_and_rows_of_labels_as_rows() {
        let (left, right) = ("左边这一栏有十个字左", "右边这一栏也是十个字");
        let mut glyphs =
            [write("横贯两栏的标题", 60.0, 0.0), write("小标题", 0.0, 10.0), write("另一", 150.0, 10.0)].concat();
        for row in 1..=3 {
            glyphs
                .extend([write(left, 0.0, 20.0 * f64::from(row)), write(right, 150.0, 20.0 * f64::from(row))].concat());
        }
        assert_eq!(texts(&glyphs), ["横贯两栏的标题", "小标题", left, left, left, "另一", right, right, right]);
        let labels: Vec<Glyph> = (0..3)
            .flat_map(|row| [write("单位", 0.0, 20.0 * row as f64), write("某局", 150.0, 20.0 * row as f64)].concat())
            .collect();
        assert_eq!(texts(&labels), ["单位\t某局"; 3]);
    }

    #[test]
    fn gaps_are_spaces_by_their_width_and_script() {
        let mut glyphs = write("ab", 0.0, 0.0);
        glyphs.extend(write("cd", 23.0, 0.0));
        glyphs.extend(write("办", 46.0, 0.0));
        glyphs.extend(write("事", 66.0, 0.0));
        assert_eq!(texts(&glyphs), ["ab cd办 事"]);
        let mut twice = write("粗", 0.0, 0.0);
        twice.extend(write("粗", 0.4, 0.0));
        assert_eq!(texts(&twice), ["粗"]);
        let narrow = [0.0, 2.8].map(|x| Glyph { width: 2.8, ..write("l", x, 0.0)[0] });
        assert_eq!(texts(&narrow), ["ll"]);
    }
}
