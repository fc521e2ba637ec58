//! `tokenizer.json` of a Unigram model, as the tokenizers crate writes it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenizerFile {
    pub version: String,
    pub truncation: Value,
    pub padding: Value,
    pub added_tokens: Vec<AddedToken>,
    pub normalizer: Value,
    pub pre_tokenizer: Value,
    pub post_processor: Value,
    pub decoder: Value,
    pub model: Unigram,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddedToken {
    pub id: usize,
    pub content: String,
    pub single_word: bool,
    pub lstrip: bool,
    pub rstrip: bool,
    pub normalized: bool,
    pub special: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unigram {
    #[serde(rename = "type")]
    pub kind: String,
    pub unk_id: usize,
    /// Piece and score; the position is the id.
    pub vocab: Vec<(String, f64)>,
}
