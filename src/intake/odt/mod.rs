//! OpenDocument text (.odt), as LibreOffice and WPS write it.
//!
//! The content is walked once (`body`) with the looks of its styles (`looks`), by which hidden text is told; headers and
//! footers stand among the styles and are looked at for fields only.

mod body;
mod looks;

use std::io::Cursor;

use zip::ZipArchive;

use super::archive::{PartError, part};
use super::blocks::{Block, Content};
use super::found::{Found, Refusal};
use super::reader::Document;
use super::refused::Foreign;
use body::Body;
use looks::Looks;

/// Reads the document: each table with a header gives a record a row, each form one nomination, and the
/// paragraphs belong to the form, or are the nomination.
pub(crate) fn read(document: &Document<'_>, found: &mut Found) -> Result<(), Refusal> {
    let limit = document.limits.max_docx_part_bytes;
    let mut archive = ZipArchive::new(Cursor::new(document.bytes)).map_err(|error| damaged(&error.to_string()))?;
    let mut text = |name: &str| {
        let bytes = part(&mut archive, name, limit).map_err(|error: PartError| error.refused(limit, damaged))?;
        Ok(encoding_rs::UTF_8.decode(&bytes).0.into_owned())
    };
    let manifest = text("META-INF/manifest.xml").unwrap_or_default();
    if manifest.contains("encryption-data") {
        return Err(Foreign::Encrypted.refusal(document.extension()));
    }
    let styles: String = text("styles.xml").unwrap_or_default();
    let content: String = text("content.xml")?;
    let looks = Looks::read(&[&styles, &content]);
    let Body { blocks, hidden, contents_lines } = body::read(&content, &looks).map_err(|error| damaged(&error))?;
    let running = lines(body::read(&styles, &looks).unwrap_or_default());
    Content { blocks, hidden, contents_lines, running }.sort(document, found)
}

/// Paragraphs among the styles are headers and footers.
fn lines(body: Body) -> Vec<String> {
    body.blocks.into_iter().flat_map(Block::into_lines).collect()
}

fn damaged(cause: &str) -> Refusal {
    Refusal::new(
        format!("the OpenDocument text is damaged ({cause})"),
        "open it in LibreOffice or WPS, let it be repaired, and save it as .docx",
    )
}
