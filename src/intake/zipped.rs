//! Archives (.zip): each file inside is read as if it lay in a folder. Nothing is unpacked to disk, one file at a time
//! is in memory, and what an archive declares of itself is not believed.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::encoding::decode;
use super::found::{Found, Refusal};
use super::limits::Limits;
use super::mapping::HeaderBook;
use super::walk::is_litter;
use super::{InputFile, Outcome, read_loaded};
use crate::digest::sha256_hex;
use crate::nomination::SourceRef;

/// Archives within archives that are opened, counting the outer one.
const MAX_NESTED: usize = 2;
/// Below this a high ratio harms nobody: a page of blanks packs well.
const HARMLESS_BYTES: u64 = 10 * 1024 * 1024;

/// How deep in archives a file lies, and what they may still unpack to.
#[derive(Debug)]
pub(crate) struct Nesting {
    archives: Vec<String>,
    bytes_left: u64,
}

impl Nesting {
    pub fn outside(limits: &Limits) -> Self {
        Self { archives: Vec::new(), bytes_left: limits.max_archive_bytes }
    }

    /// Whether an archive found here is opened.
    pub fn may_open(&self) -> bool {
        self.archives.len() < MAX_NESTED
    }

    /// The archive in which a file found here lies.
    pub fn archive(&self) -> Option<String> {
        self.archives.last().cloned()
    }
}

/// One file in an archive.
struct Entry {
    index: usize,
    /// Path under the archive, with `/`, that leads nowhere else.
    path: String,
    packed: u64,
    problem: Option<Refusal>,
}

/// Reads every file of the archive `name`, in the order of their paths; the first outcome is the archive itself.
pub(crate) fn read(
    name: &str,
    bytes: &[u8],
    nesting: &mut Nesting,
    book: &HeaderBook,
    limits: &Limits,
) -> Vec<Outcome> {
    let mut own = Found::default();
    let file = InputFile { archive: nesting.archive(), ..InputFile::of(name, sha256_hex([bytes]), bytes.len() as u64) };
    let mut outcomes = Vec::new();
    nesting.archives.push(name.to_owned());
    match open(name, bytes, limits, &mut own) {
        Ok((mut archive, entries)) => {
            for (at, entry) in entries.iter().enumerate() {
                if nesting.bytes_left == 0 {
                    own.reject(SourceRef::file(name), spent(&entries[at..], limits));
                    break;
                }
                outcomes.extend(read_entry(&mut archive, entry, name, nesting, book, limits));
            }
        }
        Err(refusal) => own.reject(SourceRef::file(name), refusal),
    }
    nesting.archives.pop();
    outcomes.insert(0, (file, own));
    outcomes
}

fn spent(rest: &[Entry], limits: &Limits) -> Refusal {
    Refusal::new(
        format!(
            "the archive unpacks to more than {} bytes; its last {} files, from {:?} on, were not read",
            limits.max_archive_bytes,
            rest.len(),
            rest[0].path
        ),
        "unpack it and give the folder, or raise max_archive_bytes",
    )
}

type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

fn open<'a>(
    name: &str,
    bytes: &'a [u8],
    limits: &Limits,
    own: &mut Found,
) -> Result<(Archive<'a>, Vec<Entry>), Refusal> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error.to_string()))?;
    if archive.len() > limits.max_archive_files {
        return Err(Refusal::new(
            format!("the archive holds {} files, more than the limit of {}", archive.len(), limits.max_archive_files),
            "unpack it and give its folders one by one, or raise max_archive_files",
        ));
    }
    let mut entries = Vec::new();
    for index in 0..archive.len() {
        entries.extend(entry(&mut archive, index, name, own)?);
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path).then(a.index.cmp(&b.index)));
    if entries.is_empty() {
        return Err(Refusal::new("the archive holds no file to read", "ask the sender for the file again"));
    }
    Ok((archive, entries))
}

/// What the directory of the archive says of an entry; nothing for folders and what programs leave behind.
fn entry(archive: &mut Archive<'_>, index: usize, name: &str, own: &mut Found) -> Result<Option<Entry>, Refusal> {
    let file = archive.by_index_raw(index).map_err(|error| damaged(&error.to_string()))?;
    if file.is_dir() {
        return Ok(None);
    }
    let written = entry_name(file.name_raw());
    let path = inner_path(&written);
    let place = SourceRef::file(format!("{name}/{path}"));
    if path.split('/').any(is_litter) {
        own.note(&place, "skipped, a hidden, temporary or system file");
        return Ok(None);
    }
    if file.is_symlink() {
        own.note(&place, "skipped, symbolic links in archives are not followed");
        return Ok(None);
    }
    if path != written.replace('\\', "/") {
        own.note(
            &place,
            format!("its name in the archive is {written:?}; nothing is unpacked, the name leads nowhere"),
        );
    }
    let problem = file.encrypted().then(encrypted);
    Ok(Some(Entry { index, path, packed: file.compressed_size(), problem }))
}

