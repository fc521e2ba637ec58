//! Builders for files in memory, and the check that every test ends with.

use std::io::{Cursor, Write};
use std::path::PathBuf;

use rust_xlsxwriter::Workbook;
use shortlister::intake::{Batch, Options, read_bytes};
use shortlister::nomination::RawSubmission;
use zip::CompressionMethod;
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
        // The type of an OpenDocument file stands in the open.
        let method = if *name == "mimetype" { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
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

const TRANSITIONAL: [&str; 2] = [
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
];
/// The namespaces of the strict variant (ISO/IEC 29500-1).
pub const STRICT: [&str; 2] =
    ["http://purl.oclc.org/ooxml/wordprocessingml/main", "http://purl.oclc.org/ooxml/officeDocument/relationships"];

/// A .docx with this body and parts that it refers to, each by its kind and the elements in it.
pub fn docx_with(namespaces: Option<[&str; 2]>, body: &str, parts: &[(&str, &str)]) -> Vec<u8> {
    let [word, relation] = namespaces.unwrap_or(TRANSITIONAL);
    let element = |name: &str, inner: &str| format!(r#"<w:{name} xmlns:w="{word}">{inner}</w:{name}>"#);
    let related = |kind: &str, target: &str| {
        format!(r#"<Relationship Id="r{kind}" Type="{relation}/{kind}" Target="{target}"/>"#)
    };
    let relations = |inner: String| format!("<Relationships>{inner}</Relationships>");
    let roots = [("header", "hdr"), ("footer", "ftr")];
    let root = |kind| roots.iter().find(|(part, _)| *part == kind).map_or(kind, |(_, root)| *root);
    let mut files = vec![
        ("[Content_Types].xml".to_owned(), "<Types/>".to_owned()),
        ("_rels/.rels".to_owned(), relations(related("officeDocument", "word/main.xml"))),
        ("word/main.xml".to_owned(), element("document", &format!("<w:body>{body}</w:body>"))),
        (
            "word/_rels/main.xml.rels".to_owned(),
            relations(parts.iter().map(|(kind, _)| related(kind, &format!("{kind}.xml"))).collect()),
        ),
    ];
    files.extend(parts.iter().map(|(kind, inner)| (format!("word/{kind}.xml"), element(root(kind), inner))));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
    zip(&files)
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

/// How many characters of `a` are in `b`, in their order.
pub fn longest_common_subsequence(a: &[char], b: &[char]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for x in a {
        let mut diagonal = 0;
        for (at, y) in b.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if x == y { diagonal + 1 } else { above.max(row[at]) };
            diagonal = above;
        }
    }
    row[b.len()]
}
