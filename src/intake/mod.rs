//! Files, folders and standard input in; [`RawSubmission`]s out, each with its place.
//!
//! [`read`] takes everything that was given and never stops at a bad file: what cannot be read becomes a
//! [`Rejection`] with its place and a remedy, what is passed over on purpose becomes a note.
//!
//! One file a format (`workbook`, `csv`, `json`, `docx`, `odt`, `pdf`, `web`, `prose`), one table that picks the reader (`reader`), one
//! table of formats that are refused and why (`refused`), one table of headers (`headers`).

pub(crate) mod archive;
mod blocks;
mod check;
mod csv;
mod deadline;
mod docx;
mod encoding;
mod form;
mod found;
pub(crate) mod guard;
mod headers;
mod joined;
mod json;
pub(crate) mod kind;
mod labels;
mod limits;
mod mapping;
mod odt;
mod pdf;
mod placeholder;
mod prose;
mod reader;
mod refused;
mod running;
mod sheets;
mod table;
mod unseen;
mod walk;
mod web;
mod workbook;
mod xml;
mod zipped;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;
use thiserror::Error;

use crate::digest::sha256_hex;
use crate::nomination::{RawSubmission, Rejection, SourceRef};

pub use check::{ColumnMapping, TableMapping};
pub use headers::{Basis, Field};
pub(crate) use headers::{normalise as normalised_header, recognise as recognise_header};
pub use limits::Limits;
pub use mapping::{Mapping, MappingError};

use found::{Found, Refusal};
use kind::{Kind, kind_of};
use mapping::HeaderBook;
pub(crate) use placeholder::is_placeholder;
use reader::Document;
pub(crate) use sheets::{Sheets, sheets};
pub(crate) use table::grid::{Grid, GridRow};
use walk::Origin;
use zipped::Nesting;

/// One thing the user gave to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file or a folder.
    Path(PathBuf),
    /// Standard input (`-`): JSON lines, or any other kind that shows by its content.
    Stdin,
}

impl From<&Path> for Input {
    /// `-` is standard input.
    fn from(path: &Path) -> Self {
        if path == Path::new("-") { Input::Stdin } else { Input::Path(path.to_owned()) }
    }
}

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Bounds on what is read.
    pub limits: Limits,
    /// Headers the program does not know by itself.
    pub mapping: Option<Mapping>,
    /// Each folder or archive directly below what is given is one nomination: a form and its attachments.
    pub folder_per_nomination: bool,
}

/// The inputs cannot be used at all.
#[derive(Debug, Error)]
pub enum IntakeError {
    /// No input was named.
    #[error("nothing to read was given; name files, folders, or - for standard input")]
    NothingGiven,
}

/// Everything that was found, in a stable order: by input as given, then file path, sheet, row.
#[derive(Debug, Default)]
pub struct Batch {
    /// Records that could be read.
    pub submissions: Vec<RawSubmission>,
    /// Records and files that could not.
    pub rejections: Vec<Rejection>,
    /// Every file that was opened or refused, for provenance.
    pub files: Vec<InputFile>,
    /// Notes for the coordinator that are no rejection (a skipped system file, a 合计 row left out).
    pub notes: Vec<String>,
    /// What each table's columns and each form's labels were taken for.
    pub tables: Vec<TableMapping>,
}

/// One file of the input, as it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct InputFile {
    /// Path as the user gave it or as found under the given folder; `-` is standard input.
    pub path: String,
    /// SHA-256 of its bytes, lower-case hex; empty when the file could not be read or is beyond the size limit.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Records read from it.
    pub records: usize,
    /// Records rejected in it.
    pub rejected: usize,
    /// Records, or the file itself where it is a picture, that belong to a nomination of another file.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub linked: usize,
    /// The archive in which it lies; the archive's checksum vouches for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive: Option<String>,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl InputFile {
    /// A file of which nothing was read yet.
    pub(crate) fn of(path: &str, sha256: String, bytes: u64) -> Self {
        Self { path: path.to_owned(), sha256, bytes, records: 0, rejected: 0, linked: 0, archive: None }
    }
}

/// Reads all inputs, files in parallel, in a stable order.
///
/// A path that does not exist or cannot be opened is a rejection like any other bad file, so that the rest goes on.
///
/// # Errors
///
/// Only when nothing was given.
pub fn read(inputs: &[Input], options: &Options) -> Result<Batch, IntakeError> {
    if inputs.is_empty() {
        return Err(IntakeError::NothingGiven);
    }
    let book = HeaderBook::new(options.mapping.as_ref());
    let listing = walk::list(inputs, &options.limits);
    let mut batch = Batch { notes: listing.notes, ..Batch::default() };
    let outcomes: Vec<Vec<Outcome>> =
        listing.origins.into_par_iter().map(|origin| read_origin(origin, &book, &options.limits)).collect();
    batch.take_all(outcomes.into_iter().flatten().collect(), &roots(inputs), options);
    batch.note_unused_mapping(options.mapping.as_ref());
    Ok(batch)
}

