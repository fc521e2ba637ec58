//! The table of words: what each language must say.

use crate::programme::Language;

/// The words of one language. `{}` marks where a figure or a name goes.
pub(in crate::report) struct Wording {
    pub language: Language,
    /// BCP 47 tag for the page.
    pub tag: &'static str,
    /// Font of the workbook: one that Excel and WPS have for this script.
    pub font: &'static str,
    /// Between the items of an enumeration.
    pub separator: &'static str,
    /// Between the parts of a sentence.
    pub semicolon: &'static str,
    /// Between a name and its value.
    pub colon: &'static str,
    /// Around the name of a criterion in front of a sentence.
    pub label: [&'static str; 2],
    /// Title of the list.
    pub title: &'static str,
    /// Who decides, in one sentence.
    pub notice: &'static str,
    /// Terms and what they mean, for the how-to-read box.
    /// In front of what an expert checks; `{}` is the weight in percent.
    pub criterion_share: &'static str,
    /// Heading of the criteria.
    pub criteria_heading: &'static str,
    pub guide: &'static [(&'static str, &'static str)],
    pub how_to_read: &'static str,
    pub shortlisted: &'static str,
    pub displaced: &'static str,
    pub review: &'static str,
    pub other: &'static str,
    pub duplicate: &'static str,
    pub sheets: Sheets,
    pub columns: Columns,
    pub expert: Expert,
    pub overview: Overview,
    pub page: Page,
    pub provenance: Provenance,
    pub explain: Explain,
    pub sentences: Sentences,
}

/// Sheet names.
pub(in crate::report) struct Sheets {
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
pub(in crate::report) struct Columns {
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
    pub why: &'static str,
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
pub(in crate::report) struct Expert {
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
pub(in crate::report) struct Overview {
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
pub(in crate::report) struct Page {
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
    pub displaced_head: &'static str,
    pub displaced_note: &'static str,
    pub review_head: &'static str,
    pub review_note: &'static str,
    pub others_head: &'static str,
    pub duplicates_head: &'static str,
    pub rejected_head: &'static str,
    pub why: &'static str,
    pub full_text: &'static str,
    pub full_text_cut: &'static str,
    pub omitted: &'static str,
    pub probabilities: &'static str,
    pub linked_to: &'static str,
    pub link: &'static str,
    pub top: &'static str,
}

/// What the list was made from.
pub(in crate::report) struct Provenance {
    pub program: &'static str,
    pub model: &'static str,
    pub head: &'static str,
    pub programme: &'static str,
    pub library: &'static str,
    pub pool: &'static str,
    pub learned_weights: &'static str,
    pub adapted: &'static str,
    pub not_adapted: &'static str,
    pub by_rank: &'static str,
    pub signals: &'static str,
    pub signals_count: &'static str,
    pub signal_share: &'static str,
}

/// The path of one case.
pub(in crate::report) struct Explain {
    pub reading: &'static str,
    pub category: &'static str,
    pub needs_human: &'static str,
    pub declared: &'static str,
    pub scores: &'static str,
    pub criterion: &'static str,
    pub criterion_without_weight: &'static str,
    pub signal: &'static str,
    pub signal_missing: &'static str,
    pub place: &'static str,
    pub duplicate: &'static str,
    pub rank: &'static str,
    pub above: &'static str,
    pub below: &'static str,
    pub first_below: &'static str,
    pub last_within: &'static str,
    pub gap: &'static str,
    pub ways_up: &'static str,
    pub ways_down: &'static str,
    pub no_way: &'static str,
    pub alone: &'static str,
    pub near: &'static str,
    pub neighbour: &'static str,
    pub made: &'static str,
    pub other_programme: &'static str,
}

/// Sentences about one case.
pub(in crate::report) struct Sentences {
    pub needs_human: &'static str,
    pub secondary: &'static str,
    pub declared: &'static str,
    pub coverage: &'static str,
    pub duplicated_by: &'static str,
    pub same_as_past: &'static str,
    pub near_past: &'static str,
    pub near_batch: &'static str,
    pub raised: &'static str,
    pub displaced: &'static str,
    pub why_strong: &'static str,
    pub why_weak: &'static str,
    pub why_change: &'static str,
    pub why_figure: &'static str,
    pub why_planned: &'static str,
    pub why_slogan: &'static str,
    pub why_word_lists: &'static str,
    pub why_like_strong: &'static str,
    pub why_like_weak: &'static str,
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
