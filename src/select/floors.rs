//! Floors: places kept for a level or a region, and who gives way for them.

use super::{FloorSwap, RankedNomination, Status};
use crate::programme::Floor;

/// Settles `floors` within one category. `entries` stand in rank order, the first `quota` are shortlisted.
///
/// While a floor is not met, its best case from below the line takes the place of the last one above it that no floor
/// needs. Both say so: nobody is displaced in silence.
pub(super) fn settle(entries: &mut [RankedNomination], floors: &[Floor]) {
    for floor in floors {
        while listed(entries, floor) < floor.at_least {
            let Some(raised) =
                entries.iter().position(|e| is_below(e) && floor.covers(&e.nomination) && floor.admits(e))
            else {
                break;
            };
            let Some(displaced) = entries.iter().rposition(|e| can_give_way(e, entries, floors)) else { break };
            swap(entries, raised, displaced, floor);
        }
    }
}

fn swap(entries: &mut [RankedNomination], raised: usize, displaced: usize, floor: &Floor) {
    let with =
        |other: &RankedNomination| Some(FloorSwap { floor: floor.value.clone(), with: other.nomination.id.clone() });
    (entries[raised].placement.floor, entries[displaced].placement.floor) =
        (with(&entries[displaced]), with(&entries[raised]));
    entries[raised].placement.status = Status::Shortlisted;
    entries[displaced].placement.status = Status::Displaced;
}

/// Shortlisted cases that `floor` counts.
fn listed(entries: &[RankedNomination], floor: &Floor) -> usize {
    entries.iter().filter(|e| e.placement.status == Status::Shortlisted && floor.covers(&e.nomination)).count()
}

fn is_below(entry: &RankedNomination) -> bool {
    matches!(entry.placement.status, Status::BelowLine | Status::NearMiss)
}

/// Whether a shortlisted case is in by rank and no floor would miss it.
fn can_give_way(entry: &RankedNomination, entries: &[RankedNomination], floors: &[Floor]) -> bool {
    let placement = &entry.placement;
    placement.status == Status::Shortlisted
        && placement.floor.is_none()
        && floors.iter().all(|floor| !floor.covers(&entry.nomination) || listed(entries, floor) > floor.at_least)
}

impl Floor {
    fn admits(&self, entry: &RankedNomination) -> bool {
        entry.assessment.relevance >= self.min_relevance
    }
}
