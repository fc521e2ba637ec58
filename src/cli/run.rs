//! `shortlister run`: the whole job, from inputs to an output folder.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::args::RunArgs;
use super::output::OutputFolder;
use super::{
    Status, counted, inputs, intake_options, load_encoder, load_programme, progress, set_threads, tell_cache_use,
    warn_all,
};
use crate::embed::Encoder;
use crate::model::{fingerprint, locate};
use crate::pipeline::{self, Outcome, Setup};
use crate::programme::Programme;
use crate::report::{
    Counts, ModelRecord, ProgrammeRecord, RUN_SCHEMA, Report, RunOptions, RunRecord, StageTiming, write_all,
};
use crate::select::SelectOptions;

pub(super) fn run(args: &RunArgs) -> anyhow::Result<Status> {
    let started = SystemTime::now();
    let folder = OutputFolder::plan(&args.out, args.force)?;
    set_threads(&args.model)?;
    let programme = load_programme(&args.programme, None)?;
    let intake = intake_options(args.map.as_deref())?;
    let source = locate(args.model.model.as_deref())?;
    let encoder = load_encoder(&args.model)?;
    let select = SelectOptions { top: args.top.map(|top| top as usize), seed: args.seed };
    let setup = Setup { programme: &programme, encoder: &encoder, intake, select };

    let outcome = pipeline::run(&inputs(&args.inputs), &setup, progress::for_stderr().as_ref())?;

    let model_sha256 = fingerprint(&source)?;
    let record = record(args, &programme, &encoder, model_sha256, &outcome, started);
    let report = Report {
        programme: &programme,
        ranking: &outcome.ranking,
        rejections: &outcome.rejections,
        run: &record,
        language: args.language.map_or(programme.settings.language, Into::into),
    };
    folder.fill(|dir| Ok(write_all(&report, dir)?))?;
    warn_all(&outcome.notes);
    tell_cache_use(&encoder);
    summarize(&args.out, &record, &outcome);
    Ok(if outcome.rejections.is_empty() { Status::Done } else { Status::SomeRejected })
}

fn record(
    args: &RunArgs,
    programme: &Programme,
    encoder: &Encoder,
    model_sha256: String,
    outcome: &Outcome,
    started: SystemTime,
) -> RunRecord {
    let Outcome { ranking, rejections, files, timings, .. } = outcome;
    let records = files.iter().map(|file| file.records + file.rejected).sum();
    RunRecord {
        schema: RUN_SCHEMA,
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        started_at: humantime::format_rfc3339_seconds(started).to_string(),
        options: RunOptions {
            inputs: args.inputs.iter().map(|path| path.display().to_string()).collect(),
            programme: args.programme.clone(),
            model: args.model.model.clone().unwrap_or_else(|| encoder.manifest().name.clone()),
            head: None,
            top: args.top.map(|top| top as usize),
            seed: args.seed,
            threads: rayon::current_num_threads(),
            adapt: false,
        },
        configuration_sha256: String::new(),
        inputs: files.clone(),
        model: ModelRecord {
            name: encoder.manifest().name.clone(),
            sha256: model_sha256,
            engine: encoder.arithmetic().name().to_owned(),
            dimension: encoder.dim(),
        },
        head: None,
        programme: ProgrammeRecord { id: programme.settings.id.clone(), sha256: programme.sha256.clone() },
        counts: Counts::tally(files.len(), records, ranking, rejections),
        timings: timings
            .iter()
            .map(|time| StageTiming { stage: time.stage.to_owned(), elapsed_ms: time.elapsed.as_millis() as u64 })
            .collect(),
        outputs: Vec::new(),
    }
}

/// What happened and where it lies, in a few lines on standard error.
fn summarize(out: &Path, record: &RunRecord, outcome: &Outcome) {
    const SHOWN: usize = 5;
    for rejection in outcome.rejections.iter().take(SHOWN) {
        eprintln!("rejected: {}: {}; {}", rejection.source, rejection.reason, rejection.remedy);
    }
    if outcome.rejections.len() > SHOWN {
        eprintln!("rejected: {} more, see rejected.csv", outcome.rejections.len() - SHOWN);
    }
    let Counts { files, nominations, rejected, duplicates, shortlisted, near_miss, rescue, needs_human, .. } =
        record.counts;
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
    for file in ["shortlist.html", "shortlist.xlsx"] {
        let path: PathBuf = out.join(file);
        eprintln!("open {}", path.display());
    }
}
