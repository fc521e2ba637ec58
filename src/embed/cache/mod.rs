//! Vectors that were computed before.
//!
//! A vector is kept under a hash of its text's token ids, in a space: the model, the engine, the kind of processor and
//! the build of the program, everything its bits depend on. What is kept is hashes and vectors; no text.
//!
//! New vectors are written as a segment: a file that is renamed into place when it is whole and never changed. So
//! processes need not wait for each other, and one that is ended leaves nothing half. Small segments are merged now and
//! then, and the oldest are removed when all of them have more than 512 MiB. A vector that does not have its checksum is
//! as good as not there: it is computed again and kept anew. A cache that cannot be written costs time and nothing else.

mod folder;
mod segment;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

pub use folder::cache_folder;
use segment::{Segment, shortened};

/// Stands for the token ids of a text.
pub(super) type Key = [u8; 16];

/// Stands for everything else that a vector's bits depend on.
type SpaceId = [u8; 32];

/// How much is kept, and how scattered.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Of all segments of all spaces.
    max_bytes: u64,
    /// A segment below this is merged with others.
    small_bytes: u64,
    /// So many small segments may lie side by side.
    max_small: usize,
}

const LIMITS: Limits = Limits { max_bytes: 512 << 20, small_bytes: 32 << 20, max_small: 16 };

/// What the cache was worth.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CacheUse {
    /// Vectors that were there.
    pub found: usize,
    /// Vectors that were not.
    pub computed: usize,
    /// Why new ones could not be kept.
    pub problem: Option<String>,
}

/// The vectors of one space.
pub struct VectorCache {
    root: PathBuf,
    folder: PathBuf,
    space: SpaceId,
    dim: usize,
    limits: Limits,
    /// The newest first.
    segments: Mutex<Vec<Segment>>,
    usage: Mutex<CacheUse>,
}

impl VectorCache {
    /// The cache in the folder `root`, which need not exist, for vectors of `dim` values: those that the model with the
    /// fingerprint `model_sha256` gives when it runs on `engine`.
    pub fn open(root: &Path, model_sha256: &str, engine: &str, dim: usize) -> Self {
        Self::with_limits(root, space(model_sha256, engine), dim, LIMITS)
    }

