//! Lays a Unigram `tokenizer.json` out so that it can be used where it lies.

use std::collections::BTreeMap;

use base64::Engine as _;
use serde::Deserialize;
use yada::builder::DoubleArrayBuilder;

use super::super::prepared::{Layout, SpecialToken, write};
use super::tokenizer_json::TokenizerFile;
use crate::digest::sha256_hex;

#[derive(Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
enum Normalizer {
    Sequence { normalizers: (Charsmap, Replacement) },
}

#[derive(Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
enum Charsmap {
    Precompiled { precompiled_charsmap: String },
}

#[derive(Deserialize, PartialEq)]
#[serde(tag = "type", deny_unknown_fields)]
enum Replacement {
    Replace { pattern: Pattern, content: String },
}

#[derive(Deserialize, PartialEq)]
enum Pattern {
    Regex(String),
}

#[derive(Deserialize, PartialEq)]
#[serde(tag = "type", deny_unknown_fields)]
enum PreTokenizer {
    Metaspace { replacement: char, add_prefix_space: bool },
}

/// What it does with pairs of texts and with their types changes no id of a single text.
#[derive(Deserialize)]
#[serde(tag = "type")]
enum PostProcessor {
    TemplateProcessing { single: Vec<Part>, special_tokens: BTreeMap<String, Special> },
}

#[derive(Deserialize)]
enum Part {
    SpecialToken { id: String },
    Sequence {},
}

#[derive(Deserialize)]
struct Special {
    ids: Vec<u32>,
}

/// The prepared form of the tokenizer in `json`. The same bytes give the same bytes.
///
/// # Errors
/// Where the tokenizer does anything that its prepared form does not do.
pub fn prepare(json: &[u8]) -> Result<Vec<u8>, String> {
    let file: TokenizerFile = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let charsmap = charsmap(&file)?;
    check_pre_tokenizer(&file)?;
    let (before, after) = template(&file)?;
    let layout = Layout {
        source_sha256: sha256_hex([json]),
        unknown_id: id(file.model.unk_id)?,
        before,
        after,
        special: special_tokens(&file)?,
    };
    let scores: Vec<f64> = file.model.vocab.iter().map(|(_, score)| *score).collect();
    write(&layout, &scores, &trie(&file.model.vocab)?, &charsmap)
}

fn id(id: usize) -> Result<u32, String> {
    u32::try_from(id).map_err(|_| format!("the id {id} is too large"))
}

fn part<T: serde::de::DeserializeOwned>(what: &str, value: &serde_json::Value) -> Result<T, String> {
    serde_json::from_value(value.clone()).map_err(|error| format!("its {what} cannot be prepared: {error}"))
}

/// The character map; the second normalizer must be the one that joins spaces.
fn charsmap(file: &TokenizerFile) -> Result<Vec<u8>, String> {
    let Normalizer::Sequence { normalizers: (map, replacement) } = part("normalizer", &file.normalizer)?;
    let join_spaces = Replacement::Replace { pattern: Pattern::Regex(" {2,}".to_owned()), content: " ".to_owned() };
    if replacement != join_spaces {
        return Err("its second normalizer is not the one that joins spaces".to_owned());
    }
    let Charsmap::Precompiled { precompiled_charsmap } = map;
    let decoded = base64::engine::general_purpose::STANDARD.decode(precompiled_charsmap);
    decoded.map_err(|error| format!("its character map is no base64: {error}"))
}

fn check_pre_tokenizer(file: &TokenizerFile) -> Result<(), String> {
    let metaspace = PreTokenizer::Metaspace { replacement: crate::model::WORD_MARK, add_prefix_space: true };
    if part::<PreTokenizer>("pre-tokenizer", &file.pre_tokenizer)? == metaspace {
        return Ok(());
    }
    Err("its pre-tokenizer does not put a mark before every word".to_owned())
}

