//! What the reading of one file has found so far, and the rules every record passes whatever its format.

use crate::nomination::{Flag, RawSubmission, Rejection, Section, SourceRef};

use super::check::TableMapping;
use super::limits::Limits;
use super::placeholder::is_placeholder;

/// Why a file or a sheet as a whole cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub reason: String,
    pub remedy: String,
}

impl Refusal {
    pub fn new(reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { reason: reason.into(), remedy: remedy.into() }
    }

    pub fn at(self, source: SourceRef) -> Rejection {
        Rejection { source, id: None, title: None, reason: self.reason, remedy: self.remedy }
    }
}

/// Records, rejections and notes of one file, in reading order.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub submissions: Vec<RawSubmission>,
    pub rejections: Vec<Rejection>,
    pub notes: Vec<String>,
    pub tables: Vec<TableMapping>,
    /// The file is a picture, which is refused unless it belongs to a nomination.
    pub is_picture: bool,
    /// First record beyond the limit, and how many there were.
    beyond_limit: Option<(SourceRef, usize)>,
}

impl Found {
    /// Something the coordinator should know, with its place.
    pub fn note(&mut self, place: &SourceRef, text: impl AsRef<str>) {
        self.notes.push(format!("{place}: {}", text.as_ref()));
    }

    /// A record or a sheet that cannot be used.
    pub fn reject(&mut self, source: SourceRef, refusal: Refusal) {
        self.rejections.push(refusal.at(source));
    }

    /// Takes a record as it was read: accepted, rejected for want of content, or counted beyond the limit.
    pub fn submit(&mut self, mut submission: RawSubmission, limits: &Limits) {
        if self.submissions.len() + self.rejections.len() >= limits.max_records_per_file {
            self.beyond_limit.get_or_insert_with(|| (submission.source.clone(), 0)).1 += 1;
            return;
        }
        drop_placeholders(&mut submission);
        // A row without text may name files that have it.
        if submission.title.is_none() && submission.sections.is_empty() && submission.files.is_empty() {
            self.rejections.push(contentless(submission));
            return;
        }
        cut(&mut submission, limits.max_chars_per_record);
        if submission.truncated_chars > 0 {
            let (place, cut) = (submission.source.clone(), submission.truncated_chars);
            let limit = limits.max_chars_per_record;
            self.note(&place, format!("{cut} characters beyond the limit of {limit} a record were not read"));
        }
        self.submissions.push(submission);
    }

    /// Flags every record of the file.
    pub fn flag(&mut self, flags: impl Iterator<Item = Flag> + Clone) {
        self.submissions.iter_mut().for_each(|submission| submission.flags.extend(flags.clone()));
    }

    /// Reports what lay beyond the record limit; called once, when the file is done.
    pub fn close(&mut self, limits: &Limits) {
        if let Some((place, count)) = self.beyond_limit.take() {
            let limit = limits.max_records_per_file;
            let reason = format!("{count} records from here on lie beyond the limit of {limit} records a file");
            self.reject(place, Refusal::new(reason, "split the file, or raise max_records_per_file"));
        }
    }
}

fn drop_placeholders(submission: &mut RawSubmission) {
    let RawSubmission { id, title, unit, region, level, channel, category, url, sections, .. } = submission;
    for field in [id, title, unit, region, level, channel, category, url] {
        if field.as_deref().is_some_and(is_placeholder) {
            *field = None;
        }
    }
    sections.retain(|section| !is_placeholder(&section.text));
}

/// The rejection of a record that says nothing.
pub(crate) fn contentless(submission: RawSubmission) -> Rejection {
    Rejection {
        source: submission.source,
        id: submission.id,
        title: submission.title,
        reason: "no title and no text".to_owned(),
        remedy: "fill in the title (案例名称) or the description (案例简介); a reference to an attachment is no text"
            .to_owned(),
    }
}

/// Keeps `max_chars` characters over title, sections and attachments, in order, and counts the rest.
pub(crate) fn cut(submission: &mut RawSubmission, max_chars: usize) {
    let mut left = max_chars;
    let attached = submission.attachments.iter_mut().flat_map(|attachment| &mut attachment.sections);
    let texts = submission.sections.iter_mut().chain(attached).map(|section| &mut section.text);
    for text in submission.title.iter_mut().chain(texts) {
        submission.truncated_chars += cut_text(text, &mut left);
    }
    submission.sections.retain(|section| !section.text.is_empty());
    let RawSubmission { id, unit, region, level, channel, category, url, truncated_chars, .. } = submission;
    for field in [id, unit, region, level, channel, category, url].into_iter().flatten() {
        *truncated_chars += cut_text(field, &mut max_chars.clone());
    }
}

fn cut_text(text: &mut String, left: &mut usize) -> usize {
    // Bytes bound characters from above, so that short texts are not counted twice.
    if text.len() <= *left {
        *left -= text.chars().count();
        return 0;
    }
    match text.char_indices().nth(*left) {
        None => {
            *left -= text.chars().count();
            0
        }
        Some((end, _)) => {
            let lost = text[end..].chars().count();
            text.truncate(end);
            *left = 0;
            lost
        }
    }
}

/// Names for a note: the first ones, and how many more there are.
pub(crate) fn named(names: &[impl AsRef<str>]) -> String {
    const NAMED: usize = 20;
    let first: Vec<&str> = names.iter().take(NAMED).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(NAMED) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// A section, unless there is nothing in it.
pub(crate) fn section(heading: Option<&str>, text: &str) -> Option<Section> {
    let text = text.trim();
    (!text.is_empty()).then(|| Section { heading: heading.map(str::to_owned), text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(title: Option<&str>, texts: &[&str]) -> RawSubmission {
        RawSubmission {
            source: SourceRef::file("a.csv"),
            title: title.map(str::to_owned),
            sections: texts.iter().filter_map(|text| section(None, text)).collect(),
            ..RawSubmission::default()
        }
    }

    #[test]
    fn placeholders_are_no_content() {
        let mut found = Found::default();
        found.submit(record(Some("无"), &["详见附件", "——"]), &Limits::default());
        assert_eq!((found.submissions.len(), found.rejections.len()), (0, 1));
        assert_eq!(found.rejections[0].reason, "no title and no text");
    }

    #[test]
    fn long_text_is_cut_and_counted_over_sections() {
        let mut found = Found::default();
        let limits = Limits { max_chars_per_record: 5, ..Limits::default() };
        found.submit(record(None, &["一二三", "四五六七", "八"]), &limits);
        let kept: Vec<&str> = found.submissions[0].sections.iter().map(|s| s.text.as_str()).collect();
        assert_eq!(kept, ["一二三", "四五"]);
        assert_eq!(found.submissions[0].truncated_chars, 3);
        assert_eq!(found.notes.len(), 1);
    }

    #[test]
    fn records_beyond_the_limit_are_rejected_together() {
        let mut found = Found::default();
        let limits = Limits { max_records_per_file: 2, ..Limits::default() };
        for title in ["甲", "乙", "丙", "丁"] {
            found.submit(record(Some(title), &[]), &limits);
        }
        found.close(&limits);
        assert_eq!((found.submissions.len(), found.rejections.len()), (2, 1));
        assert!(found.rejections[0].reason.starts_with("2 records"));
    }
}
