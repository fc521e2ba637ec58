//! Texts to unit vectors: the same for any batch, order and number of threads.
//!
//! Every text runs through the encoder alone, so nothing another text does can reach it; texts run side by side, one
//! thread each.

mod encoder;
mod error;
mod forward;
mod nominations;
pub mod reference;
pub mod space;
mod tokens;
pub mod vectors;

pub use encoder::{Embedded, Encoder, EncoderOptions, Engine, Role};
pub use error::EmbedError;
pub use nominations::{NominationVectors, embed_nominations};
pub use space::Space;
pub use vectors::Vectors;
