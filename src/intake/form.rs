//! A form of labels and values (申报表): one nomination over many rows.

use std::collections::BTreeSet;

use crate::nomination::{RawSubmission, SourceRef};

use super::check::{ColumnMapping, TableMapping};
use super::found::{Found, named, section};
use super::headers::{Basis, Field, Match, normalise};
use super::labels::{MAX_LABEL_CHARS, chosen, labelled, parts};
use super::limits::Limits;
use super::mapping::HeaderBook;
use super::placeholder::is_placeholder;
use super::table::grid::GridRow;

/// An unknown label's value of this length is narrative; a shorter one is named in a note.
const NARRATIVE_CHARS: usize = 30;

/// One cell of a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FormCell {
    pub text: String,
    /// Repeats the cell above, of which it is a part (a label that spans rows).
    pub continued: bool,
    /// Column of its table at which it begins; cells before it may span columns.
    pub column: usize,
}

/// How much a grid looks like a form.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Labels {
    /// Known labels with a value beside them.
    pub pairs: usize,
    /// Rows in which they stand.
    pub rows: usize,
    has_content: bool,
}

impl Labels {
    /// Labels over several rows, one of them a title or narrative.
    pub fn is_form(&self) -> bool {
        self.has_content && self.pairs >= 2 && self.rows >= 2
    }
}

/// Counts labels with values in the upper rows.
pub(crate) fn labels_in(rows: &[GridRow], book: &HeaderBook) -> Labels {
    const COUNTED_ROWS: usize = 40;
    let mut labels = Labels::default();
    // In a list the same word may stand in every row (a category 服务); in a form a label counts once.
    let mut seen = BTreeSet::new();
    for row in rows.iter().take(COUNTED_ROWS) {
        let cells: Vec<&str> = row.filled().map(|(_, cell)| cell).collect();
        let mut fields = Vec::new();
        for pair in cells.windows(2) {
            match (whole_label(pair[0], book), whole_label(pair[1], book)) {
                (Some(label), None) if seen.insert((label.field, label.rank)) => fields.push(label.field),
                _ => {}
            }
        }
        labels.pairs += fields.len();
        labels.rows += usize::from(!fields.is_empty());
        labels.has_content |= fields.iter().any(|field| field.carries_content());
    }
    labels
}

/// A cell that is a known name as a whole. What stands beside a label is its value unless it is one of these:
/// titles often end in words that labels end in (某区政务服务创新).
fn whole_label(text: &str, book: &HeaderBook) -> Option<Match> {
    may_be_label(text).then(|| book.recognise_exactly(text)).flatten()
}

/// A cell in the place of a label: a known name, or one that ends with or contains a known name.
fn is_label(text: &str, book: &HeaderBook) -> Option<Match> {
    may_be_label(text).then(|| book.recognise(text)).flatten()
}

/// Short, not counting remarks in brackets (案例简介, with what it should contain).
fn may_be_label(text: &str) -> bool {
    const MAX_WITH_REMARKS: usize = 120;
    text.chars().count() <= MAX_WITH_REMARKS && normalise(text).chars().count() <= MAX_LABEL_CHARS
}

/// Reads a worksheet that is a form. Blank cells belong to merged ranges and are passed over.
pub(crate) fn read_grid(rows: &[GridRow], place: &SourceRef, book: &HeaderBook, limits: &Limits, found: &mut Found) {
    let mut form = Form::new(place.clone(), book);
    for row in rows {
        let cells = row.filled().map(|(column, text)| FormCell { text: text.to_owned(), continued: false, column });
        form.row(&cells.collect::<Vec<_>>());
    }
    form.submit(found, limits);
}

/// A nomination being read from labels and values.
pub(crate) struct Form<'a> {
    book: &'a HeaderBook,
    pub record: RawSubmission,
    labels: Vec<ColumnMapping>,
    unused: Vec<String>,
    /// A label alone in its row; its value is the next row.
    pending: Option<(String, Match)>,
    /// Labels already in `labels`.
    known: BTreeSet<String>,
}

