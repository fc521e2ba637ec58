//! The words of a category in a text, beside its meaning.

use crate::programme::Category;
use crate::search::{occurrences, terms};

/// A keyword in the title counts as much as this many in the text (on the logarithmic scale).
const TITLE_HIT: f32 = 2.0;

/// Hits that make the strongest category's share one half when no other is hit: one word alone
/// proves little.
const FREE_HITS: f32 = 1.5;

/// A name without keywords is looked for by its pairs of characters, or by its words where it is written in Latin
/// letters, at half the weight of a keyword.
const NAME_WEIGHT: f32 = 0.5;

/// The terms of every category.
pub(super) struct Lexicon {
    categories: Vec<Terms>,
    /// Words that name the nominated thing in a title, each with the position of its category.
    titles: Vec<(String, usize)>,
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
        let titles = categories
            .iter()
            .enumerate()
            .flat_map(|(position, category)| category.titles.iter().map(move |word| (word.to_lowercase(), position)));
        Self { categories: categories.iter().map(terms).collect(), titles: titles.collect() }
    }

    /// The category whose thing `title` names. What a thing is stands at the end of its name (某市政府网站日文版): of
    /// several words the one that ends last counts, of those that end together the longest. What stands in brackets
    /// counts only where nothing else names it.
    pub(super) fn named_by(&self, title: &str) -> Option<usize> {
        let title = title.to_lowercase();
        self.last_named(&without_brackets(&title)).or_else(|| self.last_named(&title))
    }

    fn last_named(&self, title: &str) -> Option<usize> {
        let places = self.titles.iter().filter_map(|(word, position)| Some((place(title, word)?, *position)));
        places.max_by_key(|&(place, position)| (place, std::cmp::Reverse(position))).map(|(_, position)| position)
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

/// Where the last `word` in `title` ends, and how long it is there, in bytes. `英文…网站` is found in 英文政府网站.
fn place(title: &str, word: &str) -> Option<(usize, usize)> {
    let Some((begin, end)) = word.split_once('…') else {
        let start = title.rfind(word).filter(|_| occurrences(title, word) > 0)?;
        return Some((start + word.len(), word.len()));
    };
    let end_at = title.rfind(end)?;
    let start = title[..end_at].rfind(begin)?;
    Some((end_at + end.len(), end_at + end.len() - start))
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0usize;
    let mut is_kept = |c: char| match c {
        '(' | '（' => {
            depth += 1;
            false
        }
        ')' | '）' => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0,
    };
    text.chars().filter(|&c| is_kept(c)).collect()
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
    fn the_last_word_of_a_title_tells_what_is_nominated() {
        let titled = |titles: &[&str]| {
            let titles = titles.iter().map(|title| (*title).into()).collect();
            Category { titles, ..category("", &["x"]) }
        };
        let portal = ["外文网站", "日文版", "英文…网站", "Portal"];
        let lexicon = Lexicon::new(&[titled(&["网站"]), titled(&portal), titled(&[])]);
        let bracketed = ["某市政府网站（日文版）", "某局（外文网站）"].map(|title| lexicon.named_by(title));
        assert_eq!(bracketed, [Some(0), Some(1)]);
        let titles = ["某市政府网站", "某县外文网站", "某市政府网站日文版", "英文政府网站", "A portal", "热线"];
        assert_eq!(titles.map(|title| lexicon.named_by(title)), [Some(0), Some(1), Some(1), Some(1), Some(1), None]);
    }

    #[test]
    fn a_bare_name_is_found_by_its_terms() {
        let lexicon = Lexicon::new(&[category("汽车", &[]), category("旅游", &[])]);
        assert_eq!(lexicon.shares("", "这款汽车很省油"), [0.5, 0.0]);
        let lexicon = Lexicon::new(&[category("Cars", &[]), category("Travel", &[])]);
        assert_eq!(lexicon.shares("", "We travel in a carriage."), [0.0, 0.5]);
    }
}
