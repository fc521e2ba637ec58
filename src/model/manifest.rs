use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ModelError;

/// Name of the manifest in a model's folder.
pub const MANIFEST_FILE: &str = "manifest.toml";

/// What a model is, where it came from and how its vectors are made: `manifest.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Short name, as given to `--model`.
    pub name: String,
    /// Version, tag or commit of the source the weights were taken from.
    pub revision: String,
    /// Licence of the weights (SPDX).
    pub licence: String,
    /// Forward pass to run.
    pub architecture: Architecture,
    /// Weights file: GGUF or safetensors.
    pub weights: String,
    /// Length of a vector.
    pub dimension: usize,
    /// Transformer layers.
    pub layers: usize,
    /// Window in tokens, special tokens and prefix included.
    pub max_tokens: usize,
    /// How the token vectors of a text become one.
    pub pooling: Pooling,
    /// Vectors are divided by their Euclidean length. Every stage compares by cosine, so only `true` is accepted.
    pub normalize: bool,
    /// Put before a text, by role.
    #[serde(default)]
    pub prefixes: Prefixes,
    /// Mean vector of background texts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub centre: Option<Centre>,
    /// Where each source file came from.
    #[serde(default, rename = "source", skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// SHA-256 of every file of the model, lower-case hex, by path inside its folder.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
}

/// The encoders with a forward pass here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Architecture {
    /// BERT: positions count from 0.
    Bert,
    /// XLM-RoBERTa: the same layers, positions count from the padding id plus one.
    XlmRoberta,
}

/// How `[tokens, dimension]` becomes `[dimension]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pooling {
    /// Mean over all tokens, specials included.
    Mean,
    /// The first token's vector.
    Cls,
}

/// Text put before every input.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prefixes {
    /// Before prompts, names, and texts compared with each other.
    #[serde(default)]
    pub query: String,
    /// Before the passages of a nomination.
    #[serde(default)]
    pub passage: String,
}

/// The mean of the unit vectors of `background.txt`, query prefix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Centre {
    /// A text file, one value a line, `dimension` lines.
    pub file: String,
    /// SHA-256 of the texts it is the mean of, lower-case hex.
    pub texts_sha256: String,
}

/// One file the model was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Package or repository.
    pub package: String,
    /// Its version or commit.
    pub version: String,
    /// Path of the file inside it.
    pub file: String,
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
}

impl Manifest {
    /// Reads `manifest.toml`; `label` names it in errors.
    ///
    /// # Errors
    /// [`ModelError::Settings`] when it does not parse, [`ModelError::Unsupported`] when vectors would not be unit.
    pub fn parse(text: &str, label: &str) -> Result<Self, ModelError> {
        let manifest: Self = toml::from_str(text).map_err(|error| ModelError::settings(label, error))?;
        if !manifest.normalize {
            let problem = "normalize = false, but every stage compares unit vectors".to_owned();
            return Err(ModelError::Unsupported { file: label.to_owned(), problem });
        }
        Ok(manifest)
    }

    /// The manifest as text.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a manifest holds nothing that TOML cannot write")
    }
}
