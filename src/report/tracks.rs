//! The files of a run over several award series: a run folder for each, and above them what concerns all.

use std::path::Path;

use askama::Template;
use rust_xlsxwriter::Workbook;

use super::csv::{SHORTLIST, shortlist_header, shortlist_rows, table};
use super::record::rounded;
use super::wording::{Wording, fill};
use super::xlsx::style::{Look, Styles};
use super::xlsx::table::{Cell, Column, Paper, write_table};
use super::xlsx::{add, properties, sheet_name};
use super::{
    OutputFile, RANKING_FILE, RUN_FILE, Report, ReportError, RunRecord, SIGNALS_FILE, TRACKS_FILE, csv, read, run,
    signals, write, write_all,
};
use crate::nomination::Rejection;
use crate::pipeline::{Assignment, Entry, NamedBy};
use crate::programme::{Language, TrackIndex, Tracks};
use crate::signals::Gathered;

/// Everything that the files above the series are made from.
#[derive(Debug, Clone, Copy)]
pub struct TracksReport<'a> {
    /// The series.
    pub tracks: &'a Tracks,
    /// What each gave, in the order of the notice; none for a series that nothing entered.
    pub parts: &'a [TrackReport<'a>],
    /// Which series every nomination entered.
    pub assignments: &'a [Assignment],
    /// What could not enter the batch.
    pub rejections: &'a [Rejection],
    /// Provenance; its `outputs` and `configuration_sha256` are filled in by [`write_tracks`].
    pub run: &'a RunRecord,
    /// Which numbers came and whose they are, where a series looks at some.
    pub signals: Option<&'a Gathered>,
    /// Language of what people read.
    pub language: Language,
}

/// One series and its report.
#[derive(Debug, Clone, Copy)]
pub struct TrackReport<'a> {
    /// Which series.
    pub track: TrackIndex,
    /// What it gave.
    pub report: Report<'a>,
}

/// Writes the folder of every series, and the files above them, `run.json` last.
///
/// `dir` must exist and should be a temporary one that the caller renames when this returns.
///
/// # Errors
/// As [`write_all`].
pub fn write_tracks(report: &TracksReport<'_>, dir: &Path) -> Result<(), ReportError> {
    let mut outputs = Vec::new();
    let mut ranking = Vec::new();
    for part in report.parts {
        let id = &report.tracks.tracks[part.track.0].id;
        let folder = dir.join(id);
        std::fs::create_dir(&folder).map_err(|cause| ReportError::Write { path: folder.clone(), cause })?;
        let own = write_all(&part.report, &folder)?;
        ranking.extend(read(&folder.join(RANKING_FILE))?.into_bytes());
        outputs.extend(own.into_iter().map(|file| OutputFile { name: format!("{id}/{}", file.name), ..file }));
    }
    let mut files = vec![
        (RANKING_FILE, ranking),
        ("rejected.csv", csv::render_rejections(report.rejections, report.wording())?),
        (TRACKS_FILE, report.assignments()?),
        (SHORTLIST, report.shortlist()?),
        ("shortlist.xlsx", report.workbook()?),
        ("shortlist.html", report.page()?),
    ];
    if let Some(gathered) = report.signals.filter(|gathered| !gathered.files.is_empty()) {
        files.push((SIGNALS_FILE, signals::render(gathered)?));
    }
    for (name, bytes) in files {
        write(&dir.join(name), &bytes)?;
        outputs.push(OutputFile::of(name, &bytes));
    }
    write(&dir.join(RUN_FILE), &run::render(report.run, &outputs)?)
}

#[derive(Template)]
#[template(path = "tracks.html")]
struct TracksPage<'a> {
    w: &'static Wording,
    programme: &'a str,
    series: Vec<Series<'a>>,
    rejected: usize,
    provenance: Vec<(&'static str, String)>,
}

/// One series of the page.
struct Series<'a> {
    id: &'a str,
    name: &'a str,
    nominations: usize,
    shortlisted: usize,
    review: usize,
    kept_out: Option<String>,
    categories: Vec<(&'a str, Vec<Listed<'a>>)>,
}

/// One case of the suggested list.
struct Listed<'a> {
    rank: usize,
    title: &'a str,
    unit: &'a str,
    relevance: String,
}

