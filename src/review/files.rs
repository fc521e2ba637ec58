//! The files of a merge: what experts said, what could not be used, and the result.

use std::collections::BTreeMap;

use rust_xlsxwriter::Workbook;
use serde::Serialize;

use super::evaluation::{Part, part_name};
use super::findings::ExpertFindings;
use super::judgment::{JUDGMENTS_FILE, Problem};
use super::merge::ReturnedFile;
use super::notice::Publication;
use super::result::{Entry, RESULT_FILE, Verdict};
use super::ticket::Ticket;
use crate::nomination::{Nomination, NominationId};
use crate::report::jsonl::{lines, pretty};
use crate::report::wording::{Wording, fill};
use crate::report::xlsx::style::{Look, Styles};
use crate::report::xlsx::table::{Cell, Column, Paper, write_table};
use crate::report::xlsx::{add, properties};
use crate::report::{ReportError, SENSITIVITY_FILE, channels, csv, sensitivity};

/// The columns of `problems.csv`; the same in every language, because scripts read them.
const PROBLEM_COLUMNS: [&str; 8] = ["file", "sheet", "cell", "expert", "id", "value", "reason", "remedy"];

/// A file by name, and its bytes.
pub type Rendered = (String, Vec<u8>);

/// `review.json`: what a result was made from.
#[derive(Serialize)]
struct Provenance<'a> {
    schema: u32,
    program_version: &'static str,
    run: String,
    programme: &'a str,
    programme_sha256: &'a str,
    workbooks: &'a [ReturnedFile],
    judgments: usize,
    problems: usize,
}

/// A row that `train` and `simulate` read.
#[derive(Serialize)]
struct LabelledRow<'a> {
    id: &'a NominationId,
    title: &'a str,
    unit: &'a str,
    region: &'a str,
    level: &'a str,
    category: &'a str,
    grade: f64,
    text: &'a str,
}

