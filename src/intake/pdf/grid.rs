//! Tables by their ruled lines: which cells the lines enclose, and which glyphs stand in each.

use std::collections::BTreeMap;

use hayro_interpret::kurbo::Rect;

use super::super::blocks::Table;
use super::super::form::FormCell;
use super::device::{Glyph, Rule};
use super::lines::{reading_order, rows};
use super::paragraphs;

/// Lines this near (points) to each other are one line.
const TOLERANCE: f64 = 3.0;
/// Cells of a larger grid belong to a drawing.
const MAX_CELLS: usize = 20_000;
/// Rules beyond this number belong to a drawing, and finding what crosses what would take long.
const MAX_RULES: usize = 4_000;

/// A table of a page, with what is needed to join it to its continuation on the next page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RuledTable {
    pub area: Rect,
    /// Edges of the columns.
    columns: Vec<f64>,
    rows: Vec<Vec<FormCell>>,
}

#[derive(Debug, Clone, Copy)]
struct Segment {
    /// Where it lies across its direction.
    at: f64,
    from: f64,
    to: f64,
}

/// Takes the glyphs that stand in tables out of `glyphs`.
pub(super) fn take_tables(rules: &[Rule], glyphs: &mut Vec<Glyph>) -> Vec<RuledTable> {
    if rules.len() > MAX_RULES {
        return Vec::new();
    }
    let (horizontal, vertical): (Vec<Rule>, Vec<Rule>) =
        rules.iter().partition(|rule| rule.to.x - rule.from.x > rule.to.y - rule.from.y);
    let horizontal: Vec<Segment> =
        merged(horizontal.iter().map(|rule| Segment { at: rule.from.y, from: rule.from.x, to: rule.to.x }).collect());
    let vertical: Vec<Segment> =
        merged(vertical.iter().map(|rule| Segment { at: rule.from.x, from: rule.from.y, to: rule.to.y }).collect());
    let mut tables: Vec<RuledTable> =
        groups(&horizontal, &vertical).into_iter().filter_map(|(h, v)| table(&h, &v, glyphs)).collect();
    tables.sort_by(|a, b| a.area.y0.total_cmp(&b.area.y0).then(a.area.x0.total_cmp(&b.area.x0)));
    tables
}

/// Joins segments of one line that touch: producers draw the border of each cell by itself.
fn merged(mut segments: Vec<Segment>) -> Vec<Segment> {
    segments.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.from.total_cmp(&b.from)));
    let mut lines: Vec<Vec<Segment>> = Vec::new();
    for segment in segments {
        match lines.last_mut() {
            Some(line) if segment.at - line[0].at <= TOLERANCE => line.push(segment),
            _ => lines.push(vec![segment]),
        }
    }
    let mut joined: Vec<Segment> = Vec::new();
    for mut line in lines {
        line.sort_by(|a, b| a.from.total_cmp(&b.from));
        let at = line[0].at;
        let start = joined.len();
        for segment in line {
            match joined[start..].last_mut() {
                Some(last) if segment.from <= last.to + TOLERANCE => last.to = last.to.max(segment.to),
                _ => joined.push(Segment { at, ..segment }),
            }
        }
    }
    joined
}

fn cross(horizontal: &Segment, vertical: &Segment) -> bool {
    let within = |at: f64, segment: &Segment| at >= segment.from - TOLERANCE && at <= segment.to + TOLERANCE;
    within(vertical.at, horizontal) && within(horizontal.at, vertical)
}

/// Lines that cross one another, directly or through others.
fn groups(horizontal: &[Segment], vertical: &[Segment]) -> Vec<(Vec<Segment>, Vec<Segment>)> {
    let mut group_of_horizontal: Vec<Option<usize>> = vec![None; horizontal.len()];
    let mut group_of_vertical: Vec<Option<usize>> = vec![None; vertical.len()];
    let mut count = 0;
    for start in 0..horizontal.len() {
        if group_of_horizontal[start].is_some() {
            continue;
        }
        group_of_horizontal[start] = Some(count);
        let mut open = vec![(true, start)];
        while let Some((is_horizontal, at)) = open.pop() {
            let (others, group) =
                if is_horizontal { (vertical, &mut group_of_vertical) } else { (horizontal, &mut group_of_horizontal) };
            for (other, segment) in others.iter().enumerate() {
                let touch = if is_horizontal { cross(&horizontal[at], segment) } else { cross(segment, &vertical[at]) };
                if touch && group[other].is_none() {
                    group[other] = Some(count);
                    open.push((!is_horizontal, other));
                }
            }
        }
        count += 1;
    }
    let pick = |segments: &[Segment], groups: &[Option<usize>], wanted| {
        segments.iter().zip(groups).filter(|(_, group)| **group == Some(wanted)).map(|(segment, _)| *segment).collect()
    };
    (0..count)
        .map(|group| (pick(horizontal, &group_of_horizontal, group), pick(vertical, &group_of_vertical, group)))
        .collect()
}

