//! Decides what each column holds: by its header, and where that is unknown by its cells.

use super::super::check::ColumnMapping;
use super::super::headers::{Basis, Field};
use super::super::mapping::HeaderBook;
use super::super::placeholder::is_placeholder;
use super::grid::GridRow;

/// An unknown column of longer cells is narrative.
const NARRATIVE_MEAN_CHARS: usize = 30;

/// One column with its role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub index: usize,
    pub header: String,
    pub field: Field,
    pub basis: Basis,
    rank: usize,
}

/// Roles of all columns that have a header or content, from left to right.
pub(crate) fn assign(header: &[String], rows: &[GridRow], book: &HeaderBook) -> Vec<Column> {
    let width = rows.iter().map(|row| row.cells.len()).chain([header.len()]).max().unwrap_or(0);
    (0..width).filter_map(|index| column(index, header.get(index).map_or("", |text| text.trim()), rows, book)).collect()
}

fn column(index: usize, header: &str, rows: &[GridRow], book: &HeaderBook) -> Option<Column> {
    let header = header.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(found) = book.recognise(&header) {
        return Some(Column { index, header, field: found.field, basis: found.basis, rank: found.rank });
    }
    let content = Content::of(rows.iter().map(|row| row.cell(index)));
    let field = content.field(!header.is_empty());
    (content.filled > 0 || !header.is_empty()).then_some(Column {
        index,
        header,
        field,
        basis: Basis::Content,
        rank: 0,
    })
}

/// Columns of `field`, the most trusted first.
pub(crate) fn of_field(columns: &[Column], field: Field) -> Vec<&Column> {
    let mut found: Vec<&Column> = columns.iter().filter(|column| column.field == field).collect();
    found.sort_by_key(|column| (column.basis, column.rank, column.index));
    found
}

impl Column {
    /// Name for notes: the header, or the letter of a column without one.
    pub fn name(&self) -> String {
        if self.header.is_empty() { format!("column {}", letters(self.index)) } else { self.header.clone() }
    }

    pub fn mapping(&self) -> ColumnMapping {
        ColumnMapping { header: self.name(), field: self.field, basis: self.basis }
    }
}

/// Column letters as spreadsheet programs write them: A, Z, AA.
fn letters(index: usize) -> String {
    let mut rest = index + 1;
    let mut reversed = Vec::new();
    while rest > 0 {
        rest -= 1;
        reversed.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    reversed.iter().rev().collect()
}

#[derive(Debug, Default)]
struct Content {
    filled: usize,
    chars: usize,
    numbers: usize,
    personal: usize,
}

impl Content {
    fn of<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
        let mut content = Self::default();
        for cell in cells.filter(|cell| !is_placeholder(cell)) {
            content.filled += 1;
            content.chars += cell.chars().count();
            content.numbers += usize::from(number(cell).is_some());
            content.personal += usize::from(is_personal_number(cell));
        }
        content
    }

    fn field(&self, has_header: bool) -> Field {
        if self.filled == 0 {
            Field::Ignore
        } else if self.personal * 2 > self.filled {
            Field::Contact
        } else if self.chars > NARRATIVE_MEAN_CHARS * self.filled {
            Field::Text
        } else if has_header && self.numbers * 10 >= self.filled * 9 {
            Field::Signal
        } else {
            Field::Ignore
        }
    }
}

/// A finite number, with or without thousands separators.
pub(crate) fn number(cell: &str) -> Option<f64> {
    if !cell.trim_start().starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return None;
    }
    let plain: String = cell.trim().chars().filter(|c| !matches!(c, ',' | '\u{ff0c}' | ' ')).collect();
    plain.parse::<f64>().ok().filter(|value| value.is_finite())
}

/// A mainland mobile number or an identity number.
fn is_personal_number(cell: &str) -> bool {
    let cell = cell.trim().as_bytes();
    let all_digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
    // The last place of an identity number may be an X.
    (cell.len() == 11 && cell[0] == b'1' && all_digits(cell)) || (cell.len() == 18 && all_digits(&cell[..17]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field_of(header: &str, cells: &[&str]) -> Field {
        let rows: Vec<GridRow> =
            cells.iter().map(|cell| GridRow { number: 1, cells: vec![(*cell).to_owned()] }).collect();
        assign(&[header.to_owned()], &rows, &HeaderBook::default())[0].field
    }

    #[test]
    fn cells_decide_where_the_header_is_unknown() {
        assert_eq!(field_of("年访问量", &["1,200", "35", "无"]), Field::Signal);
        assert_eq!(
            field_of("我们这样干", &["把十七个部门的审批事项放到一张清单里,群众只跑一个窗口,只交一套材料。"]),
            Field::Text
        );
        assert_eq!(field_of("填报口径", &["甲", "乙"]), Field::Ignore);
        assert_eq!(field_of("办公室", &["13800138000", "13900139000"]), Field::Contact);
    }

    #[test]
    fn columns_are_named_by_letter_when_they_have_no_header() {
        assert_eq!([letters(0), letters(25), letters(26), letters(702)], ["A", "Z", "AA", "AAA"]);
    }

    #[test]
    fn numbers_are_finite_and_written_in_digits() {
        assert_eq!(number("1,234.5"), Some(1234.5));
        assert_eq!(number("-3"), Some(-3.0));
        for text in ["inf", "nan", "1e999", "约300", "", "三"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
