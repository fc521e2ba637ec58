//! Finds the header of a table by what stands in its first rows.

use super::super::headers::{Basis, Match, normalise};
use super::super::mapping::HeaderBook;
use super::grid::Grid;

/// Rows from the top that may hold the header; above it stand titles and remarks.
const SEARCHED_ROWS: usize = 20;

/// A header of one or two rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeaderRow {
    /// Position in the grid of its upper row.
    first: usize,
    /// Position in the grid of its lower row; records follow.
    pub last: usize,
    /// Text by column; of two rows the lower one, where it is filled.
    pub cells: Vec<String>,
    /// Recognised columns.
    pub known: usize,
    /// Whole names weigh two, contained names one.
    weight: usize,
    has_content: bool,
}

/// The row (or pair of rows) in which most cells are known headers; the first of equals.
pub(crate) fn find(grid: &Grid, book: &HeaderBook) -> Option<HeaderRow> {
    let searched = grid.rows.len().min(SEARCHED_ROWS);
    let mut best: Option<HeaderRow> = None;
    for at in 0..searched {
        let single = judged(grid.rows[at].cells.clone(), (at, at), book);
        let pair = stacked(grid, at).map(|cells| judged(cells, (at, at + 1), book));
        for candidate in [Some(single), pair].into_iter().flatten() {
            if candidate.is_header(grid) && best.as_ref().is_none_or(|best| candidate.weight > best.weight) {
                best = Some(candidate);
            }
        }
    }
    best
}

fn judged(cells: Vec<String>, (first, last): (usize, usize), book: &HeaderBook) -> HeaderRow {
    let matches: Vec<Match> = cells.iter().filter_map(|cell| book.recognise(cell)).collect();
    let weight = matches.iter().map(|found| if found.basis == Basis::Contained { 1 } else { 2 }).sum();
    let has_content = matches.iter().any(|found| found.field.carries_content());
    HeaderRow { first, last, cells, known: matches.len(), weight, has_content }
}

impl HeaderRow {
    /// By column the normalised names that stand over it, of a group and its own.
    pub fn names(&self, grid: &Grid) -> Vec<Vec<String>> {
        let rows = &grid.rows[self.first..=self.last];
        let of_column = |column| {
            let names = rows.iter().map(|row| normalise(row.cell(column)));
            names.filter(|name| !name.is_empty()).collect()
        };
        (0..self.cells.len()).map(of_column).collect()
    }

    /// Two known names, one of them a title or narrative; one whole name will do in a table of one column.
    fn is_header(&self, grid: &Grid) -> bool {
        let one_column = || grid.rows.iter().all(|row| row.filled().count() == 1);
        self.has_content && (self.known >= 2 || (self.weight == 2 && one_column()))
    }
}

/// Group headings with sub-headings under them (单位信息 over 单位名称 and 所在地区).
fn stacked(grid: &Grid, at: usize) -> Option<Vec<String>> {
    let (upper, lower) = (&grid.rows[at], grid.rows.get(at + 1)?);
    let width = upper.cells.len().max(lower.cells.len());
    let lower_is_partial = (0..width).any(|column| lower.cell(column).is_empty() && !upper.cell(column).is_empty());
    let lower_is_short = lower.filled().all(|(_, cell)| cell.chars().count() <= 20);
    // A title over the whole table fills one cell; it is no group heading.
    let upper_is_title = upper.filled().count() == 1;
    (lower_is_partial && lower_is_short && !upper_is_title).then(|| {
        let pick = |column| if lower.cell(column).is_empty() { upper.cell(column) } else { lower.cell(column) };
        (0..width).map(|column| pick(column).to_owned()).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_in(rows: &[&[&str]]) -> Option<HeaderRow> {
        let cells = rows.iter().enumerate().flat_map(|(at, row)| {
            row.iter().enumerate().map(move |(column, text)| (at as u32 + 1, column, (*text).to_owned()))
        });
        find(&Grid::from_cells(cells), &HeaderBook::default())
    }

    #[test]
    fn title_rows_above_are_passed_over() {
        let found = find_in(&[
            &["2023年政务平台案例简介汇总表"],
            &["填报单位:某某省"],
            &["序号", "案例名称", "申报单位", "案例简介"],
            &["1", "甲", "乙", "丙"],
        ])
        .unwrap();
        assert_eq!((found.last, found.known), (2, 4));
    }

    #[test]
    fn two_rows_make_one_header() {
        let found = find_in(&[
            &["编号", "案例名称", "单位信息", "", "材料", ""],
            &["", "", "单位名称", "所在地区", "案例简介", "创新点"],
            &["1", "甲", "乙", "丙", "丁", "戊"],
        ])
        .unwrap();
        assert_eq!((found.last, found.known), (1, 6));
        assert_eq!(found.cells, ["编号", "案例名称", "单位名称", "所在地区", "案例简介", "创新点"]);
    }

    #[test]
    fn rows_of_data_are_no_header() {
        assert_eq!(find_in(&[&["1", "甲", "乙"], &["2", "丙", "丁"]]), None);
        assert_eq!(find_in(&[&["申报单位", "所在地区"], &["甲", "乙"]]), None);
        assert!(find_in(&[&["text"], &["甲"]]).is_some());
    }
}
