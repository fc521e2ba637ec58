//! The words of a category in a text, beside its meaning.

use crate::programme::Category;
use crate::search::{occurrences, terms};

/// A keyword in the title counts as much as this many in the text (on the logarithmic scale).
const TITLE_HIT: f32 = 1.0;

/// Hits that make the strongest category's share one half when no other is hit: one word alone
/// proves little.
const FREE_HITS: f32 = 1.5;

/// A name without keywords is looked for by its pairs of characters, or by its words where it is written in Latin
/// letters, at half the weight of a keyword.
const NAME_WEIGHT: f32 = 0.5;

/// The terms of every category.
pub(super) struct Lexicon {
    categories: Vec<Terms>,
}

enum Terms {
    Keywords(Vec<String>),
    NamePairs(Vec<String>),
    NameWords(Vec<String>),
}

impl Lexicon {
    pub(super) fn new(categories: &[Category]) -> Self {
        let terms = |category: &Category| match category.keywords.as_slice() {
            [] if category.name.is_ascii() => Terms::NameWords(terms(&category.name)),
            [] => Terms::NamePairs(pairs(&category.name)),
            keywords => Terms::Keywords(keywords.iter().map(|k| k.to_lowercase()).collect()),
        };
        Self { categories: categories.iter().map(terms).collect() }
    }

    /// By category, how much of what points to any category points to it, 0 to 1.
    pub(super) fn shares(&self, title: &str, text: &str) -> Vec<f32> {
        let (title, text) = (title.to_lowercase(), text.to_lowercase());
        let hits: Vec<f32> = self.categories.iter().map(|terms| terms.hits(&title, &text)).collect();
        let all: f32 =
            self.categories.iter().zip(&hits).filter(|(t, _)| matches!(t, Terms::Keywords(_))).map(|(_, h)| h).sum();
        let share = |(terms, hits): (&Terms, &f32)| match terms {
            Terms::Keywords(_) => hits / (all + FREE_HITS),
            Terms::NamePairs(_) | Terms::NameWords(_) => *hits,
        };
        self.categories.iter().zip(&hits).map(share).collect()
    }
}

impl Terms {
    fn hits(&self, title: &str, text: &str) -> f32 {
        match self {
            // The logarithm keeps a word that is repeated from counting each time.
            Terms::Keywords(keywords) => keywords
                .iter()
                .map(|keyword| {
                    let in_text = occurrences(text, keyword) as f32;
                    in_text.ln_1p() + if occurrences(title, keyword) > 0 { TITLE_HIT } else { 0.0 }
                })
                .sum(),
            Terms::NamePairs(pairs) => {
                share_of(pairs, |pair| text.contains(pair) || title.contains(pair)) * NAME_WEIGHT
            }
            Terms::NameWords(words) => {
                share_of(words, |word| occurrences(text, word) > 0 || occurrences(title, word) > 0) * NAME_WEIGHT
            }
        }
    }
}

fn share_of(terms: &[String], is_found: impl Fn(&str) -> bool) -> f32 {
    let found = terms.iter().filter(|term| is_found(term)).count();
    found as f32 / terms.len().max(1) as f32
}

fn pairs(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    chars.windows(2).map(|pair| pair.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category(name: &str, keywords: &[&str]) -> Category {
        Category { name: name.into(), keywords: keywords.iter().map(|k| (*k).into()).collect(), ..Category::default() }
    }

    #[test]
    fn repeating_a_keyword_hardly_helps() {
        let lexicon = Lexicon::new(&[category("甲", &["热线", "来电"]), category("乙", &["大厅"])]);
        let once = lexicon.shares("", "热线和来电")[0];
        let stuffed = lexicon.shares("", &"热线".repeat(50))[0];
        assert!(once > 0.4 && stuffed - once < 0.35, "{once} {stuffed}");
    }

    #[test]
    fn a_bare_name_is_found_by_its_terms() {
        let lexicon = Lexicon::new(&[category("汽车", &[]), category("旅游", &[])]);
        assert_eq!(lexicon.shares("", "这款汽车很省油"), [0.5, 0.0]);
        let lexicon = Lexicon::new(&[category("Cars", &[]), category("Travel", &[])]);
        assert_eq!(lexicon.shares("", "We travel in a carriage."), [0.0, 0.5]);
    }
}
