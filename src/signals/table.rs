//! A file of numbers to its rows.

use std::path::Path;

use super::SignalError;
use super::number::{Number, number};
use crate::intake::{self, Field, Grid, GridRow, InputFile, Sheets, is_placeholder, normalised_header};
use crate::nomination::SourceRef;
use crate::programme::Signal;

/// Rows from the top that may hold the header.
const SEARCHED_ROWS: usize = 20;

/// A row before it is known whose it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Row {
    pub source: SourceRef,
    pub id: Option<String>,
    pub url: Option<String>,
    pub title: Option<String>,
    pub unit: Option<String>,
    pub region: String,
    /// By signal id.
    pub values: Vec<(String, f64)>,
    pub remarks: Vec<String>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Key(Field),
    Signal(usize),
}

/// The header of a table: its position, and roles by column.
struct Header {
    at: usize,
    roles: Vec<(usize, Role)>,
}

/// Reads every row of `path` that stands under a header with a known signal.
pub(super) fn read(
    path: &Path,
    signals: &[Signal],
    notes: &mut Vec<String>,
) -> Result<(InputFile, Vec<Row>), SignalError> {
    let (file, Sheets { grids, notes: found, rejections }) = intake::sheets(path).map_err(SignalError::Unreadable)?;
    notes.extend(found);
    notes.extend(rejections.iter().map(|rejection| format!("not read: {rejection}")));
    let mut rows = Vec::new();
    let mut is_known = false;
    for (place, grid) in &grids {
        match header(grid, signals) {
            Some(header) => {
                is_known = true;
                let percentages = percentages(grid, &header, signals.len());
                rows.extend(grid.rows[header.at + 1..].iter().map(|row| header.row(row, place, signals, &percentages)));
            }
            None => notes.push(format!("{place}: no column of a signal, passed over")),
        }
    }
    if !is_known {
        let wanted: Vec<String> = signals.iter().flat_map(Signal::headers).collect();
        return Err(SignalError::NoHeader { file: file.path, wanted: wanted.join(", ") });
    }
    Ok((InputFile { records: rows.len(), ..file }, rows))
}

/// The first row that names a signal and whose it is.
fn header(grid: &Grid, signals: &[Signal]) -> Option<Header> {
    let names: Vec<Vec<String>> = signals.iter().map(Signal::headers).collect();
    let role = |cell: &str| {
        let key = normalised_header(cell);
        let signal = names.iter().position(|names| names.contains(&key)).map(Role::Signal);
        let field = || intake::recognise_header(cell).map(|found| found.field);
        let tells =
            |field: &Field| matches!(field, Field::Id | Field::Url | Field::Title | Field::Unit | Field::Region);
        signal.or_else(|| field().filter(tells).map(Role::Key))
    };
    grid.rows.iter().take(SEARCHED_ROWS).enumerate().find_map(|(at, row)| {
        let roles: Vec<(usize, Role)> = row.filled().filter_map(|(column, cell)| Some((column, role(cell)?))).collect();
        let has_key = roles.iter().any(|(_, role)| matches!(role, Role::Key(field) if *field != Field::Region));
        let has_signal = roles.iter().any(|(_, role)| matches!(role, Role::Signal(_)));
        (has_key && has_signal).then_some(Header { at, roles })
    })
}

/// For each signal, whether any cell of it is written as a percentage.
fn percentages(grid: &Grid, header: &Header, signals: usize) -> Vec<bool> {
    let mut found = vec![false; signals];
    for row in &grid.rows[header.at + 1..] {
        for &(column, role) in &header.roles {
            if let Role::Signal(signal) = role {
                found[signal] |= number(row.cell(column)).is_some_and(|number| number.is_percentage);
            }
        }
    }
    found
}

impl Header {
    fn row(&self, row: &GridRow, place: &SourceRef, signals: &[Signal], percentages: &[bool]) -> Row {
        let mut found = Row { source: place.at_row(row.number), ..Row::default() };
        for &(column, role) in &self.roles {
            let cell = row.cell(column);
            if is_placeholder(cell) {
                continue;
            }
            match role {
                Role::Key(Field::Region) => found.region.push_str(cell),
                Role::Key(field) => {
                    let key = match field {
                        Field::Id => &mut found.id,
                        Field::Url => &mut found.url,
                        Field::Title => &mut found.title,
                        _ => &mut found.unit,
                    };
                    key.get_or_insert_with(|| cell.to_owned());
                }
                Role::Signal(index) => match value(cell, &signals[index], percentages[index]) {
                    Ok(value) => found.values.push((signals[index].id.clone(), value)),
                    Err(remark) => found.remarks.push(remark),
                },
            }
        }
        found
    }
}

/// The number in `cell`, or what to do about it.
fn value(cell: &str, signal: &Signal, has_percentages: bool) -> Result<f64, String> {
    let id = &signal.id;
    let Some(Number { value, is_percentage }) = number(cell) else {
        return Err(format!("{id}: {cell:?} is no number; write digits alone, or leave the cell empty"));
    };
    if has_percentages && !is_percentage && value > 1.0 {
        return Err(format!("{id}: {cell} stands without % in a column of percentages; write all of them alike"));
    }
    if !signal.accepts(value) {
        return Err(format!("{id}: {cell} is negative; a count cannot be, correct the row"));
    }
    Ok(value)
}
