use tokenizers::Tokenizer;

use super::Role;
use crate::model::{Manifest, ModelError, ModelSource, Prefixes};

const TOKENIZER_FILE: &str = "tokenizer.json";

/// The model's tokenizer, its prefixes and its window.
pub struct TextReader {
    tokenizer: Tokenizer,
    prefixes: Prefixes,
    max_tokens: usize,
    unknown_id: Option<u32>,
}

/// Ids of one text, specials and prefix included.
pub struct Tokens {
    pub ids: Vec<u32>,
    /// The text had more than the window holds.
    pub truncated: bool,
}

impl TextReader {
    /// Reads `tokenizer.json`; every id it can give must be below `vocabulary`.
    pub fn load(source: &ModelSource, manifest: &Manifest, vocabulary: usize) -> Result<Self, ModelError> {
        let label = source.label(TOKENIZER_FILE);
        let mut tokenizer =
            Tokenizer::from_bytes(source.read(TOKENIZER_FILE)?).map_err(|error| ModelError::damaged(&label, error))?;
        let size = tokenizer.get_vocab_size(true);
        if size > vocabulary {
            let problem = format!("it has {size} pieces, the weights have {vocabulary} rows");
            return Err(ModelError::damaged(label, problem));
        }
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|error| ModelError::damaged(&label, error))?;
        let unknown_id = ["<unk>", "[UNK]"].iter().find_map(|piece| tokenizer.token_to_id(piece));
        let (prefixes, max_tokens) = (manifest.prefixes.clone(), manifest.max_tokens);
        let reader = Self { tokenizer, prefixes, max_tokens, unknown_id };
        if [Role::Query, Role::Passage].iter().any(|&role| reader.overhead(role) >= max_tokens) {
            let problem = format!("max_tokens {max_tokens} leaves no room beside the prefixes and special tokens");
            return Err(ModelError::settings(source.to_string(), problem));
        }
        Ok(reader)
    }

    /// Tokenizes prefix and text. Beyond the window the end is cut, the closing special token stays.
    pub fn read(&self, text: &str, role: Role) -> Result<Tokens, String> {
        let text = [self.prefix(role), text].concat();
        let encoding = self.tokenizer.encode_fast(text, true).map_err(|error| error.to_string())?;
        let mut ids = encoding.get_ids().to_vec();
        if ids.is_empty() {
            return Err("it has no tokens, and the tokenizer adds none".to_owned());
        }
        let truncated = ids.len() > self.max_tokens;
        if let (true, Some(&last)) = (truncated, ids.last()) {
            ids.truncate(self.max_tokens - 1);
            ids.push(last);
        }
        Ok(Tokens { ids, truncated })
    }

    /// Ids of the text alone. A text the tokenizer refuses has none.
    pub fn content(&self, text: &str) -> Vec<u32> {
        self.tokenizer.encode_fast(text, false).map(|encoding| encoding.get_ids().to_vec()).unwrap_or_default()
    }

    /// Tokens of the window that prefix and specials use.
    pub fn overhead(&self, role: Role) -> usize {
        let encoding = self.tokenizer.encode_fast(self.prefix(role), true);
        encoding.map(|encoding| encoding.len()).unwrap_or_default()
    }

    pub fn unknown_id(&self) -> Option<u32> {
        self.unknown_id
    }

    fn prefix(&self, role: Role) -> &str {
        match role {
            Role::Query => &self.prefixes.query,
            Role::Passage => &self.prefixes.passage,
        }
    }
}
