//! `model pull` against a hub on this machine.

mod model_support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use shortlister::digest::sha256_hex;
use shortlister::embed::{Encoder, EncoderOptions, Role};
use shortlister::model::pull::{PullOptions, pull};
use shortlister::model::{self, Catalogue, ModelError, ModelSource};
use shortlister::progress::Silent;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// Answers `/owner/tiny/resolve/REVISION/FILE` as the hub does; large files get their SHA-256 as ETag.
struct Hub {
    endpoint: String,
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    requests: Arc<AtomicUsize>,
}

impl Hub {
    fn start(files: BTreeMap<String, Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (files, requests) = (Arc::new(Mutex::new(files)), Arc::new(AtomicUsize::new(0)));
        let (served, counted) = (files.clone(), requests.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::SeqCst);
                answer(stream, &served.lock().unwrap());
            }
        });
        Self { endpoint, files, requests }
    }

    fn change(&self, file: &str, bytes: &[u8]) {
        self.files.lock().unwrap().insert(file.to_owned(), bytes.to_vec());
    }
}

fn answer(mut stream: TcpStream, files: &BTreeMap<String, Vec<u8>>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
    let request = lines.next().unwrap_or_default();
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    let path = request.split(' ').nth(1).unwrap_or_default();
    let file = path.strip_prefix("/owner/tiny/resolve/").and_then(|rest| rest.split_once('/'));
    let Some(bytes) = file.and_then(|(_, file)| files.get(file)) else {
        stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        return;
    };
    let range = headers.iter().find_map(|line| line.to_lowercase().strip_prefix("range: bytes=").map(str::to_owned));
    let (first, last) = range.as_deref().and_then(|range| range.split_once('-')).unwrap_or(("0", ""));
    let first: usize = first.parse().unwrap();
    let end = last.parse::<usize>().map_or(bytes.len(), |last| (last + 1).min(bytes.len()));
    let part = &bytes[first.min(end)..end];
    let etag =
        if path.ends_with(".safetensors") { sha256_hex([bytes.as_slice()]) } else { format!("{:x}", bytes.len()) };
    let head = format!(
        "HTTP/1.1 206 Partial Content\r\nContent-Length: {}\r\nContent-Range: bytes {first}-{}/{}\r\nETag: \"{etag}\"\r\n\
         X-Repo-Commit: {COMMIT}\r\nConnection: close\r\n\r\n",
        part.len(),
        end.max(1) - 1,
        bytes.len()
    );
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(part));
}

struct Setup {
    folder: tempfile::TempDir,
    hub: Hub,
    weights_sha256: String,
}

impl Setup {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let published = model_support::write_folder(&folder.path().join("published"), "xlm-roberta", "mean");
        let read = |file: &str| (file.to_owned(), std::fs::read(published.join(file)).unwrap());
        let files = BTreeMap::from(["config.json", "tokenizer.json", "model.safetensors"].map(read));
        let weights_sha256 = sha256_hex([files["model.safetensors"].as_slice()]);
        Self { folder, hub: Hub::start(files), weights_sha256 }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `extra` goes before the table of checksums.
    fn pull(&self, extra: &str, cache: &str, out: &Path) -> Result<model::Manifest, ModelError> {
        self.pull_with(extra, out, &self.options(cache))
    }

    fn options(&self, cache: &str) -> PullOptions {
        let endpoint = Some(format!("{}/", self.hub.endpoint));
        PullOptions { endpoint, cache: Some(self.path(cache)), allow_unpinned: false }
    }

    fn pull_with(&self, extra: &str, out: &Path, options: &PullOptions) -> Result<model::Manifest, ModelError> {
        let text = format!(
            "[[model]]\nname = \"tiny\"\nsummary = \"\"\nrepository = \"owner/tiny\"\nlicence = \"MIT\"\n\
             architecture = \"xlm-roberta\"\nfiles = [\"config.json\", \"tokenizer.json\", \"model.safetensors\"]\n\
             weights = \"model.safetensors\"\ndimension = 64\nlayers = 2\nmax_tokens = 22\npooling = \"mean\"\n\
             normalize = true\nprefixes = {{ query = \"a \", passage = \"b \" }}\n{extra}\n"
        );
        pull(&Catalogue::parse(&text, "catalogue.toml").unwrap(), "tiny", out, options, &Silent)
    }
}

fn pinned() -> String {
    format!("revision = \"{COMMIT}\"")
}

