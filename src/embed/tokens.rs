use super::Role;
use super::tokenizer::{Tokenizer, load};
use crate::model::{Manifest, ModelError, ModelSource, Prefixes, TOKENIZER_FILE};

/// The model's tokenizer, its prefixes and its window.
pub struct TextReader {
    tokenizer: Box<dyn Tokenizer>,
    prefixes: Prefixes,
    max_tokens: usize,
}

/// Ids of one text, specials and prefix included.
pub struct Tokens {
    pub ids: Vec<u32>,
    /// The text had more than the window holds.
    pub truncated: bool,
}

impl TextReader {
    /// Loads the tokenizer; every id it can give must be below `vocabulary`.
    pub fn load(source: &ModelSource, manifest: &Manifest, vocabulary: usize) -> Result<Self, ModelError> {
        let tokenizer = load(source, manifest)?;
        let size = tokenizer.size();
        if size > vocabulary {
            let problem = format!("it has {size} pieces, the weights have {vocabulary} rows");
            return Err(ModelError::damaged(source.label(TOKENIZER_FILE), problem));
        }
        let (prefixes, max_tokens) = (manifest.prefixes.clone(), manifest.max_tokens);
        let reader = Self { tokenizer, prefixes, max_tokens };
        if [Role::Query, Role::Passage].iter().any(|&role| reader.overhead(role) >= max_tokens) {
            let problem = format!("max_tokens {max_tokens} leaves no room beside the prefixes and special tokens");
            return Err(ModelError::settings(source.to_string(), problem));
        }
        Ok(reader)
    }

    /// Tokenizes prefix and text. Beyond the window the end is cut, the closing special token stays.
    pub fn read(&self, text: &str, role: Role) -> Result<Tokens, String> {
        let text = [self.prefix(role), text].concat();
        let mut ids = self.tokenizer.ids(&text, true)?;
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
        self.tokenizer.ids(text, false).unwrap_or_default()
    }

    /// Tokens of the window that prefix and specials use.
    pub fn overhead(&self, role: Role) -> usize {
        self.tokenizer.ids(self.prefix(role), true).map(|ids| ids.len()).unwrap_or_default()
    }

    pub fn unknown_id(&self) -> Option<u32> {
        self.tokenizer.unknown_id()
    }

    fn prefix(&self, role: Role) -> &str {
        match role {
            Role::Query => &self.prefixes.query,
            Role::Passage => &self.prefixes.passage,
        }
    }
}
