//! A line of `ranking.jsonl`: one nomination, complete enough to be read back by later commands.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::signals::SignalRecords;
use super::view::CategoryView;
use super::wording::Wording;
use super::{Report, ReportError};
use crate::classify::Decision;
use crate::neighbours::{Correspondence, Neighbour, Origin};
use crate::nomination::{Flag, NominationId, SourceRef};
use crate::programme::{CategoryIndex, Programme};
use crate::score::CriterionScore;
use crate::select::{FloorSwap, RankedNomination, Ranking, Status};

/// One nomination as `ranking.jsonl` has it, in this order of fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RankingRecord {
    /// Unique in the batch.
    pub id: NominationId,
    /// Never empty.
    pub title: String,
    /// Id of the award series, in a run over several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<String>,
    /// Id of the category it is ranked in.
    pub category: String,
    /// Probability by category id, in the programme's order, 4 decimals.
    pub probabilities: Probabilities,
    /// Highest probability less the second, 4 decimals.
    pub margin: f64,
    /// Whether a person must settle the category.
    pub decision: Decision,
    /// Ids of other plausible categories, most probable first.
    pub secondary: Vec<String>,
    /// As the unit declared it; empty when it did not.
    pub declared_category: String,
    /// From 1 within the category.
    pub rank: usize,
    /// Lowest and highest rank under resampling, both inclusive.
    pub rank_interval: [usize; 2],
    /// What becomes of it.
    pub status: Status,
    /// The nomination that stands for the group.
    pub duplicate_of: Option<NominationId>,
    /// The floor that raised or displaced it, and who changed places with it.
    #[serde(default)]
    pub floor: Option<FloorSwap>,
    /// 0 to 100, 2 decimals, higher is better.
    pub relevance: f64,
    /// What numbers that came along have of it, where the programme looks at some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signals: Option<SignalRecords>,
    /// Ids of the channels by which it came, those of its copies too, and what was declared and is no channel of the
    /// programme; where that declares some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<Vec<String>>,
    /// 0 to 100, 2 decimals, higher the less it resembles what the programme calls typical and what the library holds;
    /// does not depend on the batch.
    pub novelty: f64,
    /// The nearest cases, those of the library first.
    #[serde(default)]
    pub neighbours: Vec<NeighbourRecord>,
    /// In the programme's order.
    pub criteria: Vec<CriterionRecord>,
    /// Share of the text that was read, 0 to 1, 4 decimals.
    pub coverage: f64,
    /// What a person should know before judging.
    pub flags: Vec<Flag>,
    /// Empty when not given; likewise the next two.
    pub unit: String,
    /// Region as declared.
    pub region: String,
    /// Administrative level as declared.
    pub level: String,
    /// Where it stands in the input.
    pub source: SourceRef,
    /// Other files that belong to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<SourceRef>,
    /// One line on why it has this place, in the report's language.
    pub reason: String,
}

/// One criterion of a [`RankingRecord`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CriterionRecord {
    /// Id of the criterion.
    pub id: String,
    /// 0 to 100, 2 decimals; 50 is neither strong nor weak.
    pub score: f64,
    /// One line on what the score rests on, in the report's language.
    #[serde(default)]
    pub why: String,
    /// Best first.
    pub evidence: Vec<EvidenceRecord>,
}

/// One sentence behind a score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceRecord {
    /// Verbatim after cleaning.
    pub text: String,
    /// File, sheet, row and sentence.
    pub source: String,
}

/// One of the nearest cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NeighbourRecord {
    /// Whether it is of the same batch or of the library.
    pub origin: Origin,
    /// Its id there.
    pub id: NominationId,
    /// Its title.
    pub title: String,
    /// Cosine of the two cases in hundredths, 0 to 100, 2 decimals.
    pub similarity: f64,
    /// Whether it tells the same case, word by word or in other words.
    pub same_case: bool,
    /// Where it does, up to three sentences of this nomination, each with the one of the other that says the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matches: Vec<Correspondence>,
    /// Where it stands.
    pub source: SourceRef,
}

/// Probabilities by category id; an object in JSON that keeps the programme's order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Probabilities(pub Vec<(String, f64)>);

