use super::config::CONFIG_FILE;
use super::manifest::{MANIFEST_FILE, Manifest};
use super::{ModelError, ModelSource, TOKENIZER_FILE};
use crate::digest::sha256_hex;
use crate::embed::{Encoder, EncoderOptions};

/// A file of a model as [`verify`] found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedFile {
    /// Path inside the model.
    pub file: String,
    /// Lower-case hex.
    pub sha256: String,
    /// The manifest has the same checksum; otherwise it has none.
    pub recorded: bool,
}

/// Compares every file with its recorded checksum, then loads the model, which finds missing tensors, contradictory
/// settings and weights that are not numbers.
///
/// # Errors
/// [`ModelError::Checksum`] for the first file that changed, and those of [`Encoder::load`].
pub fn verify(source: &ModelSource) -> Result<Vec<CheckedFile>, ModelError> {
    let manifest = Manifest::of(source)?;
    let files = files(&manifest)
        .into_iter()
        .map(|file| {
            let found = sha256_hex([source.read(&file)?.as_ref()]);
            match manifest.files.get(&file) {
                Some(expected) if *expected != found => {
                    Err(ModelError::Checksum { file: source.label(&file), expected: expected.clone(), found })
                }
                recorded => Ok(CheckedFile { recorded: recorded.is_some(), sha256: found, file }),
            }
        })
        .collect::<Result<_, _>>()?;
    Encoder::load(source, EncoderOptions { threads: Some(1), ..EncoderOptions::default() })?;
    Ok(files)
}

/// SHA-256 over everything that shapes the model's vectors: what `run.json` records.
///
/// # Errors
/// [`ModelError::MissingFile`] and [`ModelError::Io`].
pub fn fingerprint(source: &ModelSource) -> Result<String, ModelError> {
    let manifest = Manifest::of(source)?;
    let mut lines = String::new();
    for file in files(&manifest) {
        lines += &format!("{}  {file}\n", sha256_of(source, &manifest, &file)?);
    }
    let settings = Manifest { sources: Vec::new(), files: Default::default(), ..manifest };
    lines += &format!("{}  {MANIFEST_FILE}\n", sha256_hex([settings.to_toml().as_bytes()]));
    Ok(sha256_hex([lines.as_bytes()]))
}

/// SHA-256 of a file of the model. Inside the executable a file is what it was at the build, so that the checksum its
/// manifest records need not be computed again; a test compares the two.
pub(super) fn sha256_of(source: &ModelSource, manifest: &Manifest, file: &str) -> Result<String, ModelError> {
    match (source, manifest.files.get(file)) {
        (ModelSource::Embedded, Some(recorded)) => Ok(recorded.clone()),
        _ => Ok(sha256_hex([source.read(file)?.as_ref()])),
    }
}

/// Those the manifest lists and those every model has, sorted.
fn files(manifest: &Manifest) -> Vec<String> {
    let needed = [CONFIG_FILE, TOKENIZER_FILE, manifest.weights.as_str()].map(str::to_owned);
    let mut files: Vec<String> = manifest.files.keys().cloned().chain(needed).collect();
    files.extend(manifest.centre.iter().map(|centre| centre.file.clone()));
    files.sort();
    files.dedup();
    files
}
