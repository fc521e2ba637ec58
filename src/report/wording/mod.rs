//! Every word the reports say, one table a language; sentences with figures in them are made here.

mod en;
mod words;
mod zh;

use super::evidence::Quote;
use super::notes::Note;
use super::view::Standing;
use super::{HeadRecord, ProgrammeRecord, Report};
use crate::neighbours::{Neighbour, Origin};
use crate::nomination::{Flag, SourceRef};
use crate::programme::Language;
use crate::review::statistics::Concern;
use crate::score::{CriterionScore, Example, Grounds, Side};
use crate::select::{FloorSwap, Placement, Status};

use words::Provenance;
pub(crate) use words::Wording;

impl Report<'_> {
    pub(super) fn wording(&self) -> &'static Wording {
        Wording::of(self.language)
    }
}

/// `template` with each `{}` replaced by the next of `values`.
pub(crate) fn fill(template: &str, values: &[&str]) -> String {
    let mut parts = template.split("{}");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for (i, part) in parts.enumerate() {
        filled.push_str(values.get(i).copied().unwrap_or_default());
        filled.push_str(part);
    }
    filled
}

impl Provenance {
    /// What a programme's scores rest on besides its descriptions.
    pub(super) fn model_cases(&self, programme: &ProgrammeRecord) -> String {
        match programme.exemplars {
            0 => String::new(),
            exemplars => fill(self.exemplars, &[&exemplars.to_string()]),
        }
    }

    /// What `head` has learned besides categories.
    pub(super) fn learned(&self, head: &HeadRecord) -> String {
        let weights = if head.weights.is_empty() { "" } else { self.learned_weights };
        let merit = if head.merit { self.merit } else { "" };
        [weights, merit].concat()
    }
}