/// Reads one file that is already in memory; `name` decides only where content does not.
///
/// The batch has one entry in `files`, and one more for each file inside an archive. Never panics, whatever the bytes.
pub fn read_bytes(name: &str, bytes: &[u8], options: &Options) -> Batch {
    let book = HeaderBook::new(options.mapping.as_ref());
    let mut batch = Batch::default();
    let outcomes = read_loaded(name, bytes, &mut Nesting::outside(&options.limits), &book, &options.limits);
    batch.take_all(outcomes, &[name.to_owned()], options);
    batch
}

/// The paths given, as the names of the files below them begin.
fn roots(inputs: &[Input]) -> Vec<String> {
    let path = |input: &Input| match input {
        Input::Path(path) => Some(path.display().to_string()),
        Input::Stdin => None,
    };
    inputs.iter().filter_map(path).collect()
}

impl Batch {
    /// Takes all files, those that belong to one nomination joined.
    fn take_all(&mut self, mut outcomes: Vec<Outcome>, roots: &[String], options: &Options) {
        joined::join(&mut outcomes, roots, options.folder_per_nomination, &options.limits);
        outcomes.into_iter().for_each(|(file, found)| self.take(file, found));
    }

    fn take(&mut self, file: InputFile, found: Found) {
        let Found { submissions, rejections, notes, tables, .. } = found;
        self.files.push(InputFile { records: submissions.len(), rejected: rejections.len(), ..file });
        self.submissions.extend(submissions);
        self.rejections.extend(rejections);
        self.notes.extend(notes);
        self.tables.extend(tables);
    }

    /// A header of the mapping that stands in no table is probably misspelt.
    fn note_unused_mapping(&mut self, mapping: Option<&Mapping>) {
        for header in mapping.into_iter().flat_map(|mapping| mapping.columns.keys()) {
            let key = headers::normalise(header);
            let columns = self.tables.iter().flat_map(|table| &table.columns);
            if !columns.clone().any(|column| headers::normalise(&column.header) == key) {
                self.notes.push(format!("mapping: no table has a column {header:?}"));
            }
        }
    }
}

/// A file, and what was found in it.
type Outcome = (InputFile, Found);

fn read_origin(origin: Origin, book: &HeaderBook, limits: &Limits) -> Vec<Outcome> {
    let (name, loaded) = match origin {
        Origin::Stdin => ("-".to_owned(), load(io::stdin().lock(), limits).map_err(|error| cannot_open(&error))),
        Origin::File(path) => (path.display().to_string(), load_file(&path, limits)),
        Origin::Closed(path, refusal) => (path.display().to_string(), Err(refusal)),
    };
    match loaded {
        Ok(Loaded::Whole(bytes)) => read_loaded(&name, &bytes, &mut Nesting::outside(limits), book, limits),
        Ok(Loaded::TooLarge(bytes)) => vec![refused(&name, bytes, too_large(limits))],
        Err(refusal) => vec![refused(&name, 0, refusal)],
    }
}

/// Reads a file, or every file of an archive.
fn read_loaded(name: &str, bytes: &[u8], nesting: &mut Nesting, book: &HeaderBook, limits: &Limits) -> Vec<Outcome> {
    let found = if bytes.len() as u64 > limits.max_file_bytes {
        refused(name, 0, too_large(limits)).1
    } else if nesting.may_open() && kind_of(name, bytes) == Kind::Zip {
        return zipped::read(name, bytes, nesting, book, limits);
    } else {
        reader::read(&Document::new(name, bytes, book, limits))
    };
    let file = InputFile::of(name, sha256_hex([bytes]), bytes.len() as u64);
    vec![(InputFile { archive: nesting.archive(), ..file }, found)]
}

/// Bytes of a file, or its size where that is beyond the limit.
enum Loaded {
    Whole(Vec<u8>),
    TooLarge(u64),
}

fn load_file(path: &Path, limits: &Limits) -> Result<Loaded, Refusal> {
    let file = File::open(path).map_err(|error| cannot_open(&error))?;
    let size = file.metadata().map_or(0, |metadata| metadata.len());
    if size > limits.max_file_bytes {
        return Ok(Loaded::TooLarge(size));
    }
    load(file, limits).map_err(|error| cannot_open(&error))
}

/// Reads to the end, or to just beyond the limit: a pipe has no size to ask for.
fn load(source: impl Read, limits: &Limits) -> io::Result<Loaded> {
    let mut bytes = Vec::new();
    source.take(limits.max_file_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    let size = bytes.len() as u64;
    Ok(if size > limits.max_file_bytes { Loaded::TooLarge(size) } else { Loaded::Whole(bytes) })
}

fn refused(name: &str, bytes: u64, refusal: Refusal) -> Outcome {
    let mut found = Found::default();
    found.reject(SourceRef::file(name), refusal);
    (InputFile::of(name, String::new(), bytes), found)
}

fn too_large(limits: &Limits) -> Refusal {
    let limit = limits.max_file_bytes;
    Refusal::new(format!("the file is larger than the limit of {limit} bytes"), "split it, or raise max_file_bytes")
}

fn cannot_open(error: &io::Error) -> Refusal {
    match error.kind() {
        io::ErrorKind::NotFound => Refusal::new("the file does not exist", "check the path and its spelling"),
        io::ErrorKind::PermissionDenied => Refusal::new("the file may not be read", "allow reading it, or copy it"),
        _ => Refusal::new(format!("the file cannot be read ({error})"), "copy it to this machine's disk and try again"),
    }
}
