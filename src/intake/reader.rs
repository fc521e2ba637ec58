//! Which reader reads which kind of file: the one place to add a format.

use std::borrow::Cow;

use crate::nomination::SourceRef;

use super::found::{Found, Refusal};
use super::guard::guarded;
use super::kind::{Kind, extension, kind_of};
use super::limits::Limits;
use super::mapping::HeaderBook;
use super::refused::Foreign;
use super::{csv, docx, json, odt, pdf, prose, web, workbook, zipped};

/// A file in memory, with what its reader needs to know.
pub(crate) struct Document<'a> {
    pub place: SourceRef,
    pub bytes: &'a [u8],
    pub book: &'a HeaderBook,
    pub limits: &'a Limits,
    extension: Cow<'a, str>,
}

impl<'a> Document<'a> {
    pub fn new(name: &str, bytes: &'a [u8], book: &'a HeaderBook, limits: &'a Limits) -> Self {
        Self { place: SourceRef::file(name), bytes, book, limits, extension: Cow::Owned(extension(name)) }
    }

    /// Lower-case extension of the name, or nothing.
    pub fn extension(&self) -> &str {
        &self.extension
    }
}

/// Reads one file. Whatever goes wrong, also a panic in a library, ends as a rejection in the result.
pub(crate) fn read(document: &Document<'_>) -> Found {
    let outcome = guarded(|| {
        let mut found = Found::default();
        let refusal = dispatch(document, &mut found).err();
        (found, refusal)
    });
    let (mut found, refusal) = outcome.unwrap_or_else(|panic| (Found::default(), Some(crashed(&panic))));
    if let Some(refusal) = refusal {
        found.reject(document.place.clone(), refusal);
    }
    if found.submissions.is_empty() && found.rejections.is_empty() {
        let reason = "no record was found; a header or a form without content";
        let refusal = Refusal::new(reason, "check that this is the filled-in file; the notes say what was left out");
        found.reject(document.place.clone(), refusal);
    }
    found.close(document.limits);
    found
}

fn dispatch(document: &Document<'_>, found: &mut Found) -> Result<(), Refusal> {
    let kind = kind_of(&document.place.file, document.bytes);
    note_misnamed(kind, document, found);
    match kind {
        Kind::Xlsx | Kind::Xlsb | Kind::Xls | Kind::Ods | Kind::XmlWorkbook => workbook::read(document, kind, found),
        Kind::Docx => docx::read(document, found),
        Kind::Odt => odt::read(document, found),
        Kind::Pdf => pdf::read(document, found),
        Kind::Page => web::read_page(document, found),
        Kind::PageArchive => web::read_archive(document, found),
        Kind::Delimited => csv::read(document, found),
        Kind::Json => json::read(document, found),
        Kind::Markdown => prose::read_markdown(document, found),
        Kind::Text => prose::read_text(document, found),
        Kind::Zip => Err(zipped::nested_too_deep()),
        Kind::Foreign(foreign) => {
            found.is_picture = foreign == Foreign::Image;
            Err(foreign.refusal(document.extension()))
        }
    }
}

/// A wrong name is worth a word: the sender's next file may be one we cannot tell by content.
fn note_misnamed(kind: Kind, document: &Document<'_>, found: &mut Found) {
    let (is, usual): (&str, &[&str]) = match kind {
        Kind::Xlsx => ("an .xlsx workbook", &["xlsx", "xlsm", "xltx", "xltm", "et"]),
        Kind::Xlsb => ("an .xlsb workbook", &["xlsb"]),
        Kind::Xls => ("an .xls workbook", &["xls", "et", "xlt", "ett"]),
        Kind::Ods => ("an .ods workbook", &["ods"]),
        // The name under which systems export it, and the right one.
        Kind::XmlWorkbook => ("an XML spreadsheet (Excel 2003)", &["xml", "xls"]),
        Kind::Docx => ("a .docx document", &["docx", "docm", "dotx", "wps"]),
        Kind::Odt => ("an .odt document", &["odt", "ott"]),
        Kind::Pdf => ("a PDF", &["pdf"]),
        Kind::Page => ("a web page", &["html", "htm", "xhtml", "shtml"]),
        Kind::PageArchive => ("a saved web page", &["mhtml", "mht"]),
        Kind::Delimited => ("a table in plain text", &["csv", "tsv", "tab"]),
        Kind::Json => ("JSON", &["json", "jsonl", "ndjson"]),
        Kind::Markdown | Kind::Text | Kind::Zip | Kind::Foreign(_) => return,
    };
    let extension = document.extension();
    if !extension.is_empty() && !usual.contains(&extension) {
        found.note(&document.place, format!("the name ends in .{extension}, but this is {is}; it was read as such"));
    }
}

/// The refusal of a file on which a library panicked.
pub(crate) fn crashed(panic: &str) -> Refusal {
    Refusal::new(
        format!("the reader of this format failed on the file ({panic})"),
        "open it in its program and save it again; if it fails again, report the file as a bug",
    )
}
