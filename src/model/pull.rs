//! `shortlister model pull`: a model of the catalogue from the hub into a folder, with its checksums.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hf_hub::api::sync::{ApiBuilder, ApiError, ApiRepo};
use hf_hub::{Cache, CacheRepo, Repo, RepoType};

use super::catalogue::{Catalogue, Entry};
use super::manifest::{MANIFEST_FILE, Manifest};
use super::{ModelError, ModelSource};
use crate::digest::sha256_hex;
use crate::progress::Progress;

const DEFAULT_ENDPOINT: &str = "https://huggingface.co";
/// Times a broken transfer is taken up again.
const RETRIES: usize = 3;

/// Where to get models from.
#[derive(Debug, Clone, Default)]
pub struct PullOptions {
    /// Address of the hub; `HF_ENDPOINT`, or the public hub, when not given.
    pub endpoint: Option<String>,
    /// The hub's cache folder; `HF_HOME/hub`, or the user's, when not given.
    pub cache: Option<PathBuf>,
    /// Take the newest revision of a model that has none in the catalogue.
    pub allow_unpinned: bool,
}

/// Fetches the model `name` of `catalogue` into the folder `out` and writes its manifest.
///
/// Files that the hub's cache holds are not fetched again. The folder appears whole or not at all. If `out` holds the
/// model already, its files are replaced only by equal ones: a checksum that changed is an error.
///
/// # Errors
/// [`ModelError::Unknown`], [`ModelError::Unpinned`], [`ModelError::Hub`] without a connection or the file,
/// [`ModelError::Checksum`] when the bytes are not the recorded ones, [`ModelError::Io`].
pub fn pull(
    catalogue: &Catalogue,
    name: &str,
    out: &Path,
    options: &PullOptions,
    progress: &dyn Progress,
) -> Result<Manifest, ModelError> {
    let entry = catalogue.find(name)?;
    let revision = match &entry.revision {
        Some(revision) => revision.as_str(),
        None if options.allow_unpinned => "main",
        None => return Err(ModelError::Unpinned { name: name.to_owned() }),
    };
    let hub = Hub::open(entry, revision, options)?;
    let recorded = recorded(out)?;
    let parent = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).map_err(ModelError::io("create", parent))?;
    let workshop = tempfile::tempdir_in(parent).map_err(ModelError::io("create a folder in", parent))?;
    let staged = workshop.path().join("new");
    std::fs::create_dir(&staged).map_err(ModelError::io("create", &staged))?;

    let (mut files, mut commit) = (BTreeMap::new(), String::new());
    for file in &entry.files {
        let fetched = hub.fetch(file, progress)?;
        for expected in [fetched.announced.as_ref(), entry.sha256.get(file), recorded.get(file)].into_iter().flatten() {
            check(&format!("{file} of {}", entry.repository), expected, &fetched.sha256)?;
        }
        copy(&fetched.path, &staged.join(file))?;
        files.insert(file.clone(), fetched.sha256);
        commit = fetched.commit;
    }
    let manifest = entry.manifest(&commit, files);
    let path = staged.join(MANIFEST_FILE);
    std::fs::write(&path, manifest.to_toml()).map_err(ModelError::io("write", path))?;
    install(&staged, out, &workshop.path().join("old"))?;
    Ok(manifest)
}

/// Checksums that an earlier pull wrote down.
fn recorded(out: &Path) -> Result<BTreeMap<String, String>, ModelError> {
    let source = ModelSource::Folder(out.to_owned());
    if source.read_if_present(MANIFEST_FILE)?.is_none() {
        return Ok(BTreeMap::new());
    }
    Manifest::of(&source).map(|manifest| manifest.files)
}

fn check(file: &str, expected: &str, found: &str) -> Result<(), ModelError> {
    if expected == found {
        return Ok(());
    }
    Err(ModelError::Checksum { file: file.to_owned(), expected: expected.to_owned(), found: found.to_owned() })
}

fn copy(from: &Path, to: &Path) -> Result<(), ModelError> {
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).map_err(ModelError::io("create", folder))?;
    }
    std::fs::copy(from, to).map(|_| ()).map_err(ModelError::io("copy", from))
}

