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
}
