//! Vectors and a programme in, a [`Classification`] out.

mod lexical;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::embed::space::cosine;
use crate::embed::{NominationVectors, Vectors};
use crate::head::calibrate::softmax;
use crate::head::{Described, Example, Features, Grams, Guess, Head, HeadError, Identity};
use crate::nomination::{Flag, Nomination};
use crate::passages::Windows;
use crate::programme::{Category, CategoryIndex, DecisionRule, Programme};
use lexical::Lexicon;

/// Prototypes that speak for a category: the nearest few, since one text shows one side of it.
const NEAREST_PROTOTYPES: usize = 3;

/// Weight of the lexical share (0 to 1) beside the cosine (-1 to 1).
const LEXICAL_WEIGHT: f32 = 0.2;

/// Weight of a title that names the thing nominated, beside the cosine.
const TITLE_WEIGHT: f32 = 0.25;

/// Weight of what model cases show, a score with standard deviation 1 over the categories, beside the cosine.
/// Chosen, as what the discriminant is made of, on the built-in model cases, one writer's by those of the others.
const MODEL_CASES_WEIGHT: f32 = 0.06;

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
    /// By category: the n-grams of the same sentences.
    grams: Vec<Vec<Grams>>,
    lexicon: Lexicon,
    /// What tells them apart, learned from those sentences and the model cases; none without such cases.
    discriminant: Option<Described>,
    rule: DecisionRule,
    /// What was learned, in place of the prototypes or on top of them.
    head: Option<Head>,
}

/// One nomination, ready to be classified.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// What it says of itself.
    pub nomination: &'a Nomination,
    /// What of it is read.
    pub windows: &'a Windows,
    /// What that means.
    pub vectors: &'a NominationVectors,
}

/// The sentences by which `category` is recognised: its name, prototypes and description.
///
/// A category of which nothing but the name is known is looked for by several ways to say its name: one alone leans
/// on a turn of phrase.
#[must_use]
pub fn prototype_texts(category: &Category) -> Vec<String> {
    let described = category.prototypes.iter().chain([&category.about]).filter(|text| !text.is_empty()).cloned();
    let sentences: Vec<String> = [category.name.clone()].into_iter().chain(described).collect();
    if sentences.len() > 1 { sentences } else { said_in_several_ways(&category.name) }
}

fn said_in_several_ways(name: &str) -> Vec<String> {
    let ways = if name.is_ascii() {
        [("about ", ""), ("", " and the like"), ("content related to ", "")]
    } else {
        [("关于", ""), ("", "类"), ("", "相关的内容")]
    };
    ways.map(|(before, after)| format!("{before}{name}{after}")).to_vec()
}

impl Classifier {
    /// `prototypes` holds, by category, the vectors of its [`prototype_texts`] in the space of
    /// comparison, each `[texts, dim] f32`.
    #[must_use]
    pub fn new(programme: &Programme, prototypes: Vec<Vectors>) -> Self {
        let grams = |category: &Category| prototype_texts(category).iter().map(|text| Grams::of(text)).collect();
        Self {
            prototypes,
            grams: programme.categories.iter().map(grams).collect(),
            discriminant: None,
            lexicon: Lexicon::new(&programme.categories),
            rule: programme.settings.decision.clone(),
            head: None,
        }
    }

    /// Lets model cases, each with the position of its category, tell the categories apart too; nothing changes without
    /// any.
    #[must_use]
    pub fn with_model_cases(self, cases: Vec<Example>) -> Self {
        let fit = |cases| Described::fit(&[self.descriptions(), cases].concat(), self.prototypes.len());
        let discriminant = Some(cases).filter(|cases| !cases.is_empty()).map(fit);
        Self { discriminant, ..self }
    }

    /// Judges by `head`, which must have been made for the same programme and encoder.
    #[must_use]
    pub fn with_head(self, head: Head) -> Self {
        Self { head: Some(head), ..self }
    }

    /// A head on top of what it judges by now, adapted to `batch`.
    ///
    /// # Errors
    /// When the batch is too small.
    pub fn adapted(&self, identity: Identity, batch: &[Case<'_>]) -> Result<Head, HeadError> {
        let guess = |case: &Case<'_>| -> Guess {
            let features = features(case);
            let logits = self.logits(self.head.as_ref(), case, &features);
            (features, logits)
        };
        let batch: Vec<Guess> = batch.par_iter().map(guess).collect();
        Head::adapt(identity, self.head.clone(), &batch, &self.descriptions())
    }

    /// The sentences that describe the categories, as rows to learn from.
    #[must_use]
    pub fn descriptions(&self) -> Vec<Example> {
        let categories = self.prototypes.iter().zip(&self.grams).enumerate();
        let rows = categories.flat_map(|(category, (vectors, grams))| {
            let features = vectors.rows().zip(grams).map(|(row, g)| Features { dense: row.to_vec(), grams: g.clone() });
            features.map(move |features| (features, category))
        });
        rows.collect()
    }

