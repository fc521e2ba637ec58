//! Vectors and criteria in, an [`Assessment`] out.

mod contrast;
mod grounds;
mod learned;
mod linear;
mod markers;
mod merit;
mod resample;
mod signals;
mod standard;
mod wordlist;

use crate::embed::space::cosine;
use crate::embed::{NominationVectors, Vectors};
use crate::nomination::Nomination;
use crate::passages::Windows;
use crate::programme::{Criterion, CriterionIndex, Programme, RelevanceScale};
use standard::Standard;

pub use contrast::{Contrast, Side};
pub use grounds::{Example, Grounds, Phrases, Telling};
pub use learned::{CriterionWeight, GradedScores, LearnedWeights, MIN_GRADED, learn_weights};
pub use markers::MarkerKind;
pub(crate) use markers::MarkerSet;
pub use merit::{GradedCase, LearnedMerit, Merit, learn_merit};
pub use signals::{SignalIndex, SignalScore, enter_signals, relevance};
pub use standard::ModelCase;

/// Sentences shown for a criterion at most.
const MAX_EVIDENCE: usize = 2;

/// What a nomination shows on each criterion, and where.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Assessment {
    /// In the programme's order.
    pub criteria: Vec<CriterionScore>,
    /// Weighted mean of the criteria, 0 to 100, higher is better; where signals came along, a mean of that and of them
    /// (see [`enter_signals`]). Does not depend on the pool, but for signals that go by rank.
    pub relevance: f32,
    /// The signals that came along, in the programme's order.
    pub signals: Vec<SignalScore>,
    /// 100 less the mean similarity (in hundredths) of its passages to what is nearest among the
    /// sentences by which the programme describes its categories and the passages of earlier cases:
    /// 0 says only what is typical, higher is further from it. Does not depend on the pool.
    pub novelty: f32,
    /// Share of the cleaned text that was read, 0 to 1.
    pub coverage: f32,
    /// Relevance under seeded resampling of passages and weights, `[resamples]`, 0 to 100. Signals keep their numbers
    /// there, and their share is drawn anew as the weights are.
    pub resampled_relevance: Vec<f32>,
}

/// One criterion's score with the sentences behind it.
#[derive(Debug, Clone, PartialEq)]
pub struct CriterionScore {
    /// Which criterion.
    pub criterion: CriterionIndex,
    /// 0 to 100; 50 is a text as near to the weak examples as to the strong ones.
    pub score: f32,
    /// Best first; empty when the text has no passage.
    pub evidence: Vec<Evidence>,
    /// What the score rests on.
    pub grounds: Grounds,
}

/// A passage of the nomination, verbatim after cleaning.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The sentence, on one line.
    pub text: String,
    /// Byte range of it in [`crate::nomination::Nomination::text`]; none for the title.
    pub range: Option<std::ops::Range<usize>>,
    /// Where it stands, for a person: file, sheet, row and which passage.
    pub source: String,
    /// What it scores by itself, 0 to 100.
    pub score: f32,
}

/// Points of a score that one unit of the logistic scale is worth where the scale is steepest.
const POINTS_A_SPREAD: f32 = 25.0;

/// What a string of keywords loses, in the logistic unit of the scale: more than lies between the weakest and the
/// strongest sentence, so that nobody gains by one.
const WORD_LIST_LOSS: f32 = 5.0;

/// A score nearer to an end of the scale than this is taken to lie here, since the ends are infinitely far.
const MIN_SCORE: f32 = 0.1;

/// The criteria of a programme, ready to compare texts with.
#[derive(Clone)]
pub struct Scorer {
    criteria: Vec<Criterion>,
    contrasts: Vec<Contrast>,
    weights: Vec<f32>,
    /// Weights of each resample.
    weight_draws: Vec<Vec<f32>>,
    scale: RelevanceScale,
    markers: MarkerSet,
    /// Sentences that describe what is typical, and passages of earlier cases, `[sentences, dim] f32`.
    typical: Vectors,
    /// What the programme's model cases show.
    standard: Option<Standard>,
    /// What past decisions valued beyond the criteria.
    merit: Option<Merit>,
    seed: u64,
}

