//! The workbook that one expert fills in.

use std::collections::BTreeMap;

use rust_xlsxwriter::{DataValidation, DataValidationRule, Formula, ProtectionOptions, Workbook, Worksheet, XlsxError};

use super::ticket::Ticket;
use crate::nomination::{Nomination, NominationId};
use crate::programme::{Language, Programme};
use crate::report::RankingRecord;
use crate::report::wording::{Wording, fill};
use crate::report::xlsx::style::{Look, Styles};
use crate::report::xlsx::table::{Cell, Column, Paper, set_print, write_cell, write_table};
use crate::report::xlsx::{add, properties};

/// Width in characters of the guide's text.
const GUIDE_WIDTH: f64 = 96.0;
/// Columns of the scores before the first that an expert fills in.
const BEFORE_SCORES: u16 = 7;
const LINK_COLUMN: u16 = 6;

/// What all workbooks of a review are made from.
#[derive(Debug, Clone, Copy)]
pub struct Review<'a> {
    /// What the run judged by.
    pub programme: &'a Programme,
    /// Texts by id, as the run read them; cases without one go out with their evidence alone.
    pub texts: &'a BTreeMap<NominationId, Nomination>,
    /// Whether a sheet tells the program's relevance of what the expert has scored.
    pub tells_relevance: bool,
    /// Language of what the expert reads.
    pub language: Language,
}

impl Review<'_> {
    /// The bytes of the workbook that holds `cases`, in this order, for the expert of `ticket`.
    ///
    /// The same arguments give the same bytes.
    ///
    /// # Errors
    /// When the workbook cannot hold them.
    pub fn workbook(&self, ticket: &Ticket, cases: &[&RankingRecord]) -> Result<Vec<u8>, XlsxError> {
        let w = Wording::of(self.language);
        let draft = Draft { review: self, cases, w, styles: Styles::new(w.font) };
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties(w.workbook.title, draft.programme_name())?.set_comment(ticket.to_string()));
        let sheets = &w.workbook;
        draft.guide(add(&mut workbook, sheets.guide_sheet, 0)?, ticket)?;
        draft.scores(add(&mut workbook, sheets.scores_sheet, 1)?)?;
        draft.material(add(&mut workbook, sheets.material_sheet, 2)?)?;
        if self.tells_relevance {
            draft.relevance(add(&mut workbook, sheets.relevance_sheet, 2)?)?;
        }
        workbook.save_to_buffer()
    }
}

/// One workbook in the making.
struct Draft<'a> {
    review: &'a Review<'a>,
    cases: &'a [&'a RankingRecord],
    w: &'static Wording,
    styles: Styles,
}

