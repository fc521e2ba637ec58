//! Who scored what.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::nomination::NominationId;

/// Totals are kept to the billionth of a score.
const TOTAL_UNITS: f64 = 1e9;

/// Identifies an expert within one panel.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JudgeId(String);

impl JudgeId {
    /// Wraps an id as it stands in the workbook.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JudgeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The scores a judge may give, both ends included; more is better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// The lowest score.
    pub low: f64,
    /// The highest score.
    pub high: f64,
}

/// A criterion with its share in the total.
#[derive(Debug, Clone, PartialEq)]
pub struct RatedCriterion {
    /// Its id in the programme.
    pub id: String,
    /// At least 0; [`Scores::new`] scales the weights to sum 1.
    pub weight: f64,
}

/// What one judge gave one case.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// Position among the panel's judges.
    pub judge: usize,
    /// Position among the panel's cases.
    pub case: usize,
    /// One for each criterion; none where the judge left it open. All open is a recusal or an abstention.
    pub scores: Vec<Option<f64>>,
}

/// A judge's total for a case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Total {
    /// Position among the panel's judges.
    pub judge: usize,
    /// Position among the panel's cases.
    pub case: usize,
    /// Mean of the criteria by weight, on the scale of the scores.
    pub value: f64,
}

/// Judges and cases that are linked by judgments, directly or through others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Positions of the judges, rising.
    pub judges: Vec<usize>,
    /// Positions of the cases, rising.
    pub cases: Vec<usize>,
}

/// What no panel can hold.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum ScoreError {
    /// The scale has no room.
    #[error("the scale from {low} to {high} is none: give a lowest score below the highest", low = .0.low, high = .0.high)]
    Scale(Scale),
    /// Weights that cannot be shares.
    #[error("the criteria's weights are no shares: give each a finite weight of at least 0, and one more than 0")]
    Weights,
    /// A judgment that points outside the panel.
    #[error("judgment {0} names a judge, a case or a number of criteria that the panel does not have")]
    Place(usize),
    /// A score beyond the scale.
    #[error("judge {judge} gave case {case} {score}, outside the scale: correct the score or leave it open")]
    Score {
        /// Who.
        judge: JudgeId,
        /// To which case.
        case: NominationId,
        /// What.
        score: f64,
    },
    /// Two judgments where there can be one.
    #[error("judge {judge} judged case {case} twice: keep one of the two")]
    Twice {
        /// Who.
        judge: JudgeId,
        /// Which case.
        case: NominationId,
    },
}

/// The judgments of a panel, sparse.
#[derive(Debug, Clone, PartialEq)]
pub struct Scores {
    judges: Vec<JudgeId>,
    cases: Vec<NominationId>,
    criteria: Vec<RatedCriterion>,
    judgments: Vec<Scored>,
}

impl Scores {
    /// A panel of `judgments`, in any order; those without a score are left out.
    ///
    /// # Errors
    /// When a score, a weight or a position cannot be, or a judge judged a case twice.
    pub fn new(
        judges: Vec<JudgeId>,
        cases: Vec<NominationId>,
        mut criteria: Vec<RatedCriterion>,
        scale: Scale,
        mut judgments: Vec<Scored>,
    ) -> Result<Self, ScoreError> {
        if !(scale.low.is_finite() && scale.high.is_finite() && scale.low < scale.high) {
            return Err(ScoreError::Scale(scale));
        }
        let sum: f64 = criteria.iter().map(|c| c.weight).sum();
        if criteria.iter().any(|c| c.weight < 0.0) || !sum.is_finite() || sum <= 0.0 {
            return Err(ScoreError::Weights);
        }
        criteria.iter_mut().for_each(|c| c.weight /= sum);
        let fits = |j: &Scored| j.judge < judges.len() && j.case < cases.len() && j.scores.len() == criteria.len();
        if let Some(at) = judgments.iter().position(|j| !fits(j)) {
            return Err(ScoreError::Place(at));
        }
        judgments.retain(|j| j.scores.iter().any(Option::is_some));
        judgments.sort_by_key(|j| (j.judge, j.case));
        let ids = |j: &Scored| (judges[j.judge].clone(), cases[j.case].clone());
        for judgment in &judgments {
            if let Some(&score) = judgment.scores.iter().flatten().find(|s| !(scale.low..=scale.high).contains(*s)) {
                let (judge, case) = ids(judgment);
                return Err(ScoreError::Score { judge, case, score });
            }
        }
        if let Some(pair) =
            judgments.windows(2).find(|pair| (pair[0].judge, pair[0].case) == (pair[1].judge, pair[1].case))
        {
            let (judge, case) = ids(&pair[0]);
            return Err(ScoreError::Twice { judge, case });
        }
        Ok(Self { judges, cases, criteria, judgments })
    }

    /// In the order given.
    #[must_use]
    pub fn judges(&self) -> &[JudgeId] {
        &self.judges
    }

    /// In the order given.
    #[must_use]
    pub fn cases(&self) -> &[NominationId] {
        &self.cases
    }

    /// In the order given; the weights sum to 1.
    #[must_use]
    pub fn criteria(&self) -> &[RatedCriterion] {
        &self.criteria
    }

    /// By judge, then by case; each has a score.
    #[must_use]
    pub fn judgments(&self) -> &[Scored] {
        &self.judgments
    }

