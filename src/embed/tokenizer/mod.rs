//! A text to the ids of its pieces.
//!
//! Two ways to the same ids: the tokenizers crate reads any `tokenizer.json`, in most of a second for a large
//! vocabulary; a prepared tokenizer is used where it lies.

mod hub;
mod unigram;

use crate::model::{Manifest, ModelError, ModelSource, PreparedTokenizer};
use hub::HubTokenizer;
use unigram::Unigram;

/// A model's tokenizer.
pub trait Tokenizer: Send + Sync {
    /// Ids of `text`, in order; with `special`, those that the model puts around every text too.
    ///
    /// # Errors
    /// What the tokenizer says where it refuses the text.
    fn ids(&self, text: &str, special: bool) -> Result<Vec<u32>, String>;

    /// Number of pieces; every id is below it.
    fn size(&self) -> usize;

    /// The id of what is in no piece.
    fn unknown_id(&self) -> Option<u32>;
}

/// The tokenizer of `source`, prepared if it comes so.
///
/// # Errors
/// [`ModelError::MissingFile`], [`ModelError::Io`], and [`ModelError::Damaged`] when it cannot be used.
pub fn load(source: &ModelSource, manifest: &Manifest) -> Result<Box<dyn Tokenizer>, ModelError> {
    match PreparedTokenizer::of(source, manifest)? {
        Some(prepared) => Ok(Box::new(Unigram::new(prepared))),
        None => Ok(Box::new(HubTokenizer::load(source)?)),
    }
}

#[cfg(all(test, feature = "embedded-model"))]
mod tests;