impl Wording {
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::Zh => &zh::WORDING,
            Language::En => &en::WORDING,
        }
    }

    pub(in crate::report) fn standing(&self, standing: Standing) -> &'static str {
        match standing {
            Standing::Shortlisted => self.shortlisted,
            Standing::Displaced => self.displaced,
            Standing::Review => self.review,
            Standing::Other => self.other,
            Standing::Duplicate => self.duplicate,
        }
    }

    /// Where the program placed a case, for the coordinator: near misses and the rescue sample told apart.
    pub fn status(&self, status: Status) -> &'static str {
        match status {
            Status::NearMiss => self.result.near_miss,
            Status::Rescue => self.result.rescue,
            other => self.standing(Standing::from(other)),
        }
    }

    /// Why an expert should be asked.
    pub fn concern(&self, concern: &Concern) -> &'static str {
        match concern {
            Concern::Severe => self.result.severe,
            Concern::Lenient => self.result.lenient,
            Concern::Erratic => self.result.erratic,
            Concern::Muted => self.result.muted,
            Concern::AgreesLittle { .. } => self.result.agrees_little,
        }
    }

    pub fn flag(&self, flag: Flag) -> &'static str {
        match self.language {
            Language::Zh => flag.label_zh(),
            Language::En => en::flag(flag),
        }
    }

    pub fn join<S: AsRef<str>>(&self, items: &[S]) -> String {
        items.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(self.separator)
    }

    pub(in crate::report) fn remarks(&self, notes: &[Note]) -> String {
        notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    pub fn interval(&self, (low, high): (usize, usize)) -> String {
        if low == high { low.to_string() } else { format!("{low}–{high}") }
    }

    pub fn needs_human(&self, likely: &str) -> String {
        fill(self.sentences.needs_human, &[likely])
    }

    pub fn secondary(&self, names: &str) -> String {
        fill(self.sentences.secondary, &[names])
    }

    pub fn declared(&self, flag: Flag, declared: &str) -> String {
        fill(self.sentences.declared, &[self.flag(flag), declared])
    }

    pub fn coverage(&self, share: f32) -> String {
        // Rounded down: a text that was not fully read never shows as 100%.
        fill(self.sentences.coverage, &[&format!("{:.0}", (share * 100.0).floor())])
    }

    pub fn duplicated_by(&self, ids: &str) -> String {
        fill(self.sentences.duplicated_by, &[ids])
    }

    /// What a score rests on, in one line.
    pub fn why(&self, grounds: &Grounds) -> String {
        let Some(Example { side, sentence }) = &grounds.example else { return String::new() };
        let s = &self.sentences;
        let is_strong = *side == Side::Strong;
        let leaning = if is_strong { grounds.strong } else { grounds.passages - grounds.strong };
        let share = if is_strong { s.why_strong } else { s.why_weak };
        let mut parts = vec![fill(share, &[&grounds.passages.to_string(), &leaning.to_string()])];
        parts.extend(
            grounds
                .telling
                .as_ref()
                .map(|telling| fill(if telling.is_change { s.why_change } else { s.why_figure }, &[&telling.clause])),
        );
        for (words, phrases) in [(s.why_planned, &grounds.planned), (s.why_slogan, &grounds.slogan)] {
            parts.extend(phrases.as_ref().map(|p| fill(words, &[&p.passages.to_string(), &p.first])));
        }
        if grounds.word_lists > 0 {
            parts.push(fill(s.why_word_lists, &[&grounds.word_lists.to_string()]));
        }
        parts.push(fill(if is_strong { s.why_like_strong } else { s.why_like_weak }, &[sentence]));
        parts.join(self.semicolon)
    }

    /// A line a criterion.
    pub fn why_lines(&self, scores: &[CriterionScore], criteria: &[&str]) -> String {
        let [open, close] = self.label;
        let line = |c: &CriterionScore| format!("{open}{}{close}{}", criteria[c.criterion.0], self.why(&c.grounds));
        scores.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// The nearest case, with how near it is and where it stands; sentences of both where they tell the same.
    pub fn neighbour(&self, neighbour: &Neighbour) -> String {
        let s = &self.sentences;
        let words = match (neighbour.origin, neighbour.is_same_case) {
            (Origin::Library, true) => s.same_as_past,
            (Origin::Batch, true) => s.same_in_batch,
            (Origin::Library, false) => s.near_past,
            (Origin::Batch, false) => s.near_batch,
        };
        let similarity = format!("{:.0}", neighbour.similarity);
        let named =
            fill(words, &[&neighbour.title, neighbour.id.as_str(), &similarity, &self.place(&neighbour.source)]);
        let matching = neighbour.matches.iter().map(|(own, its)| fill(s.matching, &[own, its]));
        std::iter::once(named).chain(matching).collect::<Vec<_>>().join(self.semicolon)
    }

    /// Why a floor gave or took a place.
    pub fn floor(&self, raised: bool, rank: usize, swap: &FloorSwap) -> String {
        let words = if raised { self.sentences.raised } else { self.sentences.displaced };
        fill(words, &[&rank.to_string(), &swap.floor, swap.with.as_str()])
    }

    /// A line a sentence, each after the criteria it is evidence for.
    pub(in crate::report) fn evidence_lines(&self, quotes: &[Quote<'_>], criteria: &[&str]) -> String {
        let [open, close] = self.label;
        let lines = quotes.iter().map(|quote| {
            let labels: String = quote.criteria.iter().map(|c| format!("{open}{}{close}", criteria[c.0])).collect();
            format!("{labels}{}", quote.text)
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Where a record stands, for a person.
    pub fn place(&self, source: &SourceRef) -> String {
        let s = &self.sentences;
        let sheet = source.sheet.as_ref().map(|name| fill(s.place_sheet, &[name]));
        let page = source.page.map(|page| fill(s.place_page, &[&page.to_string()]));
        let row = source.row.map(|row| fill(s.place_row, &[&row.to_string()]));
        [Some(source.file.clone()), sheet, page, row].into_iter().flatten().collect::<Vec<_>>().join(self.separator)
    }

    /// The sheet, or the page of a paginated document.
    pub fn sheet_or_page(&self, source: &SourceRef) -> String {
        let page = || source.page.map(|page| fill(self.sentences.place_page, &[&page.to_string()]));
        source.sheet.clone().or_else(page).unwrap_or_default()
    }

    /// Why a nomination has its place: for the coordinator, not for experts.
    pub fn reason(&self, placement: &Placement, line: usize, ranked: usize) -> String {
        let s = &self.sentences;
        let (rank, line, ranked) = (placement.rank.to_string(), line.to_string(), ranked.to_string());
        let interval = self.interval(placement.rank_interval);
        if let Some(swap) = &placement.floor {
            return self.floor(placement.status == Status::Shortlisted, placement.rank, swap);
        }
        match placement.status {
            // Only a floor displaces.
            Status::Shortlisted | Status::Displaced => fill(s.reason_shortlisted, &[&rank, &ranked, &line]),
            Status::NearMiss => fill(s.reason_near_miss, &[&rank, &ranked, &interval, &line]),
            Status::Rescue => fill(s.reason_rescue, &[&rank, &ranked, &line]),
            Status::BelowLine => fill(s.reason_below, &[&rank, &ranked, &line, &interval]),
            Status::Duplicate => {
                let of = placement.duplicate_of.as_ref().map(ToString::to_string).unwrap_or_default();
                fill(s.reason_duplicate, &[&of])
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fill_puts_values_in_order_and_leaves_none_over() {
        assert_eq!(fill("{} / {}", &["a", "b"]), "a / b");
        assert_eq!(fill("no gap", &["a"]), "no gap");
        assert_eq!(fill("{}", &["{}"]), "{}");
    }

    #[test]
    fn probability_is_said_of_categories_only() {
        for line in include_str!("zh.rs").lines().filter(|line| line.contains("概率")) {
            assert!(line.contains("类别概率"), "{line}");
        }
        for line in include_str!("en.rs").lines().map(str::to_lowercase).filter(|line| line.contains("probab")) {
            assert!(line.contains("category probabilit"), "{line}");
        }
    }
}
