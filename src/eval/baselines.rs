//! What any ranking must beat: word overlap, length, digits, chance.

use std::collections::BTreeMap;

use crate::nomination::Nomination;
use crate::programme::Programme;
use crate::random::Stream;

/// Term saturation and length normalization of BM25 (Robertson and Zaragoza 2009).
const BM25_K1: f64 = 1.2;
const BM25_B: f64 = 0.75;

/// BM25 of each text against the strong sentences of all criteria, over character bigrams.
#[must_use]
pub fn bm25(nominations: &[Nomination], programme: &Programme) -> Vec<f64> {
    let query: Vec<String> = programme.criteria.iter().flat_map(|c| &c.strong).flat_map(|s| bigrams(s)).collect();
    let documents: Vec<Vec<String>> = nominations.iter().map(|n| bigrams(&n.text)).collect();
    let mut frequency: BTreeMap<&str, usize> = BTreeMap::new();
    let counts: Vec<BTreeMap<&str, usize>> = documents.iter().map(|d| count(d)).collect();
    for term in counts.iter().flat_map(BTreeMap::keys) {
        *frequency.entry(term).or_default() += 1;
    }
    let n = documents.len() as f64;
    let mean_length = documents.iter().map(Vec::len).sum::<usize>() as f64 / n.max(1.0);
    let weights = count(&query);
    let score = |(document, terms): (&Vec<String>, &BTreeMap<&str, usize>)| -> f64 {
        let norm = BM25_K1 * (1.0 - BM25_B + BM25_B * document.len() as f64 / mean_length.max(1.0));
        weights
            .iter()
            .filter_map(|(term, &weight)| {
                let tf = *terms.get(term)? as f64;
                let df = frequency[term] as f64;
                let idf = ((n - df + 0.5) / (df + 0.5) + 1.0).ln();
                Some(weight as f64 * idf * tf * (BM25_K1 + 1.0) / (tf + norm))
            })
            .sum()
    };
    documents.iter().zip(&counts).map(score).collect()
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

fn bigrams(text: &str) -> Vec<String> {
    let chars: Vec<char> = crate::clean::comparison_key(text).chars().collect();
    chars.windows(2).map(|pair| pair.iter().collect()).collect()
}

fn count(terms: &[String]) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for term in terms {
        *counts.entry(term.as_str()).or_default() += 1;
    }
    counts
}
