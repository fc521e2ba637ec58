//! One nomination's whole path, for a coordinator or an auditor: everything that `ranking.jsonl` and `run.json` hold of
//! it, in words.

use super::channels::names;
use super::log::{LogEntry, Step};
use super::record::{CriterionRecord, RankingRecord};
use super::run::RunRecord;
use super::signals::{SignalRecord, SignalRecords};
use super::wording::{Wording, fill};
use crate::classify::Decision;
use crate::programme::{Language, Programme};
use crate::review::evaluation::{Contribution, Evaluated, Part, part_name};
use crate::select::Status;

/// Categories whose probability is told.
const CATEGORIES: usize = 3;

/// A run read back.
#[derive(Debug, Clone, Copy)]
pub struct ReadRun<'a> {
    /// Its provenance.
    pub record: &'a RunRecord,
    /// Its nominations.
    pub ranking: &'a [RankingRecord],
    /// What was done since.
    pub log: &'a [LogEntry],
    /// What the case got from the last merge; none where there was no merge, or its result is not what was written.
    pub evaluated: Option<&'a Evaluated>,
    /// The programme it was judged by, with the weights it was judged by; none where it cannot be had unchanged.
    pub programme: Option<&'a Programme>,
}

impl ReadRun<'_> {
    /// What happened to `case` and why, in lines.
    ///
    /// Near misses and rescue cases are told apart: keep the answer from experts until they are done.
    #[must_use]
    pub fn explain(&self, case: &RankingRecord, language: Language) -> String {
        let path = Path { run: self, case, language, w: Wording::of(language) };
        let parts = [
            path.head(),
            path.reading(),
            path.category(),
            path.scores(),
            path.place(),
            path.near(),
            path.evaluated(),
            path.decided(),
            path.made(),
        ];
        parts
            .into_iter()
            .filter(|lines| !lines.is_empty())
            .map(|lines| lines.join("\n") + "\n")
            .collect::<Vec<_>>()
            .join("\n")
    }
}

fn percent(share: f64) -> String {
    format!("{:.0}", 100.0 * share)
}

/// One case, about to be told.
struct Path<'a> {
    run: &'a ReadRun<'a>,
    case: &'a RankingRecord,
    language: Language,
    w: &'static Wording,
}

