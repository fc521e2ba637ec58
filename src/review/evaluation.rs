//! 综合评估: how the final score of a case is made of panel, channels, text and signals, and what each of them gave.
//!
//! `final = panel_share * panel + channel_share * channels + the rest * relevance`, and the relevance is that of the text
//! and of the signals ([`crate::score::enter_signals`]). A case without a known channel that has a score is not worth 0:
//! what the channels have goes to panel and relevance in proportion.

use serde::{Deserialize, Serialize};

use crate::programme::{Language, PanelScore, Programme, ReviewRule, Settings};
use crate::report::wording::Wording;
use crate::report::{RankingRecord, SignalRecord};

/// Final scores that are printed alike are alike: steps to a point.
const STEPS: f64 = 100.0;

/// What counts in a final score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The experts.
    Panel,
    /// The channels by which the case came.
    Channels,
    /// What its text says, by the criteria.
    Text,
    /// A number that came along.
    Signal,
}

/// What one part gave a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// Which part.
    pub part: Part,
    /// Id of the signal, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What it is worth by itself, on the experts' scale, 2 decimals.
    pub score: f64,
    /// Share of the final score, 0 to 1, 4 decimals.
    pub share: f64,
    /// Points of the final score, 2 decimals. Those of all parts add up to it: each is cut off at the second decimal, and
    /// what then is missing goes, a hundredth each, to those that lost most.
    pub points: f64,
}

/// The final score of a case, and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// On the experts' scale, 2 decimals.
    pub final_score: f64,
    /// Every part that has a share.
    pub contributions: Vec<Contribution>,
}

/// A case of a result as it is read back: a part of a line of `result.jsonl`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Evaluated {
    /// Place in its category.
    pub place: Option<usize>,
    /// None where nobody judged it.
    pub final_score: Option<f64>,
    /// Where that comes from.
    #[serde(default)]
    pub contributions: Vec<Contribution>,
    /// Whether the share of the channels went to the others.
    #[serde(default)]
    pub without_channel: bool,
}

/// What panel, channels and relevance have of one final score; they sum to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Shares {
    panel: f64,
    channels: f64,
    relevance: f64,
}

impl ReviewRule {
    /// What is left to the relevance, 0 to 1.
    #[must_use]
    pub fn relevance_share(&self) -> f64 {
        (1.0 - self.panel_share - self.channel_share).max(0.0)
    }

    /// `score`, 0 to 100, on the experts' scale.
    fn on_scale(&self, score: f64) -> f64 {
        self.lowest + score / 100.0 * (self.highest - self.lowest)
    }

    fn shares(&self, has_channel: bool) -> Shares {
        let (panel, relevance) = (self.panel_share, self.relevance_share());
        if has_channel {
            return Shares { panel, channels: self.channel_share, relevance };
        }
        let left = 1.0 - self.channel_share;
        Shares { panel: panel / left, channels: 0.0, relevance: relevance / left }
    }
}

impl Evaluation {
    /// Evaluates `case`, to which the panel gives `panel`, on its scale.
    #[must_use]
    pub fn new(programme: &Programme, case: &RankingRecord, panel: f64) -> Self {
        let rule = &programme.settings.review;
        let channel = channel_score(programme, case);
        let shares = rule.shares(channel.is_some());
        let relevance = rule.on_scale(case.relevance);
        let channels = channel.map_or(0.0, |score| rule.on_scale(score));
        let sum = shares.panel * panel + shares.channels * channels + shares.relevance * relevance;
        let final_score = (sum * STEPS).round() / STEPS;

        // (what, by itself, share, points), before rounding.
        let mut parts = vec![(Part::Panel, None, panel, shares.panel, shares.panel * panel)];
        parts.push((Part::Channels, None, channels, shares.channels, shares.channels * channels));
        parts.extend(parts_of_relevance(rule, case, shares.relevance));
        parts.retain(|&(.., share, _)| share > 0.0);
        let points = apportioned(&parts.iter().map(|&(.., points)| points).collect::<Vec<_>>(), final_score);
        let contribution = |((part, id, score, share, _), points): ((_, _, f64, f64, f64), f64)| Contribution {
            part,
            id,
            score: (score * STEPS).round() / STEPS,
            share: (share * 10_000.0).round() / 10_000.0,
            points,
        };
        Self { final_score, contributions: parts.into_iter().zip(points).map(contribution).collect() }
    }
}

/// What the channels of `case` are worth, 0 to 100; none where no known one has a score.
pub(super) fn channel_score(programme: &Programme, case: &RankingRecord) -> Option<f64> {
    case.channels.as_ref().and_then(|channels| programme.channel_score(channels))
}

