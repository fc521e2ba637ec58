//! Rows under a header that are no nominations: totals, remarks, repeated headers, group headings.

use super::super::found::Found;
use super::super::headers::{Field, normalise, recognise_exactly};
use super::columns::Column;
use super::grid::GridRow;
use crate::nomination::SourceRef;

/// Why a row is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LeftOut {
    Total,
    Remark,
    RepeatedHeader,
    GroupHeading,
    NumberOnly,
    /// A label of a form that was not filled in.
    BlankLabel,
}

const TOTALS: &[&str] = &["合计", "总计", "小计", "共计", "总数", "total", "subtotal", "grandtotal", "sum"];
const REMARKS: &[&str] =
    &["注:", "注\u{ff1a}", "备注", "说明", "填表", "填报", "制表", "审核", "联系人", "note:", "notes:", "remark"];
/// Longer cells are prose, whatever the row begins with.
const PROSE_CHARS: usize = 30;

/// Decides whether `row` is something else than a nomination. `header_names` are the names over each column, normalised.
pub(crate) fn reason(row: &GridRow, header_names: &[Vec<String>], columns: &[Column]) -> Option<LeftOut> {
    if is_repeated_header(row, header_names) {
        Some(LeftOut::RepeatedHeader)
    } else if is_total(row, columns) {
        Some(LeftOut::Total)
    } else {
        lone_cell(row, columns)
    }
}

/// A header repeated, one of its two rows, or both joined under a merged name.
fn is_repeated_header(row: &GridRow, header_names: &[Vec<String>]) -> bool {
    let repeats = |(at, cell): &(usize, &str)| {
        let is_name = |text: &str| {
            short_key(text).is_some_and(|key| header_names.get(*at).is_some_and(|names| names.contains(&key)))
        };
        is_name(cell) || (cell.contains('\n') && cell.lines().all(is_name))
    };
    let (same, filled) = (row.filled().filter(repeats).count(), row.filled().count());
    same >= 2 && same * 5 >= filled * 4
}

/// The normal form of a cell that may be a header or a total; none for prose, which costs time to fold.
fn short_key(cell: &str) -> Option<String> {
    const MAX_BYTES: usize = 150;
    (cell.len() <= MAX_BYTES).then(|| normalise(cell))
}

/// 合计 stands in one of the first two filled cells (after a row number), and no prose follows.
fn is_total(row: &GridRow, columns: &[Column]) -> bool {
    let says_total = row.filled().take(2).any(|(_, cell)| {
        let key = short_key(cell).unwrap_or_default();
        let bare = key.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '个' | '项' | '件' | '家' | '条'));
        TOTALS.contains(&bare)
    });
    let has_prose = || {
        row.filled().any(|(at, cell)| cell.chars().count() > PROSE_CHARS && field_at(columns, at) == Some(Field::Text))
    };
    says_total && !has_prose()
}

fn lone_cell(row: &GridRow, columns: &[Column]) -> Option<LeftOut> {
    let mut filled = row.filled();
    let (at, cell) = filled.next()?;
    if filled.next().is_some() {
        return None;
    }
    let folded = cell.to_lowercase();
    if REMARKS.iter().any(|opening| folded.starts_with(opening)) {
        Some(LeftOut::Remark)
    } else if field_at(columns, at) == Some(Field::RowNumber) {
        Some(if cell.bytes().all(|byte| byte.is_ascii_digit()) { LeftOut::NumberOnly } else { LeftOut::GroupHeading })
    } else if columns.len() > 2 && is_numbered_heading(cell) {
        Some(LeftOut::GroupHeading)
    } else if field_at(columns, at) == Some(Field::Text) && recognise_exactly(cell).is_some() {
        Some(LeftOut::BlankLabel)
    } else {
        None
    }
}

/// 一、数字治理类 or (二)政务服务, short and alone in its row.
fn is_numbered_heading(cell: &str) -> bool {
    let numeral = |c: char| "一二三四五六七八九十".contains(c);
    let rest = cell.trim_start_matches(['(', '\u{ff08}']);
    let after = rest.trim_start_matches(numeral);
    let numbered = after.len() < rest.len() && after.starts_with(['、', ')', '\u{ff09}', '.', '\u{ff0e}']);
    numbered && cell.chars().count() <= PROSE_CHARS
}

fn field_at(columns: &[Column], index: usize) -> Option<Field> {
    columns.iter().find(|column| column.index == index).map(|column| column.field)
}

/// One note a table on all that was left out, with row numbers.
pub(crate) fn note(found: &mut Found, place: &SourceRef, mut left_out: Vec<(LeftOut, u32)>) {
    if left_out.is_empty() {
        return;
    }
    left_out.sort_unstable();
    let parts: Vec<String> =
        left_out.chunk_by(|a, b| a.0 == b.0).map(|group| format!("{} ({})", group[0].0.words(), rows(group))).collect();
    found.note(place, format!("left out {}", parts.join(", ")));
}

fn rows(group: &[(LeftOut, u32)]) -> String {
    const NAMED: usize = 8;
    let named: Vec<String> = group.iter().take(NAMED).map(|(_, row)| row.to_string()).collect();
    let more = if group.len() > NAMED { format!(" and {} more", group.len() - NAMED) } else { String::new() };
    format!("row {}{more}", named.join(", "))
}

impl LeftOut {
    fn words(self) -> &'static str {
        match self {
            LeftOut::Total => "totals",
            LeftOut::Remark => "remarks",
            LeftOut::RepeatedHeader => "repeated header",
            LeftOut::GroupHeading => "group headings",
            LeftOut::NumberOnly => "numbered empty rows",
            LeftOut::BlankLabel => "labels without a value",
        }
    }
}
