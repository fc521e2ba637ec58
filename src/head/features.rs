//! What a head sees of a text: its vector, and the character n-grams it is made of.

use std::collections::BTreeMap;

/// Buckets that n-grams are hashed into; a collision of two rare n-grams costs less than a stored vocabulary.
pub(crate) const BUCKETS: usize = 1 << 14;

/// One text as a head sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Features {
    /// Its place in the space of comparison, `[dim] f32`, unit length.
    pub dense: Vec<f32>,
    /// Its n-grams.
    pub grams: Grams,
}

/// How often each n-gram stands in one text, by bucket, ascending.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Grams(pub(super) Vec<(u16, u16)>);

/// N-grams by bucket, ascending, weighted, unit length.
pub(crate) type Weighted = Vec<(u16, f32)>;

/// The product of `words` with a number for each bucket, `[BUCKETS] f32`.
pub(crate) fn product(words: &[(u16, f32)], buckets: &[f32]) -> f64 {
    words.iter().map(|&(at, weight)| f64::from(weight * buckets[usize::from(at)])).sum()
}

impl Grams {
    /// Characters and pairs of neighbouring characters; a word or number in Latin letters counts as one character.
    ///
    /// Chinese needs no segmenter this way: most words have two characters.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut counts: BTreeMap<u16, u16> = BTreeMap::new();
        let lower = text.to_lowercase();
        for run in lower.split(|c: char| !c.is_alphanumeric()) {
            let units = units(run);
            let pairs = units.windows(2).map(|pair| bucket([pair[0], pair[1]]));
            for at in units.iter().map(|unit| bucket([unit, ""])).chain(pairs) {
                let count = counts.entry(at).or_default();
                *count = count.saturating_add(1);
            }
        }
        Self(counts.into_iter().collect())
    }
}

/// `平台2023年ai` is 平, 台, 2023, 年, ai.
fn units(run: &str) -> Vec<&str> {
    let latin = |c: char| c.is_ascii_alphanumeric();
    let mut units = Vec::new();
    let mut start = 0;
    let mut before = None;
    for (at, c) in run.char_indices() {
        if at > 0 && !(latin(c) && before.is_some_and(latin)) {
            units.push(&run[start..at]);
            start = at;
        }
        before = Some(c);
    }
    if start < run.len() {
        units.push(&run[start..]);
    }
    units
}

/// FNV-1a, 32 bits, its halves folded together.
fn bucket(parts: [&str; 2]) -> u16 {
    const OFFSET: u32 = 0x811c_9dc5;
    const PRIME: u32 = 0x0100_0193;
    let bytes = parts[0].bytes().chain(parts[1].bytes());
    let hash = bytes.fold(OFFSET, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(PRIME));
    ((hash ^ (hash >> 16)) % BUCKETS as u32) as u16
}

/// How telling each bucket is: `ln((1 + texts) / (1 + texts with it)) + 1`, and 0 where too few texts have it.
#[derive(Debug, Clone)]
pub(crate) struct Rarity(Vec<f32>);

impl Rarity {
    /// Counts over `texts`; a bucket that fewer than `min_texts` of them have says nothing.
    pub(crate) fn over<'a>(texts: impl IntoIterator<Item = &'a Grams>, min_texts: u32) -> Self {
        let mut all = 0u32;
        let mut having = vec![0u32; BUCKETS];
        for text in texts {
            all += 1;
            text.0.iter().for_each(|&(at, _)| having[at as usize] += 1);
        }
        let rarity = |n: u32| (1.0 + all as f32).ln() - (1.0 + n as f32).ln() + 1.0;
        Self(having.into_iter().map(|n| if n < min_texts { 0.0 } else { rarity(n) }).collect())
    }

    /// `1 + ln(count)` of every n-gram times its rarity, scaled to unit length; empty where nothing is known.
    pub(crate) fn weigh(&self, grams: &Grams) -> Weighted {
        let weighed = grams.0.iter().map(|&(at, count)| (at, (1.0 + f32::from(count).ln()) * self.0[at as usize]));
        let mut weighted: Weighted = weighed.filter(|&(_, weight)| weight > 0.0).collect();
        let length = weighted.iter().map(|(_, w)| w * w).sum::<f32>().sqrt();
        weighted.iter_mut().for_each(|(_, w)| *w /= length);
        weighted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_words_and_numbers_are_one_unit() {
        assert_eq!(units("平台2023年ai"), ["平", "台", "2023", "年", "ai"]);
        assert!(units("").is_empty());
    }

    #[test]
    fn pairs_do_not_cross_punctuation_and_case_does_not_matter() {
        assert_eq!(Grams::of("AI大厅"), Grams::of("ai大厅"));
        assert_eq!(Grams::of("大厅").0.len(), 3);
        assert_eq!(Grams::of("大，厅").0.len(), 2);
    }

    #[test]
    fn what_every_text_has_weighs_less_and_what_one_has_can_be_left_out() {
        let texts = ["大厅窗口", "大厅自助", "大厅窗帘"].map(Grams::of);
        let weights = |min| {
            let weighed = Rarity::over(&texts, min).weigh(&texts[0]);
            move |text: &str| weighed.iter().find(|(at, _)| *at == bucket([text, ""])).map(|(_, w)| *w)
        };
        let all = weights(1);
        assert!(all("大") < all("窗") && all("窗") < all("口"));
        assert_eq!(weights(2)("口"), None);
    }
}
