//! Past decisions replayed: what the shortlist would have found of what people chose.

use std::collections::BTreeMap;

use serde::Serialize;
use thiserror::Error;

use super::{NDCG_DEPTH, RANDOM_SEEDS, baselines, metrics};
use crate::embed::EmbedError;
use crate::nomination::{Nomination, province};
use crate::pipeline::{Assessor, Library, Stopwatch, rank};
use crate::programme::Programme;
use crate::progress::Progress;
use crate::score::{CriterionWeight, GradedScores, learn_weights};
use crate::select::rescue::{CONFIDENCE, miss_bound};
use crate::select::{RankedNomination, SelectOptions, Status};

/// Smaller groups are left out: their figures would be chance, and might point at single cases.
pub const MIN_GROUP: usize = 10;

/// With fewer good cases a group has no recall.
pub const MIN_GOOD: usize = 5;

/// Upper ends, exclusive, of the bands of length in characters, with their names.
const LENGTH_BANDS: [(usize, &str); 4] =
    [(100, "0 to 99"), (200, "100 to 199"), (500, "200 to 499"), (usize::MAX, "500 and more")];

/// What `simulate` prints.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Simulation {
    /// Graded rows that were ranked; duplicates are not among them.
    pub n: usize,
    /// Rows left out because another row tells the same case.
    pub duplicates: usize,
    /// Rows left out because they have no grade.
    pub skipped: usize,
    /// From this grade on a case is good.
    pub good_from: f64,
    /// Rows at least that good.
    pub good: usize,
    /// Rows on the list.
    pub listed: usize,
    /// The program's relevance.
    #[serde(flatten)]
    pub relevance: ReplayFigures,
    /// Spearman of relevance with the length of the text, -1 to 1; near 0 is wanted.
    pub spearman_with_length: f64,
    /// `bm25`, `tf_idf`, `length`, `digits`, `random`: lists of the same size in the same categories.
    pub baselines: BTreeMap<&'static str, ReplayFigures>,
    /// How the decisions seem to weigh the criteria; none with fewer than [`crate::score::MIN_GRADED`] rows.
    pub weights: Option<WeightFigures>,
    /// What experts get to see.
    pub review: ReviewFigures,
    /// What the rescue sample says of what they do not see.
    pub rescue: RescueFigures,
    /// The list by kinds of case: `region`, `level`, `length`, `channel`.
    pub groups: BTreeMap<&'static str, Vec<GroupFigures>>,
    /// Groups with fewer than [`MIN_GROUP`] rows, by kind; they are not in `groups`.
    pub groups_left_out: BTreeMap<&'static str, usize>,
}

/// How well one order would have served.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReplayFigures {
    /// Share of the good cases that are on the list, 0 to 1.
    pub recall: f64,
    /// nDCG of the first ten of a category, mean over the categories that the program assigned, 0 to 1.
    pub ndcg_at_10: f64,
    /// Spearman's rank correlation with the grade over all rows, -1 to 1.
    pub spearman: f64,
}

/// The weights of the criteria that agree best with the decisions, held close to the programme's.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WeightFigures {
    /// By criterion, in the programme's order.
    pub criteria: Vec<CriterionWeight>,
    /// Pairs of cases of one category with different grades, from which they were learned.
    pub pairs: usize,
    /// The figures by relevance with such weights, each row by weights that were learned without its fold.
    #[serde(flatten)]
    pub held_out: ReplayFigures,
}

/// The cases that experts judge: the list, the near misses and the rescue sample.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReviewFigures {
    /// Cases.
    pub seen: usize,
    /// Good ones among them.
    pub good: usize,
    /// Share of all good cases that are among them, 0 to 1.
    pub recall: f64,
}

/// The rescue sample against what it was drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RescueFigures {
    /// Cases below the line that are no near miss, the sample included.
    pub below: usize,
    /// Good ones among them: what the bound is held against.
    pub good_below: usize,
    /// Cases in the sample.
    pub sample: usize,
    /// Good ones among them.
    pub good_in_sample: usize,
    /// At most so many of `below` are good, judging by the sample alone.
    pub bound: usize,
    /// The same as a share of `below`, 0 to 1.
    pub bound_rate: f64,
    /// How sure that is, 0 to 1.
    pub confidence: f64,
}

/// The list within one kind of case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupFigures {
    /// Which cases.
    pub name: String,
    /// Rows of this kind.
    pub n: usize,
    /// Good ones among them.
    pub good: usize,
    /// On the list.
    pub listed: usize,
    /// Good ones on the list.
    pub good_listed: usize,
    /// Share of the good ones that are on the list, 0 to 1; none with fewer than [`MIN_GOOD`].
    pub recall: Option<f64>,
}

