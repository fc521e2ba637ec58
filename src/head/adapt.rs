//! Unlabelled texts in, a stage that has learned from them out.
//!
//! Self-training that does not confirm itself: each text is guessed by all the others and by what was known before,
//! never by its own guess, and the guesses are the next round's targets.

use super::calibrate::{Scale, softmax};
use super::features::Features;
use super::machine::{Fitted, Kernels, Machine, Shape};
use super::train::{Example, description_weights, one_hot, standardized};
use crate::embed::space::{add, normalize};
use crate::eval::metrics;

/// Fewer texts than this for each category say too little about their own mean and spread, and
/// adapting to them does harm.
pub const MIN_TEXTS_PER_CATEGORY: usize = 8;

/// Texts that are learned from at most; the others are judged like late ones.
const MAX_TEXTS: usize = 2_500;

const SHAPE: Shape = Shape { lexical_weight: 0.5, ridge: 3.0, min_texts: 2 };
const ROUNDS: usize = 6;

/// Weight of a text's standardized score beside the logit that was known before.
const STRENGTH: f64 = 3.0;

/// How far the categories' means and spreads over the batch are evened out, 0 to 1. All the way would make every
/// category equally frequent, which batches are not.
const EVENING: f64 = 0.7;

/// A stage that was fitted on an unlabelled batch.
#[derive(Debug, Clone)]
pub(super) struct Adapted {
    /// Fitted on the batch around its own centre.
    pub machine: Machine,
    /// The batch's mean vector, `[dim] f32`.
    pub centre: Vec<f32>,
    /// What is taken off a logit known before, by category, `[columns]`.
    pub prior_offsets: Vec<f64>,
    /// What is taken off a score, and what it is divided by, by category, `[columns]` each.
    pub offsets: Vec<f64>,
    pub spreads: Vec<f64>,
    /// From the sum of both to a logit.
    pub scale: Scale,
}

/// A text of the batch with what was known of it: a logit per category.
pub type Guess = (Features, Vec<f64>);

/// How many texts a programme with so many categories needs before it can be adapted to them.
#[must_use]
pub fn texts_needed(categories: usize) -> usize {
    MIN_TEXTS_PER_CATEGORY * categories
}

impl Adapted {
    /// Fits `batch` beside `known`, the descriptions and whatever is labelled; neither is empty.
    pub(super) fn fit(batch: &[Guess], known: &Known<'_>, columns: usize) -> Self {
        let batch: Vec<&Guess> = spread_out(batch, MAX_TEXTS);
        let centre = mean(batch.iter().map(|(features, _)| features));
        let prior_offsets = column_means(batch.iter().map(|(_, logits)| logits.as_slice()), columns, EVENING);
        let prior: Vec<Vec<f64>> = batch.iter().map(|(_, logits)| less(logits, &prior_offsets)).collect();
        let calibrated: Vec<Vec<f64>> = batch.iter().map(|(_, logits)| softmax(logits)).collect();
        let rows = rows(&batch, known, &centre);
        let ridge = Kernels::of(&rows, SHAPE.min_texts).ridge(&weights(&batch, known, columns), SHAPE);
        let fixed: Vec<f64> = known.all().flat_map(|(_, category)| one_hot(*category, columns)).collect();

        let mut guesses: Vec<Vec<f64>> = prior.iter().map(|logits| softmax(logits)).collect();
        let mut round = 0;
        loop {
            let fit = ridge.fit(&targets(&guesses, &fixed, columns), columns);
            let scores: Vec<&[f64]> = fit.held_out.chunks_exact(columns).take(batch.len()).collect();
            let offsets = column_means(scores.iter().copied(), columns, EVENING);
            let spreads = column_spreads(&scores, columns);
            let both: Vec<Vec<f64>> =
                scores.iter().zip(&prior).map(|(scores, prior)| combined(scores, &offsets, &spreads, prior)).collect();
            round += 1;
            if round == ROUNDS {
                let fitted = Fitted::of(&fit.coefficients, &vec![0.0; columns], &fit.held_out);
                let machine = Machine::new(rows, SHAPE, fitted);
                let (scale, _) = Scale::fit(&both, &calibrated, &[0.0]);
                return Self { machine, centre, prior_offsets, offsets, spreads, scale };
            }
            guesses = both.iter().map(|logits| softmax(logits)).collect();
        }
    }

    /// A logit per category, `[columns] f64`, from what the batch says and what was known before (`prior`).
    pub(super) fn logits(&self, features: &Features, prior: &[f64]) -> Vec<f64> {
        let scores = self.machine.scores(&around(&self.centre, features));
        self.scale.logits(&combined(&scores, &self.offsets, &self.spreads, &less(prior, &self.prior_offsets)))
    }
}

/// What is certain: descriptions, and the labelled rows of a trained stage.
pub(super) struct Known<'a> {
    pub descriptions: &'a [Example],
    pub labelled: Vec<Example>,
}

impl Known<'_> {
    fn all(&self) -> impl Iterator<Item = &Example> {
        self.labelled.iter().chain(self.descriptions)
    }
}

/// Texts of the batch first, then what is certain.
fn rows(batch: &[&Guess], known: &Known<'_>, centre: &[f32]) -> Vec<Features> {
    let features = batch.iter().map(|(features, _)| features).chain(known.all().map(|(features, _)| features));
    features.map(|one| around(centre, one)).collect()
}

