//! The forward pass of BERT-style encoders, one text at a time on one thread.
//!
//! The same arithmetic as candle-transformers' `bert` in f32 (tests compare them), without its copies and its hand-over
//! between threads: biases and residuals are laid into the output before the product is added to them, the three
//! projections of attention are one product, weights lie as the product reads them, buffers are reused.

mod kernels;
mod matmul;

use crate::model::{EncoderConfig, ModelError, RowTable, Weights, values};
use kernels::{gelu, layer_norm_rows, softmax_rows};
use matmul::{Matrix, Output, matmul};

/// The weights of an encoder, laid out for [`Network::forward`].
pub struct Network {
    config: EncoderConfig,
    words: RowTable,
    /// Position plus first token type embedding, `[positions, hidden]`; row 0 belongs to the first token.
    positions: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

struct Layer {
    query_key_value: Linear,
    attention_output: Linear,
    attention_norm: Norm,
    inner: Linear,
    output: Linear,
    output_norm: Norm,
}

/// `weight` is `[inputs, outputs]`: transposed, so that the product reads it in order.
struct Linear {
    weight: Vec<f32>,
    bias: Vec<f32>,
}

struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
    epsilon: f32,
}

/// Buffers that one thread reuses from text to text.
#[derive(Default)]
pub struct Scratch {
    /// `[seq, hidden]`: what a layer takes and gives.
    states: Vec<f32>,
    /// `[seq, hidden]`: after attention.
    attended: Vec<f32>,
    /// `[seq, 3 * hidden]`: query, key and value side by side.
    projected: Vec<f32>,
    /// `[seq, seq]`: one head's attention.
    scores: Vec<f32>,
    /// `[seq, hidden]`: the heads' results side by side.
    context: Vec<f32>,
    /// `[seq, intermediate]`.
    inner: Vec<f32>,
}

impl Network {
    /// Takes the weights that `config` asks for.
    ///
    /// # Errors
    /// [`ModelError::Tensor`] when one is missing or has another shape.
    pub fn load(config: &EncoderConfig, weights: &Weights) -> Result<Self, ModelError> {
        let hidden = config.hidden_size;
        let words = weights.words(config.vocabulary, hidden)?;
        let mut positions = first_token_on(config, weights)?;
        let types = values(&weights.get("embeddings.token_type_embeddings.weight", &[config.types, hidden])?);
        for row in positions.chunks_exact_mut(hidden) {
            row.iter_mut().zip(&types).for_each(|(position, kind)| *position += kind);
        }
        Ok(Self {
            words,
            positions,
            norm: Norm::load(config, weights, "embeddings.LayerNorm")?,
            layers: (0..config.layers).map(|layer| Layer::load(config, weights, layer)).collect::<Result<_, _>>()?,
            config: config.clone(),
        })
    }

    /// Hidden states of the last layer, `[ids.len(), hidden] f32`; they lie in `scratch`.
    ///
    /// # Panics
    /// When there are more ids than positions, or an id beyond the vocabulary; [`super::Encoder`] checks both.
    pub fn forward<'s>(&self, ids: &[u32], scratch: &'s mut Scratch) -> &'s [f32] {
        self.embed(ids, &mut scratch.states);
        for layer in &self.layers {
            layer.forward(&self.config, ids.len(), scratch);
        }
        &scratch.states
    }

    fn embed(&self, ids: &[u32], states: &mut Vec<f32>) {
        let hidden = self.config.hidden_size;
        states.clear();
        states.extend_from_slice(&self.positions[..ids.len() * hidden]);
        for (row, &id) in states.chunks_exact_mut(hidden).zip(ids) {
            self.words.add_row(id as usize, row);
        }
        self.norm.apply(states);
    }
}

/// The position embeddings from the first token's on. llama.cpp leaves out the rows before it.
fn first_token_on(config: &EncoderConfig, weights: &Weights) -> Result<Vec<f32>, ModelError> {
    let name = "embeddings.position_embeddings.weight";
    let cut = [config.max_tokens(), config.hidden_size];
    if weights.shape(name) == Some(&cut) {
        return Ok(values(&weights.get(name, &cut)?));
    }
    let all = values(&weights.get(name, &[config.positions, config.hidden_size])?);
    Ok(all[config.first_position() * config.hidden_size..].to_vec())
}

