//! A [`Ranking`] in, the files that experts and coordinators open out.
//!
//! One file a format: each renders the whole report to bytes, and [`write_all`] writes them. The
//! bytes depend on the report alone, never on a clock, a locale or the machine.
//!
//! What experts read (`shortlist.xlsx`, `shortlist.html`, `shortlist.csv`) goes through
//! `view`, which is where near misses and rescue cases become one group that cannot be told
//! apart. `ranking.jsonl` and `run.json` tell the coordinator which is which.

pub(crate) mod channels;
pub(crate) mod csv;
mod evidence;
mod explain;
mod html;
pub mod jsonl;
pub mod log;
mod notes;
mod record;
mod run;
pub(crate) mod sensitivity;
mod signals;
mod tracks;
pub(crate) mod view;
pub(crate) mod wording;
pub(crate) mod xlsx;

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::nomination::{NominationId, Rejection};
use crate::programme::{Language, Programme};
use crate::select::Ranking;
use crate::select::sensitivity::Sensitivity;
use crate::signals::Gathered;

pub use explain::ReadRun;
pub use record::{CriterionRecord, EvidenceRecord, NeighbourRecord, Probabilities, RankingRecord};
pub use run::{
    AdaptationRecord, Counts, FileState, HeadRecord, ModelRecord, OutputFile, ProgrammeRecord, RUN_SCHEMA, RunOptions,
    RunRecord, SignalPresence, SignalsRecord, StageTiming, TrackRecord,
};
pub use signals::{SignalRecord, SignalRecords};
pub use tracks::{TrackReport, TracksReport, write_tracks};

/// Name of the record of the run in a run folder.
pub const RUN_FILE: &str = "run.json";
/// Name of the complete ranking in a run folder.
pub const RANKING_FILE: &str = "ranking.jsonl";
/// Name of the table that tells whose every number is, in a run folder.
pub const SIGNALS_FILE: &str = "signals.csv";
/// Name of the table that tells which award series every nomination entered, in the folder of a run over several.
pub const TRACKS_FILE: &str = "tracks.csv";
/// Name of the table that tells how a list depends on the weights, in a run folder and in the folder of a merge.
pub const SENSITIVITY_FILE: &str = "sensitivity.csv";
/// Name of the head that was adapted to the batch, in a run folder.
pub const HEAD_FILE: &str = "head.json";

/// Everything the files are made from.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// What the batch was judged against.
    pub programme: &'a Programme,
    /// Every nomination with its place.
    pub ranking: &'a Ranking,
    /// What could not enter the batch.
    pub rejections: &'a [Rejection],
    /// Provenance; its `outputs` and `configuration_sha256` are filled in by [`write_all`].
    pub run: &'a RunRecord,
    /// The bytes of the head that was adapted to the batch, where one was.
    pub adapted_head: Option<&'a [u8]>,
    /// Which numbers came and whose they are, where the programme looks at some.
    pub signals: Option<&'a Gathered>,
    /// How the shortlists depend on the weights.
    pub sensitivity: &'a Sensitivity,
    /// Language of what people read. Field names in `ranking.jsonl`, `rejected.csv` and `run.json`
    /// stay the same in every language.
    pub language: Language,
}

/// Why the files could not be made or read back.
#[derive(Debug, Error)]
pub enum ReportError {
    /// A file cannot be written.
    #[error("{}: cannot be written: {cause}; check free space and permissions", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A file of a run folder cannot be read back.
    #[error("{}: cannot be read: {cause}; give the folder that `shortlister run --out` made", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A file of a run folder is not what `run` wrote.
    #[error("{}, line {line}: {cause}; the file was changed since the run, restore it or run again", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What the parser said.
        cause: serde_json::Error,
    },
    /// The run folder comes from a version with another file format.
    #[error("{}: format {found}, this program reads format {RUN_SCHEMA}; use the version named in the file", path.display())]
    OtherSchema {
        /// The file.
        path: PathBuf,
        /// The format it states.
        found: u32,
    },
    /// A score is not a number; nothing that rests on it can be reported.
    #[error("nomination {id}: {field} is not a finite number; this is a defect of the program, please report it")]
    NotFinite {
        /// Whose.
        id: NominationId,
        /// Which figure.
        field: &'static str,
    },
    /// A record cannot be put into JSON.
    #[error("{file}: {cause}")]
    Json {
        /// The file that was being made.
        file: &'static str,
        /// What the serializer said.
        cause: serde_json::Error,
    },
    /// A table cannot be put into CSV.
    #[error("{file}: {cause}")]
    Csv {
        /// The file that was being made.
        file: &'static str,
        /// What the CSV writer said.
        cause: ::csv::Error,
    },
    /// The workbook cannot be made.
    #[error("the workbook cannot be made: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// A Word file cannot be made.
    #[error("the .docx cannot be made: {cause}")]
    Document {
        /// What the writer said.
        cause: String,
    },
    /// The page cannot be made.
    #[error("the page cannot be made: {0}")]
    Page(#[from] askama::Error),
}

type Render = fn(&Report<'_>) -> Result<Vec<u8>, ReportError>;

const FORMATS: [(&str, Render); 6] = [
    (RANKING_FILE, jsonl::render),
    ("rejected.csv", csv::render_rejected),
    (csv::SHORTLIST, csv::render_shortlist),
    ("shortlist.xlsx", xlsx::render),
    ("shortlist.html", html::render),
    (SENSITIVITY_FILE, |report| sensitivity::table(report.sensitivity, report.programme)),
];

/// Writes every file of a run into `dir`, `run.json` last; gives those that `run.json` vouches for.
///
/// `dir` must exist and should be a temporary one that the caller renames when this returns, so
/// that outputs appear whole or not at all.
///
/// # Errors
/// When a figure is not finite, a file cannot be written, or a format cannot hold the report.
pub fn write_all(report: &Report<'_>, dir: &Path) -> Result<Vec<OutputFile>, ReportError> {
    record::check_finite(report.ranking)?;
    let mut outputs = Vec::with_capacity(FORMATS.len());
    for (name, render) in FORMATS {
        let bytes = render(report)?;
        write(&dir.join(name), &bytes)?;
        outputs.push(OutputFile::of(name, &bytes));
    }
    if let Some(gathered) = report.signals.filter(|gathered| !gathered.files.is_empty()) {
        let bytes = signals::render(gathered)?;
        write(&dir.join(SIGNALS_FILE), &bytes)?;
        outputs.push(OutputFile::of(SIGNALS_FILE, &bytes));
    }
    if let Some(bytes) = report.adapted_head {
        write(&dir.join(HEAD_FILE), bytes)?;
        outputs.push(OutputFile::of(HEAD_FILE, bytes));
    }
    write(&dir.join(RUN_FILE), &run::render(report.run, &outputs)?)?;
    Ok(outputs)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
    std::fs::write(path, bytes).map_err(|cause| ReportError::Write { path: path.to_owned(), cause })
}

fn read(path: &Path) -> Result<String, ReportError> {
    std::fs::read_to_string(path).map_err(|cause| ReportError::Read { path: path.to_owned(), cause })
}
