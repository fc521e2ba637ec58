//! Word documents: forms of labels and values, lists in tables, and running text.

mod body;
mod styles;

use std::io::Cursor;

use zip::ZipArchive;

use super::archive::{PartError, part};
use super::form::{Form, FormCell};
use super::found::{Found, Refusal};
use super::prose::{self, Line};
use super::reader::Document;
use super::table::{self, Layout, grid::Grid, grid::GridRow};
use body::{Block, Table};

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

/// Sorts blocks into records: a form with a title of its own begins the next nomination.
struct Sorter<'a> {
    document: &'a Document<'a>,
    form: Form<'a>,
    /// Paragraphs not yet given to the form.
    lines: Vec<Line>,
    /// A form was read from a table, so that short lines around it are headings, not titles.
    has_form: bool,
    has_list: bool,
    /// The document is mainly running text; a table in it is part of that text.
    is_prose: bool,
}

/// A shorter paragraph above a form is its name or a remark.
const FORM_TITLE_CHARS: usize = 40;
/// Paragraphs with more characters are the nomination; with fewer, they go with a list in a table.
const PROSE_CHARS: usize = 200;

impl<'a> Sorter<'a> {
    fn new(document: &'a Document<'a>, blocks: &[Block]) -> Self {
        let is_prose = blocks.iter().map(Block::paragraph_chars).sum::<usize>() > PROSE_CHARS;
        Self { document, form: blank(document), lines: Vec::new(), has_form: false, has_list: false, is_prose }
    }

    fn sort(mut self, blocks: Vec<Block>, found: &mut Found) {
        for block in blocks {
            match block {
                Block::Paragraph(line) => self.lines.push(line),
                Block::Table(table) => self.table(&table, found),
            }
        }
        self.finish(found);
    }

    fn table(&mut self, table: &Table, found: &mut Found) {
        let grid = grid_of(table);
        let Document { place, book, limits, .. } = self.document;
        match table::layout(&grid, book) {
            Layout::Form => self.form_table(table, found),
            Layout::List(_) if !self.is_prose => {
                self.has_list |= table::read(grid, place, book, limits, found).is_ok();
            }
            Layout::List(_) | Layout::Unknown => self.lines.extend(table.rows.iter().map(|row| plain_row(row))),
        }
    }

    fn form_table(&mut self, table: &Table, found: &mut Found) {
        let mut next = blank(self.document);
        table.rows.iter().for_each(|row| next.row(row));
        if !self.has_form {
            // What stands above a form is the name of the form; longer paragraphs are kept.
            self.lines.retain(|line| !line.is_heading && line.text.chars().count() > FORM_TITLE_CHARS);
            self.form = next;
            self.has_form = true;
        } else if next.has_title() {
            self.finish_record(found);
            self.form = next;
        } else {
            table.rows.iter().for_each(|row| self.form.row(row));
        }
    }

    fn finish_record(&mut self, found: &mut Found) {
        let lines = std::mem::take(&mut self.lines);
        prose::add(&lines, self.document.book, &mut self.form);
        std::mem::replace(&mut self.form, blank(self.document)).submit(found, self.document.limits);
    }

    /// Paragraphs around a list (its title, remarks) are no nomination of their own.
    fn finish(mut self, found: &mut Found) {
        if !self.has_list || self.has_form {
            return self.finish_record(found);
        }
        let chars: usize = self.lines.iter().map(|line| line.text.chars().count()).sum();
        if chars > 0 {
            found.note(&self.document.place, format!("{chars} characters outside the tables of records were not used"));
        }
    }
}

fn blank<'a>(document: &'a Document<'a>) -> Form<'a> {
    Form::new(document.place.clone(), document.book)
}

fn grid_of(table: &Table) -> Grid {
    let rows = table.rows.iter().zip(1u32..).map(|(row, number)| GridRow {
        number,
        cells: row.iter().map(|cell| if cell.continued { String::new() } else { cell.text.clone() }).collect(),
    });
    Grid { rows: rows.filter(|row| row.filled().next().is_some()).collect(), merges: Vec::new() }
}

fn plain_row(row: &[FormCell]) -> Line {
    let cells = row.iter().filter(|cell| !cell.continued && !cell.text.trim().is_empty());
    Line::plain(&cells.map(|cell| cell.text.trim()).collect::<Vec<_>>().join(" "))
}