/// Why nothing could be replayed.
#[derive(Debug, Error)]
pub enum SimulationError {
    /// There is nothing to compare.
    #[error(
        "{graded} of {rows} rows have a grade; give each past case its decision as a number `grade`, more is better, and at least two of them"
    )]
    NoGrades {
        /// Rows read.
        rows: usize,
        /// Rows with a grade.
        graded: usize,
    },
    /// All decisions are the same.
    #[error("every row has grade {0}; a replay needs cases that were chosen and cases that were not")]
    OneGrade(f64),
    /// No row is good.
    #[error("no row has a grade of {good_from} or more; the highest is {highest}")]
    NoneGood {
        /// What was asked for.
        good_from: f64,
        /// What there is.
        highest: f64,
    },
    /// The encoder failed.
    #[error(transparent)]
    Embed(#[from] EmbedError),
}

/// Ranks the graded rows as `run` would, and compares the list with the grades. `good_from` is the grade from which a
/// case should have been found; the highest that occurs when not given.
///
/// # Errors
/// When there are no grades to compare with, or the encoder fails.
pub fn simulate(
    assessor: &Assessor<'_>,
    rows: &[Nomination],
    options: SelectOptions,
    good_from: Option<f64>,
    progress: &dyn Progress,
) -> Result<Simulation, SimulationError> {
    let graded: Vec<Nomination> = rows.iter().filter(|row| row.grade.is_some()).cloned().collect();
    let good_from = threshold(rows.len(), &graded, good_from)?;
    let all = rank(graded.clone(), assessor, &Library::default(), None, options, &mut Stopwatch::default(), progress)?
        .0
        .entries;
    let replay = Replay::new(all, good_from);
    let texts: Vec<Nomination> = replay.entries.iter().map(|e| e.nomination.clone()).collect();
    let relevance: Vec<f64> = replay.entries.iter().map(|e| f64::from(e.assessment.relevance)).collect();
    let named = baselines::all(&texts, assessor.programme());
    let mut baselines: BTreeMap<_, _> = named.iter().map(|(name, scores)| (*name, replay.figures(scores))).collect();
    baselines.insert("random", replay.chance(&texts));
    let weights = replay.weights(assessor.programme(), options.seed);
    let listed = |e: &RankedNomination| e.placement.status == Status::Shortlisted;
    let (groups, groups_left_out) = replay.groups();
    Ok(Simulation {
        n: replay.entries.len(),
        duplicates: graded.len() - replay.entries.len(),
        skipped: rows.len() - graded.len(),
        good_from,
        good: replay.good_among(|_| true),
        listed: replay.entries.iter().filter(|e| listed(e)).count(),
        relevance: replay.figures(&relevance),
        spearman_with_length: metrics::spearman(&relevance, &baselines::length(&texts)),
        baselines,
        weights,
        review: replay.review(),
        rescue: replay.rescue(),
        groups,
        groups_left_out,
    })
}

fn threshold(rows: usize, graded: &[Nomination], good_from: Option<f64>) -> Result<f64, SimulationError> {
    let grades = || graded.iter().filter_map(|row| row.grade);
    let highest = grades().fold(f64::NEG_INFINITY, f64::max);
    if graded.len() < 2 {
        return Err(SimulationError::NoGrades { rows, graded: graded.len() });
    }
    if grades().all(|grade| grade == highest) {
        return Err(SimulationError::OneGrade(highest));
    }
    let good_from = good_from.unwrap_or(highest);
    if highest < good_from { Err(SimulationError::NoneGood { good_from, highest }) } else { Ok(good_from) }
}

/// The ranking with what people decided.
struct Replay {
    /// All but duplicates.
    entries: Vec<RankedNomination>,
    grades: Vec<f64>,
    good_from: f64,
}

impl Replay {
    fn new(mut entries: Vec<RankedNomination>, good_from: f64) -> Self {
        entries.retain(|e| e.placement.status != Status::Duplicate);
        let grades = entries.iter().map(|e| e.nomination.grade.unwrap_or_default()).collect();
        Self { entries, grades, good_from }
    }

    fn good_among(&self, among: impl Fn(&RankedNomination) -> bool) -> usize {
        self.entries.iter().zip(&self.grades).filter(|(e, grade)| **grade >= self.good_from && among(e)).count()
    }

    /// Positions by category, each with how many of them are listed.
    fn categories(&self) -> Vec<(Vec<usize>, usize)> {
        let mut categories: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (position, entry) in self.entries.iter().enumerate() {
            categories.entry(entry.placement.category.0).or_default().push(position);
        }
        let listed = |position: &&usize| self.entries[**position].placement.status == Status::Shortlisted;
        let sized = |positions: Vec<usize>| {
            let size = positions.iter().filter(listed).count();
            (positions, size)
        };
        categories.into_values().map(sized).collect()
    }

