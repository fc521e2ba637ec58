//! `run.json`: what a run was made from and what it gave, so that it can be checked and repeated.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::jsonl::pretty;
use super::{RUN_FILE, ReportError, read};
use crate::classify::Decision;
use crate::digest::sha256_hex;
use crate::intake::InputFile;
use crate::nomination::Rejection;
use crate::pipeline::StageTime;
use crate::programme::{Language, Settings, SignalScale};
use crate::score::CriterionWeight;
use crate::select::channels::ChannelCounts;
use crate::select::{Ranking, Status};
use crate::signals::Gathered;

/// Format of `run.json` and `ranking.jsonl`; it changes when an older reader would misread them.
pub const RUN_SCHEMA: u32 = 1;

/// Provenance of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// [`RUN_SCHEMA`] of the program that wrote it.
    pub schema: u32,
    /// Version of the program.
    pub program_version: String,
    /// When it began, RFC 3339. The only figure besides the timings that differs between two runs
    /// on the same input.
    pub started_at: String,
    /// What was asked for.
    pub options: RunOptions,
    /// SHA-256 of `options` as JSON, without the paths of inputs, library and signals and the threads, which change no
    /// result; filled in when the report is written.
    pub configuration_sha256: String,
    /// Every input file.
    pub inputs: Vec<InputFile>,
    /// Every file of past cases.
    #[serde(default)]
    pub library: Vec<InputFile>,
    /// The numbers that came along, where the programme looks at some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signals: Option<SignalsRecord>,
    /// Through which channels cases came, where the programme declares some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<ChannelCounts>,
    /// The encoder.
    pub model: ModelRecord,
    /// The trained head, where one was given.
    pub head: Option<HeadRecord>,
    /// What became of `--adapt`, where it was given.
    #[serde(default)]
    pub adaptation: Option<AdaptationRecord>,
    /// The programme.
    pub programme: ProgrammeRecord,
    /// The award series, in the order of the notice; empty for a run of one award. Each has a run folder of its own,
    /// named after its id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tracks: Vec<TrackRecord>,
    /// How many of what.
    pub counts: Counts,
    /// Wall-clock time of each stage, in the order they ran.
    pub timings: Vec<StageTiming>,
    /// The files written beside this one; filled in when the report is written.
    pub outputs: Vec<OutputFile>,
}

/// The command line of a run, resolved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunOptions {
    /// Inputs as given.
    pub inputs: Vec<String>,
    /// Files of past cases as given.
    #[serde(default)]
    pub library: Vec<String>,
    /// Name or folder of the programme.
    pub programme: String,
    /// Whether every award series of the programme was served.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tracks: bool,
    /// The award series that this folder is of, in a run over several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<String>,
    /// Name or folder of the model.
    pub model: String,
    /// File of the trained head.
    pub head: Option<String>,
    /// Shortlisted per category, where it was given in place of the programme's quota.
    pub top: Option<usize>,
    /// Seed of the resampling and of the rescue sample.
    pub seed: u64,
    /// Threads; they change the time and nothing else.
    pub threads: usize,
    /// Whether it was asked for that classification adapts to the batch.
    pub adapt: bool,
    /// File of the mapping of headers.
    #[serde(default)]
    pub map: Option<String>,
    /// Whether personal data was masked. Left out where it was not, so that older runs keep their checksum.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub redact: bool,
    /// Whether each folder was one nomination.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub folder_per_nomination: bool,
    /// Language of what people read.
    #[serde(default)]
    pub language: Language,
    /// Files of numbers as given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<String>,
    /// File of other names of units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aliases: Option<String>,
}

