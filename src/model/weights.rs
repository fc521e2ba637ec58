//! Reads weights, whatever the file, into tensors named as transformers names them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Arc;

use candle_core::quantized::GgmlDType;
use candle_core::quantized::gguf_file::Content;
use candle_core::{DType, Device, Tensor};

use super::names::{transformers_name, without_model_prefix, without_old_norm_names};
use super::rows::RowTable;
use super::{ModelError, ModelSource};

/// The weights of an encoder by their name in transformers (`encoder.layer.0.output.dense.weight`), checked to be
/// finite.
#[derive(Debug)]
pub struct Weights {
    label: String,
    tensors: HashMap<String, Stored>,
}

#[derive(Debug)]
enum Stored {
    F32(Tensor),
    /// A matrix that stays as its file has it.
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

    /// The f32 tensor `name`, which must have `shape`.
    ///
    /// # Errors
    /// [`ModelError::Tensor`] when it is missing or has another shape.
    pub fn get(&self, name: &str, shape: &[usize]) -> Result<Tensor, ModelError> {
        let stored = self.stored(name, shape)?;
        stored.to_tensor().map_err(|error| ModelError::damaged(&self.label, first_line(&error)))
    }

    /// The shape of tensor `name`, if the file has it.
    pub fn shape(&self, name: &str) -> Option<Vec<usize>> {
        self.tensors.get(name).map(Stored::shape)
    }

    /// The matrix `name`, `[rows, columns]`; it stays quantized if it is.
    ///
    /// # Errors
    /// Likewise.
    pub fn table(&self, name: &str, rows: usize, columns: usize) -> Result<RowTable, ModelError> {
        Ok(match self.stored(name, &[rows, columns])? {
            Stored::F32(tensor) => RowTable::f32(rows, columns, values(tensor)),
            Stored::Q4_0(table) => table.clone(),
        })
    }

    /// All tensors in f32, by name.
    ///
    /// # Errors
    /// [`ModelError::Damaged`] when memory for them cannot be had.
    pub fn into_tensors(self) -> Result<HashMap<String, Tensor>, ModelError> {
        let tensors = self.tensors.into_iter().map(|(name, stored)| Ok((name, stored.to_tensor()?)));
        let tensors: candle_core::Result<_> = tensors.collect();
        tensors.map_err(|error| ModelError::damaged(self.label, first_line(&error)))
    }

    fn stored(&self, name: &str, shape: &[usize]) -> Result<&Stored, ModelError> {
        let stored = self.tensors.get(name).ok_or_else(|| self.wrong(name, "is missing"))?;
        self.check_shape(name, &stored.shape(), shape)?;
        Ok(stored)
    }

    fn check_finite(&self) -> Result<(), ModelError> {
        let mut names: Vec<&String> = self.tensors.keys().collect();
        names.sort();
        for name in names {
            if let Some(value) = self.tensors[name].not_finite() {
                return Err(self.wrong(name, &format!("holds {value}; copy or pull the model again")));
            }
        }
        Ok(())
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
    fn shape(&self) -> Vec<usize> {
        match self {
            Self::F32(tensor) => tensor.dims().to_vec(),
            Self::Q4_0(table) => table.shape().to_vec(),
        }
    }

    fn to_tensor(&self) -> candle_core::Result<Tensor> {
        match self {
            Self::F32(tensor) => Ok(tensor.clone()),
            Self::Q4_0(table) => Tensor::from_vec(table.to_vec(), &table.shape(), &Device::Cpu),
        }
    }

    fn not_finite(&self) -> Option<f32> {
        match self {
            Self::F32(tensor) => values(tensor).into_iter().find(|value| !value.is_finite()),
            Self::Q4_0(table) => table.not_finite(),
        }
    }
}

type Read = HashMap<String, Stored>;

fn read_gguf(bytes: Cow<'static, [u8]>) -> candle_core::Result<Read> {
    let file = Arc::new(bytes);
    let mut cursor = Cursor::new(&**file);
    let content = Content::read(&mut cursor)?;
    let mut tensors = HashMap::new();
    for (name, info) in &content.tensor_infos {
        let stored = match (info.ggml_dtype, info.shape.dims()) {
            (GgmlDType::Q4_0, &[rows, columns]) => {
                let start = usize::try_from(content.tensor_data_offset.saturating_add(info.offset))?;
                let table = RowTable::q4_0(rows, columns, &file, start);
                Stored::Q4_0(table.ok_or_else(|| candle_core::Error::Msg(format!("the file ends within {name}")))?)
            }
            _ => Stored::F32(content.tensor(&mut cursor, name, &Device::Cpu)?.dequantize(&Device::Cpu)?),
        };
        tensors.insert(transformers_name(name), stored);
    }
    Ok(tensors)
}

fn read_safetensors(bytes: &[u8]) -> candle_core::Result<Read> {
    let tensors = candle_core::safetensors::load_buffer(bytes, &Device::Cpu)?;
    let tensors = without_model_prefix(tensors).into_iter().filter(|(_, tensor)| tensor.dtype().is_float());
    let f32 = |tensor: Tensor| tensor.to_dtype(DType::F32).map(Stored::F32);
    tensors.map(|(name, tensor)| Ok((without_old_norm_names(&name), f32(tensor)?))).collect()
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
