//! Workbooks: every visible sheet is a grid. Hidden sheets are old drafts and lists of options: they are named and not
//! read. Hidden rows and columns of a visible sheet are read.

mod extent;
mod hidden;
mod xlsb;
mod xml2003;

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::Cursor;

use calamine::{
    Data, DataRef, Dimensions, ExcelDateTime, Ods, Range, Reader, Sheet, SheetType, SheetVisible, Xls, Xlsb, Xlsx,
    open_workbook_from_rs,
};

use crate::nomination::SourceRef;

use super::archive::unpacked_bytes;
use super::csv::whole_text;
use super::found::{Found, Refusal};
use super::kind::Kind;
use super::limits::Limits;
use super::reader::Document;
use super::refused::Foreign;
use super::table::{self, grid::Grid, grid::Merge};
use extent::Extent;

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
    /// Formulas whose result the file does not hold.
    uncomputed: usize,
    /// Rows in which cells have no value that can be read.
    unread_rows: BTreeSet<u32>,
    /// Cells beyond the column limit.
    beyond: usize,
    text_bytes: u64,
}

/// Reads every visible sheet; a sheet that cannot be read costs that sheet.
pub(crate) fn read(document: &Document<'_>, kind: Kind, found: &mut Found) -> Result<(), Refusal> {
    grids(document, kind, found, &mut |grid, name, place, found| match table::read(
        grid,
        place,
        document.book,
        document.limits,
        found,
    ) {
        Err(_) if is_instructions(name) => found.note(place, "skipped, instructions or a list of options"),
        Err(refusal) => found.reject(place.clone(), refusal),
        Ok(()) => {}
    })
}

/// What takes the cells of a sheet, with its name and place.
type TakeGrid<'f> = &'f mut dyn FnMut(Grid, &str, &SourceRef, &mut Found);

/// The cells of every visible sheet.
pub(crate) fn grids(document: &Document<'_>, kind: Kind, found: &mut Found, take: TakeGrid<'_>) -> Result<(), Refusal> {
    if kind == Kind::XmlWorkbook {
        return xml_grids(document, found, take);
    }
    if kind != Kind::Xls {
        let limit = document.limits.max_workbook_bytes;
        if unpacked_bytes(document.bytes, limit).map_err(|error| unreadable(&error))? > limit {
            let reason = format!("the workbook unpacks to more than {limit} bytes");
            return Err(Refusal::new(reason, "split it, or save it again without pictures and unused sheets"));
        }
    }
    let extent = extent(document, kind)?;
    let mut book = open(document.bytes, kind)?;
    note_hidden(document, kind, found);
    let sheets: Vec<Sheet> = book.sheets().to_vec();
    let mut filled_sheets = 0usize;
    for (at, sheet) in sheets.iter().enumerate() {
        let place = SourceRef { sheet: Some(sheet.name.clone()), ..document.place.clone() };
        if sheet.typ != SheetType::WorkSheet {
            found.note(&place, "skipped, not a worksheet");
        } else if sheet.visible != SheetVisible::Visible {
            found.note(&place, HIDDEN);
        } else {
            let merges = extent.merges.get(at).map_or(&[][..], Vec::as_slice);
            filled_sheets += usize::from(read_sheet(&mut book, (&sheet.name, merges), &place, document, found, take));
        }
    }
    any_filled(filled_sheets)
}

const HIDDEN: &str = "skipped, the sheet is hidden; unhide it if its records count";

fn any_filled(filled_sheets: usize) -> Result<(), Refusal> {
    if filled_sheets == 0 {
        return Err(Refusal::new("no visible sheet holds a filled cell", "check that this is the filled-in file"));
    }
    Ok(())
}

fn xml_grids(document: &Document<'_>, found: &mut Found, take: TakeGrid<'_>) -> Result<(), Refusal> {
    let text = whole_text(document, found)?;
    let mut filled_sheets = 0usize;
    for sheet in xml2003::sheets(&text, document.limits)? {
        let place = SourceRef { sheet: Some(sheet.name.clone()), ..document.place.clone() };
        if sheet.is_hidden {
            found.note(&place, HIDDEN);
        } else {
            filled_sheets += usize::from(take_sheet(sheet.cells, (&sheet.name, &[]), &place, document, found, take));
        }
    }
    any_filled(filled_sheets)
}

