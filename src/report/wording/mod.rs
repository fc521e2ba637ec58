//! Every word the reports say, one table a language; sentences with figures in them are made here.

mod en;
mod words;
mod zh;

use super::Report;
use super::evidence::Quote;
use super::notes::Note;
use super::view::Standing;
use crate::nomination::{Flag, SourceRef};
use crate::programme::Language;
use crate::select::{Placement, Status};

pub(super) use words::Wording;

impl Report<'_> {
    pub(super) fn wording(&self) -> &'static Wording {
        match self.language {
            Language::Zh => &zh::WORDING,
            Language::En => &en::WORDING,
        }
    }
}

/// `template` with each `{}` replaced by the next of `values`.
pub(super) fn fill(template: &str, values: &[&str]) -> String {
    let mut parts = template.split("{}");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for (i, part) in parts.enumerate() {
        filled.push_str(values.get(i).copied().unwrap_or_default());
        filled.push_str(part);
    }
    filled
}

impl Wording {
    pub fn standing(&self, standing: Standing) -> &'static str {
        match standing {
            Standing::Shortlisted => self.shortlisted,
            Standing::Review => self.review,
            Standing::Other => self.other,
            Standing::Duplicate => self.duplicate,
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

    pub fn remarks(&self, notes: &[Note]) -> String {
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

    /// A line a sentence, each after the criteria it is evidence for.
    pub fn evidence_lines(&self, quotes: &[Quote<'_>], criteria: &[&str]) -> String {
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
        match placement.status {
            Status::Shortlisted => fill(s.reason_shortlisted, &[&rank, &ranked, &line]),
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
