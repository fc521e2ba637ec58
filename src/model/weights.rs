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
    tensors: HashMap<String, Stored>,
}

/// One weight of [`Weights`].
pub(crate) struct Weight<'w>(&'w Stored);

/// A weight as its file has it, until its [`values`] are asked for: all of them in f32 at once would be most of the
/// memory and time that loading takes.
#[derive(Debug)]
enum Stored {
    F32(Tensor),
    Q4_0(RowTable),
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
        let tensors = read.map_err(|error| ModelError::damaged(&label, first_line(&error)))?;
        let weights = Self { label, tensors };
        // What is inside the executable was checked when it was built: tests load the same bytes from a folder.
        if source.folder().is_some() {
            weights.check_finite()?;
        }
        Ok(weights)
    }

    /// The weight `name`, which must have `shape`.
    ///
    /// # Errors
    /// [`ModelError::Tensor`] when it is missing or has another shape.
    pub(crate) fn get(&self, name: &str, shape: &[usize]) -> Result<Weight<'_>, ModelError> {
        let weight = self.tensors.get(name).ok_or_else(|| self.wrong(name, "is missing"))?;
        self.check_shape(name, weight.dims(), shape)?;
        Ok(Weight(weight))
    }

    /// The shape of tensor `name`, if the file has it.
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.tensors.get(name).map(Stored::dims)
    }

    /// The word embeddings, `[vocabulary, hidden]`; they stay quantized if they are.
    ///
    /// # Errors
    /// Likewise.
    pub fn words(&self, vocabulary: usize, hidden: usize) -> Result<RowTable, ModelError> {
        match self.get(WORDS, &[vocabulary, hidden])?.0 {
            Stored::Q4_0(words) => Ok(words.clone()),
            Stored::F32(tensor) => Ok(RowTable::f32(vocabulary, hidden, tensor_values(tensor))),
        }
    }

    /// All tensors in f32, by name.
    ///
    /// # Errors
    /// [`ModelError::Damaged`] when memory for them cannot be had.
    pub fn into_tensors(self) -> Result<HashMap<String, Tensor>, ModelError> {
        let tensor = |weight| match weight {
            Stored::F32(tensor) => Ok(tensor),
            Stored::Q4_0(table) => Tensor::from_vec(table.to_vec(), table.dims(), &Device::Cpu)
                .map_err(|error| ModelError::damaged(&self.label, error)),
        };
        self.tensors.into_iter().map(|(name, weight)| Ok((name, tensor(weight)?))).collect()
    }

    fn check_finite(&self) -> Result<(), ModelError> {
        let mut names: Vec<&String> = self.tensors.keys().collect();
        names.sort();
        match names.into_iter().find_map(|name| self.tensors[name].not_finite().map(|value| (name, value))) {
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

impl Stored {
    fn dims(&self) -> &[usize] {
        match self {
            Self::F32(tensor) => tensor.dims(),
            Self::Q4_0(table) => table.dims(),
        }
    }

    /// The first value, or scale of a block, that is not finite.
    fn not_finite(&self) -> Option<f32> {
        match self {
            Self::F32(tensor) => tensor_values(tensor).into_iter().find(|value| !value.is_finite()),
            Self::Q4_0(table) => table.not_finite(),
        }
    }
}

fn read_gguf(bytes: Cow<'static, [u8]>) -> candle_core::Result<HashMap<String, Stored>> {
    let mut cursor = Cursor::new(&bytes);
    let content = Content::read(&mut cursor)?;
    let weights = content.tensor_infos.iter().map(|(name, info)| {
        let weight = if info.ggml_dtype == GgmlDType::Q4_0 && info.shape.rank() == 2 {
            Stored::Q4_0(blocks(&bytes, name, info, content.tensor_data_offset)?)
        } else {
            Stored::F32(content.tensor(&mut cursor, name, &Device::Cpu)?.dequantize(&Device::Cpu)?)
        };
        Ok((transformers_name(name), weight))
    });
    weights.collect()
}

#[expect(clippy::ptr_arg, reason = "a part of a borrowed file need not be copied")]
fn blocks(
    bytes: &Cow<'static, [u8]>,
    name: &str,
    info: &TensorInfo,
    data_offset: u64,
) -> candle_core::Result<RowTable> {
    let (rows, columns) = info.shape.dims2()?;
    let length = info.shape.elem_count() / info.ggml_dtype.block_size() * info.ggml_dtype.type_size();
    let start = usize::try_from(data_offset.saturating_add(info.offset))?;
    let blocks = match bytes {
        Cow::Borrowed(bytes) => bytes.get(start..start.saturating_add(length)).map(Cow::Borrowed),
        Cow::Owned(bytes) => bytes.get(start..start.saturating_add(length)).map(|part| Cow::Owned(part.to_vec())),
    };
    let table = blocks.and_then(|blocks| RowTable::q4_0(rows, columns, blocks));
    table.ok_or_else(|| candle_core::Error::Msg(format!("{name} needs {length} bytes, the file has fewer")))
}

fn read_safetensors(bytes: &[u8]) -> candle_core::Result<HashMap<String, Stored>> {
    let tensors = candle_core::safetensors::load_buffer(bytes, &Device::Cpu)?;
    let tensors = without_model_prefix(tensors).into_iter().filter(|(_, tensor)| tensor.dtype().is_float());
    let weight = |tensor: Tensor| tensor.to_dtype(DType::F32).map(Stored::F32);
    tensors.map(|(name, tensor)| Ok((without_old_norm_names(&name), weight(tensor)?))).collect()
}

/// The values of a weight in f32, row-major.
pub(crate) fn values(weight: &Weight<'_>) -> Vec<f32> {
    match weight.0 {
        Stored::F32(tensor) => tensor_values(tensor),
        Stored::Q4_0(table) => table.to_vec(),
    }
}

fn tensor_values(tensor: &Tensor) -> Vec<f32> {
    let values = tensor.flatten_all().and_then(|tensor| tensor.to_vec1());
    values.expect("weights that are kept as f32 are f32 tensors in main memory")
}

/// candle appends a backtrace when one is asked for; the first line says it.
fn first_line(error: &candle_core::Error) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
