//! What the TOML files of a programme hold, key by key.

use serde::{Deserialize, Serialize};

use super::Channel;
use crate::clean::comparison_key;
use crate::intake::normalised_header;
use crate::nomination::Nomination;

/// `programme.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Short name, as given to `--programme`.
    pub id: String,
    /// Name for reports.
    pub name: String,
    /// English name for reports.
    #[serde(default)]
    pub name_en: String,
    /// Language of the reports.
    #[serde(default)]
    pub language: Language,
    /// How many are shortlisted, and how many more are looked at.
    pub selection: Selection,
    /// When a category counts as decided.
    pub decision: DecisionRule,
    /// How relevance is put on its scale.
    #[serde(default)]
    pub relevance: RelevanceScale,
    /// How experts score, and what their scores count for.
    #[serde(default)]
    pub review: ReviewRule,
    /// Share of the relevance that signals have together, 0 to [`MAX_SIGNAL_SHARE`]; the text has the rest.
    #[serde(default)]
    pub signal_share: f32,
    /// Numbers that come with a nomination or from other files, and how they count.
    #[serde(default)]
    pub signals: Vec<Signal>,
    /// The ways by which nominations come.
    #[serde(default, rename = "channel")]
    pub channels: Vec<Channel>,
}

/// What a text says counts at least as much as all numbers about it together.
pub const MAX_SIGNAL_SHARE: f32 = 0.5;

/// A number that came along (votes, visits, an index), and how it is made comparable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// Name in files.
    pub id: String,
    /// Name in reports.
    pub name: String,
    /// English name in reports.
    #[serde(default)]
    pub name_en: String,
    /// Headers under which it stands, besides id and names.
    #[serde(default)]
    pub columns: Vec<String>,
    /// How the number becomes 0 to 100.
    pub scale: SignalScale,
    /// The number that becomes 0; not for `rank`.
    #[serde(default)]
    pub low: Option<f64>,
    /// The number that becomes 100; not for `rank`.
    #[serde(default)]
    pub high: Option<f64>,
    /// Whether more is better.
    #[serde(default)]
    pub direction: Direction,
    /// Share among the signals; their weights sum to 1.
    pub weight: f32,
    /// The most of the relevance that it has, also where other signals are missing.
    #[serde(default)]
    pub cap: Option<f32>,
}

/// How a number becomes 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SignalScale {
    /// Evenly from `low` to `high`.
    Linear,
    /// By the logarithm of 1 + number: ten times as many votes are a step, whether from 100 or from 1,000.
    Log,
    /// By its place among those of the batch; then scores depend on what else is in the batch.
    Rank,
}

/// What is better.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// More.
    #[default]
    More,
    /// Less.
    Less,
}

impl Signal {
    /// The headers under which it stands, as they compare.
    pub(crate) fn headers(&self) -> Vec<String> {
        let names = [&self.id, &self.name, &self.name_en].into_iter().chain(&self.columns);
        names.map(|name| normalised_header(name)).filter(|name| !name.is_empty()).collect()
    }

    /// Whether `number` can be a value of it: counts are not negative.
    #[must_use]
    pub fn accepts(&self, number: f64) -> bool {
        let may_be_negative = self.scale == SignalScale::Linear && self.low.is_some_and(|low| low < 0.0);
        number.is_finite() && (number >= 0.0 || may_be_negative)
    }

    /// The value that came with `nomination`, where it can be one. What [`crate::signals`] joined stands under the id
    /// and goes before what the record itself says.
    #[must_use]
    pub fn value_of(&self, nomination: &Nomination) -> Option<f64> {
        let own = || {
            let headers = self.headers();
            nomination.signals.iter().find(|(key, _)| headers.contains(&normalised_header(key))).map(|(_, value)| value)
        };
        nomination.signals.get(&self.id).or_else(own).copied().filter(|&value| self.accepts(value))
    }
}

/// Language of what experts read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// The text in this language: `en` where it is English and there is one, else `zh`.
    #[must_use]
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        if self == Self::En && !en.is_empty() { en } else { zh }
    }
}

/// Quotas.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// Shortlisted per category, unless the category sets its own quota.
    pub per_category: usize,
    /// Drawn at random from below the line, on average per category.
    pub rescue_per_category: usize,
    /// Places kept in each category, the more pressing first.
    #[serde(default, rename = "floor")]
    pub floors: Vec<Floor>,
}

/// Places of a category's quota that go to a level or a region, where it has cases for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Floor {
    /// What is compared.
    pub field: FloorField,
    /// The level, or the region or a part of its name.
    pub value: String,
    /// Places in each category.
    pub at_least: usize,
    /// Cases below this relevance are not raised, 0 to 100.
    #[serde(default)]
    pub min_relevance: f32,
}

/// The field of a nomination that a [`Floor`] looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FloorField {
    /// Administrative level; equal.
    Level,
    /// Region; contained.
    Region,
}

