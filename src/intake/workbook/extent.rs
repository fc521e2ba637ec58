//! How much an .xls or .ods would fill the memory. Their reader lays out every sheet as a rectangle when it opens the
//! file: two cells in far corners, or a cell that is repeated a million times, are a few bytes in the file.

use std::borrow::Cow;
use std::io::{BufReader, Cursor, Read};

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use zip::ZipArchive;

use super::super::limits::Limits;
use super::super::table::grid::Merge;

/// What the sheets of a workbook span together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Extent {
    pub cells: u64,
    /// Text with all its repetitions.
    pub text_bytes: u64,
    /// Of each sheet, where the format's reader does not tell them.
    pub merges: Vec<Vec<Merge>>,
}

impl Extent {
    pub fn is_within(&self, limits: &Limits) -> bool {
        self.cells <= limits.max_workbook_cells && self.text_bytes <= limits.max_workbook_bytes
    }
}

/// Record types of [MS-XLS] that matter here.
const BEGIN: [u16; 4] = [0x0809, 0x0409, 0x0209, 0x0009];
const END: u16 = 0x000A;
const SHEET: u16 = 0x0085;
const PASSWORD: u16 = 0x002F;
const DIMENSIONS: u16 = 0x0200;
const SEVERAL_NUMBERS: u16 = 0x00BD;
const CELLS: [u16; 7] = [0x0203, 0x0204, 0x00D6, 0x0205, 0x027E, 0x00FD, 0x0006];

/// Of an .xls: the rectangles over all cells of a sheet, and over what it declares as its dimensions.
pub(super) fn of_xls(bytes: &[u8]) -> std::io::Result<Extent> {
    let mut container = match cfb::CompoundFile::open(Cursor::new(Cow::Borrowed(bytes))) {
        Ok(container) => container,
        Err(error) => cfb::CompoundFile::open(Cursor::new(Cow::Owned(padded(bytes).ok_or(error)?)))?,
    };
    let name = if container.is_stream("/Workbook") { "/Workbook" } else { "/Book" };
    let mut stream = Vec::new();
    container.open_stream(name)?.take(bytes.len() as u64).read_to_end(&mut stream)?;
    Ok(of_records(&stream))
}

/// The file with blank sectors behind it, as many as its table has places for: some programs fill the last sector of that
/// table with places for sectors that they do not write, and Excel does not mind.
fn padded(bytes: &[u8]) -> Option<Vec<u8>> {
    const SECTOR: usize = 512;
    const PLACES: usize = SECTOR / 4;
    let table_sectors = bytes.get(44..48)?.try_into().ok().map(u32::from_le_bytes)?;
    let whole = usize::try_from(table_sectors).ok()?.checked_mul(PLACES)?.checked_add(1)?.checked_mul(SECTOR)?;
    let is_little_more = whole > bytes.len() && whole - bytes.len() <= PLACES * SECTOR;
    is_little_more.then(|| [bytes, &vec![0; whole - bytes.len()]].concat())
}

/// A file may name the same records as several sheets, so that each sheet counts as the largest.
fn of_records(mut stream: &[u8]) -> Extent {
    let (mut sheet, mut largest, mut sheets, mut depth) = (SheetExtent::default(), 0, 0u64, 0usize);
    while let [a, b, c, d, rest @ ..] = stream {
        let (kind, length) = (u16::from_le_bytes([*a, *b]), usize::from(u16::from_le_bytes([*c, *d])));
        let data = &rest[..length.min(rest.len())];
        stream = &rest[data.len()..];
        let number = |at: usize| data.get(at..at + 2).map_or(0, |two| u64::from(u16::from_le_bytes([two[0], two[1]])));
        match kind {
            SHEET => sheets += 1,
            // The rest cannot be read; the reader will refuse it.
            PASSWORD => return Extent::default(),
            // A chart is a part within a sheet.
            _ if BEGIN.contains(&kind) => depth += 1,
            END => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    largest = largest.max(std::mem::take(&mut sheet).area());
                }
            }
            DIMENSIONS => {
                let rows = (number(4) | (number(6) << 16)).saturating_sub(number(0) | (number(2) << 16));
                sheet.declared = rows.saturating_mul(number(10).saturating_sub(number(8)));
            }
            SEVERAL_NUMBERS if data.len() >= 6 => sheet.take(number(0), number(2), number(data.len() - 2)),
            _ if CELLS.contains(&kind) => sheet.take(number(0), number(2), number(2)),
            _ => {}
        }
    }
    let cells = largest.max(sheet.area()).saturating_mul(sheets.max(1));
    Extent { cells, ..Extent::default() }
}

/// The smallest rectangle around the cells of a sheet so far, and what the sheet says of itself.
#[derive(Debug, Default)]
struct SheetExtent {
    declared: u64,
    corners: Option<Corners>,
}

#[derive(Debug)]
struct Corners {
    rows: (u64, u64),
    columns: (u64, u64),
}

impl SheetExtent {
    fn take(&mut self, row: u64, first: u64, last: u64) {
        let corners = self.corners.get_or_insert(Corners { rows: (row, row), columns: (first, last) });
        corners.rows = (corners.rows.0.min(row), corners.rows.1.max(row));
        corners.columns = (corners.columns.0.min(first), corners.columns.1.max(last));
    }

