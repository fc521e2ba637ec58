//! The result: each case's final score, its place, and what people must still decide.

use std::collections::BTreeMap;

use serde::Serialize;

use super::evaluation::{Contribution, Evaluation, channel_score};
use super::findings::{Measures, short};
use super::merge::Merged;
use super::statistics::competition_ranks;
use crate::nomination::NominationId;
use crate::programme::{CategoryIndex, PanelScore, Programme};
use crate::report::RankingRecord;
use crate::report::log::{LogEntry, Step};
use crate::select::Status;

/// Name of the cases of a result in the folder of a merge.
pub const RESULT_FILE: &str = "result.jsonl";

/// What became of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// Its place is within the number of winners.
    Winner,
    /// It shares its final score with others, and there are fewer places than they are: people decide.
    TiedAtLine,
    /// It was judged, and others are ahead.
    Judged,
    /// No expert has scored it on every criterion.
    Unjudged,
    /// A person took it out.
    RuledOut {
        /// The reason given.
        why: String,
        /// Who did it.
        by: String,
    },
}

/// One case of the result.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Entry {
    /// The case.
    pub id: NominationId,
    /// Its title.
    pub title: String,
    /// Its unit.
    pub unit: String,
    /// Id of the category it competes in.
    pub category: String,
    /// Place in its category, from 1, shared by equal final scores; none where it has none.
    pub place: Option<usize>,
    /// What became of it.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Panel, channels and relevance by the programme's shares, on the experts' scale.
    pub final_score: Option<f64>,
    /// What of it each part gave; empty where there is none.
    pub contributions: Vec<Contribution>,
    /// Ids of the channels by which it came, and what it declares besides, where the programme declares some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channels: Option<Vec<String>>,
    /// Whether no known channel of it has a score, where channels have a share: the others have it then.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_channel: bool,
    /// What of the panel's scores counts.
    pub panel_score: Option<f64>,
    /// Experts who scored every criterion.
    pub experts: usize,
    /// Experts who recused themselves or abstained.
    pub recused: usize,
    /// Mean of the experts' totals.
    pub mean: Option<f64>,
    /// Lowest and highest total.
    pub range: Option<[f64; 2]>,
    /// Mean of the experts' z-scores.
    pub z_mean: Option<f64>,
    /// The total that experts of mean severity would be expected to give.
    pub fair: Option<f64>,
    /// Standard error of `fair`, in points.
    pub fair_error: Option<f64>,
    /// Ranks in the category by these three.
    pub ranks: Ranks,
    /// The program's relevance, 0 to 100.
    pub relevance: f64,
    /// The program's rank in its category.
    pub rank: usize,
    /// Where the program had placed it.
    pub status: Status,
    /// What experts wrote, each once.
    pub comments: Vec<String>,
}

/// Rank in the category by each way to weigh the experts' scores, from 1, shared by equal values.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Ranks {
    /// By the mean of the totals.
    pub mean: Option<usize>,
    /// By the mean of the z-scores.
    pub z_mean: Option<usize>,
    /// By the fair average.
    pub fair: Option<usize>,
}

/// The result of one merge.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// By category in the programme's order, then place, then id.
    pub entries: Vec<Entry>,
}

impl Outcome {
    /// Makes the result of `cases`, those that experts judge, from what was `merged` and measured, with the rulings of
    /// `log`; `top` were shortlisted in each category where the run was asked for it.
    #[must_use]
    pub fn new(
        programme: &Programme,
        cases: &[&RankingRecord],
        top: Option<usize>,
        (merged, measures): (&Merged, &Measures),
        log: &[LogEntry],
    ) -> Self {
        let rulings = rulings(log);
        let mut entries: Vec<Entry> = cases
            .iter()
            .enumerate()
            .map(|(at, case)| Entry::new(case, merged, rulings.get(&case.id)).measured(case, at, measures, programme))
            .collect();
        for (index, category) in programme.categories.iter().enumerate() {
            let winners = programme.winners(CategoryIndex(index), top);
            let mut own: Vec<&mut Entry> = entries.iter_mut().filter(|entry| entry.category == category.id).collect();
            rank(&mut own);
            place(&mut own, winners);
        }
        let order = |id: &str| programme.categories.iter().position(|category| category.id == id);
        entries.sort_by_cached_key(|entry| {
            (order(&entry.category), entry.place.is_none(), entry.place, entry.verdict.order(), entry.id.clone())
        });
        Self { entries }
    }
}

impl Verdict {
    fn order(&self) -> u8 {
        match self {
            Verdict::Winner => 0,
            Verdict::TiedAtLine => 1,
            Verdict::Judged => 2,
            Verdict::Unjudged => 3,
            Verdict::RuledOut { .. } => 4,
        }
    }
}