/// Ids that stand before and after the pieces of a text.
fn template(file: &TokenizerFile) -> Result<(Vec<u32>, Vec<u32>), String> {
    let PostProcessor::TemplateProcessing { single, special_tokens } = part("post-processor", &file.post_processor)?;
    let (mut before, mut after, mut sequences) = (Vec::new(), Vec::new(), 0);
    for part in single {
        match part {
            Part::Sequence {} => sequences += 1,
            Part::SpecialToken { id, .. } => {
                let special = special_tokens.get(&id).ok_or_else(|| format!("it does not say what {id} is"))?;
                let side = if sequences == 0 { &mut before } else { &mut after };
                side.extend(&special.ids);
            }
        }
    }
    if sequences == 1 { Ok((before, after)) } else { Err(format!("its template has the text {sequences} times")) }
}

/// The added tokens, each found in a text as it is written.
fn special_tokens(file: &TokenizerFile) -> Result<Vec<SpecialToken>, String> {
    let special = file.added_tokens.iter().map(|token| {
        let plain = !token.single_word && !token.lstrip && !token.rstrip && !token.normalized;
        if !plain || token.content.is_empty() {
            return Err(format!("its added token `{}` is not found as written", token.content));
        }
        Ok(SpecialToken { content: token.content.clone(), id: id(token.id)? })
    });
    special.collect()
}

/// From the bytes of a piece to its id.
fn trie(vocab: &[(String, f64)]) -> Result<Vec<u8>, String> {
    let pieces = vocab.iter().enumerate().map(|(position, (piece, _))| Ok((piece.as_str(), id(position)?)));
    let mut pieces = pieces.collect::<Result<Vec<_>, String>>()?;
    pieces.sort();
    DoubleArrayBuilder::build(&pieces).map_err(|error| format!("its pieces make no trie: {error}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The embedded model's, its vocabulary cut down and with a character map of one character.
    fn tokenizer() -> Value {
        let map = DoubleArrayBuilder::build(&[("\u{FF21}", 0)]).unwrap();
        let charsmap = [(map.len() as u32).to_le_bytes().as_slice(), &map, b"a\0"].concat();
        let token = json!({"id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
                           "normalized": false, "special": true});
        json!({
            "version": "1.0", "truncation": null, "padding": null, "added_tokens": [token],
            "normalizer": {"type": "Sequence", "normalizers": [
                {"type": "Precompiled",
                 "precompiled_charsmap": base64::engine::general_purpose::STANDARD.encode(charsmap)},
                {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]},
            "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "add_prefix_space": true},
            "post_processor": {"type": "TemplateProcessing", "pair": [],
                "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
                "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}}},
            "decoder": null,
            "model": {"type": "Unigram", "unk_id": 1, "vocab": [["<s>", 0.0], ["<unk>", 0.0], ["▁a", -1.5]]},
        })
    }

    fn bytes(tokenizer: &Value) -> Vec<u8> {
        tokenizer.to_string().into_bytes()
    }

    #[test]
    fn the_same_tokenizer_gives_the_same_bytes() {
        let json = bytes(&tokenizer());
        assert!(prepare(&json).unwrap() == prepare(&json).unwrap());
    }

    #[test]
    fn a_tokenizer_that_does_anything_else_is_refused() {
        for (pointer, other) in [
            ("/normalizer", json!({"type": "NFKC"})),
            ("/normalizer/normalizers/1/content", json!("")),
            ("/normalizer/normalizers/0/precompiled_charsmap", json!("?")),
            ("/pre_tokenizer/replacement", json!("_")),
            ("/pre_tokenizer/add_prefix_space", json!(false)),
            ("/post_processor/single", json!([])),
            ("/post_processor/special_tokens", json!({})),
            ("/added_tokens/0/lstrip", json!(true)),
            ("/added_tokens/0/normalized", json!(true)),
            ("/model/vocab/2/0", json!("<unk>")),
        ] {
            let mut tokenizer = tokenizer();
            *tokenizer.pointer_mut(pointer).unwrap() = other;
            assert!(prepare(&bytes(&tokenizer)).is_err(), "{pointer}");
        }
    }

    #[test]
    #[cfg(feature = "embedded-model")]
    fn the_embedded_one_is_made_from_its_tokenizer_json() {
        use crate::model::ModelSource::Embedded;
        let prepared = prepare(&Embedded.read("tokenizer.json").unwrap()).unwrap();
        assert!(prepared == *Embedded.read("tokenizer.safetensors").unwrap());
    }
}