    /// Compares a nomination with every category.
    #[must_use]
    pub fn classify(&self, case: &Case<'_>) -> Classification {
        self.judge(self.head.as_ref(), case)
    }

    /// The same by `head`, one that [`Self::adapted`] gave.
    #[must_use]
    pub fn classify_by(&self, head: &Head, case: &Case<'_>) -> Classification {
        self.judge(Some(head), case)
    }

    fn judge(&self, head: Option<&Head>, case: &Case<'_>) -> Classification {
        let probabilities = softmax(&self.logits(head, case, &features(case)));
        self.decide(probabilities.into_iter().map(|probability| probability as f32).collect())
    }

    fn logits(&self, head: Option<&Head>, case: &Case<'_>, features: &Features) -> Vec<f64> {
        let described = || self.described(case, features);
        match head {
            Some(head) => head.logits(features, described),
            None => described(),
        }
    }

    /// What the programme says: a category's score is the mean cosine of its nearest prototypes to the whole case, plus
    /// the weighted share of its terms, plus the weight of a title that names its thing, plus, where there are model
    /// cases, the weighted score of the discriminant; over the programme's temperature it is a logit.
    fn described(&self, case: &Case<'_>, features: &Features) -> Vec<f64> {
        let title = given_title(case);
        let terms = self.lexicon.shares(&case.windows.title, &passages(case));
        let named = self.lexicon.named_by(title);
        let learned = self.discriminant.as_ref().map(|discriminant| discriminant.scores(features));
        let scores = self.prototypes.iter().zip(terms).enumerate().map(|(position, (prototypes, share))| {
            let cosines = prototypes.rows().map(|prototype| cosine(prototype, &features.dense)).collect();
            let by_title = if named == Some(position) { TITLE_WEIGHT } else { 0.0 };
            let by_cases = learned.as_ref().map_or(0.0, |scores| MODEL_CASES_WEIGHT * scores[position] as f32);
            mean_of_highest(cosines, NEAREST_PROTOTYPES) + LEXICAL_WEIGHT * share + by_title + by_cases
        });
        scores.map(|score| f64::from(score / self.rule.temperature)).collect()
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

/// The category that the administrative level of `nomination` gives it, in a programme whose categories are levels. A
/// person must settle a level that is missing or unknown.
#[must_use]
pub fn by_level(programme: &Programme, nomination: &Nomination) -> Classification {
    let known = programme.category_of_level(&nomination.level);
    let rest = || programme.categories.iter().position(|category| category.levels.is_empty()).map(CategoryIndex);
    let category = known.or_else(rest).unwrap_or(CategoryIndex(0));
    let decision = if known.is_some() { Decision::Assigned } else { Decision::NeedsHuman };
    Classification { decision, ..Classification::certain(category, programme.categories.len()) }
}

/// What a head sees of a nomination: its vector, and the wording of its title and passages.
#[must_use]
pub fn features(case: &Case<'_>) -> Features {
    let grams = Grams::of(&format!("{}\n{}", given_title(case), passages(case)));
    Features { dense: case.vectors.whole(), grams }
}

/// The title, where one was given: one that was made from the text says the same twice.
fn given_title<'a>(case: &Case<'a>) -> &'a str {
    if case.nomination.flags.contains(&Flag::TitleMissing) { "" } else { &case.windows.title }
}

fn passages(case: &Case<'_>) -> String {
    let text: Vec<&str> = case.windows.passages.iter().map(|p| &case.nomination.text[p.range.clone()]).collect();
    text.join("\n")
}

/// Mean of the `n` highest of `values`, or of all where there are fewer.
pub(crate) fn mean_of_highest(mut values: Vec<f32>, n: usize) -> f32 {
    values.sort_by(|a, b| b.total_cmp(a));
    values.truncate(n);
    values.iter().sum::<f32>() / values.len().max(1) as f32
}

impl Classification {
    /// Surely `category`, of `categories`.
    pub(crate) fn certain(category: CategoryIndex, categories: usize) -> Self {
        let probabilities = (0..categories).map(|index| if index == category.0 { 1.0 } else { 0.0 }).collect();
        Self { probabilities, category, margin: 1.0, decision: Decision::Assigned, secondary: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_is_said_in_several_ways_and_a_described_one_is_not() {
        let bare = Category { name: "旅游".into(), ..Category::default() };
        assert!(prototype_texts(&bare).len() > 1 && prototype_texts(&bare).iter().all(|text| text.contains("旅游")));
        let described = Category { about: "旅行与景点".into(), ..bare };
        assert_eq!(prototype_texts(&described), ["旅游", "旅行与景点"]);
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
