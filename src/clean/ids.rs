//! One id a nomination, whatever the files say.

use std::collections::BTreeMap;
use std::path::Path;

use crate::digest::sha256_hex;
use crate::nomination::{Flag, Nomination, NominationId, Rejection, SourceRef};

/// Hex digits of a derived id: 40 bits, so that a batch of 10,000 has a clash once in 20,000.
const DERIVED_ID_DIGITS: usize = 10;

/// The ids taken so far, and by which record.
#[derive(Default)]
pub(super) struct Register {
    taken: BTreeMap<String, SourceRef>,
}

impl Register {
    /// Gives `nomination` an id of its own, or rejects it.
    ///
    /// Offices number their own lists, so one id in two files or sheets is no mistake: the later
    /// record gets the file's name added. One id twice in one list is, and which record is meant
    /// only the sender knows.
    pub(super) fn admit(&mut self, mut nomination: Nomination) -> Result<Nomination, Box<Rejection>> {
        let source = nomination.source.clone();
        let mut id = nomination.id.as_str().to_owned();
        if id.is_empty() {
            nomination.flags.push(Flag::IdAssigned);
            id = self.free(derived(&nomination));
        } else if let Some(first) = self.taken.get(&id) {
            if first.file == source.file && first.sheet == source.sheet {
                return Err(Box::new(same_id(nomination, first)));
            }
            nomination.flags.push(Flag::IdQualified);
            id = self.free(qualified(&id, &source, first));
        }
        self.taken.insert(id.clone(), source);
        nomination.id = NominationId::new(id);
        Ok(nomination)
    }

    /// `id`, or with a number behind it when it is taken.
    fn free(&self, id: String) -> String {
        let numbered = (2..).map(|n: u32| format!("{id}-{n}"));
        std::iter::once(id.clone())
            .chain(numbered)
            .find(|id| !self.taken.contains_key(id))
            .expect("the numbers do not end")
    }
}

fn derived(nomination: &Nomination) -> String {
    let parts = [&nomination.title, "\n", &nomination.unit, "\n", &nomination.text];
    format!("N-{}", &sha256_hex(parts.map(str::as_bytes))[..DERIVED_ID_DIGITS])
}

fn qualified(id: &str, source: &SourceRef, first: &SourceRef) -> String {
    let stem = Path::new(&source.file).file_stem().unwrap_or_default().to_string_lossy();
    match &source.sheet {
        Some(sheet) if first.file == source.file => format!("{id}@{sheet}"),
        _ => format!("{id}@{stem}"),
    }
}

fn same_id(nomination: Nomination, first: &SourceRef) -> Rejection {
    let id = nomination.id;
    Rejection {
        reason: format!("the id {id} is already used by the record at {first}"),
        remedy: "give one of the two another id; if they are the same record, remove one".into(),
        source: nomination.source,
        id: Some(id.to_string()),
        title: Some(nomination.title),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::clean;
    use crate::nomination::{RawSubmission, Section};

    fn raw(id: Option<&str>, text: &str, file: &str, row: u32) -> RawSubmission {
        RawSubmission {
            source: SourceRef::file(file).at_row(row),
            id: id.map(str::to_owned),
            sections: vec![Section { heading: None, text: text.into() }],
            ..RawSubmission::default()
        }
    }

    #[test]
    fn one_id_twice_in_one_list_rejects_the_later_record() {
        let cleaned = clean(vec![raw(Some("7"), "甲案例", "a.csv", 2), raw(Some("7"), "乙案例", "a.csv", 3)], 0);
        assert_eq!(cleaned.nominations.len(), 1);
        assert!(cleaned.rejections[0].reason.contains("a.csv, row 2"), "{}", cleaned.rejections[0].reason);
    }

    #[test]
    fn one_id_in_two_files_is_kept_apart_by_the_file_name() {
        let cleaned = clean(vec![raw(Some("7"), "甲案例", "a.csv", 2), raw(Some("7"), "乙案例", "b.csv", 2)], 0);
        let ids: Vec<_> = cleaned.nominations.iter().map(|n| n.id.as_str()).collect();
        assert_eq!(ids, ["7", "7@b"]);
        assert!(cleaned.nominations[1].flags.contains(&Flag::IdQualified));
    }

    #[test]
    fn a_derived_id_depends_on_the_content_alone() {
        let one = clean(vec![raw(None, "甲案例", "a.csv", 2)], 0);
        let two = clean(vec![raw(None, "乙案例", "b.csv", 9), raw(None, "甲案例", "b.csv", 10)], 0);
        assert_eq!(one.nominations[0].id, two.nominations[1].id);
    }
}
