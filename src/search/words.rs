//! Texts by their words: BM25 and TF-IDF.

use std::collections::{BTreeMap, HashMap};

use super::terms;

/// Term saturation and length normalization of BM25 (Robertson and Zaragoza 2009).
const BM25_K1: f64 = 1.2;
const BM25_B: f64 = 0.75;

/// Texts, ready to be searched for words.
#[derive(Debug)]
pub struct WordIndex {
    /// By term, the texts that have it, in their order.
    postings: HashMap<String, Vec<Posting>>,
    texts: usize,
}

/// A term in a text.
#[derive(Debug, Clone, Copy)]
struct Posting {
    text: u32,
    /// How often it stands there.
    count: f32,
    /// The same for BM25: saturated, and the less the longer the text is.
    saturated: f32,
}

impl WordIndex {
    /// Reads `texts`; scores come in their order.
    #[must_use]
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut postings: HashMap<String, Vec<Posting>> = HashMap::new();
        let mut lengths = Vec::new();
        for (text, content) in (0..).zip(texts) {
            let counts = counted(content);
            lengths.push(counts.values().sum::<f64>());
            for (term, count) in counts {
                postings.entry(term).or_default().push(Posting { text, count: count as f32, saturated: 0.0 });
            }
        }
        let mean_length = (lengths.iter().sum::<f64>() / lengths.len().max(1) as f64).max(1.0);
        for posting in postings.values_mut().flatten() {
            let norm = BM25_K1 * (1.0 - BM25_B + BM25_B * lengths[posting.text as usize] / mean_length);
            let count = f64::from(posting.count);
            posting.saturated = (count * (BM25_K1 + 1.0) / (count + norm)) as f32;
        }
        Self { postings, texts: lengths.len() }
    }

    /// BM25 of each text, 0 and more, higher has more of the query's rarer terms; 0 has none.
    #[must_use]
    pub fn bm25(&self, query: &str) -> Vec<f64> {
        self.bm25_of(&counted(query))
    }

    fn bm25_of(&self, query: &BTreeMap<String, f64>) -> Vec<f64> {
        let mut scores = vec![0.0; self.texts];
        for (term, weight) in query {
            let Some(postings) = self.postings.get(term) else { continue };
            let weight = weight * self.bm25_idf(postings.len());
            for posting in postings {
                scores[posting.text as usize] += weight * f64::from(posting.saturated);
            }
        }
        scores
    }

    /// BM25 of each text as a share of what a text of nothing but the query's terms could reach, 0 to 1.
    #[must_use]
    pub fn bm25_shares(&self, query: &str) -> Vec<f64> {
        let query = counted(query);
        let frequency = |term| self.postings.get(term).map_or(0, Vec::len);
        let idfs = query.iter().map(|(term, weight)| weight * self.bm25_idf(frequency(term)));
        let most = idfs.sum::<f64>() * (BM25_K1 + 1.0);
        self.bm25_of(&query).into_iter().map(|score| score / most.max(f64::MIN_POSITIVE)).collect()
    }

    /// Rarity of a term that so many of the texts have; above 0.
    fn bm25_idf(&self, frequency: usize) -> f64 {
        let (n, df) = (self.texts as f64, frequency as f64);
        ((n - df + 0.5) / (df + 0.5) + 1.0).ln()
    }

    /// Cosine of each text with the query, both weighted by TF-IDF (Salton and Buckley 1988), 0 to 1.
    #[must_use]
    pub fn tf_idf(&self, query: &str) -> Vec<f64> {
        let n = self.texts as f64;
        let idf = |df: usize| ((n + 1.0) / (df as f64 + 1.0)).ln() + 1.0;
        let mut squares = vec![0.0; self.texts];
        let mut sorted: Vec<(&String, &Vec<Posting>)> = self.postings.iter().collect();
        // Sums of floats depend on their order, and that of a hash map is chance.
        sorted.sort_unstable_by_key(|(term, _)| *term);
        for (_, postings) in sorted {
            let idf = idf(postings.len());
            postings.iter().for_each(|p| squares[p.text as usize] += (f64::from(p.count) * idf).powi(2));
        }
        let mut products = vec![0.0; self.texts];
        let mut query_square = 0.0;
        for (term, weight) in counted(query) {
            let postings = self.postings.get(&term).map_or(&[][..], Vec::as_slice);
            let idf = idf(postings.len());
            query_square += (weight * idf).powi(2);
            let weight = weight * idf * idf;
            postings.iter().for_each(|p| products[p.text as usize] += weight * f64::from(p.count));
        }
        let cosine = |(product, square): (f64, f64)| product / (square * query_square).sqrt().max(f64::MIN_POSITIVE);
        products.into_iter().zip(squares).map(cosine).collect()
    }
}

fn counted(text: &str) -> BTreeMap<String, f64> {
    let mut counts = BTreeMap::new();
    for term in terms(text) {
        *counts.entry(term).or_default() += 1.0;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_with_the_rare_word_comes_first_and_one_without_any_has_none() {
        let index = WordIndex::new(["热线受理来电", "热线派单回访", "公园里的长椅"]);
        for scores in [index.bm25("热线回访"), index.tf_idf("热线回访")] {
            assert!(scores[1] > scores[0] && scores[0] > scores[2], "{scores:?}");
            assert_eq!(scores[2], 0.0);
        }
    }

    #[test]
    fn saying_a_word_again_hardly_helps() {
        let index = WordIndex::new(["热线和大厅各有所长", "热线，热线，热线，热线"]);
        let scores = index.bm25("热线大厅");
        assert!(scores[0] > scores[1], "{scores:?}");
    }

    #[test]
    fn a_text_is_nearest_to_itself() {
        let texts = ["热线受理来电", "A hotline takes calls", "公园里的长椅"];
        let index = WordIndex::new(texts);
        for (i, text) in texts.iter().enumerate() {
            assert!((index.tf_idf(text)[i] - 1.0).abs() < 1e-9);
        }
    }
}