    fn area(&self) -> u64 {
        let found = self
            .corners
            .as_ref()
            .map_or(0, |Corners { rows, columns }| (rows.1 - rows.0 + 1) * (columns.1.saturating_sub(columns.0) + 1));
        found.max(self.declared)
    }
}

/// Of an .ods: repeated rows and cells, up to the last one that holds anything, and the merged ranges.
pub(super) fn of_ods(bytes: &[u8]) -> Result<Extent, String> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let content = archive.by_name("content.xml").map_err(|error| error.to_string())?;
    let mut reader = Reader::from_reader(BufReader::new(content));
    reader.config_mut().expand_empty_elements = true;
    let (mut extent, mut sheet, mut buffer) = (Extent::default(), OdsSheet::default(), Vec::new());
    loop {
        buffer.clear();
        let at = reader.buffer_position();
        match reader.read_event_into(&mut buffer).map_err(|error| error.to_string())? {
            Event::Eof => return Ok(extent),
            Event::Start(tag) => match tag.name().as_ref() {
                "table:table" => {
                    sheet = OdsSheet::default();
                    extent.merges.push(Vec::new());
                }
                "table:table-row" => sheet.start_row(repeats(&tag, "table:number-rows-repeated")),
                "table:table-cell" | "table:covered-table-cell" => {
                    sheet.cell = Some((at, repeats(&tag, "table:number-columns-repeated"), is_filled(&tag)));
                    let rows = repeats(&tag, "table:number-rows-spanned");
                    extent.merges.last_mut().into_iter().for_each(|merges| merges.extend(sheet.merge(rows)));
                }
                _ => {}
            },
            Event::End(tag) => match tag.name().as_ref() {
                "table:table-cell" | "table:covered-table-cell" => sheet.end_cell(at, &mut extent),
                "table:table-row" => sheet.end_row(&mut extent),
                _ => {}
            },
            _ => {}
        }
    }
}

#[derive(Debug, Default)]
struct OdsSheet {
    /// Rows above, empty ones of them that no filled one follows yet, and the widest row.
    rows: u64,
    empty: u64,
    widest: u64,
    row_repeats: u64,
    column: u64,
    /// Columns up to the last filled cell of the row.
    width: u64,
    /// Where the open cell begins in the file, how often it is repeated, whether it holds anything.
    cell: Option<(u64, u64, bool)>,
}

impl OdsSheet {
    fn start_row(&mut self, repeats: u64) {
        (self.row_repeats, self.column, self.width) = (repeats, 0, 0);
    }

    fn end_cell(&mut self, end: u64, extent: &mut Extent) {
        let Some((start, repeats, is_filled)) = self.cell.take() else { return };
        self.column = self.column.saturating_add(repeats);
        if is_filled {
            self.width = self.column;
            let copies = repeats.saturating_mul(self.row_repeats);
            extent.text_bytes = extent.text_bytes.saturating_add(copies.saturating_mul(end.saturating_sub(start)));
        }
    }

    /// A row of the rectangle is as wide as the widest one.
    fn end_row(&mut self, extent: &mut Extent) {
        let before = self.rows;
        self.rows = self.rows.saturating_add(self.row_repeats);
        if self.width == 0 {
            self.empty = self.empty.saturating_add(self.row_repeats);
            return;
        }
        if self.width > self.widest {
            extent.cells = extent.cells.saturating_add((self.width - self.widest).saturating_mul(before - self.empty));
            self.widest = self.width;
        }
        let rows = self.row_repeats.saturating_add(std::mem::take(&mut self.empty));
        extent.cells = extent.cells.saturating_add(rows.saturating_mul(self.widest));
    }

    fn merge(&self, rows: u64) -> Option<Merge> {
        let first_row = u32::try_from(self.rows.checked_add(1)?).ok()?;
        let last_row = u32::try_from(self.rows.checked_add(rows)?).ok()?;
        (rows > 1).then_some(Merge { first_row, last_row, first_column: usize::try_from(self.column).ok()? })
    }
}

fn repeats(tag: &BytesStart<'_>, name: &str) -> u64 {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.as_ref() == name);
    found.and_then(|attribute| attribute.value.parse().ok()).unwrap_or(1)
}

fn is_filled(tag: &BytesStart<'_>) -> bool {
    tag.attributes().flatten().any(|attribute| matches!(attribute.key.as_ref(), "office:value-type" | "table:formula"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u16]) -> Vec<u8> {
        let length = data.len() as u16 * 2;
        [kind, length].iter().chain(data).flat_map(|number| number.to_le_bytes()).collect()
    }

    #[test]
    fn far_corners_count_for_every_sheet_that_is_named() {
        let sheet = |records: &[Vec<u8>]| [record(0x0809, &[]), records.concat(), record(END, &[])].concat();
        let corners = sheet(&[record(0x0203, &[0, 0, 0]), sheet(&[]), record(0x00BD, &[9, 3, 0, 0, 0, 19])]);
        let declared = sheet(&[record(DIMENSIONS, &[0, 0, 0, 1, 0, 256, 0])]);
        assert_eq!(of_records(&corners).cells, 10 * 20);
        let named = [record(SHEET, &[]), record(SHEET, &[]), corners];
        assert_eq!(of_records(&named.concat()).cells, 2 * 10 * 20);
        assert_eq!(of_records(&declared).cells, 65_536 * 256);
        assert_eq!(of_records(&declared[..9]).cells, 0, "a cut record");
    }
}