impl Entry {
    /// What the judgments say of `case`; places and measures come later.
    fn new(case: &RankingRecord, merged: &Merged, ruling: Option<&&LogEntry>) -> Self {
        let own = merged.judgments.iter().filter(|judgment| judgment.id == case.id);
        let totals: Vec<f64> = own.clone().filter_map(|judgment| judgment.total).collect();
        let range = totals.iter().copied().reduce(f64::min).zip(totals.iter().copied().reduce(f64::max));
        let mut comments: Vec<String> = Vec::new();
        for comment in own.clone().map(|judgment| &judgment.comment) {
            if !comment.is_empty() && !comments.contains(comment) {
                comments.push(comment.clone());
            }
        }
        Self {
            id: case.id.clone(),
            title: case.title.clone(),
            unit: case.unit.clone(),
            category: case.category.clone(),
            place: None,
            verdict: match ruling {
                Some(entry) => Verdict::RuledOut { why: entry.why.clone(), by: entry.who.clone() },
                None if totals.is_empty() => Verdict::Unjudged,
                None => Verdict::Judged,
            },
            final_score: None,
            contributions: Vec::new(),
            channels: case.channels.clone(),
            without_channel: false,
            panel_score: None,
            experts: totals.len(),
            recused: own.filter(|judgment| judgment.recused || judgment.abstained).count(),
            mean: None,
            range: range.map(|(low, high)| [low, high]),
            z_mean: None,
            fair: None,
            fair_error: None,
            ranks: Ranks::default(),
            relevance: case.relevance,
            rank: case.rank,
            status: case.status,
            comments,
        }
    }

    /// With what the case, at position `at` of the panel's, is worth by `measures`.
    fn measured(mut self, case: &RankingRecord, at: usize, measures: &Measures, programme: &Programme) -> Self {
        let rule = &programme.settings.review;
        let facets = measures.facets.as_ref().and_then(|model| model.cases[at]);
        self.without_channel = rule.channel_share > 0.0 && channel_score(programme, case).is_none();
        self.mean = measures.means[at].mean.map(short);
        self.z_mean = measures.z_means[at].mean.map(short);
        // A case whose experts all left a criterion open has no total, and no place to go with its fair average.
        self.fair = facets.filter(|_| self.experts > 0).map(|case| short(case.fair));
        self.fair_error = facets.filter(|_| self.experts > 0).map(|case| short(case.error));
        self.panel_score = match rule.panel_score {
            PanelScore::Mean => self.mean,
            // Without any difference between scores there is nothing to adjust.
            PanelScore::Adjusted => self.fair.or(self.mean),
        };
        if let Some(panel) = self.panel_score {
            let Evaluation { final_score, contributions } = Evaluation::new(programme, case, panel);
            (self.final_score, self.contributions) = (Some(final_score), contributions);
        }
        self
    }
}

/// Ranks the cases of one category by each measure.
fn rank(entries: &mut [&mut Entry]) {
    let by = |value: fn(&Entry) -> Option<f64>| {
        competition_ranks(&entries.iter().map(|entry| value(entry)).collect::<Vec<_>>())
    };
    let [mean, z_mean, fair] = [by(|e| e.mean), by(|e| e.z_mean), by(|e| e.fair)];
    for (at, entry) in entries.iter_mut().enumerate() {
        entry.ranks = Ranks { mean: mean[at], z_mean: z_mean[at], fair: fair[at] };
    }
}

/// Gives the judged of one category their places, and the first `winners` of them the prize.
fn place(entries: &mut [&mut Entry], winners: usize) {
    let judged = |entry: &Entry| entry.final_score.filter(|_| entry.verdict == Verdict::Judged);
    let places = competition_ranks(&entries.iter().map(|entry| judged(entry)).collect::<Vec<_>>());
    for (entry, place) in entries.iter_mut().zip(&places) {
        let Some(first) = *place else { continue };
        let last = first + places.iter().filter(|other| *other == place).count() - 1;
        entry.place = Some(first);
        if last <= winners {
            entry.verdict = Verdict::Winner;
        } else if first <= winners {
            entry.verdict = Verdict::TiedAtLine;
        }
    }
}

/// The cases that are ruled out at the end of the log, each with the entry that did it.
fn rulings(log: &[LogEntry]) -> BTreeMap<NominationId, &LogEntry> {
    let mut out = BTreeMap::new();
    for entry in log {
        let Some(case) = &entry.case else { continue };
        match entry.what {
            Step::RuleOut => {
                out.insert(case.clone(), entry);
            }
            Step::Reinstate => {
                out.remove(case);
            }
            Step::Run | Step::ReviewExport | Step::ReviewMerge | Step::ReviewFeedback => {}
        }
    }
    out
}
