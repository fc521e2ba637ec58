//! Assessments and quotas in, a [`Ranking`] with its cut line out.

pub mod channels;
mod floors;
mod rank;
pub mod rescue;
pub mod sensitivity;

use serde::{Deserialize, Serialize};

use crate::classify::Classification;
use crate::neighbours::Neighbour;
use crate::nomination::{Nomination, NominationId};
use crate::programme::{CategoryIndex, Floor, Programme};
use crate::score::Assessment;
use rank::Contender;

/// Every nomination of the batch, by category in the programme's order, then by rank.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// Nobody is left out.
    pub entries: Vec<RankedNomination>,
}

/// A nomination with all that was found about it and where that puts it.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedNomination {
    /// What came in.
    pub nomination: Nomination,
    /// Its category.
    pub classification: Classification,
    /// Its scores.
    pub assessment: Assessment,
    /// The cases nearest to it.
    pub neighbours: Vec<Neighbour>,
    /// Its place.
    pub placement: Placement,
}

/// A nomination's place within its category.
#[derive(Debug, Clone, PartialEq)]
pub struct Placement {
    /// The category it is ranked in.
    pub category: CategoryIndex,
    /// From 1; duplicates come after all others.
    pub rank: usize,
    /// The ranks between which it falls under resampling, lowest and highest, both inclusive.
    pub rank_interval: (usize, usize),
    /// What that means for the shortlist.
    pub status: Status,
    /// The nomination that stands for the group, when this one is linked to it.
    pub duplicate_of: Option<NominationId>,
    /// The floor that raised or displaced it.
    pub floor: Option<FloorSwap>,
}

/// A place that went to another than rank alone would have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloorSwap {
    /// The level or region that the floor is for.
    pub floor: String,
    /// Who gave way, or whose way it was.
    pub with: NominationId,
}

/// What becomes of a nomination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Within the quota, or raised by a floor.
    Shortlisted,
    /// Within the quota by rank, and its place went to a floor; experts are told.
    Displaced,
    /// Below the line, and its rank interval crosses it.
    NearMiss,
    /// Below the line, drawn at random; experts are not told.
    Rescue,
    /// Below the line.
    BelowLine,
    /// Linked to another nomination that is ranked in its stead.
    Duplicate,
}

/// What selection looks at of one nomination.
#[derive(Debug)]
pub struct Candidate {
    /// What came in.
    pub nomination: Nomination,
    /// Its category.
    pub classification: Classification,
    /// Its scores.
    pub assessment: Assessment,
    /// The cases nearest to it.
    pub neighbours: Vec<Neighbour>,
    /// The nomination that stands for its group of duplicates, if it is not that one itself.
    pub duplicate_of: Option<NominationId>,
}

/// Where the line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SelectOptions {
    /// Replaces every quota of the programme.
    pub top: Option<usize>,
    /// Seed of the rescue sample.
    pub seed: u64,
}

/// Ranks every candidate within its category and draws the line.
#[must_use]
pub fn select(candidates: Vec<Candidate>, programme: &Programme, options: SelectOptions) -> Ranking {
    let mut by_category: Vec<Vec<Candidate>> = programme.categories.iter().map(|_| Vec::new()).collect();
    for candidate in candidates {
        by_category[candidate.classification.category.0].push(candidate);
    }
    let entries = by_category.into_iter().enumerate().flat_map(|(index, candidates)| {
        let category = CategoryIndex(index);
        let line = Line {
            category,
            quota: options.top.unwrap_or_else(|| programme.quota(category)),
            floors: &programme.settings.selection.floors,
        };
        line.draw(candidates)
    });
    let mut entries: Vec<RankedNomination> = entries.collect();
    rescue::draw(&mut entries, programme.rescue_size(), options.seed);
    Ranking { entries }
}

/// The cut line of one category.
struct Line<'a> {
    category: CategoryIndex,
    quota: usize,
    floors: &'a [Floor],
}

impl Line<'_> {
    fn draw(&self, candidates: Vec<Candidate>) -> Vec<RankedNomination> {
        let (duplicates, originals): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|c| c.duplicate_of.is_some());
        let mut entries = self.rank(originals, 0);
        self.settle(&mut entries);
        let linked = self.rank(duplicates, entries.len());
        entries.extend(linked);
        entries
    }

    /// Entries in rank order; ranks go on from `above`.
    fn rank(&self, candidates: Vec<Candidate>, above: usize) -> Vec<RankedNomination> {
        let contenders: Vec<_> = candidates.iter().map(Contender::from).collect();
        let order = rank::order(&contenders);
        let intervals = rank::intervals(&contenders, &order);
        let mut slots: Vec<Option<Candidate>> = candidates.into_iter().map(Some).collect();
        let ranked = order.into_iter().enumerate().map(|(rank, position)| {
            let candidate = slots[position].take().expect("an order names each position once");
            let (low, high) = intervals[position];
            let status = if candidate.duplicate_of.is_some() { Status::Duplicate } else { Status::BelowLine };
            RankedNomination {
                placement: Placement {
                    category: self.category,
                    rank: above + rank + 1,
                    rank_interval: (above + low, above + high),
                    status,
                    duplicate_of: candidate.duplicate_of,
                    floor: None,
                },
                nomination: candidate.nomination,
                classification: candidate.classification,
                assessment: candidate.assessment,
                neighbours: candidate.neighbours,
            }
        });
        ranked.collect()
    }

    fn settle(&self, entries: &mut [RankedNomination]) {
        for entry in entries.iter_mut() {
            let placement = &mut entry.placement;
            if placement.rank <= self.quota {
                placement.status = Status::Shortlisted;
            } else if placement.rank_interval.0 <= self.quota {
                placement.status = Status::NearMiss;
            }
        }
        floors::settle(entries, self.floors);
    }
}

