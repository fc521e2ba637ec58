//! The tables of a file as they stand, for what goes with nominations and is none: votes, visits, an index.

use std::path::Path;

use crate::digest::sha256_hex;
use crate::nomination::{Rejection, SourceRef};

use super::found::{Found, Refusal};
use super::guard::guarded;
use super::kind::{Kind, kind_of};
use super::limits::Limits;
use super::mapping::HeaderBook;
use super::reader::{Document, crashed};
use super::table::grid::Grid;
use super::{InputFile, Loaded, csv, load_file, too_large, workbook};

/// The tables of one file.
#[derive(Debug, Default)]
pub(crate) struct Sheets {
    /// Every table with its place.
    pub grids: Vec<(SourceRef, Grid)>,
    /// What was passed over.
    pub notes: Vec<String>,
    /// Lines and sheets that cannot be read.
    pub rejections: Vec<Rejection>,
}

/// Reads a workbook or a table in text form.
///
/// # Errors
///
/// When the file as a whole cannot be read or holds no table.
pub(crate) fn sheets(path: &Path) -> Result<(InputFile, Sheets), Box<Rejection>> {
    let name = path.display().to_string();
    let (limits, book) = (Limits::default(), HeaderBook::default());
    let refuse = |refusal: Refusal| Box::new(refusal.at(SourceRef::file(name.as_str())));
    let bytes = match load_file(path, &limits).map_err(refuse)? {
        Loaded::Whole(bytes) => bytes,
        Loaded::TooLarge(_) => return Err(refuse(too_large(&limits))),
    };
    let document = Document::new(&name, &bytes, &book, &limits);
    let (grids, found) = guarded(|| {
        let mut found = Found::default();
        grids(&document, &mut found).map(|grids| (grids, found))
    })
    .unwrap_or_else(|panic| Err(crashed(&panic)))
    .map_err(refuse)?;
    let file = InputFile::of(&name, sha256_hex([bytes.as_slice()]), bytes.len() as u64);
    Ok((file, Sheets { grids, notes: found.notes, rejections: found.rejections }))
}

fn grids(document: &Document<'_>, found: &mut Found) -> Result<Vec<(SourceRef, Grid)>, Refusal> {
    match kind_of(&document.place.file, document.bytes) {
        kind @ (Kind::Xlsx | Kind::Xlsb | Kind::Xls | Kind::Ods | Kind::XmlWorkbook) => {
            let mut grids = Vec::new();
            workbook::grids(document, kind, found, &mut |mut grid, _, place, _| {
                grid.fill_down(None);
                grids.push((place.clone(), grid));
            })?;
            Ok(grids)
        }
        Kind::Delimited => Ok(vec![(document.place.clone(), csv::grid(document, found)?)]),
        _ => Err(Refusal::new("this is no table", "give an .xlsx or .csv file with a row for each unit")),
    }
}
