//! A table as any format gives it: rows of text cells with their place, and merged ranges.

use std::collections::{BTreeMap, BTreeSet};

/// Rows that hold anything, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Grid {
    pub rows: Vec<GridRow>,
    /// Ranges merged over more than one row.
    pub merges: Vec<Merge>,
    /// Numbers of rows in which cells have no value that can be read (#N/A, a formula without its result).
    pub unread_rows: BTreeSet<u32>,
}

/// One row; cells beyond its last filled one are missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct GridRow {
    /// As the spreadsheet program numbers it, or the line of a text file.
    pub number: u32,
    pub cells: Vec<String>,
}

/// A merged range by row number and column index; its value stands in the upper left cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Merge {
    pub first_row: u32,
    pub last_row: u32,
    pub first_column: usize,
}

/// Merged ranges of a hostile file may cover the sheet many times over; filling stops after so many bytes.
const MAX_FILLED_BYTES: usize = 256 << 20;

impl GridRow {
    /// The cell, trimmed; empty where there is none.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell.trim())
    }

    /// Filled cells with their column.
    pub fn filled(&self) -> impl Iterator<Item = (usize, &str)> {
        self.cells.iter().enumerate().map(|(at, cell)| (at, cell.trim())).filter(|(_, cell)| !cell.is_empty())
    }

    fn set(&mut self, column: usize, text: String) {
        if self.cells.len() <= column {
            self.cells.resize(column + 1, String::new());
        }
        self.cells[column] = text;
    }
}

impl Grid {
    /// Builds a grid from cells in any order; empty cells and rows disappear.
    pub fn from_cells(cells: impl IntoIterator<Item = (u32, usize, String)>) -> Self {
        let mut rows: BTreeMap<u32, GridRow> = BTreeMap::new();
        for (number, column, text) in cells {
            if !text.trim().is_empty() {
                rows.entry(number).or_insert_with(|| GridRow { number, cells: Vec::new() }).set(column, text);
            }
        }
        Self { rows: rows.into_values().collect(), ..Self::default() }
    }

    /// Position of the row with this number.
    pub fn position(&self, number: u32) -> Result<usize, usize> {
        self.rows.binary_search_by_key(&number, |row| row.number)
    }

    /// Writes the value of each range merged over rows into the lower rows it covers, except in
    /// `skip_column`, where a merged title makes the rows one record.
    pub fn fill_down(&mut self, skip_column: Option<usize>) {
        let mut budget = MAX_FILLED_BYTES;
        for merge in std::mem::take(&mut self.merges) {
            if Some(merge.first_column) == skip_column {
                self.merges.push(merge);
                continue;
            }
            let Ok(anchor) = self.position(merge.first_row) else { continue };
            let value = self.rows[anchor].cell(merge.first_column).to_owned();
            let covered = self.rows[anchor + 1..].iter_mut().take_while(|row| row.number <= merge.last_row);
            for row in covered {
                let Some(left) = budget.checked_sub(value.len() + 1) else { return };
                budget = left;
                if row.cell(merge.first_column).is_empty() && !value.is_empty() {
                    row.set(merge.first_column, value.clone());
                }
            }
        }
    }

    /// Joins the rows under a merged cell of `column` into its first row, cell by cell.
    ///
    /// Gives how many rows were joined away.
    pub fn join_rows(&mut self, column: usize) -> usize {
        let spans: Vec<Merge> = self.merges.iter().copied().filter(|merge| merge.first_column == column).collect();
        let before = self.rows.len();
        let mut joined: Vec<GridRow> = Vec::with_capacity(before);
        let mut span_of = BTreeMap::new();
        for span in spans {
            span_of.insert(span.first_row, span.last_row);
        }
        for row in std::mem::take(&mut self.rows) {
            let last = joined.last().and_then(|head| span_of.get(&head.number));
            match joined.last_mut() {
                Some(head) if last.is_some_and(|last| row.number <= *last) => join(head, &row),
                _ => joined.push(row),
            }
        }
        self.rows = joined;
        before - self.rows.len()
    }
}

fn join(head: &mut GridRow, row: &GridRow) {
    for (column, text) in row.filled() {
        match head.cell(column) {
            "" => head.set(column, text.to_owned()),
            above if above == text => {}
            above => {
                let both = format!("{above}\n{text}");
                head.set(column, both);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(cells: &[(u32, usize, &str)]) -> Grid {
        Grid::from_cells(cells.iter().map(|&(row, column, text)| (row, column, text.to_owned())))
    }

    #[test]
    fn merged_values_reach_every_row_they_cover() {
        let mut grid = grid(&[(1, 0, "甲县"), (1, 1, "a"), (2, 1, "b"), (5, 1, "c")]);
        grid.merges.push(Merge { first_row: 1, last_row: 3, first_column: 0 });
        grid.fill_down(None);
        let units: Vec<&str> = grid.rows.iter().map(|row| row.cell(0)).collect();
        assert_eq!(units, ["甲县", "甲县", ""]);
    }

    #[test]
    fn rows_under_a_merged_title_are_one_record() {
        let mut grid = grid(&[(1, 0, "标题"), (1, 1, "一"), (2, 1, "二"), (3, 0, "另"), (3, 1, "三")]);
        grid.merges.push(Merge { first_row: 1, last_row: 2, first_column: 0 });
        assert_eq!(grid.join_rows(0), 1);
        assert_eq!(grid.rows[0].cells, ["标题", "一\n二"]);
        assert_eq!(grid.rows[1].cells, ["另", "三"]);
    }
}
