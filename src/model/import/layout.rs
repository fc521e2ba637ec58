//! Names and order of the tensors: those llama.cpp uses for BERT, so that its GGUF files and ours read alike.

use super::e5s1::{E5S1, Q4_0_BLOCK, Shape};
use super::gguf::{self, Tensor, Value};

/// (name in the source, name in GGUF, shape) of the tensors of one layer.
fn layer_tensors(shape: &Shape) -> [(&'static str, &'static str, Vec<usize>); 16] {
    let (hidden, inner) = (shape.hidden, shape.intermediate);
    [
        ("q.w", "attn_q.weight", vec![hidden, hidden]),
        ("q.b", "attn_q.bias", vec![hidden]),
        ("k.w", "attn_k.weight", vec![hidden, hidden]),
        ("k.b", "attn_k.bias", vec![hidden]),
        ("v.w", "attn_v.weight", vec![hidden, hidden]),
        ("v.b", "attn_v.bias", vec![hidden]),
        ("ao.w", "attn_output.weight", vec![hidden, hidden]),
        ("ao.b", "attn_output.bias", vec![hidden]),
        ("aln.w", "attn_output_norm.weight", vec![hidden]),
        ("aln.b", "attn_output_norm.bias", vec![hidden]),
        ("fi.w", "ffn_up.weight", vec![inner, hidden]),
        ("fi.b", "ffn_up.bias", vec![inner]),
        ("fo.w", "ffn_down.weight", vec![hidden, inner]),
        ("fo.b", "ffn_down.bias", vec![hidden]),
        ("oln.w", "layer_output_norm.weight", vec![hidden]),
        ("oln.b", "layer_output_norm.bias", vec![hidden]),
    ]
}

/// The GGUF file: every tensor of `model`, of the word embeddings only the rows `kept_ids`.
pub fn gguf(model: &E5S1<'_>, kept_ids: &[usize]) -> Result<Vec<u8>, String> {
    let shape = &model.shape;
    let mut tensors = vec![
        word_embeddings(model, kept_ids)?,
        plain(model, "emb.pos", "position_embd.weight", vec![shape.positions, shape.hidden])?,
        plain(model, "emb.type", "token_types.weight", vec![shape.types, shape.hidden])?,
        plain(model, "emb.ln.w", "token_embd_norm.weight", vec![shape.hidden])?,
        plain(model, "emb.ln.b", "token_embd_norm.bias", vec![shape.hidden])?,
    ];
    for layer in 0..shape.layers {
        for (source, name, size) in layer_tensors(shape) {
            tensors.push(plain(model, &format!("l{layer}.{source}"), &format!("blk.{layer}.{name}"), size)?);
        }
    }
    Ok(gguf::write(&metadata(shape), &tensors))
}

fn plain<'a>(model: &E5S1<'a>, source: &str, name: &str, shape: Vec<usize>) -> Result<Tensor<'a>, String> {
    let tensor = model.tensor(source, shape.iter().product())?;
    Ok(Tensor { name: name.to_owned(), shape, kind: tensor.kind, parts: vec![tensor.data] })
}

fn word_embeddings<'a>(model: &E5S1<'a>, kept_ids: &[usize]) -> Result<Tensor<'a>, String> {
    let shape = &model.shape;
    let tensor = model.tensor("emb.word", shape.vocabulary * shape.hidden)?;
    if !shape.hidden.is_multiple_of(Q4_0_BLOCK) {
        return Err(format!("rows of {} weights do not end at a block", shape.hidden));
    }
    let row = tensor.kind.bytes(shape.hidden);
    let part = |&id: &usize| {
        let bytes = tensor.data.get(id * row..(id + 1) * row);
        bytes.ok_or_else(|| format!("piece {id} of the tokenizer has no row among {}", shape.vocabulary))
    };
    Ok(Tensor {
        name: "token_embd.weight".to_owned(),
        shape: vec![kept_ids.len(), shape.hidden],
        kind: tensor.kind,
        parts: kept_ids.iter().map(part).collect::<Result<_, _>>()?,
    })
}

fn metadata(shape: &Shape) -> Vec<(&'static str, Value<'static>)> {
    let size = |value: usize| Value::U32(u32::try_from(value).expect("sizes are read from 32-bit fields"));
    vec![
        ("general.architecture", Value::Text("bert")),
        ("general.name", Value::Text(crate::model::embedded::NAME)),
        ("general.license", Value::Text("mit")),
        ("general.file_type", Value::U32(2)), // mostly Q4_0
        ("general.quantization_version", Value::U32(2)),
        ("bert.block_count", size(shape.layers)),
        ("bert.context_length", size(shape.positions)),
        ("bert.embedding_length", size(shape.hidden)),
        ("bert.feed_forward_length", size(shape.intermediate)),
        ("bert.attention.head_count", size(shape.heads)),
        ("bert.attention.layer_norm_epsilon", Value::F32(shape.layer_norm_epsilon)),
        ("bert.attention.causal", Value::Bool(false)),
        ("bert.pooling_type", Value::U32(1)), // mean
    ]
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use candle_core::Device;
    use candle_core::quantized::gguf_file::Content;

    use super::*;

    /// One layer, hidden 32, ten words; words and matrices quantized.
    fn file() -> Vec<u8> {
        let shape = Shape {
            hidden: 32,
            layers: 1,
            heads: 1,
            intermediate: 64,
            vocabulary: 10,
            positions: 4,
            types: 1,
            layer_norm_epsilon: 1e-12,
        };
        let mut tensors: Vec<(String, u8, usize)> =
            [("emb.word", 1, 320), ("emb.pos", 0, 128), ("emb.type", 0, 32), ("emb.ln.w", 0, 32), ("emb.ln.b", 0, 32)]
                .map(|(name, kind, count)| (name.to_owned(), kind, count))
                .into();
        tensors.extend(layer_tensors(&shape).map(|(source, _, size)| {
            (format!("l0.{source}"), u8::from(size.len() == 2), size.iter().product::<usize>())
        }));
        let tensors: Vec<(&str, u8, usize)> =
            tensors.iter().map(|(name, kind, count)| (name.as_str(), *kind, *count)).collect();
        crate::model::import::e5s1::tests::file([32, 1, 1, 64, 10, 4, 1], &tensors)
    }

    #[test]
    fn kept_rows_are_carried_over_bit_for_bit() {
        let mut bytes = file();
        let start = bytes.len() - {
            let model = E5S1::parse(&bytes).unwrap();
            let words = model.tensor("emb.word", 320).unwrap().data;
            bytes.as_ptr_range().end as usize - words.as_ptr() as usize
        };
        for (index, byte) in bytes[start..start + 180].iter_mut().enumerate() {
            *byte = index as u8;
        }
        let model = E5S1::parse(&bytes).unwrap();
        let gguf = super::gguf(&model, &[0, 3, 9]).unwrap();
        let content = Content::read(&mut Cursor::new(&gguf)).unwrap();
        assert_eq!(content.tensor_infos.len(), 5 + 16);
        let words = content.tensor(&mut Cursor::new(&gguf), "token_embd.weight", &Device::Cpu).unwrap();
        assert_eq!(words.shape().dims(), [3, 32]);
        let expected: Vec<u8> = [0..18, 54..72, 162..180].into_iter().flatten().collect();
        assert_eq!(words.data().unwrap().as_ref(), expected);
        let up = content.tensor(&mut Cursor::new(&gguf), "blk.0.ffn_up.weight", &Device::Cpu).unwrap();
        assert_eq!(up.shape().dims(), [64, 32]);
        assert!(super::gguf(&model, &[10]).unwrap_err().contains("piece 10"));
    }
}
