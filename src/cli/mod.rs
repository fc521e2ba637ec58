//! The command line: arguments in, exit status out.

mod args;
mod check;
mod embed;
mod evaluate;
mod explain;
mod model;
mod output;
mod programme;
mod progress;
mod review;
mod run;
mod run_tracks;
mod simulate;
mod train;
mod verify;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;

use crate::clean::clean;
use crate::embed::{CacheUse, Encoder, EncoderOptions, VectorCache, cache_folder};
use crate::head::{Head, HeadError, Identity};
use crate::intake::{self, Input, InputFile, Mapping};
use crate::nomination::{Nomination, Rejection};
use crate::pipeline::RunError;
use crate::programme::{Move, Programme, ProgrammeError};
use crate::report::{HeadRecord, RunRecord, SENSITIVITY_FILE};
use crate::score::CriterionWeight;
use crate::select::sensitivity::Sensitivity;
use crate::signals::SignalError;
use args::{Cli, Command, HeadArgs, IntakeArgs, ModelArgs};

/// How a command ended; the numbers are the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    /// All went in.
    Done = 0,
    /// Done, and some records were rejected.
    SomeRejected = 3,
}

/// Exit status where nothing usable was written.
const FAILED: u8 = 1;

/// Exit status where the arguments cannot be meant; that of clap.
const WRONG_USAGE: u8 = 2;

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    let command = Cli::parse().command;
    let result = match command {
        Command::Run(args) => run::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Embed(args) => embed::run(&args),
        Command::Evaluate(args) => evaluate::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Review(command) => review::run(&command),
        Command::Programme(command) => programme::run(&command),
        Command::Model(command) => model::run(&command),
    };
    match result {
        Ok(status) => ExitCode::from(status as u8),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(if is_usage(&error) { WRONG_USAGE } else { FAILED })
        }
    }
}

/// Whether another command line, not another file, is the remedy.
fn is_usage(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        matches!(cause.downcast_ref(), Some(ProgrammeError::Unknown { .. }))
            || matches!(cause.downcast_ref(), Some(crate::model::ModelError::Unknown { .. }))
            || matches!(cause.downcast_ref(), Some(RunError::Signals(SignalError::NotWanted { .. })))
    })
}

/// Whether the reader of standard output has had enough (`| head`).
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let kind = |cause: &(dyn std::error::Error + 'static)| cause.downcast_ref().map(std::io::Error::kind);
    error.chain().any(|cause| kind(cause) == Some(std::io::ErrorKind::BrokenPipe))
}

fn inputs(paths: &[PathBuf]) -> Vec<Input> {
    paths.iter().map(|path| Input::from(path.as_path())).collect()
}

fn intake_options(args: &IntakeArgs) -> anyhow::Result<intake::Options> {
    let mapping = args.map.as_deref().map(Mapping::load).transpose()?;
    Ok(intake::Options { mapping, folder_per_nomination: args.folder_per_nomination, ..intake::Options::default() })
}

fn load_encoder(args: &ModelArgs) -> anyhow::Result<Encoder> {
    let source = crate::model::locate(args.model.as_deref())?;
    let threads = args.threads.map(usize::from);
    let encoder = Encoder::load(&source, EncoderOptions { threads, engine: args.engine.into() })?;
    let Some(folder) = cache_folder().filter(|_| !args.no_cache) else { return Ok(encoder) };
    let cache =
        VectorCache::open(&folder, &crate::model::fingerprint(&source)?, encoder.arithmetic().name(), encoder.dim());
    Ok(encoder.with_cache(cache))
}

/// Says what the cache was worth.
fn tell_cache_use(encoder: &Encoder) {
    let Some(cache) = encoder.cache() else { return };
    let CacheUse { found, computed, problem } = cache.usage();
    if found > 0 {
        eprintln!("note: {found} of {} vectors are those of earlier runs", found + computed);
    }
    if let Some(problem) = problem {
        let folder = cache.root().display();
        eprintln!("note: new vectors cannot be kept in {folder} for the next run: {problem}");
    }
}

