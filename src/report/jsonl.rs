//! `ranking.jsonl`: every nomination, by category in the programme's order, then by rank.

use std::path::Path;

use super::{RANKING_FILE, RankingRecord, Report, ReportError, read};
use crate::select::RankedNomination;

pub(super) fn render(report: &Report<'_>) -> Result<Vec<u8>, ReportError> {
    let w = report.wording();
    let mut lines = Vec::new();
    for view in report.categories() {
        let mut entries: Vec<&RankedNomination> = view.everyone().collect();
        entries.sort_by_key(|entry| (entry.placement.rank, &entry.nomination.id));
        for entry in entries {
            let record = RankingRecord::new(entry, &view, report.programme, w);
            serde_json::to_writer(&mut lines, &record)
                .map_err(|cause| ReportError::Json { file: RANKING_FILE, cause })?;
            lines.push(b'\n');
        }
    }
    Ok(lines)
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
