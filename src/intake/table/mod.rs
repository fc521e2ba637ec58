//! From a grid of cells, whatever the format, to one record a row.

mod columns;
pub(crate) mod grid;
mod header_row;
mod left_out;

use std::collections::BTreeMap;

use crate::nomination::{Flag, RawSubmission, SourceRef};

use super::check::TableMapping;
use super::form;
use super::found::{Found, Refusal, named, section};
use super::headers::Field;
use super::joined::file_names;
use super::limits::Limits;
use super::mapping::HeaderBook;
use super::placeholder::{is_placeholder, means_same_as_above};
use columns::Column;
pub(crate) use columns::number;
use grid::{Grid, GridRow};
use header_row::HeaderRow;

/// What a grid turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// A header, then a record a row.
    List(HeaderRow),
    /// Labels and values of one nomination (申报表).
    Form,
    /// Nothing we know.
    Unknown,
}

/// Tells a list from a form: a form has its labels spread over rows, a list has them in one.
pub(crate) fn layout(grid: &Grid, book: &HeaderBook) -> Layout {
    let labels = form::labels_in(&grid.rows, book);
    match header_row::find(grid, book) {
        Some(header) if labels.is_form() && labels.pairs > header.known => Layout::Form,
        Some(header) => Layout::List(header),
        None if labels.is_form() => Layout::Form,
        None => Layout::Unknown,
    }
}

/// How many columns the header would have that are known; for telling delimiters apart.
pub(crate) fn known_columns(grid: &Grid, book: &HeaderBook) -> usize {
    header_row::find(grid, book).map_or(0, |header| header.known)
}

/// Reads a grid into records.
///
/// # Errors
///
/// When neither a header nor a form is found.
pub(crate) fn read(
    grid: Grid,
    place: &SourceRef,
    book: &HeaderBook,
    limits: &Limits,
    found: &mut Found,
) -> Result<(), Refusal> {
    match layout(&grid, book) {
        Layout::List(header) => {
            list(grid, header, place, book, limits, found);
            Ok(())
        }
        Layout::Form => {
            let first = found.submissions.len();
            form::read_grid(&grid.rows, place, book, limits, found);
            let unread = (!grid.unread_rows.is_empty()).then_some(Flag::CellsUnread);
            found.submissions.iter_mut().skip(first).for_each(|submission| submission.flags.extend(unread));
            Ok(())
        }
        Layout::Unknown => Err(no_header()),
    }
}

/// The refusal of a table in which no header was recognised.
pub(crate) fn no_header() -> Refusal {
    Refusal::new(
        "no header row was recognised in the first 20 rows",
        "put the column names in one row above the records, for example 案例名称, 申报单位, 案例简介 \
         (or title, unit, text), or give a mapping file for the names it has",
    )
}

fn list(mut grid: Grid, header: HeaderRow, place: &SourceRef, book: &HeaderBook, limits: &Limits, found: &mut Found) {
    let header_number = grid.rows[header.last].number;
    let header_names = header.names(&grid);
    grid.rows.drain(..=header.last);
    grid.merges.retain(|merge| merge.first_row > header_number);
    join_and_fill(&mut grid, &header, place, book, found);
    let columns = columns::assign(&header.cells, &grid.rows, book);
    found.tables.push(TableMapping {
        file: place.file.clone(),
        sheet: place.sheet.clone(),
        header_row: Some(header_number),
        columns: columns.iter().map(Column::mapping).collect(),
    });
    let roles = Roles::new(&columns);
    roles.note_unused(found, place, &grid.rows);
    let mut left_out = Vec::new();
    let mut above = RawSubmission::default();
    for row in &grid.rows {
        match left_out::reason(row, &header_names, &columns) {
            Some(reason) => left_out.push((reason, row.number)),
            None => {
                let mut submission = roles.record(row, place, &above);
                above = RawSubmission { sections: Vec::new(), ..submission.clone() };
                submission.flags.extend(grid.unread_rows.contains(&row.number).then_some(Flag::CellsUnread));
                found.submit(submission, limits);
            }
        }
    }
    left_out::note(found, place, left_out);
}

/// A title merged over rows makes them one record; any other merged cell holds for each of its rows.
fn join_and_fill(grid: &mut Grid, header: &HeaderRow, place: &SourceRef, book: &HeaderBook, found: &mut Found) {
    if grid.merges.is_empty() {
        return;
    }
    let by_header = columns::assign(&header.cells, &[], book);
    let title = columns::of_field(&by_header, Field::Title).first().map(|column| column.index);
    grid.fill_down(title);
    let joined = title.map_or(0, |title| grid.join_rows(title));
    if joined > 0 {
        found.note(place, format!("{joined} rows under a merged title were joined to the row of the title"));
    }
}

