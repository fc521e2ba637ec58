//! Vectors of the embedded model: right, unit, and the same for any batch, order and number of threads.
#![cfg(feature = "embedded-model")]

use std::sync::OnceLock;

use proptest::prelude::*;
use serde::Deserialize;
use shortlister::embed::reference::Reference;
use shortlister::embed::{Arithmetic, Encoder, EncoderOptions, Engine, Role, Vectors, vectors};
use shortlister::model::ModelSource;
use shortlister::progress::Silent;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    role: String,
    text: String,
}

fn texts() -> Vec<(Role, String)> {
    let texts: Vec<Text> = serde_json::from_str(include_str!("fixtures/vectors/texts.json")).unwrap();
    let role = |text: &Text| if text.role == "query" { Role::Query } else { Role::Passage };
    texts.into_iter().map(|text| (role(&text), text.text)).collect()
}

/// `[25, 384] f32`; the header of this file is 128 bytes long.
fn reference() -> Vec<Vec<f32>> {
    let bytes = include_bytes!("fixtures/vectors/reference.npy");
    let value = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().unwrap());
    let values: Vec<f32> = bytes[128..].chunks_exact(4).map(value).collect();
    values.chunks_exact(384).map(<[f32]>::to_vec).collect()
}

/// int8 on one, two or three threads.
fn encoder(threads: usize) -> &'static Encoder {
    static ENCODERS: [OnceLock<Encoder>; 3] = [const { OnceLock::new() }; 3];
    ENCODERS[threads - 1].get_or_init(|| load(threads, Engine::Int8))
}

/// f32 on one or two threads.
fn f32_encoder(threads: usize) -> &'static Encoder {
    static ENCODERS: [OnceLock<Encoder>; 2] = [const { OnceLock::new() }; 2];
    ENCODERS[threads - 1].get_or_init(|| load(threads, Engine::F32))
}

fn load(threads: usize, engine: Engine) -> Encoder {
    Encoder::load(&ModelSource::Embedded, EncoderOptions { threads: Some(threads), engine }).unwrap()
}