impl Floor {
    /// Whether `nomination` counts for this floor. Width, spaces and quotation marks do not matter.
    #[must_use]
    pub fn covers(&self, nomination: &Nomination) -> bool {
        let wanted = comparison_key(&self.value);
        match self.field {
            FloorField::Level => comparison_key(&nomination.level) == wanted,
            FloorField::Region => comparison_key(&nomination.region).contains(&wanted),
        }
    }
}

/// Thresholds on the category probabilities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecisionRule {
    /// A person decides below this difference between the two highest probabilities, 0 to 1.
    pub min_margin: f32,
    /// A second category is named from this probability on, 0 to 1.
    pub min_secondary: f32,
    /// Difference of similarity that makes one category e times as probable as another. Fitted on
    /// labelled texts, so that probabilities are calibrated; the default fits bare category names.
    #[serde(default = "DecisionRule::default_temperature")]
    pub temperature: f32,
    /// A person is told that the material is short below this many characters.
    pub min_characters: usize,
}

impl DecisionRule {
    /// Least negative log-likelihood on the development parts of FewCLUE TNEWS and IFLYTEK with
    /// the embedded model and category names alone.
    pub(super) fn default_temperature() -> f32 {
        0.05
    }
}

/// Fixed anchors of the 0 to 100 scales, so that a score does not depend on the pool.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RelevanceScale {
    /// Raw criterion score that maps to 50.
    pub midpoint: f32,
    /// Raw difference that moves the mapped score from 50 to 73 (one logistic unit).
    pub spread: f32,
}

impl Default for RelevanceScale {
    fn default() -> Self {
        Self { midpoint: 0.0, spread: 0.05 }
    }
}

/// The scale on which experts score each criterion, and how the result is made from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReviewRule {
    /// Lowest score.
    pub lowest: f64,
    /// Highest score; the best.
    pub highest: f64,
    /// Share of the panel in the final score, above 0 and at most 1; what it and the channels leave is the relevance's.
    pub panel_share: f64,
    /// Share of the channels in the final score, 0 to 1.
    pub channel_share: f64,
    /// What of the panel's scores counts.
    pub panel_score: PanelScore,
    /// Winners in each category; as many as are shortlisted where it is not given.
    pub winners_per_category: Option<usize>,
}

/// What stands for a panel's scores of one case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PanelScore {
    /// The mean of its experts' totals, as given.
    #[default]
    Mean,
    /// The mean that a panel of average severity would have given.
    Adjusted,
}

impl Default for ReviewRule {
    fn default() -> Self {
        Self {
            lowest: 0.0,
            highest: 100.0,
            panel_share: 1.0,
            channel_share: 0.0,
            panel_score: PanelScore::default(),
            winners_per_category: None,
        }
    }
}

/// One category and the descriptions it is recognised by.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Name in files.
    pub id: String,
    /// Name in reports.
    pub name: String,
    /// English name in reports.
    #[serde(default)]
    pub name_en: String,
    /// Other names under which units declare it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// One sentence: what belongs here.
    #[serde(default)]
    pub about: String,
    /// Sentences as a nomination of this category would have them.
    #[serde(default)]
    pub prototypes: Vec<String>,
    /// Terms specific to this category.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Words that name, in a title, the thing that is nominated here. Of all such words in a title the last counts, of
    /// those that end together the longest. `英文…网站` is both words with anything between.
    #[serde(default)]
    pub titles: Vec<String>,
    /// Shortlisted here, where it differs from the programme's `per_category`.
    #[serde(default)]
    pub quota: Option<usize>,
    /// Administrative levels that compete here. Where any category has some, the level given decides the category and
    /// the text does not.
    #[serde(default)]
    pub levels: Vec<String>,
}

/// One criterion, described by contrast.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Name in files.
    pub id: String,
    /// Name in reports.
    pub name: String,
    /// English name in reports.
    #[serde(default)]
    pub name_en: String,
    /// Share in the relevance; the weights of a programme sum to 1.
    pub weight: f32,
    /// What an expert checks.
    #[serde(default)]
    pub question: String,
    /// The same in English.
    #[serde(default)]
    pub question_en: String,
    /// Sentences as they stand in a strong case.
    pub strong: Vec<String>,
    /// Sentences as they stand in a weak one.
    pub weak: Vec<String>,
}

#[cfg(test)]
impl Criterion {
    /// A criterion that says nothing of itself.
    pub(crate) fn bare(id: &str, weight: f32) -> Self {
        Self {
            id: id.into(),
            name: id.into(),
            name_en: String::new(),
            weight,
            question: String::new(),
            question_en: String::new(),
            strong: Vec::new(),
            weak: Vec::new(),
        }
    }
}

/// Phrases looked for in sentences: lower-case where they are Latin, and then from the beginning of a word.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Markers {
    /// It does not yet.
    pub planned: Vec<String>,
    /// A measured change.
    pub outcome: Vec<String>,
    /// Stock phrases without content.
    pub slogan: Vec<String>,
    /// Text addressed to judges or to a program.
    pub solicitation: Vec<String>,
}
