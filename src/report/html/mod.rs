//! `shortlist.html`: one page that needs no network, no script and no other file.
//!
//! The script only filters, compares and follows the keyboard; everything is readable without it. The page's security policy forbids
//! every request and every script but this one, named by its hash.

mod case;
mod chart;

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use base64::Engine as _;
use sha2::{Digest, Sha256};

use self::case::{CaseCard, Piece, Row, Shared};
use self::chart::{BarChart, Spread, Strips};
use super::view::{CategoryView, Standing};
use super::wording::{Wording, fill};
use super::{Report, ReportError, sensitivity};
use crate::nomination::{Nomination, NominationId, province};
use crate::programme::Language;
use crate::select::RankedNomination;

const STYLE: &str = include_str!("../../../templates/shortlist.css");
const SCRIPT: &str = include_str!("../../../templates/shortlist.js");

/// Text of all cases on the page, in bytes, so that a thousand nominations stay below 5 MB.
const TEXT_BUDGET_BYTES: usize = 2_000_000;

#[derive(Template)]
#[template(path = "shortlist.html")]
struct ShortlistPage<'a> {
    w: &'static Wording,
    style: &'static str,
    script: &'static str,
    policy: String,
    programme: &'a str,
    /// Label and figure for the head of the page.
    figures: Vec<(&'static str, usize)>,
    guide: Vec<(&'static str, String)>,
    criterion_guide: Vec<(&'a str, String)>,
    provenance: Vec<(&'static str, String)>,
    charts: Vec<BarChart>,
    strips: Strips,
    /// How much the list depends on the weights, in numbers.
    sensitivity: Option<String>,
    provinces: BTreeSet<&'a str>,
    levels: BTreeSet<&'a str>,
    standings: [&'static str; 5],
    sections: Vec<Section<'a>>,
    rejections: Vec<Refused<'a>>,
}

/// One category.
struct Section<'a> {
    index: usize,
    name: &'a str,
    about: &'a str,
    head: String,
    line: Option<String>,
    shortlisted: Vec<CaseCard<'a>>,
    displaced: Vec<CaseCard<'a>>,
    review: Vec<CaseCard<'a>>,
    others: Vec<Row<'a>>,
    duplicates: Vec<Row<'a>>,
}

/// One record that could not enter the batch.
struct Refused<'a> {
    place: String,
    id: &'a str,
    title: &'a str,
    reason: &'a str,
    remedy: &'a str,
}

pub(super) fn render(report: &Report<'_>) -> Result<Vec<u8>, ReportError> {
    let w = report.wording();
    let views = report.categories();
    let channels = report.channel_names().unwrap_or_default();
    let shared = shared(report, &views, &channels);
    let page = ShortlistPage {
        w,
        style: STYLE,
        script: SCRIPT,
        policy: policy(),
        programme: report.programme_name(),
        figures: figures(report, &views),
        guide: report.guide(),
        criterion_guide: report.criterion_guide(),
        provenance: report.provenance(),
        charts: charts(report, &views),
        strips: strips(&views),
        sensitivity: sensitivity::summary(report.sensitivity, report.programme, w.shortlisted, report.language),
        provinces: distinct(report, |nomination| province(&nomination.region)),
        levels: distinct(report, |nomination| &nomination.level),
        standings: [w.shortlisted, w.displaced, w.review, w.other, w.duplicate],
        sections: views.iter().map(|view| section(&shared, view)).collect(),
        rejections: report.rejections.iter().map(|r| refused(w, r)).collect(),
    };
    Ok(page.render()?.into_bytes())
}

fn shared<'a>(
    report: &'a Report<'a>,
    views: &[CategoryView<'a>],
    channels: &'a BTreeMap<NominationId, String>,
) -> Shared<'a> {
    let cards: usize = views.iter().map(|view| view.shortlisted.len() + view.displaced.len() + view.review.len()).sum();
    Shared {
        report,
        links: report.links(),
        by_id: report.by_id(),
        criteria: report.criterion_names(),
        channels,
        text_bytes: TEXT_BUDGET_BYTES / cards.max(1),
        anchors: report.by_id().into_keys().zip(1..).collect(),
    }
}

/// Nothing may be loaded or sent; the one script is allowed by its hash.
fn policy() -> String {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(SCRIPT.as_bytes()));
    format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'"
    )
}

