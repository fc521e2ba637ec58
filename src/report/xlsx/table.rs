//! One sheet as a table: header, rows, widths, heights, filter, printing.

use std::borrow::Cow;

use rust_xlsxwriter::{Format, IgnoreError, Worksheet, XlsxError};

use super::layout::row_height;
use super::style::{Look, Styles};
use crate::report::wording::Wording;

/// What a cell holds, in UTF-16 units.
const MAX_CELL_UNITS: usize = 32_767;
const HEADER_POINTS: f64 = 32.0;

/// A column: header, width in characters, look.
pub(crate) struct Column<'a> {
    pub header: Cow<'a, str>,
    pub width: f64,
    pub look: Look,
}

impl<'a> Column<'a> {
    pub fn new(header: impl Into<Cow<'a, str>>, width: f64, look: Look) -> Self {
        Self { header: header.into(), width, look }
    }
}

/// Content of one cell. There is no formula: data never becomes one.
pub(crate) enum Cell {
    Text(String),
    Figure(f64),
    Count(usize),
    Blank,
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Cell::Text(text.into())
    }
}

/// Fills `sheet` with a table that starts in its first cell, the first `frozen` columns fixed, set up for
/// `paper`.
pub(crate) fn write_table(
    sheet: &mut Worksheet,
    styles: &Styles,
    w: &Wording,
    columns: &[Column<'_>],
    (frozen, paper): (u16, Paper),
    rows: &[Vec<Cell>],
) -> Result<(), XlsxError> {
    for (col, column) in (0u16..).zip(columns) {
        sheet.set_column_width(col, column.width)?;
        sheet.write_string_with_format(0, col, column.header.as_ref(), &styles.header(column.look))?;
    }
    sheet.set_row_height(0, HEADER_POINTS)?;
    let formats: Vec<Format> = columns.iter().map(|column| styles.cell(column.look)).collect();
    for (row, cells) in (1u32..).zip(rows) {
        for (col, (cell, format)) in (0u16..).zip(cells.iter().zip(&formats)) {
            write_cell(sheet, row, col, cell, format, w)?;
        }
        sheet.set_row_height(row, height(cells, columns))?;
    }
    if rows.is_empty() {
        sheet.write_string_with_format(
            1,
            0,
            w.overview.none,
            &styles.base().set_font_color(rust_xlsxwriter::Color::Gray),
        )?;
    } else {
        let (last_row, last_col) = last_cell(rows, columns);
        sheet.autofilter(0, 0, last_row, last_col)?;
        // Ids of digits are text on purpose; Excel need not mark each of them.
        sheet.ignore_error_range(1, 0, last_row, last_col, IgnoreError::NumberStoredAsText)?;
    }
    sheet.set_freeze_panes(1, frozen)?;
    sheet.set_repeat_rows(0, 0)?;
    set_print(sheet, w, paper);
    Ok(())
}

/// What a sheet is printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paper {
    A4Portrait,
    A4Landscape,
    /// For the sheets with evidence, which would be too small to read on A4.
    A3Landscape,
}

/// As wide as the page, numbered.
pub(crate) fn set_print(sheet: &mut Worksheet, w: &Wording, paper: Paper) {
    match paper {
        Paper::A4Portrait => sheet.set_portrait().set_paper_size(9),
        Paper::A4Landscape => sheet.set_landscape().set_paper_size(9),
        Paper::A3Landscape => sheet.set_landscape().set_paper_size(8),
    };
    sheet.set_print_fit_to_pages(1, 0).set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
    sheet.set_footer(w.sheets.footer);
}

/// Last row and column of a table that is not empty.
pub(crate) fn last_cell(rows: &[Vec<Cell>], columns: &[Column<'_>]) -> (u32, u16) {
    let last_col = u16::try_from(columns.len()).unwrap_or(u16::MAX) - 1;
    (u32::try_from(rows.len()).unwrap_or(u32::MAX), last_col)
}

pub(crate) fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    col: u16,
    cell: &Cell,
    format: &Format,
    w: &Wording,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(text) => {
            let text = fitted(text, w.sentences.cut_off);
            // Edited and confirmed, Excel would run such a text as a formula; the prefix prevents it.
            let format = if text.starts_with(['=', '+', '-', '@']) {
                Cow::Owned(format.clone().set_quote_prefix())
            } else {
                Cow::Borrowed(format)
            };
            sheet.write_string_with_format(row, col, text.as_ref(), &format)?;
        }
        Cell::Figure(figure) => {
            sheet.write_number_with_format(row, col, *figure, format)?;
        }
        Cell::Count(count) => {
            // Counts of nominations are far below 2^53.
            sheet.write_number_with_format(row, col, *count as f64, format)?;
        }
        Cell::Blank => {
            sheet.write_blank(row, col, format)?;
        }
    }
    Ok(())
}

/// `text`, cut with `mark` where it exceeds what a cell holds.
fn fitted<'a>(text: &'a str, mark: &str) -> Cow<'a, str> {
    if text.len() <= MAX_CELL_UNITS || text.encode_utf16().count() <= MAX_CELL_UNITS {
        return Cow::Borrowed(text);
    }
    let room = MAX_CELL_UNITS - mark.encode_utf16().count();
    let mut units = 0;
    let kept = text.chars().take_while(|c| {
        units += c.len_utf16();
        units <= room
    });
    Cow::Owned(kept.chain(mark.chars()).collect())
}

fn height(cells: &[Cell], columns: &[Column<'_>]) -> f64 {
    row_height(cells.iter().zip(columns).filter_map(|(cell, column)| match cell {
        Cell::Text(text) => Some((text.as_str(), column.width)),
        _ => None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_over_the_limit_is_cut_with_a_mark_and_others_are_not() {
        assert_eq!(fitted("短", "〔略〕"), "短");
        let exact = "𠮷".repeat(MAX_CELL_UNITS / 2);
        assert_eq!(fitted(&exact, "〔略〕"), exact);
        let cut = fitted(&"长".repeat(40_000), "〔略〕").into_owned();
        assert_eq!(cut.encode_utf16().count(), MAX_CELL_UNITS);
        assert!(cut.ends_with("长〔略〕"));
    }
}
