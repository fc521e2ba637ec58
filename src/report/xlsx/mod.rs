//! `shortlist.xlsx`, for experts: an overview, a sheet a category, the review sample, everybody,
//! duplicates, rejections.

mod layout;
mod listings;
mod names;
mod overview;
mod sensitivity;
mod sheets;
pub(crate) mod style;
pub(crate) mod table;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

pub(crate) use self::names::sheet_name;
use self::sheets::Context;
use self::style::{Styles, TABS};
use super::{Report, ReportError};

pub(super) fn render(report: &Report<'_>) -> Result<Vec<u8>, ReportError> {
    let w = report.wording();
    let context =
        Context { report, styles: Styles::new(w.font), w, links: report.links(), channels: report.channel_names() };
    let views = report.categories();
    let fixed = [
        w.sheets.overview,
        w.sheets.review,
        w.sheets.all,
        w.sheets.duplicates,
        w.sheets.rejected,
        w.evaluation.sensitivity_sheet,
    ];
    let mut names: Vec<String> = fixed.map(str::to_owned).to_vec();
    for view in &views {
        names.push(sheet_name(view.name, w.sheets.category, &names));
    }
    let category_names = &names[fixed.len()..];

    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(w.title, report.programme_name())?);
    context.overview(add(&mut workbook, w.sheets.overview, 0)?, &views, category_names)?;
    for (view, name) in views.iter().zip(category_names) {
        context.category(add(&mut workbook, name, 1)?, view)?;
    }
    context.review(add(&mut workbook, w.sheets.review, 1)?, &views)?;
    context.everybody(add(&mut workbook, w.sheets.all, 2)?, &views)?;
    context.duplicates(add(&mut workbook, w.sheets.duplicates, 2)?, &views)?;
    context.rejected(add(&mut workbook, w.sheets.rejected, 2)?)?;
    if report.sensitivity.says_anything() {
        context.sensitivity(add(&mut workbook, w.evaluation.sensitivity_sheet, 2)?)?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// A sheet at the end of `workbook`; `tab` picks its colour.
pub(crate) fn add<'w>(workbook: &'w mut Workbook, name: &str, tab: usize) -> Result<&'w mut Worksheet, XlsxError> {
    let sheet = workbook.add_worksheet();
    sheet.set_name(name)?;
    sheet.set_tab_color(TABS[tab]);
    Ok(sheet)
}

/// The creation date is fixed: the same input gives the same bytes.
pub(crate) fn properties(title: &str, subject: &str) -> Result<DocProperties, XlsxError> {
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let properties = DocProperties::new().set_title(title).set_subject(subject).set_author("shortlister");
    Ok(properties.set_creation_datetime(&created))
}