impl<'a> Form<'a> {
    pub fn new(source: SourceRef, book: &'a HeaderBook) -> Self {
        let record = RawSubmission { source, ..RawSubmission::default() };
        Self { book, record, labels: Vec::new(), unused: Vec::new(), pending: None, known: BTreeSet::new() }
    }

    /// Takes one row of cells, blanks included where the format has real cells.
    pub fn row(&mut self, cells: &[FormCell]) {
        let mut at = 0;
        if let Some((label, found)) = self.pending.take() {
            match cells.first() {
                Some(cell) if !cell.text.trim().is_empty() && whole_label(&cell.text, self.book).is_none() => {
                    self.fill(&label, found.field, found.basis, &cell.text);
                    at = 1;
                }
                _ => {}
            }
        }
        while at < cells.len() {
            at += self.cell(&cells[at..], cells.len() == 1);
        }
    }

    /// Reads what `cells` begins with and gives how many cells that took.
    fn cell(&mut self, cells: &[FormCell], alone: bool) -> usize {
        let text = cells[0].text.trim();
        let value = cells.get(1).filter(|value| whole_label(&value.text, self.book).is_none());
        if let Some(found) = is_label(text, self.book) {
            if alone {
                self.pending = Some((text.to_owned(), found));
            }
            return match value {
                Some(value) => {
                    let written = if value.continued { "" } else { value.text.as_str() };
                    self.fill(text, found.field, found.basis, written);
                    2
                }
                None => 1,
            };
        }
        if cells[0].continued || text.is_empty() {
            return 1;
        }
        if let Some((label, rest)) = labelled(text)
            && let Some(found) = self.book.recognise_exactly(label)
        {
            self.fill(label, found.field, found.basis, rest);
            return 1;
        }
        self.unknown(text, value)
    }

    fn unknown(&mut self, text: &str, value: Option<&FormCell>) -> usize {
        if text.chars().count() > NARRATIVE_CHARS {
            self.record.sections.extend(section(None, text));
            return 1;
        }
        match value.map(|value| value.text.trim()) {
            Some(value) if value.chars().count() > NARRATIVE_CHARS => {
                self.record.sections.extend(section(Some(text), value));
                2
            }
            Some(value) if !value.is_empty() && !is_placeholder(value) => {
                self.unused.push(text.to_owned());
                2
            }
            _ => 1,
        }
    }

    /// Fills a field; the first value stands, narrative adds up.
    pub fn fill(&mut self, label: &str, field: Field, basis: Basis, value: &str) {
        let label = label.split_whitespace().collect::<String>();
        if self.known.insert(label.clone()) {
            self.labels.push(ColumnMapping { header: label.clone(), field, basis });
        }
        if matches!(field, Field::Ignore | Field::Score) && !is_placeholder(value) {
            self.unused.push(label.clone());
        }
        fill(&mut self.record, field, &label, value);
    }

    /// Reads the labels of a line that is not part of the text (编号:2023-015 above a form, in a header), and gives
    /// whether there was one.
    pub fn labels_of_line(&mut self, line: &str) -> bool {
        let mut found_one = false;
        let mut parts = parts(line).into_iter().peekable();
        while let Some(part) = parts.next() {
            let Some((label, mut value)) = labelled(part) else { continue };
            let Some(found) = self.book.recognise_exactly(label).filter(|found| found.field != Field::Text) else {
                continue;
            };
            if value.is_empty() {
                value = parts.next_if(|next| labelled(next).is_none()).unwrap_or_default();
            }
            self.fill(label, found.field, found.basis, value);
            found_one = true;
        }
        found_one
    }

    /// True when anything was read that tells one nomination from another.
    pub fn has_title(&self) -> bool {
        self.record.title.is_some()
    }

