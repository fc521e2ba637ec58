//! How the lists depend on the weights, in numbers.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::sheets::Context;
use super::style::Look;
use super::table::{Cell, Column, Paper, write_table};
use crate::report::sensitivity::told;

impl Context<'_> {
    /// A row a move; who they are stands in `sensitivity.csv`, see [`crate::report::sensitivity`].
    pub fn sensitivity(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let e = &self.w.evaluation;
        let columns = [
            Column::new(e.weight, 46.0, Look::Strong),
            Column::new(e.from, 12.0, Look::Centre),
            Column::new(e.to, 12.0, Look::Centre),
            Column::new(e.changed, 16.0, Look::Centre),
            Column::new(e.largest_move, 16.0, Look::Centre),
        ];
        let told = told(self.report.sensitivity, self.report.programme, self.report.language);
        let rows: Vec<Vec<Cell>> = told
            .into_iter()
            .map(|moved| {
                let counts = [Cell::Count(moved.changed), Cell::Count(moved.largest_move)];
                [moved.weight, moved.from, moved.to].map(Cell::Text).into_iter().chain(counts).collect()
            })
            .collect();
        write_table(sheet, &self.styles, self.w, &columns, (1, Paper::A4Portrait), &rows)
    }
}
