//! The folder of the cache: where it is, and how it stays small.

use std::fs::{self, DirEntry, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::segment::{EXTENSION, PARTIAL};

/// Names a folder for the cache.
const VARIABLE: &str = "SHORTLISTER_CACHE";

/// From this age on, an unfinished file belongs to a program that was ended.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// Where the cache is kept: `SHORTLISTER_CACHE`, or `shortlister` in the user's cache folder; nowhere for a user without
/// one.
pub fn cache_folder() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let of_home = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
    variable(VARIABLE).or_else(|| {
        variable("XDG_CACHE_HOME")
            .or_else(|| variable("LOCALAPPDATA"))
            .or_else(|| variable("HOME").map(|home| home.join(of_home)))
            .map(|caches| caches.join("shortlister"))
    })
}

/// Makes a folder that others than the user cannot read.
pub fn create(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// The segments of one space, unopened.
pub fn segments(space: &Path) -> Vec<PathBuf> {
    let is_segment = |entry: &DirEntry| is_whole(entry) && entry.path().extension().is_some_and(|e| e == EXTENSION);
    entries(space).filter(is_segment).map(|entry| entry.path()).collect()
}

/// Runs `work` unless another process does the like in this cache.
pub fn alone(root: &Path, work: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
    let lock = File::create(root.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => work(),
        Err(fs::TryLockError::WouldBlock) => Ok(()),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Removes the oldest segments until all of them, of every space, have no more than `max_bytes`; and what was left
/// unfinished long ago.
pub fn bound(root: &Path, max_bytes: u64) {
    let mut files: Vec<(SystemTime, PathBuf, u64)> = Vec::new();
    for file in entries(root).flat_map(|space| entries(&space.path())) {
        let Ok(metadata) = file.metadata() else { continue };
        let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        if is_whole(&file) {
            files.push((modified, file.path(), metadata.len()));
        } else if modified.elapsed().is_ok_and(|age| age > ABANDONED) {
            remove(&file.path());
        }
    }
    files.sort();
    let mut total: u64 = files.iter().map(|(_, _, bytes)| bytes).sum();
    for (_, path, bytes) in files {
        if total <= max_bytes {
            break;
        }
        remove(&path);
        total -= bytes;
    }
}

/// Another process may have removed it, or, on some systems, have it open; it is tried again next time.
pub fn remove(path: &Path) {
    let _ = fs::remove_file(path);
}

fn entries(folder: &Path) -> impl Iterator<Item = DirEntry> + use<> {
    fs::read_dir(folder).into_iter().flatten().flatten()
}

fn is_whole(entry: &DirEntry) -> bool {
    !entry.file_name().to_string_lossy().starts_with(PARTIAL)
}
