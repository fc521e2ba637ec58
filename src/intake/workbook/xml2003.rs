//! XML spreadsheets of Excel 2003 (SpreadsheetML): what many systems of offices still export, mostly under the name .xls.

use calamine::DataRef;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::super::found::Refusal;
use super::super::limits::Limits;
use super::super::table::grid::Merge;
use super::super::xml::{attribute, entity};
use super::{SheetCells, unreadable};

/// A sheet in the order of the file.
#[derive(Default)]
pub(super) struct XmlSheet {
    pub name: String,
    pub is_hidden: bool,
    pub cells: SheetCells,
}

/// All sheets of a workbook.
pub(super) fn sheets(xml: &str, limits: &Limits) -> Result<Vec<XmlSheet>, Refusal> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut walker = Walker::default();
    loop {
        match reader.read_event().map_err(|error| unreadable(&error))? {
            Event::Eof => return Err(unreadable(&"the file ends before its last sheet does")),
            Event::Start(tag) => walker.start(&tag),
            Event::End(tag) if tag.local_name().as_ref() == "Workbook" => return Ok(walker.sheets),
            Event::End(tag) => walker.end(tag.local_name().as_ref(), limits)?,
            Event::Text(text) => walker.text(&text.xml10_content()),
            Event::CData(text) => walker.text(&text.xml10_content()),
            Event::GeneralRef(reference) => walker.text(&entity(&reference).unwrap_or_default()),
            _ => {}
        }
    }
}

/// Where the text that is being read belongs.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Within {
    #[default]
    Nothing,
    Data,
    /// A person's remark on a cell, which holds data of its own.
    Comment,
    Visible,
}

#[derive(Default)]
struct Walker {
    sheets: Vec<XmlSheet>,
    in_table: bool,
    /// Place of the open row and cell, from 0, and of those that follow them.
    row: u32,
    next_row: u32,
    column: u32,
    next_column: u32,
    /// Rows that the open cell is merged over.
    down: u32,
    kind: String,
    text: String,
    within: Within,
}

impl Walker {
    fn start(&mut self, tag: &BytesStart<'_>) {
        let number = |name| attribute(tag, name).and_then(|value| value.parse::<u32>().ok());
        let place = |next: u32| number("Index").and_then(|index| index.checked_sub(1)).unwrap_or(next);
        match tag.local_name().as_ref() {
            "Worksheet" => {
                let name = attribute(tag, "Name").unwrap_or_default();
                self.sheets.push(XmlSheet { name, ..XmlSheet::default() });
                *self = Self { sheets: std::mem::take(&mut self.sheets), ..Self::default() };
            }
            "Table" => self.in_table = true,
            "Row" if self.in_table => {
                self.row = place(self.next_row);
                self.next_row = self.row.saturating_add(1).saturating_add(number("Span").unwrap_or(0));
                self.next_column = 0;
            }
            "Cell" if self.in_table => {
                self.column = place(self.next_column);
                self.next_column = self.column.saturating_add(1).saturating_add(number("MergeAcross").unwrap_or(0));
                self.down = number("MergeDown").unwrap_or(0);
            }
            "Comment" => self.within = Within::Comment,
            "Data" if self.in_table && self.within == Within::Nothing => {
                self.within = Within::Data;
                self.kind = attribute(tag, "Type").unwrap_or_default();
            }
            "Visible" => self.within = Within::Visible,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if matches!(self.within, Within::Data | Within::Visible) {
            self.text.push_str(text);
        }
    }

    fn end(&mut self, name: &str, limits: &Limits) -> Result<(), Refusal> {
        match (name, self.within) {
            ("Table", _) => self.in_table = false,
            ("Comment", _) => self.within = Within::Nothing,
            ("Visible", Within::Visible) => {
                let is_hidden = std::mem::take(&mut self.text).trim() != "SheetVisible";
                self.sheets.last_mut().into_iter().for_each(|sheet| sheet.is_hidden = is_hidden);
                self.within = Within::Nothing;
            }
            ("Data", Within::Data) => {
                self.within = Within::Nothing;
                let text = std::mem::take(&mut self.text);
                if let Some(sheet) = self.sheets.last_mut() {
                    sheet.cells.push((self.row, self.column), &value(&self.kind, text), limits)?;
                }
            }
            ("Cell", _) if self.down > 0 => self.merge(),
            _ => {}
        }
        Ok(())
    }

    fn merge(&mut self) {
        let first_row = self.row.saturating_add(1);
        let merge = Merge {
            first_row,
            last_row: first_row.saturating_add(std::mem::take(&mut self.down)),
            first_column: usize::try_from(self.column).unwrap_or(usize::MAX),
        };
        self.sheets.last_mut().into_iter().for_each(|sheet| sheet.cells.merges.push(merge));
    }
}

fn value(kind: &str, text: String) -> DataRef<'static> {
    match (kind, text.trim().parse::<f64>()) {
        ("Number", Ok(number)) => DataRef::Float(number),
        ("Boolean", _) => DataRef::Bool(text.trim() == "1"),
        ("DateTime", _) => DataRef::DateTimeIso(text.trim().trim_end_matches(".000").to_owned()),
        _ => DataRef::String(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sheet: &str) -> Result<Vec<XmlSheet>, Refusal> {
        let xml = format!(
            r#"<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">{sheet}"#
        );
        sheets(&xml, &Limits::default())
    }

    #[test]
    fn places_left_out_and_merged_cells_move_what_follows() {
        let table = r#"<Worksheet ss:Name="A&amp;B"><Table><Row ss:Span="1"/><Row>
            <Cell ss:MergeAcross="2" ss:MergeDown="1"><Data ss:Type="String">一<B>二</B>&amp;&#10;三</Data>
              <Comment><ss:Data>旁注</ss:Data></Comment></Cell>
            <Cell><Data ss:Type="Number">3.50</Data></Cell></Row>
            <Row ss:Index="9"><Cell ss:Index="5"><Data ss:Type="DateTime">2023-09-01T00:00:00.000</Data></Cell>
            <Cell><Data ss:Type="Boolean">1</Data></Cell><Cell><Data ss:Type="Error">#N/A</Data></Cell></Row></Table></Worksheet></Workbook>"#;
        let sheets = read(table).unwrap();
        let SheetCells { cells, merges, errors, .. } = &sheets[0].cells;
        let cells: Vec<(u32, usize, &str)> = cells.iter().map(|(row, column, text)| (*row, *column, &**text)).collect();
        assert_eq!(cells, [(3, 0, "一二&\n三"), (3, 3, "3.5"), (9, 4, "2023-09-01"), (9, 5, "TRUE")]);
        assert_eq!((merges[0], *errors), (Merge { first_row: 3, last_row: 4, first_column: 0 }, 1));
        assert_eq!((sheets[0].name.as_str(), sheets[0].is_hidden), ("A&B", false));
    }

    #[test]
    fn hidden_sheets_are_told_and_a_cut_file_is_refused() {
        let options =
            |visible| format!("<Worksheet ss:Name=\"x\"><WorksheetOptions>{visible}</WorksheetOptions></Worksheet>");
        let both = options("<Visible>SheetHidden</Visible>") + &options("") + "</Workbook>";
        assert_eq!(read(&both).unwrap().iter().map(|sheet| sheet.is_hidden).collect::<Vec<_>>(), [true, false]);
        assert!(read("<Worksheet ss:Name=\"x\"><Table><Row>").is_err());
    }
}
