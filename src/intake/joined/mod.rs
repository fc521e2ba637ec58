//! Files that belong to one nomination: those that a table names (`named`), and those that lie in its folder
//! (`folders`). The text of an attachment keeps its place, and a joined record is counted as linked in its file.

mod folders;
mod named;

use super::Outcome;
use super::found::{contentless, cut, section};
use super::limits::Limits;
use crate::nomination::{Attachment, Flag, RawSubmission};

pub(crate) use named::file_names;

/// Joins what belongs together. `roots` are the folders and archives that were given, as their files name them.
pub(super) fn join(outcomes: &mut [Outcome], roots: &[String], folder_per_nomination: bool, limits: &Limits) {
    named::join(outcomes, limits);
    if folder_per_nomination {
        folders::join(outcomes, roots, limits);
    }
}

/// Where a record is: the file's place among the outcomes, the record's in the file.
type Address = (usize, usize);

/// What a file has for the nomination it belongs to.
enum Content {
    Text(Box<RawSubmission>),
    Picture,
    Unread,
    /// More than one record: a list is nobody's attachment.
    List(usize),
    Nothing,
}

fn content((_, found): &Outcome) -> Content {
    match found.submissions.as_slice() {
        [record] => Content::Text(Box::new(record.clone())),
        [] if found.is_picture => Content::Picture,
        [] if !found.rejections.is_empty() => Content::Unread,
        [] => Content::Nothing,
        records => Content::List(records.len()),
    }
}

/// Adds the content of a file to a record and says so. Gives whether the file is linked now.
fn attach(outcomes: &mut [Outcome], to: Address, path: &str, content: &Content, limits: &Limits) -> bool {
    let found = &mut outcomes[to.0].1;
    let record = &mut found.submissions[to.1];
    let (place, before) = (record.source.clone(), record.truncated_chars);
    let told = match content {
        Content::Text(attached) => {
            add(record, attached);
            cut(record, limits.max_chars_per_record);
            format!("{path} belongs to this nomination; its text was added")
        }
        Content::Picture => format!("{path} belongs to this nomination; it is a picture and was not read"),
        Content::Unread => {
            flag(record, Flag::AttachmentUnread);
            format!("{path} belongs to this nomination and could not be read; see the rejections")
        }
        Content::List(records) => {
            format!("{path} holds {records} records; they are nominations of their own and were not added")
        }
        Content::Nothing => return false,
    };
    let lost = record.truncated_chars - before;
    found.note(&place, told);
    if lost > 0 {
        let limit = limits.max_chars_per_record;
        found.note(&place, format!("{lost} characters beyond the limit of {limit} a record were not read"));
    }
    matches!(content, Content::Text(_) | Content::Picture)
}

/// The text of an attachment under its own place. Its title is a line of its text, or the title that is missing.
fn add(record: &mut RawSubmission, attached: &RawSubmission) {
    let title = attached.title.as_deref();
    let has_title = record.title.is_some();
    if !has_title {
        record.title = title.map(str::to_owned);
    }
    let heading = title.filter(|_| has_title).and_then(|title| section(None, title));
    let sections = heading.into_iter().chain(attached.sections.iter().cloned()).collect();
    record.attachments.push(Attachment { source: attached.source.clone(), sections });
    record.attachments.extend(attached.attachments.iter().cloned());
    record.truncated_chars += attached.truncated_chars;
    attached.flags.iter().for_each(|shown| flag(record, *shown));
}

fn flag(record: &mut RawSubmission, shown: Flag) {
    if !record.flags.contains(&shown) {
        record.flags.push(shown);
    }
}

/// Takes the record or the rejected picture out of a file that is linked now.
fn settle((file, found): &mut Outcome) {
    file.linked += 1;
    found.submissions.clear();
    if found.is_picture {
        found.rejections.clear();
    }
}

/// Rejects records that waited for the text of files and got none.
fn reject_empty(outcomes: &mut [Outcome]) {
    for (_, found) in outcomes {
        let is_empty = |record: &RawSubmission| {
            record.title.is_none() && record.sections.is_empty() && record.attachments.is_empty()
        };
        let (empty, kept) = std::mem::take(&mut found.submissions).into_iter().partition(is_empty);
        found.submissions = kept;
        found.rejections.extend(Vec::into_iter(empty).map(contentless));
    }
}