    /// The total of every judgment that scored all criteria with a weight, by judge, then by case.
    ///
    /// A judgment that left one open has none: the mean of the others would compare cases by different criteria.
    #[must_use]
    pub fn totals(&self) -> Vec<Total> {
        let total = |j: &Scored| {
            let value = total_of(j.scores.iter().copied().zip(self.criteria.iter().map(|c| c.weight)))?;
            Some(Total { judge: j.judge, case: j.case, value })
        };
        self.judgments.iter().filter_map(total).collect()
    }

    /// The same judges and cases, with only those judgments that `keep` takes.
    #[must_use]
    pub fn only(&self, keep: impl Fn(&Scored) -> bool) -> Self {
        let mut part = self.clone();
        part.judgments.retain(keep);
        part
    }

    /// The parts of the panel that no judgment links, by their first judge; who has no judgment is in none.
    ///
    /// Between two of them nothing says whether the judges differ or the cases.
    #[must_use]
    pub fn components(&self) -> Vec<Component> {
        let mut left: BTreeSet<usize> = self.judgments.iter().map(|j| j.judge).collect();
        let mut found = Vec::new();
        while let Some(first) = left.pop_first() {
            let mut judges = BTreeSet::from([first]);
            let mut cases = BTreeSet::new();
            // Each round reaches the judges one case further away.
            loop {
                cases.extend(self.judgments.iter().filter(|j| judges.contains(&j.judge)).map(|j| j.case));
                let before = judges.len();
                judges.extend(self.judgments.iter().filter(|j| cases.contains(&j.case)).map(|j| j.judge));
                if judges.len() == before {
                    break;
                }
            }
            left.retain(|judge| !judges.contains(judge));
            found.push(Component { judges: judges.into_iter().collect(), cases: cases.into_iter().collect() });
        }
        found
    }
}

/// Mean of scores by weights, of which one at least is above 0; none where a score with a weight is missing.
pub(in crate::review) fn total_of(parts: impl Iterator<Item = (Option<f64>, f64)>) -> Option<f64> {
    let (mut sum, mut weights) = (0.0, 0.0);
    for (score, weight) in parts.filter(|(_, weight)| *weight > 0.0) {
        sum += score? * weight;
        weights += weight;
    }
    // Equal totals are equal whichever criterion brought which part.
    Some((sum / weights * TOTAL_UNITS).round() / TOTAL_UNITS)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A panel on one criterion from 0 to 100; a row is a judge, a column a case.
    pub(in crate::review::statistics) fn single(rows: &[&[Option<f64>]]) -> Scores {
        let judgments = rows.iter().enumerate().flat_map(|(judge, row)| {
            row.iter().enumerate().map(move |(case, &score)| Scored { judge, case, scores: vec![score] })
        });
        sized(rows.len(), rows[0].len(), 1, judgments.collect()).expect("the scores are on the scale")
    }

    /// A panel of criteria that count alike, scored from 0 to 100.
    pub(in crate::review::statistics) fn sized(
        judges: usize,
        cases: usize,
        criteria: usize,
        judgments: Vec<Scored>,
    ) -> Result<Scores, ScoreError> {
        let judges = (0..judges).map(|i| JudgeId::new(format!("J{i}"))).collect();
        let cases = (0..cases).map(|i| NominationId::new(format!("C{i}"))).collect();
        let criteria = (0..criteria).map(|i| RatedCriterion { id: i.to_string(), weight: 1.0 }).collect();
        Scores::new(judges, cases, criteria, Scale { low: 0.0, high: 100.0 }, judgments)
    }

    fn judgment(judge: usize, case: usize, scores: &[Option<f64>]) -> Scored {
        Scored { judge, case, scores: scores.to_vec() }
    }

    #[test]
    fn what_cannot_be_is_refused_by_name() {
        let refused = |judgments| sized(1, 2, 1, judgments).expect_err("it is refused").to_string();
        assert!(refused(vec![judgment(0, 1, &[Some(101.0)])]).contains("judge J0 gave case C1 101"));
        assert!(refused(vec![judgment(0, 1, &[Some(f64::NAN)])]).contains("NaN"));
        assert!(refused(vec![judgment(0, 0, &[Some(1.0)]); 2]).contains("twice"));
        assert!(refused(vec![judgment(0, 2, &[Some(1.0)])]).contains("judgment 0"));
    }

    #[test]
    fn a_total_needs_every_criterion_that_counts() {
        let scores = [[Some(4.0), Some(2.0), None], [Some(4.0), None, Some(2.0)], [None; 3]];
        let judgments = scores.iter().enumerate().map(|(case, s)| judgment(0, case, s)).collect();
        let mut panel = sized(1, 3, 3, judgments).unwrap();
        assert_eq!(panel.judgments().len(), 2);
        for (criterion, weight) in panel.criteria.iter_mut().zip([0.75, 0.25, 0.0]) {
            criterion.weight = weight;
        }
        assert_eq!(panel.totals(), [Total { judge: 0, case: 0, value: 3.5 }]);
    }

    #[test]
    fn parts_that_nothing_links_are_told() {
        let (x, o) = (Some(1.0), None);
        let panel = single(&[&[x, x, o, o, o], &[o, o, x, o, o], &[o, x, o, o, o], &[o, o, x, x, o]]);
        let part = |judges: &[usize], cases: &[usize]| Component { judges: judges.to_vec(), cases: cases.to_vec() };
        assert_eq!(panel.components(), [part(&[0, 2], &[0, 1]), part(&[1, 3], &[2, 3])]);
    }
}
