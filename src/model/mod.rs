//! Finding, checking, making and fetching encoder models.
//!
//! A model is a folder: `config.json`, `tokenizer.json`, weights in GGUF or safetensors, and `manifest.toml`, which
//! says how its vectors are made; perhaps `tokenizer.safetensors`, its tokenizer prepared for a quick start. One model travels inside the executable; a folder without a manifest is understood
//! when it is laid out as the hub does for sentence-transformers.

mod catalogue;
mod config;
mod embedded;
mod error;
mod folder;
pub mod import;
mod list;
mod locate;
mod manifest;
mod names;
mod prepared;
pub mod pull;
mod rows;
mod source;
mod verify;
mod weights;

pub use catalogue::{Catalogue, Entry};
pub(crate) use config::CONFIG_FILE;
pub use config::EncoderConfig;
pub use error::ModelError;
pub use list::{Listed, Place, list};
pub use locate::{locate, models_folder};
pub use manifest::{Architecture, Centre, MANIFEST_FILE, Manifest, Pooling, Prefixes, Source};
pub use prepared::{PreparedTokenizer, SpecialToken, WORD_MARK};
pub use rows::{BLOCK, Block, RowTable};
pub use source::ModelSource;
pub use verify::{CheckedFile, fingerprint, verify};
pub use weights::Weights;
pub(crate) use weights::values;

/// Name of the tokenizer inside a model, as the hub has it.
pub const TOKENIZER_FILE: &str = "tokenizer.json";
