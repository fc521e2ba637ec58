use std::path::PathBuf;

use thiserror::Error;

/// Why texts could not be turned into vectors.
#[derive(Debug, Error)]
pub enum EmbedError {
    /// The tokenizer refused a text.
    #[error("text {index} cannot be tokenized: {problem}")]
    Tokenize {
        /// Position of the text in the call.
        index: usize,
        /// What the tokenizer said.
        problem: String,
    },
    /// The forward pass failed.
    #[error("text {index} cannot be encoded: {problem}")]
    Forward {
        /// Position of the text in the call.
        index: usize,
        /// What failed.
        problem: String,
    },
    /// The encoder gave something that is not a direction.
    #[error("the vector of text {index} is not finite or zero; the model's weights are damaged, verify the model")]
    NotFinite {
        /// Position of the text in the call.
        index: usize,
    },
    /// A vector file cannot be written.
    #[error("cannot write {path}: {cause}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
}
