//! Word documents: forms of labels and values, lists in tables, and running text.
//!
//! The document part is walked once (`body`) with its styles (`styles`, `ink`), tables on the way (`cells`); notes are
//! put behind the paragraph that refers to them, headers and footers are looked at for fields only.

mod body;
pub(super) mod cells;
mod ink;
mod package;
mod styles;
mod symbols;

use super::archive::PartError;
use super::blocks::{Block, Content};
use super::found::{Found, Refusal};
use super::reader::Document;
use body::{Body, Notes, Surroundings};
use package::Package;
use styles::Styles;

/// Reads the document: each table with a header gives a record a row, each form one nomination, and the
/// paragraphs belong to the form, or are the nomination.
pub(crate) fn read(document: &Document<'_>, found: &mut Found) -> Result<(), Refusal> {
    let limit = document.limits.max_docx_part_bytes;
    let mut package = Package::open(document).map_err(|error: PartError| error.refused(limit, damaged))?;
    let main = package.main.clone();
    let xml = package.text(&main).map_err(|error: PartError| error.refused(limit, damaged))?;
    let around = surroundings(&mut package);
    let Body { blocks, hidden, contents_lines, .. } = body::read(&xml, &around).map_err(|error| damaged(&error))?;
    let running = running_lines(&mut package, &around);
    Content { blocks, hidden, contents_lines, running }.sort(document, found)
}

/// Styles and notes; a part that is broken is as one that is missing.
fn surroundings(package: &mut Package<'_>) -> Surroundings {
    let styles = package.related("styles").first().map(|xml| Styles::read(xml)).unwrap_or_default();
    let mut around = Surroundings { styles, ..Surroundings::default() };
    around.footnotes = notes(package, "footnotes", &around);
    around.endnotes = notes(package, "endnotes", &around);
    around
}

fn notes(package: &mut Package<'_>, kind: &str, around: &Surroundings) -> Notes {
    let xml = package.related(kind).into_iter().next().unwrap_or_default();
    body::read(&xml, around).map(|body| body.notes).unwrap_or_default()
}

/// Lines of all headers, then of all footers; the cells of a table are apart by tabs.
fn running_lines(package: &mut Package<'_>, around: &Surroundings) -> Vec<String> {
    let parts = [package.related("header"), package.related("footer")].concat();
    let bodies = parts.iter().filter_map(|xml| body::read(xml, around).ok());
    bodies.flat_map(|body| body.blocks).flat_map(Block::into_lines).collect()
}

fn damaged(cause: &str) -> Refusal {
    Refusal::new(
        format!("the Word document is damaged ({cause})"),
        "open it in Word or WPS, let it be repaired, and save it again as .docx",
    )
}
