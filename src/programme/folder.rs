//! The files of a programme, as they were read.

use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::ProgrammeError;
use super::place::SourceFile;

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/prompts");

/// What a programme folder needs.
pub(super) const FILES: [&str; 3] = ["programme.toml", "categories.toml", "criteria.toml"];

/// The file that makes the folder a programme of several tracks.
pub(super) const TRACKS_FILE: &str = "tracks.toml";

/// May be left out: then all compete in one list.
const OPTIONAL: &str = FILES[1];

/// Model cases; may be left out.
const EXEMPLARS_FILE: &str = "exemplars.jsonl";

/// A programme folder in memory.
pub(super) struct Folder {
    /// An optional one that is not there is empty.
    files: [(PathBuf, String); 4],
}

impl Folder {
    /// The built-in one of this name, or the one at this path.
    pub fn open(name: &str) -> Result<Self, Vec<ProgrammeError>> {
        let folder = Path::new(name);
        if BUILT_IN.get_dir(name).is_none() && !folder.is_dir() {
            let built_in = built_in().join(", ");
            return Err(vec![ProgrammeError::Unknown { name: name.to_owned(), built_in }]);
        }
        let mut problems = Vec::new();
        let [settings, categories, criteria] = FILES;
        let files = [settings, categories, criteria, EXEMPLARS_FILE].map(|file| {
            let path = folder.join(file);
            let text = text(folder, file).unwrap_or_else(|cause| {
                if ![OPTIONAL, EXEMPLARS_FILE].contains(&file) || cause.kind() != io::ErrorKind::NotFound {
                    problems.push(ProgrammeError::Unreadable { path: path.clone(), cause });
                }
                String::new()
            });
            (path, text)
        });
        if problems.is_empty() { Ok(Self { files }) } else { Err(problems) }
    }

    /// `programme.toml`.
    pub fn settings(&self) -> SourceFile<'_> {
        self.file(0)
    }

    /// `categories.toml`.
    pub fn categories(&self) -> SourceFile<'_> {
        self.file(1)
    }

    /// `criteria.toml`.
    pub fn criteria(&self) -> SourceFile<'_> {
        self.file(2)
    }

    /// `exemplars.jsonl`.
    pub fn exemplars(&self) -> SourceFile<'_> {
        self.file(3)
    }

    /// Whether its categories are described in a file.
    pub fn has_categories(&self) -> bool {
        !self.categories().text.is_empty()
    }

    /// Over all files, lower-case hex.
    pub fn sha256(&self) -> String {
        crate::digest::sha256_hex(self.files.iter().map(|(_, text)| text.as_bytes()))
    }

    fn file(&self, index: usize) -> SourceFile<'_> {
        let (path, text) = &self.files[index];
        SourceFile { path, text }
    }
}

/// What `file` of the built-in programme at `folder`, or of the folder there, holds.
pub(super) fn text(folder: &Path, file: &str) -> io::Result<String> {
    let Some(dir) = BUILT_IN.get_dir(folder) else { return std::fs::read_to_string(folder.join(file)) };
    let text = dir.get_file(dir.path().join(file)).and_then(|found| found.contents_utf8());
    text.map(str::to_owned).ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "missing from this executable"))
}

/// The names of the programmes inside the executable, sorted.
pub(super) fn built_in() -> Vec<String> {
    let mut names: Vec<String> = BUILT_IN.dirs().map(|d| d.path().display().to_string()).collect();
    names.sort();
    names
}
