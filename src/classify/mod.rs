//! Vectors and a programme in, a [`Classification`] out.

mod lexical;

use serde::{Deserialize, Serialize};

use crate::embed::space::cosine;
use crate::embed::{NominationVectors, Vectors};
use crate::nomination::Nomination;
use crate::passages::Windows;
use crate::programme::{Category, CategoryIndex, DecisionRule, Programme};
use lexical::Lexicon;

/// Prototypes that speak for a category: the nearest few, since one text shows one side of it.
const NEAREST_PROTOTYPES: usize = 3;

/// Weight of the lexical share (0 to 1) beside the cosine (-1 to 1).
const LEXICAL_WEIGHT: f32 = 0.2;

/// Which category a nomination belongs to, and how sure that is.
#[derive(Debug, Clone, PartialEq)]
pub struct Classification {
    /// Probability per category in the programme's order, `[categories]`, each 0 to 1, sum 1.
    pub probabilities: Vec<f32>,
    /// The most probable category; ties go to the one the programme lists first.
    pub category: CategoryIndex,
    /// Highest probability less the second highest, 0 to 1.
    pub margin: f32,
    /// Whether the margin is enough.
    pub decision: Decision,
    /// Other categories that are plausible, most probable first.
    pub secondary: Vec<CategoryIndex>,
}

/// Whether a person must look at the category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The margin is at least the programme's `min_margin`.
    Assigned,
    /// It is not; the category is a proposal.
    NeedsHuman,
}

/// The categories of a programme, ready to compare texts with.
pub struct Classifier {
    /// By category: the prototypes, `[prototypes, dim] f32`.
    prototypes: Vec<Vectors>,
    lexicon: Lexicon,
    rule: DecisionRule,
}

/// The sentences by which `category` is recognised: its prototypes and description, or its name.
#[must_use]
pub fn prototype_texts(category: &Category) -> Vec<&str> {
    let described = category.prototypes.iter().chain([&category.about]).filter(|text| !text.is_empty());
    [category.name.as_str()].into_iter().chain(described.map(String::as_str)).collect()
}

impl Classifier {
    /// `prototypes` holds, by category, the vectors of its [`prototype_texts`] in the space of
    /// comparison, each `[texts, dim] f32`.
    #[must_use]
    pub fn new(programme: &Programme, prototypes: Vec<Vectors>) -> Self {
        Self { prototypes, lexicon: Lexicon::new(&programme.categories), rule: programme.settings.decision.clone() }
    }

    /// Compares a nomination with every category.
    ///
    /// A category's score is the mean cosine of its nearest prototypes to the nomination's vector,
    /// plus the weighted share of its terms; the softmax of the scores at the programme's
    /// temperature gives the probabilities.
    #[must_use]
    pub fn classify(&self, nomination: &Nomination, windows: &Windows, vectors: &NominationVectors) -> Classification {
        let whole = vectors.whole();
        let text: Vec<&str> = windows.passages.iter().map(|p| &nomination.text[p.range.clone()]).collect();
        let terms = self.lexicon.shares(&windows.title, &text.join("\n"));
        let scores = self.prototypes.iter().zip(terms).map(|(prototypes, share)| {
            let cosines = prototypes.rows().map(|prototype| cosine(prototype, &whole)).collect();
            mean_of_highest(cosines, NEAREST_PROTOTYPES) + LEXICAL_WEIGHT * share
        });
        self.decide(softmax(scores.collect(), self.rule.temperature))
    }

    fn decide(&self, probabilities: Vec<f32>) -> Classification {
        let mut order: Vec<usize> = (0..probabilities.len()).collect();
        order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
        let second = order.get(1).map_or(0.0, |&i| probabilities[i]);
        let margin = probabilities[order[0]] - second;
        let plausible = |&i: &usize| probabilities[i] >= self.rule.min_secondary;
        Classification {
            category: CategoryIndex(order[0]),
            margin,
            decision: if margin >= self.rule.min_margin { Decision::Assigned } else { Decision::NeedsHuman },
            secondary: order[1..].iter().copied().filter(plausible).map(CategoryIndex).collect(),
            probabilities,
        }
    }
}

/// Mean of the `n` highest of `values`, or of all where there are fewer.
pub(crate) fn mean_of_highest(mut values: Vec<f32>, n: usize) -> f32 {
    values.sort_by(|a, b| b.total_cmp(a));
    values.truncate(n);
    values.iter().sum::<f32>() / values.len().max(1) as f32
}

fn softmax(scores: Vec<f32>, temperature: f32) -> Vec<f32> {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let powers: Vec<f32> = scores.iter().map(|s| ((s - highest) / temperature).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.into_iter().map(|p| p / sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_sum_to_one_and_follow_the_scores() {
        let probabilities = softmax(vec![0.1, 0.3, 0.2], 0.05);
        assert!((probabilities.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!(probabilities[1] > probabilities[2] && probabilities[2] > probabilities[0]);
    }

    #[test]
    fn the_highest_few_speak_for_a_category() {
        assert_eq!(mean_of_highest(vec![0.1, 0.5, 0.3], 2), 0.4);
        assert_eq!(mean_of_highest(vec![0.2], 3), 0.2);
    }

    fn classifier(names: &str) -> Classifier {
        let programme = Programme::from_category_names("c.json".as_ref(), names).expect("a list of names");
        let axes = [vec![1.0, 0.0], vec![0.0, 1.0]];
        Classifier::new(&programme, axes.map(|axis| Vectors::new(2, axis)).to_vec())
    }

    #[test]
    fn a_small_margin_needs_a_human() {
        let classifier = classifier(r#"["甲", "乙"]"#);
        let clear = classifier.decide(vec![0.9, 0.1]);
        let close = classifier.decide(vec![0.48, 0.52]);
        assert_eq!((clear.decision, clear.category, clear.secondary.len()), (Decision::Assigned, CategoryIndex(0), 0));
        assert_eq!((close.decision, close.category), (Decision::NeedsHuman, CategoryIndex(1)));
        assert_eq!(close.secondary, [CategoryIndex(0)]);
    }

    #[test]
    fn the_only_category_is_certain() {
        let classification = classifier(r#"["甲", "乙"]"#).decide(vec![1.0]);
        assert_eq!((classification.margin, classification.decision), (1.0, Decision::Assigned));
    }
}
