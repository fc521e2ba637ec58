//! A table that names files (附件, 文件名): their text goes to the row's nomination.

use std::collections::{BTreeMap, BTreeSet};

use super::super::Outcome;
use super::super::kind::extension;
use super::super::limits::Limits;
use super::{Address, Content, attach, content, flag, reject_empty, settle};
use crate::nomination::{Flag, SourceRef};

/// The names in a cell, one a line or apart by commas and semicolons.
pub(crate) fn file_names(cell: &str) -> impl Iterator<Item = String> {
    let marks = ['\n', ';', '\u{ff1b}', ',', '\u{ff0c}', '、', '|'];
    cell.split(marks).map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned)
}

/// Joins each row with the files it names, which are looked for beside the table and below, among those that were read.
pub(super) fn join(outcomes: &mut [Outcome], limits: &Limits) {
    let shelf = Shelf::of(outcomes);
    let mut links: Vec<(Address, usize)> = Vec::new();
    for at in 0..outcomes.len() {
        links.extend(links_of(outcomes, at, &shelf));
    }
    let targets: BTreeSet<usize> = links.iter().map(|(_, target)| *target).collect();
    let contents: BTreeMap<usize, Content> =
        targets.into_iter().map(|target| (target, content(&outcomes[target]))).collect();
    let mut linked = BTreeSet::new();
    for (to, target) in links {
        let path = outcomes[target].0.path.clone();
        if attach(outcomes, to, &path, &contents[&target], limits) {
            linked.insert(target);
        }
    }
    linked.into_iter().for_each(|target| settle(&mut outcomes[target]));
    reject_empty(outcomes);
}

/// The files that can be named, with `/` in their paths.
#[derive(Default)]
struct Shelf {
    by_path: BTreeMap<String, usize>,
    /// By their name, and by their name without extension.
    by_name: BTreeMap<String, Vec<(String, usize)>>,
}

impl Shelf {
    /// All files but tables that name files themselves.
    fn of(outcomes: &[Outcome]) -> Self {
        let mut shelf = Self::default();
        for (at, (file, found)) in outcomes.iter().enumerate() {
            if found.submissions.iter().all(|record| record.files.is_empty()) {
                shelf.put(file.path.replace('\\', "/"), at);
            }
        }
        shelf
    }

    fn put(&mut self, path: String, at: usize) {
        let (name, stem) = (file_name(&path), file_name(without_extension(&path)));
        for key in BTreeSet::from([name, stem]) {
            self.by_name.entry(key.to_owned()).or_default().push((path.clone(), at));
        }
        self.by_path.insert(path, at);
    }

    /// The file of that path beside the table; else the only one below that is called so, with or without extension.
    fn find(&self, name: &str, folder: &str) -> Option<usize> {
        let name = name.replace('\\', "/");
        let name = name.trim_start_matches("./").trim_start_matches('/');
        let under = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        if let Some(at) = self.by_path.get(&format!("{under}{name}")) {
            return Some(*at);
        }
        let is_called_so = |path: &str| format!("/{path}").ends_with(&format!("/{name}"));
        let mut below = self.by_name.get(file_name(name))?.iter().filter(|(path, _)| {
            path.starts_with(&under) && (is_called_so(path) || is_called_so(without_extension(path)))
        });
        let (_, at) = below.next()?;
        below.next().is_none().then_some(*at)
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn without_extension(path: &str) -> &str {
    let name = file_name(path);
    name.rsplit_once('.').map_or(path, |(_, extension)| &path[..path.len() - extension.len() - 1])
}

/// The files that the records of one file name; what is missing is noted and flagged.
fn links_of(outcomes: &mut [Outcome], at: usize, shelf: &Shelf) -> Vec<(Address, usize)> {
    let (file, found) = &mut outcomes[at];
    let path = file.path.replace('\\', "/");
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let (mut links, mut missing, mut unused) = (Vec::new(), Vec::new(), 0usize);
    for (record_at, record) in found.submissions.iter_mut().enumerate() {
        let mut of_record = BTreeSet::new();
        for name in std::mem::take(&mut record.files) {
            match shelf.find(&name, folder) {
                Some(target) if of_record.insert(target) => links.push(((at, record_at), target)),
                Some(_) => {}
                None if is_file_name(&name) => {
                    flag(record, Flag::AttachmentUnread);
                    missing.push((record.source.clone(), name));
                }
                None => unused += 1,
            }
        }
    }
    for (source, name) in missing {
        let told = format!("names the file {name:?}, which is not beside it among the files given; give its folder");
        found.note(&source, told);
    }
    if unused > 0 {
        found.note(
            &SourceRef::file(path.as_str()),
            format!("{unused} values of columns for files name no file and were not used"),
        );
    }
    links
}

/// `附件1.pdf` names a file; 有, 2份 and 详见纸质件 do not.
fn is_file_name(name: &str) -> bool {
    let extension = extension(name);
    (2..=5).contains(&extension.len()) && extension.starts_with(|c: char| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_beside_the_table_or_once_below_it() {
        let paths = ["材料/a.docx", "材料/甲/b.pdf", "材料/甲/c.pdf", "材料/乙/c.pdf", "其他/d.pdf"];
        let mut shelf = Shelf::default();
        paths.iter().zip(0..).for_each(|(path, at)| shelf.put((*path).to_owned(), at));
        for (name, at) in [
            ("a.docx", Some(0)),
            ("a", Some(0)),
            ("./甲\\b.pdf", Some(1)),
            ("b.pdf", Some(1)),
            ("c.pdf", None),
            ("乙/c.pdf", Some(3)),
            ("d.pdf", None),
            ("../其他/d.pdf", None),
        ] {
            assert_eq!(shelf.find(name, "材料"), at, "{name}");
        }
    }

    #[test]
    fn remarks_are_no_file_names() {
        assert_eq!(file_names("附件1.pdf；附件2.docx\n\n照片.jpg").count(), 3);
        assert!(is_file_name("附件1.pdf") && is_file_name("a.v2.docx"));
        assert!(!is_file_name("有") && !is_file_name("2份") && !is_file_name("约3.5") && !is_file_name("见第2.条"));
    }
}
