//! The table of words: what each language must say.

use crate::programme::Language;

/// The words of one language. `{}` marks where a figure or a name goes.
pub(crate) struct Wording {
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
    pub workbook: ExpertWorkbook,
    pub result: ResultWords,
    pub evaluation: EvaluationWords,
    pub notice_words: NoticeWords,
    pub record_words: RecordWords,
    pub feedback_words: FeedbackWords,
    pub tracks: TrackWords,
    pub sentences: Sentences,
}

/// A run over several award series.
pub(crate) struct TrackWords {
    /// Header of the column with the series.
    pub track: &'static str,
    /// Header of what a nomination says it is put forward for.
    pub declared: &'static str,
    /// Header of whether it entered the series.
    pub entry: &'static str,
    /// Header of the series that its text speaks for most, with the probability.
    pub by_text: &'static str,
    pub entered_declared: &'static str,
    pub entered_by_text: &'static str,
    /// Name of the series it came from.
    pub entered_from: &'static str,
    /// Name of the series, id of the case.
    pub kept_out: &'static str,
    /// How many.
    pub kept_out_count: &'static str,
    /// Title of the overview.
    pub title: &'static str,
    /// In the head of the overview.
    pub lead: &'static str,
    /// Of a link to the page of a series.
    pub open: &'static str,
    /// Of a series that nothing entered.
    pub nobody: &'static str,
}

