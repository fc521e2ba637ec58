//! `ranking.jsonl`: every nomination, by category in the programme's order, then by rank.

use std::path::Path;

use serde::Serialize;

use super::{RANKING_FILE, RankingRecord, Report, ReportError, read};
use crate::select::RankedNomination;
use crate::select::channels::channels;

pub(super) fn render(report: &Report<'_>) -> Result<Vec<u8>, ReportError> {
    let channels = channels(report.ranking, report.programme);
    let came = |entry: &RankedNomination| {
        let own = channels.as_ref().map(|channels| &channels[&entry.nomination.id]);
        own.map(|channels| channels.ids(report.programme))
    };
    let mut records = Vec::new();
    for view in report.categories() {
        let mut entries: Vec<&RankedNomination> = view.everyone().collect();
        entries.sort_by_key(|entry| (entry.placement.rank, &entry.nomination.id));
        records.extend(entries.into_iter().map(|entry| RankingRecord::new(entry, &view, came(entry), report)));
    }
    lines(RANKING_FILE, &records)
}

/// A line each.
pub(crate) fn lines<T: Serialize>(file: &'static str, rows: &[T]) -> Result<Vec<u8>, ReportError> {
    let mut lines = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut lines, row).map_err(|cause| ReportError::Json { file, cause })?;
        lines.push(b'\n');
    }
    Ok(lines)
}

/// One object, for people to read too.
pub(crate) fn pretty<T: Serialize>(file: &'static str, value: &T) -> Result<Vec<u8>, ReportError> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|cause| ReportError::Json { file, cause })?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Reads the ranking of the run folder `dir` back.
///
/// # Errors
/// When the file is missing, or a line is not what `run` wrote; the line is named.
pub fn read_ranking(dir: &Path) -> Result<Vec<RankingRecord>, ReportError> {
    let path = dir.join(RANKING_FILE);
    parse_ranking(&path, read(&path)?.as_bytes())
}

/// The records in `bytes`, which `path` holds.
///
/// # Errors
/// When a line is not what `run` wrote; it is named.
pub fn parse_ranking(path: &Path, bytes: &[u8]) -> Result<Vec<RankingRecord>, ReportError> {
    let lines = bytes.split(|&byte| byte == b'\n').enumerate().filter(|(_, line)| !line.trim_ascii().is_empty());
    lines
        .map(|(i, line)| {
            serde_json::from_slice(line).map_err(|cause| ReportError::Malformed {
                path: path.to_owned(),
                line: i + 1,
                cause,
            })
        })
        .collect()
}
