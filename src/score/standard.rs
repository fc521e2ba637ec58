//! What model cases of a programme show of a grade, beyond the criteria.

use super::linear::{Linear, Row};
use crate::embed::space::add;
use crate::head::{Features, Grams, Rarity};

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
    function: Linear,
    rarity: Rarity,
    /// What it adds to a passage without any trait.
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
    /// Ridge regression, over `cases`, of what the criteria leave between a case and its place. `cases` is not empty.
    pub(super) fn learn(cases: &[ModelCase]) -> Self {
        let grams = cases.iter().flat_map(|case| case.passages.iter().map(|passage| &passage.grams));
        let rarity = Rarity::over(grams, 1);
        let mean = |case: &ModelCase| {
            let mut mean = Vec::new();
            for passage in &case.passages {
                let traits = traits(&rarity, &passage.dense, &passage.grams);
                mean.resize(traits.len(), 0.0);
                add(&mut mean, &traits, 1.0 / case.passages.len() as f32);
            }
            mean
        };
        let means: Vec<Vec<f32>> = cases.iter().map(mean).collect();
        // Beyond the ends of the scale a case neither lacks anything nor has too much.
        let lacking = |case: &ModelCase| END * (2.0 * case.place - 1.0) - case.by_criteria.clamp(-END, END);
        let rows = cases.iter().zip(&means).map(|(case, vector)| Row { vector, target: lacking(case), weight: 1.0 });
        let function = Linear::fit(&rows.collect::<Vec<_>>(), RIDGE);
        let constant = cases.iter().map(lacking).sum::<f64>() / cases.len() as f64;
        Self { function, rarity, constant: constant as f32 }
    }

    /// What a passage with vector `dense`, `[dim] f32`, and the words of `text` gains.
    pub(super) fn gain(&self, dense: &[f32], text: &str) -> f32 {
        self.constant + self.function.at(&traits(&self.rarity, dense, &Grams::of(text)))
    }
}

/// The vector, and after it the weighted n-grams by bucket.
fn traits(rarity: &Rarity, dense: &[f32], grams: &Grams) -> Vec<f32> {
    let mut traits = dense.to_vec();
    traits.extend(rarity.spread(grams).into_iter().map(|weight| weight * LEXICAL_WEIGHT.sqrt()));
    traits
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
