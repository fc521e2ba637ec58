//! The three files of a programme, as they were read.

use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::ProgrammeError;
use super::place::SourceFile;

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/prompts");

/// What a programme folder needs.
pub(super) const FILES: [&str; 3] = ["programme.toml", "categories.toml", "criteria.toml"];

/// A programme folder in memory.
pub(super) struct Folder {
    files: [(PathBuf, String); 3],
}

impl Folder {
    /// The built-in one of this name, or the one at this path.
    pub fn open(name: &str) -> Result<Self, Vec<ProgrammeError>> {
        let folder = Path::new(name);
        if let Some(dir) = BUILT_IN.get_dir(name) {
            let text = |file: &str| dir.get_file(dir.path().join(file)).and_then(|f| f.contents_utf8());
            let missing = || io::Error::new(io::ErrorKind::NotFound, "missing from this executable");
            return Self::read(folder, |file| text(file).map(str::to_owned).ok_or_else(missing));
        }
        if !folder.is_dir() {
            let built_in = built_in().join(", ");
            return Err(vec![ProgrammeError::Unknown { name: name.to_owned(), built_in }]);
        }
        Self::read(folder, |file| std::fs::read_to_string(folder.join(file)))
    }

    fn read(folder: &Path, text: impl Fn(&str) -> io::Result<String>) -> Result<Self, Vec<ProgrammeError>> {
        let mut problems = Vec::new();
        let files = FILES.map(|file| {
            let path = folder.join(file);
            let text = text(file).unwrap_or_else(|cause| {
                problems.push(ProgrammeError::Unreadable { path: path.clone(), cause });
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

    /// Over the three files, lower-case hex.
    pub fn sha256(&self) -> String {
        crate::digest::sha256_hex(self.files.iter().map(|(_, text)| text.as_bytes()))
    }

    fn file(&self, index: usize) -> SourceFile<'_> {
        let (path, text) = &self.files[index];
        SourceFile { path, text }
    }
}

/// The names of the programmes inside the executable, sorted.
pub(super) fn built_in() -> Vec<String> {
    let mut names: Vec<String> = BUILT_IN.dirs().map(|d| d.path().display().to_string()).collect();
    names.sort();
    names
}