impl Publication<'_> {
    /// Every file of the merge of the run whose `ranking.jsonl` has the bytes `ranking`; labelled rows only where the
    /// `texts` of the run are at hand. The same arguments give the same bytes.
    ///
    /// # Errors
    /// When a format cannot hold the result.
    pub fn files(
        &self,
        ranking: &[u8],
        texts: Option<&BTreeMap<NominationId, Nomination>>,
    ) -> Result<Vec<Rendered>, ReportError> {
        let (notice, record) = (self.notice(), self.public_record());
        let mut files = vec![
            (JUDGMENTS_FILE, lines(JUDGMENTS_FILE, &self.merged.judgments)?),
            ("problems.csv", self.problems()?),
            (RESULT_FILE, lines(RESULT_FILE, &self.outcome.entries)?),
            ("result.csv", self.result_table()?),
            ("result.xlsx", self.workbook()?),
            (SENSITIVITY_FILE, sensitivity::table(self.sensitivity, self.programme)?),
            ("notice.docx", notice.to_docx()?),
            ("notice.html", notice.to_html()?),
            ("public-record.docx", record.to_docx()?),
            ("public-record.html", record.to_html()?),
            ("statistics.json", pretty("statistics.json", self.findings)?),
            ("review.json", self.provenance(ranking)?),
        ];
        if let Some(texts) = texts {
            files.push(("labelled.jsonl", self.labelled(texts)?));
        }
        Ok(files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect())
    }

    fn problems(&self) -> Result<Vec<u8>, ReportError> {
        let rows = self.merged.problems.iter().map(|problem| {
            let Problem { file, sheet, cell, expert, id, value, reason, remedy } = problem.clone();
            vec![file, sheet, cell, expert, id, value, reason, remedy]
        });
        csv::table("problems.csv", &PROBLEM_COLUMNS, rows)
    }

    fn provenance(&self, ranking: &[u8]) -> Result<Vec<u8>, ReportError> {
        let provenance = Provenance {
            schema: 1,
            program_version: env!("CARGO_PKG_VERSION"),
            run: Ticket::new(ranking, "").run,
            programme: &self.programme.settings.id,
            programme_sha256: &self.programme.sha256,
            workbooks: &self.merged.files,
            judgments: self.merged.judgments.len(),
            problems: self.merged.problems.len(),
        };
        pretty("review.json", &provenance)
    }

    /// The judged cases as labelled rows: the panel's score is the grade, and the category is the one in which the
    /// panel judged the case.
    fn labelled(&self, texts: &BTreeMap<NominationId, Nomination>) -> Result<Vec<u8>, ReportError> {
        let rows: Vec<LabelledRow<'_>> = self
            .outcome
            .entries
            .iter()
            .filter_map(|entry| {
                let (nomination, grade) = (texts.get(&entry.id)?, entry.panel_score?);
                Some(LabelledRow {
                    id: &entry.id,
                    title: &nomination.title,
                    unit: &nomination.unit,
                    region: &nomination.region,
                    level: &nomination.level,
                    category: &entry.category,
                    grade,
                    text: &nomination.text,
                })
            })
            .collect();
        lines("labelled.jsonl", &rows)
    }

    fn result_table(&self) -> Result<Vec<u8>, ReportError> {
        let columns = self.columns();
        let header: Vec<&str> = columns.iter().map(|column| column.header.as_ref()).collect();
        let rows = self.outcome.entries.iter().map(|entry| self.cells(entry).into_iter().map(text).collect());
        csv::table("result.csv", &header, rows)
    }

    fn workbook(&self) -> Result<Vec<u8>, ReportError> {
        let w = Wording::of(self.language);
        let styles = Styles::new(w.font);
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties(w.result.title, "")?);
        let rows: Vec<Vec<Cell>> = self.outcome.entries.iter().map(|entry| self.cells(entry)).collect();
        let paper = (4, Paper::A3Landscape);
        write_table(add(&mut workbook, w.result.sheet, 0)?, &styles, w, &self.columns(), paper, &rows)?;
        let experts: Vec<Vec<Cell>> = self.findings.experts.iter().map(|expert| self.expert_cells(expert)).collect();
        let sheet = add(&mut workbook, w.result.experts_sheet, 1)?;
        write_table(sheet, &styles, w, &self.expert_columns(), (1, Paper::A4Landscape), &experts)?;
        let agreement: Vec<Vec<Cell>> =
            self.agreement().into_iter().map(|[name, text]| vec![Cell::text(name), Cell::text(text)]).collect();
        let columns =
            [Column::new(w.result.figure, 26.0, Look::Strong), Column::new(w.result.meaning, 96.0, Look::Text)];
        let sheet = add(&mut workbook, w.result.agreement_sheet, 1)?;
        write_table(sheet, &styles, w, &columns, (0, Paper::A4Landscape), &agreement)?;
        let problems: Vec<Vec<Cell>> = self.merged.problems.iter().map(problem_cells).collect();
        let columns = self.problem_columns();
        let sheet = add(&mut workbook, w.result.problems_sheet, 2)?;
        write_table(sheet, &styles, w, &columns, (0, Paper::A4Landscape), &problems)?;
        Ok(workbook.save_to_buffer()?)
    }

    fn columns(&self) -> Vec<Column<'static>> {
        let w = Wording::of(self.language);
        let (c, r) = (&w.columns, &w.result);
        let mut columns = vec![
            Column::new(c.category, 18.0, Look::Text),
            Column::new(r.place, 7.0, Look::Centre),
            Column::new(r.verdict, 14.0, Look::Centre),
            Column::new(c.id, 13.0, Look::Text),
            Column::new(c.title, 36.0, Look::Strong),
            Column::new(c.unit, 24.0, Look::Text),
        ];
        if self.has_channels() {
            columns.push(Column::new(w.evaluation.channels, 18.0, Look::Text));
        }
        columns.push(Column::new(r.final_score, 9.0, Look::Figure));
        let points = |part| fill(w.evaluation.points, &[self.part_name(part)]);
        columns.extend(self.parts().into_iter().map(|part| Column::new(points(part), 9.0, Look::Figure)));
        if self.programme.settings.review.channel_share > 0.0 {
            columns.push(Column::new(w.evaluation.remark, 20.0, Look::Quiet));
        }
        columns.extend([
            Column::new(r.mean, 9.0, Look::Figure),
            Column::new(r.range, 12.0, Look::Centre),
            Column::new(r.mean_rank, 8.0, Look::Centre),
            Column::new(r.z_rank, 8.0, Look::Centre),
            Column::new(r.fair, 9.0, Look::Figure),
            Column::new(r.fair_error, 8.0, Look::Figure),
            Column::new(r.fair_rank, 8.0, Look::Centre),
            Column::new(r.experts, 8.0, Look::Centre),
            Column::new(r.recused, 8.0, Look::Centre),
            Column::new(c.relevance, 9.0, Look::Figure),
            Column::new(r.rank, 9.0, Look::Centre),
            Column::new(c.standing, 12.0, Look::Centre),
            Column::new(w.expert.opinion, 60.0, Look::Text),
        ]);
        columns
    }

    fn has_channels(&self) -> bool {
        !self.programme.settings.channels.is_empty()
    }

    /// The parts that may have a share of a final score.
    fn parts(&self) -> Vec<(Part, Option<&str>)> {
        let (review, signals) = (&self.programme.settings.review, &self.programme.settings.signals);
        let mut parts = vec![(Part::Panel, None)];
        if review.channel_share > 0.0 {
            parts.push((Part::Channels, None));
        }
        if review.relevance_share() > 0.0 {
            parts.push((Part::Text, None));
            parts.extend(signals.iter().map(|signal| (Part::Signal, Some(signal.id.as_str()))));
        }
        parts
    }

    fn part_name<'s>(&'s self, (part, id): (Part, Option<&'s str>)) -> &'s str {
        part_name(Some(self.programme), part, id, self.language)
    }

    fn cells(&self, entry: &Entry) -> Vec<Cell> {
        let w = Wording::of(self.language);
        let range = entry.range.map_or_else(String::new, |[low, high]| format!("{low:.1}–{high:.1}"));
        let mut cells = vec![
            Cell::text(self.programme.category_name(&entry.category, self.language)),
            rank(entry.place),
            Cell::text(self.verdict(&entry.verdict)),
            Cell::text(entry.id.as_str()),
            Cell::text(&entry.title),
            Cell::text(&entry.unit),
        ];
        if self.has_channels() {
            let ids = entry.channels.as_deref().unwrap_or_default();
            cells.push(Cell::text(channels::names(ids, self.programme, self.language)));
        }
        cells.push(figure(entry.final_score));
        let points = |(part, id): (Part, Option<&str>)| {
            let own = entry.contributions.iter().find(|c| c.part == part && c.id.as_deref() == id);
            own.map(|contribution| contribution.points)
        };
        cells.extend(self.parts().into_iter().map(|part| figure(points(part))));
        if self.programme.settings.review.channel_share > 0.0 {
            cells.push(if entry.without_channel { Cell::text(w.evaluation.without_channel) } else { Cell::Blank });
        }
        cells.extend([
            figure(entry.mean),
            Cell::text(range),
            rank(entry.ranks.mean),
            rank(entry.ranks.z_mean),
            figure(entry.fair),
            figure(entry.fair_error),
            rank(entry.ranks.fair),
            Cell::Count(entry.experts),
            Cell::Count(entry.recused),
            Cell::Figure(entry.relevance),
            Cell::Count(entry.rank),
            Cell::text(w.status(entry.status)),
            Cell::text(entry.comments.join("\n")),
        ]);
        cells
    }

    fn verdict(&self, verdict: &Verdict) -> String {
        let r = &Wording::of(self.language).result;
        match verdict {
            Verdict::Winner => r.winner.to_owned(),
            Verdict::TiedAtLine => r.tied.to_owned(),
            Verdict::Judged => r.judged.to_owned(),
            Verdict::Unjudged => r.unjudged.to_owned(),
            Verdict::RuledOut { why, by } => fill(r.ruled_out, &[why, by]),
        }
    }

    fn expert_columns(&self) -> Vec<Column<'static>> {
        let w = Wording::of(self.language);
        let r = &w.result;
        vec![
            Column::new(w.workbook.expert, 16.0, Look::Strong),
            Column::new(w.workbook.number_of_cases, 9.0, Look::Centre),
            Column::new(r.severity, 12.0, Look::Figure),
            Column::new(r.severity_error, 10.0, Look::Figure),
            Column::new(r.infit, 10.0, Look::Figure),
            Column::new(r.outfit, 10.0, Look::Figure),
            Column::new(r.with_others, 12.0, Look::Figure),
            Column::new(r.concerns, 50.0, Look::Text),
        ]
    }

    fn expert_cells(&self, expert: &ExpertFindings) -> Vec<Cell> {
        let w = Wording::of(self.language);
        let concerns: Vec<&str> = expert.concerns.iter().map(|concern| w.concern(concern)).collect();
        vec![
            Cell::text(&expert.expert),
            Cell::Count(expert.cases),
            figure(expert.severity),
            figure(expert.severity_error),
            figure(expert.infit),
            figure(expert.outfit),
            figure(expert.with_others),
            Cell::text(w.join(&concerns)),
        ]
    }

    /// Name and meaning of each figure on the panel as a whole.
    fn agreement(&self) -> Vec<[String; 2]> {
        let (r, ew, found) =
            (&Wording::of(self.language).result, &Wording::of(self.language).evaluation, self.findings);
        let two = |value: f64| format!("{value:.2}");
        let w = found.kendall_w.as_ref().map_or_else(
            || r.no_kendall_w.to_owned(),
            |w| fill(r.kendall_w_is, &[&two(w.w), &w.judges.to_string(), &w.cases.to_string()]),
        );
        let alpha = found.krippendorff_alpha.as_ref().map(|alpha| {
            let interval = alpha.interval.map_or_else(String::new, |(low, high)| format!("{low:.2}–{high:.2}"));
            fill(r.alpha_is, &[&two(alpha.alpha), &interval])
        });
        let reliability = found.reliability.map(|reliability| fill(r.reliability_is, &[&two(reliability)]));
        let program = found.program.beside.map(|b| fill(r.program_is, &[&two(b.program), &two(b.judge)]));
        let m = &found.misses;
        let figures = [m.sample, m.below, m.found, m.at_most.good].map(|n| n.to_string());
        let misses = (m.sample > 0).then(|| fill(r.misses_is, &figures.each_ref().map(String::as_str)));
        let weights = sensitivity::summary(self.sensitivity, self.programme, ew.winners, self.language);
        let groups = found.separate_groups;
        let groups = (groups > 1).then(|| fill(r.groups_are, &[&groups.to_string()]));
        [
            (r.kendall_w, Some(w)),
            (r.alpha, alpha),
            (r.reliability, reliability),
            (r.program, program),
            (r.misses, misses),
            (r.groups, groups),
            (ew.sensitivity, weights),
        ]
        .into_iter()
        .filter_map(|(name, text)| Some([name.to_owned(), text?]))
        .collect()
    }

    fn problem_columns(&self) -> Vec<Column<'static>> {
        let w = Wording::of(self.language);
        let (c, r) = (&w.columns, &w.result);
        vec![
            Column::new(c.file, 30.0, Look::Text),
            Column::new(c.sheet, 12.0, Look::Text),
            Column::new(r.cell, 8.0, Look::Centre),
            Column::new(w.workbook.expert, 12.0, Look::Text),
            Column::new(c.id, 13.0, Look::Text),
            Column::new(r.value, 16.0, Look::Text),
            Column::new(c.reason, 44.0, Look::Text),
            Column::new(c.remedy, 50.0, Look::Text),
        ]
    }
}

fn figure(value: Option<f64>) -> Cell {
    value.map_or(Cell::Blank, |value| Cell::Figure((value * 100.0).round() / 100.0))
}

fn rank(rank: Option<usize>) -> Cell {
    rank.map_or(Cell::Blank, Cell::Count)
}

fn problem_cells(problem: &Problem) -> Vec<Cell> {
    let Problem { file, sheet, cell, expert, id, value, reason, remedy } = problem;
    [file, sheet, cell, expert, id, value, reason, remedy].into_iter().map(Cell::text).collect()
}

fn text(cell: Cell) -> String {
    match cell {
        Cell::Text(text) => text,
        Cell::Figure(figure) => format!("{figure:.2}"),
        Cell::Count(count) => count.to_string(),
        Cell::Blank => String::new(),
    }
}
