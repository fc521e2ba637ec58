//! What the panel's scores say, put together for people and for `statistics.json`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::merge::Merged;
use super::result::{Outcome, Verdict};
use super::statistics::{
    Agreement, Alpha, CaseMean, Concern, Concordance, FacetModel, JudgeId, Level, MissRate, RatedCriterion, Scale,
    Scored, Scores, Subject, agreement, fit_facets, kendall_w, krippendorff_alpha, miss_rate, raw_means, screen_judges,
    z_means,
};
use crate::nomination::NominationId;
use crate::programme::{PanelScore, Programme};
use crate::report::RankingRecord;
use crate::select::Status;

/// Decimals of what is written.
const SCALE: f64 = 10_000.0;

/// The resamples behind an interval need not vary with anything.
const SEED: u64 = 0;

/// The panel's scores and what each case is worth by them.
#[derive(Debug)]
pub struct Measures {
    /// Who scored what.
    pub scores: Scores,
    /// Mean over the totals of each case, in the order of `scores`.
    pub means: Vec<CaseMean>,
    /// Mean over the z-scores of the totals.
    pub z_means: Vec<CaseMean>,
    /// Cases and experts apart from each other; none where all scores are equal, or there is none.
    pub facets: Option<FacetModel>,
}

/// Everything about a panel that is not a case.
#[derive(Debug, Serialize)]
pub struct Findings {
    /// By name.
    pub experts: Vec<ExpertFindings>,
    /// Kendall's W over the cases that all experts scored; none where it cannot be.
    pub kendall_w: Option<Concordance>,
    /// Why there is no W.
    pub no_kendall_w: Option<String>,
    /// Krippendorff's alpha of the totals, by points.
    pub krippendorff_alpha: Option<Alpha>,
    /// The same of the scores on each criterion, by its id.
    pub krippendorff_alpha_by_criterion: BTreeMap<String, Alpha>,
    /// The program's relevance beside an expert.
    pub program: Agreement,
    /// What the rescue sample says: a case of it counts as good if it wins or is tied for the last place.
    pub misses: MissRate,
    /// Share of the differences between cases that is not error, 0 to 1.
    pub reliability: Option<f64>,
    /// Standard deviation of the experts' severities, in points.
    pub severity_deviation: Option<f64>,
    /// Whether the model of severities settled.
    pub converged: Option<bool>,
    /// Groups of experts who share no case with each other; more than one cannot be compared.
    pub separate_groups: usize,
}

/// One expert beside the others.
#[derive(Debug, Serialize)]
pub struct ExpertFindings {
    /// Name.
    pub expert: String,
    /// Cases with a score.
    pub cases: usize,
    /// Points fewer than an expert of mean severity would give.
    pub severity: Option<f64>,
    /// Standard error of the severity.
    pub severity_error: Option<f64>,
    /// Infit mean square; 1 is as expected.
    pub infit: Option<f64>,
    /// Outfit mean square.
    pub outfit: Option<f64>,
    /// Spearman's correlation with the mean of the others on the same cases.
    pub with_others: Option<f64>,
    /// Reasons to ask the expert.
    pub concerns: Vec<Concern>,
}

impl Measures {
    /// Measures the cases that experts judge by what was merged.
    #[must_use]
    pub fn new(programme: &Programme, cases: &[&RankingRecord], merged: &Merged) -> Self {
        let scores = scores(programme, cases, merged);
        Self { facets: fit_facets(&scores).ok(), ..Self::without_facets(scores) }
    }

    /// The same, but only what the programme's final scores need: fair averages take the longest.
    pub(super) fn that_count(programme: &Programme, cases: &[&RankingRecord], merged: &Merged) -> Self {
        match programme.settings.review.panel_score {
            PanelScore::Mean => Self::without_facets(scores(programme, cases, merged)),
            PanelScore::Adjusted => Self::new(programme, cases, merged),
        }
    }

    fn without_facets(scores: Scores) -> Self {
        Self { means: raw_means(&scores), z_means: z_means(&scores), scores, facets: None }
    }
}