fn read_entry(
    archive: &mut Archive<'_>,
    entry: &Entry,
    name: &str,
    nesting: &mut Nesting,
    book: &HeaderBook,
    limits: &Limits,
) -> Vec<Outcome> {
    let path = format!("{name}/{}", entry.path);
    let unpacked = match &entry.problem {
        Some(refusal) => Err(refusal.clone()),
        None => unpack(archive, entry, nesting, limits),
    };
    match unpacked {
        Ok(bytes) => read_loaded(&path, &bytes, nesting, book, limits),
        Err(refusal) => {
            let mut found = Found::default();
            found.reject(SourceRef::file(path.as_str()), refusal);
            vec![(InputFile { archive: nesting.archive(), ..InputFile::of(&path, String::new(), 0) }, found)]
        }
    }
}

fn unpack(
    archive: &mut Archive<'_>,
    entry: &Entry,
    nesting: &mut Nesting,
    limits: &Limits,
) -> Result<Vec<u8>, Refusal> {
    let by_ratio = entry.packed.saturating_mul(limits.max_archive_ratio).max(HARMLESS_BYTES);
    let limit = by_ratio.min(limits.max_file_bytes).min(nesting.bytes_left);
    let mut bytes = Vec::new();
    let file = archive.by_index(entry.index).map_err(|error| cannot_unpack(&error.to_string()))?;
    let outcome = file.take(limit.saturating_add(1)).read_to_end(&mut bytes);
    let is_last = limit == nesting.bytes_left;
    nesting.bytes_left = nesting.bytes_left.saturating_sub(bytes.len() as u64);
    outcome.map_err(|error| cannot_unpack(&error.to_string()))?;
    if bytes.len() as u64 <= limit { Ok(bytes) } else { Err(too_large(limit == by_ratio, is_last, limits)) }
}

fn too_large(by_ratio: bool, by_archive: bool, limits: &Limits) -> Refusal {
    let Limits { max_archive_ratio, max_archive_bytes, max_file_bytes, .. } = limits;
    if by_archive {
        let reason = format!("with it the archive unpacks to more than {max_archive_bytes} bytes");
        Refusal::new(reason, "unpack it and give the folder, or raise max_archive_bytes")
    } else if by_ratio {
        let reason = format!(
            "it unpacks to more than {max_archive_ratio} times its packed size, as files made to fill memory do"
        );
        Refusal::new(reason, "unpack it and look at it; if it is genuine, give it by itself")
    } else {
        let reason = format!("it unpacks to more than {max_file_bytes} bytes");
        Refusal::new(reason, "unpack it and split it, or raise max_file_bytes")
    }
}

/// Names are UTF-8 where the archive says so; Windows programs write the code page of the machine and say nothing.
fn entry_name(raw: &[u8]) -> String {
    let name = decode(raw).map(|decoded| decoded.text).unwrap_or_else(|_| String::from_utf8_lossy(raw).into_owned());
    name.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// The name without drive, root and steps upwards.
fn inner_path(name: &str) -> String {
    let parts = name.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | "..") && !part.ends_with(':'));
    let path = parts.collect::<Vec<_>>().join("/");
    if path.is_empty() { "(no name)".to_owned() } else { path }
}

/// The refusal of an archive that is not opened because of where it lies.
pub(crate) fn nested_too_deep() -> Refusal {
    Refusal::new("an archive inside an archive inside an archive is not opened", "unpack it and give the folder")
}

fn damaged(cause: &str) -> Refusal {
    Refusal::new(
        format!("the archive is damaged or incomplete ({cause})"),
        "ask for the file again, or unpack what can be unpacked and give the folder",
    )
}

fn encrypted() -> Refusal {
    Refusal::new("it is protected by a password in the archive", "unpack it with the password and give the folder")
}

fn cannot_unpack(cause: &str) -> Refusal {
    Refusal::new(format!("it cannot be unpacked ({cause})"), "unpack it with another program and give the folder")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_outside() {
        for (name, path) in [
            ("材料/a.docx", "材料/a.docx"),
            ("..\\..\\a.docx", "a.docx"),
            ("/etc/passwd", "etc/passwd"),
            ("C:\\x\\a.txt", "x/a.txt"),
            ("./a//b", "a/b"),
            ("../", "(no name)"),
        ] {
            assert_eq!(inner_path(name), path, "{name}");
        }
    }

    #[test]
    fn names_are_utf8_or_gbk() {
        let name = "杭州市_城市大脑/申报表.docx";
        assert_eq!(entry_name(name.as_bytes()), name);
        assert_eq!(entry_name(&encoding_rs::GBK.encode(name).0), name);
        assert_eq!(entry_name(b"a\nb"), "a\u{FFFD}b");
    }
}
