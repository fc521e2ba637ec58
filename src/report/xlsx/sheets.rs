//! The sheets that experts fill in: one a category, and the review sample.

use std::collections::BTreeMap;

use rust_xlsxwriter::{
    ConditionalFormat2ColorScale, ConditionalFormatDataBar, ConditionalFormatType, DataValidation, DataValidationRule,
    Worksheet, XlsxError,
};

use super::style::{BAR, Look, SCALE, Styles};
use super::table::{Cell, Column, Paper, last_cell, write_table};
use crate::nomination::NominationId;
use crate::report::Report;
use crate::report::evidence::quotes;
use crate::report::notes::Links;
use crate::report::record::rounded;
use crate::report::view::CategoryView;
use crate::report::wording::Wording;
use crate::select::RankedNomination;

const EXPERT_COLUMNS: u16 = 3;

/// What every sheet is made from.
pub(super) struct Context<'a> {
    pub report: &'a Report<'a>,
    pub styles: Styles,
    pub w: &'static Wording,
    pub links: Links<'a>,
    /// Where the programme declares channels, those of each case.
    pub channels: Option<BTreeMap<NominationId, String>>,
}

impl Context<'_> {
    /// Suggested cases of one category, then those that gave way to a floor, with the experts' columns.
    pub fn category(&self, sheet: &mut Worksheet, view: &CategoryView<'_>) -> Result<(), XlsxError> {
        let c = &self.w.columns;
        let criteria = self.report.criterion_names();
        let mut columns = vec![
            Column::new(c.rank, 5.5, Look::Centre),
            Column::new(c.id, 11.0, Look::Text),
            Column::new(c.title, 24.0, Look::Strong),
            Column::new(c.unit, 17.0, Look::Text),
            Column::new(c.region, 10.0, Look::Text),
            Column::new(c.level, 7.5, Look::Centre),
        ];
        columns.extend(self.channel_column(14.0));
        let relevance = u16::try_from(columns.len()).unwrap_or(u16::MAX);
        columns.extend([Column::new(c.relevance, 9.0, Look::Figure), Column::new(c.rank_interval, 8.5, Look::Centre)]);
        columns.extend(criteria.iter().map(|name| Column::new(*name, 7.0, Look::Figure)));
        columns.extend([
            Column::new(c.evidence, 56.0, Look::Text),
            Column::new(c.why, 44.0, Look::Quiet),
            Column::new(c.novelty, 7.0, Look::Figure),
            Column::new(c.notes, 20.0, Look::Text),
            Column::new(c.source, 15.0, Look::Quiet),
        ]);
        columns.extend(self.expert_columns());
        let told = view.shortlisted.iter().chain(&view.displaced);
        let rows: Vec<_> = told.map(|entry| self.told_row(entry)).collect();
        write_table(sheet, &self.styles, self.w, &columns, (3, Paper::A3Landscape), &rows)?;
        if !rows.is_empty() {
            let (last_row, last_col) = last_cell(&rows, &columns);
            add_bars(sheet, last_row, relevance, u16::try_from(criteria.len()).unwrap_or(0))?;
            self.add_validation(sheet, last_row, last_col)?;
        }
        Ok(())
    }

    /// Near misses and rescue cases, mixed: no rank, no score, no word on which is which.
    pub fn review(&self, sheet: &mut Worksheet, views: &[CategoryView<'_>]) -> Result<(), XlsxError> {
        let c = &self.w.columns;
        let mut columns = vec![
            Column::new(c.category, 15.0, Look::Text),
            Column::new(c.id, 11.0, Look::Text),
            Column::new(c.title, 26.0, Look::Strong),
            Column::new(c.unit, 17.0, Look::Text),
            Column::new(c.region, 10.0, Look::Text),
            Column::new(c.level, 7.5, Look::Centre),
        ];
        columns.extend(self.channel_column(14.0));
        columns.extend([
            Column::new(c.evidence, 72.0, Look::Text),
            Column::new(c.notes, 20.0, Look::Text),
            Column::new(c.source, 15.0, Look::Quiet),
        ]);
        columns.extend(self.expert_columns());
        let cases = views.iter().flat_map(|view| view.review.iter().map(move |entry| (view, entry)));
        let rows: Vec<_> = cases
            .map(|(view, entry)| {
                let mut row = vec![Cell::text(view.name)];
                row.extend(self.identity(entry));
                row.extend(self.reading(entry, false));
                row.extend((0..EXPERT_COLUMNS).map(|_| Cell::Blank));
                row
            })
            .collect();
        write_table(sheet, &self.styles, self.w, &columns, (3, Paper::A3Landscape), &rows)?;
        if !rows.is_empty() {
            let (last_row, last_col) = last_cell(&rows, &columns);
            self.add_validation(sheet, last_row, last_col)?;
        }
        Ok(())
    }

    fn told_row(&self, entry: &RankedNomination) -> Vec<Cell> {
        let (placement, assessment) = (&entry.placement, &entry.assessment);
        let mut row = vec![Cell::Count(placement.rank)];
        row.extend(self.identity(entry));
        row.push(Cell::Figure(rounded::<1>(assessment.relevance)));
        row.push(Cell::text(self.w.interval(placement.rank_interval)));
        let scores = assessment.criteria.iter().map(|c| Cell::Figure(rounded::<1>(c.score)));
        row.extend(scores);
        row.extend(self.reading(entry, true));
        row.extend((0..EXPERT_COLUMNS).map(|_| Cell::Blank));
        row
    }

    /// Id to level, and the channels where they are told.
    fn identity(&self, entry: &RankedNomination) -> Vec<Cell> {
        let nomination = &entry.nomination;
        let mut cells = vec![
            Cell::text(nomination.id.as_str()),
            Cell::text(&nomination.title),
            Cell::text(&nomination.unit),
            Cell::text(&nomination.region),
            Cell::text(&nomination.level),
        ];
        cells.extend(self.channel_cell(entry));
        cells
    }

    pub fn channel_column(&self, width: f64) -> Option<Column<'static>> {
        self.channels.as_ref().map(|_| Column::new(self.w.evaluation.channels, width, Look::Text))
    }

    pub fn channel_cell(&self, entry: &RankedNomination) -> Option<Cell> {
        self.channels.as_ref().map(|channels| Cell::text(&channels[&entry.nomination.id]))
    }

    /// Evidence to source, with what the scores rest on and the novelty where figures are told.
    fn reading(&self, entry: &RankedNomination, told: bool) -> Vec<Cell> {
        let criteria = self.report.criterion_names();
        let mut cells = vec![Cell::Text(self.w.evidence_lines(&quotes(entry), &criteria))];
        if told {
            cells.push(Cell::Text(self.w.why_lines(&entry.assessment.criteria, &criteria)));
            cells.push(Cell::Figure(rounded::<1>(entry.assessment.novelty)));
        }
        cells.push(Cell::text(self.w.remarks(&self.report.full_notes(entry, &self.links))));
        cells.push(Cell::text(self.w.place(&entry.nomination.source)));
        cells
    }

    fn expert_columns(&self) -> [Column<'static>; EXPERT_COLUMNS as usize] {
        let e = &self.w.expert;
        [
            Column::new(e.score, 7.0, Look::Expert),
            Column::new(e.opinion, 26.0, Look::ExpertText),
            Column::new(e.recusal, 7.0, Look::Expert),
        ]
    }

    /// Score and recusal take only what can be counted.
    fn add_validation(&self, sheet: &mut Worksheet, last_row: u32, last_col: u16) -> Result<(), XlsxError> {
        let e = &self.w.expert;
        let score = DataValidation::new()
            .allow_whole_number(DataValidationRule::Between(0, 100))
            .set_input_title(e.score_title)?
            .set_input_message(e.score_hint)?
            .set_error_title(e.invalid)?
            .set_error_message(e.score_hint)?;
        let recusal = DataValidation::new()
            .allow_list_strings(&e.recusal_choices)?
            .set_input_title(e.recusal)?
            .set_input_message(e.recusal_hint)?
            .set_error_title(e.invalid)?
            .set_error_message(e.recusal_hint)?;
        let score_col = last_col + 1 - EXPERT_COLUMNS;
        sheet.add_data_validation(1, score_col, last_row, score_col, &score)?;
        sheet.add_data_validation(1, last_col, last_row, last_col, &recusal)?;
        Ok(())
    }
}

/// Bars for the relevance, a colour scale for the criteria, both on the fixed scale of 0 to 100.
fn add_bars(sheet: &mut Worksheet, last_row: u32, relevance: u16, criteria: u16) -> Result<(), XlsxError> {
    sheet.add_conditional_format(1, relevance, last_row, relevance, &bar())?;
    if criteria > 0 {
        let scale = ConditionalFormat2ColorScale::new()
            .set_minimum(ConditionalFormatType::Number, 0)
            .set_maximum(ConditionalFormatType::Number, 100)
            .set_minimum_color("FFFFFF")
            .set_maximum_color(SCALE);
        // The rank interval stands between.
        let first = relevance + 2;
        sheet.add_conditional_format(1, first, last_row, first + criteria - 1, &scale)?;
    }
    Ok(())
}

pub(super) fn bar() -> ConditionalFormatDataBar {
    ConditionalFormatDataBar::new()
        .set_minimum(ConditionalFormatType::Number, 0)
        .set_maximum(ConditionalFormatType::Number, 100)
        .set_fill_color(BAR)
        .set_solid_fill(true)
        .set_border_off(true)
}
