//! `shortlister run`: the whole job, from inputs to an output folder.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::args::RunArgs;
use super::output::OutputFolder;
use super::run_tracks::MadeTracks;
use super::{
    Status, counted, inputs, intake_options, load_encoder, load_head, load_programme, progress, set_threads,
    tell_cache_use, tell_sensitivity, warn_all, who,
};
use crate::embed::Encoder;
use crate::head::Identity;
use crate::intake::Input;
use crate::model::{fingerprint, locate};
use crate::nomination::Rejection;
use crate::pipeline::{self, Adaptation, Outcome, Setup};
use crate::programme::{Programme, TrackIndex, Tracks};
use crate::report::log::{Deed, LOG_FILE, Step, append_to_log, read_log};
use crate::report::{
    AdaptationRecord, Counts, HEAD_FILE, ModelRecord, OutputFile, ProgrammeRecord, RUN_FILE, RUN_SCHEMA, Report,
    RunOptions, RunRecord, SIGNALS_FILE, SignalsRecord, StageTiming, write_all,
};
use crate::select::SelectOptions;
use crate::select::channels::ChannelCounts;
use crate::select::rescue::{CONFIDENCE, miss_bound};
use crate::select::sensitivity::Sensitivity;
use crate::signals::{Aliases, Sources};

pub(super) fn run(args: &RunArgs) -> anyhow::Result<Status> {
    let folder = OutputFolder::plan(&args.out, args.force)?;
    set_threads(&args.model)?;
    let session = Session::new(args)?;
    let made = session.make(args)?;
    folder.fill(|dir| {
        keep_log(&args.out, dir)?;
        made.write(dir)
    })?;
    let (notes, rejections) = match &made {
        Made::One(made) => (&made.outcome.notes, &made.outcome.rejections),
        Made::Tracks(made) => (&made.outcome.notes, &made.outcome.rejections),
    };
    warn_all(notes);
    tell_cache_use(&session.encoder);
    tell_rejections(rejections);
    match &made {
        Made::One(made) => made.summarize(&args.out),
        Made::Tracks(made) => made.summarize(&args.out),
    }
    Ok(if rejections.is_empty() { Status::Done } else { Status::SomeRejected })
}

/// What was done with an earlier run in the same folder stays in its log; one whose chain is broken is left behind.
fn keep_log(former: &Path, dir: &Path) -> anyhow::Result<()> {
    match read_log(former) {
        Ok(entries) if entries.is_empty() => {}
        Ok(_) => {
            std::fs::copy(former.join(LOG_FILE), dir.join(LOG_FILE))?;
        }
        Err(error) => eprintln!("note: the log begins anew: {error}"),
    }
    Ok(())
}

/// What a run needs besides its inputs and its programme.
pub(super) struct Session {
    pub encoder: Encoder,
    pub model_sha256: String,
    pub started: SystemTime,
}

/// A run before it is written.
pub(super) enum Made {
    /// Of one award.
    One(Box<MadeOne>),
    /// Of every award series of a programme.
    Tracks(Box<MadeTracks>),
}

/// A run of one award before it is written.
pub(super) struct MadeOne {
    programme: Programme,
    outcome: Outcome,
    sensitivity: Sensitivity,
    record: RunRecord,
}

impl Session {
    pub(super) fn new(args: &RunArgs) -> anyhow::Result<Self> {
        let started = SystemTime::now();
        let encoder = load_encoder(&args.model)?;
        let model_sha256 = fingerprint(&locate(args.model.model.as_deref())?)?;
        Ok(Self { encoder, model_sha256, started })
    }

    /// Does all that `args` ask for but the writing.
    pub(super) fn make(&self, args: &RunArgs) -> anyhow::Result<Made> {
        if args.tracks {
            return Ok(Made::Tracks(Box::new(MadeTracks::new(args, self)?)));
        }
        let mut programme = load_programme(&args.programme, None)?;
        let identity = Identity::of(&self.encoder, &self.model_sha256, &programme);
        let (head, head_record) = load_head(&args.head, &identity, &mut programme)?.unzip();
        let adapt = args.head.adapt.then_some(identity);
        let library = inputs(&args.library);
        let setup = Setup { head, adapt, ..self.setup(args, &programme, &library)? };
        let mut outcome = pipeline::run(&inputs(&args.inputs), &setup, progress::for_stderr().as_ref())?;
        outcome.notes.extend(other_series(&args.programme, &outcome));
        let record = RunRecord { head: head_record, ..self.record(args, &programme, &outcome) };
        let sensitivity = Sensitivity::of_ranking(&outcome.ranking, &programme, setup.select.top);
        Ok(Made::One(Box::new(MadeOne { programme, outcome, sensitivity, record })))
    }

