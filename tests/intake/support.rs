//! Builders for files in memory, and the check that every test ends with.

use std::io::{Cursor, Write};
use std::path::PathBuf;

use rust_xlsxwriter::Workbook;
use shortlister::intake::{Batch, Options, read_bytes};
use shortlister::nomination::RawSubmission;
use zip::write::SimpleFileOptions;

/// Reads one file and checks that its counts add up.
pub fn read_one(name: &str, bytes: impl AsRef<[u8]>) -> Batch {
    read_with(name, bytes, &Options::default())
}

pub fn read_with(name: &str, bytes: impl AsRef<[u8]>, options: &Options) -> Batch {
    let batch = read_bytes(name, bytes.as_ref(), options);
    assert_accounted(&batch);
    batch
}

/// Records and rejections of every file are those in the batch, each with a place and a remedy.
pub fn assert_accounted(batch: &Batch) {
    for file in &batch.files {
        let records = batch.submissions.iter().filter(|record| record.source.file == file.path).count();
        let rejected = batch.rejections.iter().filter(|rejection| rejection.source.file == file.path).count();
        assert_eq!((file.records, file.rejected), (records, rejected), "{}", file.path);
        let holds_files = batch.files.iter().any(|inner| inner.archive.as_ref() == Some(&file.path));
        assert!(records + rejected + file.linked > 0 || holds_files, "{} left no trace: {:?}", file.path, batch.notes);
    }
    assert_eq!(batch.files.iter().map(|file| file.records).sum::<usize>(), batch.submissions.len());
    assert_eq!(batch.files.iter().map(|file| file.rejected).sum::<usize>(), batch.rejections.len());
    for rejection in &batch.rejections {
        assert!(!rejection.reason.is_empty() && !rejection.remedy.is_empty(), "{rejection:?}");
    }
    for record in &batch.submissions {
        assert!(record.title.is_some() || !record.sections.is_empty() || !record.attachments.is_empty(), "{record:?}");
    }
}

/// The only rejection of a batch without records, as `place: reason; remedy`.
pub fn refusal(batch: &Batch) -> String {
    assert!(batch.submissions.is_empty(), "{:?}", batch.submissions);
    let [rejection] = batch.rejections.as_slice() else { panic!("{:?}", batch.rejections) };
    format!("{}: {}; {}", rejection.source, rejection.reason, rejection.remedy)
}

pub fn titles(batch: &Batch) -> Vec<&str> {
    batch.submissions.iter().map(|record| record.title.as_deref().unwrap_or("")).collect()
}

/// Heading and text of each section.
pub fn sections(record: &RawSubmission) -> Vec<(&str, &str)> {
    record.sections.iter().map(|s| (s.heading.as_deref().unwrap_or(""), s.text.as_str())).collect()
}

/// A workbook with one sheet of strings.
pub fn xlsx(rows: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (r, row) in (0u32..).zip(rows) {
        for (c, text) in (0u16..).zip(*row) {
            if !text.is_empty() {
                sheet.write_string(r, c, *text).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// A zip of parts.
pub fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A .docx with this body.
pub fn docx(body: &str) -> Vec<u8> {
    let document = format!(
        r#"<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>"#
    );
    zip(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", document.as_bytes())])
}

pub fn paragraph(text: &str) -> String {
    format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// A Word table of plain cells.
pub fn word_table(rows: &[&[&str]]) -> String {
    let cell = |text: &&str| format!("<w:tc>{}</w:tc>", paragraph(text));
    let row = |cells: &&[&str]| format!("<w:tr>{}</w:tr>", cells.iter().map(cell).collect::<String>());
    format!("<w:tbl>{}</w:tbl>", rows.iter().map(row).collect::<String>())
}

pub fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/intake").join(name);
    std::fs::read(path).unwrap()
}
