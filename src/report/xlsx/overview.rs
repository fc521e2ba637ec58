//! The first sheet: what this is, who decides, how to read it, and each category's figures.

use rust_xlsxwriter::{Format, Url, Worksheet, XlsxError};

use super::layout::row_height;
use super::sheets::Context;
use super::style::Look;
use super::table::{Cell, Paper, set_print, write_cell};
use crate::report::record::rounded;
use crate::report::view::CategoryView;

/// Widths in characters of the columns, the table's first one widest.
const WIDTHS: [f64; 8] = [24.0, 12.0, 12.0, 12.0, 12.0, 12.0, 14.0, 18.0];
const LAST: u16 = 7;

impl Context<'_> {
    /// `sheet_names` are those of the categories, in the order of `views`.
    pub fn overview(
        &self,
        sheet: &mut Worksheet,
        views: &[CategoryView<'_>],
        sheet_names: &[String],
    ) -> Result<(), XlsxError> {
        for (col, width) in (0u16..).zip(WIDTHS) {
            sheet.set_column_width(col, width)?;
        }
        sheet.set_screen_gridlines(false);
        let row = self.heading(sheet)?;
        let row = self.figures(sheet, row, views, sheet_names)?;
        let row = self.guide(sheet, row)?;
        self.provenance(sheet, row)?;
        set_print(sheet, self.w, Paper::A4Portrait);
        sheet.set_print_fit_to_pages(1, 1);
        Ok(())
    }

    fn heading(&self, sheet: &mut Worksheet) -> Result<u32, XlsxError> {
        let lines = [
            (self.w.title, self.styles.title(), 30.0),
            (self.report.programme_name(), self.styles.subtitle(), 20.0),
            (self.w.notice, self.styles.notice(), 30.0),
        ];
        for (row, (text, format, height)) in (0u32..).zip(lines) {
            sheet.merge_range(row, 0, row, LAST, text, &format)?;
            sheet.set_row_height(row, height)?;
        }
        Ok(4)
    }

    fn figures(
        &self,
        sheet: &mut Worksheet,
        top: u32,
        views: &[CategoryView<'_>],
        sheet_names: &[String],
    ) -> Result<u32, XlsxError> {
        let (w, o) = (self.w, &self.w.overview);
        let headers =
            [w.columns.category, o.nominations, o.quota, w.shortlisted, w.review, o.duplicates, o.needs_human, o.cut];
        let header = self.styles.header(Look::Text);
        for (col, text) in (0u16..).zip(headers) {
            sheet.write_string_with_format(top, col, text, &header)?;
        }
        sheet.set_row_height(top, 24)?;
        let mut row = top + 1;
        for (view, name) in views.iter().zip(sheet_names) {
            let target = format!("internal:'{}'!A1", name.replace('\'', "''"));
            sheet.write_url_with_format(row, 0, Url::new(target).set_text(view.name), &self.styles.link())?;
            self.figure_cells(sheet, row, &Totals::of(view), view.cut_relevance())?;
            row += 1;
        }
        sheet.write_string_with_format(row, 0, o.total, &self.styles.roomy(Look::Strong))?;
        self.figure_cells(sheet, row, &views.iter().map(Totals::of).sum(), None)?;
        let rejected = [(o.rejected, self.report.rejections.len())];
        for (text, count) in rejected {
            row += 1;
            sheet.write_string_with_format(row, 0, text, &self.styles.roomy(Look::Strong))?;
            write_cell(sheet, row, 1, &Cell::Count(count), &self.styles.roomy(Look::Centre), w)?;
        }
        Ok(row + 2)
    }

    fn figure_cells(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        totals: &Totals,
        cut: Option<f32>,
    ) -> Result<(), XlsxError> {
        let centre = self.styles.roomy(Look::Centre);
        for (col, count) in (1u16..).zip(totals.0) {
            write_cell(sheet, row, col, &Cell::Count(count), &centre, self.w)?;
        }
        let cut = cut.map_or(Cell::Blank, |relevance| Cell::Figure(rounded::<1>(relevance)));
        write_cell(sheet, row, LAST, &cut, &self.styles.roomy(Look::Figure), self.w)?;
        sheet.set_row_height(row, 22)?;
        Ok(())
    }

    fn guide(&self, sheet: &mut Worksheet, top: u32) -> Result<u32, XlsxError> {
        self.section(sheet, top, self.w.how_to_read)?;
        let mut row = top + 1;
        for (term, meaning) in self.report.guide() {
            self.pair(sheet, row, term, &meaning, &self.styles.roomy(Look::Text))?;
            row += 1;
        }
        self.section(sheet, row + 1, self.w.criteria_heading)?;
        row += 2;
        for (name, question) in self.report.criterion_guide() {
            self.pair(sheet, row, name, &question, &self.styles.roomy(Look::Text))?;
            row += 1;
        }
        Ok(row + 1)
    }

    fn provenance(&self, sheet: &mut Worksheet, top: u32) -> Result<(), XlsxError> {
        self.section(sheet, top, self.w.overview.provenance)?;
        let quiet = self.styles.roomy(Look::Quiet);
        for (row, (name, value)) in (top + 1..).zip(self.report.provenance()) {
            self.pair(sheet, row, name, &value, &quiet)?;
        }
        Ok(())
    }

    fn section(&self, sheet: &mut Worksheet, row: u32, text: &str) -> Result<(), XlsxError> {
        sheet.write_string_with_format(row, 0, text, &self.styles.heading())?;
        sheet.set_row_height(row, 24)?;
        Ok(())
    }

    fn pair(&self, sheet: &mut Worksheet, row: u32, name: &str, value: &str, look: &Format) -> Result<(), XlsxError> {
        sheet.write_string_with_format(row, 0, name, &self.styles.roomy(Look::Strong))?;
        sheet.merge_range(row, 1, row, LAST, value, look)?;
        let room: f64 = WIDTHS[1..].iter().sum();
        sheet.set_row_height(row, row_height([(value, room)].into_iter()))?;
        Ok(())
    }
}

/// Nominations, quota, suggested, review, duplicates, to be settled.
#[derive(Default)]
struct Totals([usize; 6]);

impl Totals {
    fn of(view: &CategoryView<'_>) -> Self {
        Self([
            view.len(),
            view.quota,
            view.shortlisted.len(),
            view.review.len(),
            view.duplicates.len(),
            view.needs_human(),
        ])
    }
}

impl std::iter::Sum for Totals {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), |sum, part| Self(std::array::from_fn(|i| sum.0[i] + part.0[i])))
    }
}
