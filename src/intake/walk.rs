//! From the inputs as given to the files to read, in a stable order.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::Input;
use super::found::Refusal;
use super::limits::Limits;

/// A file to read, standard input, or a place that cannot be entered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Stdin,
    File(PathBuf),
    Closed(PathBuf, Refusal),
}

/// Files in order, and notes on what was passed over.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub origins: Vec<Origin>,
    pub notes: Vec<String>,
    /// Canonical paths already listed: a file given twice is read once.
    seen: BTreeSet<PathBuf>,
}

/// Expands folders. Symbolic links inside folders are not followed; a link given by name is.
pub(crate) fn list(inputs: &[Input], limits: &Limits) -> Listing {
    let mut listing = Listing::default();
    for input in inputs {
        match input {
            Input::Stdin if listing.origins.contains(&Origin::Stdin) => {
                listing.notes.push("-: standard input was given twice; it is read once".to_owned());
            }
            Input::Stdin => listing.origins.push(Origin::Stdin),
            Input::Path(path) if path.is_dir() => listing.folder(path, limits.max_folder_depth),
            Input::Path(path) => listing.file(path.clone()),
        }
    }
    listing
}

impl Listing {
    fn note(&mut self, path: &Path, text: &str) {
        self.notes.push(format!("{}: {text}", path.display()));
    }

    fn close(&mut self, path: &Path, reason: &str, remedy: &str) {
        self.origins.push(Origin::Closed(path.to_owned(), Refusal::new(reason, remedy)));
    }

    fn file(&mut self, path: PathBuf) {
        if is_program_litter(&path) {
            return self.note(&path, "skipped, a temporary or system file");
        }
        // A path that does not exist has no canonical form; it is listed and rejected on reading.
        let known = fs::canonicalize(&path).is_ok_and(|canonical| !self.seen.insert(canonical));
        if known {
            return self.note(&path, "given more than once; it is read once");
        }
        self.origins.push(Origin::File(path));
    }

    fn folder(&mut self, folder: &Path, depth_left: usize) {
        let entries = match fs::read_dir(folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>()) {
            Ok(entries) => entries,
            Err(error) => {
                return self.close(folder, &format!("the folder cannot be opened ({error})"), "allow reading it");
            }
        };
        if entries.is_empty() {
            return self.note(folder, "skipped, the folder is empty");
        }
        let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            self.entry(path, depth_left);
        }
    }

    fn entry(&mut self, path: PathBuf, depth_left: usize) {
        let Ok(metadata) = fs::symlink_metadata(&path) else {
            return self.note(&path, "skipped, it vanished while the folder was read");
        };
        if metadata.is_symlink() {
            self.note(&path, "skipped, symbolic links in folders are not followed; give the target itself");
        } else if is_litter(&file_name(&path)) {
            self.note(&path, "skipped, a hidden, temporary or system file");
        } else if metadata.is_file() {
            self.file(path);
        } else if !metadata.is_dir() {
            self.note(&path, "skipped, neither a file nor a folder");
        } else if depth_left == 0 {
            self.close(&path, "folders are nested deeper than the limit", "give this folder itself");
        } else {
            self.folder(&path, depth_left - 1);
        }
    }
}

/// What the program passes over in a folder by its name alone.
pub(crate) fn is_litter(name: &str) -> bool {
    is_hidden(Path::new(name)) || is_program_litter(Path::new(name))
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default()
}

fn is_hidden(path: &Path) -> bool {
    file_name(path).starts_with('.')
}

/// What Excel, Word, WPS, macOS and Windows leave behind.
fn is_program_litter(path: &Path) -> bool {
    let name = file_name(path);
    name.starts_with("~$")
        || name.starts_with(".~")
        || name.starts_with("~wrl")
        || name.ends_with(".tmp")
        || matches!(name.as_str(), ".ds_store" | "thumbs.db" | "desktop.ini" | "__macosx")
}
