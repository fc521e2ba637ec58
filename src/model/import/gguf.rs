//! Writes GGUF version 3, the container of llama.cpp
//! (<https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>).
//!
//! candle's own writer takes tensors through its types and writes version 2; here bytes go through untouched.

use super::e5s1::Kind;

const VERSION: u32 = 3;
const ALIGNMENT: usize = 32;

/// A metadata value.
pub enum Value<'a> {
    U32(u32),
    F32(f32),
    Bool(bool),
    Text(&'a str),
}

/// A tensor to be written. `shape` is row-major, outermost first; GGUF stores it the other way round.
pub struct Tensor<'a> {
    pub name: String,
    pub shape: Vec<usize>,
    pub kind: Kind,
    /// Parts of the data, written one after the other.
    pub parts: Vec<&'a [u8]>,
}

/// The whole file, in the order given.
pub fn write(metadata: &[(&str, Value<'_>)], tensors: &[Tensor<'_>]) -> Vec<u8> {
    let mut out = b"GGUF".to_vec();
    out.extend(VERSION.to_le_bytes());
    out.extend((tensors.len() as u64).to_le_bytes());
    out.extend((metadata.len() as u64).to_le_bytes());
    for (key, value) in metadata {
        text(&mut out, key);
        write_value(&mut out, value);
    }
    let mut offset = 0;
    for tensor in tensors {
        text(&mut out, &tensor.name);
        out.extend((tensor.shape.len() as u32).to_le_bytes());
        for &size in tensor.shape.iter().rev() {
            out.extend((size as u64).to_le_bytes());
        }
        out.extend(ggml_type(tensor.kind).to_le_bytes());
        out.extend((offset as u64).to_le_bytes());
        offset += tensor.parts.iter().map(|part| part.len()).sum::<usize>().next_multiple_of(ALIGNMENT);
    }
    pad(&mut out);
    for tensor in tensors {
        for part in &tensor.parts {
            out.extend_from_slice(part);
        }
        pad(&mut out);
    }
    out
}

/// Numbers of `enum ggml_type`.
fn ggml_type(kind: Kind) -> u32 {
    match kind {
        Kind::F32 => 0,
        Kind::Q4_0 => 2,
    }
}

/// Numbers of `enum gguf_type`.
fn write_value(out: &mut Vec<u8>, value: &Value<'_>) {
    match value {
        Value::U32(value) => {
            out.extend(4_u32.to_le_bytes());
            out.extend(value.to_le_bytes());
        }
        Value::F32(value) => {
            out.extend(6_u32.to_le_bytes());
            out.extend(value.to_le_bytes());
        }
        Value::Bool(value) => {
            out.extend(7_u32.to_le_bytes());
            out.push(u8::from(*value));
        }
        Value::Text(value) => {
            out.extend(8_u32.to_le_bytes());
            text(out, value);
        }
    }
}

fn text(out: &mut Vec<u8>, value: &str) {
    out.extend((value.len() as u64).to_le_bytes());
    out.extend_from_slice(value.as_bytes());
}

fn pad(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(ALIGNMENT), 0);
}
