//! The ranking as experts may see it: by category, and blind below the line.
//!
//! Near misses and rescue cases go to the experts together, so that the rescue sample measures what
//! the cut line misses. That only works while nobody can tell the two apart. A label is not enough:
//! a case of the review sample whose rank or relevance can be looked up elsewhere in the same
//! files gives itself away. So every file for experts is built from [`Standing`], which has one
//! word for both, and shows neither rank nor score for that group anywhere.

use std::collections::BTreeMap;

use super::Report;
use super::wording::fill;
use crate::classify::Decision;
use crate::nomination::NominationId;
use crate::programme::{Category, CategoryIndex, Signal, SignalScale};
use crate::select::{RankedNomination, Status};

/// What experts are told about where a nomination stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Standing {
    /// Within the quota, or raised by a floor.
    Shortlisted,
    /// Within the quota by rank, and its place went to a floor.
    Displaced,
    /// A near miss or a rescue case; which of the two is not told.
    Review,
    /// Below the line.
    Other,
    /// Linked to another nomination.
    Duplicate,
}

impl From<Status> for Standing {
    fn from(status: Status) -> Self {
        match status {
            Status::Shortlisted => Standing::Shortlisted,
            Status::Displaced => Standing::Displaced,
            Status::NearMiss | Status::Rescue => Standing::Review,
            Status::BelowLine => Standing::Other,
            Status::Duplicate => Standing::Duplicate,
        }
    }
}

/// One category of the batch.
pub(super) struct CategoryView<'a> {
    /// Position in the programme.
    pub index: CategoryIndex,
    /// The programme's description of it.
    pub category: &'a Category,
    /// Name in the report's language.
    pub name: &'a str,
    /// How many could be shortlisted.
    pub quota: usize,
    /// By rank.
    pub shortlisted: Vec<&'a RankedNomination>,
    /// By rank.
    pub displaced: Vec<&'a RankedNomination>,
    /// By id.
    pub review: Vec<&'a RankedNomination>,
    /// By rank.
    pub others: Vec<&'a RankedNomination>,
    /// By id.
    pub duplicates: Vec<&'a RankedNomination>,
}

impl<'a> CategoryView<'a> {
    /// Everybody, in the order experts see them.
    pub fn everyone(&self) -> impl Iterator<Item = &'a RankedNomination> {
        let groups = [&self.shortlisted, &self.displaced, &self.review, &self.others, &self.duplicates];
        groups.into_iter().flatten().copied().collect::<Vec<_>>().into_iter()
    }

    /// Nominations of this category, duplicates too.
    pub fn len(&self) -> usize {
        self.ranked() + self.duplicates.len()
    }

    /// Nominations that compete for a place: all but duplicates.
    pub fn ranked(&self) -> usize {
        self.shortlisted.len() + self.displaced.len() + self.review.len() + self.others.len()
    }

    /// The last rank that is within the quota: as many are shortlisted, since a floor takes a place for each it gives.
    pub fn line(&self) -> usize {
        self.shortlisted.len()
    }

    /// Nominations whose category awaits a person.
    pub fn needs_human(&self) -> usize {
        self.everyone().filter(|entry| entry.classification.decision == Decision::NeedsHuman).count()
    }

    /// Relevance of the last one within the quota by rank, where the line cuts at all.
    pub fn cut_relevance(&self) -> Option<f32> {
        let within = self.shortlisted.iter().chain(&self.displaced).filter(|e| e.placement.rank <= self.line());
        within.max_by_key(|e| e.placement.rank).map(|last| last.assessment.relevance)
    }
}

