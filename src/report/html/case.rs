//! One nomination as the page shows it.

use std::collections::BTreeMap;

use super::chart::Span;
use crate::nomination::{NominationId, province};
use crate::report::Report;
use crate::report::evidence::{Segment, paragraphs, quotes};
use crate::report::notes::{Links, Note, NoteKind};
use crate::report::record::rounded;
use crate::report::view::CategoryView;
use crate::report::wording::fill;
use crate::score::CriterionScore;
use crate::select::RankedNomination;

/// What every case has in common.
pub(super) struct Shared<'a> {
    pub report: &'a Report<'a>,
    pub links: Links<'a>,
    pub by_id: BTreeMap<&'a NominationId, &'a RankedNomination>,
    pub criteria: Vec<&'a str>,
    /// Where the programme declares channels, those of each case.
    pub channels: &'a BTreeMap<NominationId, String>,
    /// Bytes of text that one case may take on the page.
    pub text_bytes: usize,
    /// Where each case is on the page. Counted by id: a number by rank would tell the rank.
    pub anchors: BTreeMap<&'a NominationId, usize>,
}

/// Who and where.
pub(super) struct Identity<'a> {
    pub anchor: usize,
    pub id: &'a str,
    pub title: &'a str,
    pub unit: &'a str,
    pub region: &'a str,
    /// What the region filter compares.
    pub province: &'a str,
    pub level: &'a str,
    /// Empty where the programme declares none, or the case came by none.
    pub channels: &'a str,
    /// None unless it is a web address.
    pub url: Option<&'a str>,
    pub source: String,
}

/// A case with its evidence: suggested, or of the review sample.
pub(super) struct CaseCard<'a> {
    pub who: Identity<'a>,
    /// None in the review sample, which shows neither rank nor score.
    pub scores: Option<Scores<'a>>,
    pub notes: Vec<Note>,
    pub quotes: Vec<MarkedQuote<'a>>,
    pub probabilities: String,
    pub text: Vec<Vec<Piece<'a>>>,
    /// Whether `text` leaves something out.
    pub is_excerpt: bool,
}

/// Figures of a suggested case.
pub(super) struct Scores<'a> {
    pub rank: usize,
    pub relevance: String,
    pub novelty: String,
    pub interval: String,
    pub span: Span,
    pub criteria: Vec<(&'a str, String)>,
    /// For each criterion what its score rests on.
    pub why: Vec<(&'a str, String)>,
}

/// A sentence with its surroundings and the criteria it supports.
pub(super) struct MarkedQuote<'a> {
    pub criteria: Vec<&'a str>,
    pub before: String,
    pub text: &'a str,
    pub after: String,
}

/// A stretch of the full text.
pub(super) enum Piece<'a> {
    Plain(&'a str),
    Marked(&'a str, Vec<&'a str>),
    Omitted(String),
}

/// A case below the line or a duplicate, as a row.
pub(super) struct Row<'a> {
    pub who: Identity<'a>,
    pub rank: usize,
    pub relevance: String,
    pub interval: String,
    pub notes: String,
    /// Anchor, id and title of what stands for it.
    pub linked: Option<(usize, &'a str, &'a str)>,
}

impl<'a> Shared<'a> {
    pub fn identity(&self, entry: &'a RankedNomination) -> Identity<'a> {
        let nomination = &entry.nomination;
        let is_web = ["https://", "http://"].iter().any(|scheme| nomination.url.starts_with(scheme));
        Identity {
            anchor: self.anchors.get(&nomination.id).copied().unwrap_or_default(),
            id: nomination.id.as_str(),
            title: &nomination.title,
            unit: &nomination.unit,
            region: &nomination.region,
            province: province(&nomination.region),
            level: &nomination.level,
            channels: self.channels.get(&nomination.id).map_or("", String::as_str),
            url: is_web.then_some(nomination.url.as_str()),
            source: self.report.wording().place(&nomination.source),
        }
    }

    /// `view` is given for a suggested case, whose figures are shown.
    pub fn card(&self, entry: &'a RankedNomination, view: Option<&CategoryView<'_>>) -> CaseCard<'a> {
        let quotes = quotes(entry).into_iter().map(|quote| MarkedQuote {
            criteria: quote.criteria.iter().map(|c| self.criteria[c.0]).collect(),
            before: quote.before,
            text: quote.text,
            after: quote.after,
        });
        let is_excerpt = entry.nomination.text.len() > self.text_bytes;
        let text = paragraphs(entry);
        CaseCard {
            who: self.identity(entry),
            scores: view.map(|view| self.scores(entry, view)),
            notes: self.report.full_notes(entry, &self.links),
            quotes: quotes.collect(),
            probabilities: self.report.wording().join(&self.report.likely_categories(entry, 3)),
            text: if is_excerpt { self.excerpt(text) } else { text.into_iter().map(|p| self.pieces(p)).collect() },
            is_excerpt,
        }
    }

