//! Texts as sets of character 4-grams, and MinHash signatures of them.

use crate::random::mix;

/// Characters a shingle spans: about two Chinese words, so that word order matters.
const WIDTH: usize = 4;

/// The distinct shingles of a text, hashed, in rising order.
pub(super) struct Shingles(Vec<u64>);

impl Shingles {
    pub(super) fn of(key: &str) -> Self {
        let chars: Vec<char> = key.chars().collect();
        let mut hashes: Vec<u64> = chars.windows(WIDTH).map(hash).collect();
        hashes.sort_unstable();
        hashes.dedup();
        Self(hashes)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
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

/// The smallest hash of a text under each of a family of hash functions.
pub(super) struct Signature([u64; Signature::BANDS * Signature::ROWS]);

impl Signature {
    /// With 32 bands of 3 rows, texts of resemblance 0.55 meet in a band with probability 0.997.
    pub(super) const BANDS: usize = 32;
    const ROWS: usize = 3;

    pub(super) fn of(shingles: &Shingles) -> Self {
        let mut smallest = [u64::MAX; Self::BANDS * Self::ROWS];
        for &shingle in &shingles.0 {
            for (function, least) in smallest.iter_mut().enumerate() {
                *least = (*least).min(mix(shingle ^ mix(function as u64 + 1)));
            }
        }
        Self(smallest)
    }

    pub(super) fn band(&self, band: usize) -> u64 {
        self.0[band * Self::ROWS..][..Self::ROWS].iter().fold(band as u64, |state, row| mix(state ^ row))
    }
}

fn hash(chars: &[char]) -> u64 {
    chars.iter().fold(0, |state, c| mix(state ^ u64::from(*c)))
}