/// Positions of lines, those within the tolerance as one.
fn positions(segments: &[Segment]) -> Vec<f64> {
    distinct(segments.iter().map(|segment| segment.at).collect())
}

fn distinct(mut edges: Vec<f64>) -> Vec<f64> {
    edges.sort_by(f64::total_cmp);
    edges.dedup_by(|next, kept| *next - *kept <= TOLERANCE);
    edges
}

fn table(horizontal: &[Segment], vertical: &[Segment], glyphs: &mut Vec<Glyph>) -> Option<RuledTable> {
    let (columns, lines) = (positions(vertical), positions(horizontal));
    let (width, height) = (columns.len().checked_sub(1)?, lines.len().checked_sub(1)?);
    // One cell is a frame around text, not a table.
    if width * height < 2 || width * height > MAX_CELLS {
        return None;
    }
    let area = Rect::new(columns[0], lines[0], columns[width], lines[height]);
    let cells = spanning(&columns, &lines, horizontal, vertical);
    let mut inside: BTreeMap<usize, Vec<Glyph>> = BTreeMap::new();
    glyphs.retain(|glyph| {
        let (x, y) = (glyph.x + glyph.width / 2.0, glyph.y - glyph.size / 3.0);
        if !area.contains((x, y)) {
            return true;
        }
        let column = columns[1..width].iter().filter(|edge| **edge <= x).count();
        let line = lines[1..height].iter().filter(|edge| **edge <= y).count();
        inside.entry(cells[line * width + column]).or_default().push(*glyph);
        false
    });
    let rows = (0..height).map(|line| row_of(line, width, &cells, &inside));
    let rows: Vec<Vec<FormCell>> = rows.filter(|row| row.iter().any(|cell| !cell.continued)).collect();
    columns.is_sorted().then_some(RuledTable { area, columns, rows })
}

/// For each place of the grid the first place of the cell that it belongs to: places without a line between them are
/// one cell.
fn spanning(columns: &[f64], lines: &[f64], horizontal: &[Segment], vertical: &[Segment]) -> Vec<usize> {
    let (width, height) = (columns.len() - 1, lines.len() - 1);
    let divided = |segments: &[Segment], at: f64, from: f64, to: f64| {
        let middle = f64::midpoint(from, to);
        segments.iter().any(|s| (s.at - at).abs() <= TOLERANCE && s.from <= middle && s.to >= middle)
    };
    let mut first: Vec<usize> = (0..width * height).collect();
    for line in 0..height {
        for column in 0..width {
            let here = line * width + column;
            if column > 0 && !divided(vertical, columns[column], lines[line], lines[line + 1]) {
                first[here] = first[here - 1];
            } else if line > 0 && !divided(horizontal, lines[line], columns[column], columns[column + 1]) {
                first[here] = first[here - width];
            }
        }
    }
    first
}

fn row_of(line: usize, width: usize, cells: &[usize], inside: &BTreeMap<usize, Vec<Glyph>>) -> Vec<FormCell> {
    let mut row: Vec<FormCell> = Vec::new();
    let mut last = None;
    for column in 0..width {
        let cell = cells[line * width + column];
        if last == Some(cell) {
            continue;
        }
        last = Some(cell);
        let glyphs = inside.get(&cell).map_or(&[][..], Vec::as_slice);
        row.push(FormCell { text: cell_text(glyphs), continued: cell / width < line, column });
    }
    row
}

fn cell_text(glyphs: &[Glyph]) -> String {
    let lines = reading_order(&rows(glyphs));
    paragraphs::join(&lines).into_iter().map(|line| line.text).collect::<Vec<_>>().join("\n")
}

impl RuledTable {
    pub fn into_table(self) -> Table {
        Table { rows: self.rows }
    }

