//! `shortlister explain`: one nomination's whole path.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use serde::Deserialize;

use super::args::ExplainArgs;
use super::{Status, programme_of};
use crate::nomination::NominationId;
use crate::report::jsonl::read_ranking;
use crate::report::log::{LogEntry, Step, read_log};
use crate::report::{FileState, OutputFile, RankingRecord, ReadRun, RunRecord};
use crate::review::evaluation::Evaluated;
use crate::review::result::RESULT_FILE;

/// Cases named where several could be meant.
const SHOWN: usize = 5;

pub(super) fn run(args: &ExplainArgs) -> anyhow::Result<Status> {
    let record = RunRecord::read(&args.run)?;
    let ranking = read_ranking(&args.run)?;
    let mut out = std::io::stdout().lock();
    match find(&ranking, &args.id)? {
        Some(case) => {
            let programme = programme_of(&record);
            let log = read_log(&args.run)?;
            let evaluated = evaluated(&log, case)?;
            let read = ReadRun {
                record: &record,
                ranking: &ranking,
                log: &log,
                evaluated: evaluated.as_ref(),
                programme: programme.as_ref(),
            };
            let language = args.language.map_or(record.options.language, Into::into);
            out.write_all(read.explain(case, language).as_bytes())?;
        }
        None => out.write_all(rejection(&args.run, &args.id)?.as_bytes())?,
    }
    Ok(Status::Done)
}

/// The nomination with this id, or the only one with this in its title.
fn find<'a>(ranking: &'a [RankingRecord], id: &str) -> anyhow::Result<Option<&'a RankingRecord>> {
    if let Some(case) = ranking.iter().find(|case| case.id.as_str() == id) {
        return Ok(Some(case));
    }
    let titled: Vec<&RankingRecord> = ranking.iter().filter(|case| case.title.contains(id)).collect();
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

/// What became of a record that is not in the ranking: its line of `rejected.csv`.
fn rejection(dir: &Path, id: &str) -> anyhow::Result<String> {
    let path = dir.join("rejected.csv");
    let mut reader = csv::Reader::from_path(&path).with_context(|| format!("{}: cannot be read", path.display()))?;
    let columns = reader.headers()?.clone();
    let mut lines = String::new();
    for row in reader.records() {
        let row = row.with_context(|| format!("{}: is damaged", path.display()))?;
        if row.iter().any(|field| field == id) {
            lines += "not ranked, rejected\n";
            let told = columns.iter().zip(&row).filter(|(_, value)| !value.is_empty());
            told.for_each(|(name, value)| lines += &format!("  {}: {value}\n", name.trim_start_matches('\u{feff}')));
        }
    }
    if lines.is_empty() {
        bail!(
            "{}: has no nomination with the id {id:?} or with it in its title, and no such rejected record",
            dir.display()
        );
    }
    Ok(lines)
}
