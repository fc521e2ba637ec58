//! Whose row is it?

use std::collections::{BTreeMap, BTreeSet};

use super::names::UnitName;
use super::table::Row;
use super::{Aliases, Fate, How, JoinedRow};
use crate::clean::comparison_key;
use crate::nomination::{Nomination, NominationId};
use crate::programme::Signal;

/// A nomination as rows are compared with it.
struct Known<'a> {
    id: &'a NominationId,
    title: String,
    url: String,
    /// None where no unit is given.
    unit: Option<Named>,
}

/// A unit by its own name, and by the name that the user's table gives it.
struct Named {
    written: UnitName,
    resolved: UnitName,
}

impl Named {
    fn new(unit: &str, region: &str, aliases: &Aliases) -> Option<Self> {
        let region = aliases.resolve(region);
        (!unit.trim().is_empty()).then(|| Self {
            written: UnitName::parse(unit).within(&region),
            resolved: UnitName::parse(&aliases.resolve(unit)).within(&region),
        })
    }

    /// How `other` is the same unit, if it is.
    fn how(&self, other: &Self) -> Option<How> {
        if !self.resolved.matches(&other.resolved) {
            None
        } else if !self.written.matches(&other.written) {
            Some(How::UnitAlias)
        } else {
            Some(if self.written.is_written_as(&other.written) { How::Unit } else { How::UnitVariant })
        }
    }
}

/// Finds the nominations of every row.
pub(super) fn join(rows: Vec<Row>, nominations: &[Nomination], aliases: &Aliases) -> Vec<JoinedRow> {
    let known: Vec<Known<'_>> = nominations
        .iter()
        .map(|n| Known {
            id: &n.id,
            title: comparison_key(&n.title),
            url: url_key(&n.url),
            unit: Named::new(&n.unit, &n.region, aliases),
        })
        .collect();
    rows.into_iter()
        .map(|row| {
            let unit = row.unit.as_deref().and_then(|unit| Named::new(unit, &row.region, aliases));
            let fate = fate(&row, unit.as_ref(), &known, aliases);
            let given = [&row.id, &row.title, &row.unit, &row.url].into_iter().flatten().map(String::as_str);
            let given = given.collect::<Vec<_>>().join(" | ");
            JoinedRow { source: row.source, given, values: row.values, fate, remarks: row.remarks }
        })
        .collect()
}

fn fate(row: &Row, unit: Option<&Named>, known: &[Known<'_>], aliases: &Aliases) -> Fate {
    let says_nobody = [&row.id, &row.url, &row.title, &row.unit].iter().all(|key| key.is_none());
    if row.values.is_empty() || says_nobody {
        return Fate::Unusable;
    }
    let contradicts = |known: &Known<'_>| match (unit, &known.unit) {
        (Some(row), Some(own)) => row.how(own).is_none(),
        _ => false,
    };
    let by =
        |is_same: &dyn Fn(&Known<'_>) -> bool| -> Vec<&Known<'_>> { known.iter().filter(|k| is_same(k)).collect() };
    if let Some(id) = &row.id
        && let [found] = by(&|known| known.id.as_str() == id)[..]
    {
        return if contradicts(found) { Fate::Contradicts(found.id.clone()) } else { joined(How::Id, &[found]) };
    }
    let url = row.url.as_deref().map(url_key).unwrap_or_default();
    let title = row.title.as_deref().map(comparison_key).unwrap_or_default();
    for (how, found) in [
        (How::Url, by(&|known| !url.is_empty() && known.url == url)),
        (How::Title, by(&|known| !title.is_empty() && known.title == title && !contradicts(known))),
    ] {
        match found[..] {
            [] => {}
            [found] => return joined(how, &[found]),
            _ => return one_unit(&found).map_or_else(|| ambiguous(&found), |()| joined(how, &found)),
        }
    }
    match (unit, &row.title) {
        // A row about a case says nothing of other cases of the same unit.
        (Some(_), Some(_)) => Fate::Unknown,
        (Some(unit), None) => by_unit(unit, known),
        // 名称 may head a column of units.
        (None, Some(title)) => {
            Named::new(title, &row.region, aliases).map_or(Fate::Unknown, |unit| by_unit(&unit, known))
        }
        (None, None) => Fate::Unknown,
    }
}

fn by_unit(unit: &Named, known: &[Known<'_>]) -> Fate {
    let found = known.iter().filter_map(|known| Some((known.unit.as_ref()?.how(unit)?, known)));
    let found: Vec<(How, &Known<'_>)> = found.collect();
    let all: Vec<&Known<'_>> = found.iter().map(|(_, known)| *known).collect();
    match found.iter().map(|(how, _)| *how).max() {
        None => Fate::Unknown,
        Some(how) => one_unit(&all).map_or_else(|| ambiguous(&all), |()| joined(how, &all)),
    }
}

/// Whether all are nominations of one unit.
fn one_unit(found: &[&Known<'_>]) -> Option<()> {
    let units: Vec<&Named> = found.iter().filter_map(|known| known.unit.as_ref()).collect();
    let first = units.first()?;
    let is_one = units.len() == found.len() && units.iter().all(|unit| unit.resolved.says_as_much_as(&first.resolved));
    is_one.then_some(())
}

fn joined(how: How, found: &[&Known<'_>]) -> Fate {
    Fate::Joined(how, found.iter().map(|known| known.id.clone()).collect())
}

fn ambiguous(found: &[&Known<'_>]) -> Fate {
    Fate::Ambiguous(found.iter().map(|known| known.id.clone()).collect())
}

/// A link without what differs between two ways to write it.
fn url_key(url: &str) -> String {
    let url = url.trim().to_lowercase();
    let url = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    url.trim_start_matches("www.").trim_end_matches('/').to_owned()
}

/// Gives the nominations their numbers. Where two rows give one nomination different numbers, neither is used.
pub(super) fn settle(rows: &mut [JoinedRow], nominations: &mut [Nomination], signals: &[Signal]) {
    let mut given: BTreeMap<(NominationId, String), Vec<(usize, f64)>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let Fate::Joined(_, ids) = &row.fate else { continue };
        for (id, (signal, value)) in ids.iter().flat_map(|id| row.values.iter().map(move |value| (id, value))) {
            given.entry((id.clone(), signal.clone())).or_default().push((at, *value));
        }
    }
    let mut values: BTreeMap<(NominationId, String), f64> = BTreeMap::new();
    let mut remarks: BTreeSet<(usize, String)> = BTreeSet::new();
    for ((id, signal), found) in given {
        let (first, value) = found[0];
        match found.iter().find(|(_, other)| *other != value) {
            None => _ = values.insert((id, signal), value),
            Some((at, other)) => {
                let (here, there) = (rows[first].source.to_string(), rows[*at].source.to_string());
                let remark = format!("{signal} of {id} is {value} in {here} and {other} in {there}; neither is used");
                remarks.extend(found.iter().map(|(at, _)| (*at, remark.clone())));
            }
        }
    }
    for (at, remark) in remarks {
        rows[at].remarks.push(remark);
    }
    for nomination in nominations {
        for signal in signals {
            if let Some(value) = values.remove(&(nomination.id.clone(), signal.id.clone())) {
                nomination.signals.insert(signal.id.clone(), value);
            }
        }
    }
}