/// Text and signals of a relevance that has `share` of the final score.
fn parts_of_relevance(
    rule: &ReviewRule,
    case: &RankingRecord,
    share: f64,
) -> Vec<(Part, Option<String>, f64, f64, f64)> {
    let signals = case.signals.as_ref().map_or(&[][..], |signals| &signals.values);
    let text_share = case.signals.as_ref().map_or(1.0, |signals| signals.text_share);
    let by_signals: f64 = signals.iter().map(|signal| signal.contribution).sum();
    let span = rule.highest - rule.lowest;
    let text = rule.on_scale((case.relevance - by_signals) / text_share);
    let signal = |s: &SignalRecord| {
        let points = share * (s.share * rule.lowest + s.contribution / 100.0 * span);
        (Part::Signal, Some(s.id.clone()), rule.on_scale(s.scaled), share * s.share, points)
    };
    let signals: Vec<_> = signals.iter().map(signal).collect();
    let rest = share * rule.on_scale(case.relevance) - signals.iter().map(|part| part.4).sum::<f64>();
    [vec![(Part::Text, None, text, share * text_share, rest)], signals].concat()
}

/// `parts` in hundredths that sum to `whole`, which is their sum in hundredths: all are cut off, and what is missing goes
/// to those that lost most (Hamilton's method of apportionment).
fn apportioned(parts: &[f64], whole: f64) -> Vec<f64> {
    let floors: Vec<f64> = parts.iter().map(|part| (part * STEPS).floor()).collect();
    // Parts that lost the same but for noise go by their order.
    let lost = |at: usize| ((parts[at] * STEPS - floors[at]) * 1e6).round();
    let missing = (whole * STEPS).round() - floors.iter().sum::<f64>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|&a, &b| lost(b).total_cmp(&lost(a)).then(a.cmp(&b)));
    let mut steps = floors;
    order.into_iter().take(missing.max(0.0) as usize).for_each(|at| steps[at] += 1.0);
    steps.into_iter().map(|steps| steps / STEPS + 0.0).collect()
}

/// Name of a part, for people; `id` is that of a signal. Without the programme the id stands for the signal.
pub(crate) fn part_name<'s>(
    programme: Option<&'s Programme>,
    part: Part,
    id: Option<&'s str>,
    language: Language,
) -> &'s str {
    let e = &Wording::of(language).evaluation;
    match part {
        Part::Panel => e.panel,
        Part::Channels => e.channels,
        Part::Text => e.text,
        Part::Signal => {
            let id = id.unwrap_or_default();
            let known = programme.and_then(|programme| programme.settings.signals.iter().find(|known| known.id == id));
            known.map_or(id, |known| language.pick(&known.name, &known.name_en))
        }
    }
}

