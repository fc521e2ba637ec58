//! The sheets that list cases: one a category, the review sample, everybody, duplicates, rejections.

use rust_xlsxwriter::{
    ConditionalFormat2ColorScale, ConditionalFormatDataBar, ConditionalFormatType, DataValidation, DataValidationRule,
    Worksheet, XlsxError,
};

use super::style::{BAR, Look, SCALE, Styles};
use super::table::{Cell, Column, last_cell, write_table};
use crate::report::Report;
use crate::report::evidence::quotes;
use crate::report::notes::Links;
use crate::report::record::rounded;
use crate::report::view::{CategoryView, Standing};
use crate::report::wording::Wording;
use crate::select::RankedNomination;

/// Columns before the criteria's on a category's sheet: rank to rank interval.
const BEFORE_CRITERIA: u16 = 8;
const RELEVANCE_COLUMN: u16 = 6;
const EXPERT_COLUMNS: u16 = 3;

/// What every sheet is made from.
pub(super) struct Context<'a> {
    pub report: &'a Report<'a>,
    pub styles: Styles,
    pub w: &'static Wording,
    pub links: Links<'a>,
}

impl Context<'_> {
    /// Suggested cases of one category, with the experts' columns.
    pub fn category(&self, sheet: &mut Worksheet, view: &CategoryView<'_>) -> Result<(), XlsxError> {
        let c = &self.w.columns;
        let criteria = self.report.criterion_names();
        let mut columns = vec![
            Column::new(c.rank, 6.0, Look::Centre),
            Column::new(c.id, 11.0, Look::Text),
            Column::new(c.title, 26.0, Look::Strong),
            Column::new(c.unit, 20.0, Look::Text),
            Column::new(c.region, 11.0, Look::Text),
            Column::new(c.level, 8.0, Look::Centre),
            Column::new(c.relevance, 10.0, Look::Figure),
            Column::new(c.rank_interval, 9.0, Look::Centre),
        ];
        columns.extend(criteria.iter().map(|name| Column::new(*name, 8.0, Look::Figure)));
        columns.extend([
            Column::new(c.evidence, 64.0, Look::Text),
            Column::new(c.novelty, 8.0, Look::Figure),
            Column::new(c.notes, 24.0, Look::Text),
            Column::new(c.source, 18.0, Look::Quiet),
        ]);
        columns.extend(self.expert_columns());
        let rows: Vec<_> = view.shortlisted.iter().map(|entry| self.shortlisted_row(entry)).collect();
        write_table(sheet, &self.styles, self.w, &columns, 3, &rows)?;
        if !rows.is_empty() {
            let (last_row, last_col) = last_cell(&rows, &columns);
            add_bars(sheet, last_row, u16::try_from(criteria.len()).unwrap_or(0))?;
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
            Column::new(c.title, 28.0, Look::Strong),
            Column::new(c.unit, 20.0, Look::Text),
            Column::new(c.region, 11.0, Look::Text),
            Column::new(c.level, 8.0, Look::Centre),
            Column::new(c.evidence, 70.0, Look::Text),
            Column::new(c.notes, 24.0, Look::Text),
            Column::new(c.source, 18.0, Look::Quiet),
        ];
        columns.extend(self.expert_columns());
        let cases = views.iter().flat_map(|view| view.review.iter().map(move |entry| (view, entry)));
        let rows: Vec<_> = cases
            .map(|(view, entry)| {
                let mut row = vec![Cell::text(view.name)];
                row.extend(self.identity(entry));
                row.extend(self.reading(entry, None));
                row.extend((0..EXPERT_COLUMNS).map(|_| Cell::Blank));
                row
            })
            .collect();
        write_table(sheet, &self.styles, self.w, &columns, 3, &rows)?;
        if !rows.is_empty() {
            let (last_row, last_col) = last_cell(&rows, &columns);
            self.add_validation(sheet, last_row, last_col)?;
        }
        Ok(())
    }

    /// Every nomination; rank and relevance where they give nothing away.
    pub fn everybody(&self, sheet: &mut Worksheet, views: &[CategoryView<'_>]) -> Result<(), XlsxError> {
        let c = &self.w.columns;
        let columns = [
            Column::new(c.category, 18.0, Look::Text),
            Column::new(c.rank, 8.0, Look::Centre),
            Column::new(c.standing, 12.0, Look::Centre),
            Column::new(c.id, 13.0, Look::Text),
            Column::new(c.title, 46.0, Look::Text),
            Column::new(c.unit, 26.0, Look::Text),
            Column::new(c.region, 14.0, Look::Text),
            Column::new(c.relevance, 12.0, Look::Figure),
            Column::new(c.notes, 34.0, Look::Text),
        ];
        let cases = views.iter().flat_map(|view| view.everyone().map(move |entry| (view, entry)));
        let rows: Vec<_> = cases.map(|(view, entry)| self.listing_row(view, entry)).collect();
        write_table(sheet, &self.styles, self.w, &columns, 0, &rows)?;
        if !rows.is_empty() {
            let (last_row, _) = last_cell(&rows, &columns);
            sheet.add_conditional_format(1, 7, last_row, 7, &bar())?;
        }
        Ok(())
    }

    /// Duplicates and what stands for them.
    pub fn duplicates(&self, sheet: &mut Worksheet, views: &[CategoryView<'_>]) -> Result<(), XlsxError> {
        let c = &self.w.columns;
        let columns = [
            Column::new(c.id, 13.0, Look::Text),
            Column::new(c.title, 40.0, Look::Text),
            Column::new(c.unit, 24.0, Look::Text),
            Column::new(c.source, 26.0, Look::Quiet),
            Column::new(c.linked_id, 13.0, Look::Text),
            Column::new(c.linked_title, 40.0, Look::Text),
            Column::new(c.linked_standing, 14.0, Look::Centre),
        ];
        let by_id = self.report.by_id();
        let rows: Vec<_> = views
            .iter()
            .flat_map(|view| &view.duplicates)
            .map(|entry| {
                let of = entry.placement.duplicate_of.as_ref();
                let representative = of.and_then(|id| by_id.get(id));
                let nomination = &entry.nomination;
                vec![
                    Cell::text(nomination.id.as_str()),
                    Cell::text(&nomination.title),
                    Cell::text(&nomination.unit),
                    Cell::text(self.w.place(&nomination.source)),
                    Cell::text(of.map(ToString::to_string).unwrap_or_default()),
                    Cell::text(representative.map(|r| r.nomination.title.clone()).unwrap_or_default()),
                    representative
                        .map_or(Cell::Blank, |r| Cell::text(self.w.standing(Standing::from(r.placement.status)))),
                ]
            })
            .collect();
        write_table(sheet, &self.styles, self.w, &columns, 0, &rows)
    }

    /// What could not enter the batch, and what to do about it.
    pub fn rejected(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let c = &self.w.columns;
        let columns = [
            Column::new(c.file, 30.0, Look::Text),
            Column::new(c.sheet, 14.0, Look::Text),
            Column::new(c.row, 8.0, Look::Centre),
            Column::new(c.id, 13.0, Look::Text),
            Column::new(c.title, 32.0, Look::Text),
            Column::new(c.reason, 40.0, Look::Text),
            Column::new(c.remedy, 46.0, Look::Text),
        ];
        let rows: Vec<_> = self
            .report
            .rejections
            .iter()
            .map(|rejection| {
                vec![
                    Cell::text(&rejection.source.file),
                    Cell::text(self.w.sheet_or_page(&rejection.source)),
                    rejection.source.row.map_or(Cell::Blank, |row| Cell::Figure(f64::from(row))),
                    Cell::text(rejection.id.as_deref().unwrap_or_default()),
                    Cell::text(rejection.title.as_deref().unwrap_or_default()),
                    Cell::text(&rejection.reason),
                    Cell::text(&rejection.remedy),
                ]
            })
            .collect();
        write_table(sheet, &self.styles, self.w, &columns, 0, &rows)
    }

    fn shortlisted_row(&self, entry: &RankedNomination) -> Vec<Cell> {
        let (placement, assessment) = (&entry.placement, &entry.assessment);
        let mut row = vec![Cell::Count(placement.rank)];
        row.extend(self.identity(entry));
        row.push(Cell::Figure(rounded::<1>(assessment.relevance)));
        row.push(Cell::text(self.w.interval(placement.rank_interval)));
        let scores = assessment.criteria.iter().map(|c| Cell::Figure(rounded::<1>(c.score)));
        row.extend(scores);
        row.extend(self.reading(entry, Some(rounded::<1>(assessment.novelty))));
        row.extend((0..EXPERT_COLUMNS).map(|_| Cell::Blank));
        row
    }

    fn listing_row(&self, view: &CategoryView<'_>, entry: &RankedNomination) -> Vec<Cell> {
        let nomination = &entry.nomination;
        let standing = Standing::from(entry.placement.status);
        let told = matches!(standing, Standing::Shortlisted | Standing::Other);
        vec![
            Cell::text(view.name),
            if told { Cell::Count(entry.placement.rank) } else { Cell::Blank },
            Cell::text(self.w.standing(standing)),
            Cell::text(nomination.id.as_str()),
            Cell::text(&nomination.title),
            Cell::text(&nomination.unit),
            Cell::text(&nomination.region),
            if told { Cell::Figure(rounded::<1>(entry.assessment.relevance)) } else { Cell::Blank },
            Cell::text(self.w.remarks(&self.report.notes(entry, &self.links))),
        ]
    }

    /// Id to level.
    fn identity(&self, entry: &RankedNomination) -> [Cell; 5] {
        let nomination = &entry.nomination;
        [
            Cell::text(nomination.id.as_str()),
            Cell::text(&nomination.title),
            Cell::text(&nomination.unit),
            Cell::text(&nomination.region),
            Cell::text(&nomination.level),
        ]
    }

    /// Evidence to source, with the novelty where it is shown.
    fn reading(&self, entry: &RankedNomination, novelty: Option<f64>) -> Vec<Cell> {
        let evidence = self.w.evidence_lines(&quotes(entry), &self.report.criterion_names());
        let mut cells = vec![Cell::Text(evidence)];
        cells.extend(novelty.map(Cell::Figure));
        cells.push(Cell::text(self.w.remarks(&self.report.notes(entry, &self.links))));
        cells.push(Cell::text(self.w.place(&entry.nomination.source)));
        cells
    }

    fn expert_columns(&self) -> [Column<'static>; EXPERT_COLUMNS as usize] {
        let e = &self.w.expert;
        [
            Column::new(e.score, 8.0, Look::Expert),
            Column::new(e.opinion, 30.0, Look::ExpertText),
            Column::new(e.recusal, 8.0, Look::Expert),
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
fn add_bars(sheet: &mut Worksheet, last_row: u32, criteria: u16) -> Result<(), XlsxError> {
    sheet.add_conditional_format(1, RELEVANCE_COLUMN, last_row, RELEVANCE_COLUMN, &bar())?;
    if criteria > 0 {
        let scale = ConditionalFormat2ColorScale::new()
            .set_minimum(ConditionalFormatType::Number, 0)
            .set_maximum(ConditionalFormatType::Number, 100)
            .set_minimum_color("FFFFFF")
            .set_maximum_color(SCALE);
        let last = BEFORE_CRITERIA + criteria - 1;
        sheet.add_conditional_format(1, BEFORE_CRITERIA, last_row, last, &scale)?;
    }
    Ok(())
}

fn bar() -> ConditionalFormatDataBar {
    ConditionalFormatDataBar::new()
        .set_minimum(ConditionalFormatType::Number, 0)
        .set_maximum(ConditionalFormatType::Number, 100)
        .set_fill_color(BAR)
        .set_solid_fill(true)
        .set_border_off(true)
}