/// Puts the folder `staged` in the place of `out`, which moves to `old`.
fn install(staged: &Path, out: &Path, old: &Path) -> Result<(), ModelError> {
    let replaces = out.exists();
    if replaces {
        std::fs::rename(out, old).map_err(ModelError::io("replace", out))?;
    }
    std::fs::rename(staged, out).map_err(|error| {
        if replaces && let Err(second) = std::fs::rename(old, out) {
            return ModelError::io("restore", out)(second);
        }
        ModelError::io("write", out)(error)
    })
}

struct Hub {
    endpoint: String,
    what: String,
    cached: CacheRepo,
    repo: ApiRepo,
}

struct Fetched {
    path: PathBuf,
    commit: String,
    sha256: String,
    /// What the hub says the SHA-256 is; it does so for large files.
    announced: Option<String>,
}

impl Hub {
    fn open(entry: &Entry, revision: &str, options: &PullOptions) -> Result<Self, ModelError> {
        let variable = std::env::var("HF_ENDPOINT").ok().filter(|value| !value.is_empty());
        let endpoint = options.endpoint.clone().or(variable).unwrap_or_else(|| DEFAULT_ENDPOINT.to_owned());
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        let cache = options.cache.clone().map_or_else(Cache::from_env, Cache::new);
        let repo = Repo::with_revision(entry.repository.clone(), RepoType::Model, revision.to_owned());
        let cached = cache.repo(repo.clone());
        let what = format!("{} at {revision}", entry.repository);
        match ApiBuilder::from_cache(cache).with_endpoint(endpoint.clone()).with_retries(RETRIES).build() {
            Ok(api) => Ok(Self { endpoint, what, cached, repo: api.repo(repo) }),
            Err(error) => Err(ModelError::Hub { what, endpoint, problem: error.to_string() }),
        }
    }

    fn fetch(&self, file: &str, progress: &dyn Progress) -> Result<Fetched, ModelError> {
        let failed = |problem| ModelError::Hub {
            what: format!("{file} of {}", self.what),
            endpoint: self.endpoint.clone(),
            problem,
        };
        let path = match self.cached.get(file) {
            Some(path) => path,
            None => {
                let bytes = Bytes { listener: progress, started: false };
                self.repo.download_with_progress(file, bytes).map_err(|error| failed(explain(&error)))?
            }
        };
        let bytes = std::fs::read(&path).map_err(ModelError::io("read", &path))?;
        let commit = commit_of(&path, file).ok_or_else(|| failed("its cache has an unknown layout".to_owned()))?;
        Ok(Fetched { commit, sha256: sha256_hex([bytes.as_slice()]), announced: announced(&path), path })
    }
}

/// Passes the hub client's progress on.
struct Bytes<'a> {
    listener: &'a dyn Progress,
    started: bool,
}

impl hf_hub::api::Progress for Bytes<'_> {
    fn init(&mut self, size: usize, file: &str) {
        if !std::mem::replace(&mut self.started, true) {
            self.listener.start(file, size as u64, "bytes");
        }
    }

    fn update(&mut self, size: usize) {
        self.listener.advance(size as u64);
    }

    fn finish(&mut self) {
        self.listener.finish();
    }
}

/// The cache keeps files as `snapshots/COMMIT/FILE`.
fn commit_of(path: &Path, file: &str) -> Option<String> {
    let snapshot = path.ancestors().nth(Path::new(file).components().count())?;
    Some(snapshot.file_name()?.to_string_lossy().into_owned())
}

/// The cache names a file's content after its ETag, which for large files is their SHA-256.
fn announced(path: &Path) -> Option<String> {
    let content = std::fs::canonicalize(path).ok()?;
    let name = content.file_name()?.to_str()?.to_owned();
    (name.len() == 64 && name.chars().all(|c| c.is_ascii_hexdigit())).then_some(name)
}

fn explain(error: &ApiError) -> String {
    let text = error.to_string();
    let advice = match error {
        ApiError::RequestError(_) if text.contains("404") => "the hub has no such file at this revision",
        ApiError::RequestError(_) | ApiError::TooManyRetries(_) | ApiError::IoError(_) => {
            "check the connection, or set HF_ENDPOINT to a mirror; a model folder copied from another machine also works \
             as --model DIR"
        }
        ApiError::LockAcquisition(_) => "another program is fetching it; try again when that is done",
        ApiError::InvalidResume => "the cache holds a broken part; remove it and try again",
        _ => "the address does not answer as a hub does; check HF_ENDPOINT",
    };
    format!("{text}; {advice}")
}