impl Scorer {
    /// `contrasts` belong to the programme's criteria in order; `typical` holds the vectors of the
    /// sentences that describe its categories, `[sentences, dim] f32`.
    #[must_use]
    pub fn new(programme: &Programme, contrasts: Vec<Contrast>, typical: Vectors, seed: u64) -> Self {
        let weights: Vec<f32> = programme.criteria.iter().map(|c| c.weight).collect();
        Self {
            criteria: programme.criteria.clone(),
            contrasts,
            weight_draws: resample::weight_draws(seed, &weights),
            weights,
            scale: programme.settings.relevance.clone(),
            markers: MarkerSet::new(&programme.markers),
            typical,
            standard: None,
            merit: None,
            seed,
        }
    }

    /// Lets a passage gain on every criterion what the grades of `cases` show; nothing changes without any.
    #[must_use]
    pub fn with_model_cases(self, cases: &[ModelCase]) -> Self {
        let standard = (!cases.is_empty()).then(|| Standard::learn(cases));
        Self { standard, ..self }
    }

    /// Where `scores` of the criteria put a nomination, in the logistic unit of the scale: 0 is the middle.
    #[must_use]
    pub fn by_criteria(&self, scores: &[f32]) -> f64 {
        let logit = |score: f32| {
            let share = f64::from(score.clamp(MIN_SCORE, 100.0 - MIN_SCORE)) / 100.0;
            (share / (1.0 - share)).ln()
        };
        scores.iter().zip(&self.weights).map(|(&score, &weight)| f64::from(weight) * logit(score)).sum()
    }

    /// Lets a passage gain on every criterion what past decisions valued in its like.
    #[must_use]
    pub fn with_merit(self, merit: Merit) -> Self {
        Self { merit: Some(merit), ..self }
    }

    /// Counts what `passages` say, `[passages, dim] f32`, as known: novelty is the distance from them too.
    #[must_use]
    pub fn with_known(mut self, passages: &Vectors) -> Self {
        self.typical = Vectors::new(self.typical.dim(), [self.typical.as_slice(), passages.as_slice()].concat());
        self
    }

    /// The scores of the criteria, `[criteria]`, 0 to 100, that [`Self::assess`] gives, without what they rest on.
    #[must_use]
    pub fn scores(&self, nomination: &Nomination, windows: &Windows, vectors: &NominationVectors) -> Vec<f32> {
        let passages = self.scored_passages(nomination, windows, vectors);
        let score = |contrast| self.scaled(resample::aggregate(&row(contrast, &passages)));
        self.contrasts.iter().map(score).collect()
    }

    /// Scores one nomination, from its own passages and nothing else.
    #[must_use]
    pub fn assess(&self, nomination: &Nomination, windows: &Windows, vectors: &NominationVectors) -> Assessment {
        let passages = self.scored_passages(nomination, windows, vectors);
        let table: Vec<Vec<f32>> = self.contrasts.iter().map(|contrast| row(contrast, &passages)).collect();
        let stock = |kind| grounds::phrases(passages.iter().map(|p| p.text), kind, &self.markers);
        let (planned, slogan) = (stock(MarkerKind::Planned), stock(MarkerKind::Slogan));
        let word_lists = passages.iter().filter(|p| wordlist::is_word_list(p.text)).count();
        let criteria: Vec<CriterionScore> = table
            .iter()
            .enumerate()
            .map(|(index, raw)| {
                let score = self.scaled(resample::aggregate(raw));
                let order = best_first(raw);
                let grounds = Grounds {
                    planned: planned.clone(),
                    slogan: slogan.clone(),
                    word_lists,
                    ..self.grounds(CriterionIndex(index), score, &passages, raw, &order)
                };
                let evidence = self.evidence(nomination, &passages, raw, order);
                CriterionScore { criterion: CriterionIndex(index), score, evidence, grounds }
            })
            .collect();
        let scores: Vec<f32> = criteria.iter().map(|c| c.score).collect();
        Assessment {
            relevance: resample::weighted_mean(&scores, &self.weights),
            resampled_relevance: resample::relevance(self.seed, &nomination.id, &table, &self.weight_draws, |raw| {
                self.scaled(raw)
            }),
            novelty: self.novelty(&passages),
            coverage: windows.coverage,
            signals: Vec::new(),
            criteria,
        }
    }

