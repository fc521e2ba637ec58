//! One expert's workbook read back: tolerant of what people and programs do to it, silent about nothing.

use std::collections::{BTreeMap, BTreeSet};

use unicode_normalization::UnicodeNormalization;

use super::cell::{Cell, Sheet, address, read_sheets};
use super::judgment::{Complaint, Judgment, Problem};
use super::ticket::Ticket;
use crate::clean::comparison_key;
use crate::intake::Limits;
use crate::nomination::{NominationId, SourceRef};
use crate::programme::{Language, Programme};
use crate::report::wording::Wording;

/// The header row is looked for in so many rows: titles may have been put above it.
const HEADER_WITHIN: usize = 20;

/// What a workbook is read against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    /// The run's part of every ticket.
    pub run: &'a str,
    pub programme: &'a Programme,
    /// The cases that experts judge.
    pub ids: &'a BTreeSet<NominationId>,
}

/// What a workbook holds.
#[derive(Debug, Default)]
pub(super) struct Returned {
    /// As the rows stand; a case may be there twice.
    pub judgments: Vec<Judgment>,
    pub problems: Vec<Problem>,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Id,
    Criterion(String),
    Recusal,
    Abstention,
    Comment,
}

/// Reads the workbook `file`; one that cannot be used at all is a single problem.
pub(super) fn read(file: &str, bytes: &[u8], frame: &Frame<'_>) -> Returned {
    let whole = |complaint: Complaint| {
        let Complaint { reason, remedy } = complaint;
        Problem { file: file.to_owned(), reason, remedy, ..Problem::default() }
    };
    let opened = read_sheets(file, bytes, &Limits::default()).and_then(|sheets| {
        let ticket = ticket(&sheets, frame)?;
        let tables = tables(&sheets, frame.programme)?;
        Ok((ticket, tables, sheets))
    });
    let (ticket, tables, sheets) = match opened {
        Ok(opened) => opened,
        Err(complaint) => return Returned { problems: vec![whole(complaint)], ..Returned::default() },
    };
    let mut reading = Reading { file, expert: &ticket.expert, frame, returned: Returned::default() };
    for (at, table) in &tables {
        reading.table(&sheets[*at], table);
    }
    reading.returned
}

/// The one ticket in the workbook `file`, of whatever run.
pub(super) fn ticket_of(file: &str, bytes: &[u8]) -> Option<Ticket> {
    let sheets = read_sheets(file, bytes, &Limits::default()).ok()?;
    let mut tickets = tickets(&sheets).into_iter();
    tickets.next().filter(|_| tickets.next().is_none())
}

fn tickets(sheets: &[Sheet]) -> BTreeSet<Ticket> {
    let cells = sheets.iter().flat_map(|sheet| sheet.rows.values()).flat_map(BTreeMap::values);
    cells.filter_map(|cell| Ticket::parse(cell.text())).collect()
}

/// The one ticket in the workbook, wherever it has been moved to.
fn ticket(sheets: &[Sheet], frame: &Frame<'_>) -> Result<Ticket, Complaint> {
    let mut tickets = tickets(sheets).into_iter();
    let remedy = "merge the workbook that `review export` made for this run";
    match (tickets.next(), tickets.next()) {
        (None, _) => {
            Err(Complaint::new("no cell holds the code of a review workbook (shortlister-review|...)", remedy))
        }
        (Some(_), Some(_)) => Err(Complaint::new(
            "cells hold the codes of several review workbooks",
            "send back one workbook an expert, each with its own code",
        )),
        (Some(ticket), None) if ticket.run != frame.run => {
            Err(Complaint::new(format!("the workbook belongs to another run ({})", ticket.run), remedy))
        }
        (Some(ticket), None) => Ok(ticket),
    }
}

/// A header row and what its columns hold.
struct Table {
    header: u32,
    fields: BTreeMap<u32, Field>,
    /// Fields that more than one column claims.
    twice: BTreeSet<Field>,
}