    fn with_limits(root: &Path, space: SpaceId, dim: usize, limits: Limits) -> Self {
        let name: String = space[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let folder = root.join(name);
        let segments = Mutex::new(open_all(&folder, &space, dim));
        Self { root: root.to_owned(), folder, space, dim, limits, segments, usage: Mutex::default() }
    }

    /// What it was worth so far.
    pub fn usage(&self) -> CacheUse {
        locked(&self.usage).clone()
    }

    /// The folder it is kept in.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The vectors of `keys`, `[dim] f32` each, where they are known.
    pub(super) fn find(&self, keys: &[Key]) -> Vec<Option<Vec<f32>>> {
        let segments = locked(&self.segments);
        let find = |key| segments.iter().find_map(|segment: &Segment| segment.find(key));
        let found: Vec<_> = keys.iter().map(find).collect();
        locked(&self.usage).found += found.iter().flatten().count();
        found
    }

    /// Keeps new vectors, `[dim] f32` each.
    pub(super) fn keep(&self, vectors: &[(Key, &[f32])]) {
        let kept = if vectors.is_empty() { Ok(()) } else { self.write(vectors) };
        let mut usage = locked(&self.usage);
        usage.computed += vectors.len();
        if let Err(error) = kept {
            usage.problem = Some(error.to_string());
        }
    }

    fn write(&self, vectors: &[(Key, &[f32])]) -> io::Result<()> {
        let vectors: BTreeMap<Key, &[f32]> = vectors.iter().copied().collect();
        let (keys, vectors): (Vec<Key>, Vec<&[f32]>) = vectors.into_iter().unzip();
        folder::create(&self.folder)?;
        segment::write(&self.folder, &self.space, self.dim, &keys, |position| Ok(Cow::Borrowed(vectors[position])))?;
        let mut segments = locked(&self.segments);
        *segments = open_all(&self.folder, &self.space, self.dim);
        if segments.iter().filter(|segment| self.is_small(segment)).count() > self.limits.max_small {
            // A merge that fails loses nothing, and the next run tries again.
            let _ = folder::alone(&self.root, || self.merge(&segments));
            *segments = open_all(&self.folder, &self.space, self.dim);
        }
        folder::bound(&self.root, self.limits.max_bytes);
        Ok(())
    }

    /// Writes what the small segments hold into one, as old as the youngest of them, and removes them.
    fn merge(&self, segments: &[Segment]) -> io::Result<()> {
        let small: Vec<&Segment> = segments.iter().filter(|segment| self.is_small(segment)).collect();
        let mut places = BTreeMap::new();
        for segment in &small {
            for (row, key) in segment.keys().enumerate() {
                if !places.contains_key(&key) && segment.vector(row).is_some() {
                    places.insert(key, (segment, row));
                }
            }
        }
        let (keys, places): (Vec<Key>, Vec<(&&Segment, usize)>) = places.into_iter().unzip();
        let vector = |position: usize| {
            let (segment, row) = places[position];
            segment.vector(row).map(Cow::Owned).ok_or(io::ErrorKind::InvalidData.into())
        };
        let merged = segment::write(&self.folder, &self.space, self.dim, &keys, vector)?;
        let youngest = small.iter().map(|segment| segment.modified()).max().unwrap_or(UNIX_EPOCH);
        std::fs::File::options().append(true).open(merged)?.set_modified(youngest)?;
        small.iter().for_each(|segment| folder::remove(segment.path()));
        Ok(())
    }

    fn is_small(&self, segment: &Segment) -> bool {
        segment.bytes() < self.limits.small_bytes
    }
}

/// The key of a text's token ids.
pub(super) fn key(ids: &[u32]) -> Key {
    shortened(ids.iter().fold(Sha256::new(), |hasher, id| hasher.chain_update(id.to_le_bytes())))
}

/// The whole segments in `folder`, the newest first; of two of one age either.
fn open_all(folder: &Path, space: &SpaceId, dim: usize) -> Vec<Segment> {
    let mut segments: Vec<Segment> =
        folder::segments(folder).iter().filter_map(|path| Segment::open(path, space, dim)).collect();
    segments.sort_by_key(|segment| Reverse(segment.modified()));
    segments
}

/// What a vector's bits depend on besides its text: another model, engine or kind of processor is another space, and so
/// is another build of the program, since any change to the arithmetic may change the last digits.
fn space(model_sha256: &str, engine: &str) -> SpaceId {
    let parts = [model_sha256, engine, &processor(), &build()];
    parts.iter().fold(Sha256::new(), |hasher, part| hasher.chain_update(part).chain_update("\n")).finalize().into()
}

/// Version of the program, and size and time of its file.
fn build() -> String {
    let file = std::env::current_exe().and_then(|path| path.metadata());
    let size = file.as_ref().map_or(0, std::fs::Metadata::len);
    let time = file.and_then(|metadata| metadata.modified()).ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!("{} {size} {}", env!("CARGO_PKG_VERSION"), time.unwrap_or_default().as_nanos())
}

/// The instruction sets by which a kernel may be chosen.
fn processor() -> String {
    macro_rules! detected {
        ($detect:ident: $($feature:tt)*) => {
            [$(($feature, std::arch::$detect!($feature))),*]
        };
    }
    #[cfg(target_arch = "x86_64")]
    let features = detected!(is_x86_feature_detected: "avx2" "fma" "f16c" "avxvnni" "avx512f" "avx512bw" "avx512vl"
        "avx512vnni" "avx512bf16" "avx512fp16");
    #[cfg(target_arch = "aarch64")]
    let features = detected!(is_aarch64_feature_detected: "dotprod" "i8mm" "fp16" "bf16" "sve");
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let features: [(&str, bool); 0] = [];
    let present = features.iter().filter(|(_, present)| *present).map(|(feature, _)| *feature);
    [std::env::consts::ARCH].into_iter().chain(present).collect::<Vec<_>>().join(" ")
}

/// What a panic left behind is whole: every change under these locks is made in one step.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
