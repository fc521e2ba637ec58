//! Word documents: forms of labels and values, lists in tables, and running text.

mod body;
mod styles;

use std::io::Cursor;

use zip::ZipArchive;

use super::archive::{PartError, part};
use super::blocks::Sorter;
use super::found::{Found, Refusal};
use super::reader::Document;
use crate::nomination::Flag;

/// Reads the document: each table with a header gives a record a row, each form one nomination, and the
/// paragraphs belong to the form, or are the nomination.
pub(crate) fn read(document: &Document<'_>, found: &mut Found) -> Result<(), Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(document.bytes)).map_err(|error| damaged(&error.to_string()))?;
    let limit = document.limits.max_docx_part_bytes;
    let mut load = |name: &str| part(&mut archive, name, limit);
    let main = load("_rels/.rels").ok().and_then(|rels| main_part(&rels)).unwrap_or("word/document.xml".to_owned());
    let xml = load(&main).map_err(|error| refused(error, limit))?;
    let headings = load("word/styles.xml").map(|xml| styles::heading_styles(&text_of(&xml))).unwrap_or_default();
    let body = body::read(&text_of(&xml), &headings).map_err(|error| damaged(&error))?;
    if body.hidden_chars > 0 {
        found.note(&document.place, format!("{} characters of hidden text were left out", body.hidden_chars));
    }
    if body.blocks.is_empty() {
        return Err(Refusal::new(
            "the document holds no text",
            "check that this is the filled-in file; pictures are not read",
        ));
    }
    Sorter::new(document, &body.blocks).sort(body.blocks, found);
    found.flag((body.hidden_chars > 0).then_some(Flag::HiddenText).into_iter());
    Ok(())
}

fn refused(error: PartError, limit: u64) -> Refusal {
    match error {
        PartError::Missing => damaged("its main part is missing"),
        PartError::TooLarge => Refusal::new(
            format!("its text unpacks to more than {limit} bytes"),
            "split the document, or copy its text into a new one",
        ),
        PartError::Broken(cause) => damaged(&cause),
    }
}

fn damaged(cause: &str) -> Refusal {
    Refusal::new(
        format!("the Word document is damaged ({cause})"),
        "open it in Word or WPS, let it be repaired, and save it again as .docx",
    )
}

/// Parts are UTF-8 by the format's rules; a UTF-16 part is decoded by its mark, a bad byte shows as U+FFFD.
fn text_of(xml: &[u8]) -> String {
    encoding_rs::UTF_8.decode(xml).0.into_owned()
}

/// The target of the officeDocument relation: some programs write word/document2.xml.
fn main_part(rels: &[u8]) -> Option<String> {
    let text = text_of(rels);
    let relation = text.split("<Relationship ").find(|relation| relation.contains("/officeDocument\""))?;
    let target = relation.split("Target=\"").nth(1)?.split('"').next()?;
    Some(target.trim_start_matches('/').to_owned())
}
