//! `shortlister run`: the whole job, from inputs to an output folder.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::args::RunArgs;
use super::output::OutputFolder;
use super::{
    Status, counted, inputs, intake_options, load_encoder, load_head, load_programme, progress, set_threads,
    tell_cache_use, tell_sensitivity, warn_all, who,
};
use crate::embed::Encoder;
use crate::head::Identity;
use crate::model::{fingerprint, locate};
use crate::pipeline::{self, Adaptation, Outcome, Setup};
use crate::programme::Programme;
use crate::report::log::{Deed, LOG_FILE, Step, append_to_log, read_log};
use crate::report::{
    AdaptationRecord, Counts, HEAD_FILE, HeadRecord, ModelRecord, OutputFile, ProgrammeRecord, RUN_FILE, RUN_SCHEMA,
    Report, RunOptions, RunRecord, SIGNALS_FILE, SignalsRecord, StageTiming, write_all,
};
use crate::select::SelectOptions;
use crate::select::channels::ChannelCounts;
use crate::select::rescue::{CONFIDENCE, miss_bound};
use crate::select::sensitivity::Sensitivity;
use crate::signals::{Aliases, Sources};

pub(super) fn run(args: &RunArgs) -> anyhow::Result<Status> {
    let folder = OutputFolder::plan(&args.out, args.force)?;
    set_threads(&args.model)?;
    let made = Made::new(args)?;
    folder.fill(|dir| {
        keep_log(&args.out, dir)?;
        made.write(dir)
    })?;
    warn_all(&made.outcome.notes);
    tell_cache_use(&made.encoder);
    summarize(&args.out, &made.record, &made.outcome);
    tell_sensitivity(&made.sensitivity, &made.programme, "shortlisted");
    Ok(if made.outcome.rejections.is_empty() { Status::Done } else { Status::SomeRejected })
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

/// A run before it is written.
pub(super) struct Made {
    programme: Programme,
    encoder: Encoder,
    outcome: Outcome,
    sensitivity: Sensitivity,
    record: RunRecord,
}

impl Made {
    /// Does all that `args` ask for but the writing.
    pub(super) fn new(args: &RunArgs) -> anyhow::Result<Self> {
        let started = SystemTime::now();
        let mut programme = load_programme(&args.programme, None)?;
        let intake = intake_options(&args.intake)?;
        let source = locate(args.model.model.as_deref())?;
        let encoder = load_encoder(&args.model)?;
        let model_sha256 = fingerprint(&source)?;
        let identity = Identity::of(&encoder, &model_sha256, &programme);
        let (head, head_record) = load_head(&args.head, &identity, &mut programme)?.unzip();
        let adapt = args.head.adapt.then_some(identity);
        let select = SelectOptions { top: args.top.map(|top| top as usize), seed: args.seed };
        let library = inputs(&args.library);
        let aliases = args.aliases.as_deref().map(Aliases::load).transpose()?.unwrap_or_default();
        let setup = Setup {
            programme: &programme,
            encoder: &encoder,
            head,
            adapt,
            intake,
            redact: args.redact,
            select,
            library: &library,
            signals: Sources { files: args.signals.clone(), aliases },
        };

        let outcome = pipeline::run(&inputs(&args.inputs), &setup, progress::for_stderr().as_ref())?;

        let record = record(args, &programme, &encoder, model_sha256, head_record, &outcome, started);
        let sensitivity = Sensitivity::of_ranking(&outcome.ranking, &programme, select.top);
        Ok(Self { programme, encoder, outcome, sensitivity, record })
    }

    /// Writes every file of the run into `dir`.
    pub(super) fn write(&self, dir: &Path) -> anyhow::Result<()> {
        let adapted_head = match &self.outcome.adaptation {
            Some(Adaptation::Used(head)) => Some(head.to_bytes()?),
            Some(Adaptation::NotUsed(_)) | None => None,
        };
        let report = Report {
            programme: &self.programme,
            ranking: &self.outcome.ranking,
            rejections: &self.outcome.rejections,
            run: &self.record,
            adapted_head: adapted_head.as_deref(),
            signals: self.outcome.signals.as_ref(),
            sensitivity: &self.sensitivity,
            language: self.record.options.language,
        };
        write_all(&report, dir)?;
        let run_file = OutputFile::of(RUN_FILE, &std::fs::read(dir.join(RUN_FILE))?);
        let (at, files) = (self.record.started_at.clone(), vec![run_file]);
        let deed = Deed { at, who: who(None), what: Step::Run, case: None, why: String::new(), files };
        append_to_log(dir, deed)?;
        Ok(())
    }
}

fn record(
    args: &RunArgs,
    programme: &Programme,
    encoder: &Encoder,
    model_sha256: String,
    head: Option<HeadRecord>,
    outcome: &Outcome,
    started: SystemTime,
) -> RunRecord {
    let Outcome { ranking, rejections, files, library, signals, timings, adaptation, .. } = outcome;
    let records = files.iter().map(|file| file.records + file.rejected).sum();
    RunRecord {
        schema: RUN_SCHEMA,
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: humantime::format_rfc3339_seconds(started).to_string(),
        options: RunOptions {
            inputs: displayed(&args.inputs),
            library: displayed(&args.library),
            programme: args.programme.clone(),
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
            sha256: model_sha256,
            engine: encoder.arithmetic().name().to_owned(),
            dimension: encoder.dim(),
        },
        head,
        adaptation: adaptation.as_ref().map(adaptation_record),
        programme: ProgrammeRecord { id: programme.settings.id.clone(), sha256: programme.sha256.clone() },
        counts: Counts::tally(files.len(), records, ranking, rejections),
        timings: timings
            .iter()
            .map(|time| StageTiming { stage: time.stage.to_owned(), elapsed_ms: time.elapsed.as_millis() as u64 })
            .collect(),
        outputs: Vec::new(),
    }
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

/// What happened and where it lies, in a few lines on standard error.
fn summarize(out: &Path, record: &RunRecord, outcome: &Outcome) {
    const SHOWN: usize = 5;
    for rejection in outcome.rejections.iter().take(SHOWN) {
        eprintln!("rejected: {rejection}");
    }
    if outcome.rejections.len() > SHOWN {
        eprintln!("rejected: {} more, see rejected.csv", outcome.rejections.len() - SHOWN);
    }
    for rejection in &outcome.library.rejections {
        eprintln!("note: library: {rejection}");
    }
    let Counts {
        files, nominations, rejected, duplicates, shortlisted, displaced, near_miss, rescue, needs_human, ..
    } = record.counts;
    let seconds: u64 = record.timings.iter().map(|t| t.elapsed_ms).sum::<u64>() / 1000;
    eprintln!(
        "{} from {} ranked in {seconds} s; {rejected} rejected, {duplicates} linked as duplicates",
        counted(nominations, "nomination"),
        counted(files, "file")
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
    if let Some(SignalsRecord { rows, joined, unknown, ambiguous, contradicts, unusable, .. }) = &record.signals
        && *rows > 0
    {
        eprintln!(
            "signals: {joined} of {} joined; {unknown} unknown, {ambiguous} ambiguous, {contradicts} at odds with their id, {unusable} unusable; see {}",
            counted(*rows, "row"),
            out.join(SIGNALS_FILE).display()
        );
    }
    for file in ["shortlist.html", "shortlist.xlsx"] {
        let path: PathBuf = out.join(file);
        eprintln!("open {}", path.display());
    }
}
