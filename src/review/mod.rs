//! The experts' part: workbooks out, their judgments back, and the result that rests on them.
//!
//! A coordinator exports a run ([`export`]), experts fill in their workbooks, and [`merge`](mod@merge) reads them back:
//! every cell that cannot be used is named, and nothing that an expert wrote is overwritten or guessed.
//!
//! What experts get is blind: shortlisted cases, near misses and the rescue sample stand together, without rank,
//! score or a word on which is which.

mod assign;
mod cell;
mod document;
pub mod evaluation;
pub mod export;
pub mod feedback;
mod files;
pub mod findings;
pub mod judgment;
pub mod merge;
pub mod notice;
mod panel;
pub mod result;
pub mod sensitivity;
mod sheet;
pub mod statistics;
mod ticket;

pub use assign::{Assignment, assign};
pub use document::{Block, Document};
pub use files::Rendered;
pub use panel::{Expert, Panel, PanelError};
pub use ticket::Ticket;

use crate::report::RankingRecord;
use crate::select::Status;

/// `name` as a part of a file's name that every system takes.
#[must_use]
pub fn file_stem(name: &str) -> String {
    name.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).collect()
}

/// The cases of a run that experts judge, in the order of the ranking's categories and ids: who is above the line, who
/// is near it, and who was drawn from below.
#[must_use]
pub fn cases(ranking: &[RankingRecord]) -> Vec<&RankingRecord> {
    let mut order: Vec<&str> = Vec::new();
    for record in ranking {
        if !order.contains(&record.category.as_str()) {
            order.push(&record.category);
        }
    }
    let is_judged =
        |status| matches!(status, Status::Shortlisted | Status::Displaced | Status::NearMiss | Status::Rescue);
    let mut cases: Vec<&RankingRecord> = ranking.iter().filter(|record| is_judged(record.status)).collect();
    cases.sort_by_key(|record| (order.iter().position(|id| *id == record.category), &record.id));
    cases
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A case of `category` for the tests of this folder.
    pub(super) fn case(id: &str, category: &str) -> RankingRecord {
        let json = serde_json::json!({
            "id": id, "title": format!("案例{id}"), "category": category, "probabilities": {}, "margin": 1.0,
            "decision": "assigned", "secondary": [], "declared_category": "", "rank": 1, "rank_interval": [1, 1],
            "status": "shortlisted", "duplicate_of": null, "relevance": 50.0, "novelty": 50.0, "criteria": [],
            "coverage": 1.0, "flags": [], "unit": "", "region": "", "level": "", "source": {"file": "a.csv"},
            "reason": ""
        });
        serde_json::from_value(json).expect("a record")
    }

    #[test]
    fn who_is_judged_follows_no_rank() {
        let with = |id, status, rank| RankingRecord { status, rank, ..case(id, "data") };
        let ranking = [
            with("d", Status::Shortlisted, 1),
            with("c", Status::NearMiss, 2),
            with("b", Status::BelowLine, 3),
            with("a", Status::Rescue, 4),
            with("e", Status::Duplicate, 5),
        ];
        let ids: Vec<&str> = cases(&ranking).iter().map(|case| case.id.as_str()).collect();
        assert_eq!(ids, ["a", "c", "d"]);
    }
}
