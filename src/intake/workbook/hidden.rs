//! Rows and columns of an .xlsx that are hidden. They are read all the same: a filter that was left on must not cost
//! anybody a nomination. But it is said.

use std::io::{BufReader, Cursor};

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;
use zip::ZipArchive;

/// How many rows and columns are hidden in all sheets together; nothing where that cannot be told.
pub(super) fn hidden_lines(bytes: &[u8]) -> (u64, u64) {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return (0, 0) };
    let names: Vec<String> = archive.file_names().flatten().map(|name| name.into_owned()).collect();
    let (mut rows, mut columns) = (0, 0);
    for name in names.iter().filter(|name| name.starts_with("xl/worksheets/") && name.ends_with(".xml")) {
        let Ok(part) = archive.by_name(name) else { continue };
        let (more_rows, more_columns) = in_sheet(BufReader::new(part));
        (rows, columns) = (rows + more_rows, columns + more_columns);
    }
    (rows, columns)
}

fn in_sheet(sheet: impl std::io::BufRead) -> (u64, u64) {
    let mut reader = Reader::from_reader(sheet);
    reader.config_mut().check_end_names = false;
    let (mut rows, mut columns, mut buffer) = (0, 0, Vec::new());
    while let Ok(event) = reader.read_event_into(&mut buffer) {
        match event {
            Event::Eof => break,
            // A hidden row without cells is an empty one.
            Event::Start(tag) if tag.local_name().as_ref() == "row" => rows += u64::from(is_hidden(&tag)),
            Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "col" && is_hidden(&tag) => {
                columns += 1;
            }
            _ => {}
        }
        buffer.clear();
    }
    (rows, columns)
}

fn is_hidden(tag: &BytesStart<'_>) -> bool {
    let mut attributes = tag.attributes().flatten();
    attributes.any(|attribute| attribute.key.as_ref() == "hidden" && matches!(&*attribute.value, "1" | "true"))
}
