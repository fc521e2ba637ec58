//! Paragraphs and tables of a document, whatever the format, sorted into records.

use std::collections::BTreeMap;

use super::form::{Form, FormCell};
use super::found::{Found, Refusal};
use super::prose::{self, Line};
use super::reader::Document;
use super::table::{self, Layout, grid::Grid, grid::GridRow, grid::Merge};
use super::{running, unseen};
use crate::nomination::Flag;

/// A paragraph or a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    Paragraph(Line),
    Table(Table),
}

/// What a document holds that is read from beginning to end.
pub(crate) struct Content {
    pub blocks: Vec<Block>,
    /// What nobody sees.
    pub hidden: String,
    /// Lines of a table of contents, which were left out.
    pub contents_lines: usize,
    /// Lines of headers and footers.
    pub running: Vec<String>,
}

impl Content {
    /// Sorts it into records, and tells what was left out.
    pub fn sort(self, document: &Document<'_>, found: &mut Found) -> Result<(), Refusal> {
        unseen::note(&self.hidden, &document.place, found);
        if self.contents_lines > 0 {
            let lines = self.contents_lines;
            found.note(&document.place, format!("{lines} lines of the table of contents were left out"));
        }
        if self.blocks.is_empty() {
            return Err(Refusal::new(
                "the document holds no text",
                "check that this is the filled-in file; pictures are not read",
            ));
        }
        Sorter::new(document, &self.blocks).sort(self.blocks, found);
        running::read(&self.running, document, found);
        found.flag((!self.hidden.is_empty()).then_some(Flag::HiddenText).into_iter());
        Ok(())
    }
}

impl Block {
    /// Its lines; the cells of a table are apart by tabs.
    pub fn into_lines(self) -> Vec<String> {
        match self {
            Block::Paragraph(line) => vec![line.text],
            Block::Table(table) => table.as_lines().collect(),
        }
    }

    /// Characters of a paragraph or of the cells of a table, white space aside.
    pub fn chars(&self) -> usize {
        let chars = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
        match self {
            Block::Paragraph(line) => chars(&line.text),
            Block::Table(table) => {
                table.rows.iter().flatten().filter(|cell| !cell.continued).map(|cell| chars(&cell.text)).sum()
            }
        }
    }
}

/// A table as rows of cells, each with the column at which it begins; spanned columns are one cell, spanned rows repeat
/// it as continued.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Table {
    pub rows: Vec<Vec<FormCell>>,
}

impl Table {
    /// A line a row, cells apart by tabs: for a table that is part of running text.
    pub fn as_lines(&self) -> impl Iterator<Item = String> {
        self.rows.iter().map(|row| {
            let cells = row.iter().filter(|cell| !cell.continued && !cell.text.is_empty());
            cells.map(|cell| cell.text.as_str()).collect::<Vec<_>>().join("\t")
        })
    }
}

/// Cells beyond this column, and cells behind more blanks of a table, are laid beside those before them: such spans are a
/// mistake or made to hurt.
const MAX_COLUMNS: usize = 1_000;
const MAX_BLANKS: usize = 1_000_000;

/// Sorts blocks into records: a form with a title of its own begins the next nomination.
pub(crate) struct Sorter<'a> {
    document: &'a Document<'a>,
    form: Form<'a>,
    /// Paragraphs not yet given to the form.
    lines: Vec<Line>,
    /// A form was read from a table, so that short lines around it are headings, not titles.
    has_form: bool,
    has_list: bool,
    /// The document is mainly running text; a table in it is part of that text. Under a longer table it is its preface.
    is_prose: bool,
}

/// A shorter paragraph above a form is its name or a remark.
const FORM_TITLE_CHARS: usize = 40;
/// Paragraphs with more characters are the nomination; with fewer, they go with a list in a table.
const PROSE_CHARS: usize = 200;

impl<'a> Sorter<'a> {
    pub fn new(document: &'a Document<'a>, blocks: &[Block]) -> Self {
        let is_list = |block: &Block| matches!(block, Block::Table(table) if matches!(table::layout(&grid_of(table), document.book), Layout::List(_)));
        let chars = |wanted: &dyn Fn(&Block) -> bool| {
            blocks.iter().filter(|block| wanted(block)).map(Block::chars).sum::<usize>()
        };
        let paragraphs = chars(&|block| matches!(block, Block::Paragraph(_)));
        let is_prose = paragraphs > PROSE_CHARS && paragraphs > chars(&is_list);
        Self { document, form: blank(document), lines: Vec::new(), has_form: false, has_list: false, is_prose }
    }

    /// Each table with a header gives a record a row, each form one nomination; the paragraphs belong to the form, or
    /// are the nomination.
    pub fn sort(mut self, blocks: Vec<Block>, found: &mut Found) {
        for block in blocks {
            match block {
                Block::Paragraph(line) => self.lines.push(line),
                Block::Table(table) => self.table(&table, found),
            }
        }
        self.finish(found);
    }

