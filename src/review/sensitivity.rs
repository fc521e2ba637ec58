//! How the winners change when one of the weights behind the final score moves by a fifth.

use super::findings::Measures;
use super::merge::Merged;
use super::result::{Outcome, Verdict};
use crate::programme::Programme;
use crate::report::log::LogEntry;
use crate::report::{RankingRecord, SignalRecord};
use crate::score::{SignalIndex, SignalScore, relevance};
use crate::select::sensitivity::{List, Sensitivity};

/// How the winners among `cases` depend on every weight; the arguments are those of [`Outcome::new`], and `outcome` is
/// what it gave.
///
/// Whatever a programme's weights enter is made anew by the functions that made it: the relevance, the experts' totals
/// and what is measured of them, the final scores and the places.
#[must_use]
pub fn of_outcome(
    programme: &Programme,
    cases: &[&RankingRecord],
    top: Option<usize>,
    (merged, measures): (&Merged, &Measures),
    log: &[LogEntry],
    outcome: &Outcome,
) -> Sensitivity {
    let before = lists(outcome, programme);
    Sensitivity::new(programme, &programme.moves_of_result(), &before, |moved| {
        let cases: Vec<RankingRecord> = cases.iter().map(|case| moved_case(case, programme, moved)).collect();
        let cases: Vec<&RankingRecord> = cases.iter().collect();
        let outcome = if moved.criteria == programme.criteria {
            Outcome::new(moved, &cases, top, (merged, measures), log)
        } else {
            let merged = merged.weighted_by(&moved.criteria);
            let measures = Measures::that_count(moved, &cases, &merged);
            Outcome::new(moved, &cases, top, (&merged, &measures), log)
        };
        lists(&outcome, moved)
    })
}

/// `case` with the relevance that the weights of `moved` give it.
///
/// The ranking holds criteria and signals to two decimals: what they give by both programmes is only used to tell the
/// difference, so that unmoved weights leave the recorded relevance as it is.
fn moved_case(case: &RankingRecord, programme: &Programme, moved: &Programme) -> RankingRecord {
    let scores: Vec<f32> = case.criteria.iter().map(|criterion| criterion.score as f32).collect();
    let position = |s: &SignalRecord| programme.settings.signals.iter().position(|known| known.id == s.id);
    let values = case.signals.as_ref().map_or(&[][..], |signals| &signals.values);
    let signals: Vec<SignalScore> = values
        .iter()
        .filter_map(|s| {
            let (signal, scaled) = (SignalIndex(position(s)?), s.scaled as f32);
            Some(SignalScore { signal, raw: s.raw, scaled, share: s.share as f32 })
        })
        .collect();
    let by = |programme: &Programme| f64::from(relevance(programme, &scores, &signals));
    RankingRecord { relevance: case.relevance + by(moved) - by(programme), ..case.clone() }
}

fn lists(outcome: &Outcome, programme: &Programme) -> Vec<List> {
    let list = |category: &str| {
        let own = outcome.entries.iter().filter(|entry| entry.category == category);
        List {
            chosen: own.clone().filter(|e| e.verdict == Verdict::Winner).map(|e| e.id.clone()).collect(),
            places: own.filter_map(|entry| Some((entry.id.clone(), entry.place?))).collect(),
        }
    };
    programme.categories.iter().map(|category| list(&category.id)).collect()
}