/// How much each of the [`rows`] counts.
fn weights(batch: &[&Guess], known: &Known<'_>, columns: usize) -> Vec<f64> {
    let single = batch.len() + known.labelled.len();
    std::iter::repeat_n(1.0, single).chain(description_weights(known.descriptions, columns)).collect()
}

/// Guesses and certain rows less the mean guess, `[rows, columns] f64`.
fn targets(guesses: &[Vec<f64>], fixed: &[f64], columns: usize) -> Vec<f64> {
    let shares = column_means(guesses.iter().map(Vec::as_slice), columns, 1.0);
    let rows = guesses.iter().map(Vec::as_slice).chain(fixed.chunks_exact(columns));
    rows.flat_map(|row| less(row, &shares)).collect()
}

fn combined(scores: &[f64], offsets: &[f64], spreads: &[f64], prior: &[f64]) -> Vec<f64> {
    let evened: Vec<f64> = less(scores, offsets).iter().zip(spreads).map(|(score, spread)| score / spread).collect();
    standardized(&evened).iter().zip(prior).map(|(score, prior)| STRENGTH * score + prior).collect()
}

fn less(values: &[f64], offsets: &[f64]) -> Vec<f64> {
    values.iter().zip(offsets).map(|(value, offset)| value - offset).collect()
}

/// `share` of the mean of every column.
fn column_means<'a>(rows: impl Iterator<Item = &'a [f64]>, columns: usize, share: f64) -> Vec<f64> {
    let mut sums = vec![0.0; columns];
    let mut n = 0usize;
    for row in rows {
        n += 1;
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    sums.into_iter().map(|sum| share * sum / n.max(1) as f64).collect()
}

/// The standard deviation of every column beside their mean, to the power of [`EVENING`].
fn column_spreads(rows: &[&[f64]], columns: usize) -> Vec<f64> {
    let means = column_means(rows.iter().copied(), columns, 1.0);
    let deviation = |column: usize| metrics::mean(rows.iter().map(|row| (row[column] - means[column]).powi(2))).sqrt();
    let deviations: Vec<f64> = (0..columns).map(deviation).collect();
    let mean = metrics::mean(deviations.iter().copied());
    deviations.iter().map(|d| if *d > 0.0 { (d / mean).powf(EVENING) } else { 1.0 }).collect()
}

fn mean<'a>(features: impl ExactSizeIterator<Item = &'a Features>) -> Vec<f32> {
    let share = 1.0 / features.len().max(1) as f32;
    let mut sum = Vec::new();
    for one in features {
        sum.resize(one.dense.len(), 0.0);
        add(&mut sum, &one.dense, share);
    }
    sum
}

fn around(centre: &[f32], features: &Features) -> Features {
    let mut dense: Vec<f32> = features.dense.iter().zip(centre).map(|(value, c)| value - c).collect();
    normalize(&mut dense);
    Features { dense, grams: features.grams.clone() }
}

/// At most `most` of `all`, evenly spread.
fn spread_out<T>(all: &[T], most: usize) -> Vec<&T> {
    let taken = all.len().min(most);
    (0..taken).map(|at| &all[at * all.len() / taken]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::head::features::Grams;
    use crate::random::Stream;

    /// Texts around two directions; `prior` knows those of the first round only by a hair.
    fn batch(n: usize) -> Vec<Guess> {
        let mut stream = Stream::new(3, "batch");
        (0..n)
            .map(|i| {
                let side = if i % 2 == 0 { 1.0 } else { -1.0 };
                let mut dense: Vec<f32> = (0..8).map(|_| 0.2 * stream.normal() as f32).collect();
                dense[0] += side;
                normalize(&mut dense);
                let hint = 0.4 * f64::from(side) + 0.5 * stream.normal();
                (Features { dense, grams: Grams::of(if i % 2 == 0 { "来电" } else { "窗口" }) }, vec![hint, 0.0])
            })
            .collect()
    }

    fn descriptions() -> Vec<Example> {
        let axis = |sign: f32| vec![0.1 * sign, 0.9, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        vec![
            (Features { dense: axis(1.0), grams: Grams::of("热线") }, 0),
            (Features { dense: axis(-1.0), grams: Grams::of("大厅") }, 1),
        ]
    }

    fn right(logits: impl Fn(&Guess) -> Vec<f64>, batch: &[Guess]) -> usize {
        let first = |guess: &Guess| logits(guess)[0] > logits(guess)[1];
        batch.iter().enumerate().filter(|(i, guess)| first(guess) == (i % 2 == 0)).count()
    }

    #[test]
    fn a_batch_with_structure_is_told_apart_better_than_before() {
        let batch = batch(80);
        let known = Known { descriptions: &descriptions(), labelled: Vec::new() };
        let adapted = Adapted::fit(&batch, &known, 2);
        let before = right(|(_, prior)| prior.clone(), &batch);
        let after = right(|(features, prior)| adapted.logits(features, prior), &batch);
        assert!(before < 70 && after > 75, "{before} {after}");
    }

    #[test]
    fn texts_are_taken_evenly_where_there_are_too_many() {
        assert_eq!(spread_out(&[0, 1, 2, 3, 4, 5], 3), [&0, &2, &4]);
        assert_eq!(spread_out(&[0, 1], 3), [&0, &1]);
    }
}