impl Path<'_> {
    fn head(&self) -> Vec<String> {
        let case = self.case;
        let whose = [&case.unit, &case.region, &case.level].map(String::as_str);
        let whose: Vec<&str> = whose.into_iter().filter(|part| !part.is_empty()).collect();
        let mut lines = vec![format!("{}{}{}", case.id, self.w.colon, case.title)];
        if !whose.is_empty() {
            lines.push(format!("  {}", self.w.join(&whose)));
        }
        lines.push(format!("  {}", case.reason));
        lines
    }

    fn reading(&self) -> Vec<String> {
        let (e, case) = (&self.w.explain, self.case);
        let mut lines = vec![e.reading.to_owned(), format!("  {}", self.w.place(&case.source))];
        lines.extend(case.attachments.iter().map(|source| format!("  + {}", self.w.place(source))));
        if let Some(own) = self.channels().filter(|own| !own.is_empty()) {
            lines.push(format!("  {}{}{own}", self.w.evaluation.channels, self.w.colon));
        }
        lines.push(format!("  {}", self.w.coverage(case.coverage as f32)));
        lines.extend(case.flags.iter().map(|&flag| format!("  {}", self.w.flag(flag))));
        lines
    }

    fn category(&self) -> Vec<String> {
        let (e, case) = (&self.w.explain, self.case);
        if self.run.programme.is_some_and(Programme::is_by_level) {
            let level = fill(e.by_level, &[self.category_name(&case.category)]);
            return vec![e.category.to_owned(), format!("  {level}")];
        }
        let mut likely = case.probabilities.0.clone();
        likely.sort_by(|a, b| b.1.total_cmp(&a.1));
        let line = |(id, p): &(String, f64)| format!("  {} {:.1}%", self.category_name(id), 100.0 * p);
        let mut lines = vec![e.category.to_owned()];
        lines.extend(likely.iter().take(CATEGORIES).map(line));
        if case.decision == Decision::NeedsHuman {
            lines.push(format!("  {}", e.needs_human));
        }
        if !case.declared_category.is_empty() {
            lines.push(format!("  {}", fill(e.declared, &[&case.declared_category])));
        }
        lines
    }

    fn scores(&self) -> Vec<String> {
        let (e, case) = (&self.w.explain, self.case);
        let mut lines = vec![fill(e.scores, &[&format!("{:.2}", case.relevance), &format!("{:.2}", case.novelty)])];
        for criterion in &case.criteria {
            let name = self.criterion_name(&criterion.id);
            lines.push(match self.weight(criterion) {
                Some(weight) => {
                    let figures = [format!("{:.2}", criterion.score), percent(weight)];
                    let share = format!("{:.2}", criterion.score * weight);
                    format!("  {}", fill(e.criterion, &[name, &figures[0], &figures[1], &share]))
                }
                None => format!("  {}", fill(e.criterion_without_weight, &[name, &format!("{:.2}", criterion.score)])),
            });
            if !criterion.why.is_empty() {
                lines.push(format!("    {}", criterion.why));
            }
            lines.extend(criterion.evidence.iter().map(|s| format!("    “{}” ({})", s.text, s.source)));
        }
        lines.extend(self.signals());
        lines
    }

    /// What numbers that came along have of the relevance.
    fn signals(&self) -> Vec<String> {
        let e = &self.w.explain;
        let Some(SignalRecords { values, missing, .. }) = &self.case.signals else { return Vec::new() };
        let value = |signal: &SignalRecord| {
            let SignalRecord { id, raw, scaled, share, contribution } = signal;
            let figures = [raw.to_string(), format!("{scaled:.2}"), percent(*share), format!("{contribution:.2}")];
            let [raw, scaled, share, points] = figures.each_ref().map(String::as_str);
            format!("  {}", fill(e.signal, &[self.signal_name(id), raw, scaled, share, points]))
        };
        let missing = missing.iter().map(|id| format!("  {}", fill(e.signal_missing, &[self.signal_name(id)])));
        values.iter().map(value).chain(missing).collect()
    }

    fn place(&self) -> Vec<String> {
        let (e, case) = (&self.w.explain, self.case);
        let mut lines = vec![e.place.to_owned()];
        if let Some(of) = &case.duplicate_of {
            let title = self.run.ranking.iter().find(|other| other.id == *of).map_or("", |other| other.title.as_str());
            lines.push(format!("  {}", fill(e.duplicate, &[of.as_str(), title])));
            return lines;
        }
        let mut rivals: Vec<&RankingRecord> =
            self.run.ranking.iter().filter(|other| self.competes_with(other)).collect();
        rivals.sort_by_key(|rival| rival.rank);
        let line = rivals.iter().filter(|rival| rival.status == Status::Shortlisted).count();
        let [low, high] = case.rank_interval;
        let interval = self.w.interval((low, high));
        let figures = [case.rank.to_string(), rivals.len().to_string(), line.to_string(), interval];
        lines.push(format!("  {}", fill(e.rank, &figures.each_ref().map(String::as_str))));
        let at = |rank: usize| rivals.iter().find(|rival| rival.rank == rank);
        let told = |words: &str, rival: &RankingRecord| {
            format!("  {}", fill(words, &[rival.id.as_str(), &rival.title, &format!("{:.2}", rival.relevance)]))
        };
        lines.extend(case.rank.checked_sub(1).and_then(at).map(|rival| told(e.above, rival)));
        lines.extend(at(case.rank + 1).map(|rival| told(e.below, rival)));
        // The one across the line: whom it would have to pass, or who would have to pass it.
        let is_within = case.rank <= line;
        if let Some(across) = at(if is_within { line + 1 } else { line }) {
            lines.push(told(if is_within { e.first_below } else { e.last_within }, across));
            lines.extend(self.to_cross(across.relevance - case.relevance, is_within));
        }
        lines
    }

    /// By how much one criterion alone would have to change for the place to change.
    fn to_cross(&self, gap: f64, is_within: bool) -> Vec<String> {
        let e = &self.w.explain;
        let mut lines = vec![format!("  {}", fill(e.gap, &[&format!("{:.2}", gap.abs())]))];
        let alone = |criterion: &CriterionRecord| {
            let needed = criterion.score + gap / self.weight(criterion)?;
            let figures = [format!("{:.1}", criterion.score), format!("{needed:.1}")];
            let words = fill(e.alone, &[self.criterion_name(&criterion.id), &figures[0], &figures[1]]);
            (0.0..=100.0).contains(&needed).then(|| format!("    {words}"))
        };
        let ways: Vec<String> = self.case.criteria.iter().filter_map(alone).collect();
        if self.run.programme.is_some() {
            lines.push(format!(
                "  {}",
                if ways.is_empty() {
                    e.no_way
                } else if is_within {
                    e.ways_down
                } else {
                    e.ways_up
                }
            ));
        }
        lines.extend(ways);
        lines
    }

    fn near(&self) -> Vec<String> {
        let e = &self.w.explain;
        let line = |n: &super::NeighbourRecord| {
            let similarity = format!("{:.0}", n.similarity);
            format!("  {}", fill(e.neighbour, &[n.id.as_str(), &n.title, &similarity, &self.w.place(&n.source)]))
        };
        let lines: Vec<String> = self.case.neighbours.iter().map(line).collect();
        if lines.is_empty() { lines } else { [vec![e.near.to_owned()], lines].concat() }
    }

    /// What each part gave to the final score.
    fn evaluated(&self) -> Vec<String> {
        let e = &self.w.evaluation;
        let Some(Evaluated { place, final_score: Some(score), contributions, without_channel }) = self.run.evaluated
        else {
            return Vec::new();
        };
        let score = format!("{score:.2}");
        let head = place.map_or_else(|| fill(e.unplaced, &[&score]), |at| fill(e.result, &[&score, &at.to_string()]));
        let line = |Contribution { part, id, score, share, points }: &Contribution| {
            let name = part_name(self.run.programme, *part, id.as_deref(), self.language);
            let figures = [format!("{score:.2}"), format!("{:.1}", 100.0 * share), format!("{points:.2}")];
            format!("  {}", fill(e.contribution, &[name, &figures[0], &figures[1], &figures[2]]))
        };
        let without = without_channel.then(|| format!("  {}", e.without_channel));
        std::iter::once(head).chain(contributions.iter().map(line)).chain(without).collect()
    }

    /// The channels by which it came; none where the programme declares none.
    fn channels(&self) -> Option<String> {
        let ids = self.case.channels.as_ref()?;
        Some(self.run.programme.map_or_else(|| self.w.join(ids), |programme| names(ids, programme, self.language)))
    }

    /// Who decided otherwise.
    fn decided(&self) -> Vec<String> {
        let e = &self.w.explain;
        let rulings = self.run.log.iter().filter(|entry| entry.case.as_ref() == Some(&self.case.id));
        let line = |entry: &LogEntry| {
            let words = if entry.what == Step::Reinstate { e.reinstated } else { e.ruled_out };
            format!("  {}", fill(words, &[&entry.at, &entry.who, &entry.why]))
        };
        let lines: Vec<String> = rulings.map(line).collect();
        if lines.is_empty() { lines } else { [vec![e.decided.to_owned()], lines].concat() }
    }

    fn made(&self) -> Vec<String> {
        let (e, record) = (&self.w.explain, self.run.record);
        let model = format!("{} · {} · SHA-256 {}", record.model.name, record.model.engine, record.model.sha256);
        let cases = self.w.provenance.model_cases(&record.programme);
        let programme = format!("{} · SHA-256 {}{cases}", record.programme.id, record.programme.sha256);
        let mut lines = vec![
            e.made.to_owned(),
            format!("  shortlister {} · {}", record.program_version, record.started_at),
            format!("  {}{}{model}", self.w.provenance.model, self.w.colon),
            format!("  {}{}{programme}", self.w.provenance.programme, self.w.colon),
        ];
        if let Some(head) = &record.head {
            let learned = self.w.provenance.learned(head);
            lines.push(format!("  {}{}SHA-256 {}{learned}", self.w.provenance.head, self.w.colon, head.sha256));
        }
        if record.is_adapted() {
            lines.push(format!("  {}", self.w.provenance.adapted));
        }
        if self.run.programme.is_none() {
            lines.push(format!("  {}", e.other_programme));
        }
        lines
    }

    /// Whether `other` is ranked in the same list.
    fn competes_with(&self, other: &RankingRecord) -> bool {
        other.category == self.case.category && other.status != Status::Duplicate
    }

    /// What a criterion has of the relevance, 0 to 1.
    fn weight(&self, criterion: &CriterionRecord) -> Option<f64> {
        let known = self.run.programme?.criteria.iter().find(|known| known.id == criterion.id)?;
        let text_share = self.case.signals.as_ref().map_or(1.0, |signals| signals.text_share);
        (known.weight > 0.0).then(|| f64::from(known.weight) * text_share)
    }

    fn signal_name<'s>(&'s self, id: &'s str) -> &'s str {
        part_name(self.run.programme, Part::Signal, Some(id), self.language)
    }

    fn criterion_name<'s>(&'s self, id: &'s str) -> &'s str {
        self.run.programme.map_or(id, |programme| programme.criterion_name(id, self.language))
    }

    fn category_name<'s>(&'s self, id: &'s str) -> &'s str {
        self.run.programme.map_or(id, |programme| programme.category_name(id, self.language))
    }
}