    /// `scores` in the order of the entries.
    fn figures(&self, scores: &[f64]) -> ReplayFigures {
        let mut found = 0;
        let mut gains = Vec::new();
        for (positions, size) in self.categories() {
            let of = |values: &[f64]| positions.iter().map(|&p| values[p]).collect::<Vec<f64>>();
            let (scores, grades) = (of(scores), of(&self.grades));
            let first = metrics::descending(&scores).into_iter().take(size);
            found += first.filter(|&i| grades[i] >= self.good_from).count();
            gains.push(metrics::ndcg(&scores, &grades, NDCG_DEPTH));
        }
        ReplayFigures {
            recall: metrics::ratio(found, self.good_among(|_| true)),
            ndcg_at_10: metrics::mean(gains.into_iter()),
            spearman: metrics::spearman(scores, &self.grades),
        }
    }

    /// Mean over seeds of an order by chance.
    fn chance(&self, texts: &[Nomination]) -> ReplayFigures {
        let all: Vec<ReplayFigures> =
            (0..RANDOM_SEEDS).map(|seed| self.figures(&baselines::random(texts, seed))).collect();
        let mean = |figure: fn(&ReplayFigures) -> f64| metrics::mean(all.iter().map(figure));
        ReplayFigures { recall: mean(|f| f.recall), ndcg_at_10: mean(|f| f.ndcg_at_10), spearman: mean(|f| f.spearman) }
    }

    fn weights(&self, programme: &Programme, seed: u64) -> Option<WeightFigures> {
        let row = |(entry, grade): (&RankedNomination, &f64)| GradedScores {
            scores: entry.assessment.criteria.iter().map(|c| c.score).collect(),
            grade: *grade,
            group: entry.placement.category.0,
        };
        let rows: Vec<GradedScores> = self.entries.iter().zip(&self.grades).map(row).collect();
        let given: Vec<f32> = programme.criteria.iter().map(|c| c.weight).collect();
        let learned = learn_weights(&rows, &given, seed)?;
        let relevance: Vec<f64> = learned.held_out.iter().map(|&r| f64::from(r)).collect();
        Some(WeightFigures {
            criteria: CriterionWeight::all(&programme.criteria, &learned.weights),
            pairs: learned.pairs,
            held_out: self.figures(&relevance),
        })
    }

    fn review(&self) -> ReviewFigures {
        let is_seen = |e: &RankedNomination| e.placement.status != Status::BelowLine;
        let good = self.good_among(is_seen);
        ReviewFigures {
            seen: self.entries.iter().filter(|e| is_seen(e)).count(),
            good,
            recall: metrics::ratio(good, self.good_among(|_| true)),
        }
    }

    fn rescue(&self) -> RescueFigures {
        let is_drawn = |e: &RankedNomination| e.placement.status == Status::Rescue;
        let is_below = |e: &RankedNomination| is_drawn(e) || e.placement.status == Status::BelowLine;
        let count = |among: &dyn Fn(&RankedNomination) -> bool| self.entries.iter().filter(|e| among(e)).count();
        let (below, sample, good_in_sample) = (count(&is_below), count(&is_drawn), self.good_among(is_drawn));
        let bound = miss_bound(below, sample, good_in_sample);
        RescueFigures {
            below,
            good_below: self.good_among(is_below),
            sample,
            good_in_sample,
            bound: bound.good,
            bound_rate: bound.rate,
            confidence: CONFIDENCE,
        }
    }

    fn groups(&self) -> (BTreeMap<&'static str, Vec<GroupFigures>>, BTreeMap<&'static str, usize>) {
        type Kind = fn(&Nomination) -> &str;
        let kinds: [(&'static str, Kind); 4] = [
            ("region", |n| province(&n.region)),
            ("level", |n| &n.level),
            ("length", |n| length_band(n.text.chars().count())),
            ("channel", |n| &n.channel),
        ];
        let of_kind = |&(kind, name): &(&'static str, Kind)| {
            let mut groups: BTreeMap<&str, GroupFigures> = BTreeMap::new();
            for (entry, grade) in self.entries.iter().zip(&self.grades) {
                let name = name(&entry.nomination);
                let group = groups.entry(name).or_insert_with(|| GroupFigures::empty(name));
                group.count(*grade >= self.good_from, entry.placement.status == Status::Shortlisted);
            }
            let (told, small): (Vec<_>, Vec<_>) = groups.into_values().partition(|group| group.n >= MIN_GROUP);
            ((kind, told), (kind, small.len()))
        };
        kinds.iter().map(of_kind).unzip()
    }
}

impl GroupFigures {
    fn empty(name: &str) -> Self {
        Self { name: name.to_owned(), n: 0, good: 0, listed: 0, good_listed: 0, recall: None }
    }

