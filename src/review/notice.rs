//! The result as it may be published, and what the public should know of how it came about.
//!
//! Both are drafts for people to decide on. Nothing in them is composed freely: reasons are sentences of the case's own
//! material and comments of experts, each with its source.

use super::document::{Block, Document};
use super::findings::Findings;
use super::merge::Merged;
use super::result::{Entry, Outcome, Verdict};
use crate::programme::{Language, Programme};
use crate::report::wording::{Wording, fill};
use crate::report::{CriterionRecord, EvidenceRecord, RankingRecord, RunRecord};
use crate::select::sensitivity::Sensitivity;

/// Sentences quoted for a winner: the best of so many criteria.
const QUOTES: usize = 3;

/// What the texts are made from.
#[derive(Debug, Clone, Copy)]
pub struct Publication<'a> {
    /// What the run judged by.
    pub programme: &'a Programme,
    /// Provenance of the run.
    pub record: &'a RunRecord,
    /// Every nomination.
    pub ranking: &'a [RankingRecord],
    /// What experts said.
    pub merged: &'a Merged,
    /// What follows from it.
    pub outcome: &'a Outcome,
    /// What the scores say of the panel.
    pub findings: &'a Findings,
    /// How the winners depend on the weights.
    pub sensitivity: &'a Sensitivity,
    /// Language of the texts.
    pub language: Language,
}

impl Publication<'_> {
    /// 通报: the winners of each category with reasons, and where each reason stands.
    #[must_use]
    pub fn notice(&self) -> Document {
        notice(self.name(), self.language, &[("", *self)])
    }

    /// The winners of each category, under headings that begin with the name of the `series`, where it has one; a series
    /// with one list has its heading already.
    fn winners(&self, series: &str, blocks: &mut Vec<Block>, sources: &mut Vec<String>) {
        let w = Wording::of(self.language);
        for category in &self.programme.categories {
            let own = self.outcome.entries.iter().filter(|entry| entry.category == category.id);
            let winners: Vec<&Entry> = own.clone().filter(|entry| entry.verdict == Verdict::Winner).collect();
            let tied: Vec<&Entry> = own.filter(|entry| entry.verdict == Verdict::TiedAtLine).collect();
            if winners.is_empty() && tied.is_empty() {
                continue;
            }
            let name = self.language.pick(&category.name, &category.name_en);
            let is_only = self.programme.categories.len() == 1;
            if series.is_empty() || !is_only {
                let heading = if series.is_empty() { name.to_owned() } else { format!("{series} · {name}") };
                blocks.push(Block::Heading(heading));
            }
            winners.iter().for_each(|entry| self.winner(entry, blocks, sources));
            if !tied.is_empty() {
                let names: Vec<String> = tied.iter().map(|entry| format!("{} {}", entry.id, entry.title)).collect();
                blocks.push(Block::Paragraph(fill(w.notice_words.tied, &[&w.join(&names)])));
            }
        }
    }

    fn name(&self) -> &str {
        let settings = &self.programme.settings;
        self.language.pick(&settings.name, &settings.name_en)
    }

    /// How the result came about, in figures.
    fn how(&self) -> String {
        let counts = &self.record.counts;
        let mut experts: Vec<&str> = self.merged.judgments.iter().map(|judgment| judgment.expert.as_str()).collect();
        experts.sort_unstable();
        experts.dedup();
        let judged = self.outcome.entries.iter().filter(|entry| entry.experts > 0).count();
        let review = &self.programme.settings.review;
        let figures = [
            counts.nominations.to_string(),
            counts.shortlisted.to_string(),
            (counts.near_miss + counts.rescue).to_string(),
            experts.len().to_string(),
            judged.to_string(),
            format!("{:.0}", 100.0 * review.panel_share),
            format!("{:.0}", 100.0 * review.relevance_share()),
        ];
        let how = fill(Wording::of(self.language).notice_words.how, &figures.each_ref().map(String::as_str));
        format!("{how}{}", self.by_channels())
    }

    /// What the channels have of the final score; empty where they have nothing.
    fn by_channels(&self) -> String {
        let share = self.programme.settings.review.channel_share;
        let words = Wording::of(self.language).evaluation.channels_count;
        if share > 0.0 { fill(words, &[&format!("{:.0}", 100.0 * share)]) } else { String::new() }
    }

    fn winner(&self, entry: &Entry, blocks: &mut Vec<Block>, sources: &mut Vec<String>) {
        let w = Wording::of(self.language);
        let n = &w.notice_words;
        let place = entry.place.unwrap_or_default();
        blocks.push(Block::Subheading(format!("{place}. {}", entry.title)));
        if !entry.unit.is_empty() {
            blocks.push(Block::Paragraph(format!("{}{}{}", w.columns.unit, w.colon, entry.unit)));
        }
        let Some(case) = self.ranking.iter().find(|case| case.id == entry.id) else { return };
        blocks.push(Block::Paragraph(n.reasons.to_owned()));
        for (criterion, quote) in quotes(case) {
            sources.push(format!("{} {}", case.id, quote.source));
            let name = self.programme.criterion_name(&criterion.id, self.language);
            blocks.push(Block::Item(fill(n.reason, &[name, &quote.text, &sources.len().to_string()])));
        }
        for judgment in &self.merged.judgments {
            if judgment.id == entry.id && !judgment.comment.is_empty() {
                sources.push(judgment.source.to_string());
                blocks.push(Block::Item(fill(n.comment, &[&judgment.comment, &sources.len().to_string()])));
            }
        }
    }

    /// One page on the program's part: purpose, model, data, role, oversight, appeals.
    #[must_use]
    pub fn public_record(&self) -> Document {
        let w = Wording::of(self.language);
        let r = &w.record_words;
        let (record, counts) = (self.record, &self.record.counts);
        let model = [record.model.name.as_str(), record.model.engine.as_str(), record.model.sha256.as_str()];
        let data = [counts.files.to_string(), counts.records.to_string(), counts.rejected.to_string()];
        let adapted = if record.is_adapted() { w.provenance.adapted } else { w.provenance.not_adapted };
        let share = format!("{:.0}", 100.0 * self.programme.settings.review.relevance_share());
        let ruled = self.outcome.entries.iter().filter(|entry| matches!(entry.verdict, Verdict::RuledOut { .. }));
        let versions = [record.program_version.as_str(), record.started_at.as_str(), record.programme.sha256.as_str()];
        let texts = [
            fill(r.purpose, &[self.name()]),
            fill(r.model, &model),
            format!("{}{adapted}", fill(r.data, &data.each_ref().map(String::as_str))),
            format!("{}{}", fill(r.role, &[&share]), self.by_channels()),
            fill(r.oversight, &[&ruled.count().to_string()]),
            r.appeals.to_owned(),
            fill(r.versions, &versions),
        ];
        let blocks = r
            .headings
            .iter()
            .zip(texts)
            .flat_map(|(heading, text)| [Block::Heading((*heading).to_owned()), Block::Paragraph(text)]);
        Document { title: fill(r.title, &[self.name()]), blocks: blocks.collect(), language: self.language }
    }
}

