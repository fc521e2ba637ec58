//! Tables while they are read: cells that span columns or rows keep their place.

use super::super::blocks::{Block, Table};
use super::super::form::FormCell;
use super::ink::Tone;

/// Wider spans are a mistake or made to hurt.
const MAX_SPAN: usize = 64;

#[derive(Debug, Default)]
pub(in crate::intake) struct OpenTable {
    table: Table,
    row: Vec<FormCell>,
    /// Grid column at which each cell of the row starts, with its text.
    starts: Vec<(usize, String)>,
    /// The same of the row above.
    above: Vec<(usize, String)>,
    column: usize,
    pub cell: Option<OpenCell>,
    /// What the last cell held, as it was.
    last: Vec<Block>,
    /// Its style paints cells, which ones is not known.
    pub shades: bool,
}

#[derive(Debug, Default)]
pub(in crate::intake) struct OpenCell {
    pub blocks: Vec<Block>,
    pub(super) ground: Option<Tone>,
    span: usize,
    /// Goes on from the cell above.
    pub continues: bool,
    /// Goes on from the cell before.
    pub is_merged_left: bool,
}

impl OpenCell {
    /// One that only goes on from the cell above.
    pub fn continuing(columns: usize) -> Self {
        Self { continues: true, span: columns, ..Self::default() }
    }

    /// Takes the number of columns it spans.
    pub fn set_span(&mut self, columns: Option<usize>) {
        self.span = columns.unwrap_or(1).clamp(1, MAX_SPAN);
    }

    fn text(&self) -> String {
        let lines = self.blocks.iter().flat_map(|block| match block {
            Block::Paragraph(line) => vec![line.text.clone()],
            Block::Table(table) => table.as_lines().collect(),
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl OpenTable {
    /// Leaves columns free at the start of a row.
    pub fn skip_columns(&mut self, columns: usize) {
        self.column += columns.min(MAX_SPAN);
    }

    pub fn end_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        let start = self.column;
        self.column += cell.span.max(1);
        if cell.is_merged_left {
            return;
        }
        let above = self.above.iter().find(|(at, _)| *at == start).map(|(_, text)| text.clone());
        let form_cell = match above {
            Some(text) if cell.continues => FormCell { text, continued: true, column: start },
            _ => FormCell { text: cell.text(), continued: false, column: start },
        };
        self.starts.push((start, form_cell.text.clone()));
        self.row.push(form_cell);
        self.last = cell.blocks;
    }

    pub fn end_row(&mut self) {
        self.table.rows.push(std::mem::take(&mut self.row));
        self.above = std::mem::take(&mut self.starts);
        self.column = 0;
    }

    /// A table of one cell is a frame around what it holds.
    pub fn into_blocks(self) -> Vec<Block> {
        match self.table.rows.as_slice() {
            [] => Vec::new(),
            [row] if row.len() == 1 => self.last,
            _ => vec![Block::Table(self.table)],
        }
    }
}