impl<'a> Report<'a> {
    /// The categories in the programme's order, empty ones too.
    pub(super) fn categories(&self) -> Vec<CategoryView<'a>> {
        let programme = self.programme;
        let mut views: Vec<CategoryView<'a>> = programme
            .categories
            .iter()
            .enumerate()
            .map(|(position, category)| CategoryView {
                index: CategoryIndex(position),
                category,
                name: self.language.pick(&category.name, &category.name_en),
                quota: programme.quota(CategoryIndex(position)),
                shortlisted: Vec::new(),
                displaced: Vec::new(),
                review: Vec::new(),
                others: Vec::new(),
                duplicates: Vec::new(),
            })
            .collect();
        for entry in &self.ranking.entries {
            let view = &mut views[entry.placement.category.0];
            match Standing::from(entry.placement.status) {
                Standing::Shortlisted => view.shortlisted.push(entry),
                Standing::Displaced => view.displaced.push(entry),
                Standing::Review => view.review.push(entry),
                Standing::Other => view.others.push(entry),
                Standing::Duplicate => view.duplicates.push(entry),
            }
        }
        views.iter_mut().for_each(CategoryView::sort);
        views
    }

    /// Every nomination by its id.
    pub(super) fn by_id(&self) -> BTreeMap<&'a NominationId, &'a RankedNomination> {
        self.ranking.entries.iter().map(|entry| (&entry.nomination.id, entry)).collect()
    }

    /// Name of a category in the report's language.
    pub(super) fn category_name(&self, index: CategoryIndex) -> &'a str {
        let category = &self.programme.categories[index.0];
        self.language.pick(&category.name, &category.name_en)
    }

    /// Names of the criteria in the report's language, in the programme's order.
    pub(super) fn criterion_names(&self) -> Vec<&'a str> {
        self.programme.criteria.iter().map(|c| self.language.pick(&c.name, &c.name_en)).collect()
    }

    /// Each criterion with its share and what an expert checks, in the programme's order.
    pub(super) fn criterion_guide(&self) -> Vec<(&'a str, String)> {
        let questions = self.programme.criteria.iter().map(|criterion| {
            let question = self.language.pick(&criterion.question, &criterion.question_en);
            let share = fill(self.wording().criterion_share, &[&format!("{:.0}", 100.0 * criterion.weight)]);
            format!("{share}{question}")
        });
        self.criterion_names().into_iter().zip(questions).collect()
    }

    /// What the list was made from, by name: nothing that depends on a clock or on the machine.
    pub(super) fn provenance(&self) -> Vec<(&'static str, String)> {
        let (p, run) = (&self.wording().provenance, self.run);
        let short = |sha256: &str| sha256.chars().take(12).collect::<String>();
        let mut lines = vec![
            (p.program, format!("shortlister {}", run.program_version)),
            (p.model, format!("{} · {} · SHA-256 {}", run.model.name, run.model.engine, short(&run.model.sha256))),
            (p.programme, {
                let cases = p.model_cases(&run.programme);
                format!("{} · SHA-256 {}{cases}", run.programme.id, short(&run.programme.sha256))
            }),
            (p.pool, if run.is_adapted() { p.adapted } else { p.not_adapted }.to_owned()),
        ];
        lines.extend(self.signal_lines());
        lines.extend(self.channel_lines());
        if !run.library.is_empty() {
            let files = run.library.iter().map(|file| format!("SHA-256 {}", short(&file.sha256)));
            lines.push((p.library, files.collect::<Vec<_>>().join(self.wording().separator)));
        }
        if let Some(head) = &run.head {
            lines.insert(2, (p.head, format!("SHA-256 {}{}", short(&head.sha256), p.learned(head))));
        }
        lines
    }

    /// How to read the list: the terms, and which numbers from elsewhere count.
    pub(super) fn guide(&self) -> Vec<(&'static str, String)> {
        let w = self.wording();
        let terms = w.guide.iter().map(|&(term, meaning)| (term, meaning.to_owned()));
        terms.chain(self.signal_lines()).collect()
    }

    /// Which numbers from elsewhere count how much, and through which of them the batch moves a score.
    fn signal_lines(&self) -> Vec<(&'static str, String)> {
        let (w, settings) = (self.wording(), &self.programme.settings);
        let p = &w.provenance;
        if settings.signals.is_empty() {
            return Vec::new();
        }
        let name = |signal: &Signal| self.language.pick(&signal.name, &signal.name_en).to_owned();
        let share = |signal: &Signal| format!("{:.0}", 100.0 * signal.weight * settings.signal_share);
        let shares = settings.signals.iter().map(|s| fill(p.signal_share, &[&name(s), &share(s)]));
        let shares = shares.collect::<Vec<_>>().join(w.semicolon);
        let by_rank = settings.signals.iter().filter(|signal| signal.scale == SignalScale::Rank);
        let by_rank: Vec<String> = by_rank.map(name).collect();
        let mut lines = vec![(p.signals, fill(p.signals_count, &[&shares]))];
        if !by_rank.is_empty() {
            lines.push((p.pool, fill(p.by_rank, &[&w.join(&by_rank)])));
        }
        lines
    }

    /// Name of the programme in the report's language.
    pub(super) fn programme_name(&self) -> &'a str {
        let settings = &self.programme.settings;
        let name = self.language.pick(&settings.name, &settings.name_en);
        if name.is_empty() { &settings.id } else { name }
    }
}

impl CategoryView<'_> {
    fn sort(&mut self) {
        let by_id = |a: &&RankedNomination, b: &&RankedNomination| a.nomination.id.cmp(&b.nomination.id);
        let by_rank =
            |a: &&RankedNomination, b: &&RankedNomination| a.placement.rank.cmp(&b.placement.rank).then(by_id(a, b));
        self.shortlisted.sort_by(by_rank);
        self.displaced.sort_by(by_rank);
        self.review.sort_by(by_id);
        self.others.sort_by(by_rank);
        self.duplicates.sort_by(by_id);
    }
}