    /// Whether `next`, first on its page, goes on with this table, last on its own.
    pub fn continues_in(&self, next: &RuledTable) -> bool {
        let same_edges = self.columns.iter().zip(&next.columns).all(|(a, b)| (a - b).abs() <= TOLERANCE);
        let ends = (self.columns.first(), self.columns.last());
        let next_ends = (next.columns.first(), next.columns.last());
        let near = |a: Option<&f64>, b: Option<&f64>| a.zip(b).is_some_and(|(a, b)| (a - b).abs() <= TOLERANCE);
        // A page may show fewer columns of a table than another, where cells span.
        near(ends.0, next_ends.0)
            && near(ends.1, next_ends.1)
            && (same_edges || self.columns.len() != next.columns.len())
    }

    /// Adds the rows of the next page. A row that begins with an empty cell is the rest of the row before.
    pub fn append(&mut self, mut next: RuledTable) {
        let columns = distinct([self.columns.as_slice(), &next.columns].concat());
        self.place_in(&columns);
        next.place_in(&columns);
        let mut rows = next.rows.into_iter();
        if let Some(row) = rows.next() {
            let is_rest = row.first().is_some_and(|cell| cell.text.is_empty());
            match self.rows.last_mut() {
                Some(last) if is_rest && row.len() == last.len() => {
                    for (cell, rest) in last.iter_mut().zip(row) {
                        cell.text = paragraphs::glued(&cell.text, &rest.text);
                    }
                }
                _ => self.rows.push(row),
            }
        }
        self.rows.extend(rows);
    }

    /// Counts the columns of the cells by these edges, among which are its own.
    fn place_in(&mut self, edges: &[f64]) {
        let before = |edge: f64| edges.iter().filter(|other| **other < edge - TOLERANCE).count();
        for cell in self.rows.iter_mut().flatten() {
            cell.column = before(self.columns[cell.column]);
        }
        self.columns = edges.to_vec();
    }
}

#[cfg(test)]
mod tests {
    use hayro_interpret::kurbo::Point;

    use super::super::device::{Flow, Ink};
    use super::*;

    fn rule(x0: f64, y0: f64, x1: f64, y1: f64) -> Rule {
        Rule { from: Point::new(x0, y0), to: Point::new(x1, y1) }
    }

    fn glyph(text: char, x: f64, y: f64) -> Glyph {
        Glyph { text: Some(text), x, y, width: 10.0, size: 10.0, flow: Flow::Right, ink: Ink::Visible }
    }

    #[test]
    fn cells_without_a_line_between_them_are_one() {
        let mut rules =
            vec![rule(0.0, 0.0, 200.0, 0.0), rule(100.0, 50.0, 200.0, 50.0), rule(0.0, 100.0, 200.0, 100.0)];
        rules.extend([0.0, 100.0, 200.0].map(|x| rule(x, 0.0, x, 100.0)));
        let mut glyphs =
            vec![glyph('甲', 10.0, 60.0), glyph('乙', 110.0, 30.0), glyph('丙', 110.0, 80.0), glyph('外', 10.0, 150.0)];
        let tables = take_tables(&rules, &mut glyphs);
        assert_eq!((tables.len(), glyphs.len()), (1, 1));
        let rows = tables.into_iter().next().unwrap().into_table().rows;
        let texts: Vec<Vec<(&str, bool)>> =
            rows.iter().map(|row| row.iter().map(|cell| (cell.text.as_str(), cell.continued)).collect()).collect();
        assert_eq!(texts, [[("甲", false), ("乙", false)], [("甲", true), ("丙", false)]]);
    }

    /// A row of cells between these edges, with a character in each.
    fn ruled_row(edges: &[f64], text: &str) -> RuledTable {
        let mut rules = [0.0, 50.0].map(|y| rule(0.0, y, edges[edges.len() - 1], y)).to_vec();
        rules.extend(edges.iter().map(|x| rule(*x, 0.0, *x, 50.0)));
        let mut glyphs: Vec<Glyph> = edges.iter().zip(text.chars()).map(|(x, c)| glyph(c, x + 10.0, 30.0)).collect();
        take_tables(&rules, &mut glyphs).remove(0)
    }

    #[test]
    fn columns_are_counted_over_pages_that_show_different_ones() {
        let mut table = ruled_row(&[0.0, 200.0, 300.0], "甲乙");
        let next = ruled_row(&[0.0, 101.0, 201.0, 301.0], "丙丁戊");
        assert!(table.continues_in(&next));
        table.append(next);
        let rows = table.into_table().rows;
        let columns: Vec<Vec<usize>> = rows.iter().map(|row| row.iter().map(|cell| cell.column).collect()).collect();
        assert_eq!(columns, [vec![0, 2], vec![0, 1, 2]]);
    }
}