fn figures(report: &Report<'_>, views: &[CategoryView<'_>]) -> Vec<(&'static str, usize)> {
    let (w, o) = (report.wording(), &report.wording().overview);
    let sum = |count: fn(&CategoryView<'_>) -> usize| views.iter().map(count).sum();
    vec![
        (o.nominations, report.ranking.entries.len()),
        (w.shortlisted, sum(|view| view.shortlisted.len())),
        (w.review, sum(|view| view.review.len())),
        (o.duplicates, sum(|view| view.duplicates.len())),
        (o.needs_human, sum(|view| view.needs_human())),
        (o.rejected, report.rejections.len()),
    ]
}

fn charts(report: &Report<'_>, views: &[CategoryView<'_>]) -> Vec<BarChart> {
    let page = &report.wording().page;
    let rest = |names: usize| fill(page.rest, &[&names.to_string()]);
    let given = |name: &str| if name.is_empty() { page.not_given.to_owned() } else { name.to_owned() };
    let entries = || {
        report
            .ranking
            .entries
            .iter()
            .map(|entry| (&entry.nomination, Standing::from(entry.placement.status) == Standing::Shortlisted))
    };
    let categories = views.iter().map(|view| (view.name.to_owned(), view.len(), view.shortlisted.len()));
    let regions = entries().map(|(nomination, listed)| (given(province(&nomination.region)), listed));
    let levels = entries().map(|(nomination, listed)| (given(&nomination.level), listed));
    vec![
        BarChart::new(page.by_category, categories.collect()),
        BarChart::grouped(page.by_region, regions, rest),
        BarChart::grouped(page.by_level, levels, rest),
    ]
}

/// The relevance of every case that is told: those of the review sample are not.
fn strips(views: &[CategoryView<'_>]) -> Strips {
    let rows = views.iter().map(|view| {
        let listed = view.shortlisted.iter().map(|entry| (entry, true));
        let others = view.displaced.iter().chain(&view.others).map(|entry| (entry, false));
        let dot = |(entry, is_listed): (&&RankedNomination, bool)| {
            (entry.assessment.relevance, is_listed, entry.nomination.title.clone())
        };
        let cut = view.cut_relevance().filter(|_| view.ranked() > view.shortlisted.len());
        Spread { name: view.name.to_owned(), cases: listed.chain(others).map(dot).collect(), cut }
    });
    Strips::new(rows.collect())
}

fn distinct<'a>(report: &Report<'a>, field: impl Fn(&'a Nomination) -> &'a str) -> BTreeSet<&'a str> {
    let values = report.ranking.entries.iter().map(|entry| field(&entry.nomination));
    values.filter(|value| !value.is_empty()).collect()
}

fn section<'a>(shared: &Shared<'a>, view: &CategoryView<'a>) -> Section<'a> {
    let page = &shared.report.wording().page;
    let [len, quota, shortlisted] = [view.len(), view.quota, view.shortlisted.len()].map(|n| n.to_string());
    let line = if view.ranked() > view.shortlisted.len() {
        fill(page.cut_line, &[&shortlisted])
    } else {
        page.no_cut_line.to_owned()
    };
    Section {
        index: view.index.0,
        name: view.name,
        // The programme describes its categories in Chinese only.
        about: if shared.report.language == Language::Zh { &view.category.about } else { "" },
        head: fill(page.category_head, &[&len, &quota, &shortlisted]),
        line: (!view.shortlisted.is_empty()).then_some(line),
        shortlisted: view.shortlisted.iter().map(|entry| shared.card(entry, Some(view))).collect(),
        displaced: view.displaced.iter().map(|entry| shared.card(entry, Some(view))).collect(),
        review: view.review.iter().map(|entry| shared.card(entry, None)).collect(),
        others: view.others.iter().map(|entry| shared.row(entry)).collect(),
        duplicates: view.duplicates.iter().map(|entry| shared.row(entry)).collect(),
    }
}

fn refused<'a>(w: &Wording, rejection: &'a crate::nomination::Rejection) -> Refused<'a> {
    Refused {
        place: w.place(&rejection.source),
        id: rejection.id.as_deref().unwrap_or_default(),
        title: rejection.title.as_deref().unwrap_or_default(),
        reason: &rejection.reason,
        remedy: &rejection.remedy,
    }
}
