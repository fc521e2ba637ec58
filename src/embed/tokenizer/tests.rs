//! A prepared tokenizer gives the ids that the tokenizers crate gives.

use std::sync::OnceLock;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;

use super::*;

const SAMPLE: &str = include_str!("../../../tests/fixtures/tokenizer/sample.jsonl");

fn source() -> ModelSource {
    ModelSource::Embedded
}

/// Reading it takes most of a second.
fn hub() -> &'static HubTokenizer {
    static HUB: OnceLock<HubTokenizer> = OnceLock::new();
    HUB.get_or_init(|| HubTokenizer::load(&source()).unwrap())
}

fn prepared() -> Unigram {
    let manifest = Manifest::of(&source()).unwrap();
    Unigram::new(PreparedTokenizer::of(&source(), &manifest).unwrap().expect("the embedded model has one"))
}

fn assert_same(expected: &HubTokenizer, found: &Unigram, text: &str) {
    for special in [false, true] {
        assert_eq!(found.ids(text, special).unwrap(), expected.ids(text, special).unwrap(), "{text:?}");
    }
}

/// Words as they stand in batches.
const WORDS: &[&str] =
    &["政务", "数据共享", "一网通办", "カタカナ", "ing", "tion", "Service", "2023年", "。", "，", "㎡", "①"];

/// What a tokenizer may stumble over.
const ODD: &[&str] = &[
    " ",
    "  ",
    "\n",
    "\t",
    "\r\n",
    "\u{3000}",
    "\u{A0}",
    "\u{200B}",
    "\u{200D}",
    "\u{FEFF}",
    "\u{FE0F}",
    "▁",
    "▁▁",
    "\0",
    "\u{1}",
    "\u{7F}",
    "\u{FFFD}",
    "é",
    "e\u{301}",
    "각",
    "ᄀ",
    "﷼",
    "<s>",
    "</s>",
    "<unk>",
    "<pad>",
    "<mask>",
    "<",
    "<unk",
    "＜ｓ＞",
    "＜ｕｎｋ＞",
    "👩‍👩‍👧",
    "🇨🇳",
    "👍🏽",
    "ﬁ",
    "½",
];

/// What batches are made of and what they should not hold, each class about as often.
fn text() -> impl Strategy<Value = String> {
    let class = |ranges: &'static [(char, char)]| {
        select(ranges).prop_flat_map(|(first, last)| proptest::char::range(first, last)).prop_map(String::from)
    };
    let part = prop_oneof![
        4 => class(&[('\u{4E00}', '\u{9FFF}'), ('\u{3400}', '\u{4DBF}'), ('\u{3040}', '\u{30FF}')]),
        3 => class(&[('a', 'z'), ('A', 'Z'), ('0', '9')]),
        2 => class(&[(' ', '~'), ('\u{A0}', '\u{24F}'), ('\u{300}', '\u{36F}')]),
        2 => class(&[('\u{3000}', '\u{303F}'), ('\u{FF00}', '\u{FFEF}'), ('\u{2000}', '\u{2BFF}'), ('\u{F900}', '\u{FAFF}')]),
        1 => class(&[('\u{1F300}', '\u{1FAFF}'), ('\u{0}', '\u{1F}'), ('\u{400}', '\u{5FF}'), ('\u{AC00}', '\u{D7A3}')]),
        1 => any::<char>().prop_map(String::from),
        3 => select(WORDS).prop_map(str::to_owned),
        3 => select(ODD).prop_map(str::to_owned),
    ];
    proptest::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

fn compare_any_texts(expected: &HubTokenizer, found: &Unigram, cases: u32) {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let same = |text: String| {
        assert_same(expected, found, &text);
        Ok(())
    };
    TestRunner::new(config).run(&text(), same).unwrap();
}

#[test]
fn any_text_has_the_same_ids() {
    compare_any_texts(hub(), &prepared(), 4_000);
}

#[test]
fn the_recorded_sample_has_the_same_ids() {
    let prepared = prepared();
    for line in SAMPLE.lines() {
        let (text, _): (String, String) = serde_json::from_str(line).unwrap();
        assert_same(hub(), &prepared, &text);
    }
    assert!(SAMPLE.lines().count() >= 500);
}

#[test]
fn a_hundred_thousand_characters_without_a_space_have_the_same_ids() {
    let pool: Vec<char> = SAMPLE.chars().filter(|character| !character.is_whitespace()).collect();
    let mixed: String = (0..100_000).map(|i| pool[i * 7919 % pool.len()]).collect();
    let prepared = prepared();
    for text in ["办".repeat(100_000), "a".repeat(100_000), "\0".repeat(100_000), "<".repeat(100_000), mixed] {
        assert_same(hub(), &prepared, &text);
    }
}

#[test]
fn both_say_the_same_of_themselves() {
    assert_eq!(prepared().size(), hub().size());
    assert_eq!(prepared().unknown_id(), hub().unknown_id());
}

/// Prints characters a second, medians of five; the tokenizers crate remembers words, so it reads each text once before.
#[test]
#[ignore = "SHORTLISTER_TEXTS: a file with a text a line"]
fn speed_beside_the_tokenizers_crate() {
    let text = std::fs::read_to_string(std::env::var_os("SHORTLISTER_TEXTS").unwrap()).unwrap();
    let endless = SAMPLE.chars().filter(|character| !character.is_whitespace()).cycle().take(100_000).collect();
    for texts in [text.lines().map(str::to_owned).collect::<Vec<String>>(), vec![endless]] {
        let characters: usize = texts.iter().map(|text| text.chars().count()).sum();
        let speed = |tokenizer: &dyn Tokenizer| {
            let mut seconds: Vec<f64> = (0..6)
                .map(|_| {
                    let start = std::time::Instant::now();
                    texts.iter().for_each(|text| assert!(!tokenizer.ids(text, true).unwrap().is_empty()));
                    start.elapsed().as_secs_f64()
                })
                .skip(1)
                .collect();
            seconds.sort_by(f64::total_cmp);
            characters as f64 / seconds[2]
        };
        println!(
            "{} texts, {characters} characters: prepared {:.0}/s, tokenizers {:.0}/s",
            texts.len(),
            speed(&prepared()),
            speed(hub())
        );
    }
}

/// Runs where `SHORTLISTER_FULL_TOKENIZER` names the full `tokenizer.json`.
#[test]
fn the_full_tokenizer_prepared_has_the_same_ids() {
    let Some(path) = std::env::var_os("SHORTLISTER_FULL_TOKENIZER") else { return };
    let json = std::fs::read(path).unwrap();
    let prepared = Unigram::new(PreparedTokenizer::from_json(&json).unwrap());
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tokenizer.json"), &json).unwrap();
    let hub = HubTokenizer::load(&ModelSource::Folder(folder.path().to_owned())).unwrap();
    compare_any_texts(&hub, &prepared, 20_000);
}
