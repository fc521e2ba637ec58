//! Workbooks: every visible sheet is a grid.

use std::fmt::Display;
use std::io::Cursor;

use calamine::{
    Data, DataRef, Dimensions, ExcelDateTime, Ods, Range, Reader, Sheet, SheetType, SheetVisible, Xls, Xlsb, Xlsx,
    open_workbook_from_rs,
};

use crate::nomination::SourceRef;

use super::archive::unpacked_bytes;
use super::found::{Found, Refusal};
use super::kind::Kind;
use super::reader::Document;
use super::refused::Foreign;
use super::table::{self, grid::Grid, grid::Merge};

type Bytes<'a> = Cursor<&'a [u8]>;

/// A workbook of any kind behind one face.
enum Book<'a> {
    Xlsx(Xlsx<Bytes<'a>>),
    Xlsb(Xlsb<Bytes<'a>>),
    Xls(Xls<Bytes<'a>>),
    Ods(Ods<Bytes<'a>>),
}

/// Cells of one sheet, with what had to be left out of it.
#[derive(Default)]
struct SheetCells {
    cells: Vec<(u32, usize, String)>,
    merges: Vec<Merge>,
    /// Cells that hold #REF! and the like.
    errors: usize,
    /// Cells beyond the column limit.
    beyond: usize,
}

/// Reads every visible sheet; a sheet that cannot be read costs that sheet.
pub(crate) fn read(document: &Document<'_>, kind: Kind, found: &mut Found) -> Result<(), Refusal> {
    if kind != Kind::Xls {
        let limit = document.limits.max_workbook_bytes;
        if unpacked_bytes(document.bytes, limit).map_err(|error| unreadable(&error))? > limit {
            let reason = format!("the workbook unpacks to more than {limit} bytes");
            return Err(Refusal::new(reason, "split it, or save it again without pictures and unused sheets"));
        }
    }
    let mut book = open(document.bytes, kind)?;
    let sheets: Vec<Sheet> = book.sheets().to_vec();
    let mut filled_sheets = 0;
    for sheet in &sheets {
        let place = SourceRef { sheet: Some(sheet.name.clone()), ..document.place.clone() };
        if sheet.typ != SheetType::WorkSheet {
            found.note(&place, "skipped, not a worksheet");
        } else if sheet.visible != SheetVisible::Visible {
            found.note(&place, "skipped, the sheet is hidden; unhide it if its records count");
        } else {
            filled_sheets += usize::from(read_sheet(&mut book, &sheet.name, &place, document, found));
        }
    }
    if filled_sheets == 0 {
        return Err(Refusal::new("no visible sheet holds a filled cell", "check that this is the filled-in file"));
    }
    Ok(())
}

/// Gives whether the sheet holds anything.
fn read_sheet(book: &mut Book<'_>, name: &str, place: &SourceRef, document: &Document<'_>, found: &mut Found) -> bool {
    let sheet = match book.cells(name, document.limits.max_columns) {
        Ok(sheet) => sheet,
        Err(refusal) => {
            found.reject(place.clone(), refusal);
            return true;
        }
    };
    if sheet.errors > 0 {
        found
            .note(place, format!("{} cells hold formula errors (#REF! and the like) and count as blank", sheet.errors));
    }
    if sheet.beyond > 0 {
        let limit = document.limits.max_columns;
        found.note(place, format!("{} cells beyond {limit} columns were not read", sheet.beyond));
    }
    let grid = Grid { merges: sheet.merges, ..Grid::from_cells(sheet.cells) };
    if grid.rows.is_empty() {
        found.note(place, "skipped, the sheet is empty");
        return false;
    }
    match table::read(grid, place, document.book, document.limits, found) {
        Err(_) if is_instructions(name) => found.note(place, "skipped, instructions or a list of options"),
        Err(refusal) => found.reject(place.clone(), refusal),
        Ok(()) => {}
    }
    true
}

/// Sheets that go with a form and hold no records.
fn is_instructions(sheet: &str) -> bool {
    const NAMES: [&str; 9] = ["说明", "须知", "字典", "选项", "下拉", "目录", "封面", "readme", "instruction"];
    let name = sheet.to_lowercase();
    NAMES.iter().any(|word| name.contains(word))
}

fn open(bytes: &[u8], kind: Kind) -> Result<Book<'_>, Refusal> {
    let cursor = Cursor::new(bytes);
    match kind {
        Kind::Xlsb => {
            open_workbook_from_rs(cursor).map(Book::Xlsb).map_err(|error: calamine::XlsbError| unreadable(&error))
        }
        Kind::Xls => {
            open_workbook_from_rs(cursor).map(Book::Xls).map_err(|error: calamine::XlsError| unreadable(&error))
        }
        Kind::Ods => {
            open_workbook_from_rs(cursor).map(Book::Ods).map_err(|error: calamine::OdsError| unreadable(&error))
        }
        _ => open_workbook_from_rs(cursor).map(Book::Xlsx).map_err(|error: calamine::XlsxError| unreadable(&error)),
    }
}

fn unreadable(error: &dyn Display) -> Refusal {
    let cause = error.to_string();
    if cause.to_lowercase().contains("password") {
        return Foreign::Encrypted.refusal("xlsx");
    }
    Refusal::new(
        format!("the workbook is damaged or of an unknown make ({cause})"),
        "open it in Excel, WPS or LibreOffice and save it again as .xlsx",
    )
}

impl Book<'_> {
    fn sheets(&self) -> &[Sheet] {
        match self {
            Book::Xlsx(book) => book.sheets_metadata(),
            Book::Xlsb(book) => book.sheets_metadata(),
            Book::Xls(book) => book.sheets_metadata(),
            Book::Ods(book) => book.sheets_metadata(),
        }
    }

    /// Cells one by one where the format allows: a range over two far corners would fill the memory.
    fn cells(&mut self, name: &str, max_columns: usize) -> Result<SheetCells, Refusal> {
        let mut sheet = SheetCells::default();
        match self {
            Book::Xlsx(book) => {
                let merges = book.merge_cells_by_sheet_name(name).unwrap_or_default();
                let mut reader = book.worksheet_cells_reader(name).map_err(|error| unreadable(&error))?;
                while let Some(cell) = reader.next_cell().map_err(|error| unreadable(&error))? {
                    sheet.push(cell.get_position(), cell.get_value(), max_columns);
                }
                sheet.merge(&merges);
            }
            Book::Xlsb(book) => {
                let mut reader = book.worksheet_cells_reader(name).map_err(|error| unreadable(&error))?;
                while let Some(cell) = reader.next_cell().map_err(|error| unreadable(&error))? {
                    sheet.push(cell.get_position(), cell.get_value(), max_columns);
                }
            }
            Book::Xls(book) => {
                let merges = book.merge_cells_by_sheet_name(name).unwrap_or_default();
                sheet.range(&book.worksheet_range(name).map_err(|error| unreadable(&error))?, max_columns);
                sheet.merge(&merges);
            }
            Book::Ods(book) => {
                sheet.range(&book.worksheet_range(name).map_err(|error| unreadable(&error))?, max_columns);
            }
        }
        Ok(sheet)
    }
}

impl SheetCells {
    fn push(&mut self, (row, column): (u32, u32), value: &DataRef<'_>, max_columns: usize) {
        if matches!(value, DataRef::Error(_)) {
            self.errors += 1;
        }
        let Some(text) = cell_text(value).filter(|text| !text.trim().is_empty()) else { return };
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= max_columns {
            self.beyond += 1;
        } else {
            self.cells.push((row.saturating_add(1), column, text));
        }
    }

    fn range(&mut self, range: &Range<Data>, max_columns: usize) {
        let (first_row, first_column) = range.start().unwrap_or((0, 0));
        for (row, column, value) in range.used_cells() {
            let row = first_row.saturating_add(u32::try_from(row).unwrap_or(u32::MAX));
            let column = first_column.saturating_add(u32::try_from(column).unwrap_or(u32::MAX));
            self.push((row, column), &borrowed(value), max_columns);
        }
    }

    fn merge(&mut self, merges: &[Dimensions]) {
        self.merges = merges
            .iter()
            .filter(|merge| merge.end.0 > merge.start.0)
            .map(|merge| Merge {
                first_row: merge.start.0.saturating_add(1),
                last_row: merge.end.0.saturating_add(1),
                first_column: usize::try_from(merge.start.1).unwrap_or(usize::MAX),
            })
            .collect();
    }
}

fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(value) => DataRef::Int(*value),
        Data::Float(value) => DataRef::Float(*value),
        Data::String(value) => DataRef::SharedString(value),
        Data::Bool(value) => DataRef::Bool(*value),
        Data::DateTime(value) => DataRef::DateTime(*value),
        Data::DateTimeIso(value) => DataRef::DateTimeIso(value.clone()),
        Data::DurationIso(value) => DataRef::DurationIso(value.clone()),
        Data::Error(value) => DataRef::Error(value.clone()),
        Data::Empty => DataRef::Empty,
    }
}

