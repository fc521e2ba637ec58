//! What any ranking must beat: word overlap, length, digits, chance.

use crate::nomination::Nomination;
use crate::programme::Programme;
use crate::random::Stream;
use crate::search::WordIndex;

/// Every order but that of chance, by name: `bm25`, `tf_idf`, `length`, `digits`.
#[must_use]
pub fn all(nominations: &[Nomination], programme: &Programme) -> Vec<(&'static str, Vec<f64>)> {
    let strong: Vec<&str> = programme.criteria.iter().flat_map(|c| &c.strong).map(String::as_str).collect();
    let query = strong.join("\n");
    let index = WordIndex::new(nominations.iter().map(|n| n.text.as_str()));
    vec![
        ("bm25", index.bm25(&query)),
        ("tf_idf", index.tf_idf(&query)),
        ("length", length(nominations)),
        ("digits", digits(nominations)),
    ]
}

/// Characters of each text.
#[must_use]
pub fn length(nominations: &[Nomination]) -> Vec<f64> {
    nominations.iter().map(|n| n.text.chars().count() as f64).collect()
}

/// Share of digits in each text.
#[must_use]
pub fn digits(nominations: &[Nomination]) -> Vec<f64> {
    let share = |text: &str| {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        digits as f64 / text.chars().count().max(1) as f64
    };
    nominations.iter().map(|n| share(&n.text)).collect()
}

/// A number for each id that depends on nothing but it and the seed.
#[must_use]
pub fn random(nominations: &[Nomination], seed: u64) -> Vec<f64> {
    nominations.iter().map(|n| (Stream::new(seed, n.id.as_str()).bits() >> 11) as f64).collect()
}