    /// What `args` say of how to run, without head and adaptation.
    pub(super) fn setup<'a>(
        &'a self,
        args: &RunArgs,
        programme: &'a Programme,
        library: &'a [Input],
    ) -> anyhow::Result<Setup<'a>> {
        let aliases = args.aliases.as_deref().map(Aliases::load).transpose()?.unwrap_or_default();
        Ok(Setup {
            programme,
            encoder: &self.encoder,
            head: None,
            adapt: None,
            intake: intake_options(&args.intake)?,
            redact: args.redact,
            select: SelectOptions { top: args.top.map(|top| top as usize), seed: args.seed },
            library,
            signals: Sources { files: args.signals.clone(), aliases },
        })
    }

    /// What a run of `programme` that gave `outcome` is worth a record; its head is filled in by who loaded one.
    pub(super) fn record(&self, args: &RunArgs, programme: &Programme, outcome: &Outcome) -> RunRecord {
        let Self { encoder, model_sha256, started } = self;
        let Outcome { ranking, rejections, files, library, signals, timings, adaptation, .. } = outcome;
        let records = files.iter().map(|file| file.records + file.rejected).sum();
        RunRecord {
            schema: RUN_SCHEMA,
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: humantime::format_rfc3339_seconds(*started).to_string(),
            options: RunOptions {
                inputs: displayed(&args.inputs),
                library: displayed(&args.library),
                programme: args.programme.clone(),
                tracks: args.tracks,
                track: None,
                model: args.model.model.clone().unwrap_or_else(|| encoder.manifest().name.clone()),
                head: args.head.head.as_ref().map(|path| path.display().to_string()),
                top: args.top.map(|top| top as usize),
                seed: args.seed,
                threads: rayon::current_num_threads(),
                adapt: args.head.adapt,
                map: args.intake.map.as_ref().map(|path| path.display().to_string()),
                folder_per_nomination: args.intake.folder_per_nomination,
                redact: args.redact,
                language: args.language.map_or(programme.settings.language, Into::into),
                signals: displayed(&args.signals),
                aliases: args.aliases.as_ref().map(|path| path.display().to_string()),
            },
            configuration_sha256: String::new(),
            inputs: files.clone(),
            library: library.files.clone(),
            signals: signals.as_ref().map(|gathered| SignalsRecord::new(&programme.settings, gathered)),
            channels: ChannelCounts::of(ranking, programme),
            model: ModelRecord {
                name: encoder.manifest().name.clone(),
                sha256: model_sha256.clone(),
                engine: encoder.arithmetic().name().to_owned(),
                dimension: encoder.dim(),
            },
            head: None,
            adaptation: adaptation.as_ref().map(adaptation_record),
            programme: ProgrammeRecord {
                id: programme.settings.id.clone(),
                sha256: programme.sha256.clone(),
                exemplars: programme.exemplars.len(),
            },
            tracks: Vec::new(),
            counts: Counts::tally(files.len(), records, ranking, rejections),
            timings: timings.iter().map(StageTiming::from).collect(),
            outputs: Vec::new(),
        }
    }
}

impl Made {
    /// Writes every file of the run into `dir`.
    pub(super) fn write(&self, dir: &Path) -> anyhow::Result<()> {
        match self {
            Self::One(made) => made.write(dir),
            Self::Tracks(made) => made.write(dir),
        }
    }
}

impl MadeOne {
    fn write(&self, dir: &Path) -> anyhow::Result<()> {
        let Self { programme, outcome, sensitivity, record } = self;
        let adapted_head = match &outcome.adaptation {
            Some(Adaptation::Used(head)) => Some(head.to_bytes()?),
            Some(Adaptation::NotUsed(_)) | None => None,
        };
        let report =
            Report { adapted_head: adapted_head.as_deref(), ..report(programme, outcome, sensitivity, record) };
        write_all(&report, dir)?;
        begin_log(dir, record)
    }

    fn summarize(&self, out: &Path) {
        summarize(out, &self.record, &self.outcome);
        tell_sensitivity(&self.sensitivity, &self.programme, "shortlisted");
    }
}

/// What the files of `outcome` are made from, but for an adapted head.
pub(super) fn report<'a>(
    programme: &'a Programme,
    outcome: &'a Outcome,
    sensitivity: &'a Sensitivity,
    record: &'a RunRecord,
) -> Report<'a> {
    Report {
        programme,
        ranking: &outcome.ranking,
        rejections: &outcome.rejections,
        run: record,
        adapted_head: None,
        signals: outcome.signals.as_ref(),
        sensitivity,
        language: record.options.language,
    }
}