/// Who scored what among `cases`.
fn scores(programme: &Programme, cases: &[&RankingRecord], merged: &Merged) -> Scores {
    let mut experts: Vec<&str> = merged.judgments.iter().map(|judgment| judgment.expert.as_str()).collect();
    experts.sort_unstable();
    experts.dedup();
    let position: BTreeMap<&NominationId, usize> = cases.iter().enumerate().map(|(at, case)| (&case.id, at)).collect();
    let scored = merged.judgments.iter().filter_map(|judgment| {
        let judge = experts.binary_search(&judgment.expert.as_str()).ok()?;
        let criteria = programme.criteria.iter();
        let scores = criteria.map(|criterion| judgment.scores.get(&criterion.id).copied()).collect();
        Some(Scored { judge, case: *position.get(&judgment.id)?, scores })
    });
    let rule = &programme.settings.review;
    let criteria = programme.criteria.iter();
    Scores::new(
        experts.iter().map(|name| JudgeId::new(*name)).collect(),
        cases.iter().map(|case| case.id.clone()).collect(),
        criteria.map(|c| RatedCriterion { id: c.id.clone(), weight: f64::from(c.weight) }).collect(),
        Scale { low: rule.lowest, high: rule.highest },
        scored.collect(),
    )
    .expect("the programme was checked, and merging takes scores on its scale, one for each expert and case")
}

impl Findings {
    /// What there is to say of `measures`, the run's `ranking` and the `outcome` made of both.
    #[must_use]
    pub fn new(measures: &Measures, ranking: &[RankingRecord], outcome: &Outcome) -> Self {
        let Measures { scores, facets, .. } = measures;
        let relevance = |id: &NominationId| ranking.iter().find(|case| case.id == *id).map(|case| case.relevance);
        let program: Vec<Option<f64>> = scores.cases().iter().map(relevance).collect();
        let (kendall_w, no_kendall_w) = match kendall_w(scores) {
            Ok(found) => (Some(found), None),
            Err(none) => (None, Some(none.to_string())),
        };
        let by_criterion = scores.criteria().iter().enumerate().filter_map(|(at, criterion)| {
            let alpha = krippendorff_alpha(scores, Subject::Criterion(at), Level::Interval, SEED)?;
            Some((criterion.id.clone(), alpha))
        });
        Self {
            experts: experts(measures),
            kendall_w,
            no_kendall_w,
            krippendorff_alpha: krippendorff_alpha(scores, Subject::Totals, Level::Interval, SEED),
            krippendorff_alpha_by_criterion: by_criterion.collect(),
            program: agreement(scores, &program),
            misses: misses(ranking, outcome),
            reliability: facets.as_ref().map(|model| short(model.reliability)),
            severity_deviation: facets.as_ref().map(|model| short(model.severity_deviation)),
            converged: facets.as_ref().map(|model| model.converged),
            separate_groups: scores.components().len(),
        }
    }
}

fn experts(measures: &Measures) -> Vec<ExpertFindings> {
    let Measures { scores, facets, .. } = measures;
    let screens = facets.as_ref().map(|model| screen_judges(scores, model)).unwrap_or_default();
    let names = scores.judges().iter().enumerate();
    names
        .map(|(at, name)| {
            let screen = screens.get(at);
            let measure = screen.and_then(|screen| screen.measure);
            ExpertFindings {
                expert: name.to_string(),
                cases: scores.judgments().iter().filter(|scored| scored.judge == at).count(),
                severity: measure.map(|m| short(m.severity)),
                severity_error: measure.map(|m| short(m.error)),
                infit: measure.map(|m| short(m.infit)),
                outfit: measure.map(|m| short(m.outfit)),
                with_others: screen.and_then(|screen| screen.with_rest).map(short),
                concerns: screen.map(|screen| screen.concerns.clone()).unwrap_or_default(),
            }
        })
        .collect()
}

fn misses(ranking: &[RankingRecord], outcome: &Outcome) -> MissRate {
    let below = ranking.iter().filter(|case| matches!(case.status, Status::Rescue | Status::BelowLine)).count();
    let sample = outcome.entries.iter().filter(|entry| entry.status == Status::Rescue && entry.place.is_some());
    let good = sample.clone().filter(|entry| matches!(entry.verdict, Verdict::Winner | Verdict::TiedAtLine));
    miss_rate(below, sample.clone().count(), good.count())
}

/// Further digits are noise.
pub(super) fn short(value: f64) -> f64 {
    (value * SCALE).round() / SCALE
}
