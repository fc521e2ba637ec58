//! Experts who fill in the workbooks that they were handed.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::Path;

use calamine::{Reader, Xlsx, open_workbook};
use serde_json::Value;

use crate::command::{Ran, shortlister};

/// The sheet with the scores, in the order of the workbook's sheets.
const SCORES: &str = "xl/worksheets/sheet2.xml";

/// Calls the program, which must end with `status`.
#[allow(dead_code, reason = "not every test file looks at it")]
pub fn ok(folder: &Path, arguments: &[&str], status: i32) -> Ran {
    let ran = shortlister(folder, arguments);
    assert_eq!(ran.status, status, "{arguments:?}: {}", ran.stderr);
    ran
}

/// Row, from 1, of each case on an expert's sheet of scores, the second one.
pub fn rows(workbook: &Path) -> BTreeMap<String, u32> {
    let mut book: Xlsx<_> = open_workbook(workbook).expect("a workbook");
    let range = book.worksheet_range_at(1).expect("the sheet").expect("it can be read");
    (2u32..).zip(range.rows().skip(1)).map(|(row, cells)| (cells[1].to_string(), row)).collect()
}

/// The workbook `from` with `cells` filled in as a spreadsheet program does it, saved as `to`.
pub fn fill(from: &Path, to: &Path, cells: &[(String, impl AsRef<str>)]) {
    let bytes = std::fs::read(from).expect("the workbook");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("a container");
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("it unpacks");
        if name == SCORES {
            let mut xml = String::from_utf8(content).expect("UTF-8");
            for (cell, value) in cells {
                let value = value.as_ref();
                let start = xml.find(&format!("<c r=\"{cell}\"")).unwrap_or_else(|| panic!("no cell {cell}"));
                let end = start + xml[start..].find("/>").expect("an empty cell");
                let open = &xml[start..end];
                let filled = match value.parse::<f64>() {
                    Ok(number) => format!("{open}><v>{number}</v></c>"),
                    Err(_) => format!("{open} t=\"inlineStr\"><is><t>{value}</t></is></c>"),
                };
                xml.replace_range(start..end + 2, &filled);
            }
            content = xml.into_bytes();
        }
        writer.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        writer.write_all(&content).expect("it is written");
    }
    std::fs::write(to, writer.finish().expect("a container").into_inner()).expect("it is written");
}

/// The objects of a file with one a line.
#[allow(dead_code, reason = "not every test file looks at it")]
pub fn json_lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
}
