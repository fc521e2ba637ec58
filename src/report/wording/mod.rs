//! Every word the reports say, one table a language; sentences with figures in them are made here.

mod en;
mod zh;

use super::Report;
use super::evidence::Quote;
use super::notes::Note;
use super::view::Standing;
use crate::nomination::{Flag, SourceRef};
use crate::programme::Language;
use crate::select::{Placement, Status};

/// The words of one language. `{}` marks where a figure or a name goes.
pub(super) struct Wording {
    pub language: Language,
    /// BCP 47 tag for the page.
    pub tag: &'static str,
    /// Font of the workbook: one that Excel and WPS have for this script.
    pub font: &'static str,
    /// Between the items of an enumeration.
    pub separator: &'static str,
    /// Between a name and its value.
    pub colon: &'static str,
    /// Around the name of a criterion in front of a sentence.
    pub label: [&'static str; 2],
    /// Title of the list.
    pub title: &'static str,
    /// Who decides, in one sentence.
    pub notice: &'static str,
    /// Terms and what they mean, for the how-to-read box.
    pub guide: &'static [(&'static str, &'static str)],
    pub how_to_read: &'static str,
    pub shortlisted: &'static str,
    pub review: &'static str,
    pub other: &'static str,
    pub duplicate: &'static str,
    pub sheets: Sheets,
    pub columns: Columns,
    pub expert: Expert,
    pub overview: Overview,
    pub page: Page,
    pub provenance: Provenance,
    pub sentences: Sentences,
}

/// Sheet names.
pub(super) struct Sheets {
    pub overview: &'static str,
    pub review: &'static str,
    pub all: &'static str,
    pub duplicates: &'static str,
    pub rejected: &'static str,
    /// Stands in for a category whose name leaves nothing.
    pub category: &'static str,
    /// Print footer with Excel's codes for page and pages.
    pub footer: &'static str,
}

/// Column headers.
pub(super) struct Columns {
    pub category: &'static str,
    pub standing: &'static str,
    pub rank: &'static str,
    pub id: &'static str,
    pub title: &'static str,
    pub unit: &'static str,
    pub region: &'static str,
    pub level: &'static str,
    pub relevance: &'static str,
    pub rank_interval: &'static str,
    pub evidence: &'static str,
    pub novelty: &'static str,
    pub notes: &'static str,
    pub source: &'static str,
    pub linked_id: &'static str,
    pub linked_title: &'static str,
    pub linked_standing: &'static str,
    pub file: &'static str,
    pub sheet: &'static str,
    pub row: &'static str,
    pub reason: &'static str,
    pub remedy: &'static str,
}

/// The experts' own columns.
pub(super) struct Expert {
    pub score: &'static str,
    pub opinion: &'static str,
    pub recusal: &'static str,
    pub recusal_choices: [&'static str; 2],
    pub score_title: &'static str,
    pub score_hint: &'static str,
    pub recusal_hint: &'static str,
    pub invalid: &'static str,
}

/// The overview sheet.
pub(super) struct Overview {
    pub nominations: &'static str,
    pub rejected: &'static str,
    pub duplicates: &'static str,
    pub needs_human: &'static str,
    pub quota: &'static str,
    pub total: &'static str,
    pub cut: &'static str,
    pub none: &'static str,
    pub provenance: &'static str,
}

/// The page.
pub(super) struct Page {
    pub contents: &'static str,
    pub batch: &'static str,
    pub by_category: &'static str,
    pub by_region: &'static str,
    pub by_level: &'static str,
    pub not_given: &'static str,
    pub rest: &'static str,
    pub legend_all: &'static str,
    pub legend_shortlisted: &'static str,
    pub search: &'static str,
    pub search_hint: &'static str,
    pub all_categories: &'static str,
    pub all_regions: &'static str,
    pub found: &'static str,
    pub category_head: &'static str,
    pub cut_line: &'static str,
    pub no_cut_line: &'static str,
    pub empty_category: &'static str,
    pub review_head: &'static str,
    pub review_note: &'static str,
    pub others_head: &'static str,
    pub duplicates_head: &'static str,
    pub rejected_head: &'static str,
    pub full_text: &'static str,
    pub full_text_cut: &'static str,
    pub omitted: &'static str,
    pub probabilities: &'static str,
    pub linked_to: &'static str,
    pub link: &'static str,
    pub top: &'static str,
}

/// What the list was made from.
pub(super) struct Provenance {
    pub program: &'static str,
    pub model: &'static str,
    pub head: &'static str,
    pub programme: &'static str,
    pub seed: &'static str,
    pub pool: &'static str,
    pub adapted: &'static str,
    pub not_adapted: &'static str,
}

/// Sentences about one case.
pub(super) struct Sentences {
    pub needs_human: &'static str,
    pub secondary: &'static str,
    pub declared: &'static str,
    pub coverage: &'static str,
    pub duplicated_by: &'static str,
    pub place_sheet: &'static str,
    pub place_row: &'static str,
    pub place_page: &'static str,
    pub reason_shortlisted: &'static str,
    pub reason_near_miss: &'static str,
    pub reason_rescue: &'static str,
    pub reason_below: &'static str,
    pub reason_duplicate: &'static str,
    pub cut_off: &'static str,
}

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
        let about_categories = |text: &str| text.contains("类别概率") || text.contains("category probabilit");
        for (term, text) in zh::WORDING.guide.iter().chain(en::WORDING.guide) {
            let says_it = text.contains("概率") || text.contains("probab");
            assert!(!says_it || about_categories(text), "{term}: {text}");
        }
    }
}