    /// Hands the record over, with its mapping and a note on what was not used.
    pub fn submit(self, found: &mut Found, limits: &Limits) {
        let place = self.record.source.clone();
        let personal = self.labels.iter().filter(|label| label.field == Field::Contact);
        let personal: Vec<&str> = personal.map(|label| label.header.as_str()).collect();
        if !personal.is_empty() {
            found.note(&place, format!("personal contact fields were left out: {}", named(&personal)));
        }
        if !self.unused.is_empty() {
            found.note(&place, format!("fields not used: {}", named(&self.unused)));
        }
        if !self.labels.is_empty() {
            let SourceRef { file, sheet, .. } = place;
            found.tables.push(TableMapping { file, sheet, header_row: None, columns: self.labels });
        }
        found.submit(self.record, limits);
    }
}

/// Puts `value` where `field` says; a blank, a placeholder or a second value changes nothing.
pub(crate) fn fill(record: &mut RawSubmission, field: Field, label: &str, value: &str) {
    let chosen = match field {
        Field::Level | Field::Channel | Field::Category | Field::Track => chosen(value),
        _ => None,
    };
    let value = chosen.as_deref().unwrap_or(value).trim();
    if is_placeholder(value) {
        return;
    }
    let slot = match field {
        Field::Id => &mut record.id,
        Field::Title => &mut record.title,
        Field::Unit => &mut record.unit,
        Field::Region => &mut record.region,
        Field::Level => &mut record.level,
        Field::Channel => &mut record.channel,
        Field::Category => &mut record.category,
        Field::Track => &mut record.track,
        Field::Url => &mut record.url,
        Field::Text => {
            record.sections.extend(section(Some(label), value));
            return;
        }
        Field::Signal => {
            if let Some(number) = super::table::number(value) {
                record.signals.entry(label.to_owned()).or_insert(number);
            }
            return;
        }
        Field::File => {
            record.files.extend(super::joined::file_names(value));
            return;
        }
        Field::RowNumber | Field::Contact | Field::Score | Field::Ignore => return,
    };
    if slot.is_none() {
        *slot = Some(value.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rows: &[&[&str]]) -> (RawSubmission, Vec<String>) {
        let book = HeaderBook::default();
        let mut form = Form::new(SourceRef::file("a.docx"), &book);
        for row in rows {
            let cells: Vec<FormCell> =
                row.iter().map(|text| FormCell { text: (*text).to_owned(), ..FormCell::default() }).collect();
            form.row(&cells);
        }
        let mut found = Found::default();
        form.submit(&mut found, &Limits::default());
        (found.submissions.remove(0), found.notes)
    }

    #[test]
    fn labels_take_the_value_beside_or_below_them() {
        let (record, notes) = read(&[
            &["2023年创新案例申报表"],
            &["案例名称", "某区接诉即办创新", "申报单位", "某某市"],
            &["单位信息", "所在地区", "某某省"],
            &["申报类别", "", "联系人", "张三"],
            &["投资规模", "三百万元"],
            &["推荐单位意见", "同意推荐。"],
            &["案例简介(含背景、主要做法、创新点、应用成效,不超过1500字)"],
            &["热线统一受理,分级派单,办结后回访。"],
            &["主要模块", "受理、派单、督办、回访、分析五个模块,覆盖全市十七个区县和四十三个委办局。"],
        ]);
        assert_eq!(record.title.as_deref(), Some("某区接诉即办创新"));
        assert_eq!(record.unit.as_deref(), Some("某某市"));
        assert_eq!(record.region.as_deref(), Some("某某省"));
        assert_eq!(record.category, None);
        let headings: Vec<Option<&str>> = record.sections.iter().map(|s| s.heading.as_deref()).collect();
        assert_eq!(headings, [Some("案例简介(含背景、主要做法、创新点、应用成效,不超过1500字)"), Some("主要模块")]);
        assert_eq!(notes.len(), 2, "{notes:?}");
        assert!(notes[0].contains("联系人") && notes[1].ends_with("投资规模, 推荐单位意见"), "{notes:?}");
    }
}
