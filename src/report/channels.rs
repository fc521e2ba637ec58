//! Through which channels cases came, in words.

use std::collections::BTreeMap;

use super::Report;
use super::wording::fill;
use crate::nomination::NominationId;
use crate::programme::{Language, Programme};
use crate::report::wording::Wording;
use crate::select::channels::{ChannelCount, ChannelCounts, channels};

impl Report<'_> {
    /// The channels of each case, by its id; none where the programme declares no channel.
    ///
    /// They come with the nominations and depend on no rank, so that they may be told of cases of the review sample.
    pub(super) fn channel_names(&self) -> Option<BTreeMap<NominationId, String>> {
        let found = channels(self.ranking, self.programme)?;
        let names =
            found.into_iter().map(|(id, own)| (id, names(&own.ids(self.programme), self.programme, self.language)));
        Some(names.collect())
    }

    /// How many cases came through which channel.
    pub(super) fn channel_lines(&self) -> Vec<(&'static str, String)> {
        let w = self.wording();
        let Some(ChannelCounts { known, unknown, without }) = &self.run.channels else { return Vec::new() };
        let told = |ChannelCount { name, nominations }: &ChannelCount| {
            let name = shown(name, self.programme, self.language);
            fill(w.evaluation.channel_count, &[&name, &nominations.to_string()])
        };
        let mut counts: Vec<String> =
            known.iter().chain(unknown).filter(|count| count.nominations > 0).map(told).collect();
        if *without > 0 {
            counts.push(fill(w.evaluation.without_channel_count, &[&without.to_string()]));
        }
        vec![(w.evaluation.channels, counts.join(w.semicolon))]
    }
}

/// `ids`, as `ranking.jsonl` has them, by their names.
pub(crate) fn names(ids: &[String], programme: &Programme, language: Language) -> String {
    let names: Vec<String> = ids.iter().map(|id| shown(id, programme, language)).collect();
    Wording::of(language).join(&names)
}

/// The name of a channel, or what was declared in its place, marked as unknown.
fn shown(id: &str, programme: &Programme, language: Language) -> String {
    if programme.settings.channels.iter().any(|channel| channel.id == id) {
        return programme.channel_name(id, language).to_owned();
    }
    fill(Wording::of(language).evaluation.unknown_channel, &[id])
}
