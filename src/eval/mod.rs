//! Labelled nominations in, the figures by which the program is judged out.

pub mod baselines;
pub mod metrics;
pub mod simulate;

use std::collections::BTreeMap;

use serde::Serialize;
use thiserror::Error;

use crate::classify::{Classification, Decision, by_level};
use crate::embed::EmbedError;
use crate::head::Identity;
use crate::nomination::Nomination;
use crate::pipeline::{Adaptation, Assessor};
use crate::programme::{CategoryIndex, Programme};
use crate::progress::Progress;
use crate::score::Assessment;

/// Seeds over which the random baseline is averaged.
const RANDOM_SEEDS: u64 = 20;

/// How far down a list nDCG looks.
const NDCG_DEPTH: usize = 10;

/// Share of all cases that a recall looks at.
const RECALL_SHARE: f64 = 0.2;

/// What `evaluate` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Rows with a category of the programme.
    pub n: usize,
    /// Share put into their own category, 0 to 1.
    pub accuracy: f64,
    /// Unweighted mean of F1 over the categories that occur, 0 to 1.
    pub macro_f1: f64,
    /// Expected calibration error of the first category's probability, 15 bins, 0 to 1, less is better.
    pub ece: f64,
    /// Share for which a human is asked to decide, 0 to 1.
    pub abstained: f64,
    /// Rows left out because their category is missing or not one of the programme's.
    pub skipped: usize,
    /// Whether classification was adapted to the rows; false also where they were too few.
    pub adapted: bool,
    /// Figures of the order, where at least two rows have grades and the programme has criteria.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ranking: Option<RankingEvaluation>,
}

/// How well relevance orders graded rows, beside simple ways to order them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankingEvaluation {
    /// Rows with a grade.
    pub n: usize,
    /// The program's relevance.
    #[serde(flatten)]
    pub relevance: RankingFigures,
    /// Spearman of relevance with the length of the text, -1 to 1; near 0 is wanted.
    pub spearman_with_length: f64,
    /// `bm25`, `tf_idf`, `length`, `digits`, `random`.
    pub baselines: BTreeMap<&'static str, RankingFigures>,
}

/// How well one order agrees with the grades.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RankingFigures {
    /// Spearman's rank correlation with the grade over all rows, -1 to 1.
    pub spearman: f64,
    /// nDCG of the first ten within a gold category, mean over the categories, 0 to 1.
    pub ndcg_at_10: f64,
    /// Share of the highest-graded rows among the first fifth of all, 0 to 1.
    pub recall_at_20_percent: f64,
}

/// Why nothing could be evaluated.
#[derive(Debug, Error)]
pub enum EvaluationError {
    /// No row has a usable gold category.
    #[error(
        "none of the {rows} labelled rows has a category of the programme ({categories}); check the `category` field and the programme"
    )]
    NoGold {
        /// Rows read.
        rows: usize,
        /// What there is to choose from.
        categories: String,
    },
    /// The encoder failed.
    #[error(transparent)]
    Embed(#[from] EmbedError),
}