/// The numbers that came along.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SignalsRecord {
    /// Every file that was read.
    pub files: Vec<InputFile>,
    /// Share of the relevance that all of them have together, where none is missing.
    pub share: f32,
    /// Signals that go by rank: through them scores depend on what else is in the batch.
    pub pool_dependent: Vec<String>,
    /// How many nominations have which signal.
    pub present: Vec<SignalPresence>,
    /// Rows of the files.
    pub rows: usize,
    /// Of these, joined to a nomination.
    pub joined: usize,
    /// Fit none.
    pub unknown: usize,
    /// Fit several units, so that none was taken.
    pub ambiguous: usize,
    /// Have the id of one nomination and the unit of another.
    pub contradicts: usize,
    /// Say of nobody, or no number.
    pub unusable: usize,
}

/// How many nominations have a signal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalPresence {
    /// Id of the signal.
    pub id: String,
    /// Its share among the signals.
    pub weight: f32,
    /// Nominations that have it.
    pub nominations: usize,
}

impl SignalsRecord {
    /// What `gathered` is worth a record.
    #[must_use]
    pub fn new(settings: &Settings, gathered: &Gathered) -> Self {
        let by_rank = settings.signals.iter().filter(|signal| signal.scale == SignalScale::Rank);
        let present = settings.signals.iter().zip(&gathered.present);
        Self {
            files: gathered.files.clone(),
            share: settings.signal_share,
            pool_dependent: by_rank.map(|signal| signal.id.clone()).collect(),
            present: present
                .map(|(signal, &nominations)| SignalPresence {
                    id: signal.id.clone(),
                    weight: signal.weight,
                    nominations,
                })
                .collect(),
            rows: gathered.rows.len(),
            joined: gathered.count("joined"),
            unknown: gathered.count("unknown"),
            ambiguous: gathered.count("ambiguous"),
            contradicts: gathered.count("contradicts"),
            unusable: gathered.count("unusable"),
        }
    }
}

/// The encoder that was used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelRecord {
    /// Name in its manifest.
    pub name: String,
    /// SHA-256 over everything that shapes its vectors, lower-case hex; see [`crate::model::fingerprint`].
    pub sha256: String,
    /// How it was run (`f32`, `int8`).
    pub engine: String,
    /// Length of a vector.
    pub dimension: usize,
}

/// The trained head that was used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeadRecord {
    /// Path as given.
    pub path: String,
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
    /// Weights of the criteria that it learned from grades, in place of the programme's; empty where it did not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weights: Vec<CriterionWeight>,
    /// Whether scores of the criteria hold what past decisions valued beyond them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub merit: bool,
}

/// Whether classification was adapted to the batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdaptationRecord {
    /// It was; the adapted head is among the outputs.
    pub used: bool,
    /// Why it was not.
    pub reason: Option<String>,
}

/// The programme that was used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgrammeRecord {
    /// Its id.
    pub id: String,
    /// SHA-256 over its files, lower-case hex.
    pub sha256: String,
    /// Model cases from which it tells grades, and categories, apart.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub exemplars: usize,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// One award series of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackRecord {
    /// Its id, and the name of its folder.
    pub id: String,
    /// Its name.
    pub name: String,
    /// SHA-256 over the files of its programme, lower-case hex.
    pub programme_sha256: String,
    /// Nominations that entered it.
    pub nominations: usize,
    /// Of these, shortlisted.
    pub shortlisted: usize,
    /// Nominations that were kept out, because a case that counts as the same is shortlisted in another series.
    pub kept_out: usize,
}

/// How many of what a run has seen; also the figures of its closing summary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Input files.
    pub files: usize,
    /// Records found, rejected ones too.
    pub records: usize,
    /// Records that entered the ranking.
    pub nominations: usize,
    /// Records and files that did not.
    pub rejected: usize,
    /// Nominations linked to another one.
    pub duplicates: usize,
    /// Within the quotas.
    pub shortlisted: usize,
    /// Within the quotas by rank, their places given to floors.
    #[serde(default)]
    pub displaced: usize,
    /// Below the line, rank interval across it.
    pub near_miss: usize,
    /// Drawn from below the line.
    pub rescue: usize,
    /// The category awaits a person.
    pub needs_human: usize,
}

/// Wall-clock time of one stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageTiming {
    /// Name of the stage.
    pub stage: String,
    /// Milliseconds.
    pub elapsed_ms: u64,
}