/// Gives stages outside the encoder as many threads as the encoder has.
fn set_threads(args: &ModelArgs) -> anyhow::Result<()> {
    let threads = args.threads.map_or(0, usize::from);
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().context("the threads cannot be started")
}

fn load_programme(name: &str, categories: Option<&Path>) -> anyhow::Result<Programme> {
    let Some(path) = categories else {
        return Ok(Programme::load(name)?);
    };
    let json = std::fs::read_to_string(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    Ok(Programme::from_category_names(path, &json)?)
}

/// The programme of the run, with its weights, where it is still the same.
fn programme_of(record: &RunRecord) -> Option<Programme> {
    let mut programme = load_programme(&record.options.programme, None).ok()?;
    if programme.sha256 != record.programme.sha256 {
        return None;
    }
    if let Some(head) = &record.head {
        CriterionWeight::apply(&head.weights, &mut programme);
    }
    Some(programme)
}

/// How much a list of the `chosen` depends on the weights, in a line on standard error.
fn tell_sensitivity(sensitivity: &Sensitivity, programme: &Programme, chosen: &str) {
    if !sensitivity.says_anything() {
        return;
    }
    let places = sensitivity.places();
    match sensitivity.most() {
        Some((Move { weight, from, to }, change)) => eprintln!(
            "sensitivity: of {places} {chosen}, {} at most would be others if a weight moved by a fifth; the most by {} \
             ({from:.3} to {to:.3}); see {SENSITIVITY_FILE}",
            change.changed(),
            format!("{} {}", weight.kind(), weight.id(programme)).trim_end(),
        ),
        None => eprintln!("sensitivity: all {places} {chosen} stay if any one weight moves by a fifth"),
    }
}

/// The head that was asked for, for what is `in_use`, and what a run records of it. The criteria of `programme` get the
/// weights it has learned.
fn load_head(
    args: &HeadArgs,
    in_use: &Identity,
    programme: &mut Programme,
) -> anyhow::Result<Option<(Head, HeadRecord)>> {
    let Some(path) = &args.head else { return Ok(None) };
    let (head, sha256) = Head::read(path, in_use)?;
    if args.adapt && head.is_adapted() {
        return Err(HeadError::AlreadyAdapted { path: path.clone() }.into());
    }
    if head.ranking().is_some_and(|ranking| !ranking.apply(programme)) {
        return Err(HeadError::OtherCriteria { path: path.clone() }.into());
    }
    let weights = head.ranking().map_or_else(Vec::new, |ranking| ranking.criteria.clone());
    let merit = head.merit().is_some();
    Ok(Some((head, HeadRecord { path: path.display().to_string(), sha256, weights, merit })))
}

/// A file of labelled rows as it was read.
struct Labelled {
    nominations: Vec<Nomination>,
    rejections: Vec<Rejection>,
    files: Vec<InputFile>,
}

fn read_labelled(path: &Path) -> anyhow::Result<Labelled> {
    let batch = intake::read(&[Input::from(path)], &intake::Options::default())?;
    warn_all(&batch.notes);
    let cleaned = clean(batch.submissions, 0);
    let rejections = [batch.rejections, cleaned.rejections].concat();
    Ok(Labelled { nominations: cleaned.nominations, rejections, files: batch.files })
}

/// Who does something, for the log: as told, or the name of the account.
fn who(by: Option<&str>) -> String {
    let account = || ["USER", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    by.map(str::to_owned).or_else(account).unwrap_or_default()
}

/// The time now, for the log.
fn now() -> String {
    humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string()
}

/// `1 file`, `2 files`.
fn counted(n: usize, thing: &str) -> String {
    format!("{n} {thing}{}", if n == 1 { "" } else { "s" })
}

fn tell_rejected(rejections: &[Rejection]) {
    rejections.iter().for_each(|rejection| eprintln!("rejected: {rejection}"));
}

fn warn_all(notes: &[String]) {
    notes.iter().for_each(|note| eprintln!("note: {note}"));
}
