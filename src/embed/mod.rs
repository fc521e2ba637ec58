//! Texts to unit vectors: the same for any batch, order and number of threads.
//!
//! Texts run in jobs of a few hundred tokens, whole jobs side by side, one thread each. Within a job a text's rows pass
//! through every product and norm as they would alone, and attention never leaves the text, so nothing another text
//! does can reach it.

mod cache;
mod encoder;
mod error;
mod forward;
mod jobs;
mod nominations;
mod pooling;
pub mod reference;
pub mod space;
mod tokenizer;
mod tokens;
pub mod vectors;
mod workers;

pub use cache::{CacheUse, VectorCache, cache_folder};
pub use encoder::{Arithmetic, Embedded, Encoder, EncoderOptions, Engine, Role};
pub use error::EmbedError;
pub use nominations::{NominationVectors, embed_nominations};
pub use space::Space;
pub use vectors::Vectors;
