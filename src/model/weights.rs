//! Reads weights, whatever the file, into tensors named as transformers names them.

use std::collections::HashMap;
use std::io::Cursor;

use candle_core::quantized::gguf_file::Content;
use candle_core::{DType, Device, Tensor};

use super::{ModelError, ModelSource};

/// The weights of an encoder, f32, by their name in transformers (`encoder.layer.0.output.dense.weight`).
#[derive(Debug)]
pub struct Weights {
    label: String,
    tensors: HashMap<String, Tensor>,
}

impl Weights {
    /// Reads `file`: GGUF with llama.cpp's tensor names, or safetensors.
    ///
    /// # Errors
    /// [`ModelError::Damaged`] when the file is cut short or of another format, [`ModelError::Tensor`] when a weight
    /// is not a finite number.
    pub fn read(source: &ModelSource, file: &str) -> Result<Self, ModelError> {
        let label = source.label(file);
        let bytes = source.read(file)?;
        let tensors = if bytes.starts_with(b"GGUF") {
            read_gguf(&bytes)
        } else if file.ends_with(".safetensors") {
            read_safetensors(&bytes)
        } else {
            return Err(ModelError::damaged(label, "it does not begin with GGUF"));
        };
        let tensors = tensors.map_err(|error| ModelError::damaged(&label, error))?;
        for (name, tensor) in &tensors {
            check_finite(&label, name, tensor)?;
        }
        Ok(Self { label, tensors })
    }

    /// The tensor `name`, which must have `shape`.
    ///
    /// # Errors
    /// [`ModelError::Tensor`] when it is missing or has another shape.
    pub fn get(&self, name: &str, shape: &[usize]) -> Result<Tensor, ModelError> {
        let wrong = |problem| ModelError::Tensor { file: self.label.clone(), tensor: name.to_owned(), problem };
        let tensor = self.tensors.get(name).ok_or_else(|| wrong("is missing".to_owned()))?;
        if tensor.dims() == shape {
            Ok(tensor.clone())
        } else {
            Err(wrong(format!("has the shape {:?}, expected {shape:?}", tensor.dims())))
        }
    }

    /// All tensors, by name.
    pub fn into_tensors(self) -> HashMap<String, Tensor> {
        self.tensors
    }
}

fn read_gguf(bytes: &[u8]) -> candle_core::Result<HashMap<String, Tensor>> {
    let mut cursor = Cursor::new(bytes);
    let content = Content::read(&mut cursor)?;
    let mut tensors = HashMap::new();
    for name in content.tensor_infos.keys() {
        let tensor = content.tensor(&mut cursor, name, &Device::Cpu)?.dequantize(&Device::Cpu)?;
        tensors.insert(transformers_name(name), tensor);
    }
    Ok(tensors)
}

fn read_safetensors(bytes: &[u8]) -> candle_core::Result<HashMap<String, Tensor>> {
    let tensors = candle_core::safetensors::load_buffer(bytes, &Device::Cpu)?;
    let anchor = "embeddings.word_embeddings.weight";
    let prefix = tensors.keys().find_map(|name| name.strip_suffix(anchor)).unwrap_or_default().to_owned();
    let rename = |name: String| {
        let name = name.strip_prefix(&prefix).unwrap_or(&name);
        name.replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias")
    };
    let is_float = |tensor: &Tensor| tensor.dtype().is_float();
    let floats = tensors.into_iter().filter(|(_, tensor)| is_float(tensor));
    floats.map(|(name, tensor)| Ok((rename(name), tensor.to_dtype(DType::F32)?))).collect()
}

/// llama.cpp's name for a BERT tensor, turned into that of transformers; others stay as they are.
fn transformers_name(name: &str) -> String {
    const PARTS: [(&str, &str); 12] = [
        ("token_embd_norm.", "embeddings.LayerNorm."),
        ("token_embd.", "embeddings.word_embeddings."),
        ("position_embd.", "embeddings.position_embeddings."),
        ("token_types.", "embeddings.token_type_embeddings."),
        ("attn_q.", "attention.self.query."),
        ("attn_k.", "attention.self.key."),
        ("attn_v.", "attention.self.value."),
        ("attn_output.", "attention.output.dense."),
        ("attn_output_norm.", "attention.output.LayerNorm."),
        ("ffn_up.", "intermediate.dense."),
        ("ffn_down.", "output.dense."),
        ("layer_output_norm.", "output.LayerNorm."),
    ];
    let (layer, rest) = match name.strip_prefix("blk.").and_then(|rest| rest.split_once('.')) {
        Some((layer, rest)) => (format!("encoder.layer.{layer}."), rest),
        None => (String::new(), name),
    };
    let part = PARTS.iter().find_map(|(theirs, ours)| rest.strip_prefix(theirs).map(|end| format!("{ours}{end}")));
    format!("{layer}{}", part.unwrap_or_else(|| rest.to_owned()))
}

fn check_finite(label: &str, name: &str, tensor: &Tensor) -> Result<(), ModelError> {
    let values = tensor.flatten_all().and_then(|tensor| tensor.to_vec1::<f32>());
    let values = values.map_err(|error| ModelError::damaged(label, error))?;
    match values.iter().find(|value| !value.is_finite()) {
        Some(value) => {
            let problem = format!("holds {value}; copy or pull the model again");
            Err(ModelError::Tensor { file: label.to_owned(), tensor: name.to_owned(), problem })
        }
        None => Ok(()),
    }
}
