//! Reads weights, whatever the file, into tensors named as transformers names them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Cursor;

use candle_core::quantized::GgmlDType;
use candle_core::quantized::gguf_file::{Content, TensorInfo};
use candle_core::{DType, Device, Tensor};

use super::names::{WORDS, transformers_name, without_model_prefix, without_old_norm_names};
use super::rows::RowTable;
use super::{ModelError, ModelSource};

/// The weights of an encoder by their name in transformers (`encoder.layer.0.output.dense.weight`), checked to be
/// finite.
#[derive(Debug)]
pub struct Weights {
    label: String,
    tensors: HashMap<String, Tensor>,
    words: Option<RowTable>,
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
        let read = if bytes.starts_with(b"GGUF") {
            read_gguf(bytes)
        } else if file.ends_with(".safetensors") {
            read_safetensors(&bytes)
        } else {
            return Err(ModelError::damaged(label, "it does not begin with GGUF"));
        };
        let (tensors, words) = read.map_err(|error| ModelError::damaged(&label, first_line(&error)))?;
        let weights = Self { label, tensors, words };
        weights.check_finite()?;
        Ok(weights)
    }

    /// The f32 tensor `name`, which must have `shape`.
    ///
    /// # Errors
    /// [`ModelError::Tensor`] when it is missing or has another shape.
    pub fn get(&self, name: &str, shape: &[usize]) -> Result<Tensor, ModelError> {
        let tensor = self.tensors.get(name).ok_or_else(|| self.wrong(name, "is missing"))?;
        self.check_shape(name, tensor.dims(), shape)?;
        Ok(tensor.clone())
    }

    /// The shape of tensor `name`, if the file has it.
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.tensors.get(name).map(Tensor::dims)
    }

    /// The word embeddings, `[vocabulary, hidden]`; they stay quantized if they are.
    ///
    /// # Errors
    /// Likewise.
    pub fn words(&self, vocabulary: usize, hidden: usize) -> Result<RowTable, ModelError> {
        match &self.words {
            Some(words) => {
                self.check_shape(WORDS, &words.shape(), &[vocabulary, hidden])?;
                Ok(words.clone())
            }
            None => {
                let tensor = self.get(WORDS, &[vocabulary, hidden])?;
                Ok(RowTable::f32(vocabulary, hidden, values(&tensor)))
            }
        }
    }

    /// All tensors in f32, by name.
    ///
    /// # Errors
    /// [`ModelError::Damaged`] when memory for them cannot be had.
    pub fn into_tensors(mut self) -> Result<HashMap<String, Tensor>, ModelError> {
        if let Some(words) = self.words.take() {
            let tensor = Tensor::from_vec(words.to_vec(), words.shape().to_vec(), &Device::Cpu);
            self.tensors.insert(WORDS.to_owned(), tensor.map_err(|error| ModelError::damaged(&self.label, error))?);
        }
        Ok(self.tensors)
    }

    fn check_finite(&self) -> Result<(), ModelError> {
        let mut names: Vec<&String> = self.tensors.keys().collect();
        names.sort();
        let of_tensor = |name: &String| values(&self.tensors[name]).into_iter().find(|value| !value.is_finite());
        let found = names.into_iter().find_map(|name| of_tensor(name).map(|value| (name.as_str(), value)));
        let found = found.or_else(|| self.words.as_ref().and_then(RowTable::not_finite).map(|value| (WORDS, value)));
        match found {
            Some((name, value)) => Err(self.wrong(name, &format!("holds {value}; copy or pull the model again"))),
            None => Ok(()),
        }
    }

    fn check_shape(&self, name: &str, found: &[usize], expected: &[usize]) -> Result<(), ModelError> {
        if found == expected {
            return Ok(());
        }
        Err(self.wrong(name, &format!("has the shape {found:?}, config.json asks for {expected:?}")))
    }

    fn wrong(&self, tensor: &str, problem: &str) -> ModelError {
        ModelError::Tensor { file: self.label.clone(), tensor: tensor.to_owned(), problem: problem.to_owned() }
    }
}

type Read = (HashMap<String, Tensor>, Option<RowTable>);

fn read_gguf(bytes: Cow<'static, [u8]>) -> candle_core::Result<Read> {
    let mut cursor = Cursor::new(&bytes);
    let content = Content::read(&mut cursor)?;
    let (mut tensors, mut words) = (HashMap::new(), None);
    for (name, info) in &content.tensor_infos {
        let ours = transformers_name(name);
        if ours == WORDS && info.ggml_dtype == GgmlDType::Q4_0 {
            words = Some(word_blocks(&bytes, info, content.tensor_data_offset)?);
        } else {
            tensors.insert(ours, content.tensor(&mut cursor, name, &Device::Cpu)?.dequantize(&Device::Cpu)?);
        }
    }
    Ok((tensors, words))
}

#[expect(clippy::ptr_arg, reason = "a part of a borrowed file need not be copied")]
fn word_blocks(bytes: &Cow<'static, [u8]>, info: &TensorInfo, data_offset: u64) -> candle_core::Result<RowTable> {
    let (rows, columns) = info.shape.dims2()?;
    let length = info.shape.elem_count() / info.ggml_dtype.block_size() * info.ggml_dtype.type_size();
    let start = usize::try_from(data_offset.saturating_add(info.offset))?;
    let blocks = match bytes {
        Cow::Borrowed(bytes) => bytes.get(start..start.saturating_add(length)).map(Cow::Borrowed),
        Cow::Owned(bytes) => bytes.get(start..start.saturating_add(length)).map(|part| Cow::Owned(part.to_vec())),
    };
    let table = blocks.and_then(|blocks| RowTable::q4_0(rows, columns, blocks));
    table.ok_or_else(|| candle_core::Error::Msg(format!("{WORDS} needs {length} bytes, the file has fewer")))
}

fn read_safetensors(bytes: &[u8]) -> candle_core::Result<Read> {
    let tensors = candle_core::safetensors::load_buffer(bytes, &Device::Cpu)?;
    let tensors = without_model_prefix(tensors).into_iter().filter(|(_, tensor)| tensor.dtype().is_float());
    let tensors = tensors.map(|(name, tensor)| Ok((without_old_norm_names(&name), tensor.to_dtype(DType::F32)?)));
    Ok((tensors.collect::<candle_core::Result<_>>()?, None))
}

/// The values of an f32 tensor in row-major order.
pub(crate) fn values(tensor: &Tensor) -> Vec<f32> {
    let values = tensor.flatten_all().and_then(|tensor| tensor.to_vec1());
    values.expect("weights are f32 tensors in main memory")
}

/// candle appends a backtrace when one is asked for; the first line says it.
fn first_line(error: &candle_core::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
