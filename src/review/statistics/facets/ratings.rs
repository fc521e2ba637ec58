//! The panel's scores as the model takes them.

use super::super::Scores;

/// More different scores than this are put into as many equal steps: it costs time and gains nothing.
const MAX_VALUES: usize = 40;

/// One score.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rating {
    pub case: usize,
    pub judge: usize,
    pub criterion: usize,
    /// Position among [`Ratings::values`].
    pub value: usize,
    /// Weight of the criterion; 1 on average.
    pub weight: f64,
}

/// All scores on criteria with a weight.
#[derive(Debug)]
pub(super) struct Ratings {
    /// Scores positions, rated or not.
    pub cases: usize,
    /// Scores positions, rated or not.
    pub judges: usize,
    /// Shares in the total, summing to 1.
    pub shares: Vec<f64>,
    /// The scores that occur, rising.
    pub values: Vec<f64>,
    /// The same with mean 0 and deviation 1 over the ratings, so that the priors' bounds suit any scale.
    pub standard: Vec<f64>,
    /// Deviation of the scores.
    pub deviation: f64,
    /// By case, judge, criterion.
    pub all: Vec<Rating>,
}

impl Ratings {
    pub fn of(panel: &Scores) -> Self {
        let shares: Vec<f64> = panel.criteria().iter().map(|c| c.weight).collect();
        let counted = shares.iter().filter(|share| **share > 0.0).count() as f64;
        let mut scores = Vec::new();
        for judgment in panel.judgments() {
            for (criterion, score) in judgment.scores.iter().enumerate() {
                if let Some(score) = score.filter(|_| shares[criterion] > 0.0) {
                    let weight = shares[criterion] * counted;
                    let (case, judge) = (judgment.case, judgment.judge);
                    scores.push((score, Rating { case, judge, criterion, value: 0, weight }));
                }
            }
        }
        scores.sort_by_key(|(_, r)| (r.case, r.judge, r.criterion));
        let values = places(&mut scores);
        let count = scores.len() as f64;
        let mean = scores.iter().map(|(_, r)| values[r.value]).sum::<f64>() / count;
        let variance = scores.iter().map(|(_, r)| (values[r.value] - mean).powi(2)).sum::<f64>() / count;
        let deviation = variance.sqrt();
        let standard = values.iter().map(|value| (value - mean) / deviation).collect();
        let all = scores.into_iter().map(|(_, rating)| rating).collect();
        Self { cases: panel.cases().len(), judges: panel.judges().len(), shares, values, standard, deviation, all }
    }
}

/// The values that occur, rising; each rating learns its own. Too many are binned, a bin standing for its mean.
fn places(scores: &mut [(f64, Rating)]) -> Vec<f64> {
    let mut distinct: Vec<f64> = scores.iter().map(|(score, _)| *score).collect();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    let (Some(&low), Some(&high)) = (distinct.first(), distinct.last()) else { return distinct };
    let bin = |score: f64| {
        if distinct.len() <= MAX_VALUES {
            distinct.partition_point(|&value| value < score)
        } else {
            ((score - low) / (high - low) * (MAX_VALUES - 1) as f64).round() as usize
        }
    };
    let mut sums = vec![(0.0, 0usize); MAX_VALUES.min(distinct.len())];
    for (score, rating) in scores.iter_mut() {
        rating.value = bin(*score);
        sums[rating.value] = (sums[rating.value].0 + *score, sums[rating.value].1 + 1);
    }
    // Bins that nobody used are no values.
    let used: Vec<usize> = (0..sums.len()).filter(|&i| sums[i].1 > 0).collect();
    scores.iter_mut().for_each(|(_, r)| r.value = used.partition_point(|&i| i < r.value));
    used.iter().map(|&i| sums[i].0 / sums[i].1 as f64).collect()
}
