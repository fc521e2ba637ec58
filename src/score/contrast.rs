//! A criterion as the difference between strong and weak sentences.

use super::linear::{Linear, Row};
use crate::classify::mean_of_highest;
use crate::embed::Vectors;
use crate::embed::space::cosine;

/// Sentences of each side that a passage is compared with: the nearest half of the usual ten, so
/// that its topic finds its like on both sides and cancels out.
const NEAREST_SENTENCES: usize = 5;

/// Weight of the discriminant beside the nearest sentences. It sees what all sentences of a side have in common, which
/// nearness does not: that an idea is somebody's own has no topic. Chosen, as the ridge, on `tune2`, `tune3` and
/// `report2` of the graded examples; there, half or twice as much of either does as well.
const DISCRIMINANT_WEIGHT: f32 = 0.15;

/// The more sentences there are, the less it holds the discriminant back.
const RIDGE: f64 = 1.0;

/// The two sides of a criterion in the space of comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Contrast {
    /// Sentences of strong cases, `[sentences, dim] f32`.
    strong: Vectors,
    /// Sentences of weak cases, `[sentences, dim] f32`.
    weak: Vectors,
    /// What all sentences of a side have in common.
    discriminant: Linear,
}

/// A side of a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// As it stands in strong cases.
    Strong,
    /// As it stands in weak ones.
    Weak,
}

impl Contrast {
    /// Compares with `strong` and `weak`, each `[sentences, dim] f32`.
    #[must_use]
    pub fn new(strong: Vectors, weak: Vectors) -> Self {
        Self { discriminant: discriminant(&strong, &weak), strong, weak }
    }

    /// Mean cosine to the nearest strong sentences less that to the nearest weak ones, plus the weighted discriminant
    /// of all of them; about -1 to 1, and 0 is as near to one side as to the other.
    #[must_use]
    pub fn of(&self, passage: &[f32]) -> f32 {
        let side = |sentences: &Vectors| {
            mean_of_highest(sentences.rows().map(|sentence| cosine(sentence, passage)).collect(), NEAREST_SENTENCES)
        };
        side(&self.strong) - side(&self.weak) + DISCRIMINANT_WEIGHT * self.discriminant.at(passage)
    }

    /// Position of the sentence on `side` that is nearest to `passage`; the first of equally near ones.
    #[must_use]
    pub fn nearest(&self, side: Side, passage: &[f32]) -> Option<usize> {
        let sentences = match side {
            Side::Strong => &self.strong,
            Side::Weak => &self.weak,
        };
        let cosines = sentences.rows().map(|sentence| cosine(sentence, passage)).enumerate();
        cosines.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(position, _)| position)
    }
}

/// A linear function, 1 for strong sentences and -1 for weak ones as nearly as may be, both sides counting the same.
fn discriminant(strong: &Vectors, weak: &Vectors) -> Linear {
    let sentences = (strong.len() + weak.len()) as f64;
    let rows = [(strong, 1.0), (weak, -1.0)].into_iter().flat_map(|(side, target)| {
        let weight = sentences / (2 * side.len()) as f64;
        side.rows().map(move |vector| Row { vector, target, weight })
    });
    Linear::fit(&rows.collect::<Vec<_>>(), RIDGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_side_decides_the_sign() {
        let contrast = Contrast::new(Vectors::new(2, vec![1.0, 0.0]), Vectors::new(2, vec![0.0, 1.0]));
        assert!(contrast.of(&[0.8, 0.6]) > 0.0);
        assert!(contrast.of(&[0.6, 0.8]) < 0.0);
        assert_eq!(contrast.of(&[0.0, 0.0]), 0.0);
    }

    #[test]
    fn what_a_side_has_in_common_counts_whatever_the_topic() {
        // The first five places are topics, the last what all strong sentences share.
        let sentence = |topic: usize, shared: f32| {
            let mut vector = [0.0; 6];
            (vector[topic], vector[5]) = ((1.0 - shared * shared).sqrt(), shared);
            vector
        };
        let side = |topics: std::ops::Range<usize>, shared| {
            Vectors::new(6, topics.flat_map(|topic| sentence(topic, shared)).collect())
        };
        let contrast = Contrast::new(side(0..4, 0.2), side(0..4, -0.2));
        assert!(contrast.discriminant.at(&sentence(4, 0.2)) > 0.1);
        assert!(contrast.discriminant.at(&sentence(4, -0.2)) < -0.1);
        assert!(contrast.discriminant.at(&sentence(4, 0.0)).abs() < 1e-6);
    }

    #[test]
    fn a_side_does_not_win_by_number() {
        let one = Vectors::new(2, vec![0.0, 1.0]);
        let three = Vectors::new(2, [1.0, 0.0].repeat(3));
        let between = [0.5f32.sqrt(), 0.5f32.sqrt()];
        assert!(Contrast::new(three, one).discriminant.at(&between).abs() < 1e-6);
    }

    #[test]
    fn the_nearest_sentence_is_found_on_the_side_that_is_asked_for() {
        let contrast = Contrast::new(Vectors::new(2, vec![1.0, 0.0, 0.0, 1.0]), Vectors::new(2, vec![0.6, 0.8]));
        assert_eq!(contrast.nearest(Side::Strong, &[0.0, 1.0]), Some(1));
        assert_eq!(contrast.nearest(Side::Weak, &[0.0, 1.0]), Some(0));
    }
}
