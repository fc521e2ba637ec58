//! Assessments and quotas in, a [`Ranking`] with its cut line out.

mod rank;

use serde::{Deserialize, Serialize};

use crate::classify::Classification;
use crate::nomination::{Nomination, NominationId};
use crate::programme::{CategoryIndex, Programme};
use crate::random::Stream;
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
}

/// What becomes of a nomination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Within the quota.
    Shortlisted,
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
            rescue: programme.settings.selection.rescue_per_category,
            seed: options.seed,
        };
        line.draw(candidates)
    });
    Ranking { entries: entries.collect() }
}

/// The cut line of one category.
struct Line {
    category: CategoryIndex,
    quota: usize,
    rescue: usize,
    seed: u64,
}

impl Line {
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
                },
                nomination: candidate.nomination,
                classification: candidate.classification,
                assessment: candidate.assessment,
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
        let mut below: Vec<&mut RankedNomination> =
            entries.iter_mut().filter(|e| e.placement.status == Status::BelowLine).collect();
        // The smallest of one random number an id: a simple random sample whatever the order.
        below.sort_by_cached_key(|e| {
            let id = e.nomination.id.clone();
            (Stream::new(self.seed, id.as_str()).bits(), id)
        });
        for entry in below.into_iter().take(self.rescue) {
            entry.placement.status = Status::Rescue;
        }
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