    fn count(&mut self, is_good: bool, is_listed: bool) {
        self.n += 1;
        self.good += usize::from(is_good);
        self.listed += usize::from(is_listed);
        self.good_listed += usize::from(is_good && is_listed);
        self.recall = (self.good >= MIN_GOOD).then(|| metrics::ratio(self.good_listed, self.good));
    }
}

fn length_band(chars: usize) -> &'static str {
    LENGTH_BANDS.iter().find(|(end, _)| chars < *end).map_or("", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classify::Classification;
    use crate::nomination::NominationId;
    use crate::programme::CategoryIndex;
    use crate::score::Assessment;
    use crate::select::Placement;

    fn entry(position: usize, grade: f64, relevance: f32, status: Status) -> RankedNomination {
        RankedNomination {
            nomination: Nomination {
                id: NominationId::new(format!("{position:02}")),
                grade: Some(grade),
                level: if position < 12 { "县级".into() } else { "省级".into() },
                text: "字".repeat(40 * position),
                ..Nomination::default()
            },
            classification: Classification::certain(CategoryIndex(0), 1),
            assessment: Assessment { relevance, ..Assessment::default() },
            neighbours: Vec::new(),
            placement: Placement {
                category: CategoryIndex(0),
                rank: position + 1,
                rank_interval: (1, 1),
                status,
                duplicate_of: None,
                floor: None,
            },
        }
    }

    /// Twenty cases in order of relevance: five listed, one near miss, two drawn, one duplicate. Every fourth is good.
    fn replay() -> Replay {
        let status = |position| match position {
            0..5 => Status::Shortlisted,
            5 => Status::NearMiss,
            6 | 8 => Status::Rescue,
            19 => Status::Duplicate,
            _ => Status::BelowLine,
        };
        let grade = |position: usize| if position.is_multiple_of(4) { 3.0 } else { 1.0 };
        let entries = (0..20).map(|i| entry(i, grade(i), 100.0 - i as f32, status(i)));
        Replay::new(entries.collect(), 3.0)
    }

    #[test]
    fn a_list_of_the_same_size_is_compared() {
        let replay = replay();
        let by = |score: fn(usize) -> f64| replay.figures(&(0..19).map(score).collect::<Vec<_>>());
        assert_eq!(by(|i| -(i as f64)).recall, 2.0 / 5.0);
        assert_eq!(by(|i| if i.is_multiple_of(4) { 1.0 } else { 0.0 }).recall, 1.0);
    }

    #[test]
    fn what_experts_see_and_what_they_do_not_add_up() {
        let replay = replay();
        let (review, rescue) = (replay.review(), replay.rescue());
        assert_eq!((review.seen, review.good), (8, 3));
        assert_eq!((rescue.below, rescue.sample, rescue.good_in_sample, rescue.good_below), (13, 2, 1, 3));
        assert!(rescue.bound >= rescue.good_below);
    }

    #[test]
    fn small_groups_are_counted_and_left_out() {
        let (groups, left_out) = replay().groups();
        assert_eq!(groups["level"].len(), 1);
        let county = &groups["level"][0];
        assert_eq!(
            (county.name.as_str(), county.n, county.good, county.listed, county.good_listed),
            ("县级", 12, 3, 5, 2)
        );
        assert_eq!(county.recall, None, "three good cases are too few");
        assert_eq!((left_out["level"], left_out["length"]), (1, 4));
        assert_eq!(groups["channel"][0].recall, Some(2.0 / 5.0));
    }

    #[test]
    fn the_threshold_is_the_highest_grade_or_what_was_asked_for() {
        let rows = |grades: &[f64]| -> Vec<Nomination> {
            grades.iter().map(|&g| Nomination { grade: Some(g), ..Nomination::default() }).collect()
        };
        assert_eq!(threshold(3, &rows(&[0.0, 2.0, 1.0]), None).ok(), Some(2.0));
        assert_eq!(threshold(3, &rows(&[0.0, 2.0, 1.0]), Some(1.0)).ok(), Some(1.0));
        assert!(matches!(threshold(2, &rows(&[0.0, 1.0]), Some(2.0)), Err(SimulationError::NoneGood { .. })));
        assert!(matches!(threshold(2, &rows(&[1.0, 1.0]), None), Err(SimulationError::OneGrade(_))));
        assert!(matches!(threshold(2, &rows(&[1.0]), None), Err(SimulationError::NoGrades { .. })));
    }
}
