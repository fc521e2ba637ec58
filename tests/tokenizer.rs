//! The trimmed tokenizer splits text in the kept scripts exactly as the full one.
#![cfg(feature = "embedded-model")]

use proptest::prelude::*;
use shortlister::model::ModelSource;
use shortlister::model::import::is_kept;
use tokenizers::Tokenizer;

const SAMPLE: &str = include_str!("fixtures/tokenizer/sample.jsonl");

fn trimmed() -> Tokenizer {
    Tokenizer::from_bytes(ModelSource::Embedded.read("tokenizer.json").unwrap()).unwrap()
}

fn pieces(tokenizer: &Tokenizer, text: &str) -> Vec<String> {
    tokenizer.encode(text, false).unwrap().get_tokens().to_vec()
}

#[test]
fn the_recorded_sample_splits_as_by_the_full_tokenizer() {
    let trimmed = trimmed();
    let mut count = 0;
    for line in SAMPLE.lines() {
        let (text, expected): (String, String) = serde_json::from_str(line).unwrap();
        assert_eq!(pieces(&trimmed, &text).join(" "), expected, "{text:?}");
        count += 1;
    }
    assert!(count >= 500);
}

#[test]
fn special_tokens_keep_their_ids() {
    let trimmed = trimmed();
    assert_eq!(trimmed.get_vocab_size(true), 131_708);
    for (piece, id) in [("<s>", 0), ("<pad>", 1), ("</s>", 2), ("<unk>", 3), ("<mask>", 131_707)] {
        assert_eq!(trimmed.token_to_id(piece), Some(id));
    }
    let encoding = trimmed.encode("a", true).unwrap();
    assert_eq!(encoding.get_tokens(), ["<s>", "▁a", "</s>"]);
}

/// Characters a batch is written in, each class about as often.
fn text() -> impl Strategy<Value = String> {
    let class = |ranges: &'static [(char, char)]| {
        proptest::sample::select(ranges).prop_flat_map(|(first, last)| proptest::char::range(first, last))
    };
    let character = prop_oneof![
        4 => class(&[('\u{4E00}', '\u{9FFF}'), ('\u{3400}', '\u{4DBF}')]),
        3 => class(&[('a', 'z'), ('A', 'Z'), ('0', '9')]),
        2 => class(&[(' ', '~'), ('\u{A0}', '\u{24F}')]),
        2 => class(&[('\u{3000}', '\u{303F}'), ('\u{FF00}', '\u{FF60}'), ('\u{2000}', '\u{2BFF}')]),
        1 => proptest::sample::select(vec![' ', '\n', '\t', '　', '▁']),
    ];
    let word = proptest::sample::select(vec!["政务", "数据共享", "一网通办", "ing", "tion", "Service", "2023年", "。"]);
    let part = prop_oneof![character.prop_map(String::from), word.prop_map(str::to_owned)];
    proptest::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

/// Runs where `SHORTLISTER_FULL_TOKENIZER` names the full `tokenizer.json`.
#[test]
fn any_text_in_the_kept_scripts_splits_as_by_the_full_tokenizer() {
    let Some(path) = std::env::var_os("SHORTLISTER_FULL_TOKENIZER") else { return };
    let (trimmed, full) = (trimmed(), Tokenizer::from_file(path).unwrap());
    let mut compared = 0;
    let config = ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() };
    proptest::test_runner::TestRunner::new(config)
        .run(&text(), |text| {
            let expected = pieces(&full, &text);
            // NFKC may lead out of the kept scripts (µ becomes a Greek letter).
            if normalized(&full, &text).chars().all(is_kept) {
                prop_assert_eq!(pieces(&trimmed, &text), expected);
            }
            Ok(())
        })
        .unwrap();
    for line in SAMPLE.lines() {
        let (text, _): (String, String) = serde_json::from_str(line).unwrap();
        assert!(normalized(&full, &text).chars().all(is_kept));
        assert_eq!(pieces(&trimmed, &text), pieces(&full, &text));
        compared += 1;
    }
    assert!(compared >= 500);
}

fn normalized(tokenizer: &Tokenizer, text: &str) -> String {
    use tokenizers::{NormalizedString, Normalizer};
    let mut normalized = NormalizedString::from(text);
    tokenizer.get_normalizer().unwrap().normalize(&mut normalized).unwrap();
    normalized.get().to_owned()
}
