//! A folder, or an archive, directly below what was given is one nomination: a form and its attachments.

use std::collections::BTreeMap;

use super::super::Outcome;
use super::super::limits::Limits;
use super::{Content, attach, content, settle};
use crate::nomination::{RawSubmission, SourceRef};

/// So many fields (编号, 申报单位, 所在地区 ...) make a record a form.
const FORM_FIELDS: usize = 3;

/// Joins the files of each folder; one with several forms or a list is left as it is, with a note.
pub(super) fn join(outcomes: &mut [Outcome], roots: &[String], limits: &Limits) {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, (file, _)) in outcomes.iter().enumerate() {
        if let Some(folder) = folder_of(&file.path, roots) {
            groups.entry(folder.to_owned()).or_default().push(at);
        }
    }
    groups.iter().for_each(|(folder, files)| join_folder(outcomes, folder, files, limits));
}

/// The folder directly below a root in which the file lies, at whatever depth; none for a file directly in the root.
fn folder_of<'a>(path: &'a str, roots: &[String]) -> Option<&'a str> {
    let separators = ['/', '\\'];
    let inside = |root: &String| {
        let rest = path.strip_prefix(root.trim_end_matches(separators))?;
        rest.starts_with(separators).then(|| path.len() - rest.trim_start_matches(separators).len())
    };
    // Of roots within roots the inner one was given on purpose.
    let start = roots.iter().filter_map(inside).max()?;
    let end = path[start..].find(separators)?;
    Some(&path[..start + end])
}

fn join_folder(outcomes: &mut [Outcome], folder: &str, files: &[usize], limits: &Limits) {
    let contents: Vec<(usize, Content)> = files.iter().map(|at| (*at, content(&outcomes[*at]))).collect();
    let texts = contents.iter().filter_map(|(at, content)| match content {
        Content::Text(record) => Some((*at, record.as_ref())),
        _ => None,
    });
    let mut texts: Vec<(usize, &RawSubmission)> = texts.collect();
    // The fullest form first; of equals the first by path.
    texts.sort_by_key(|(at, record)| (std::cmp::Reverse(fields(record)), *at));
    let Some(&(main, _)) = texts.first() else { return };
    if let Some(reason) = not_one(&contents, &texts, outcomes) {
        outcomes[main].1.note(
            &SourceRef::file(folder),
            format!("not joined to one nomination, {reason}; its files stand for themselves"),
        );
        return;
    }
    if texts.len() > 1 && fields(texts[0].1) == 0 {
        let told = format!("no file is a form; {} gives the title", outcomes[main].0.path);
        outcomes[main].1.note(&SourceRef::file(folder), told);
    }
    for (at, content) in contents.iter().filter(|(at, _)| *at != main) {
        let path = outcomes[*at].0.path.clone();
        if attach(outcomes, (main, 0), &path, content, limits) {
            settle(&mut outcomes[*at]);
        }
    }
}

/// Why the files are not those of one nomination.
fn not_one(contents: &[(usize, Content)], texts: &[(usize, &RawSubmission)], outcomes: &[Outcome]) -> Option<String> {
    let list = contents.iter().find_map(|(at, content)| match content {
        Content::List(records) => Some(format!("{} holds {records} records", outcomes[*at].0.path)),
        _ => None,
    });
    let forms: Vec<&(usize, &RawSubmission)> =
        texts.iter().filter(|(_, record)| fields(record) >= FORM_FIELDS).collect();
    let other = forms.iter().find(|(_, record)| record.title != forms[0].1.title);
    list.or_else(|| {
        other.map(|(at, _)| format!("{} and {} are two forms", outcomes[forms[0].0].0.path, outcomes[*at].0.path))
    })
}

/// Fields that only a form has.
fn fields(record: &RawSubmission) -> usize {
    let RawSubmission { id, unit, region, level, category, .. } = record;
    [id, unit, region, level, category].into_iter().flatten().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_that_directly_below_what_was_given() {
        let roots = ["材料/".to_owned(), "包.zip".to_owned(), "材料/市".to_owned()];
        for (path, folder) in [
            ("材料/甲/申报表.docx", Some("材料/甲")),
            ("材料/甲/附件/1.pdf", Some("材料/甲")),
            ("材料/汇总.xlsx", None),
            ("材料/乙.zip/申报表.docx", Some("材料/乙.zip")),
            ("包.zip/甲/a.txt", Some("包.zip/甲")),
            ("包.zip/a.txt", None),
            ("材料/市/丙/a.txt", Some("材料/市/丙")),
            ("材料/市/a.txt", None),
            ("材料二/甲/a.txt", None),
        ] {
            assert_eq!(folder_of(path, &roots), folder, "{path}");
        }
    }
}