impl<'a> From<&'a Candidate> for Contender<'a> {
    fn from(candidate: &'a Candidate) -> Self {
        Self {
            id: &candidate.nomination.id,
            relevance: candidate.assessment.relevance,
            resampled: &candidate.assessment.resampled_relevance,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAMES: &str = r#"["甲", "乙"]"#;

    fn programme(quota: usize, floors: Vec<Floor>) -> Programme {
        let mut programme = Programme::from_category_names("names.json".as_ref(), NAMES).expect("two names");
        programme.settings.selection.per_category = quota;
        programme.settings.selection.rescue_per_category = 1;
        programme.settings.selection.floors = floors;
        programme
    }

    fn floor(value: &str, at_least: usize) -> Floor {
        Floor { field: crate::programme::FloorField::Level, value: value.into(), at_least, min_relevance: 10.0 }
    }

    /// A case of the first category for each (relevance, level).
    fn batch(cases: &[(f32, &str)]) -> Vec<Candidate> {
        let candidate = |(position, &(relevance, level)): (usize, &(f32, &str))| Candidate {
            nomination: Nomination {
                id: NominationId::new(format!("{position:02}")),
                level: level.into(),
                ..Nomination::default()
            },
            classification: Classification::certain(CategoryIndex(0), 2),
            assessment: Assessment { relevance, ..Assessment::default() },
            neighbours: Vec::new(),
            duplicate_of: None,
        };
        cases.iter().enumerate().map(candidate).collect()
    }

    fn drawn(cases: &[(f32, &str)], programme: &Programme) -> Vec<(String, Status, Option<String>)> {
        let ranking = select(batch(cases), programme, SelectOptions { top: None, seed: 0 });
        let told = |e: RankedNomination| {
            (e.nomination.id.to_string(), e.placement.status, e.placement.floor.map(|swap| swap.with.to_string()))
        };
        ranking.entries.into_iter().map(told).collect()
    }

    #[test]
    fn a_floor_raises_its_best_case_and_says_who_gave_way() {
        let cases = [(90.0, "市级"), (80.0, "县级"), (70.0, "市级"), (60.0, "县级"), (50.0, "乡镇"), (40.0, "乡镇")];
        let told = drawn(&cases, &programme(3, vec![floor("乡镇", 1), floor("县级", 1)]));
        assert_eq!(told[2], ("02".into(), Status::Displaced, Some("04".into())));
        assert_eq!(told[4], ("04".into(), Status::Shortlisted, Some("02".into())));
        assert_eq!(told[1].1, Status::Shortlisted, "the case that another floor needs stays");
        assert_eq!(told.iter().filter(|t| t.1 == Status::Shortlisted).count(), 3);
    }

    #[test]
    fn a_floor_without_a_worthy_case_changes_nothing() {
        let cases = [(90.0, "市级"), (80.0, "市级"), (5.0, "乡镇")];
        let told = drawn(&cases, &programme(1, vec![floor("乡镇", 1), floor("省级", 1)]));
        assert_eq!(told[0].1, Status::Shortlisted);
        assert!(told.iter().all(|t| t.1 != Status::Displaced && t.2.is_none()));
    }

    proptest! {
        #[test]
        fn floors_keep_the_length_of_the_list_and_every_displaced_case_names_its_successor(
            cases in prop::collection::vec((0u8..100, 0usize..3), 1..30), quota in 2usize..8, least in 0usize..2,
        ) {
            let levels = ["市级", "县级", "乡镇"];
            let cases: Vec<(f32, &str)> = cases.iter().map(|&(r, l)| (f32::from(r), levels[l])).collect();
            let floors = vec![floor("乡镇", least), floor("县级", 1)];
            let told = drawn(&cases, &programme(quota, floors));
            let with = |status| told.iter().filter(move |t| t.1 == status);
            prop_assert_eq!(with(Status::Shortlisted).count(), quota.min(cases.len()));
            prop_assert_eq!(with(Status::Rescue).count(), 2.min(with(Status::Rescue).count() + with(Status::BelowLine).count()));
            for displaced in with(Status::Displaced) {
                let successor = told.iter().find(|t| Some(&t.0) == displaced.2.as_ref()).expect("it is named");
                prop_assert_eq!((successor.1, successor.2.as_ref()), (Status::Shortlisted, Some(&displaced.0)));
            }
        }
    }
}
