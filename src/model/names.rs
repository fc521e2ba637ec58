//! What others call the tensors of a BERT.

use std::collections::HashMap;

/// The word embeddings.
pub(super) const WORDS: &str = "embeddings.word_embeddings.weight";

/// llama.cpp's beginning of a name, and that of transformers.
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

/// llama.cpp's name for a tensor, turned into that of transformers; an unknown one stays as it is.
pub(super) fn transformers_name(name: &str) -> String {
    let (layer, rest) = match name.strip_prefix("blk.").and_then(|rest| rest.split_once('.')) {
        Some((layer, rest)) => (format!("encoder.layer.{layer}."), rest),
        None => (String::new(), name),
    };
    let part = PARTS.iter().find_map(|(theirs, ours)| rest.strip_prefix(theirs).map(|end| format!("{ours}{end}")));
    format!("{layer}{}", part.unwrap_or_else(|| rest.to_owned()))
}

/// Some files put the model's name (`bert.`, `roberta.`) before every tensor.
pub(super) fn without_model_prefix<T>(tensors: HashMap<String, T>) -> HashMap<String, T> {
    let prefix = tensors.keys().find_map(|name| name.strip_suffix(WORDS)).unwrap_or_default().to_owned();
    let short = |name: String| name.strip_prefix(&prefix).unwrap_or(&name).to_owned();
    tensors.into_iter().map(|(name, tensor)| (short(name), tensor)).collect()
}

/// The first BERT checkpoints named the parts of a layer norm gamma and beta.
pub(super) fn without_old_norm_names(name: &str) -> String {
    name.replace("LayerNorm.gamma", "LayerNorm.weight").replace("LayerNorm.beta", "LayerNorm.bias")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_llama_cpp_become_those_of_transformers() {
        for (theirs, ours) in [
            ("token_embd.weight", WORDS),
            ("token_embd_norm.bias", "embeddings.LayerNorm.bias"),
            ("blk.11.attn_output.weight", "encoder.layer.11.attention.output.dense.weight"),
            ("blk.0.attn_output_norm.bias", "encoder.layer.0.attention.output.LayerNorm.bias"),
            ("blk.3.layer_output_norm.weight", "encoder.layer.3.output.LayerNorm.weight"),
            ("something.else", "something.else"),
        ] {
            assert_eq!(transformers_name(theirs), ours);
        }
    }

    #[test]
    fn a_model_prefix_and_old_norm_names_are_left_out() {
        let tensors = [("roberta.embeddings.word_embeddings.weight", 1), ("roberta.embeddings.LayerNorm.gamma", 2)];
        let tensors = without_model_prefix(tensors.map(|(name, value)| (name.to_owned(), value)).into());
        assert_eq!(tensors[WORDS], 1);
        assert_eq!(without_old_norm_names("embeddings.LayerNorm.gamma"), "embeddings.LayerNorm.weight");
    }
}
