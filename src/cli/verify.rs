//! `shortlister verify`: whether a run folder is what the run wrote, and whether running again gives the same.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};

use super::args::{EngineArg, HeadArgs, IntakeArgs, ModelArgs, RunArgs, VerifyArgs};
use super::run::Session;
use super::run_tracks::load_tracks;
use super::{Status, counted, load_programme, set_threads};
use crate::intake::InputFile;
use crate::model::{fingerprint, locate};
use crate::report::log::{LOG_FILE, LogError, Step, read_log};
use crate::report::{FileState, RUN_FILE, RunRecord};

pub(super) fn run(args: &VerifyArgs) -> anyhow::Result<Status> {
    let record = RunRecord::read(&args.run)?;
    let mut found = Findings::default();
    log(&args.run, &mut found)?;
    if !record.is_consistent() {
        found.problem(format!("{RUN_FILE}: its options are not those it gives a checksum of"));
    }
    for output in &record.outputs {
        found.file(&output.name, FileState::of(&args.run.join(&output.name), &output.sha256), true);
    }
    inputs(&record.inputs, "input", &mut found);
    inputs(&record.library, "past cases", &mut found);
    inputs(record.signals.as_ref().map_or(&[], |signals| &signals.files), "signals", &mut found);
    if let Some(head) = &record.head {
        found.file(&format!("head {}", head.path), FileState::of(Path::new(&head.path), &head.sha256), false);
    }
    surroundings(&record, &mut found);
    if args.replay {
        replay(&args.run, &record, &mut found)?;
    }
    std::io::stdout().lock().write_all(found.lines.concat().as_bytes())?;
    ensure!(found.problems == 0, "{}: {} found", args.run.display(), counted(found.problems, "difference"));
    Ok(Status::Done)
}

/// What was found, in lines.
#[derive(Default)]
struct Findings {
    lines: Vec<String>,
    problems: usize,
}

impl Findings {
    fn note(&mut self, line: String) {
        self.lines.push(format!("        {line}\n"));
    }

    fn good(&mut self, line: &str) {
        self.lines.push(format!("same    {line}\n"));
    }

    fn problem(&mut self, line: String) {
        self.lines.push(format!("CHANGED {line}\n"));
        self.problems += 1;
    }

    /// A missing file is a difference only where it is `part_of_run`: inputs may well lie elsewhere by now.
    fn file(&mut self, name: &str, state: FileState, part_of_run: bool) {
        match state {
            FileState::Same => self.good(name),
            FileState::Changed => self.problem(name.to_owned()),
            FileState::Missing if part_of_run => self.problem(format!("{name}: is not there")),
            FileState::Missing => self.note(format!("{name}: is not there any more, not compared")),
        }
    }
}