#[test]
fn a_pulled_model_is_complete_recorded_and_usable() {
    let setup = Setup::new();
    let out = setup.path("models/tiny");
    let extra = format!("{}\n[model.sha256]\n\"model.safetensors\" = \"{}\"", pinned(), setup.weights_sha256);
    let manifest = setup.pull(&extra, "cache", &out).unwrap();
    assert_eq!(manifest.revision, COMMIT);
    assert_eq!(manifest.files["model.safetensors"], setup.weights_sha256);
    assert_eq!(manifest.sources[0].package, "owner/tiny");

    let source = model::locate(out.to_str()).unwrap();
    assert!(model::verify(&source).unwrap().iter().all(|file| file.recorded));
    let options = EncoderOptions::default();
    let pulled = Encoder::load(&source, options).unwrap();
    let published = Encoder::load(&ModelSource::Folder(setup.path("published")), options).unwrap();
    assert_eq!(
        pulled.embed(&["政务"], Role::Query, &Silent).unwrap().vectors,
        published.embed(&["a 政务"], Role::Query, &Silent).unwrap().vectors,
    );
    assert_eq!(std::fs::read_dir(out.parent().unwrap()).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn the_cache_spares_the_network_and_an_equal_pull_replaces_the_folder() {
    let setup = Setup::new();
    let out = setup.path("tiny");
    setup.pull(&pinned(), "cache", &out).unwrap();
    let requests = setup.hub.requests.load(Ordering::SeqCst);
    std::fs::write(out.join("model.safetensors"), "spoilt").unwrap();
    setup.pull(&pinned(), "cache", &out).unwrap();
    assert_eq!(setup.hub.requests.load(Ordering::SeqCst), requests);
    model::verify(&ModelSource::Folder(out)).unwrap();
}

#[test]
fn bytes_that_changed_are_refused_and_the_folder_stays() {
    let setup = Setup::new();
    let out = setup.path("tiny");
    setup.pull(&pinned(), "cache", &out).unwrap();
    setup.hub.change("config.json", b"{\"model_type\": \"bert\"}");
    let error = setup.pull(&pinned(), "fresh-cache", &out).unwrap_err();
    assert!(matches!(error, ModelError::Checksum { .. }), "{error}");
    assert!(error.to_string().contains("config.json"), "{error}");
    model::verify(&ModelSource::Folder(out.clone())).unwrap();

    let wrong = format!("{}\n[model.sha256]\n\"tokenizer.json\" = \"{}\"", pinned(), "0".repeat(64));
    let error = setup.pull(&wrong, "cache", &setup.path("other")).unwrap_err();
    assert!(matches!(error, ModelError::Checksum { .. }), "{error}");
    assert!(!setup.path("other").exists());
}

#[test]
fn a_transfer_that_was_altered_on_the_way_is_refused() {
    let setup = Setup::new();
    setup.pull(&pinned(), "cache", &setup.path("tiny")).unwrap();
    let blob = setup.path("cache/models--owner--tiny/blobs").join(&setup.weights_sha256);
    std::fs::write(blob, "altered").unwrap();
    let error = setup.pull(&pinned(), "cache", &setup.path("again")).unwrap_err();
    assert!(matches!(error, ModelError::Checksum { .. }), "{error}");
}

#[test]
fn a_moving_revision_needs_leave_and_its_commit_is_recorded() {
    let setup = Setup::new();
    let error = setup.pull("", "cache", &setup.path("tiny")).unwrap_err();
    assert!(error.to_string().contains("--allow-unpinned"), "{error}");
    let options = PullOptions { allow_unpinned: true, ..setup.options("cache") };
    assert_eq!(setup.pull_with("", &setup.path("tiny"), &options).unwrap().revision, COMMIT);
}

#[test]
fn a_missing_file_and_a_dead_hub_are_told_apart() {
    let setup = Setup::new();
    setup.hub.files.lock().unwrap().remove("tokenizer.json");
    let error = setup.pull(&pinned(), "cache", &setup.path("tiny")).unwrap_err().to_string();
    assert!(error.contains("tokenizer.json") && error.contains("no such file"), "{error}");
    assert!(!setup.path("tiny").exists());

    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let options = PullOptions { endpoint: Some(format!("http://{unused}")), ..setup.options("empty-cache") };
    let error = setup.pull_with(&pinned(), &setup.path("tiny"), &options).unwrap_err().to_string();
    assert!(error.contains("HF_ENDPOINT") && error.contains(&unused.to_string()), "{error}");
}