    pub fn row(&self, entry: &'a RankedNomination) -> Row<'a> {
        let w = self.report.wording();
        let representative = entry.placement.duplicate_of.as_ref().and_then(|id| self.by_id.get(id));
        let linked = representative.map(|of| self.identity(of));
        let notes = self.report.notes(entry, &self.links);
        Row {
            who: self.identity(entry),
            rank: entry.placement.rank,
            relevance: one_decimal(entry.assessment.relevance),
            interval: w.interval(entry.placement.rank_interval),
            notes: w.join(&notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>()),
            linked: linked.map(|of| (of.anchor, of.id, of.title)),
        }
    }

    fn scores(&self, entry: &RankedNomination, view: &CategoryView<'_>) -> Scores<'a> {
        let (placement, assessment) = (&entry.placement, &entry.assessment);
        let w = self.report.wording();
        let (shortlisted, ranked) = (view.line(), view.ranked());
        let line = (shortlisted < ranked).then_some(shortlisted);
        let named = |c: &CriterionScore| self.criteria[c.criterion.0];
        let criteria = assessment.criteria.iter().map(|c| (named(c), one_decimal(c.score)));
        let why = assessment.criteria.iter().map(|c| (named(c), w.why(&c.grounds)));
        Scores {
            rank: placement.rank,
            relevance: one_decimal(assessment.relevance),
            novelty: one_decimal(assessment.novelty),
            interval: w.interval(placement.rank_interval),
            span: Span::new(placement.rank, placement.rank_interval, line, ranked),
            criteria: criteria.collect(),
            why: why.collect(),
        }
    }

    fn pieces(&self, segments: Vec<Segment<'a>>) -> Vec<Piece<'a>> {
        segments.into_iter().map(|segment| self.piece(&segment)).collect()
    }

    fn piece(&self, segment: &Segment<'a>) -> Piece<'a> {
        if segment.criteria.is_empty() {
            return Piece::Plain(segment.text);
        }
        Piece::Marked(segment.text, segment.criteria.iter().map(|c| self.criteria[c.0]).collect())
    }

    /// The marked sentences, and in place of the rest how much it is.
    fn excerpt(&self, text: Vec<Vec<Segment<'a>>>) -> Vec<Vec<Piece<'a>>> {
        let mut kept = Vec::new();
        let mut omitted = 0;
        let omission = |chars: usize| Piece::Omitted(fill(self.report.wording().page.omitted, &[&chars.to_string()]));
        for paragraph in text {
            let mut pieces = Vec::new();
            for segment in paragraph {
                if segment.criteria.is_empty() {
                    omitted += segment.text.chars().count();
                    continue;
                }
                if omitted > 0 {
                    pieces.push(omission(std::mem::take(&mut omitted)));
                }
                pieces.push(self.piece(&segment));
            }
            if !pieces.is_empty() {
                kept.push(pieces);
            }
        }
        if omitted > 0 {
            kept.push(vec![omission(omitted)]);
        }
        kept
    }
}

impl Note {
    /// Class of the chip.
    pub fn class(&self) -> &'static str {
        match self.kind {
            NoteKind::Decide => "decide",
            NoteKind::Check => "check",
            NoteKind::Know => "know",
        }
    }
}

fn one_decimal(score: f32) -> String {
    format!("{:.1}", rounded::<1>(score))
}
