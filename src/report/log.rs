//! `log.jsonl`: what was done with a run, when, by whom and why; each entry seals the one before it.
//!
//! An entry holds the SHA-256 of the one before it and of itself, so that none can be changed, taken out or put in
//! between without every later one showing it. Only cutting off the end leaves no trace here: whoever wants to rule that
//! out notes the last checksum elsewhere, as [`verify`](crate::cli) prints it.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::run::OutputFile;
use super::{ReportError, read};
use crate::digest::sha256_hex;
use crate::nomination::NominationId;

/// Name of the log in a run folder.
pub const LOG_FILE: &str = "log.jsonl";

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The batch was ranked.
    Run,
    /// Workbooks were made for experts.
    ReviewExport,
    /// Experts' workbooks were read back and a result made of them.
    ReviewMerge,
    /// Letters were written to nominees.
    ReviewFeedback,
    /// A person took a case out of the competition.
    RuleOut,
    /// A person let it back in.
    Reinstate,
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogEntry {
    /// From 1.
    pub entry: usize,
    /// When, RFC 3339.
    pub at: String,
    /// Who did it, as they call themselves; empty when not told.
    pub who: String,
    /// What was done.
    pub what: Step,
    /// The case it was done to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<NominationId>,
    /// Why; required of what a person decides.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// What was read or written for it, with checksums; names as given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<OutputFile>,
    /// `sha256` of the entry before; empty in the first.
    pub previous: String,
    /// SHA-256 of this entry as JSON with this field empty, lower-case hex.
    pub sha256: String,
}

/// What is to be entered; the log fills in the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// When, RFC 3339.
    pub at: String,
    /// Who did it.
    pub who: String,
    /// What was done.
    pub what: Step,
    /// The case it was done to.
    pub case: Option<NominationId>,
    /// Why.
    pub why: String,
    /// What was read or written for it.
    pub files: Vec<OutputFile>,
}

/// Why the log cannot be used.
#[derive(Debug, Error)]
pub enum LogError {
    /// The file cannot be read or written.
    #[error(transparent)]
    File(#[from] ReportError),
    /// The chain is broken.
    #[error("{}, line {line}: {problem}; the log was changed after it was written", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What does not fit.
        problem: &'static str,
    },
}

impl LogEntry {
    fn seal(&self) -> String {
        let unsealed = Self { sha256: String::new(), ..self.clone() };
        let json = serde_json::to_vec(&unsealed).expect("an entry has string keys and no floats");
        sha256_hex([json.as_slice()])
    }
}

/// The entries of the log in run folder `dir`, after checking the chain; empty where there is no log.
///
/// # Errors
/// When the file cannot be read, or an entry was changed, taken out or put in.
pub fn read_log(dir: &Path) -> Result<Vec<LogEntry>, LogError> {
    let path = dir.join(LOG_FILE);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = read(&path)?;
    let mut entries: Vec<LogEntry> = Vec::new();
    for (i, line) in text.lines().enumerate() {
        let broken = |problem| LogError::Broken { path: path.clone(), line: i + 1, problem };
        let entry: LogEntry = serde_json::from_str(line).map_err(|_| broken("it is not an entry"))?;
        let previous = entries.last().map_or("", |last| last.sha256.as_str());
        if entry.entry != i + 1 || entry.previous != previous {
            return Err(broken("it does not follow the entry before it"));
        }
        if entry.seal() != entry.sha256 {
            return Err(broken("its checksum is not that of its content"));
        }
        entries.push(entry);
    }
    Ok(entries)
}

/// Enters `deed` at the end of the log in run folder `dir`.
///
/// # Errors
/// When the log is broken or cannot be written.
pub fn append_to_log(dir: &Path, deed: Deed) -> Result<LogEntry, LogError> {
    let entries = read_log(dir)?;
    let Deed { at, who, what, case, why, files } = deed;
    let previous = entries.last().map_or_else(String::new, |last| last.sha256.clone());
    let mut entry =
        LogEntry { entry: entries.len() + 1, at, who, what, case, why, files, previous, sha256: String::new() };
    entry.sha256 = entry.seal();
    let mut line = serde_json::to_vec(&entry).expect("an entry has string keys and no floats");
    line.push(b'\n');
    let path = dir.join(LOG_FILE);
    let written = std::fs::OpenOptions::new().create(true).append(true).open(&path).and_then(|mut file| {
        file.write_all(&line)?;
        file.sync_all()
    });
    written.map_err(|cause| ReportError::Write { path, cause })?;
    Ok(entry)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deed(why: &str) -> Deed {
        Deed {
            at: "2023-09-01T00:00:00Z".into(),
            who: "张三".into(),
            what: Step::RuleOut,
            case: Some(NominationId::new("c1")),
            why: why.into(),
            files: Vec::new(),
        }
    }

    #[test]
    fn entries_follow_each_other_and_any_change_shows() {
        let dir = tempfile::tempdir().expect("a folder");
        assert!(read_log(dir.path()).expect("no log yet").is_empty());
        for why in ["一", "二", "三"] {
            append_to_log(dir.path(), deed(why)).expect("it is entered");
        }
        let entries = read_log(dir.path()).expect("a sound log");
        assert_eq!(entries.iter().map(|entry| entry.why.as_str()).collect::<Vec<_>>(), ["一", "二", "三"]);

        let path = dir.path().join(LOG_FILE);
        let text = std::fs::read_to_string(&path).expect("the log");
        let lines: Vec<&str> = text.lines().collect();
        for (changed, line) in [
            (text.replace("二", "两"), "line 2"),
            (format!("{}\n{}\n", lines[0], lines[2]), "line 2"),
            (format!("{}\n{}\n{}\n", lines[1], lines[0], lines[2]), "line 1"),
            (text.replacen("张三", "李四", 1), "line 1"),
            (text.replacen('{', "[", 1), "line 1"),
        ] {
            std::fs::write(&path, changed).expect("it is written");
            let error = read_log(dir.path()).expect_err("a change").to_string();
            assert!(error.contains(line), "{error}");
            assert!(append_to_log(dir.path(), deed("四")).is_err(), "a broken log takes no entry");
        }
    }
}
