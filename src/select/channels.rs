//! Through which channels each case came, those of its copies included.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Ranking;
use crate::nomination::NominationId;
use crate::programme::{ChannelIndex, Programme};

/// Unknown names told in a note; `run.json` has all.
const SHOWN: usize = 10;

/// The channels of one case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Channels {
    /// Those of the programme.
    pub known: BTreeSet<ChannelIndex>,
    /// What else stands in the field.
    pub unknown: BTreeSet<String>,
}

impl Channels {
    /// As `ranking.jsonl` has them: ids in the programme's order, then what is unknown as it was declared.
    #[must_use]
    pub fn ids(&self, programme: &Programme) -> Vec<String> {
        let known = self.known.iter().map(|index| &programme.settings.channels[index.0].id);
        known.chain(&self.unknown).cloned().collect()
    }
}

/// The channels of every nomination of `ranking`: those its own field names, and those of the copies that it stands for.
/// None where the programme declares no channel.
#[must_use]
pub fn channels(ranking: &Ranking, programme: &Programme) -> Option<BTreeMap<NominationId, Channels>> {
    if programme.settings.channels.is_empty() {
        return None;
    }
    let mut found: BTreeMap<NominationId, Channels> = BTreeMap::new();
    let mut read: BTreeMap<&str, Vec<Result<ChannelIndex, &str>>> = BTreeMap::new();
    for entry in &ranking.entries {
        let declared = entry.nomination.channel.as_str();
        let named = read.entry(declared).or_insert_with(|| programme.find_channels(declared));
        for id in [Some(&entry.nomination.id), entry.placement.duplicate_of.as_ref()].into_iter().flatten() {
            let own = found.entry(id.clone()).or_default();
            for channel in named.iter() {
                match channel {
                    Ok(index) => _ = own.known.insert(*index),
                    Err(text) => _ = own.unknown.insert((*text).to_owned()),
                }
            }
        }
    }
    Some(found)
}

/// How many cases came through which channel; a case that came through two counts for both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelCounts {
    /// The programme's, in its order.
    pub known: Vec<ChannelCount>,
    /// Names that are none of the programme's, by name; they count for nothing.
    pub unknown: Vec<ChannelCount>,
    /// Cases without a known channel.
    pub without: usize,
}

/// How many cases came through one channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelCount {
    /// Its id, or what was declared.
    pub name: String,
    /// Cases, a case and its copies being one.
    pub nominations: usize,
}

impl ChannelCounts {
    /// Counts the cases of `ranking`; none where the programme declares no channel.
    #[must_use]
    pub fn of(ranking: &Ranking, programme: &Programme) -> Option<Self> {
        let found = channels(ranking, programme)?;
        let cases: Vec<&Channels> = ranking
            .entries
            .iter()
            .filter(|e| e.placement.duplicate_of.is_none())
            .map(|e| &found[&e.nomination.id])
            .collect();
        let with = |holds: &dyn Fn(&Channels) -> bool| cases.iter().filter(|case| holds(case)).count();
        let known = programme.settings.channels.iter().enumerate().map(|(index, channel)| ChannelCount {
            name: channel.id.clone(),
            nominations: with(&|case| case.known.contains(&ChannelIndex(index))),
        });
        let names: BTreeSet<&String> = cases.iter().flat_map(|case| &case.unknown).collect();
        let unknown = names
            .into_iter()
            .map(|name| ChannelCount { name: name.clone(), nominations: with(&|case| case.unknown.contains(name)) });
        Some(Self { known: known.collect(), unknown: unknown.collect(), without: with(&|case| case.known.is_empty()) })
    }

    /// What a coordinator should mend.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let note = |ChannelCount { name, nominations }: &ChannelCount| {
            format!(
                "channel {name:?} is none of the programme's and counts for nothing (nominations that name it: \
                 {nominations}); add it to the aliases of a [[channel]] if it is one"
            )
        };
        let mut notes: Vec<String> = self.unknown.iter().take(SHOWN).map(note).collect();
        if self.unknown.len() > SHOWN {
            notes.push(format!("{} more names of channels are unknown, see run.json", self.unknown.len() - SHOWN));
        }
        notes
    }
}
