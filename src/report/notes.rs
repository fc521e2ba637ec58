//! What an expert should know about a case besides its scores, in words.

use std::collections::BTreeMap;

use super::Report;
use crate::classify::Decision;
use crate::neighbours::{Neighbour, Origin};
use crate::nomination::{Flag, NominationId};
use crate::programme::CategoryIndex;
use crate::select::{RankedNomination, Status};

/// Below this the text counts as not fully read; above, the difference is rounding.
const FULL_COVERAGE: f32 = 0.999_5;

/// Less similar cases are not shown: the nearest case of the graded sets has a similarity of 58 at the median.
const MIN_SHOWN_SIMILARITY: f32 = 60.0;

/// One remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    /// How it is to be set.
    pub kind: NoteKind,
    /// The remark, without final punctuation.
    pub text: String,
}

/// What a remark asks of the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoteKind {
    /// Decide: the category is open.
    Decide,
    /// Check: something about the material is unusual.
    Check,
    /// Know: no action needed.
    Know,
}

/// Ids of the duplicates of a nomination, by the id that stands for them.
pub(super) type Links<'a> = BTreeMap<&'a NominationId, Vec<&'a NominationId>>;

impl<'a> Report<'a> {
    /// Who is linked to whom.
    pub(super) fn links(&self) -> Links<'a> {
        let mut links = Links::new();
        for entry in &self.ranking.entries {
            if let Some(representative) = &entry.placement.duplicate_of {
                links.entry(representative).or_default().push(&entry.nomination.id);
            }
        }
        links.values_mut().for_each(|ids| ids.sort_unstable());
        links
    }

    /// The remarks on `entry`, most pressing first.
    pub(super) fn notes(&self, entry: &RankedNomination, links: &Links<'_>) -> Vec<Note> {
        let w = self.wording();
        let (nomination, class) = (&entry.nomination, &entry.classification);
        let mut notes = Vec::new();
        let mut note = |kind, text| notes.push(Note { kind, text });
        if let Some(swap) = &entry.placement.floor {
            let raised = entry.placement.status == Status::Shortlisted;
            note(NoteKind::Know, w.floor(raised, entry.placement.rank, swap));
        }
        if class.decision == Decision::NeedsHuman {
            note(NoteKind::Decide, w.needs_human(&w.join(&self.likely_categories(entry, 2))));
        }
        for &flag in &nomination.flags {
            let text = match flag {
                Flag::DeclaredCategoryDiffers | Flag::DeclaredCategoryUnknown => {
                    w.declared(flag, &nomination.declared_category)
                }
                _ => w.flag(flag).to_owned(),
            };
            note(NoteKind::Check, text);
        }
        if entry.assessment.coverage < FULL_COVERAGE {
            note(NoteKind::Check, w.coverage(entry.assessment.coverage));
        }
        if class.decision == Decision::Assigned && !class.secondary.is_empty() {
            let names: Vec<&str> = class.secondary.iter().map(|&c| self.category_name(c)).collect();
            note(NoteKind::Know, w.secondary(&w.join(&names)));
        }
        if let Some(ids) = links.get(&nomination.id) {
            let ids: Vec<&str> = ids.iter().map(|id| id.as_str()).collect();
            note(NoteKind::Know, w.duplicated_by(&w.join(&ids)));
        }
        notes
    }

    /// The remarks on `entry` for who reads it in full: those of [`Report::notes`] and the nearest cases.
    pub(super) fn full_notes(&self, entry: &RankedNomination, links: &Links<'_>) -> Vec<Note> {
        let w = self.wording();
        let of = |origin| entry.neighbours.iter().filter(move |neighbour| neighbour.origin == origin);
        let told = |(at, neighbour): &(usize, &Neighbour)| *at == 0 || neighbour.is_same_case;
        let near = [Origin::Library, Origin::Batch].into_iter().flat_map(|origin| of(origin).enumerate().filter(told));
        let near = near.map(|(_, neighbour)| neighbour);
        let shown = |n: &&Neighbour| n.is_same_case || n.similarity >= MIN_SHOWN_SIMILARITY;
        let near = near.filter(shown).map(|neighbour| Note {
            kind: if neighbour.is_same_case { NoteKind::Check } else { NoteKind::Know },
            text: w.neighbour(neighbour),
        });
        self.notes(entry, links).into_iter().chain(near).collect()
    }

    /// The `count` most probable categories with their probabilities, as in 数字治理 42%.
    pub(super) fn likely_categories(&self, entry: &RankedNomination, count: usize) -> Vec<String> {
        let mut likely: Vec<(usize, f32)> = entry.classification.probabilities.iter().copied().enumerate().collect();
        likely.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let shown = likely.into_iter().take(count);
        shown.map(|(i, p)| format!("{} {:.0}%", self.category_name(CategoryIndex(i)), p * 100.0)).collect()
    }
}
