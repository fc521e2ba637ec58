//! The ways by which nominations come: which there are, and which ones a nomination names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::check::{Checker, unique};
use super::place::Step::{Item, Key};
use super::{Language, Programme, SEPARATORS};
use crate::clean::comparison_key;

/// A way by which nominations come, such as 单位自荐.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channel {
    /// Name in files.
    pub id: String,
    /// Name in reports, and one under which nominations declare it.
    pub name: String,
    /// English name in reports, and another such name.
    #[serde(default)]
    pub name_en: String,
    /// Further names under which nominations declare it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What having come this way is worth in the evaluation, 0 to 100, higher is better; none where it counts for
    /// nothing, which is not 0.
    #[serde(default)]
    pub score: Option<f64>,
}

impl Channel {
    /// The names under which nominations declare it.
    fn names(&self) -> impl Iterator<Item = &String> {
        [&self.id, &self.name, &self.name_en].into_iter().chain(&self.aliases).filter(|name| !name.is_empty())
    }
}

/// Position of a channel in its programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChannelIndex(pub usize);

impl Programme {
    /// The channels that `declared`, the text of one field, names; a part that names none is given back as it stands.
    ///
    /// Width, case, spaces and punctuation do not matter. A name is not looked for inside another: 非单位自荐 is not
    /// 单位自荐.
    pub fn find_channels<'d>(&self, declared: &'d str) -> Vec<Result<ChannelIndex, &'d str>> {
        // A name may hold a separator itself.
        if let Some(whole) = self.channel_named(declared) {
            return vec![Ok(whole)];
        }
        let parts = declared.split(SEPARATORS).map(str::trim).filter(|part| !part.is_empty());
        parts.map(|part| self.channel_named(part).ok_or(part)).collect()
    }

    /// What `channels`, as `ranking.jsonl` has them, are worth: the highest score among them. None where no known one
    /// has a score.
    #[must_use]
    pub fn channel_score(&self, channels: &[String]) -> Option<f64> {
        let own = self.settings.channels.iter().filter(|channel| channels.contains(&channel.id));
        own.filter_map(|channel| channel.score).max_by(f64::total_cmp)
    }

    /// Name of the channel `id` in `language`; `id` itself, which may be what a nomination declares, where there is
    /// none.
    #[must_use]
    pub fn channel_name<'s>(&'s self, id: &'s str, language: Language) -> &'s str {
        let known = self.settings.channels.iter().find(|channel| channel.id == id);
        known.map_or(id, |channel| language.pick(&channel.name, &channel.name_en))
    }

    fn channel_named(&self, name: &str) -> Option<ChannelIndex> {
        let wanted = comparison_key(name);
        let mut channels = self.settings.channels.iter();
        let found = channels.position(|channel| channel.names().any(|name| comparison_key(name) == wanted));
        found.filter(|_| !wanted.is_empty()).map(ChannelIndex)
    }

    pub(super) fn check_channels(&self, file: &mut Checker<'_>) {
        let channels = &self.settings.channels;
        unique(file, "channel", channels.iter().map(|channel| channel.id.as_str()));
        let mut owners = BTreeMap::new();
        for (index, channel) in channels.iter().enumerate() {
            let Channel { id, name, score, .. } = channel;
            let at = |key| [Key("channel"), Item(index), Key(key)];
            file.require(&at("name"), !name.trim().is_empty(), || format!("channel {id:?} has no name"));
            file.require(&at("score"), score.is_none_or(|score| (0.0..=100.0).contains(&score)), || {
                format!("channel {id:?} has score {}; give 0 to 100, or leave it out", score.unwrap_or_default())
            });
            for name in channel.names() {
                let key = comparison_key(name);
                file.require(&at("aliases"), !key.is_empty(), || {
                    format!("channel {id:?} has the name {name:?}, which says nothing; remove it")
                });
                let owner = *owners.entry(key).or_insert(index);
                file.require(&at("aliases"), owner == index, || {
                    format!(
                        "the channel name {name:?} belongs to {:?} and to {id:?}; give it to one",
                        channels[owner].id
                    )
                });
            }
        }
        let share = self.settings.review.channel_share;
        let at = [Key("review"), Key("channel_share")];
        file.require(&at, (0.0..=1.0).contains(&share), || {
            format!("review.channel_share is {share}; give a number from 0 to 1")
        });
        let sum = share + self.settings.review.panel_share;
        file.require(&at, sum <= 1.0 + SHARE_TOLERANCE, || {
            format!("review.panel_share and review.channel_share sum to {sum:.3}; together they are at most 1")
        });
        file.require(&at, share == 0.0 || channels.iter().any(|channel| channel.score.is_some()), || {
            "review.channel_share is given and no [[channel]] has a score; give one, or remove the line".into()
        });
    }
}

/// 0.9 and 0.1 written by people sum to 1.
const SHARE_TOLERANCE: f64 = 1e-9;

#[cfg(test)]
mod tests {
    use super::*;

    fn programme() -> Programme {
        let mut programme = Programme::from_category_names("names.json".as_ref(), r#"["a"]"#).expect("a name");
        let channel = |id: &str, name: &str, aliases: &[&str], score| Channel {
            id: id.into(),
            name: name.into(),
            name_en: String::new(),
            aliases: aliases.iter().map(|&alias| alias.into()).collect(),
            score,
        };
        programme.settings.channels = vec![
            channel("self", "单位自荐", &["自荐", "自荐/自报"], Some(60.0)),
            channel("expert", "专家推荐", &[], Some(80.0)),
            channel("collected", "AI智能中选", &[], None),
        ];
        programme
    }

    #[test]
    fn several_channels_stand_in_one_cell_and_an_unknown_one_is_given_back() {
        let programme = programme();
        let found = |declared| programme.find_channels(declared);
        assert_eq!(found("单位自荐、专家推荐"), [Ok(ChannelIndex(0)), Ok(ChannelIndex(1))]);
        assert_eq!(found("ＡＩ智能中选；自 荐\nEXPERT"), [2, 0, 1].map(|at| Ok(ChannelIndex(at))));
        assert_eq!(found("自荐/自报"), [Ok(ChannelIndex(0))], "a name may hold a separator");
        assert_eq!(found("非单位自荐 / 专家推荐"), [Err("非单位自荐"), Ok(ChannelIndex(1))]);
        assert_eq!(found(" 、"), []);
        assert_eq!(found("——"), [Err("——")]);
    }

    #[test]
    fn the_highest_score_counts_and_none_is_not_zero() {
        let score = |ids: &[&str]| programme().channel_score(&ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>());
        assert_eq!(score(&["self", "expert", "collected"]), Some(80.0));
        assert_eq!(score(&["collected"]), None);
        assert_eq!(score(&["熟人介绍"]), None);
        assert_eq!(score(&[]), None);
    }
}
