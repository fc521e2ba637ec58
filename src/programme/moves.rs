//! What a programme would be with one of its weights a fifth larger or smaller.

use super::{CriterionIndex, Programme};

/// People who agree on what counts still differ by about a fifth on how much.
const FACTORS: [f64; 2] = [1.2, 0.8];

/// A weight or share that a programme sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// `[review] panel_share`, beside the channels and the relevance.
    PanelShare,
    /// `[review] channel_share`, beside the panel and the relevance.
    ChannelShare,
    /// `signal_share`, beside the text.
    SignalShare,
    /// Of one criterion, beside the others.
    Criterion(CriterionIndex),
    /// Of the signal at this position, beside the others.
    Signal(usize),
}

/// A weight that is moved; what stands beside it is scaled so that all sum as before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// Which.
    pub weight: Weight,
    /// As the programme has it.
    pub from: f64,
    /// As it would be: never more than all of it.
    pub to: f64,
}

impl Weight {
    /// Its kind, as files name it.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::PanelShare => "panel_share",
            Self::ChannelShare => "channel_share",
            Self::SignalShare => "signal_share",
            Self::Criterion(_) => "criterion",
            Self::Signal(_) => "signal",
        }
    }

    /// Id of the criterion or signal; empty for a share.
    #[must_use]
    pub fn id(self, programme: &Programme) -> &str {
        match self {
            Self::Criterion(index) => &programme.criteria[index.0].id,
            Self::Signal(index) => &programme.settings.signals[index].id,
            Self::PanelShare | Self::ChannelShare | Self::SignalShare => "",
        }
    }
}

impl Programme {
    /// Every weight in the relevance, moved up and down by a fifth. One that has nothing beside it cannot move.
    #[must_use]
    pub fn moves_of_relevance(&self) -> Vec<Move> {
        let criteria = (0..self.criteria.len()).map(|index| Weight::Criterion(CriterionIndex(index)));
        let signals = (0..self.settings.signals.len()).map(Weight::Signal);
        self.moves(criteria.chain([Weight::SignalShare]).chain(signals))
    }

    /// Every weight in the final score, those in the relevance too.
    #[must_use]
    pub fn moves_of_result(&self) -> Vec<Move> {
        [self.moves([Weight::PanelShare, Weight::ChannelShare].into_iter()), self.moves_of_relevance()].concat()
    }

    fn moves(&self, weights: impl Iterator<Item = Weight>) -> Vec<Move> {
        let moves = weights.flat_map(|weight| {
            let (from, all) = self.weight(weight);
            FACTORS.map(|factor| Move { weight, from, to: (factor * from).min(all) }).into_iter().filter(move |moved| {
                // A weight of 0 is no weight, and where all of it is taken nothing could be scaled.
                from < all && moved.to != from
            })
        });
        moves.collect()
    }

    /// A weight, and what it and those beside it sum to.
    fn weight(&self, weight: Weight) -> (f64, f64) {
        let (settings, sum) = (&self.settings, |weights: &mut dyn Iterator<Item = f32>| weights.map(f64::from).sum());
        match weight {
            Weight::PanelShare => (settings.review.panel_share, 1.0),
            Weight::ChannelShare => (settings.review.channel_share, 1.0),
            Weight::SignalShare => (f64::from(settings.signal_share), 1.0),
            Weight::Criterion(index) => {
                (f64::from(self.criteria[index.0].weight), sum(&mut self.criteria.iter().map(|c| c.weight)))
            }
            Weight::Signal(index) => {
                (f64::from(settings.signals[index].weight), sum(&mut settings.signals.iter().map(|s| s.weight)))
            }
        }
    }

    /// The programme with one weight moved. It is for asking what if: nothing checks it, and its checksum is that of the
    /// files it was read from.
    #[must_use]
    pub fn moved(&self, Move { weight, from, to }: Move) -> Self {
        let mut programme = self.clone();
        let scale = (self.weight(weight).1 - to) / (self.weight(weight).1 - from);
        let scaled = |weight: f32| (scale * f64::from(weight)) as f32;
        let review = &mut programme.settings.review;
        match weight {
            Weight::PanelShare => (review.panel_share, review.channel_share) = (to, scale * review.channel_share),
            Weight::ChannelShare => (review.channel_share, review.panel_share) = (to, scale * review.panel_share),
            // The text's share is what this one leaves.
            Weight::SignalShare => programme.settings.signal_share = to as f32,
            Weight::Criterion(moved) => {
                for (index, criterion) in programme.criteria.iter_mut().enumerate() {
                    criterion.weight = if index == moved.0 { to as f32 } else { scaled(criterion.weight) };
                }
            }
            Weight::Signal(moved) => {
                for (index, signal) in programme.settings.signals.iter_mut().enumerate() {
                    signal.weight = if index == moved { to as f32 } else { scaled(signal.weight) };
                }
            }
        }
        programme
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::programme::DEFAULT_PROGRAMME;

    #[test]
    fn what_stands_beside_a_moved_weight_makes_room_for_it() {
        let mut programme = Programme::load(DEFAULT_PROGRAMME).expect("built in");
        programme.settings.review.panel_share = 0.6;
        programme.settings.review.channel_share = 0.1;
        let moves = programme.moves_of_result();
        assert_eq!(moves.len(), 2 * (2 + programme.criteria.len()), "up and down, and no signals");
        for moved in moves {
            let after = programme.moved(moved);
            assert!((after.weight(moved.weight).0 - moved.to).abs() < 1e-6);
            let sum: f64 = after.criteria.iter().map(|c| f64::from(c.weight)).sum();
            assert!((sum - 1.0).abs() < 1e-6, "{sum}");
        }
        let up = Move { weight: Weight::PanelShare, from: 0.6, to: 0.72 };
        let review = programme.moved(up).settings.review;
        // 0.1 * 0.28 / 0.4; the relevance keeps 0.21 of its 0.3.
        assert!((review.channel_share - 0.07).abs() < 1e-12, "{review:?}");
    }

    #[test]
    fn what_has_nothing_beside_it_cannot_move_and_nothing_exceeds_the_whole() {
        let mut programme = Programme::load(DEFAULT_PROGRAMME).expect("built in");
        programme.criteria.truncate(1);
        programme.criteria[0].weight = 1.0;
        assert_eq!(programme.moves_of_result(), [], "a panel that has all, a single criterion, no signals");
        programme.settings.review.panel_share = 0.9;
        let to: Vec<f64> = programme.moves_of_result().iter().map(|moved| moved.to).collect();
        assert_eq!(to, [1.0, 0.9 * 0.8]);
    }
}
