//! How a list changes when one of the weights behind it moves by a fifth.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::{Candidate, RankedNomination, Ranking, SelectOptions, Status, select};
use crate::nomination::{Nomination, NominationId};
use crate::programme::{Move, Programme};
use crate::score::{Assessment, relevance};

/// The list of one category: who is chosen, and the place of all who compete.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// Who is shortlisted, or wins.
    pub chosen: BTreeSet<NominationId>,
    /// From 1.
    pub places: BTreeMap<NominationId, usize>,
}

/// What becomes of the list of one category.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// How many are chosen as the weights are.
    pub places: usize,
    /// Who would be chosen and is not.
    pub enter: Vec<NominationId>,
    /// Who is chosen and would not be.
    pub leave: Vec<NominationId>,
    /// The largest number of places by which anybody would go up or down.
    pub largest_move: usize,
}

/// What becomes of every list by one move.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// Which weight; none where all stay, and then nothing changes.
    pub by: Option<Move>,
    /// `[categories]`, in the programme's order.
    pub categories: Vec<Change>,
}

/// What becomes of the lists by every move, the unmoved weights first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sensitivity {
    /// In the order of the moves.
    pub moves: Vec<Moved>,
}

impl Change {
    /// How many of the chosen are others.
    #[must_use]
    pub fn changed(&self) -> usize {
        // Ties at the line of a result may leave a place open, so that more leave than enter.
        self.enter.len().max(self.leave.len())
    }

    fn between(before: &List, after: &List) -> Self {
        let without = |these: &List, those: &List| these.chosen.difference(&those.chosen).cloned().collect();
        let moves = before.places.iter().filter_map(|(id, place)| Some(place.abs_diff(*after.places.get(id)?)));
        Self {
            places: before.chosen.len(),
            enter: without(after, before),
            leave: without(before, after),
            largest_move: moves.max().unwrap_or(0),
        }
    }
}

impl Moved {
    /// All categories together.
    #[must_use]
    pub fn total(&self) -> Change {
        self.categories.iter().fold(Change::default(), |mut sum, change| {
            sum.places += change.places;
            sum.enter.extend(change.enter.iter().cloned());
            sum.leave.extend(change.leave.iter().cloned());
            sum.largest_move = sum.largest_move.max(change.largest_move);
            sum
        })
    }
}

impl Sensitivity {
    /// Compares the lists as they are, `before`, with those that `after` makes of the programme with each of `moves`, and
    /// with none: `[categories]` each, in the programme's order.
    pub fn new(
        programme: &Programme,
        moves: &[Move],
        before: &[List],
        after: impl Fn(&Programme) -> Vec<List> + Sync,
    ) -> Self {
        let all: Vec<Option<Move>> = std::iter::once(None).chain(moves.iter().copied().map(Some)).collect();
        let moved = |by: &Option<Move>| {
            let lists = by.map_or_else(|| after(programme), |by| after(&programme.moved(by)));
            let categories = before.iter().zip(&lists).map(|(before, after)| Change::between(before, after));
            Moved { by: *by, categories: categories.collect() }
        };
        Self { moves: all.par_iter().map(moved).collect() }
    }

    /// How the shortlists of `ranking`, made by `programme`, depend on the weights in the relevance; `top` stood in place
    /// of every quota. Floors and quotas are those of the run.
    #[must_use]
    pub fn of_ranking(ranking: &Ranking, programme: &Programme, top: Option<usize>) -> Self {
        let categories = programme.categories.len();
        let before = lists(&ranking.entries, categories);
        Self::new(programme, &programme.moves_of_relevance(), &before, |programme| {
            let candidates = ranking.entries.iter().map(|entry| judged_again(entry, programme)).collect();
            // The seed draws the rescue sample alone, which is not looked at.
            lists(&select(candidates, programme, SelectOptions { top, seed: 0 }).entries, categories)
        })
    }

    /// The move that changes most of the list, the first of those that change as much; none where nothing changes.
    #[must_use]
    pub fn most(&self) -> Option<(Move, Change)> {
        let mut most: Option<(Move, Change)> = None;
        for moved in &self.moves {
            let (Some(by), total) = (moved.by, moved.total()) else { continue };
            if total.changed() > most.as_ref().map_or(0, |(_, change)| change.changed()) {
                most = Some((by, total));
            }
        }
        most
    }

    /// How many are chosen as the weights are.
    #[must_use]
    pub fn places(&self) -> usize {
        self.moves.first().map_or(0, |moved| moved.total().places)
    }

    /// Whether there is a weight that can move.
    #[must_use]
    pub fn says_anything(&self) -> bool {
        self.moves.len() > 1
    }
}

/// The entry as selection needs it, its relevance by the weights of `programme`.
fn judged_again(entry: &RankedNomination, programme: &Programme) -> Candidate {
    let RankedNomination { nomination, assessment, placement, .. } = entry;
    let scores: Vec<f32> = assessment.criteria.iter().map(|criterion| criterion.score).collect();
    Candidate {
        nomination: Nomination {
            id: nomination.id.clone(),
            level: nomination.level.clone(),
            region: nomination.region.clone(),
            ..Nomination::default()
        },
        classification: entry.classification.clone(),
        assessment: Assessment {
            relevance: relevance(programme, &scores, &assessment.signals),
            // Who is shortlisted follows from the relevance alone; resamples tell near misses from the rest.
            ..Assessment::default()
        },
        neighbours: Vec::new(),
        duplicate_of: placement.duplicate_of.clone(),
    }
}

fn lists(entries: &[RankedNomination], categories: usize) -> Vec<List> {
    let mut lists = vec![List::default(); categories];
    for entry in entries.iter().filter(|entry| entry.placement.status != Status::Duplicate) {
        let list = &mut lists[entry.placement.category.0];
        list.places.insert(entry.nomination.id.clone(), entry.placement.rank);
        if entry.placement.status == Status::Shortlisted {
            list.chosen.insert(entry.nomination.id.clone());
        }
    }
    lists
}
