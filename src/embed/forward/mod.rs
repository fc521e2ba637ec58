//! The forward pass of BERT-style encoders: several texts, one thread.
//!
//! What candle-transformers' `bert` computes (tests compare them), without its copies and its hand-over between threads.
//! The tokens of several texts lie one after another in one matrix, without padding, so that products with weights run
//! at the CPU's full rate however short the texts are; attention stays within each text. Weights are packed once, the
//! three projections of attention are one product, buffers are reused. Products with weights run in one of two
//! arithmetics, [`int8`] or [`f32`]; everything between them is f32.

mod attention;
mod f32;
mod int8;
mod kernels;
mod linear;

use super::Arithmetic;
use crate::model::{EncoderConfig, ModelError, RowTable, Weights, values};
use attention::{Attention, Heads};
use kernels::{add, layer_norm_rows};
use linear::{Linear, Products};
use rten_simd::SimdUnaryOp;
use rten_vecmath::Gelu;

pub use int8::{Int8Linear, Kernel};

/// Rows that go through a layer's feed-forward part together: what is between its products then stays in the cache.
const ROWS_TOGETHER: usize = 64;

/// The weights of an encoder, laid out for [`Network::forward`].
pub struct Network {
    heads: Heads,
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

struct Norm {
    weight: Vec<f32>,
    bias: Vec<f32>,
    epsilon: f32,
}

/// What one thread reuses from job to job. `tokens` are those of all texts of a job.
#[derive(Default)]
pub struct Scratch {
    products: Products,
    attention: Attention,
    /// `[tokens, hidden]`: what a layer takes and gives.
    states: Vec<f32>,
    /// `[tokens, 3 * hidden]`: query, key and value side by side.
    projected: Vec<f32>,
    /// `[tokens, hidden]`: the heads' results side by side.
    context: Vec<f32>,
    /// `[rows, hidden]`: after attention.
    attended: Vec<f32>,
    /// `[rows, intermediate]`.
    inner: Vec<f32>,
    /// `[rows, hidden]`.
    output: Vec<f32>,
}

impl Network {
    /// Takes the weights that `config` asks for.
    ///
    /// # Errors
    /// [`ModelError::Tensor`] when one is missing or has another shape.
    pub fn load(config: &EncoderConfig, weights: &Weights, arithmetic: Arithmetic) -> Result<Self, ModelError> {
        let hidden = config.hidden_size;
        let words = weights.table("embeddings.word_embeddings.weight", config.vocabulary, hidden)?;
        let mut positions = first_token_on(config, weights)?;
        let types = values(&weights.get("embeddings.token_type_embeddings.weight", &[config.types, hidden])?);
        for row in positions.chunks_exact_mut(hidden) {
            row.iter_mut().zip(&types).for_each(|(position, kind)| *position += kind);
        }
        Ok(Self {
            words,
            positions,
            norm: Norm::load(config, weights, "embeddings.LayerNorm")?,
            layers: (0..config.layers)
                .map(|layer| Layer::load(config, weights, arithmetic, layer))
                .collect::<Result<_, _>>()?,
            heads: Heads { count: config.heads, hidden },
        })
    }

    /// Hidden states of the last layer, `[tokens, hidden] f32`, text after text; they lie in `scratch`.
    ///
    /// A text's rows have the same bits whatever texts stand beside it.
    ///
    /// # Panics
    /// When a text has more ids than there are positions, or an id beyond the vocabulary; [`super::Encoder`] checks
    /// both.
    pub fn forward<'s>(&self, texts: &[&[u32]], scratch: &'s mut Scratch) -> &'s [f32] {
        scratch.states.clear();
        for ids in texts {
            self.embed(ids, &mut scratch.states);
        }
        for layer in &self.layers {
            layer.forward(self.heads, texts, scratch);
        }
        &scratch.states
    }

    /// Appends the `[ids.len(), hidden]` embeddings of one text.
    fn embed(&self, ids: &[u32], states: &mut Vec<f32>) {
        let hidden = self.heads.hidden;
        let start = states.len();
        states.extend_from_slice(&self.positions[..ids.len() * hidden]);
        let states = &mut states[start..];
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
    if weights.shape(name).as_deref() == Some(&cut) {
        return Ok(values(&weights.get(name, &cut)?));
    }
    let all = values(&weights.get(name, &[config.positions, config.hidden_size])?);
    Ok(all[config.first_position() * config.hidden_size..].to_vec())
}

impl Layer {
    fn load(
        config: &EncoderConfig,
        weights: &Weights,
        arithmetic: Arithmetic,
        layer: usize,
    ) -> Result<Self, ModelError> {
        let (hidden, inner) = (config.hidden_size, config.intermediate_size);
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        let linear = |parts: &[&str], inputs, outputs| {
            Linear::load(arithmetic, weights, &parts.iter().map(|part| name(part)).collect::<Vec<_>>(), inputs, outputs)
        };
        let projections = ["attention.self.query", "attention.self.key", "attention.self.value"];
        Ok(Self {
            query_key_value: linear(&projections, hidden, hidden)?,
            attention_output: linear(&["attention.output.dense"], hidden, hidden)?,
            attention_norm: Norm::load(config, weights, &name("attention.output.LayerNorm"))?,
            inner: linear(&["intermediate.dense"], hidden, inner)?,
            output: linear(&["output.dense"], inner, hidden)?,
            output_norm: Norm::load(config, weights, &name("output.LayerNorm"))?,
        })
    }

    fn forward(&self, heads: Heads, texts: &[&[u32]], scratch: &mut Scratch) {
        let Scratch { products, attention, states, projected, context, attended, inner, output } = scratch;
        self.query_key_value.product(products, states, projected);
        context.resize(states.len(), 0.0);
        let mut start = 0;
        for ids in texts {
            let end = start + ids.len() * heads.hidden;
            attention.attend(heads, &projected[3 * start..3 * end], &mut context[start..end]);
            start = end;
        }
        let together = ROWS_TOGETHER * heads.hidden;
        for (states, context) in states.chunks_mut(together).zip(context.chunks(together)) {
            self.attention_output.product(products, context, attended);
            self.attention_norm.add_and_apply(attended, states);
            self.inner.product(products, attended, inner);
            Gelu {}.map_mut(inner);
            self.output.product(products, inner, output);
            self.output_norm.add_and_apply(output, attended);
            states.copy_from_slice(output);
        }
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

    /// Adds `residual`, then norms.
    fn add_and_apply(&self, values: &mut [f32], residual: &[f32]) {
        add(values, residual);
        self.apply(values);
    }
}
