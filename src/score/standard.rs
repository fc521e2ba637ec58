//! What model cases of a programme show of a grade, beyond the criteria.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::embed::space::{add, dot};
use crate::head::ridge::{Ridge, Square};
use crate::head::{BUCKETS, Features, Grams, Rarity, Weighted, product};

/// Weight of the n-grams' cosine beside that of the vectors. Chosen, as the ridge and the ends of the scale, on the
/// built-in model cases, one writer's by those of the others; three times as much does as well, a third a little worse.
const LEXICAL_WEIGHT: f32 = 3.0;

const RIDGE: f64 = 0.1;

/// Where model cases of the lowest and of the highest grade belong, this far below and above the middle of the logistic
/// scale: at 16 and at 84 points.
const END: f64 = 1.65;

/// In the score's logistic unit, what a passage gains or loses on every criterion: a linear function of its vector and
/// its n-grams.
#[derive(Debug, Clone)]
pub(super) struct Standard {
    /// What a unit of each number of the vector adds, `[dim] f32`.
    meaning: Vec<f32>,
    /// What a unit of each n-gram adds, by bucket, `[BUCKETS] f32`.
    words: Vec<f32>,
    rarity: Rarity,
    constant: f32,
}

/// A model case.
#[derive(Debug, Clone)]
pub struct ModelCase {
    /// What is seen of each of its passages; never empty.
    pub passages: Vec<Features>,
    /// From 0, the lowest grade of all, to 1, the highest.
    pub place: f64,
    /// Where the criteria put it, in the score's logistic unit.
    pub by_criteria: f64,
}

impl Standard {
    /// Ridge regression, over `cases`, of what the criteria leave between a case and its place, in its dual form. `cases`
    /// is not empty.
    pub(super) fn learn(cases: &[ModelCase]) -> Self {
        let grams = cases.iter().flat_map(|case| case.passages.iter().map(|passage| &passage.grams));
        let rarity = Rarity::over(grams, 1);
        let means: Vec<Mean> = cases.par_iter().map(|case| Mean::of(case, &rarity)).collect();
        let products = Square::symmetric(cases.len(), |row, values| {
            let Mean { meaning, words } = &means[row];
            let mut own = vec![0.0; BUCKETS];
            words.iter().for_each(|&(at, weight)| own[usize::from(at)] = weight * LEXICAL_WEIGHT);
            let with = |other: &Mean| f64::from(dot(meaning, &other.meaning)) + product(&other.words, &own);
            values.iter_mut().zip(&means).for_each(|(value, other)| *value = with(other));
        });
        // Beyond the ends of the scale a case neither lacks anything nor has too much.
        let lacking = |case: &ModelCase| END * (2.0 * case.place - 1.0) - case.by_criteria.clamp(-END, END);
        let average = cases.iter().map(lacking).sum::<f64>() / cases.len() as f64;
        let targets: Vec<f64> = cases.iter().map(|case| lacking(case) - average).collect();
        let ridge = Ridge::new(products.centred(), &vec![1.0; cases.len()], RIDGE);

        let mut learned =
            Self { meaning: vec![0.0; means[0].meaning.len()], words: vec![0.0; BUCKETS], rarity, constant: 0.0 };
        // The coefficients sum to 0, so that the mean of the cases need not be taken off here.
        for (mean, coefficient) in means.iter().zip(ridge.fit(&targets, 1).coefficients) {
            add(&mut learned.meaning, &mean.meaning, coefficient as f32);
            let word = |&(at, weight): &(u16, f32)| learned.words[usize::from(at)] += coefficient as f32 * weight;
            mean.words.iter().for_each(word);
        }
        learned.words.iter_mut().for_each(|word| *word *= LEXICAL_WEIGHT);
        let fitted: f32 = means.iter().map(|mean| learned.at(&mean.meaning, &mean.words)).sum();
        Self { constant: average as f32 - fitted / means.len() as f32, ..learned }
    }

    /// What a passage with vector `dense`, `[dim] f32`, and the words of `text` gains.
    pub(super) fn gain(&self, dense: &[f32], text: &str) -> f32 {
        self.at(dense, &self.rarity.weigh(&Grams::of(text)))
    }

    fn at(&self, meaning: &[f32], words: &[(u16, f32)]) -> f32 {
        self.constant + dot(&self.meaning, meaning) + product(words, &self.words) as f32
    }
}

/// What the passages of a case have in common: means of their vectors and of their weighted n-grams.
struct Mean {
    /// `[dim] f32`
    meaning: Vec<f32>,
    words: Weighted,
}

impl Mean {
    fn of(case: &ModelCase, rarity: &Rarity) -> Self {
        let share = 1.0 / case.passages.len() as f32;
        let mut meaning = vec![0.0; case.passages[0].dense.len()];
        let mut words: BTreeMap<u16, f32> = BTreeMap::new();
        for passage in &case.passages {
            add(&mut meaning, &passage.dense, share);
            let weighted = rarity.weigh(&passage.grams);
            weighted.into_iter().for_each(|(at, weight)| *words.entry(at).or_default() += share * weight);
        }
        Self { meaning, words: words.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(vector: [f32; 2], text: &str, place: f64) -> ModelCase {
        let passages = vec![Features { dense: vector.to_vec(), grams: Grams::of(text) }];
        ModelCase { passages, place, by_criteria: 0.0 }
    }

    #[test]
    fn a_passage_like_the_best_cases_gains_and_one_like_the_weakest_loses() {
        let cases = [
            case([0.0, 1.0], "已运行三年", 1.0),
            case([0.1, 1.0], "已运行五年", 1.0),
            case([1.0, 0.0], "计划建设", 0.0),
            case([1.0, 0.1], "计划推出", 0.0),
        ];
        let standard = Standard::learn(&cases);
        assert!(standard.gain(&[0.0, 1.0], "已运行") > 0.8);
        assert!(standard.gain(&[1.0, 0.0], "计划") < -0.8);
        // Words tell where the meaning does not.
        let between = [0.5f32.sqrt(); 2];
        assert!(standard.gain(&between, "已运行") > standard.gain(&between, "计划") + 0.3);
    }

    #[test]
    fn what_the_criteria_say_already_is_not_said_again() {
        let told =
            |place: f64| ModelCase { by_criteria: END * (2.0 * place - 1.0), ..case([1.0, 0.0], "甲乙", place) };
        let standard = Standard::learn(&[told(0.0), told(1.0), told(0.5)]);
        assert!(standard.gain(&[0.3, 0.4], "甲").abs() < 1e-6);
    }
}
