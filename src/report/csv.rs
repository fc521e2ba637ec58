//! `shortlist.csv`, what experts review, and `rejected.csv`, what could not enter the batch.
//!
//! Both open in Excel by a double click: UTF-8 with BOM, CRLF, and no cell that a spreadsheet would
//! run as a formula.

use std::borrow::Cow;

use super::evidence::quotes;
use super::notes::Links;
use super::record::rounded;
use super::view::{CategoryView, Standing};
use super::wording::Wording;
use super::{Report, ReportError};
use crate::nomination::Rejection;
use crate::select::RankedNomination;

/// Name of the list in a run folder.
pub(super) const SHORTLIST: &str = "shortlist.csv";

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Where `shortlist.csv` tells the channels, if there are some: after the level.
const CHANNELS_AT: usize = 8;

/// The columns of `rejected.csv`; the same in every language, because scripts read them.
const REJECTED_COLUMNS: [&str; 7] = ["file", "sheet", "row", "id", "title", "reason", "remedy"];

pub(super) fn render_rejected(report: &Report<'_>) -> Result<Vec<u8>, ReportError> {
    render_rejections(report.rejections, report.wording())
}

pub(super) fn render_rejections(rejections: &[Rejection], w: &Wording) -> Result<Vec<u8>, ReportError> {
    let rows = rejections.iter().map(|rejection| {
        let source = &rejection.source;
        vec![
            source.file.clone(),
            w.sheet_or_page(source),
            source.row.map(|row| row.to_string()).unwrap_or_default(),
            rejection.id.clone().unwrap_or_default(),
            rejection.title.clone().unwrap_or_default(),
            rejection.reason.clone(),
            rejection.remedy.clone(),
        ]
    });
    table("rejected.csv", &REJECTED_COLUMNS, rows)
}

pub(super) fn render_shortlist(report: &Report<'_>) -> Result<Vec<u8>, ReportError> {
    table(SHORTLIST, &shortlist_header(report), shortlist_rows(report).into_iter())
}

/// The header of `shortlist.csv`.
pub(super) fn shortlist_header(report: &Report<'_>) -> Vec<&'static str> {
    let w = report.wording();
    let c = &w.columns;
    let mut header = vec![
        c.category,
        c.standing,
        c.rank,
        c.id,
        c.title,
        c.unit,
        c.region,
        c.level,
        c.relevance,
        c.rank_interval,
        c.evidence,
        c.notes,
        c.source,
    ];
    if !report.programme.settings.channels.is_empty() {
        header.insert(CHANNELS_AT, w.evaluation.channels);
    }
    header
}

/// What experts review, by category.
pub(super) fn shortlist_rows(report: &Report<'_>) -> Vec<Vec<String>> {
    let (categories, links, channels) = (report.categories(), report.links(), report.channel_names());
    let rows = categories.iter().flat_map(|view| {
        let reviewed = view.shortlisted.iter().chain(&view.displaced).chain(&view.review);
        reviewed.map(|entry| {
            let mut row = shortlist_row(report, view, entry, &links);
            if let Some(channels) = &channels {
                row.insert(CHANNELS_AT, channels[&entry.nomination.id].clone());
            }
            row
        })
    });
    rows.collect()
}

fn shortlist_row(
    report: &Report<'_>,
    view: &CategoryView<'_>,
    entry: &RankedNomination,
    links: &Links<'_>,
) -> Vec<String> {
    let w = report.wording();
    let (nomination, placement) = (&entry.nomination, &entry.placement);
    let standing = Standing::from(placement.status);
    let told = |figure: String| if standing == Standing::Review { String::new() } else { figure };
    vec![
        view.name.to_owned(),
        w.standing(standing).to_owned(),
        told(placement.rank.to_string()),
        nomination.id.to_string(),
        nomination.title.clone(),
        nomination.unit.clone(),
        nomination.region.clone(),
        nomination.level.clone(),
        told(format!("{:.1}", rounded::<1>(entry.assessment.relevance))),
        told(w.interval(placement.rank_interval)),
        w.evidence_lines(&quotes(entry), &report.criterion_names()),
        w.remarks(&report.full_notes(entry, links)),
        w.place(&nomination.source),
    ]
}

pub(crate) fn table(
    file: &'static str,
    header: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<Vec<u8>, ReportError> {
    let failed = |cause: csv::Error| ReportError::Csv { file, cause };
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(BOM.to_vec());
    writer.write_record(header).map_err(failed)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| neutralized(cell).into_owned())).map_err(failed)?;
    }
    writer.into_inner().map_err(|e| failed(e.into_error().into()))
}

/// A cell that no spreadsheet program takes for a formula (OWASP, "CSV Injection").
fn neutralized(cell: &str) -> Cow<'_, str> {
    match cell.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => Cow::Owned(format!("'{cell}")),
        _ => Cow::Borrowed(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_get_an_apostrophe_and_text_does_not() {
        for hostile in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"] {
            assert_eq!(neutralized(hostile), format!("'{hostile}"));
        }
        for harmless in ["", "一网统管", "a=b", "'quoted"] {
            assert_eq!(neutralized(harmless), harmless);
        }
    }
}