/// Columns by what they fill.
struct Roles<'a> {
    all: &'a [Column],
    single: BTreeMap<Field, Vec<&'a Column>>,
}

const SINGLE: [Field; 8] =
    [Field::Id, Field::Title, Field::Unit, Field::Level, Field::Channel, Field::Category, Field::Track, Field::Url];

impl<'a> Roles<'a> {
    fn new(all: &'a [Column]) -> Self {
        Self { all, single: SINGLE.into_iter().map(|field| (field, columns::of_field(all, field))).collect() }
    }

    fn record(&self, row: &GridRow, place: &SourceRef, above: &RawSubmission) -> RawSubmission {
        let mut record = RawSubmission {
            source: place.at_row(row.number),
            id: self.first(Field::Id, row, None),
            title: self.first(Field::Title, row, None),
            unit: self.first(Field::Unit, row, above.unit.as_ref()),
            region: self.region(row, above.region.as_ref()),
            level: self.first(Field::Level, row, above.level.as_ref()),
            channel: self.first(Field::Channel, row, above.channel.as_ref()),
            category: self.first(Field::Category, row, above.category.as_ref()),
            track: self.first(Field::Track, row, above.track.as_ref()),
            url: self.first(Field::Url, row, above.url.as_ref()),
            ..RawSubmission::default()
        };
        for column in self.all {
            let cell = row.cell(column.index);
            match column.field {
                Field::Text => {
                    let heading = (!column.header.is_empty()).then_some(column.header.as_str());
                    record.sections.extend(section(heading, cell));
                }
                Field::File if !is_placeholder(cell) => record.files.extend(file_names(cell)),
                Field::Signal => {
                    if let Some(value) = number(cell) {
                        record.signals.entry(column.name()).or_insert(value);
                    }
                }
                _ => {}
            }
        }
        record
    }

    /// The first filled cell of the field's columns; 同上 takes the value of the row above.
    fn first(&self, field: Field, row: &GridRow, above: Option<&String>) -> Option<String> {
        let cells = self.single[&field].iter().map(|column| row.cell(column.index));
        for cell in cells {
            if means_same_as_above(cell) && above.is_some() {
                return above.cloned();
            }
            if !is_placeholder(cell) {
                return Some(cell.to_owned());
            }
        }
        None
    }

    /// 省 and 市 in columns of their own are one region, from left to right.
    fn region(&self, row: &GridRow, above: Option<&String>) -> Option<String> {
        let mut parts: Vec<&str> = Vec::new();
        for column in self.all.iter().filter(|column| column.field == Field::Region) {
            let cell = row.cell(column.index);
            if means_same_as_above(cell) && above.is_some() {
                return above.cloned();
            }
            if !is_placeholder(cell) && !parts.contains(&cell) {
                parts.push(cell);
            }
        }
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// Names what is not carried on, so that nothing disappears unseen.
    fn note_unused(&self, found: &mut Found, place: &SourceRef, rows: &[GridRow]) {
        let filled = |column: &&Column| rows.iter().any(|row| !row.cell(column.index).is_empty());
        let names = |fields: &[Field]| {
            let unused = self.all.iter().filter(|column| fields.contains(&column.field)).filter(filled);
            named(&unused.map(Column::name).collect::<Vec<_>>())
        };
        for (fields, why) in [
            (&[Field::Contact][..], "personal contact columns were left out"),
            (&[Field::Score], "columns of scores were left out (grades are read from JSONL only)"),
            (&[Field::Ignore], "columns not used"),
        ] {
            let names = names(fields);
            if !names.is_empty() {
                found.note(place, format!("{why}: {names}"));
            }
        }
        for (field, columns) in self.single.iter().filter(|(_, columns)| columns.len() > 1) {
            let spare: Vec<String> = columns[1..].iter().map(|column| column.name()).collect();
            let (field, used) = (field.as_str(), columns[0].name());
            found.note(place, format!("{field} is taken from {used}; {} only where that is blank", named(&spare)));
        }
        for column in self.all.iter().filter(|column| column.field == Field::Signal) {
            let cells = rows.iter().map(|row| row.cell(column.index)).filter(|cell| !is_placeholder(cell));
            let odd = cells.filter(|cell| number(cell).is_none()).count();
            if odd > 0 {
                found.note(place, format!("{odd} values of {} are no numbers and were left out", column.name()));
            }
        }
    }
}