/// What the workbook would fill, for the formats that are laid out when they are opened, and merged ranges where the
/// format's reader does not tell them.
fn extent(document: &Document<'_>, kind: Kind) -> Result<Extent, Refusal> {
    let extent = match kind {
        Kind::Xls => extent::of_xls(document.bytes).map_err(|error| unreadable(&error))?,
        Kind::Ods => extent::of_ods(document.bytes).map_err(|error| unreadable(&error))?,
        Kind::Xlsb => {
            let sheets = xlsb::unread(document.bytes, document.limits.max_workbook_bytes);
            let cells: usize = sheets.iter().map(|sheet| sheet.cells).sum();
            if cells > 0 {
                let reason = format!("{cells} cells of this .xlsb are written in a short form that is not read");
                return Err(Refusal::new(reason, "open it in Excel or WPS and save it as .xlsx"));
            }
            Extent { merges: sheets.into_iter().map(|sheet| sheet.merges).collect(), ..Extent::default() }
        }
        _ => Extent::default(),
    };
    if extent.is_within(document.limits) {
        return Ok(extent);
    }
    Err(Refusal::new(
        format!("its sheets span {} cells, more than a workbook of this format may", extent.cells),
        "delete what stands far outside the table, or save it again as .xlsx",
    ))
}

fn note_hidden(document: &Document<'_>, kind: Kind, found: &mut Found) {
    let (rows, columns) = if kind == Kind::Xlsx { hidden::hidden_lines(document.bytes) } else { (0, 0) };
    if rows + columns > 0 {
        let text = format!(
            "{rows} hidden rows and {columns} hidden ranges of columns (a filter?) were read like the others; \
             delete what should not count"
        );
        found.note(&document.place, text);
    }
}

/// Gives whether the sheet holds anything. `merges` are those that the book's reader does not tell.
fn read_sheet(
    book: &mut Book<'_>,
    (name, merges): (&str, &[Merge]),
    place: &SourceRef,
    document: &Document<'_>,
    found: &mut Found,
    take: TakeGrid<'_>,
) -> bool {
    match book.cells(name, document.limits) {
        Ok(sheet) => take_sheet(sheet, (name, merges), place, document, found, take),
        Err(refusal) => {
            found.reject(place.clone(), refusal);
            true
        }
    }
}

fn take_sheet(
    sheet: SheetCells,
    (name, merges): (&str, &[Merge]),
    place: &SourceRef,
    document: &Document<'_>,
    found: &mut Found,
    take: TakeGrid<'_>,
) -> bool {
    sheet.note(place, document.limits, found);
    let SheetCells { cells, merges: told, unread_rows, .. } = sheet;
    let grid = Grid { merges: [told.as_slice(), merges].concat(), unread_rows, ..Grid::from_cells(cells) };
    if grid.rows.is_empty() {
        found.note(place, "skipped, the sheet is empty");
        return false;
    }
    take(grid, name, place, found);
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
    fn cells(&mut self, name: &str, limits: &Limits) -> Result<SheetCells, Refusal> {
        let mut sheet = SheetCells::default();
        match self {
            Book::Xlsx(book) => {
                let merges = book.merge_cells_by_sheet_name(name).unwrap_or_default();
                sheet.xlsx(book, name, limits)?;
                sheet.merge(&merges);
            }
            Book::Xlsb(book) => {
                let mut reader = book.worksheet_cells_reader(name).map_err(|error| unreadable(&error))?;
                while let Some(cell) = reader.next_cell().map_err(|error| unreadable(&error))? {
                    sheet.push(cell.get_position(), cell.get_value(), limits)?;
                }
            }
            Book::Xls(book) => {
                let merges = book.merge_cells_by_sheet_name(name).unwrap_or_default();
                sheet.range(&book.worksheet_range(name).map_err(|error| unreadable(&error))?, limits)?;
                sheet.merge(&merges);
            }
            Book::Ods(book) => {
                sheet.range(&book.worksheet_range(name).map_err(|error| unreadable(&error))?, limits)?;
            }
        }
        Ok(sheet)
    }
}

