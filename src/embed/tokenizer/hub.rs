use super::Tokenizer;
use crate::model::{ModelError, ModelSource, TOKENIZER_FILE};

/// A `tokenizer.json` as the hub has it, read by the tokenizers crate.
pub struct HubTokenizer(tokenizers::Tokenizer);

impl HubTokenizer {
    /// Reads the `tokenizer.json` of `source`. What it says of padding and truncation is passed over.
    pub fn load(source: &ModelSource) -> Result<Self, ModelError> {
        let damaged = |error: tokenizers::Error| ModelError::damaged(source.label(TOKENIZER_FILE), error);
        let mut tokenizer = tokenizers::Tokenizer::from_bytes(source.read(TOKENIZER_FILE)?).map_err(damaged)?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(damaged)?;
        Ok(Self(tokenizer))
    }
}

impl Tokenizer for HubTokenizer {
    fn ids(&self, text: &str, special: bool) -> Result<Vec<u32>, String> {
        let encoding = self.0.encode_fast(text, special).map_err(|error| error.to_string())?;
        Ok(encoding.get_ids().to_vec())
    }

    fn size(&self) -> usize {
        self.0.get_vocab_size(true)
    }

    fn unknown_id(&self) -> Option<u32> {
        ["<unk>", "[UNK]"].iter().find_map(|piece| self.0.token_to_id(piece))
    }
}
