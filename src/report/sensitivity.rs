//! How a list depends on the weights: `sensitivity.csv` for the coordinator, and counts for everybody.
//!
//! Who would enter a list stands near its line, and so is no rescue case: where experts read along, only numbers are
//! told, of all categories together, and who they are stands in `sensitivity.csv` alone. In a category with a single
//! case for review a number by category would tell as much as its id.

use super::wording::{Wording, fill};
use super::{ReportError, SENSITIVITY_FILE, csv};
use crate::nomination::NominationId;
use crate::programme::{Language, Move, Programme, Weight};
use crate::select::sensitivity::{Change, Moved, Sensitivity};

/// The same in every language, because scripts read them.
const COLUMNS: [&str; 10] =
    ["weight", "id", "from", "to", "category", "places", "changed", "enter", "leave", "largest_rank_move"];

/// Every move, in total (no category) and by category; the unmoved weights first, by which nothing changes.
pub(crate) fn table(sensitivity: &Sensitivity, programme: &Programme) -> Result<Vec<u8>, ReportError> {
    let rows = sensitivity.moves.iter().flat_map(|moved| {
        let of_category = |(at, change): (usize, &Change)| row(moved, &programme.categories[at].id, change, programme);
        let total = row(moved, "", &moved.total(), programme);
        std::iter::once(total).chain(moved.categories.iter().enumerate().map(of_category)).collect::<Vec<_>>()
    });
    csv::table(SENSITIVITY_FILE, &COLUMNS, rows)
}

fn row(moved: &Moved, category: &str, change: &Change, programme: &Programme) -> Vec<String> {
    let ids = |ids: &[NominationId]| ids.iter().map(NominationId::as_str).collect::<Vec<_>>().join("; ");
    let figure =
        |figure: fn(&Move) -> f64| moved.by.as_ref().map_or_else(String::new, |by| format!("{:.4}", figure(by)));
    vec![
        moved.by.map_or("unmoved", |by| by.weight.kind()).to_owned(),
        moved.by.map_or_else(String::new, |by| by.weight.id(programme).to_owned()),
        figure(|by| by.from),
        figure(|by| by.to),
        category.to_owned(),
        change.places.to_string(),
        change.changed().to_string(),
        ids(&change.enter),
        ids(&change.leave),
        change.largest_move.to_string(),
    ]
}

/// A move as people read it: which weight, from, to (percent), how many of the list are others, largest move of rank.
pub(crate) struct Told {
    pub weight: String,
    pub from: String,
    pub to: String,
    pub changed: usize,
    pub largest_move: usize,
}

/// Every move in numbers, all categories together.
pub(crate) fn told(sensitivity: &Sensitivity, programme: &Programme, language: Language) -> Vec<Told> {
    let moves = sensitivity.moves.iter().filter_map(|moved| Some((moved.by?, moved.total())));
    moves
        .map(|(by, total)| Told {
            weight: name(by.weight, programme, language),
            from: percent(by.from),
            to: percent(by.to),
            changed: total.changed(),
            largest_move: total.largest_move,
        })
        .collect()
}

/// Of how many `chosen` how many would change at most, and by which weight; none where no weight can move.
pub(crate) fn summary(
    sensitivity: &Sensitivity,
    programme: &Programme,
    chosen: &str,
    language: Language,
) -> Option<String> {
    let e = &Wording::of(language).evaluation;
    let places = sensitivity.places().to_string();
    let told = match sensitivity.most() {
        Some((Move { weight, from, to }, change)) => {
            let changed = change.changed().to_string();
            let weight = name(weight, programme, language);
            fill(e.sensitivity_is, &[chosen, &places, &changed, &weight, &percent(from), &percent(to)])
        }
        None => fill(e.sensitivity_none, &[chosen, &places]),
    };
    sensitivity.says_anything().then_some(told)
}

fn name(weight: Weight, programme: &Programme, language: Language) -> String {
    let e = &Wording::of(language).evaluation;
    match weight {
        Weight::PanelShare => e.panel_share.to_owned(),
        Weight::ChannelShare => e.channel_share.to_owned(),
        Weight::SignalShare => e.signal_share.to_owned(),
        Weight::Criterion(index) => {
            let criterion = &programme.criteria[index.0];
            fill(e.criterion_weight, &[language.pick(&criterion.name, &criterion.name_en)])
        }
        Weight::Signal(index) => {
            let signal = &programme.settings.signals[index];
            fill(e.signal_weight, &[language.pick(&signal.name, &signal.name_en)])
        }
    }
}

/// One decimal, without the sign.
fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}
