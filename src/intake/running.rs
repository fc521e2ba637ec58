//! Running headers and footers. They are no text of a nomination, but a form may have its number there.

use super::form::Form;
use super::found::{Found, named};
use super::reader::Document;
use crate::nomination::RawSubmission;

/// Fills blank fields of the one record of a document from labels in its running lines (编号:2023-015), and names what
/// else they say. Page numbers are passed over; of several records none is meant, so that nothing is filled.
pub(crate) fn read(lines: &[String], document: &Document<'_>, found: &mut Found) {
    let is_one_record = found.submissions.len() == 1;
    let mut form = Form::new(document.place.clone(), document.book);
    let mut left_out: Vec<&str> = Vec::new();
    for line in lines {
        let line = line.trim();
        let is_field = is_one_record && form.labels_of_line(line);
        if !is_field && !line.is_empty() && !is_page_number(line) && !left_out.contains(&line) {
            left_out.push(line);
        }
    }
    if let [record] = found.submissions.as_mut_slice() {
        fill_blanks(record, form.record);
    }
    if !left_out.is_empty() {
        found.note(&document.place, format!("running headers and footers were left out: {}", named(&left_out)));
    }
}

fn fill_blanks(record: &mut RawSubmission, spare: RawSubmission) {
    let RawSubmission { id, title, unit, region, level, channel, category, track, url, .. } = spare;
    for (field, spare) in [
        (&mut record.id, id),
        (&mut record.title, title),
        (&mut record.unit, unit),
        (&mut record.region, region),
        (&mut record.level, level),
        (&mut record.channel, channel),
        (&mut record.category, category),
        (&mut record.track, track),
        (&mut record.url, url),
    ] {
        if field.is_none() {
            *field = spare;
        }
    }
}

/// `— 3 —`, `第3页 共8页`, `3/8`, `Page 3`.
pub(crate) fn is_page_number(text: &str) -> bool {
    const MAX_DIGITS: usize = 8;
    let rest = text.to_lowercase().replace("page", "").replace("of", "");
    let digits = rest.chars().filter(char::is_ascii_digit).count();
    let is_sign = |c: char| c.is_ascii_digit() || c.is_whitespace() || "-—–─·.,/第页共()（）".contains(c);
    (1..=MAX_DIGITS).contains(&digits) && rest.chars().all(is_sign)
}
