//! A model folder without a manifest, laid out as the hub does for sentence-transformers.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::config::EncoderConfig;
use super::manifest::{MANIFEST_FILE, Manifest, Pooling, Prefixes};
use super::{ModelError, ModelSource};

const MODULES_FILE: &str = "modules.json";
const POOLING_FILE: &str = "1_Pooling/config.json";
const WINDOW_FILE: &str = "sentence_bert_config.json";
const PROMPTS_FILE: &str = "config_sentence_transformers.json";
/// Weights files looked for, in this order.
const WEIGHTS_FILES: [&str; 3] = ["weights.gguf", "model.gguf", "model.safetensors"];

#[derive(Deserialize)]
struct PoolingFile {
    #[serde(default)]
    pooling_mode_cls_token: bool,
    #[serde(default)]
    pooling_mode_mean_tokens: bool,
    #[serde(flatten)]
    others: serde_json::Map<String, serde_json::Value>,
}

#[derive(Deserialize)]
struct Module {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct WindowFile {
    max_seq_length: Option<usize>,
}

#[derive(Deserialize, Default)]
struct PromptsFile {
    #[serde(default)]
    prompts: std::collections::BTreeMap<String, String>,
}

impl Manifest {
    /// The manifest of `source`: `manifest.toml`, or what its other files amount to. Prefixes are then those of
    /// `config_sentence_transformers.json`, and none where it names none.
    ///
    /// # Errors
    /// [`ModelError::PoolingUnknown`] when no file says how the model pools; [`ModelError::Settings`],
    /// [`ModelError::Unsupported`] and [`ModelError::MissingFile`] as they apply.
    pub fn of(source: &ModelSource) -> Result<Self, ModelError> {
        if let Some(bytes) = source.read_if_present(MANIFEST_FILE)? {
            let label = source.label(MANIFEST_FILE);
            let text = std::str::from_utf8(&bytes).map_err(|error| ModelError::settings(&label, error))?;
            return Self::parse(text, &label);
        }
        derive(source)
    }
}

fn derive(source: &ModelSource) -> Result<Manifest, ModelError> {
    let config = EncoderConfig::read(source)?;
    let pooling = pooling(source)?;
    check_modules(source)?;
    let window = json::<WindowFile>(source, WINDOW_FILE)?.and_then(|file| file.max_seq_length);
    let prompts = json::<PromptsFile>(source, PROMPTS_FILE)?.unwrap_or_default().prompts;
    let prompt = |names: &[&str]| names.iter().find_map(|name| prompts.get(*name)).cloned().unwrap_or_default();
    let name = source.folder().and_then(|folder| folder.file_name());
    Ok(Manifest {
        name: name.map_or_else(|| "unnamed".to_owned(), |name| name.to_string_lossy().into_owned()),
        revision: "local".to_owned(),
        licence: "unknown".to_owned(),
        architecture: config.architecture,
        weights: weights_file(source)?,
        dimension: config.hidden_size,
        layers: config.layers,
        max_tokens: window.unwrap_or(usize::MAX).min(config.max_tokens()),
        pooling,
        normalize: true,
        prefixes: Prefixes { query: prompt(&["query"]), passage: prompt(&["passage", "document"]) },
        centre: None,
        sources: Vec::new(),
        files: Default::default(),
    })
}

fn json<T: DeserializeOwned>(source: &ModelSource, file: &str) -> Result<Option<T>, ModelError> {
    let parse = |bytes: std::borrow::Cow<'_, [u8]>| {
        serde_json::from_slice(&bytes).map_err(|error| ModelError::settings(source.label(file), error))
    };
    source.read_if_present(file)?.map(parse).transpose()
}

fn pooling(source: &ModelSource) -> Result<Pooling, ModelError> {
    let Some(file) = json::<PoolingFile>(source, POOLING_FILE)? else {
        return Err(ModelError::PoolingUnknown { model: source.to_string() });
    };
    let other = file.others.iter().find(|(name, value)| name.starts_with("pooling_mode_") && **value == true);
    match (file.pooling_mode_mean_tokens, file.pooling_mode_cls_token, other) {
        (true, false, None) => Ok(Pooling::Mean),
        (false, true, None) => Ok(Pooling::Cls),
        (false, false, None) => Err(ModelError::PoolingUnknown { model: source.to_string() }),
        _ => {
            let problem = "it pools otherwise than by mean or cls alone".to_owned();
            Err(ModelError::Unsupported { file: source.label(POOLING_FILE), problem })
        }
    }
}

/// A sentence-transformers model may have further steps, such as a projection; leaving one out would be silent error.
fn check_modules(source: &ModelSource) -> Result<(), ModelError> {
    let modules = json::<Vec<Module>>(source, MODULES_FILE)?.unwrap_or_default();
    let last = |module: &Module| module.kind.rsplit('.').next().unwrap_or_default().to_owned();
    match modules.iter().map(last).find(|kind| !["Transformer", "Pooling", "Normalize"].contains(&kind.as_str())) {
        Some(kind) => {
            let problem = format!("the step `{kind}` is not supported");
            Err(ModelError::Unsupported { file: source.label(MODULES_FILE), problem })
        }
        None => Ok(()),
    }
}

fn weights_file(source: &ModelSource) -> Result<String, ModelError> {
    let folder = source.folder().ok_or(ModelError::NoneEmbedded)?;
    let found = WEIGHTS_FILES.iter().find(|file| folder.join(file).is_file());
    found.map(|file| (*file).to_owned()).ok_or_else(|| ModelError::MissingFile {
        model: source.to_string(),
        file: format!("weights ({})", WEIGHTS_FILES.join(", ")),
    })
}
