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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::classify::Classification;
    use crate::programme::{
        CategoryIndex, Criterion, CriterionIndex, Direction, Floor, FloorField, Signal, SignalScale,
    };
    use crate::score::{CriterionScore, SignalIndex, SignalScore};

    /// Two criteria, two signals, a floor for 县级, two places.
    fn programme() -> Programme {
        let mut programme =
            Programme::from_category_names("names.json".as_ref(), r#"["甲", "乙"]"#).expect("two names");
        programme.settings.selection.per_category = 2;
        programme.settings.selection.floors =
            vec![Floor { field: FloorField::Level, value: "县级".into(), at_least: 1, min_relevance: 30.0 }];
        programme.criteria = vec![Criterion::bare("results", 0.6), Criterion::bare("pupils", 0.4)];
        let signal = |id: &str, weight| Signal {
            id: id.into(),
            name: id.into(),
            name_en: String::new(),
            columns: Vec::new(),
            scale: SignalScale::Linear,
            low: Some(0.0),
            high: Some(100.0),
            direction: Direction::More,
            weight,
            cap: None,
        };
        programme.settings.signals = vec![signal("votes", 0.7), signal("visits", 0.3)];
        programme.settings.signal_share = 0.3;
        programme
    }

    /// Scores on both criteria, numbers of both signals, category and whether it is of a county.
    type Case = ([u8; 2], [Option<u8>; 2], usize, bool);

    fn ranking(cases: &[Case], programme: &Programme) -> Ranking {
        let candidate = |(position, (scores, signals, category, of_county)): (usize, &Case)| {
            let scores = scores.map(f32::from);
            let criteria = (0..2).map(|at| CriterionScore {
                criterion: CriterionIndex(at),
                score: scores[at],
                evidence: Vec::new(),
                grounds: Default::default(),
            });
            let signals = signals.iter().enumerate().filter_map(|(at, value)| {
                let value = (*value)?;
                let (signal, raw, scaled) = (SignalIndex(at), f64::from(value), f32::from(value));
                Some(SignalScore { signal, raw, scaled, share: 0.0 })
            });
            let signals: Vec<SignalScore> = signals.collect();
            Candidate {
                nomination: Nomination {
                    id: NominationId::new(format!("{position:02}")),
                    level: if *of_county { "县级".into() } else { "市级".into() },
                    ..Nomination::default()
                },
                classification: Classification::certain(CategoryIndex(*category), 2),
                assessment: Assessment {
                    relevance: relevance(programme, &scores, &signals),
                    criteria: criteria.collect(),
                    signals,
                    ..Assessment::default()
                },
                neighbours: Vec::new(),
                duplicate_of: (position % 7 == 6).then(|| NominationId::new("00")),
            }
        };
        let candidates = cases.iter().enumerate().map(candidate).collect();
        select(candidates, programme, SelectOptions { top: None, seed: 0 })
    }

    #[test]
    fn who_enters_and_who_leaves_is_named_with_the_weight_that_does_it() {
        let mut programme = programme();
        programme.settings.signals.clear();
        programme.settings.signal_share = 0.0;
        programme.settings.selection.floors.clear();
        // By 0.6 and 0.4 the places go to 00 (80) and 01 (60.4); by 0.52 and 0.48 case 02 has 60.72, and 01 has 58.48.
        let cases = [([80, 80], [None; 2], 0, false), ([70, 46], [None; 2], 0, false), ([54, 68], [None; 2], 0, false)];
        let found = Sensitivity::of_ranking(&ranking(&cases, &programme), &programme, None);
        let named = |ids: &[NominationId]| ids.iter().map(|id| id.to_string()).collect::<Vec<_>>();
        let told: Vec<_> = found
            .moves
            .iter()
            .map(|moved| (moved.by.map(|by| by.weight.id(&programme).to_owned()), named(&moved.total().enter)))
            .collect();
        let of = |id: &str, enter: &[&str]| (Some(id.to_owned()), enter.iter().map(|&id| id.to_owned()).collect());
        assert_eq!(
            told,
            [(None, vec![]), of("results", &[]), of("results", &["02"]), of("pupils", &["02"]), of("pupils", &[])]
        );
        let (most, change) = found.most().expect("something changes");
        assert_eq!((most.to, change.changed(), change.largest_move), (0.8 * most.from, 1, 1));
        assert_eq!((found.places(), named(&change.leave)), (2, vec!["01".to_owned()]));
        assert_eq!(found.moves[2].categories[1], Change::default(), "nobody competes there");
        programme.settings.selection.per_category = 3;
        let nobody_below = Sensitivity::of_ranking(&ranking(&cases, &programme), &programme, None);
        assert_eq!((nobody_below.places(), nobody_below.most()), (3, None), "the places are those of the run");
    }

    proptest! {
        #[test]
        fn unmoved_weights_give_the_list_as_it_is(
            cases in prop::collection::vec(
                (
                    prop::array::uniform2(0u8..=100),
                    prop::array::uniform2(prop::option::of(0u8..=100)),
                    0usize..2,
                    any::<bool>(),
                ),
                1..25,
            ),
        ) {
            let programme = programme();
            let ranking = ranking(&cases, &programme);
            let found = Sensitivity::of_ranking(&ranking, &programme, None);
            prop_assert_eq!(found.moves[0].by, None);
            for change in &found.moves[0].categories {
                prop_assert_eq!((change.changed(), change.largest_move), (0, 0));
            }
            for moved in &found.moves {
                for change in &moved.categories {
                    // Floors and quotas hold whatever the weights are.
                    prop_assert_eq!(change.enter.len(), change.leave.len());
                }
            }
        }
    }
}
