//! A tree of elements to paragraphs and tables. Recursion is safe here: `page` has bounded the depth.

use dom_query::{Document, NodeRef};

use super::super::blocks::{Block, Table, grid_of};
use super::super::form::FormCell;
use super::super::mapping::HeaderBook;
use super::super::prose::Line;
use super::super::table::{self, Layout};

/// Elements that stand in a line with others; all that is not listed begins a paragraph.
const INLINE: [&str; 31] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "u", "var",
];
/// Columns and rows that a cell may span, and columns of a table.
const MAX_SPAN: usize = 1_000;
/// Cells that spans may repeat on a page.
const MAX_CELLS: usize = 1_000_000;
/// A repeated cell is known by its beginning; labels are shorter.
const REPEATED_CHARS: usize = 120;

/// Paragraphs and tables in order.
pub(super) fn blocks(page: &Document, book: &HeaderBook) -> Vec<Block> {
    let mut writer = Writer::new(book);
    if let Some(body) = page.tree.body() {
        writer.children(&body);
    }
    writer.end_line();
    writer.blocks
}

/// Characters that can be seen, white space aside.
pub(super) fn chars(node: &NodeRef<'_>) -> usize {
    let texts = node.descendants_it().filter(NodeRef::is_text);
    texts.map(|text| text.text().chars().filter(|c| !c.is_whitespace()).count()).sum()
}

/// A table of nominations, or a form.
pub(super) fn is_of_records(block: &Block, book: &HeaderBook) -> bool {
    matches!(block, Block::Table(table) if table::layout(&grid_of(table), book) != Layout::Unknown)
}

struct Writer<'a> {
    book: &'a HeaderBook,
    blocks: Vec<Block>,
    line: String,
    is_heading: bool,
    /// Repeated cells that may still be laid.
    cells_left: usize,
}

impl<'a> Writer<'a> {
    fn new(book: &'a HeaderBook) -> Self {
        Self { book, blocks: Vec::new(), line: String::new(), is_heading: false, cells_left: MAX_CELLS }
    }

    fn children(&mut self, node: &NodeRef<'_>) {
        node.children_it(false).for_each(|child| self.node(&child));
    }

    fn node(&mut self, node: &NodeRef<'_>) {
        if node.is_text() {
            push_folded(&mut self.line, &node.text());
        } else if node.is_element() {
            let name = node.node_name().unwrap_or_default();
            self.element(node, &name);
        }
    }

    fn element(&mut self, node: &NodeRef<'_>, name: &str) {
        if INLINE.contains(&name) {
            return self.children(node);
        }
        self.end_line();
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.is_heading = true;
                self.children(node);
            }
            "table" => match table_of(node, self.book, &mut self.cells_left) {
                Some(table) => self.blocks.push(Block::Table(table)),
                None => self.children(node),
            },
            "head" | "script" | "style" | "title" => {}
            _ => self.children(node),
        }
        self.end_line();
    }

    fn end_line(&mut self) {
        let text = std::mem::take(&mut self.line);
        let is_heading = std::mem::take(&mut self.is_heading);
        let text = text.trim();
        if !text.is_empty() {
            self.blocks.push(Block::Paragraph(Line { text: text.to_owned(), is_heading }));
        }
    }
}

/// White space as a browser shows it. A line break in the source between two Han characters shows as nothing.
fn push_folded(line: &mut String, text: &str) {
    let mut gap: Option<bool> = line.ends_with(' ').then_some(false);
    for c in text.chars() {
        if c.is_whitespace() && c != '\u{3000}' {
            gap = Some(gap.unwrap_or(false) || c == '\n');
            continue;
        }
        if let Some(broken) = gap.take() {
            let ascii_beside = c.is_ascii() || line.ends_with(|before: char| before.is_ascii());
            if !line.is_empty() && !line.ends_with(' ') && (ascii_beside || !broken) {
                line.push(' ');
            }
        }
        line.push(c);
    }
    if gap == Some(false) && !line.is_empty() && !line.ends_with(' ') {
        line.push(' ');
    }
}

/// The table, unless it only places parts of the page: one row, one column, or tables inside it.
fn table_of(node: &NodeRef<'_>, book: &HeaderBook, cells_left: &mut usize) -> Option<Table> {
    if !node.find(&["table"]).is_empty() {
        return None;
    }
    let rows = node.find(&["tr"]);
    let cells: Vec<Vec<Cell>> = rows.iter().map(|row| row_cells(row, book)).filter(|row| !row.is_empty()).collect();
    if cells.len() < 2 || cells.iter().all(|row| row.len() < 2) {
        return None;
    }
    let mut layout = Layouter { hanging: Vec::new(), cells_left };
    Some(Table { rows: cells.iter().map(|row| layout.row(row)).collect() })
}

struct Cell {
    text: String,
    columns: usize,
    rows: usize,
}

fn row_cells(row: &NodeRef<'_>, book: &HeaderBook) -> Vec<Cell> {
    let cells = row.element_children().into_iter().filter(|cell| cell.has_name("td") || cell.has_name("th"));
    let span = |cell: &NodeRef<'_>, name: &str| {
        let value = cell.attr(name).and_then(|value| value.trim().parse::<usize>().ok());
        value.unwrap_or(1).clamp(1, MAX_SPAN)
    };
    cells
        .map(|cell| Cell {
            text: cell_text(&cell, book),
            columns: span(&cell, "colspan"),
            rows: span(&cell, "rowspan"),
        })
        .collect()
}

fn cell_text(cell: &NodeRef<'_>, book: &HeaderBook) -> String {
    let mut writer = Writer::new(book);
    writer.children(cell);
    writer.end_line();
    let lines = writer.blocks.into_iter().filter_map(|block| match block {
        Block::Paragraph(line) => Some(line.text),
        Block::Table(_) => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Lays rows, with cells from above repeated as continued where they span rows.
struct Layouter<'a> {
    /// For each column what hangs down from above: its text, if it begins there, and rows left.
    hanging: Vec<(Option<String>, usize)>,
    cells_left: &'a mut usize,
}

impl Layouter<'_> {
    fn row(&mut self, row: &[Cell]) -> Vec<FormCell> {
        let mut laid = Vec::new();
        let mut column = 0;
        for cell in row {
            column = self.lay_hanging(column, &mut laid);
            laid.push(FormCell { text: cell.text.clone(), continued: false, column });
            for beside in 0..cell.columns.min(MAX_SPAN.saturating_sub(column)) {
                let repeated = (beside == 0).then(|| cell.text.chars().take(REPEATED_CHARS).collect());
                self.hang(column, repeated, cell.rows - 1);
                column += 1;
            }
        }
        self.lay_hanging(column, &mut laid);
        laid
    }

    /// Lays the cells that hang into the row from `column` on, and gives the next free column.
    fn lay_hanging(&mut self, mut column: usize, laid: &mut Vec<FormCell>) -> usize {
        while let Some((text, left)) = self.hanging.get_mut(column).filter(|(_, left)| *left > 0) {
            *left -= 1;
            if let (Some(text), Some(left)) = (text, self.cells_left.checked_sub(1)) {
                *self.cells_left = left;
                laid.push(FormCell { text: text.clone(), continued: true, column });
            }
            column += 1;
        }
        column
    }

    fn hang(&mut self, column: usize, text: Option<String>, rows: usize) {
        if self.hanging.len() <= column {
            self.hanging.resize(column + 1, (None, 0));
        }
        self.hanging[column] = (text, rows);
    }
}