/// Text as a person reads the cell: no `.0`, dates as ISO 8601; errors and blanks are nothing.
fn cell_text(value: &DataRef<'_>) -> Option<String> {
    match value {
        DataRef::Int(value) => Some(value.to_string()),
        DataRef::Float(value) => Some(number_text(*value)),
        DataRef::String(value) => Some(value.clone()),
        DataRef::SharedString(value) => Some((*value).to_owned()),
        DataRef::Bool(value) => Some(if *value { "TRUE" } else { "FALSE" }.to_owned()),
        DataRef::DateTime(value) => Some(date_text(*value)),
        DataRef::DateTimeIso(value) => Some(value.strip_suffix("T00:00:00").unwrap_or(value).to_owned()),
        DataRef::DurationIso(value) => Some(value.clone()),
        DataRef::Error(_) | DataRef::Empty => None,
    }
}

/// Fifteen significant digits, as spreadsheet programs keep them.
fn number_text(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return format!("{value:.0}");
    }
    format!("{value:.14e}").parse::<f64>().unwrap_or(value).to_string()
}

fn date_text(value: ExcelDateTime) -> String {
    // Durations and clock times have no day.
    if value.is_duration() || !(1.0..2_958_466.0).contains(&value.as_f64()) {
        let seconds = (value.as_f64() * 86_400.0).round();
        let (hours, minutes) = ((seconds / 3600.0).trunc(), (seconds / 60.0).trunc() % 60.0);
        return format!("{hours}:{minutes:02}:{:02}", seconds % 60.0);
    }
    let (year, month, day, hour, minute, second, _) = value.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) { date } else { format!("{date} {hour:02}:{minute:02}:{second:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_read_as_a_person_sees_them() {
        let date = |value| DataRef::DateTime(ExcelDateTime::new(value, calamine::ExcelDateTimeType::DateTime, false));
        for (value, text) in [
            (DataRef::Float(12.0), Some("12")),
            (DataRef::Float(0.1 + 0.2), Some("0.3")),
            (DataRef::Int(7), Some("7")),
            (date(45170.0), Some("2023-09-01")),
            (date(45170.5), Some("2023-09-01 12:00:00")),
            (date(0.5), Some("12:00:00")),
            (DataRef::DateTimeIso("2023-09-01".to_owned()), Some("2023-09-01")),
            (DataRef::Empty, None),
        ] {
            assert_eq!(cell_text(&value).as_deref(), text, "{value:?}");
        }
    }
}