impl SheetCells {
    /// Programs that only write workbooks leave the results of formulas out.
    fn xlsx(&mut self, book: &mut Xlsx<Bytes<'_>>, name: &str, limits: &Limits) -> Result<(), Refusal> {
        let mut blank = BTreeSet::new();
        let mut reader = book.worksheet_cells_reader(name).map_err(|error| unreadable(&error))?;
        while let Some(cell) = reader.next_cell().map_err(|error| unreadable(&error))? {
            if *cell.get_value() == DataRef::Empty {
                blank.insert(cell.get_position());
            }
            self.push(cell.get_position(), cell.get_value(), limits)?;
        }
        drop(reader);
        if blank.is_empty() {
            return Ok(());
        }
        let mut reader = book.worksheet_cells_reader(name).map_err(|error| unreadable(&error))?;
        while let Some(cell) = reader.next_formula().map_err(|error| unreadable(&error))? {
            if !cell.get_value().is_empty() && blank.contains(&cell.get_position()) {
                self.uncomputed += 1;
                self.unread_rows.insert(cell.get_position().0.saturating_add(1));
            }
        }
        Ok(())
    }

    /// Refuses a sheet whose shared texts fill the memory, each a few bytes in the file.
    fn push(&mut self, (row, column): (u32, u32), value: &DataRef<'_>, limits: &Limits) -> Result<(), Refusal> {
        let row = row.saturating_add(1);
        let text = cell_text(value).filter(|text| !text.trim().is_empty());
        if matches!(value, DataRef::Error(_)) || text.as_deref().is_some_and(is_error) {
            self.errors += 1;
            self.unread_rows.insert(row);
            return Ok(());
        }
        let Some(text) = text else { return Ok(()) };
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= limits.max_columns {
            self.beyond += 1;
            return Ok(());
        }
        self.text_bytes = self.text_bytes.saturating_add(text.len() as u64);
        if self.text_bytes > limits.max_workbook_bytes {
            let reason = format!("the sheet holds more than {} bytes of text", limits.max_workbook_bytes);
            return Err(Refusal::new(reason, "split it, or raise max_workbook_bytes"));
        }
        self.cells.push((row, column, text));
        Ok(())
    }

    /// Tells what of the sheet is not in its cells.
    fn note(&self, place: &SourceRef, limits: &Limits, found: &mut Found) {
        if self.errors > 0 {
            found.note(
                place,
                format!("{} cells hold formula errors (#REF! and the like) and count as blank", self.errors),
            );
        }
        if self.uncomputed > 0 {
            let text = format!(
                "{} formulas without a stored result count as blank; open the file in Excel or WPS and save it again",
                self.uncomputed
            );
            found.note(place, text);
        }
        if self.beyond > 0 {
            found.note(place, format!("{} cells beyond {} columns were not read", self.beyond, limits.max_columns));
        }
    }

    fn range(&mut self, range: &Range<Data>, limits: &Limits) -> Result<(), Refusal> {
        let (first_row, first_column) = range.start().unwrap_or((0, 0));
        for (row, column, value) in range.used_cells() {
            let row = first_row.saturating_add(u32::try_from(row).unwrap_or(u32::MAX));
            let column = first_column.saturating_add(u32::try_from(column).unwrap_or(u32::MAX));
            self.push((row, column), &borrowed(value), limits)?;
        }
        Ok(())
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

/// OpenDocument writes the error of a formula as its text.
fn is_error(text: &str) -> bool {
    const ERRORS: [&str; 7] = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"];
    ERRORS.contains(&text) || text.strip_prefix("Err:").is_some_and(|code| code.bytes().all(|b| b.is_ascii_digit()))
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
