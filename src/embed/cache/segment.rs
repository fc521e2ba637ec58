//! A file of vectors that is written once, whole.
//!
//! Layout, integers little endian: magic; SHA-256 of the space; u32 vectors; u32 values in each; the vectors, f32; then
//! for each vector, ascending by key, its key and its check. A file of another length than these figures give is cut
//! short and not used; a vector whose check does not hold is damaged and not used.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::{Key, SpaceId};

const MAGIC: &[u8; 8] = b"SLVECS1\n";
const HEADER_BYTES: usize = MAGIC.len() + size_of::<SpaceId>() + 2 * size_of::<u32>();
const KEY_BYTES: usize = size_of::<Key>();
const ENTRY_BYTES: usize = 2 * KEY_BYTES;
const VALUE_BYTES: usize = size_of::<f32>();

/// What the name of a segment ends with.
pub const EXTENSION: &str = "vectors";
/// What the name of a segment begins with until it is whole.
pub const PARTIAL: &str = ".partial-";

/// Key and check.
type Entry = [u8; ENTRY_BYTES];

/// A segment, open for reading; its keys are in memory, its vectors are not.
pub struct Segment {
    path: PathBuf,
    modified: SystemTime,
    bytes: u64,
    space: SpaceId,
    dim: usize,
    entries: Vec<Entry>,
    file: Mutex<File>,
}

impl Segment {
    /// Opens the segment at `path`; nothing when it is gone, cut short, or does not hold vectors of `dim` values of
    /// `space`.
    pub fn open(path: &Path, space: &SpaceId, dim: usize) -> Option<Self> {
        let mut file = File::open(path).ok()?;
        let metadata = file.metadata().ok()?;
        let mut header = [0; HEADER_BYTES];
        file.read_exact(&mut header).ok()?;
        let count = count(&header, space, dim)?;
        let vectors = count.checked_mul(dim * VALUE_BYTES)?;
        let whole = (HEADER_BYTES + vectors).checked_add(count.checked_mul(ENTRY_BYTES)?)?;
        if metadata.len() != whole as u64 {
            return None;
        }
        let mut table = vec![[0; ENTRY_BYTES]; count];
        file.seek(SeekFrom::Start((HEADER_BYTES + vectors) as u64)).ok()?;
        file.read_exact(table.as_flattened_mut()).ok()?;
        Some(Self {
            path: path.to_owned(),
            modified: metadata.modified().ok()?,
            bytes: metadata.len(),
            space: *space,
            dim,
            entries: table,
            file: Mutex::new(file),
        })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn modified(&self) -> SystemTime {
        self.modified
    }

    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Keys in ascending order; the position is the row.
    pub fn keys(&self) -> impl Iterator<Item = Key> {
        self.entries.iter().map(|entry| split(entry).0)
    }

    /// The vector of `key`, if it is there and whole.
    pub fn find(&self, key: &Key) -> Option<Vec<f32>> {
        let row = self.entries.binary_search_by_key(key, |entry| split(entry).0).ok()?;
        self.vector(row)
    }

    /// The vector of a row, if it is whole.
    pub fn vector(&self, row: usize) -> Option<Vec<f32>> {
        let (key, expected) = split(&self.entries[row]);
        let mut bytes = vec![0; self.dim * VALUE_BYTES];
        let start = (HEADER_BYTES + row * bytes.len()) as u64;
        {
            // A lock that a panic left behind guards a file whose position is set anew for each reading.
            let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            file.seek(SeekFrom::Start(start)).ok()?;
            file.read_exact(&mut bytes).ok()?;
        }
        let value = |bytes: &[u8; VALUE_BYTES]| f32::from_le_bytes(*bytes);
        (check(&self.space, &key, &bytes) == expected)
            .then(|| bytes.as_chunks::<VALUE_BYTES>().0.iter().map(value).collect())
    }
}

/// Writes a segment into `folder` and gives its path: `keys` in ascending order, each with the vector that `vector`
/// gives for its position. The file appears whole or not at all.
pub fn write<'v>(
    folder: &Path,
    space: &SpaceId,
    dim: usize,
    keys: &[Key],
    mut vector: impl FnMut(usize) -> io::Result<std::borrow::Cow<'v, [f32]>>,
) -> io::Result<PathBuf> {
    let mut file = tempfile::Builder::new().prefix(PARTIAL).suffix(&format!(".{EXTENSION}")).tempfile_in(folder)?;
    let mut out = BufWriter::new(file.as_file_mut());
    let sizes = [keys.len(), dim].map(|size| u32::try_from(size).map_err(io::Error::other));
    out.write_all(MAGIC)?;
    out.write_all(space)?;
    for size in sizes {
        out.write_all(&size?.to_le_bytes())?;
    }
    let mut table: Vec<Entry> = Vec::with_capacity(keys.len());
    for (position, key) in keys.iter().enumerate() {
        let bytes: Vec<u8> = vector(position)?.iter().flat_map(|value| value.to_le_bytes()).collect();
        out.write_all(&bytes)?;
        table.push(join(key, &check(space, key, &bytes)));
    }
    out.write_all(table.as_flattened())?;
    out.flush()?;
    drop(out);
    let name = file.path().file_name().and_then(|name| name.to_str()).map(|name| name.trim_start_matches(PARTIAL));
    let path = folder.join(name.ok_or(io::ErrorKind::InvalidFilename)?);
    file.persist_noclobber(&path).map_err(|error| error.error)?;
    Ok(path)
}

/// The number of vectors, if the header is that of a segment of `space`.
fn count(header: &[u8; HEADER_BYTES], space: &SpaceId, dim: usize) -> Option<usize> {
    let rest = header.strip_prefix(MAGIC)?.strip_prefix(space)?;
    let [count, values] = rest.as_chunks::<{ size_of::<u32>() }>().0 else { return None };
    let size = |bytes: &[u8; 4]| usize::try_from(u32::from_le_bytes(*bytes)).ok();
    (size(values)? == dim).then(|| size(count)).flatten()
}

/// What tells that a vector is the one that was kept for `key` in `space`.
fn check(space: &SpaceId, key: &Key, vector: &[u8]) -> Key {
    shortened(Sha256::new().chain_update(space).chain_update(key).chain_update(vector))
}

/// The first half of a SHA-256.
pub fn shortened(hasher: Sha256) -> Key {
    let digest: [u8; 32] = hasher.finalize().into();
    split(&digest).0
}

fn split(entry: &Entry) -> (Key, Key) {
    let (key, check) = entry.split_at(KEY_BYTES);
    (key.try_into().expect("half an entry"), check.try_into().expect("half an entry"))
}

fn join(key: &Key, check: &Key) -> Entry {
    let mut entry = [0; ENTRY_BYTES];
    entry[..KEY_BYTES].copy_from_slice(key);
    entry[KEY_BYTES..].copy_from_slice(check);
    entry
}