/// The chain of the log, the record of the run that its first entry vouches for, and what later steps wrote.
fn log(dir: &Path, found: &mut Findings) -> anyhow::Result<()> {
    let entries = match read_log(dir) {
        Ok(entries) => entries,
        Err(error @ LogError::Broken { .. }) => {
            found.problem(error.to_string());
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    let Some(last) = entries.last() else {
        found.problem(format!("{LOG_FILE}: is not there; nothing vouches for {RUN_FILE}"));
        return Ok(());
    };
    found.good(&format!("{LOG_FILE}: {} up to SHA-256 {}", counted(entries.len(), "line"), last.sha256));
    // What earlier runs in the folder wrote was replaced, and what rested on them may be.
    let since = entries.iter().rposition(|entry| entry.what == Step::Run).unwrap_or(0);
    for entry in &entries[since..] {
        let is_run = entry.what == Step::Run;
        for file in &entry.files {
            let path = if is_run { dir.join(&file.name) } else { PathBuf::from(&file.name) };
            found.file(&file.name, FileState::of(&path, &file.sha256), is_run);
        }
    }
    Ok(())
}

fn inputs(files: &[InputFile], kind: &str, found: &mut Findings) {
    for file in files.iter().filter(|file| file.archive.is_none()) {
        let name = format!("{kind} {}", file.path);
        match file.sha256.as_str() {
            "" => found.note(format!("{name}: could not be read then, not compared")),
            _ if file.path == "-" => found.note(format!("{kind} from standard input: cannot be compared")),
            sha256 => found.file(&name, FileState::of(Path::new(&file.path), sha256), false),
        }
    }
}

/// Program, model and programme of today beside those of the run.
fn surroundings(record: &RunRecord, found: &mut Findings) {
    let version = env!("CARGO_PKG_VERSION");
    match record.program_version == version {
        true => found.good(&format!("program {version}")),
        false => found.note(format!("program: {} then, {version} now", record.program_version)),
    }
    match locate(Some(&record.options.model)).and_then(|source| fingerprint(&source)) {
        Ok(sha256) if sha256 == record.model.sha256 => found.good(&format!("model {}", record.options.model)),
        Ok(_) => found.problem(format!("model {}", record.options.model)),
        Err(error) => found.note(format!("model {}: not compared: {error}", record.options.model)),
    }
    match programme_sha256(record) {
        Ok(now) if now == record.programme.sha256 => {
            found.good(&format!("programme {}", record.options.programme));
        }
        Ok(_) => found.problem(format!("programme {}", record.options.programme)),
        Err(error) => found.note(format!("programme {}: not compared: {error:#}", record.options.programme)),
    }
}

/// Checksum of today's programme of the run.
fn programme_sha256(record: &RunRecord) -> anyhow::Result<String> {
    let name = &record.options.programme;
    match record.options.tracks {
        true => Ok(load_tracks(name)?.sha256),
        false => Ok(load_programme(name, None)?.sha256),
    }
}

/// Runs again into a folder of its own, and compares with what the first run recorded.
fn replay(dir: &Path, record: &RunRecord, found: &mut Findings) -> anyhow::Result<()> {
    if record.options.inputs.iter().any(|input| input == "-") {
        bail!("{}: an input was standard input and cannot be read again; verify without --replay", dir.display());
    }
    if let Some(track) = &record.options.track {
        bail!("{}: is the series {track:?} of a run over several; replay the folder above it", dir.display());
    }
    let args = arguments(record)?;
    set_threads(&args.model)?;
    let folder = tempfile::tempdir().context("no temporary folder can be made")?;
    let made = Session::new(&args).and_then(|session| session.make(&args));
    made.context("the run cannot be repeated")?.write(folder.path())?;
    let again = RunRecord::read(folder.path())?;
    for output in &record.outputs {
        let same = again.outputs.contains(output);
        let name = format!("{} of the run repeated", output.name);
        if same { found.good(&name) } else { found.problem(name) }
    }
    Ok(())
}

/// The command line of a run.
fn arguments(record: &RunRecord) -> anyhow::Result<RunArgs> {
    let options = &record.options;
    let paths = |paths: &[String]| paths.iter().map(PathBuf::from).collect();
    let engine = match record.model.engine.as_str() {
        "int8" => EngineArg::Int8,
        "f32" => EngineArg::F32,
        other => bail!("the engine {other:?} is unknown to this version; use the one named in {RUN_FILE}"),
    };
    Ok(RunArgs {
        inputs: paths(&options.inputs),
        out: PathBuf::new(),
        programme: options.programme.clone(),
        tracks: options.tracks,
        model: ModelArgs { model: Some(options.model.clone()), threads: None, engine, no_cache: true },
        head: HeadArgs { head: options.head.as_ref().map(PathBuf::from), adapt: options.adapt },
        top: options.top.map(u32::try_from).transpose().context("the number of places is too large")?,
        seed: options.seed,
        language: Some(options.language.into()),
        library: paths(&options.library),
        intake: IntakeArgs::of(options),
        signals: paths(&options.signals),
        aliases: options.aliases.as_ref().map(PathBuf::from),
        redact: options.redact,
        force: false,
    })
}
