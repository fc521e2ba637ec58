//! The sheets to look things up in: everybody, duplicates, rejections.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::sheets::{Context, bar};
use super::style::Look;
use super::table::{Cell, Column, Paper, last_cell, write_table};
use crate::report::record::rounded;
use crate::report::view::{CategoryView, Standing};
use crate::select::RankedNomination;

impl Context<'_> {
    /// Every nomination; rank and relevance where they give nothing away.
    pub fn everybody(&self, sheet: &mut Worksheet, views: &[CategoryView<'_>]) -> Result<(), XlsxError> {
        let c = &self.w.columns;
        let mut columns = vec![
            Column::new(c.category, 18.0, Look::Text),
            Column::new(c.rank, 8.0, Look::Centre),
            Column::new(c.standing, 12.0, Look::Centre),
            Column::new(c.id, 13.0, Look::Text),
            Column::new(c.title, 46.0, Look::Text),
            Column::new(c.unit, 26.0, Look::Text),
            Column::new(c.region, 14.0, Look::Text),
        ];
        columns.extend(self.channel_column(18.0));
        let relevance = u16::try_from(columns.len()).unwrap_or(u16::MAX);
        columns.extend([Column::new(c.relevance, 12.0, Look::Figure), Column::new(c.notes, 34.0, Look::Text)]);
        let cases = views.iter().flat_map(|view| view.everyone().map(move |entry| (view, entry)));
        let rows: Vec<_> = cases.map(|(view, entry)| self.listing_row(view, entry)).collect();
        write_table(sheet, &self.styles, self.w, &columns, (0, Paper::A4Landscape), &rows)?;
        if !rows.is_empty() {
            let (last_row, _) = last_cell(&rows, &columns);
            sheet.add_conditional_format(1, relevance, last_row, relevance, &bar())?;
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
        write_table(sheet, &self.styles, self.w, &columns, (0, Paper::A4Landscape), &rows)
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
        write_table(sheet, &self.styles, self.w, &columns, (0, Paper::A4Landscape), &rows)
    }

    fn listing_row(&self, view: &CategoryView<'_>, entry: &RankedNomination) -> Vec<Cell> {
        let nomination = &entry.nomination;
        let standing = Standing::from(entry.placement.status);
        let told = matches!(standing, Standing::Shortlisted | Standing::Displaced | Standing::Other);
        let mut row = vec![
            Cell::text(view.name),
            if told { Cell::Count(entry.placement.rank) } else { Cell::Blank },
            Cell::text(self.w.standing(standing)),
            Cell::text(nomination.id.as_str()),
            Cell::text(&nomination.title),
            Cell::text(&nomination.unit),
            Cell::text(&nomination.region),
        ];
        row.extend(self.channel_cell(entry));
        row.push(if told { Cell::Figure(rounded::<1>(entry.assessment.relevance)) } else { Cell::Blank });
        row.push(Cell::text(self.w.remarks(&self.report.notes(entry, &self.links))));
        row
    }
}