/// 通报 over one or several award series: for each its name, empty for the only one, and its result.
#[must_use]
pub fn notice(name: &str, language: Language, series: &[(&str, Publication<'_>)]) -> Document {
    let n = &Wording::of(language).notice_words;
    let mut blocks = vec![Block::Paragraph(n.draft.to_owned())];
    let mut sources: Vec<String> = Vec::new();
    for (name, publication) in series {
        if !name.is_empty() {
            blocks.push(Block::Heading((*name).to_owned()));
        }
        blocks.push(Block::Paragraph(publication.how()));
        publication.winners(name, &mut blocks, &mut sources);
    }
    blocks.push(Block::Heading(n.sources.to_owned()));
    blocks.extend(sources.into_iter().enumerate().map(|(i, source)| Block::Item(format!("[{}] {source}", i + 1))));
    Document { title: fill(n.title, &[name]), blocks, language }
}

/// The best sentence of each of the case's strongest criteria that is not quoted yet.
fn quotes(case: &RankingRecord) -> Vec<(&CriterionRecord, &EvidenceRecord)> {
    let mut criteria: Vec<&CriterionRecord> = case.criteria.iter().collect();
    criteria.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id)));
    let mut quotes: Vec<(&CriterionRecord, &EvidenceRecord)> = Vec::new();
    for criterion in criteria {
        let is_new = |evidence: &&EvidenceRecord| quotes.iter().all(|(_, quote)| quote.text != evidence.text);
        if let Some(best) = criterion.evidence.iter().find(is_new).filter(|_| quotes.len() < QUOTES) {
            quotes.push((criterion, best));
        }
    }
    quotes
}