impl RankingRecord {
    /// The record of `entry`, which `view`, its category, places; `channels` are those by which it came.
    pub(super) fn new(
        entry: &RankedNomination,
        view: &CategoryView<'_>,
        channels: Option<Vec<String>>,
        report: &Report<'_>,
    ) -> Self {
        let (programme, w) = (report.programme, report.wording());
        let RankedNomination { nomination, classification, assessment, neighbours, placement } = entry;
        let category_id = |index: CategoryIndex| programme.categories[index.0].id.clone();
        let ids = programme.categories.iter().map(|c| c.id.clone());
        Self {
            id: nomination.id.clone(),
            title: nomination.title.clone(),
            track: report.run.options.track.clone(),
            category: category_id(placement.category),
            probabilities: Probabilities(
                ids.zip(classification.probabilities.iter().map(|&p| rounded::<4>(p))).collect(),
            ),
            margin: rounded::<4>(classification.margin),
            decision: classification.decision,
            secondary: classification.secondary.iter().map(|&c| category_id(c)).collect(),
            declared_category: nomination.declared_category.clone(),
            rank: placement.rank,
            rank_interval: [placement.rank_interval.0, placement.rank_interval.1],
            status: placement.status,
            duplicate_of: placement.duplicate_of.clone(),
            floor: placement.floor.clone(),
            relevance: rounded::<2>(assessment.relevance),
            signals: SignalRecords::of(assessment, programme),
            channels,
            novelty: rounded::<2>(assessment.novelty),
            neighbours: neighbours.iter().map(NeighbourRecord::from).collect(),
            criteria: assessment.criteria.iter().map(|c| CriterionRecord::new(c, programme, w)).collect(),
            coverage: rounded::<4>(assessment.coverage),
            flags: nomination.flags.clone(),
            unit: nomination.unit.clone(),
            region: nomination.region.clone(),
            level: nomination.level.clone(),
            source: nomination.source.clone(),
            attachments: nomination.attachments.iter().map(|(_, source)| source.clone()).collect(),
            reason: w.reason(placement, view.line(), view.ranked()),
        }
    }
}

impl CriterionRecord {
    fn new(score: &CriterionScore, programme: &Programme, w: &Wording) -> Self {
        let evidence = score.evidence.iter();
        Self {
            id: programme.criteria[score.criterion.0].id.clone(),
            score: rounded::<2>(score.score),
            why: w.why(&score.grounds),
            evidence: evidence.map(|e| EvidenceRecord { text: e.text.clone(), source: e.source.clone() }).collect(),
        }
    }
}

impl From<&Neighbour> for NeighbourRecord {
    fn from(neighbour: &Neighbour) -> Self {
        Self {
            origin: neighbour.origin,
            id: neighbour.id.clone(),
            title: neighbour.title.clone(),
            similarity: rounded::<2>(neighbour.similarity),
            same_case: neighbour.is_same_case,
            matches: neighbour.matches.clone(),
            source: neighbour.source.clone(),
        }
    }
}

/// `value` to `DECIMALS` places, as the `f64` that prints that way.
pub(super) fn rounded<const DECIMALS: i32>(value: f32) -> f64 {
    let scale = 10f64.powi(DECIMALS);
    // Adding 0 turns -0, which would print as "-0.0", into 0.
    (f64::from(value) * scale).round() / scale + 0.0
}

/// Refuses a ranking with a figure that JSON would have to write as null.
pub(super) fn check_finite(ranking: &Ranking) -> Result<(), ReportError> {
    for entry in &ranking.entries {
        let (class, scores) = (&entry.classification, &entry.assessment);
        let figures = [
            ("relevance", scores.relevance),
            ("novelty", scores.novelty),
            ("coverage", scores.coverage),
            ("margin", class.margin),
        ];
        let probabilities = class.probabilities.iter().map(|&p| ("probability", p));
        let criteria = scores.criteria.iter().map(|c| ("criterion score", c.score));
        let neighbours = entry.neighbours.iter().map(|n| ("similarity of a neighbour", n.similarity));
        let signals = scores.signals.iter().map(|s| ("signal", s.scaled));
        let all = figures.into_iter().chain(probabilities).chain(criteria).chain(neighbours).chain(signals);
        if let Some((field, _)) = all.into_iter().find(|(_, value)| !value.is_finite()) {
            return Err(ReportError::NotFinite { id: entry.nomination.id.clone(), field });
        }
    }
    Ok(())
}

impl Serialize for Probabilities {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (id, probability) in &self.0 {
            map.serialize_entry(id, probability)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Probabilities {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Probabilities;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of probabilities by category id")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Probabilities, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Probabilities(pairs))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_gives_short_figures_and_no_negative_zero() {
        assert_eq!(rounded::<2>(78.125_6).to_string(), "78.13");
        assert_eq!(rounded::<4>(0.1).to_string(), "0.1");
        assert_eq!(format!("{:?}", rounded::<2>(-0.001)), "0.0");
    }

    #[test]
    fn probabilities_keep_their_order_through_json() {
        let json = r#"{"z":0.5,"a":0.25,"m":0.25}"#;
        let read: Probabilities = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), json);
    }
}
