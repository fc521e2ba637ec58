//! `shortlister explain`: one nomination's whole path.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

use super::args::{ExplainArgs, LanguageArg};
use super::{Status, programme_of};
use crate::nomination::NominationId;
use crate::report::jsonl::read_ranking;
use crate::report::log::{LogEntry, Step, read_log};
use crate::report::{FileState, OutputFile, RankingRecord, ReadRun, RunRecord, TRACKS_FILE};
use crate::review::evaluation::Evaluated;
use crate::review::result::RESULT_FILE;

/// Cases named where several could be meant.
const SHOWN: usize = 5;

pub(super) fn run(args: &ExplainArgs) -> anyhow::Result<Status> {
    let record = RunRecord::read(&args.run)?;
    let ranking = read_ranking(&args.run)?;
    let mut out = std::io::stdout().lock();
    let case = find(&ranking, &args.id)?;
    match case {
        Some(case) if record.tracks.is_empty() => {
            out.write_all(told(&args.run, &record, case, args.language)?.as_bytes())?;
        }
        Some(case) => {
            out.write_all(rows(&args.run, TRACKS_FILE, case.id.as_str())?.as_bytes())?;
            for track in ranking.iter().filter(|other| other.id == case.id).filter_map(|other| other.track.as_ref()) {
                let dir = args.run.join(track);
                writeln!(out, "\n== {track}")?;
                out.write_all(told(&dir, &RunRecord::read(&dir)?, case, args.language)?.as_bytes())?;
            }
        }
        None => {
            let mut lines = rows(&args.run, "rejected.csv", &args.id)?;
            let is_rejected = !lines.is_empty();
            if !is_rejected && !record.tracks.is_empty() {
                lines = rows(&args.run, TRACKS_FILE, &args.id)?;
            }
            ensure!(
                !lines.is_empty(),
                "{}: has no nomination with the id {:?} or with it in its title, and no such rejected record",
                args.run.display(),
                args.id
            );
            writeln!(out, "{}", if is_rejected { "not ranked, rejected" } else { "not ranked" })?;
            out.write_all(lines.as_bytes())?;
        }
    }
    Ok(Status::Done)
}

/// The path of the case with the id of `case` through the run of the folder `dir`.
fn told(dir: &Path, record: &RunRecord, case: &RankingRecord, language: Option<LanguageArg>) -> anyhow::Result<String> {
    let ranking = read_ranking(dir)?;
    let case = ranking.iter().find(|other| other.id == case.id);
    let case = case.with_context(|| format!("{}: does not hold what the folder above it says", dir.display()))?;
    let programme = programme_of(record);
    let log = read_log(dir)?;
    let evaluated = evaluated(&log, case)?;
    let read =
        ReadRun { record, ranking: &ranking, log: &log, evaluated: evaluated.as_ref(), programme: programme.as_ref() };
    Ok(read.explain(case, language.map_or(record.options.language, Into::into)))
}

/// The nomination with this id, or the only one with this in its title.
fn find<'a>(ranking: &'a [RankingRecord], id: &str) -> anyhow::Result<Option<&'a RankingRecord>> {
    if let Some(case) = ranking.iter().find(|case| case.id.as_str() == id) {
        return Ok(Some(case));
    }
    let mut titled: Vec<&RankingRecord> = ranking.iter().filter(|case| case.title.contains(id)).collect();
    // A case of several series stands in the ranking of each.
    titled.sort_by_key(|case| &case.id);
    titled.dedup_by_key(|case| &case.id);
    if titled.len() > 1 {
        let names = titled.iter().take(SHOWN).map(|case| format!("{} ({})", case.id, case.title));
        bail!("{} titles contain {id:?}; give the id of one: {}", titled.len(), names.collect::<Vec<_>>().join(", "));
    }
    Ok(titled.first().copied())
}

/// What `case` got from the last merge since the run, where its result is as it was written.
fn evaluated(log: &[LogEntry], case: &RankingRecord) -> anyhow::Result<Option<Evaluated>> {
    #[derive(Deserialize)]
    struct Line {
        id: NominationId,
        #[serde(flatten)]
        evaluated: Evaluated,
    }
    let since = log.iter().rposition(|entry| entry.what == Step::Run).unwrap_or(0);
    let merged = log[since..].iter().rfind(|entry| entry.what == Step::ReviewMerge);
    let is_result = |file: &&OutputFile| Path::new(&file.name).file_name().is_some_and(|name| name == RESULT_FILE);
    let Some(file) = merged.and_then(|entry| entry.files.iter().find(is_result)) else { return Ok(None) };
    if FileState::of(Path::new(&file.name), &file.sha256) != FileState::Same {
        eprintln!("note: {} is not there as it was written; what panel and channels gave is not told", file.name);
        return Ok(None);
    }
    let text = std::fs::read_to_string(&file.name).with_context(|| format!("{}: cannot be read", file.name))?;
    for (number, line) in text.lines().enumerate() {
        let read: Line = serde_json::from_str(line)
            .with_context(|| format!("{}, line {}: cannot be read; merge again", file.name, number + 1))?;
        if read.id == case.id {
            return Ok(Some(read.evaluated));
        }
    }
    Ok(None)
}

/// The rows of a table of the run folder that hold `id`, a line a filled field.
fn rows(dir: &Path, table: &str, id: &str) -> anyhow::Result<String> {
    let path = dir.join(table);
    let mut reader = csv::Reader::from_path(&path).with_context(|| format!("{}: cannot be read", path.display()))?;
    let columns = reader.headers()?.clone();
    let mut lines = String::new();
    for row in reader.records() {
        let row = row.with_context(|| format!("{}: is damaged", path.display()))?;
        if row.iter().any(|field| field == id) {
            let told = columns.iter().zip(&row).filter(|(_, value)| !value.is_empty());
            told.for_each(|(name, value)| lines += &format!("  {}: {value}\n", name.trim_start_matches('\u{feff}')));
        }
    }
    Ok(lines)
}