    fn table(&mut self, table: &Table, found: &mut Found) {
        let grid = grid_of(table);
        let Document { place, book, limits, .. } = self.document;
        match table::layout(&grid, book) {
            Layout::Form => self.form_table(table, found),
            Layout::List(_) if !self.is_prose => {
                self.has_list |= table::read(grid, place, book, limits, found).is_ok();
            }
            Layout::List(_) | Layout::Unknown => self.lines.extend(table.rows.iter().map(|row| plain_row(row))),
        }
    }

    fn form_table(&mut self, table: &Table, found: &mut Found) {
        let mut next = blank(self.document);
        table.rows.iter().for_each(|row| next.row(row));
        if !self.has_form {
            // What stands above a form is its name, and perhaps its number; longer paragraphs are kept.
            self.lines.retain(|line| {
                let is_kept = !line.is_heading && line.text.chars().count() > FORM_TITLE_CHARS;
                if !is_kept {
                    next.labels_of_line(&line.text);
                }
                is_kept
            });
            self.form = next;
            self.has_form = true;
        } else if next.has_title() {
            self.finish_record(found);
            self.form = next;
        } else {
            table.rows.iter().for_each(|row| self.form.row(row));
        }
    }

    fn finish_record(&mut self, found: &mut Found) {
        let lines = std::mem::take(&mut self.lines);
        prose::add(&lines, self.document.book, &mut self.form);
        std::mem::replace(&mut self.form, blank(self.document)).submit(found, self.document.limits);
    }

    /// Paragraphs around a list (its title, remarks) are no nomination of their own.
    fn finish(mut self, found: &mut Found) {
        if !self.has_list || self.has_form {
            return self.finish_record(found);
        }
        let chars: usize = self.lines.iter().map(|line| line.text.chars().count()).sum();
        if chars > 0 {
            found.note(&self.document.place, format!("{chars} characters outside the tables of records were not used"));
        }
    }
}

fn blank<'a>(document: &'a Document<'a>) -> Form<'a> {
    Form::new(document.place.clone(), document.book)
}

/// The table as a grid: under a cell that spans columns the columns behind the first are blank, and a cell that goes on
/// over rows is a merged range.
pub(crate) fn grid_of(table: &Table) -> Grid {
    let mut laid = Laid { blanks_left: MAX_BLANKS, ..Laid::default() };
    let rows = table.rows.iter().zip(1u32..).map(|(row, number)| laid.row(row, number));
    let rows = rows.filter(|row| row.filled().next().is_some()).collect();
    Grid { rows, merges: laid.merges, ..Grid::default() }
}

/// A grid while its rows are laid.
#[derive(Default)]
struct Laid {
    blanks_left: usize,
    merges: Vec<Merge>,
    /// The last merged range of each column.
    last_of_column: BTreeMap<usize, usize>,
}

impl Laid {
    fn row(&mut self, row: &[FormCell], number: u32) -> GridRow {
        let mut cells: Vec<String> = Vec::with_capacity(row.len());
        for cell in row {
            let blanks = cell.column.min(MAX_COLUMNS).saturating_sub(cells.len()).min(self.blanks_left);
            self.blanks_left -= blanks;
            cells.resize(cells.len() + blanks, String::new());
            if cell.continued && !cell.text.is_empty() {
                self.merge(cells.len(), number);
            }
            cells.push(if cell.continued { String::new() } else { cell.text.clone() });
        }
        GridRow { number, cells }
    }

    /// The cell goes on from the row above.
    fn merge(&mut self, column: usize, number: u32) {
        match self.last_of_column.get(&column).map(|at| &mut self.merges[*at]) {
            Some(merge) if merge.last_row + 1 == number => merge.last_row = number,
            _ => {
                self.last_of_column.insert(column, self.merges.len());
                self.merges.push(Merge { first_row: number.saturating_sub(1), last_row: number, first_column: column });
            }
        }
    }
}

fn plain_row(row: &[FormCell]) -> Line {
    let cells = row.iter().filter(|cell| !cell.continued && !cell.text.trim().is_empty());
    Line::plain(&cells.map(|cell| cell.text.trim()).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(column: usize, text: &str) -> FormCell {
        FormCell { text: text.to_owned(), continued: false, column }
    }

    #[test]
    fn cells_keep_their_column_behind_cells_that_span() {
        let below = FormCell { continued: true, ..cell(3, "类别") };
        let table = Table {
            rows: vec![
                vec![cell(0, "编号"), cell(1, "单位信息"), cell(3, "类别")],
                vec![cell(1, "单位"), cell(2, "地区"), below],
            ],
        };
        let grid = grid_of(&table);
        assert_eq!(grid.rows[0].cells, ["编号", "单位信息", "", "类别"]);
        assert_eq!(grid.rows[1].cells, ["", "单位", "地区", ""]);
        assert_eq!(grid.merges, [Merge { first_row: 1, last_row: 2, first_column: 3 }]);
    }

    #[test]
    fn spans_that_are_a_mistake_lay_no_endless_rows() {
        let rows = vec![vec![cell(0, "甲"), cell(usize::MAX, "乙")]; 2_000];
        let grid = grid_of(&Table { rows });
        assert_eq!(grid.rows[0].cells.len(), MAX_COLUMNS + 1);
        assert_eq!(grid.rows[1_999].cells, ["甲", "乙"]);
    }
}