fn embed(encoder: &Encoder, texts: &[&str], role: Role) -> Vectors {
    encoder.embed(texts, role, &Silent).unwrap().vectors
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

#[test]
fn vectors_agree_with_onnx_runtime() {
    let (texts, reference) = (texts(), reference());
    assert!(texts.len() >= 24 && texts.len() == reference.len());
    for ((role, text), expected) in texts.iter().zip(&reference) {
        for (encoder, at_least) in [(f32_encoder(2), 0.999_99), (encoder(3), 0.999_8)] {
            let vectors = embed(encoder, &[text], *role);
            assert!((dot(vectors.row(0), vectors.row(0)) - 1.0).abs() < 1e-5);
            let cosine = dot(vectors.row(0), expected);
            assert!(cosine >= at_least, "{:?}: {cosine} for {text:?}", encoder.arithmetic());
        }
    }
}

#[test]
fn the_forward_pass_agrees_with_that_of_candle() {
    let reference = Reference::load(&ModelSource::Embedded).unwrap();
    let tokenizer = tokenizers::Tokenizer::from_bytes(ModelSource::Embedded.read("tokenizer.json").unwrap()).unwrap();
    for text in ["query: 政务", "query: 区级平台接入工单，按职责派给街道，超时自动提醒。 Nothing is lost."]
    {
        let ids = tokenizer.encode(text, true).unwrap().get_ids().to_vec();
        let mean = reference.hidden_states(&ids).unwrap().mean(0).unwrap().to_vec1::<f32>().unwrap();
        let vectors = embed(f32_encoder(1), &[text.strip_prefix("query: ").unwrap()], Role::Query);
        let cosine = dot(vectors.row(0), &mean) / dot(&mean, &mean).sqrt();
        assert!(cosine >= 0.999_999, "{cosine}");
    }
}

#[test]
fn the_engine_in_use_is_named() {
    assert_eq!(encoder(1).arithmetic(), Arithmetic::Int8);
    assert_eq!(f32_encoder(1).arithmetic().name(), "f32");
    let auto = load(1, Engine::Auto);
    assert_eq!(auto.arithmetic() == Arithmetic::F32, Engine::int8_kernel() == "portable");
}

/// Bits, since equality of floats would let 0.0 and -0.0 pass.
fn bits(row: &[f32]) -> Vec<u32> {
    row.iter().map(|value| value.to_bits()).collect()
}

#[test]
fn a_vector_has_the_same_bits_alone_and_in_any_batch_order_and_thread_count() {
    let texts = texts();
    let mut all: Vec<&str> = texts.iter().map(|(_, text)| text.as_str()).filter(|text| text.len() < 1500).collect();
    all.push(all[8]);
    for (one, several) in [(encoder(1), encoder(3)), (f32_encoder(1), f32_encoder(2))] {
        same_bits(one, several, &all);
    }
}

fn same_bits(one: &Encoder, several: &Encoder, all: &[&str]) {
    let alone: Vec<Vec<u32>> = all.iter().map(|text| bits(embed(one, &[text], Role::Passage).row(0))).collect();
    for (threads, encoder) in [(1, one), (3, several)] {
        let forward = embed(encoder, all, Role::Passage);
        let backward: Vec<&str> = all.iter().rev().copied().collect();
        let backward = embed(encoder, &backward, Role::Passage);
        for (index, expected) in alone.iter().enumerate() {
            assert_eq!(&bits(forward.row(index)), expected, "threads {threads}, {:?}", all[index]);
            assert_eq!(&bits(backward.row(all.len() - 1 - index)), expected, "reversed, {:?}", all[index]);
        }
    }
}

/// Sixty different texts of 4 to about 200 tokens, and what each gives alone on one thread.
fn sixty() -> &'static [(String, Vec<u32>)] {
    static SIXTY: OnceLock<Vec<(String, Vec<u32>)>> = OnceLock::new();
    SIXTY.get_or_init(|| {
        let pool: String = texts().into_iter().map(|(_, text)| text.chars().take(300).collect::<String>()).collect();
        let pool: Vec<char> = pool.chars().collect();
        let cut = |i: usize| pool[i * 31 % 1500..].iter().take(1 + i * i % 37 * 5).collect::<String>() + &i.to_string();
        let alone = |text: String| {
            let row = bits(embed(encoder(1), &[&text], Role::Passage).row(0));
            (text, row)
        };
        (0..60).map(|i| alone(cut(i))).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 9, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_vector_has_the_same_bits_however_sixty_texts_are_shuffled_and_split(
        order in Just((0..60).collect::<Vec<usize>>()).prop_shuffle(),
        sizes in prop::collection::vec(1_usize..40, 60),
        threads in 1_usize..4,
    ) {
        let mut rest = order.as_slice();
        for size in sizes {
            let batch;
            (batch, rest) = rest.split_at(size.min(rest.len()));
            let texts: Vec<&str> = batch.iter().map(|&text| sixty()[text].0.as_str()).collect();
            let vectors = embed(encoder(threads), &texts, Role::Passage);
            for (row, &text) in batch.iter().enumerate() {
                prop_assert_eq!(&bits(vectors.row(row)), &sixty()[text].1, "{} threads, {:?}", threads, sixty()[text].0);
            }
        }
        prop_assert!(rest.is_empty());
    }
}

#[test]
fn texts_beyond_the_window_are_cut_and_named() {
    let long = "每一件工单都有编号、来源、时限和回访结果。".repeat(60);
    let longer = format!("{long}尾巴不同的一段话。");
    let embedded = encoder(3).embed(&["短", &long, "也短", &longer], Role::Passage, &Silent).unwrap();
    assert_eq!(embedded.truncated, [1, 3]);
    assert_eq!(bits(embedded.vectors.row(1)), bits(embedded.vectors.row(3)));
    assert_ne!(bits(embedded.vectors.row(0)), bits(embedded.vectors.row(2)));
}

#[test]
fn what_fits_by_count_is_not_cut() {
    let encoder = encoder(3);
    let room = encoder.content_tokens(Role::Passage);
    assert!((500..encoder.max_tokens()).contains(&room));
    let mut text = String::new();
    while encoder.count_tokens(&format!("{text}办 ")) <= room {
        text.push_str("办 ");
    }
    assert!(encoder.embed(&[&text], Role::Passage, &Silent).unwrap().truncated.is_empty());
}

#[test]
fn odd_texts_have_defined_results() {
    let encoder = encoder(3);
    let endless = "办".repeat(20_000);
    let odd = ["", " \n\t　", "\u{0}\u{1}", "한국어만", "\u{1F9FF}\u{1F9FF}", "a", &endless];
    let embedded = encoder.embed(&odd, Role::Query, &Silent).unwrap();
    assert!(embedded.vectors.as_slice().iter().all(|value| value.is_finite()));
    assert_eq!(bits(embedded.vectors.row(0)), bits(embed(encoder, &[""], Role::Query).row(0)));
    assert_eq!(embedded.truncated, [6]);
    let none = encoder.embed(&[], Role::Query, &Silent).unwrap();
    assert!(none.vectors.is_empty() && none.vectors.dim() == 384);
}

#[test]
fn tokens_are_counted_and_unknown_ones_named() {
    let encoder = encoder(3);
    assert_eq!(encoder.count_tokens(""), 0);
    assert_eq!(encoder.count_tokens("政务服务"), 3);
    assert_eq!(encoder.unknown_share("政务服务"), 0.0);
    assert_eq!(encoder.unknown_share(""), 0.0);
    assert!(encoder.unknown_share("русский текст") > 0.4);
}

#[test]
fn roles_differ_and_the_centre_is_there() {
    let encoder = encoder(3);
    let (query, passage) = (embed(encoder, &["政务"], Role::Query), embed(encoder, &["政务"], Role::Passage));
    assert_ne!(bits(query.row(0)), bits(passage.row(0)));
    let centre = encoder.centre().unwrap();
    assert_eq!(centre.len(), encoder.dim());
    assert!((0.7..1.0).contains(&dot(centre, centre)));
}

#[test]
fn npy_files_read_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.npy");
    vectors::write_npy(&path, &Vectors::new(3, vec![1.0, -2.5, 0.0, 4.0, 5.0, 6.0])).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
    let length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    assert_eq!((10 + length) % 64, 0);
    let header = std::str::from_utf8(&bytes[10..10 + length]).unwrap();
    assert_eq!(header.trim_end(), "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }");
    assert_eq!(&bytes[10 + length + 4..10 + length + 8], (-2.5_f32).to_le_bytes());
    assert_eq!(bytes.len(), 10 + length + 24);
    let mut writer = vectors::NpyWriter::create(&path, 3).unwrap();
    for part in [vec![1.0, -2.5, 0.0], vec![], vec![4.0, 5.0, 6.0]] {
        writer.append(&Vectors::new(3, part)).unwrap();
    }
    assert_eq!(writer.finish().unwrap(), 2);
    assert!(std::fs::read(&path).unwrap() == bytes, "in parts as in one");
    assert!(vectors::write_npy(&folder.path().join("no/such.npy"), &Vectors::new(1, vec![])).is_err());
}