/// The sheets with a header row that has an id and a criterion, by their position.
fn tables(sheets: &[Sheet], programme: &Programme) -> Result<Vec<(usize, Table)>, Complaint> {
    let names = names(programme);
    let tables: Vec<(usize, Table)> =
        sheets.iter().enumerate().filter_map(|(at, sheet)| Some((at, table(sheet, &names)?))).collect();
    if tables.is_empty() {
        return Err(Complaint::new(
            "no sheet has a header row with the id and the criteria",
            "restore the header row of the sheet with the scores, as it was handed out",
        ));
    }
    Ok(tables)
}

fn table(sheet: &Sheet, names: &BTreeMap<String, Field>) -> Option<Table> {
    sheet.rows.iter().take(HEADER_WITHIN).find_map(|(&header, cells)| {
        let mut fields = BTreeMap::new();
        let mut twice = BTreeSet::new();
        for (&column, cell) in cells {
            let Some(field) = names.get(&comparison_key(cell.text())) else { continue };
            if fields.values().any(|known| known == field) {
                twice.insert(field.clone());
            }
            fields.insert(column, field.clone());
        }
        let has = |wanted: fn(&Field) -> bool| fields.values().any(wanted);
        let is_table = has(|field| *field == Field::Id) && has(|field| matches!(field, Field::Criterion(_)));
        is_table.then_some(Table { header, fields, twice })
    })
}

/// The headers in both languages, and ids of criteria, as they are compared.
fn names(programme: &Programme) -> BTreeMap<String, Field> {
    let mut names = BTreeMap::new();
    for w in [Language::Zh, Language::En].map(Wording::of) {
        for (name, field) in [
            (w.columns.id, Field::Id),
            (w.expert.recusal, Field::Recusal),
            (w.workbook.abstention, Field::Abstention),
            (w.expert.opinion, Field::Comment),
        ] {
            names.insert(comparison_key(name), field);
        }
    }
    for criterion in &programme.criteria {
        for name in [&criterion.id, &criterion.name, &criterion.name_en].into_iter().filter(|name| !name.is_empty()) {
            names.entry(comparison_key(name)).or_insert_with(|| Field::Criterion(criterion.id.clone()));
        }
    }
    names
}

/// A workbook being read.
struct Reading<'a> {
    file: &'a str,
    expert: &'a str,
    frame: &'a Frame<'a>,
    returned: Returned,
}

