//! The cells of a workbook that came back, with their place.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx, XlsxError, open_workbook_from_rs};

use super::judgment::Complaint;
use crate::intake::Limits;
use crate::intake::archive::unpacked_bytes;
use crate::intake::guard::guarded;
use crate::intake::kind::{Kind, extension, kind_of};

/// One sheet; rows and columns from 0, as far as they are filled.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sheet {
    pub name: String,
    pub rows: BTreeMap<u32, BTreeMap<u32, Cell>>,
}

/// A filled cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// A text or a number, as a person reads it.
    Text(String),
    /// A formula; what it last gave is not what the expert wrote.
    Formula,
    /// A date or a time: nearly always a score that the program took for one.
    Date,
    /// #REF! and the like.
    Error,
}

impl Cell {
    /// The text, trimmed; empty where it is something else.
    pub fn text(&self) -> &str {
        match self {
            Cell::Text(text) => text.trim(),
            Cell::Formula | Cell::Date | Cell::Error => "",
        }
    }
}

/// As spreadsheet programs name a cell: `B7`.
pub(super) fn address(row: u32, column: u32) -> String {
    let letters = rust_xlsxwriter::utility::column_number_to_name(u16::try_from(column).unwrap_or(u16::MAX));
    format!("{letters}{}", u64::from(row) + 1)
}

/// Every sheet of a workbook, hidden ones too. Never panics, whatever the bytes.
pub(super) fn read_sheets(name: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<Sheet>, Complaint> {
    match kind_of(name, bytes) {
        Kind::Xlsx => {}
        Kind::Foreign(foreign) => {
            let refusal = foreign.refusal(&extension(name));
            return Err(Complaint::new(refusal.reason, refusal.remedy));
        }
        _ => {
            let remedy = "open it in Excel, WPS or LibreOffice and save it as .xlsx";
            return Err(Complaint::new("the file is not an .xlsx workbook", remedy));
        }
    }
    let limit = limits.max_workbook_bytes;
    let size = unpacked_bytes(bytes, limit).map_err(|error| damaged(&error))?;
    if size > limit {
        return Err(Complaint::new(
            format!("the workbook unpacks to more than {limit} bytes"),
            "send back the workbook that was handed out",
        ));
    }
    guarded(|| sheets(bytes)).map_err(|panic| damaged(&panic))?.map_err(|error| damaged(&error))
}

fn damaged(cause: &dyn std::fmt::Display) -> Complaint {
    Complaint::new(
        format!("the workbook is damaged ({cause})"),
        "ask the expert to send it again, or open it, save it as .xlsx, and merge that",
    )
}

fn sheets(bytes: &[u8]) -> Result<Vec<Sheet>, XlsxError> {
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes))?;
    let names = book.sheet_names();
    names.into_iter().map(|name| sheet(&mut book, name)).collect()
}

fn sheet(book: &mut Xlsx<Cursor<&[u8]>>, name: String) -> Result<Sheet, XlsxError> {
    let mut rows: BTreeMap<u32, BTreeMap<u32, Cell>> = BTreeMap::new();
    let mut reader = match book.worksheet_cells_reader(&name) {
        // A chart is a sheet too.
        Err(XlsxError::NotAWorksheet(_)) => return Ok(Sheet { name, rows }),
        other => other?,
    };
    while let Some(cell) = reader.next_cell_with_formula()? {
        let (row, column) = cell.pos;
        let content = if cell.formula.is_some() { Some(Cell::Formula) } else { content(&cell.value) };
        if let Some(content) = content {
            rows.entry(row).or_default().insert(column, content);
        }
    }
    Ok(Sheet { name, rows })
}

fn content(value: &DataRef<'_>) -> Option<Cell> {
    let text = match value {
        DataRef::Int(value) => value.to_string(),
        // The shortest text that gives the number back: 87.5, not 87.500000001.
        DataRef::Float(value) => value.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(_) | DataRef::DateTimeIso(_) | DataRef::DurationIso(_) => return Some(Cell::Date),
        DataRef::Error(_) => return Some(Cell::Error),
        DataRef::Empty => return None,
    };
    (!text.trim().is_empty()).then_some(Cell::Text(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_spreadsheet_programs() {
        assert_eq!([address(0, 0), address(6, 1), address(9, 27)], ["A1", "B7", "AB10"]);
    }

    #[test]
    fn what_is_no_workbook_is_named_with_a_remedy() {
        let reason = |name, bytes| read_sheets(name, bytes, &Limits::default()).expect_err(name).reason;
        assert!(reason("a.xlsx", b"").contains("empty"));
        assert!(reason("a.xlsx", b"a,b\n1,2\n").contains("not an .xlsx workbook"));
        assert!(reason("a.xlsx", b"PK\x03\x04 and no more").contains("archive"));
    }
}
