//! What the targets share: how bytes become files, and which panics count.

use std::collections::BTreeSet;
use std::io::{Cursor, Write};
use std::panic::{self, PanicHookInfo};
use std::sync::Mutex;

use shortlister::clean::{clean, holds_personal_data, masked};
use shortlister::intake::{Options, read_bytes};
use shortlister::passages::sentences;
use tempfile::TempDir;
use zip::write::{SimpleFileOptions, ZipWriter};

/// Begins a part of an input that stands for several files: the name follows to the end of the line, then the content.
const PART: &str = "=== ";

/// Lets panics of the program end the process, although intake would turn them into rejections; those of a library
/// stay contained and are named once.
pub fn watch_panics() {
    // Intake's own hook is installed by its first reading, and goes behind this one.
    read_bytes("a.csv", b"a,b", &Options::default());
    let previous = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if is_of_library(info) {
            name_once(info);
            previous(info);
        } else {
            eprintln!("{info}");
            std::process::abort();
        }
    }));
}

fn is_of_library(info: &PanicHookInfo<'_>) -> bool {
    info.location().is_some_and(|at| at.file().contains("/registry/"))
}

fn name_once(info: &PanicHookInfo<'_>) {
    static NAMED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    if NAMED.lock().is_ok_and(|mut named| named.insert(place)) {
        eprintln!("contained: {info}");
    }
}

/// Reads `bytes` as the file `name`, and does with its records all that needs no model.
pub fn read(name: &str, bytes: &[u8]) {
    let batch = read_bytes(name, bytes, &Options::default());
    assert!(!batch.submissions.is_empty() || !batch.rejections.is_empty(), "neither a record nor a rejection");
    for nomination in clean(batch.submissions, 0).nominations {
        let read: usize = sentences(&nomination.text).iter().map(|range| nomination.text[range.clone()].len()).sum();
        assert!(read <= nomination.text.len(), "a sentence was read twice");
        assert!(!holds_personal_data(&masked(&nomination.text)), "personal data is left in {:?}", nomination.text);
    }
}

/// The files that an input stands for, with their names; none where it is the bytes of one file.
pub fn parts(data: &[u8]) -> Vec<(String, &[u8])> {
    let Some(mut rest) = data.strip_prefix(PART.as_bytes()) else { return Vec::new() };
    let mut parts = Vec::new();
    let next = ["\n", PART].concat();
    loop {
        let end = find(rest, next.as_bytes()).unwrap_or(rest.len());
        let part = &rest[..end];
        let name = find(part, b"\n").unwrap_or(part.len());
        let content = part.get(name + 1..).unwrap_or_default();
        parts.push((String::from_utf8_lossy(&part[..name]).into_owned(), content));
        match rest.get(end + next.len()..) {
            Some(after) => rest = after,
            None => return parts,
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// The archive that holds the parts of `data`, uncompressed, so that what changes is what a reader sees; `data` itself
/// where it has none.
pub fn packed(data: &[u8]) -> Vec<u8> {
    let parts = parts(data);
    if parts.is_empty() { data.to_vec() } else { archive(&parts) }
}

/// An archive of `parts`; a name that an archive cannot have twice is left out the second time.
pub fn archive(parts: &[(String, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        if writer.start_file(name.as_str(), SimpleFileOptions::default()).is_ok() {
            writer.write_all(content).expect("memory takes it");
        }
    }
    writer.finish().expect("memory takes it").into_inner()
}

/// A folder with `parts` under those of `names` that they have.
pub fn folder(parts: &[(String, &[u8])], names: &[&str]) -> TempDir {
    let dir = tempfile::tempdir().expect("a folder for an input");
    for (name, content) in parts.iter().filter(|(name, _)| names.contains(&name.as_str())) {
        std::fs::write(dir.path().join(name), content).expect("a file of an input");
    }
    dir
}