impl Draft<'_> {
    fn programme_name(&self) -> &str {
        let settings = &self.review.programme.settings;
        self.review.language.pick(&settings.name, &settings.name_en)
    }

    /// What to do, what each criterion asks, and the ticket.
    fn guide(&self, sheet: &mut Worksheet, ticket: &Ticket) -> Result<(), XlsxError> {
        let r = &self.w.workbook;
        sheet.set_column_width(0, 22)?.set_column_width(1, GUIDE_WIDTH)?.set_screen_gridlines(false);
        sheet.write_string_with_format(0, 0, r.title, &self.styles.title())?;
        sheet.write_string_with_format(1, 0, self.programme_name(), &self.styles.subtitle())?;
        let mut lines = vec![(r.expert.to_owned(), ticket.expert.clone())];
        lines.push((r.number_of_cases.to_owned(), self.cases.len().to_string()));
        let scale = self.scale();
        lines.extend(r.guide.iter().map(|(term, text)| ((*term).to_owned(), fill(text, &[&scale[0], &scale[1]]))));
        for criterion in &self.review.programme.criteria {
            let name = self.review.language.pick(&criterion.name, &criterion.name_en);
            let question = self.review.language.pick(&criterion.question, &criterion.question_en);
            let share = fill(self.w.criterion_share, &[&format!("{:.0}", 100.0 * criterion.weight)]);
            lines.push((name.to_owned(), format!("{share}{question}")));
        }
        lines.push((r.ticket.to_owned(), ticket.to_string()));
        for (row, (term, text)) in (3u32..).zip(&lines) {
            sheet.write_string_with_format(row, 0, term, &self.styles.roomy(Look::Strong))?;
            write_cell(sheet, row, 1, &Cell::text(text), &self.styles.roomy(Look::Text), self.w)?;
        }
        set_print(sheet, self.w, Paper::A4Landscape);
        sheet.protect_with_options(&ProtectionOptions { format_rows: true, ..free_to_look() });
        Ok(())
    }

    /// Ends of the scale, as people write them.
    fn scale(&self) -> [String; 2] {
        let rule = &self.review.programme.settings.review;
        [rule.lowest.to_string(), rule.highest.to_string()]
    }

    /// A row a case, a column a criterion.
    fn scores(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let (c, r) = (&self.w.columns, &self.w.workbook);
        let mut columns = vec![
            Column::new(c.category, 16.0, Look::Text),
            Column::new(c.id, 14.0, Look::Text),
            Column::new(c.title, 34.0, Look::Strong),
            Column::new(c.unit, 22.0, Look::Text),
            Column::new(c.region, 12.0, Look::Text),
            Column::new(c.level, 9.0, Look::Centre),
            Column::new(r.material, 8.0, Look::Centre),
        ];
        columns.extend(self.criterion_names().into_iter().map(|name| Column::new(name, 9.0, Look::Expert)));
        columns.extend([
            Column::new(self.w.expert.recusal, 7.0, Look::Expert),
            Column::new(r.abstention, 7.0, Look::Expert),
            Column::new(self.w.expert.opinion, 40.0, Look::ExpertText),
        ]);
        let blank = columns.len() - usize::from(BEFORE_SCORES);
        let rows: Vec<Vec<Cell>> = self
            .cases
            .iter()
            .map(|case| {
                let identity = [
                    self.review.programme.category_name(&case.category, self.review.language),
                    case.id.as_str(),
                    &case.title,
                    &case.unit,
                    &case.region,
                    &case.level,
                    "",
                ];
                identity.into_iter().map(Cell::text).chain((0..blank).map(|_| Cell::Blank)).collect()
            })
            .collect();
        write_table(sheet, &self.styles, self.w, &columns, (3, Paper::A3Landscape), &rows)?;
        let last = u16::try_from(columns.len()).unwrap_or(u16::MAX) - 1;
        self.links(sheet)?;
        self.validate(sheet, last)?;
        sheet.protect_with_options(&free_to_look());
        sheet.set_active(true);
        Ok(())
    }

    /// Formulas, not hyperlinks: they move with their row when the expert sorts.
    fn links(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let format = self.styles.link();
        for row in 1..=self.last_row() {
            let material = self.w.workbook.material_sheet;
            let target = format!("\"#'{material}'!A\"&MATCH(B{},'{material}'!A:A,0)", row + 1);
            let link = format!("=HYPERLINK({target},\"{}\")", self.w.workbook.open);
            let formula = Formula::new(link).set_result(self.w.workbook.open);
            sheet.write_formula_with_format(row, LINK_COLUMN, formula, &format)?;
        }
        Ok(())
    }

    fn validate(&self, sheet: &mut Worksheet, last_col: u16) -> Result<(), XlsxError> {
        if self.cases.is_empty() {
            return Ok(());
        }
        let (e, rule) = (&self.w.expert, &self.review.programme.settings.review);
        let scale = self.scale();
        let hint = fill(self.w.workbook.score_hint, &[&scale[0], &scale[1]]);
        let score = DataValidation::new()
            .allow_decimal_number(DataValidationRule::Between(rule.lowest, rule.highest))
            .set_input_title(e.score_title)?
            .set_input_message(&hint)?
            .set_error_title(e.invalid)?
            .set_error_message(&hint)?;
        sheet.add_data_validation(1, BEFORE_SCORES, self.last_row(), last_col - 3, &score)?;
        for (col, title, hint) in [
            (last_col - 2, e.recusal, e.recusal_hint),
            (last_col - 1, self.w.workbook.abstention, self.w.workbook.abstention_hint),
        ] {
            let choice = DataValidation::new()
                .allow_list_strings(&e.recusal_choices)?
                .set_input_title(title)?
                .set_input_message(hint)?
                .set_error_title(e.invalid)?
                .set_error_message(hint)?;
            sheet.add_data_validation(1, col, self.last_row(), col, &choice)?;
        }
        Ok(())
    }

    /// What each case says, and its best sentence for each criterion: the same for all, whatever their rank.
    fn material(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let (c, r) = (&self.w.columns, &self.w.workbook);
        let columns = [
            Column::new(c.id, 14.0, Look::Text),
            Column::new(c.title, 30.0, Look::Strong),
            Column::new(r.part, 14.0, Look::Text),
            Column::new(r.text, 110.0, Look::Text),
        ];
        let mut rows = Vec::new();
        for case in self.cases {
            let row = |part: &str, text: &str| {
                vec![Cell::text(case.id.as_str()), Cell::text(&case.title), Cell::text(part), Cell::text(text)]
            };
            for criterion in &case.criteria {
                let quotes = criterion.evidence.iter().map(|evidence| {
                    row(self.review.programme.criterion_name(&criterion.id, self.review.language), &evidence.text)
                });
                rows.extend(quotes.take(1));
            }
            if let Some(nomination) = self.review.texts.get(&case.id) {
                let paragraphs = nomination.text.split('\n').filter(|text| !text.trim().is_empty());
                rows.extend(paragraphs.map(|text| row(r.full_text, text)));
            }
            rows.push(row(c.source, &self.w.place(&case.source)));
        }
        write_table(sheet, &self.styles, self.w, &columns, (2, Paper::A4Landscape), &rows)?;
        sheet.protect_with_options(&free_to_look());
        Ok(())
    }

    /// The relevance of each case, shown once its row has a score.
    fn relevance(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let (c, r) = (&self.w.columns, &self.w.workbook);
        let columns = [
            Column::new(c.id, 14.0, Look::Text),
            Column::new(c.title, 44.0, Look::Strong),
            Column::new(c.relevance, 18.0, Look::Figure),
        ];
        let rows: Vec<Vec<Cell>> = self
            .cases
            .iter()
            .map(|case| vec![Cell::text(case.id.as_str()), Cell::text(&case.title), Cell::Blank])
            .collect();
        write_table(sheet, &self.styles, self.w, &columns, (2, Paper::A4Landscape), &rows)?;
        let hidden = self.styles.cell(Look::Figure).set_hidden();
        let (first, last) = (letter(BEFORE_SCORES), letter(BEFORE_SCORES + self.criteria() - 1));
        for (row, case) in (1u32..).zip(self.cases) {
            let (scores, here) = (r.scores_sheet, row + 1);
            let counted = format!(
                "SUMPRODUCT(('{scores}'!$B$2:$B${0}=A{here})*('{scores}'!${first}$2:${last}${0}<>\"\"))",
                self.last_row() + 1
            );
            let formula = format!("=IF({counted}=0,\"{}\",{:.1})", r.score_first, case.relevance);
            let formula = Formula::new(formula).set_result(r.score_first);
            sheet.write_formula_with_format(row, 2, formula, &hidden)?;
        }
        sheet.protect_with_options(&free_to_look());
        Ok(())
    }

    fn criteria(&self) -> u16 {
        u16::try_from(self.review.programme.criteria.len()).unwrap_or(u16::MAX)
    }

    /// Row of the last case; the header is row 0.
    fn last_row(&self) -> u32 {
        u32::try_from(self.cases.len()).unwrap_or(u32::MAX)
    }

    fn criterion_names(&self) -> Vec<&str> {
        let criteria = self.review.programme.criteria.iter();
        criteria.map(|c| self.review.language.pick(&c.name, &c.name_en)).collect()
    }
}

/// A protected sheet in which everything but changing what is locked is allowed. There is no password: an expert who
/// must can lift it, and the merge does not rest on it.
fn free_to_look() -> ProtectionOptions {
    ProtectionOptions {
        format_cells: true,
        format_columns: true,
        format_rows: true,
        sort: true,
        use_autofilter: true,
        ..ProtectionOptions::default()
    }
}

/// The letters of a column, from 0.
pub(super) fn letter(column: u16) -> String {
    rust_xlsxwriter::utility::column_number_to_name(column)
}
