//! Phrases that tell a result from a plan and a fact from a slogan.

use crate::programme::Markers;
use crate::search::occurrences;

/// What a passage gains or loses by a marker, in the unit of a difference of cosines. The encoder
/// sees what a sentence is about; whether it has happened often hangs on two characters. Chosen on
/// the tuning half of the graded examples, on a coarse grid.
const OUTCOME_GAIN: f32 = 0.05;
const PLANNED_LOSS: f32 = 0.10;
const SLOGAN_LOSS: f32 = 0.05;

/// A kind of phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkerKind {
    /// A measured change.
    Outcome,
    /// Not in use yet.
    Planned,
    /// Stock phrases without content.
    Slogan,
    /// Addressed to judges or to a program.
    Solicitation,
}

/// The phrases of a programme, in lower case.
#[derive(Clone)]
pub(crate) struct MarkerSet {
    outcome: Vec<String>,
    planned: Vec<String>,
    slogan: Vec<String>,
    solicitation: Vec<String>,
}

impl MarkerSet {
    pub(crate) fn new(markers: &Markers) -> Self {
        let lower = |phrases: &[String]| phrases.iter().map(|p| p.to_lowercase()).collect();
        Self {
            outcome: lower(&markers.outcome),
            planned: lower(&markers.planned),
            slogan: lower(&markers.slogan),
            solicitation: lower(&markers.solicitation),
        }
    }

    /// Whether `text` has a phrase of `kind`.
    pub(crate) fn hit(&self, kind: MarkerKind, text: &str) -> bool {
        self.first_hit(kind, text).is_some()
    }

    /// The first phrase of `kind`, in the programme's order, that `text` has.
    pub(super) fn first_hit(&self, kind: MarkerKind, text: &str) -> Option<&str> {
        let phrases = match kind {
            MarkerKind::Outcome => &self.outcome,
            MarkerKind::Planned => &self.planned,
            MarkerKind::Slogan => &self.slogan,
            MarkerKind::Solicitation => &self.solicitation,
        };
        let text = text.to_lowercase();
        phrases.iter().map(String::as_str).find(|phrase| occurrences(&text, phrase) > 0)
    }

    /// What the markers of `text` add to its raw score. Saying a thing twice changes nothing.
    pub(super) fn adjustment(&self, text: &str) -> f32 {
        let weigh = |kind, weight: f32| if self.hit(kind, text) { weight } else { 0.0 };
        weigh(MarkerKind::Outcome, OUTCOME_GAIN)
            - weigh(MarkerKind::Planned, PLANNED_LOSS)
            - weigh(MarkerKind::Slogan, SLOGAN_LOSS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_counts_once_whatever_its_case() {
        let phrases = |text: &str| vec![text.to_owned()];
        let markers =
            MarkerSet::new(&Markers {
                outcome: phrases("Fell from"), planned: phrases("预计"), ..Markers::default()
            });
        assert_eq!(markers.adjustment("It fell from 9 to 2, and fell from 8 to 1."), OUTCOME_GAIN);
        assert_eq!(markers.adjustment("预计降低"), -PLANNED_LOSS);
        assert_eq!(markers.adjustment("无"), 0.0);
    }
}