    /// The passages, or the title of a nomination that has none.
    fn scored_passages<'a>(
        &self,
        nomination: &'a Nomination,
        windows: &'a Windows,
        vectors: &'a NominationVectors,
    ) -> Vec<ScoredPassage<'a>> {
        let scored = |text, vector, place| {
            let points = self.merit.as_ref().map_or(0.0, |merit| merit.points(vector));
            let gain = self.standard.as_ref().map_or(0.0, |standard| standard.gain(vector, text));
            let loss = if wordlist::is_word_list(text) { WORD_LIST_LOSS } else { 0.0 };
            let units = gain + points / POINTS_A_SPREAD - loss;
            let adjustment = self.markers.adjustment(text) + units * self.scale.spread;
            ScoredPassage { text, vector, adjustment, place }
        };
        if windows.passages.is_empty() {
            return vec![scored(&windows.title, &vectors.title, None)];
        }
        let passages = windows.passages.iter().zip(vectors.passages.rows()).enumerate();
        passages
            .map(|(index, (passage, vector))| {
                scored(&nomination.text[passage.range.clone()], vector, Some((index, passage.range.clone())))
            })
            .collect()
    }

    fn scaled(&self, raw: f32) -> f32 {
        100.0 / (1.0 + (-(raw - self.scale.midpoint) / self.scale.spread).exp())
    }

    /// What the score of one criterion rests on, but for the phrases that all criteria share. `order` is that of the
    /// passages, best first.
    fn grounds(
        &self,
        criterion: CriterionIndex,
        score: f32,
        passages: &[ScoredPassage<'_>],
        raw: &[f32],
        order: &[usize],
    ) -> Grounds {
        let (side, deciding) = if score >= 50.0 { (Side::Strong, order.first()) } else { (Side::Weak, order.last()) };
        let Criterion { strong, weak, .. } = &self.criteria[criterion.0];
        let sentences = if side == Side::Strong { strong } else { weak };
        let contrast = &self.contrasts[criterion.0];
        let nearest = deciding.and_then(|&position| contrast.nearest(side, passages[position].vector));
        let shown = order.iter().take(MAX_EVIDENCE).map(|&position| passages[position].text);
        Grounds {
            passages: passages.len(),
            strong: raw.iter().filter(|&&raw| raw >= self.scale.midpoint).count(),
            telling: shown.filter_map(|text| grounds::telling(text, &self.markers)).next(),
            example: nearest.map(|position| Example::new(side, &sentences[position])),
            ..Grounds::default()
        }
    }

    /// The best of `passages`, which `order` puts best first.
    fn evidence(
        &self,
        nomination: &Nomination,
        passages: &[ScoredPassage<'_>],
        raw: &[f32],
        mut order: Vec<usize>,
    ) -> Vec<Evidence> {
        let good = order.iter().take_while(|&&i| raw[i] >= self.scale.midpoint).count();
        order.truncate(good.clamp(1, MAX_EVIDENCE));
        let evidence = |i: usize| {
            let passage = &passages[i];
            let place =
                passage.place.as_ref().map_or("title".to_owned(), |(index, _)| format!("passage {}", index + 1));
            let at = passage.place.as_ref().map(|(_, range)| range.start);
            let source = at.map_or(&nomination.source, |byte| nomination.source_at(byte));
            Evidence {
                text: passage.text.replace('\n', " "),
                range: passage.place.as_ref().map(|(_, range)| range.clone()),
                source: format!("{source}, {place}"),
                score: self.scaled(raw[i]),
            }
        };
        order.into_iter().map(evidence).collect()
    }

    fn novelty(&self, passages: &[ScoredPassage<'_>]) -> f32 {
        let nearest = |p: &ScoredPassage<'_>| {
            self.typical.rows().map(|row| cosine(row, p.vector)).fold(f32::NEG_INFINITY, f32::max).max(-1.0)
        };
        let similarity = passages.iter().map(nearest).sum::<f32>() / passages.len().max(1) as f32;
        100.0 * (1.0 - similarity.clamp(0.0, 1.0))
    }
}

/// The raw score of each passage on one criterion, a difference of cosines.
fn row(contrast: &Contrast, passages: &[ScoredPassage<'_>]) -> Vec<f32> {
    passages.iter().map(|p| contrast.of(p.vector) + p.adjustment).collect()
}

/// Positions by raw score, then by place.
fn best_first(raw: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..raw.len()).collect();
    order.sort_by(|&a, &b| raw[b].total_cmp(&raw[a]).then(a.cmp(&b)));
    order
}

/// A passage that counts, and where it stands: its number and bytes; none for the title.
struct ScoredPassage<'a> {
    text: &'a str,
    vector: &'a [f32],
    /// What its markers, the model cases and its merit add to the raw score of every criterion.
    adjustment: f32,
    place: Option<(usize, std::ops::Range<usize>)>,
}
