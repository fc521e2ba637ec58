//! Assessments and quotas in, a [`Ranking`] with its cut line out.

use serde::{Deserialize, Serialize};

use crate::classify::Classification;
use crate::nomination::{Nomination, NominationId};
use crate::programme::CategoryIndex;
use crate::score::Assessment;

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