/// Sheet names.
pub(crate) struct Sheets {
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
pub(crate) struct Columns {
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
pub(crate) struct Expert {
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
pub(crate) struct Overview {
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
pub(crate) struct Page {
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
    pub all_levels: &'static str,
    pub all_standings: &'static str,
    pub by_relevance: &'static str,
    pub by_relevance_note: &'static str,
    pub keys: &'static str,
    pub compare: &'static str,
    pub open_compare: &'static str,
    pub clear_compare: &'static str,
    pub close_compare: &'static str,
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
pub(crate) struct Provenance {
    pub program: &'static str,
    pub model: &'static str,
    pub head: &'static str,
    pub programme: &'static str,
    pub exemplars: &'static str,
    pub library: &'static str,
    pub pool: &'static str,
    pub learned_weights: &'static str,
    pub merit: &'static str,
    pub adapted: &'static str,
    pub not_adapted: &'static str,
    pub by_rank: &'static str,
    pub signals: &'static str,
    pub signals_count: &'static str,
    pub signal_share: &'static str,
}

/// The path of one case.
pub(crate) struct Explain {
    pub reading: &'static str,
    pub category: &'static str,
    /// In place of probabilities where administrative levels compete; name of the level.
    pub by_level: &'static str,
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
    pub decided: &'static str,
    /// When, who, why; likewise the next.
    pub ruled_out: &'static str,
    pub reinstated: &'static str,
    pub made: &'static str,
    pub other_programme: &'static str,
}

/// The workbook that one expert fills in.
pub(crate) struct ExpertWorkbook {
    pub title: &'static str,
    pub guide_sheet: &'static str,
    pub scores_sheet: &'static str,
    pub material_sheet: &'static str,
    pub relevance_sheet: &'static str,
    pub expert: &'static str,
    pub expert_numbered: &'static str,
    pub number_of_cases: &'static str,
    /// What to do; `{}` are the ends of the scale.
    pub guide: &'static [(&'static str, &'static str)],
    pub ticket: &'static str,
    pub material: &'static str,
    pub open: &'static str,
    pub abstention: &'static str,
    pub abstention_hint: &'static str,
    pub score_hint: &'static str,
    pub part: &'static str,
    pub text: &'static str,
    pub full_text: &'static str,
    pub score_first: &'static str,
}

/// The result of a review.
pub(crate) struct ResultWords {
    pub title: &'static str,
    pub sheet: &'static str,
    pub problems_sheet: &'static str,
    pub place: &'static str,
    pub verdict: &'static str,
    pub winner: &'static str,
    pub tied: &'static str,
    pub judged: &'static str,
    pub unjudged: &'static str,
    /// `{}` are the reason and who ruled.
    pub ruled_out: &'static str,
    pub final_score: &'static str,
    pub mean: &'static str,
    pub range: &'static str,
    pub experts: &'static str,
    pub recused: &'static str,
    pub rank: &'static str,
    pub cell: &'static str,
    pub value: &'static str,
    pub near_miss: &'static str,
    pub rescue: &'static str,
    pub mean_rank: &'static str,
    pub z_rank: &'static str,
    pub fair: &'static str,
    pub fair_error: &'static str,
    pub fair_rank: &'static str,
    pub experts_sheet: &'static str,
    pub severity: &'static str,
    pub severity_error: &'static str,
    pub infit: &'static str,
    pub outfit: &'static str,
    pub with_others: &'static str,
    pub concerns: &'static str,
    pub severe: &'static str,
    pub lenient: &'static str,
    pub erratic: &'static str,
    pub muted: &'static str,
    pub agrees_little: &'static str,
    pub agreement_sheet: &'static str,
    pub figure: &'static str,
    pub meaning: &'static str,
    pub kendall_w: &'static str,
    /// W, experts, cases.
    pub kendall_w_is: &'static str,
    pub no_kendall_w: &'static str,
    pub alpha: &'static str,
    /// Alpha and its interval.
    pub alpha_is: &'static str,
    pub reliability: &'static str,
    pub reliability_is: &'static str,
    pub program: &'static str,
    /// The program's correlation, an expert's.
    pub program_is: &'static str,
    pub misses: &'static str,
    /// Sample, below, found, at most.
    pub misses_is: &'static str,
    pub groups: &'static str,
    pub groups_are: &'static str,
}

/// Channels, the parts of a final score, and how a list depends on the weights.
pub(crate) struct EvaluationWords {
    pub channels: &'static str,
    /// What was declared and is no channel of the programme.
    pub unknown_channel: &'static str,
    /// Channel, cases.
    pub channel_count: &'static str,
    pub without_channel_count: &'static str,
    pub panel: &'static str,
    pub text: &'static str,
    /// Header of the points of a part.
    pub points: &'static str,
    /// Header of what is to be known of a final score.
    pub remark: &'static str,
    pub without_channel: &'static str,
    /// Final score, place.
    pub result: &'static str,
    pub unplaced: &'static str,
    /// Part, score, share in percent, points.
    pub contribution: &'static str,
    /// The channels' share in percent.
    pub channels_count: &'static str,
    pub sensitivity: &'static str,
    pub sensitivity_sheet: &'static str,
    pub sensitivity_note: &'static str,
    /// Who is chosen, how many, how many change at most, the weight, from, to.
    pub sensitivity_is: &'static str,
    /// Who is chosen, how many.
    pub sensitivity_none: &'static str,
    pub winners: &'static str,
    pub weight: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    pub changed: &'static str,
    pub largest_move: &'static str,
    pub panel_share: &'static str,
    pub channel_share: &'static str,
    pub signal_share: &'static str,
    pub criterion_weight: &'static str,
    pub signal_weight: &'static str,
}

/// The notice of the result.
pub(crate) struct NoticeWords {
    /// `{}` is the programme.
    pub title: &'static str,
    pub draft: &'static str,
    /// Nominations, shortlisted, for review, experts, judged, the panel's share, the program's.
    pub how: &'static str,
    pub reasons: &'static str,
    /// Criterion, sentence, number of its source.
    pub reason: &'static str,
    /// Comment, number of its source.
    pub comment: &'static str,
    pub tied: &'static str,
    pub sources: &'static str,
}

/// What the public should know of the program's part.
pub(crate) struct RecordWords {
    pub title: &'static str,
    pub headings: [&'static str; 7],
    pub purpose: &'static str,
    /// Name, arithmetic and checksum of the model.
    pub model: &'static str,
    /// Files, records, rejected.
    pub data: &'static str,
    /// The program's share in the final score.
    pub role: &'static str,
    /// Cases ruled out.
    pub oversight: &'static str,
    pub appeals: &'static str,
    /// Version, time, checksum of the programme.
    pub versions: &'static str,
}

/// The letter to whoever nominated a case.
pub(crate) struct FeedbackWords {
    /// `{}` is the title of the case.
    pub title: &'static str,
    /// Unit and title.
    pub opening: &'static str,
    pub strong: &'static str,
    pub thin: &'static str,
    /// What the criterion asks.
    pub asked: &'static str,
    /// What was found.
    pub found: &'static str,
    pub comments: &'static str,
    pub closing: &'static str,
}

/// Sentences about one case.
pub(crate) struct Sentences {
    pub needs_human: &'static str,
    pub secondary: &'static str,
    pub declared: &'static str,
    pub coverage: &'static str,
    pub duplicated_by: &'static str,
    pub same_as_past: &'static str,
    pub near_past: &'static str,
    pub same_in_batch: &'static str,
    pub matching: &'static str,
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