/// One file of the run folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputFile {
    /// Name within the folder.
    pub name: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
}

impl From<&StageTime> for StageTiming {
    fn from(time: &StageTime) -> Self {
        Self { stage: time.stage.to_owned(), elapsed_ms: time.elapsed.as_millis() as u64 }
    }
}

impl RunRecord {
    /// Whether categories depend on what else was in the batch.
    #[must_use]
    pub fn is_adapted(&self) -> bool {
        self.adaptation.as_ref().is_some_and(|adaptation| adaptation.used)
    }

    /// Whether its options are those that it gives a checksum of.
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        self.options.sha256().is_ok_and(|sha256| sha256 == self.configuration_sha256)
    }

    /// Reads `run.json` of the run folder `dir` back.
    ///
    /// # Errors
    /// When it is missing, damaged, or written in another format.
    pub fn read(dir: &Path) -> Result<Self, ReportError> {
        #[derive(Deserialize)]
        struct Schema {
            schema: u32,
        }
        let path = dir.join(RUN_FILE);
        let text = read(&path)?;
        let malformed =
            |cause: serde_json::Error| ReportError::Malformed { path: path.clone(), line: cause.line(), cause };
        // The number first: a later format need not parse as this one.
        let Schema { schema: found } = serde_json::from_str(&text).map_err(malformed)?;
        if found != RUN_SCHEMA {
            return Err(ReportError::OtherSchema { path, found });
        }
        serde_json::from_str(&text).map_err(malformed)
    }
}

/// What has become of a file since it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileState {
    /// It has the bytes it had.
    Same,
    /// It has others.
    Changed,
    /// It is not there, or cannot be read.
    Missing,
}

impl FileState {
    /// Of the file at `path`, which had the checksum `sha256`.
    #[must_use]
    pub fn of(path: &Path, sha256: &str) -> Self {
        match std::fs::read(path) {
            Ok(bytes) if sha256_hex([bytes.as_slice()]) == sha256 => Self::Same,
            Ok(_) => Self::Changed,
            Err(_) => Self::Missing,
        }
    }
}

impl Counts {
    /// Counts a ranking and its rejections; `files` and `records` are known to intake.
    #[must_use]
    pub fn tally(files: usize, records: usize, ranking: &Ranking, rejections: &[Rejection]) -> Self {
        let with = |status| ranking.entries.iter().filter(|e| e.placement.status == status).count();
        let open = ranking.entries.iter().filter(|e| e.classification.decision == Decision::NeedsHuman);
        Self {
            files,
            records,
            nominations: ranking.entries.len(),
            rejected: rejections.len(),
            duplicates: with(Status::Duplicate),
            shortlisted: with(Status::Shortlisted),
            displaced: with(Status::Displaced),
            near_miss: with(Status::NearMiss),
            rescue: with(Status::Rescue),
            needs_human: open.count(),
        }
    }
}

impl RunOptions {
    /// SHA-256 of what can change a result.
    fn sha256(&self) -> serde_json::Result<String> {
        let configuration =
            Self { inputs: Vec::new(), library: Vec::new(), signals: Vec::new(), threads: 0, ..self.clone() };
        Ok(sha256_hex([serde_json::to_vec(&configuration)?.as_slice()]))
    }
}

impl OutputFile {
    /// The file called `name` that holds `bytes`.
    #[must_use]
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        Self { name: name.to_owned(), sha256: sha256_hex([bytes]), bytes: bytes.len() as u64 }
    }
}

pub(super) fn render(run: &RunRecord, outputs: &[OutputFile]) -> Result<Vec<u8>, ReportError> {
    let failed = |cause| ReportError::Json { file: RUN_FILE, cause };
    let outputs = outputs.to_vec();
    let run = RunRecord { configuration_sha256: run.options.sha256().map_err(failed)?, outputs, ..run.clone() };
    pretty(RUN_FILE, &run)
}
