use serde::Deserialize;

use super::manifest::Architecture;
use super::{ModelError, ModelSource};

pub const CONFIG_FILE: &str = "config.json";

/// The part of `config.json` that the forward pass needs.
#[derive(Debug, Clone, PartialEq)]
pub struct EncoderConfig {
    /// Which forward pass.
    pub architecture: Architecture,
    /// Length of a token vector.
    pub hidden_size: usize,
    /// Transformer layers.
    pub layers: usize,
    /// Attention heads; divides `hidden_size`.
    pub heads: usize,
    /// Width of the feed-forward part.
    pub intermediate_size: usize,
    /// Rows of the word embeddings.
    pub vocabulary: usize,
    /// Rows of the position embeddings.
    pub positions: usize,
    /// Rows of the token type embeddings; the first is used.
    pub types: usize,
    /// Added to the variance in every layer norm.
    pub layer_norm_epsilon: f64,
    /// Id of the padding token; XLM-RoBERTa counts positions from the next number.
    pub padding_id: usize,
}

/// As transformers writes it. The many other fields belong to training, so unknown ones are passed over.
#[derive(Deserialize)]
struct ConfigFile {
    model_type: Option<String>,
    #[serde(default)]
    architectures: Vec<String>,
    hidden_size: Option<usize>,
    num_hidden_layers: Option<usize>,
    num_attention_heads: Option<usize>,
    intermediate_size: Option<usize>,
    vocab_size: Option<usize>,
    max_position_embeddings: Option<usize>,
    type_vocab_size: Option<usize>,
    layer_norm_eps: Option<f64>,
    pad_token_id: Option<usize>,
    hidden_act: Option<String>,
    position_embedding_type: Option<String>,
}

impl EncoderConfig {
    /// Reads `config.json` of `source`.
    ///
    /// # Errors
    /// [`ModelError::Architecture`] for anything but BERT and (XLM-)RoBERTa, [`ModelError::Unsupported`] for settings
    /// without a forward pass here, [`ModelError::Settings`] when a field is missing or impossible.
    pub fn read(source: &ModelSource) -> Result<Self, ModelError> {
        let label = source.label(CONFIG_FILE);
        let bytes = source.read(CONFIG_FILE)?;
        let file: ConfigFile = serde_json::from_slice(&bytes).map_err(|error| ModelError::settings(&label, error))?;
        let architecture = architecture(&file, &label)?;
        for (name, value, accepted) in [
            ("hidden_act", &file.hidden_act, "gelu"),
            ("position_embedding_type", &file.position_embedding_type, "absolute"),
        ] {
            if let Some(value) = value.as_deref().filter(|value| *value != accepted) {
                let problem = format!("{name} is `{value}`, only `{accepted}` is supported");
                return Err(ModelError::Unsupported { file: label, problem });
            }
        }
        let size = |name: &str, value: Option<usize>| {
            value.filter(|&value| value > 0).ok_or_else(|| ModelError::settings(&label, format!("{name} is not given")))
        };
        let config = Self {
            architecture,
            hidden_size: size("hidden_size", file.hidden_size)?,
            layers: size("num_hidden_layers", file.num_hidden_layers)?,
            heads: size("num_attention_heads", file.num_attention_heads)?,
            intermediate_size: size("intermediate_size", file.intermediate_size)?,
            vocabulary: size("vocab_size", file.vocab_size)?,
            positions: size("max_position_embeddings", file.max_position_embeddings)?,
            types: size("type_vocab_size", file.type_vocab_size)?,
            layer_norm_epsilon: file.layer_norm_eps.unwrap_or(1e-12),
            padding_id: file.pad_token_id.unwrap_or(0),
        };
        if config.hidden_size.is_multiple_of(config.heads) {
            Ok(config)
        } else {
            let problem = format!("hidden_size {} is no multiple of {} heads", config.hidden_size, config.heads);
            Err(ModelError::settings(label, problem))
        }
    }

    /// The position of a text's first token.
    pub fn first_position(&self) -> usize {
        match self.architecture {
            Architecture::Bert => 0,
            Architecture::XlmRoberta => self.padding_id + 1,
        }
    }

    /// How many tokens have a position.
    pub fn max_tokens(&self) -> usize {
        self.positions.saturating_sub(self.first_position())
    }
}

fn architecture(file: &ConfigFile, label: &str) -> Result<Architecture, ModelError> {
    let found = file.model_type.as_deref().or(file.architectures.first().map(String::as_str)).unwrap_or("unnamed");
    match found {
        "bert" | "BertModel" => Ok(Architecture::Bert),
        "xlm-roberta" | "roberta" | "camembert" | "XLMRobertaModel" | "RobertaModel" => Ok(Architecture::XlmRoberta),
        _ => Err(ModelError::Architecture { file: label.to_owned(), found: found.to_owned() }),
    }
}