impl<'a> TracksReport<'a> {
    fn wording(&self) -> &'static Wording {
        Wording::of(self.language)
    }

    fn name(&self, track: TrackIndex) -> &'a str {
        let described = &self.tracks.tracks[track.0].described;
        self.language.pick(&described.name, &described.name_en)
    }

    /// A line for every series that a nomination entered or was kept out of. For the coordinator.
    fn assignments(&self) -> Result<Vec<u8>, ReportError> {
        let w = self.wording();
        let (c, t) = (&w.columns, &w.tracks);
        let header = [c.id, c.title, c.unit, t.declared, t.track, t.entry, t.by_text, c.notes];
        let rows = self.assignments.iter().flat_map(|assignment| {
            assignment.entries.iter().map(move |(track, entry)| {
                let Assignment { id, title, unit, declared, by_text, flags, .. } = assignment;
                let likely = self.tracks.sorted[by_text.category.0];
                let probability = 100.0 * by_text.probabilities[by_text.category.0];
                let flags: Vec<&str> = flags.iter().map(|&flag| w.flag(flag)).collect();
                vec![
                    id.to_string(),
                    title.clone(),
                    unit.clone(),
                    declared.clone(),
                    self.name(*track).to_owned(),
                    self.entry(assignment, entry),
                    format!("{} {probability:.0}%", self.name(likely)),
                    w.join(&flags),
                ]
            })
        });
        table(TRACKS_FILE, &header, rows)
    }

    fn entry(&self, assignment: &Assignment, entry: &Entry) -> String {
        let t = &self.wording().tracks;
        match entry {
            Entry::Own if assignment.named_by == NamedBy::Declared => t.entered_declared.to_owned(),
            Entry::Own => t.entered_by_text.to_owned(),
            Entry::From(track) => fill(t.entered_from, &[self.name(*track)]),
            Entry::KeptOut { shortlisted_in, case } => fill(t.kept_out, &[self.name(*shortlisted_in), case.as_str()]),
        }
    }

    fn shortlist(&self) -> Result<Vec<u8>, ReportError> {
        let track = self.wording().tracks.track;
        let header: Vec<&str> = self.parts.first().map_or_else(Vec::new, |part| shortlist_header(&part.report));
        let header: Vec<&str> = [track].into_iter().chain(header).collect();
        let rows = self.parts.iter().flat_map(|part| {
            let name = self.name(part.track).to_owned();
            shortlist_rows(&part.report).into_iter().map(move |row| [vec![name.clone()], row].concat())
        });
        table(SHORTLIST, &header, rows)
    }

    /// An overview, and a sheet for each series with what experts review.
    fn workbook(&self) -> Result<Vec<u8>, ReportError> {
        let w = self.wording();
        let (c, t, o) = (&w.columns, &w.tracks, &w.overview);
        let styles = Styles::new(w.font);
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties(t.title, self.programme_name())?);
        let columns = [
            Column::new(t.track, 40.0, Look::Strong),
            Column::new(o.nominations, 10.0, Look::Centre),
            Column::new(w.shortlisted, 10.0, Look::Centre),
            Column::new(w.review, 10.0, Look::Centre),
            Column::new(c.notes, 40.0, Look::Text),
        ];
        let row = |series: &Series<'_>| {
            vec![
                Cell::text(series.name),
                Cell::Count(series.nominations),
                Cell::Count(series.shortlisted),
                Cell::Count(series.review),
                Cell::text(series.kept_out.clone().unwrap_or_default()),
            ]
        };
        let rows: Vec<Vec<Cell>> = self.series().iter().map(row).collect();
        write_table(add(&mut workbook, w.sheets.overview, 0)?, &styles, w, &columns, (1, Paper::A4Portrait), &rows)?;
        let widths = [18.0, 12.0, 7.0, 13.0, 36.0, 24.0, 14.0, 9.0, 9.0, 10.0, 72.0, 30.0, 24.0];
        let mut names = vec![w.sheets.overview.to_owned()];
        for part in self.parts {
            let name = sheet_name(self.name(part.track), t.track, &names);
            let header = shortlist_header(&part.report).into_iter().zip(widths);
            let columns: Vec<Column<'_>> = header.map(|(name, width)| Column::new(name, width, Look::Text)).collect();
            let rows: Vec<Vec<Cell>> =
                shortlist_rows(&part.report).into_iter().map(|row| row.into_iter().map(Cell::Text).collect()).collect();
            write_table(add(&mut workbook, &name, 1)?, &styles, w, &columns, (5, Paper::A3Landscape), &rows)?;
            names.push(name);
        }
        Ok(workbook.save_to_buffer()?)
    }

    fn page(&self) -> Result<Vec<u8>, ReportError> {
        let page = TracksPage {
            w: self.wording(),
            programme: self.programme_name(),
            series: self.series(),
            rejected: self.rejections.len(),
            provenance: self.parts.first().map_or_else(Vec::new, |part| part.report.provenance()),
        };
        Ok(page.render()?.into_bytes())
    }

    fn programme_name(&self) -> &'a str {
        self.language.pick(&self.tracks.name, &self.tracks.name_en)
    }

    /// Every series, also those that nothing entered.
    fn series(&self) -> Vec<Series<'a>> {
        let w = self.wording();
        let one = |(index, track): (usize, &'a crate::programme::Track)| {
            let part = self.parts.iter().find(|part| part.track.0 == index);
            let views = part.map_or_else(Vec::new, |part| part.report.categories());
            let entries = self.assignments.iter().flat_map(|assignment| &assignment.entries);
            let kept_out = entries.filter(|(t, entry)| t.0 == index && matches!(entry, Entry::KeptOut { .. })).count();
            let categories = views.iter().filter(|view| !view.shortlisted.is_empty()).map(|view| {
                let listed = view.shortlisted.iter().map(|entry| Listed {
                    rank: entry.placement.rank,
                    title: &entry.nomination.title,
                    unit: &entry.nomination.unit,
                    relevance: format!("{:.1}", rounded::<1>(entry.assessment.relevance)),
                });
                (if views.len() > 1 { view.name } else { "" }, listed.collect())
            });
            Series {
                id: &track.id,
                name: self.name(TrackIndex(index)),
                nominations: views.iter().map(|view| view.len()).sum(),
                shortlisted: views.iter().map(|view| view.shortlisted.len()).sum(),
                review: views.iter().map(|view| view.review.len()).sum(),
                kept_out: (kept_out > 0).then(|| fill(w.tracks.kept_out_count, &[&kept_out.to_string()])),
                categories: categories.collect(),
            }
        };
        self.tracks.tracks.iter().enumerate().map(one).collect()
    }
}
