//! Texts as sets of shingles: what they share when one is a rewording of the other.

use crate::random::mix;
use crate::search::is_han;

/// Units a shingle spans.
const WIDTH: usize = 3;

/// The distinct shingles of a text, hashed, in rising order.
///
/// A unit is a Han character or a whole word of another script, so that a shingle is about as
/// telling in English as in Chinese (Broder 1997 used words).
pub(super) struct Shingles(Vec<u64>);

impl Shingles {
    pub(super) fn of(text: &str) -> Self {
        let mut hashes: Vec<u64> =
            units(text).windows(WIDTH).map(|w| w.iter().fold(0, |h, unit| mix(h ^ unit))).collect();
        hashes.sort_unstable();
        hashes.dedup();
        Self(hashes)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u64> {
        self.0.iter().copied()
    }

    /// How many shingles both have.
    pub(super) fn common(&self, other: &Self) -> usize {
        let (mut a, mut b, mut common) = (0, 0, 0);
        while let (Some(x), Some(y)) = (self.0.get(a), other.0.get(b)) {
            match x.cmp(y) {
                std::cmp::Ordering::Less => a += 1,
                std::cmp::Ordering::Greater => b += 1,
                std::cmp::Ordering::Equal => (a, b, common) = (a + 1, b + 1, common + 1),
            }
        }
        common
    }
}

/// Each unit of `text`, hashed; punctuation and case do not count.
fn units(text: &str) -> Vec<u64> {
    let mut units = Vec::new();
    let mut word = None;
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() && !is_han(c) {
            word = Some(mix(word.unwrap_or(0) ^ u64::from(c)));
            continue;
        }
        units.extend(word.take());
        if is_han(c) {
            units.push(mix(u64::from(c)));
        }
    }
    units.extend(word);
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_han_characters_and_whole_words() {
        assert_eq!(units("接诉 即办, AI-2.0 Hotline").len(), 4 + 4);
        assert_eq!(units("AI大厅"), units("ai，大厅。"));
    }

    #[test]
    fn common_counts_what_both_have() {
        let (a, b) = (Shingles::of("甲乙丙丁戊"), Shingles::of("乙丙丁戊己"));
        assert_eq!((a.len(), a.common(&b)), (3, 2));
    }
}