/// Enters the run of the folder `dir` into its log, which vouches for `run.json`.
pub(super) fn begin_log(dir: &Path, record: &RunRecord) -> anyhow::Result<()> {
    let run_file = OutputFile::of(RUN_FILE, &std::fs::read(dir.join(RUN_FILE))?);
    let (at, files) = (record.started_at.clone(), vec![run_file]);
    append_to_log(dir, Deed { at, who: who(None), what: Step::Run, case: None, why: String::new(), files })?;
    Ok(())
}

/// Says that nominations were put forward for a series that this run does not serve.
fn other_series(programme: &str, outcome: &Outcome) -> Option<String> {
    if outcome.ranking.entries.iter().all(|entry| entry.nomination.declared_track.is_empty()) {
        return None;
    }
    let tracks = Tracks::load(programme).ok().flatten()?;
    let own = tracks.tracks.iter().position(|track| track.name_of_programme == programme).map(TrackIndex);
    let is_other = |declared: &str| {
        let named = tracks.find(declared);
        !named.is_empty() && !own.is_some_and(|own| named.contains(&own))
    };
    let others = outcome.ranking.entries.iter().filter(|entry| is_other(&entry.nomination.declared_track)).count();
    (others > 0).then(|| {
        format!(
            "{} put forward for other award series of {programme}; --tracks serves them all",
            counted(others, "nomination")
        )
    })
}

fn adaptation_record(adaptation: &Adaptation) -> AdaptationRecord {
    match adaptation {
        Adaptation::Used(_) => AdaptationRecord { used: true, reason: None },
        Adaptation::NotUsed(reason) => AdaptationRecord { used: false, reason: Some(reason.to_string()) },
    }
}

fn displayed(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|path| path.display().to_string()).collect()
}

fn tell_rejections(rejections: &[Rejection]) {
    const SHOWN: usize = 5;
    rejections.iter().take(SHOWN).for_each(|rejection| eprintln!("rejected: {rejection}"));
    if rejections.len() > SHOWN {
        eprintln!("rejected: {} more, see rejected.csv", rejections.len() - SHOWN);
    }
}

/// What happened and where it lies, in a few lines on standard error.
fn summarize(out: &Path, record: &RunRecord, outcome: &Outcome) {
    for rejection in &outcome.library.rejections {
        eprintln!("note: library: {rejection}");
    }
    let Counts {
        files, nominations, rejected, duplicates, shortlisted, displaced, near_miss, rescue, needs_human, ..
    } = record.counts;
    eprintln!(
        "{} from {} ranked in {} s; {rejected} rejected, {duplicates} linked as duplicates",
        counted(nominations, "nomination"),
        counted(files, "file"),
        seconds(record)
    );
    eprintln!(
        "{shortlisted} shortlisted, {} for a second look, {needs_human} whose category a person must decide",
        near_miss + rescue
    );
    match &outcome.adaptation {
        Some(Adaptation::Used(_)) => {
            eprintln!(
                "categories were adapted to this batch; judge late nominations with --head {}",
                out.join(HEAD_FILE).display()
            );
        }
        Some(Adaptation::NotUsed(reason)) => eprintln!("note: --adapt was not used: {reason}"),
        None => {}
    }
    if rescue > 0 {
        let below = nominations - shortlisted - displaced - near_miss - duplicates;
        let bound = miss_bound(below, rescue, 0);
        eprintln!(
            "rescue sample: {rescue} of {below} below the line; if experts find none of them good, at most {} of the {below} are ({:.0} % confidence)",
            bound.good,
            100.0 * CONFIDENCE
        );
    }
    tell_signals(out, record);
    tell_files(out);
}

/// How long the stages took together.
pub(super) fn seconds(record: &RunRecord) -> u64 {
    record.timings.iter().map(|t| t.elapsed_ms).sum::<u64>() / 1000
}

pub(super) fn tell_signals(out: &Path, record: &RunRecord) {
    if let Some(SignalsRecord { rows, joined, unknown, ambiguous, contradicts, unusable, .. }) = &record.signals
        && *rows > 0
    {
        eprintln!(
            "signals: {joined} of {} joined; {unknown} unknown, {ambiguous} ambiguous, {contradicts} at odds with their id, {unusable} unusable; see {}",
            counted(*rows, "row"),
            out.join(SIGNALS_FILE).display()
        );
    }
}

pub(super) fn tell_files(out: &Path) {
    for file in ["shortlist.html", "shortlist.xlsx"] {
        let path: PathBuf = out.join(file);
        eprintln!("open {}", path.display());
    }
}