impl Layer {
    fn load(config: &EncoderConfig, weights: &Weights, layer: usize) -> Result<Self, ModelError> {
        let (hidden, inner) = (config.hidden_size, config.intermediate_size);
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        let projections = ["attention.self.query", "attention.self.key", "attention.self.value"].map(name);
        Ok(Self {
            query_key_value: Linear::load(weights, &projections, hidden, hidden)?,
            attention_output: Linear::load(weights, &[name("attention.output.dense")], hidden, hidden)?,
            attention_norm: Norm::load(config, weights, &name("attention.output.LayerNorm"))?,
            inner: Linear::load(weights, &[name("intermediate.dense")], hidden, inner)?,
            output: Linear::load(weights, &[name("output.dense")], inner, hidden)?,
            output_norm: Norm::load(config, weights, &name("output.LayerNorm"))?,
        })
    }

    fn forward(&self, config: &EncoderConfig, seq: usize, scratch: &mut Scratch) {
        let Scratch { states, attended, projected, scores, context, inner } = scratch;
        self.query_key_value.apply(states, seq, None, projected);
        attention(config, seq, projected, scores, context);
        self.attention_output.apply(context, seq, Some(states), attended);
        self.attention_norm.apply(attended);
        self.inner.apply(attended, seq, None, inner);
        gelu(inner);
        self.output.apply(inner, seq, Some(attended), states);
        self.output_norm.apply(states);
    }
}

/// Scaled dot-product attention, head by head: `[seq, 3 * hidden]` to `[seq, hidden]`.
fn attention(config: &EncoderConfig, seq: usize, projected: &[f32], scores: &mut Vec<f32>, context: &mut Vec<f32>) {
    let (hidden, width) = (config.hidden_size, config.hidden_size / config.heads);
    let scale = 1.0 / (width as f32).sqrt();
    scores.resize(seq * seq, 0.0);
    context.resize(seq * hidden, 0.0);
    for head in 0..config.heads {
        let part = |which: usize| Matrix {
            data: &projected[which * hidden + head * width..],
            rows: seq,
            columns: width,
            row_stride: 3 * hidden,
            column_stride: 1,
        };
        let (query, key, value) = (part(0), part(1), part(2));
        matmul(scores, seq, Output::Replace, scale, query, key.transposed());
        softmax_rows(scores, seq);
        let weights = Matrix::row_major(scores, seq, seq);
        matmul(&mut context[head * width..], hidden, Output::Replace, 1.0, weights, value);
    }
}

impl Linear {
    /// The layers `names`, each `[outputs, inputs]` in the file, side by side.
    fn load(weights: &Weights, names: &[String], inputs: usize, outputs: usize) -> Result<Self, ModelError> {
        let all = names.len() * outputs;
        let mut weight = vec![0.0; inputs * all];
        let mut bias = Vec::with_capacity(all);
        for (part, name) in names.iter().enumerate() {
            let rows = values(&weights.get(&format!("{name}.weight"), &[outputs, inputs])?);
            for (output, row) in rows.chunks_exact(inputs).enumerate() {
                for (input, value) in row.iter().enumerate() {
                    weight[input * all + part * outputs + output] = *value;
                }
            }
            bias.extend(values(&weights.get(&format!("{name}.bias"), &[outputs])?));
        }
        Ok(Self { weight, bias })
    }

    /// `out = input * weight + bias`, plus `residual` if given; `[seq, inputs]` to `[seq, outputs]`.
    fn apply(&self, input: &[f32], seq: usize, residual: Option<&[f32]>, out: &mut Vec<f32>) {
        let (inputs, outputs) = (self.weight.len() / self.bias.len(), self.bias.len());
        out.resize(seq * outputs, 0.0);
        match residual {
            Some(residual) => {
                for (out, residual) in out.chunks_exact_mut(outputs).zip(residual.chunks_exact(outputs)) {
                    for ((out, residual), bias) in out.iter_mut().zip(residual).zip(&self.bias) {
                        *out = residual + bias;
                    }
                }
            }
            None => out.chunks_exact_mut(outputs).for_each(|row| row.copy_from_slice(&self.bias)),
        }
        let (input, weight) = (Matrix::row_major(input, seq, inputs), Matrix::row_major(&self.weight, inputs, outputs));
        matmul(out, outputs, Output::Add, 1.0, input, weight);
    }
}

impl Norm {
    fn load(config: &EncoderConfig, weights: &Weights, name: &str) -> Result<Self, ModelError> {
        let part = |end: &str| weights.get(&format!("{name}.{end}"), &[config.hidden_size]);
        let (weight, bias) = (values(&part("weight")?), values(&part("bias")?));
        Ok(Self { weight, bias, epsilon: config.layer_norm_epsilon as f32 })
    }

    fn apply(&self, values: &mut [f32]) {
        layer_norm_rows(values, &self.weight, &self.bias, self.epsilon);
    }
}
