//! Finding, checking, making and fetching encoder models.
//!
//! A model is a folder: `config.json`, `tokenizer.json`, weights in GGUF or safetensors, and `manifest.toml`, which
//! says how its vectors are made. One model travels inside the executable; a folder without a manifest is understood
//! when it is laid out as the hub does for sentence-transformers.

mod config;
mod embedded;
mod error;
mod folder;
pub mod import;
mod locate;
mod manifest;
mod names;
mod rows;
mod source;
mod weights;

pub use config::EncoderConfig;
pub use error::ModelError;
pub use locate::{locate, models_folder};
pub use manifest::{Architecture, Centre, MANIFEST_FILE, Manifest, Pooling, Prefixes, Source};
pub use rows::RowTable;
pub use source::ModelSource;
pub use weights::Weights;
pub(crate) use weights::values;
