//! `shortlister check`: what is in a batch, before anything is judged.

use std::fmt::Write as _;
use std::io::Write as _;

use serde::Serialize;

use super::args::{CheckArgs, Format};
use super::{Status, counted, inputs, intake_options};
use crate::clean::clean;
use crate::dedupe::dedupe;
use crate::intake::{self, Basis, InputFile, TableMapping};
use crate::nomination::{NominationId, Rejection};
use crate::pipeline::recount;

/// What `check --format json` prints.
#[derive(Serialize)]
struct Checked {
    /// Usable nominations.
    nominations: usize,
    /// Records and files that are not usable.
    rejected: usize,
    /// Nominations that would be linked to another one.
    duplicates: Vec<Duplicate>,
    files: Vec<InputFile>,
    tables: Vec<TableMapping>,
    rejections: Vec<Rejection>,
    notes: Vec<String>,
}

#[derive(Serialize)]
struct Duplicate {
    id: NominationId,
    duplicate_of: NominationId,
    /// Share of common shingles, 0 to 1.
    resemblance: f64,
}

pub(super) fn run(args: &CheckArgs) -> anyhow::Result<Status> {
    let batch = intake::read(&inputs(&args.inputs), &intake_options(&args.intake)?)?;
    let cleaned = clean(batch.submissions, 0);
    let nominations = &cleaned.nominations;
    let duplicates = dedupe(nominations).into_iter().flat_map(|group| {
        let representative = nominations[group.representative].id.clone();
        group.others.into_iter().map(move |(other, resemblance)| Duplicate {
            id: nominations[other].id.clone(),
            duplicate_of: representative.clone(),
            resemblance,
        })
    });
    let files = recount(batch.files, &cleaned.rejections);
    let rejections = [batch.rejections, cleaned.rejections].concat();
    let checked = Checked {
        nominations: nominations.len(),
        rejected: rejections.len(),
        duplicates: duplicates.collect(),
        files,
        tables: batch.tables,
        rejections,
        notes: batch.notes,
    };
    let mut out = std::io::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&checked)?)?,
        Format::Text => out.write_all(text(&checked).as_bytes())?,
    }
    if checked.nominations == 0 {
        anyhow::bail!("no usable nomination in the input");
    }
    Ok(if checked.rejected == 0 { Status::Done } else { Status::SomeRejected })
}

fn text(checked: &Checked) -> String {
    let mut text = String::new();
    let mut line = |content: String| _ = writeln!(text, "{content}");
    for file in &checked.files {
        let linked = if file.linked > 0 { format!(", {} linked", file.linked) } else { String::new() };
        line(format!("{}: {}, {} rejected{linked}", file.path, counted(file.records, "record"), file.rejected));
        for table in checked.tables.iter().filter(|table| table.file == file.path) {
            line(format!("  {}", heading(table)));
            for column in &table.columns {
                line(format!("    {} -> {} ({})", column.header, column.field.as_str(), basis(column.basis)));
            }
        }
    }
    for Rejection { source, reason, remedy, .. } in &checked.rejections {
        line(format!("rejected: {source}: {reason}; {remedy}"));
    }
    for Duplicate { id, duplicate_of, resemblance } in &checked.duplicates {
        line(format!("duplicate: {id} tells the case of {duplicate_of} (resemblance {resemblance:.2})"));
    }
    checked.notes.iter().for_each(|note| line(format!("note: {note}")));
    let Checked { nominations, rejected, duplicates, .. } = checked;
    line(format!(
        "{}, {} of them linked as duplicates; {rejected} rejected",
        counted(*nominations, "usable nomination"),
        duplicates.len()
    ));
    text
}

fn heading(table: &TableMapping) -> String {
    let sheet = table.sheet.as_ref().map_or_else(|| "table".to_owned(), |sheet| format!("sheet {sheet}"));
    match table.header_row {
        Some(row) => format!("{sheet}, header in row {row}"),
        None => format!("{sheet}, labels"),
    }
}

fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Mapping => "given by the mapping",
        Basis::Exact => "known name",
        Basis::Contained => "contains a known name",
        Basis::Content => "by its content",
    }
}