/// Judges every row as `run` would, and compares with its gold category and grade.
///
/// With `adapt` the rows are the batch that classification is adapted to; their gold categories are not looked at.
///
/// # Errors
/// When no row has a category of the programme, or the encoder fails.
pub fn evaluate(
    assessor: &Assessor<'_>,
    rows: &[Nomination],
    adapt: Option<Identity>,
    progress: &dyn Progress,
) -> Result<Evaluation, EvaluationError> {
    let programme = assessor.programme();
    let find = |row: &Nomination| gold(programme, row).map(|c| c.0);
    let (labelled, gold): (Vec<Nomination>, Vec<usize>) =
        rows.iter().filter_map(|row| Some((row.clone(), find(row)?))).unzip();
    if labelled.is_empty() {
        let categories = programme.categories.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
        return Err(EvaluationError::NoGold { rows: rows.len(), categories });
    }
    let windows = assessor.windows(&labelled);
    let vectors = assessor.embed(&labelled, &windows, progress)?;
    let (classifications, adapted) = match adapt {
        Some(identity) => {
            let (found, adaptation) = assessor.classify_adapting(identity, &labelled, &windows, &vectors);
            (found, matches!(adaptation, Adaptation::Used(_)))
        }
        None => (assessor.classify(&labelled, &windows, &vectors), false),
    };
    let predicted: Vec<usize> = classifications.iter().map(|c| c.category.0).collect();
    let confidence = |c: &Classification| f64::from(c.probabilities[c.category.0]);
    let confidence: Vec<f64> = classifications.iter().map(confidence).collect();
    let correct: Vec<bool> = gold.iter().zip(&predicted).map(|(g, p)| g == p).collect();
    let abstained = classifications.iter().filter(|c| c.decision == Decision::NeedsHuman).count();
    Ok(Evaluation {
        n: labelled.len(),
        accuracy: metrics::accuracy(&gold, &predicted),
        macro_f1: metrics::macro_f1(&gold, &predicted),
        ece: metrics::expected_calibration_error(&confidence, &correct),
        abstained: abstained as f64 / labelled.len() as f64,
        skipped: rows.len() - labelled.len(),
        adapted,
        ranking: ranking(assessor, &labelled, &gold, || assessor.score(&labelled, &windows, &vectors)),
    })
}

/// The category that `row` is labelled with. Where there is nothing to tell apart, no label is needed.
fn gold(programme: &Programme, row: &Nomination) -> Option<CategoryIndex> {
    if programme.is_by_level() {
        return Some(by_level(programme, row).category);
    }
    let only = (programme.categories.len() == 1).then_some(CategoryIndex(0));
    only.or_else(|| programme.find_category(&row.declared_category))
}

fn ranking(
    assessor: &Assessor<'_>,
    labelled: &[Nomination],
    gold: &[usize],
    score: impl FnOnce() -> Vec<Assessment>,
) -> Option<RankingEvaluation> {
    let graded: Vec<usize> = (0..labelled.len()).filter(|&i| labelled[i].grade.is_some()).collect();
    if graded.len() < 2 || assessor.programme().criteria.is_empty() {
        return None;
    }
    let rows: Vec<Nomination> = graded.iter().map(|&i| labelled[i].clone()).collect();
    let grades: Vec<f64> = rows.iter().filter_map(|row| row.grade).collect();
    let gold: Vec<usize> = graded.iter().map(|&i| gold[i]).collect();
    let assessments = score();
    let relevance: Vec<f64> = graded.iter().map(|&i| f64::from(assessments[i].relevance)).collect();
    let figures = |scores: &[f64]| figures(scores, &grades, &gold);
    let length = baselines::length(&rows);
    let random: Vec<RankingFigures> = (0..RANDOM_SEEDS).map(|seed| figures(&baselines::random(&rows, seed))).collect();
    let named = baselines::all(&rows, assessor.programme());
    let mut baselines: BTreeMap<_, _> = named.iter().map(|(name, scores)| (*name, figures(scores))).collect();
    baselines.insert("random", mean_figures(&random));
    Some(RankingEvaluation {
        n: rows.len(),
        relevance: figures(&relevance),
        spearman_with_length: metrics::spearman(&relevance, &length),
        baselines,
    })
}

fn figures(scores: &[f64], grades: &[f64], gold: &[usize]) -> RankingFigures {
    let mut categories: BTreeMap<usize, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for ((&score, &grade), &category) in scores.iter().zip(grades).zip(gold) {
        let (scores, grades) = categories.entry(category).or_default();
        scores.push(score);
        grades.push(grade);
    }
    RankingFigures {
        spearman: metrics::spearman(scores, grades),
        ndcg_at_10: metrics::mean(categories.values().map(|(s, g)| metrics::ndcg(s, g, NDCG_DEPTH))),
        recall_at_20_percent: metrics::recall_at(scores, grades, RECALL_SHARE),
    }
}

fn mean_figures(all: &[RankingFigures]) -> RankingFigures {
    let mean = |figure: fn(&RankingFigures) -> f64| metrics::mean(all.iter().map(figure));
    RankingFigures {
        spearman: mean(|f| f.spearman),
        ndcg_at_10: mean(|f| f.ndcg_at_10),
        recall_at_20_percent: mean(|f| f.recall_at_20_percent),
    }
}
