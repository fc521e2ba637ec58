//! A tiny encoder with made-up weights, written as a model folder.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use candle_core::{Device, Tensor};

pub const HIDDEN: usize = 64;
pub const INNER: usize = 128;
pub const LAYERS: usize = 2;
pub const POSITIONS: usize = 24;
pub const PIECES: [&str; 12] = ["<s>", "<pad>", "</s>", "<unk>", "▁", "办", "政", "务", "服", "a", "b", "c"];

/// Name and shape of every tensor, as transformers names them.
pub fn shapes() -> Vec<(String, Vec<usize>)> {
    let mut shapes = vec![
        ("embeddings.word_embeddings.weight".to_owned(), vec![PIECES.len(), HIDDEN]),
        ("embeddings.position_embeddings.weight".to_owned(), vec![POSITIONS, HIDDEN]),
        ("embeddings.token_type_embeddings.weight".to_owned(), vec![1, HIDDEN]),
        ("embeddings.LayerNorm.weight".to_owned(), vec![HIDDEN]),
        ("embeddings.LayerNorm.bias".to_owned(), vec![HIDDEN]),
    ];
    for layer in 0..LAYERS {
        for (part, outputs, inputs) in [
            ("attention.self.query", HIDDEN, HIDDEN),
            ("attention.self.key", HIDDEN, HIDDEN),
            ("attention.self.value", HIDDEN, HIDDEN),
            ("attention.output.dense", HIDDEN, HIDDEN),
            ("intermediate.dense", INNER, HIDDEN),
            ("output.dense", HIDDEN, INNER),
        ] {
            shapes.push((format!("encoder.layer.{layer}.{part}.weight"), vec![outputs, inputs]));
            shapes.push((format!("encoder.layer.{layer}.{part}.bias"), vec![outputs]));
        }
        for part in ["attention.output.LayerNorm", "output.LayerNorm"] {
            shapes.push((format!("encoder.layer.{layer}.{part}.weight"), vec![HIDDEN]));
            shapes.push((format!("encoder.layer.{layer}.{part}.bias"), vec![HIDDEN]));
        }
    }
    shapes
}

/// The same numbers every time; large enough that attention has something to choose.
pub fn tensors() -> HashMap<String, Tensor> {
    let mut state = 2023_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as f32 / (1_u64 << 31) as f32 - 0.5) * 0.6
    };
    let tensor = |(name, shape): (String, Vec<usize>)| {
        let count = shape.iter().product();
        let shift = if name.ends_with("LayerNorm.weight") { 1.0 } else { 0.0 };
        let values: Vec<f32> = (0..count).map(|_| next() + shift).collect();
        (name, Tensor::from_vec(values, shape, &Device::Cpu).unwrap())
    };
    shapes().into_iter().map(tensor).collect()
}

pub fn config(model_type: &str) -> serde_json::Value {
    serde_json::json!({
        "model_type": model_type, "hidden_size": HIDDEN, "num_hidden_layers": LAYERS, "num_attention_heads": 4,
        "intermediate_size": INNER, "vocab_size": PIECES.len(), "max_position_embeddings": POSITIONS,
        "type_vocab_size": 1, "layer_norm_eps": 1e-5, "pad_token_id": 1, "hidden_act": "gelu",
    })
}

pub fn tokenizer() -> serde_json::Value {
    let vocab: Vec<(&str, f64)> = PIECES.iter().enumerate().map(|(i, piece)| (*piece, -(i as f64))).collect();
    let special = |id: usize| {
        serde_json::json!({"id": id, "content": PIECES[id], "single_word": false, "lstrip": false, "rstrip": false,
                           "normalized": false, "special": true})
    };
    serde_json::json!({
        "version": "1.0", "truncation": {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0},
        "padding": null, "added_tokens": (0..4).map(special).collect::<Vec<_>>(), "normalizer": null,
        "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": true},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
                       {"SpecialToken": {"id": "</s>", "type_id": 0}}],
            "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]},
                               "</s>": {"id": "</s>", "ids": [2], "tokens": ["</s>"]}},
        },
        "decoder": null, "model": {"type": "Unigram", "unk_id": 3, "vocab": vocab},
    })
}

/// Writes a complete folder as sentence-transformers lays it out.
pub fn write_folder(folder: &Path, model_type: &str, pooling: &str) -> PathBuf {
    std::fs::create_dir_all(folder.join("1_Pooling")).unwrap();
    write_json(folder, "config.json", &config(model_type));
    write_json(folder, "tokenizer.json", &tokenizer());
    let pooling = serde_json::json!({
        "word_embedding_dimension": HIDDEN, "pooling_mode_mean_tokens": pooling == "mean",
        "pooling_mode_cls_token": pooling == "cls", "pooling_mode_max_tokens": pooling == "max",
    });
    write_json(folder, "1_Pooling/config.json", &pooling);
    write_weights(folder, &tensors());
    folder.to_owned()
}

pub fn write_json(folder: &Path, file: &str, value: &serde_json::Value) {
    std::fs::write(folder.join(file), value.to_string()).unwrap();
}

pub fn write_weights(folder: &Path, tensors: &HashMap<String, Tensor>) {
    candle_core::safetensors::save(tensors, folder.join("model.safetensors")).unwrap();
}
