//! What experts said of cases, and what of it could not be used.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::findings::short;
use super::statistics::total_of;
use crate::nomination::{NominationId, SourceRef};
use crate::programme::Criterion;

/// Name of the experts' judgments in the folder of a merge.
pub const JUDGMENTS_FILE: &str = "judgments.jsonl";

/// What one expert said of one case; a line of `judgments.jsonl`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Judgment {
    /// Name of the expert.
    pub expert: String,
    /// The case.
    pub id: NominationId,
    /// Score by criterion id, on the programme's scale; only criteria that were scored.
    pub scores: BTreeMap<String, f64>,
    /// The scores by the weights of the criteria; none unless every criterion was scored.
    pub total: Option<f64>,
    /// 回避: the expert must not judge it. It has no scores then.
    pub recused: bool,
    /// 弃权: the expert would rather not. It has no scores then.
    pub abstained: bool,
    /// What the expert wrote; empty when nothing.
    pub comment: String,
    /// Where it stands; the first place where there are several.
    pub source: SourceRef,
}

/// A cell, a row or a file that could not be used; a line of `problems.csv`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The workbook.
    pub file: String,
    /// The sheet; empty where the whole file is meant.
    pub sheet: String,
    /// The cell (`H12`) or the row (`12`); empty where the whole file is meant.
    pub cell: String,
    /// Name of the expert, where the file tells it.
    pub expert: String,
    /// Id of the case, where the row tells it.
    pub id: String,
    /// What stands there.
    pub value: String,
    /// Why it cannot be used.
    pub reason: String,
    /// What to do about it.
    pub remedy: String,
}

/// Why something cannot be used, before its place is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Complaint {
    pub reason: String,
    pub remedy: String,
}

impl Complaint {
    pub fn new(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { reason: reason.into(), remedy: remedy.into() }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.file)?;
        for (name, part) in [("sheet", &self.sheet), ("cell", &self.cell)] {
            if !part.is_empty() {
                write!(f, ", {name} {part}")?;
            }
        }
        write!(f, ": {}; {}", self.reason, self.remedy)
    }
}

impl Judgment {
    /// Whether it has a score, a recusal, an abstention or a comment.
    #[must_use]
    pub fn says_anything(&self) -> bool {
        !self.scores.is_empty() || self.recused || self.abstained || !self.comment.is_empty()
    }

    /// The total by the weights of `criteria`, where each of them was scored.
    pub(super) fn with_total(mut self, criteria: &[Criterion]) -> Self {
        let parts = criteria.iter().map(|c| (self.scores.get(&c.id).copied(), f64::from(c.weight)));
        // Weights are kept in 32 bits: further digits are theirs, not the expert's.
        self.total = total_of(parts).map(short);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_needs_every_criterion() {
        let criteria = [Criterion::bare("a", 0.75), Criterion::bare("b", 0.25)];
        let judged = |scores: &[(&str, f64)]| {
            let scores = scores.iter().map(|(id, score)| ((*id).to_owned(), *score)).collect();
            Judgment { scores, ..Judgment::default() }.with_total(&criteria).total
        };
        assert_eq!(judged(&[("a", 80.0), ("b", 60.0)]), Some(75.0));
        assert_eq!(judged(&[("a", 80.0)]), None);
    }
}