/// How a final score is made by `settings`, in sentences for whoever writes a programme.
#[must_use]
pub fn in_words(settings: &Settings) -> Vec<String> {
    let review = &settings.review;
    let percent = |share: f64| format!("{} %", (share * 1000.0).round() / 10.0);
    let panel = match review.panel_score {
        PanelScore::Mean => "the mean of the experts' totals",
        PanelScore::Adjusted => "the experts' totals, freed from who was severe",
    };
    let mut parts = vec![format!("{} panel ({panel})", percent(review.panel_share))];
    if review.channel_share > 0.0 {
        let channels = "the highest score of those through which a case came";
        parts.push(format!("{} channels ({channels})", percent(review.channel_share)));
    }
    if review.relevance_share() > 0.0 {
        parts.push(format!("{} relevance", percent(review.relevance_share())));
    }
    let mut lines = vec![format!("final score = {}", parts.join(" + "))];
    let share = f64::from(settings.signal_share);
    let text = format!("{} text (the criteria by their weights)", percent(1.0 - share));
    let signals = settings.signals.iter().map(|s| format!("{} {}", percent(f64::from(s.weight) * share), s.id));
    lines.push(format!("relevance = {}", std::iter::once(text).chain(signals).collect::<Vec<_>>().join(" + ")));
    let mut missing = Vec::new();
    if review.channel_share > 0.0 {
        missing.push(
            "a case without a channel that has a score: the share of the channels goes to the others in proportion",
        );
    }
    if !settings.signals.is_empty() {
        missing.push("a missing signal: its weight goes to the other signals up to their caps, the rest to the text");
    }
    lines.extend(missing.into_iter().map(|line| format!("missing is not 0; {line}")));
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::programme::Channel;
    use crate::report::SignalRecords;
    use crate::review::tests::case;

    fn programme(panel_share: f64, channel_share: f64, (lowest, highest): (f64, f64)) -> Programme {
        let mut programme = Programme::from_category_names("names.json".as_ref(), r#"["data"]"#).expect("a name");
        let channel = |id: &str, score| Channel { id: id.into(), name: id.into(), score, ..Channel::default() };
        programme.settings.channels =
            vec![channel("self", Some(40.0)), channel("expert", Some(90.0)), channel("collected", None)];
        programme.settings.review = ReviewRule { panel_share, channel_share, lowest, highest, ..ReviewRule::default() };
        programme
    }

    fn judged(relevance: f64, channels: &[&str], signals: &[(f64, f64)]) -> RankingRecord {
        let text_share = 1.0 - signals.iter().map(|signal| signal.0).sum::<f64>();
        let value = |(at, &(share, scaled)): (usize, &(f64, f64))| SignalRecord {
            id: format!("s{at}"),
            raw: 1.0,
            scaled,
            share,
            contribution: (share * scaled * 100.0).round() / 100.0,
        };
        RankingRecord {
            relevance,
            channels: Some(channels.iter().map(|&id| id.to_owned()).collect()),
            signals: (!signals.is_empty()).then(|| SignalRecords {
                text_share,
                values: signals.iter().enumerate().map(value).collect(),
                missing: Vec::new(),
            }),
            ..case("c", "data")
        }
    }

    fn points(evaluation: &Evaluation) -> Vec<f64> {
        evaluation.contributions.iter().map(|c| c.points).collect()
    }

    #[test]
    fn the_highest_channel_counts_and_every_part_tells_its_points() {
        let evaluation = Evaluation::new(
            &programme(0.6, 0.1, (0.0, 100.0)),
            &judged(50.0, &["expert", "self", "熟人介绍"], &[(0.2, 80.0)]),
            70.0,
        );
        // 0.6 * 70 + 0.1 * 90 + 0.3 * 50, of which the signal has 0.3 * 0.2 * 80 and the text the rest.
        assert_eq!(evaluation.final_score, 66.0);
        assert_eq!(points(&evaluation), [42.0, 9.0, 10.2, 4.8]);
        assert_eq!(evaluation.contributions[2].score, 42.5, "the text by itself: (50 - 16) / 0.8");
    }

    #[test]
    fn without_a_known_channel_its_share_goes_to_the_others_in_proportion() {
        let programme = programme(0.6, 0.1, (0.0, 100.0));
        for channels in [&[][..], &["collected"], &["熟人介绍"]] {
            let evaluation = Evaluation::new(&programme, &judged(50.0, channels, &[]), 70.0);
            // (0.6 * 70 + 0.3 * 50) / 0.9
            assert_eq!(evaluation.final_score, 63.33, "{channels:?}");
            assert_eq!(points(&evaluation), [46.67, 16.66]);
        }
    }

    #[test]
    fn the_formula_is_told_in_words() {
        let settings = programme(0.6, 0.15, (0.0, 100.0)).settings;
        let told = in_words(&settings).join("\n");
        assert!(told.contains("final score = 60 % panel (the mean of the experts' totals) + 15 % channels"), "{told}");
        assert!(told.contains("+ 25 % relevance\nrelevance = 100 % text"), "{told}");
    }

    proptest! {
        #[test]
        fn the_contributions_add_up_to_the_final_score(
            panel_share in 0.01f64..1.0, of_rest in 0.0f64..1.0, scale in prop::sample::select(vec![(0.0, 100.0), (1.0, 5.0), (-5.0, 5.0)]),
            panel in 0.0f64..1.0, relevance in 30.0f64..100.0, came in 0usize..4,
            signals in prop::collection::vec((0.01f64..0.2, 0.0f64..100.0), 0..3),
        ) {
            let (low, high): (f64, f64) = scale;
            let programme = programme(panel_share, of_rest * (1.0 - panel_share), scale);
            let channels = [&[][..], &["self"], &["self", "expert"], &["collected"]][came];
            let case = judged((relevance * 100.0).round() / 100.0, channels, &signals);
            let evaluation = Evaluation::new(&programme, &case, low + panel * (high - low));
            // In hundredths, where the sum is exact.
            let steps = |points: f64| (points * 100.0).round() as i64;
            let sum: i64 = points(&evaluation).into_iter().map(steps).sum();
            prop_assert_eq!(sum, steps(evaluation.final_score));
            for contribution in &evaluation.contributions {
                let exact = contribution.share * contribution.score;
                prop_assert!((contribution.points - exact).abs() < 0.05 , "{:?}", contribution);
            }
            let shares: f64 = evaluation.contributions.iter().map(|c| c.share).sum();
            prop_assert!((shares - 1.0).abs() < 0.001);
        }
    }
}