impl Reading<'_> {
    fn table(&mut self, sheet: &Sheet, table: &Table) {
        self.header_problems(sheet, table);
        for (&row, cells) in sheet.rows.range(table.header + 1..) {
            self.row(sheet, table, row, cells);
        }
    }

    fn header_problems(&mut self, sheet: &Sheet, table: &Table) {
        let header = (table.header + 1).to_string();
        for criterion in &self.frame.programme.criteria {
            let field = Field::Criterion(criterion.id.clone());
            let is_missing = !table.fields.values().any(|known| *known == field);
            let (reason, remedy) = if is_missing {
                (format!("no column {:?}", criterion.name), "put the column back with its header as it was handed out")
            } else if table.twice.contains(&field) {
                (format!("two columns {:?}; none of them was used", criterion.name), "keep one of them")
            } else {
                continue;
            };
            self.problem(sheet, &header, "", "", Complaint::new(reason, remedy));
        }
    }

    fn row(&mut self, sheet: &Sheet, table: &Table, row: u32, cells: &BTreeMap<u32, Cell>) {
        let column_of = |wanted: &Field| table.fields.iter().find(|(_, field)| *field == wanted).map(|(&c, _)| c);
        let filled = |column: Option<u32>| column.and_then(|column| cells.get(&column));
        let id_column = column_of(&Field::Id).expect("a table has an id column");
        let id = NominationId::new(filled(Some(id_column)).map_or("", Cell::text));
        let place = SourceRef {
            file: self.file.to_owned(),
            sheet: Some(sheet.name.clone()),
            row: Some(row + 1),
            ..SourceRef::default()
        };
        let mut judgment =
            Judgment { expert: self.expert.to_owned(), id: id.clone(), source: place, ..Judgment::default() };
        let before = self.returned.problems.len();
        for (&column, field) in table.fields.iter().filter(|(_, field)| !table.twice.contains(field)) {
            let Some(cell) = cells.get(&column) else { continue };
            if let Err(complaint) = self.take(field, cell, &mut judgment) {
                self.problem(sheet, &address(row, column), id.as_str(), cell.text(), complaint);
            }
        }
        let has_problems = self.returned.problems.len() > before;
        if !judgment.says_anything() && !has_problems {
            return;
        }
        if !self.frame.ids.contains(&id) {
            self.returned.problems.truncate(before);
            let cell = address(row, id_column);
            return self.problem(sheet, &cell, id.as_str(), id.as_str(), unknown_id(&id));
        }
        if judgment.says_anything() {
            self.without_scores_of_the_recused(sheet, row, &mut judgment);
            self.returned.judgments.push(judgment);
        }
    }

    fn take(&self, field: &Field, cell: &Cell, judgment: &mut Judgment) -> Result<(), Complaint> {
        match field {
            Field::Id => {}
            Field::Criterion(id) => {
                judgment.scores.insert(id.clone(), self.score(cell)?);
            }
            Field::Recusal => judgment.recused = yes_or_no(cell)?,
            Field::Abstention => judgment.abstained = yes_or_no(cell)?,
            Field::Comment => match cell {
                Cell::Text(text) => judgment.comment = text.trim().to_owned(),
                Cell::Formula | Cell::Date | Cell::Error => {
                    return Err(Complaint::new("a comment is expected", "write it as text"));
                }
            },
        }
        Ok(())
    }

    /// A number on the programme's scale; full-width digits and a 分 behind it do not matter.
    fn score(&self, cell: &Cell) -> Result<f64, Complaint> {
        let rule = &self.frame.programme.settings.review;
        let (lowest, highest) = (rule.lowest, rule.highest);
        let remedy = format!("write a number from {lowest} to {highest}");
        let is = match cell {
            Cell::Formula => "a formula, not a score",
            Cell::Date => "a date, not a score",
            Cell::Error => "an error of the spreadsheet, not a score",
            Cell::Text(text) => {
                let folded: String = text.nfkc().collect();
                let digits = folded.trim().trim_end_matches('分').trim_end();
                match digits.parse::<f64>() {
                    Ok(score) if (lowest..=highest).contains(&score) => return Ok(score),
                    Ok(_) => "a score outside the scale",
                    Err(_) => "not a number",
                }
            }
        };
        Err(Complaint::new(is, remedy))
    }

    /// Scores beside a recusal or an abstention are named and not used.
    fn without_scores_of_the_recused(&mut self, sheet: &Sheet, row: u32, judgment: &mut Judgment) {
        if judgment.scores.is_empty() || !(judgment.recused || judgment.abstained) {
            return;
        }
        judgment.scores.clear();
        let complaint = Complaint::new(
            "scores beside a recusal or an abstention; they were not used",
            "clear the scores, or the recusal or abstention",
        );
        self.problem(sheet, &(row + 1).to_string(), judgment.id.as_str(), "", complaint);
    }

    fn problem(&mut self, sheet: &Sheet, cell: &str, id: &str, value: &str, complaint: Complaint) {
        self.returned.problems.push(Problem {
            file: self.file.to_owned(),
            sheet: sheet.name.clone(),
            cell: cell.to_owned(),
            expert: self.expert.to_owned(),
            id: id.to_owned(),
            value: value.to_owned(),
            reason: complaint.reason,
            remedy: complaint.remedy,
        });
    }
}

fn unknown_id(id: &NominationId) -> Complaint {
    if id.as_str().is_empty() {
        return Complaint::new(
            "the row has judgments and no id; none of it was used",
            "put the id back, as it was handed out",
        );
    }
    Complaint::new(
        "no case of this review has this id; nothing of the row was used",
        "put the id back as it was handed out, with leading zeros",
    )
}

/// What people write into a cell that asks for yes or no.
fn yes_or_no(cell: &Cell) -> Result<bool, Complaint> {
    match crate::clean::comparison_key(cell.text()).as_str() {
        "是" | "yes" | "y" | "true" | "1" | "回避" | "弃权" => Ok(true),
        "否" | "no" | "n" | "false" | "0" => Ok(false),
        _ if matches!(cell.text(), "√" | "✓" | "✔") => Ok(true),
        _ => Err(Complaint::new("neither yes nor no", "choose 是 (yes) or 否 (no), or leave it empty")),
    }
}
