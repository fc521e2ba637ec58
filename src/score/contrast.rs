//! A criterion as the difference between strong and weak sentences.

use crate::classify::mean_of_highest;
use crate::embed::Vectors;
use crate::embed::space::cosine;

/// Sentences of each side that a passage is compared with: the nearest half of the usual ten, so
/// that its topic finds its like on both sides and cancels out.
const NEAREST_SENTENCES: usize = 5;

/// The two sides of a criterion in the space of comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Contrast {
    /// Sentences of strong cases, `[sentences, dim] f32`.
    pub strong: Vectors,
    /// Sentences of weak cases, `[sentences, dim] f32`.
    pub weak: Vectors,
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
    /// Mean cosine to the nearest strong sentences less that to the nearest weak ones, -2 to 2;
    /// 0 is as near to one as to the other.
    #[must_use]
    pub fn of(&self, passage: &[f32]) -> f32 {
        let side = |sentences: &Vectors| {
            mean_of_highest(sentences.rows().map(|sentence| cosine(sentence, passage)).collect(), NEAREST_SENTENCES)
        };
        side(&self.strong) - side(&self.weak)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearer_side_decides_the_sign() {
        let contrast = Contrast { strong: Vectors::new(2, vec![1.0, 0.0]), weak: Vectors::new(2, vec![0.0, 1.0]) };
        assert!(contrast.of(&[0.8, 0.6]) > 0.0);
        assert!(contrast.of(&[0.6, 0.8]) < 0.0);
        assert_eq!(contrast.of(&[0.0, 0.0]), 0.0);
    }

    #[test]
    fn the_nearest_sentence_is_found_on_the_side_that_is_asked_for() {
        let contrast =
            Contrast { strong: Vectors::new(2, vec![1.0, 0.0, 0.0, 1.0]), weak: Vectors::new(2, vec![0.6, 0.8]) };
        assert_eq!(contrast.nearest(Side::Strong, &[0.0, 1.0]), Some(1));
        assert_eq!(contrast.nearest(Side::Weak, &[0.0, 1.0]), Some(0));
    }
}
