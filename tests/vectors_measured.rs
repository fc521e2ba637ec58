//! Figures for the model card, from data that is not in the repository: see MODEL_CARD.md.
#![cfg(feature = "embedded-model")]

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::Deserialize;
use shortlister::embed::reference::Reference;
use shortlister::embed::{Encoder, EncoderOptions, Role};
use shortlister::eval::metrics::spearman;
use shortlister::model::ModelSource;
use shortlister::progress::Silent;

fn variable(name: &str) -> PathBuf {
    std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set")).into()
}

fn encoder() -> Encoder {
    Encoder::load(&ModelSource::Embedded, EncoderOptions::default()).unwrap()
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

#[derive(Deserialize)]
struct Pair {
    a: String,
    b: String,
    label: String,
}

fn spearman_of_pairs(encoder: &Encoder, file: &Path) -> f64 {
    let text = std::fs::read_to_string(file).unwrap();
    let pairs: Vec<Pair> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let texts: Vec<&str> = pairs.iter().flat_map(|pair| [pair.a.as_str(), pair.b.as_str()]).collect();
    let vectors = encoder.embed(&texts, Role::Query, &Silent).unwrap().vectors;
    let cosines: Vec<f64> =
        (0..pairs.len()).map(|index| dot(vectors.row(2 * index), vectors.row(2 * index + 1))).collect();
    let labels: Vec<f64> = pairs.iter().map(|pair| pair.label.parse().unwrap()).collect();
    100.0 * spearman(&cosines, &labels)
}

#[test]
#[ignore = "SHORTLISTER_STS: a folder with stsb_zh_test.jsonl and lcqmc_test.jsonl"]
fn sentence_pairs() {
    let (folder, encoder) = (variable("SHORTLISTER_STS"), encoder());
    for (file, at_least) in [("stsb_zh_test.jsonl", 77.3), ("lcqmc_test.jsonl", 72.6)] {
        let spearman = spearman_of_pairs(&encoder, &folder.join(file));
        println!("{file}: Spearman {spearman:.2}");
        assert!(spearman >= at_least, "{file}: {spearman}");
    }
}

/// With SHORTLISTER_REFERENCE, an .npy of `[texts, 384] f32` with a header of 128 bytes, also compares the vectors.
#[test]
#[ignore = "SHORTLISTER_TEXTS: a file with a text a line"]
fn speed_beside_candle() {
    let text = std::fs::read_to_string(variable("SHORTLISTER_TEXTS")).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let (encoder, reference) = (encoder(), Reference::load(&ModelSource::Embedded).unwrap());
    let tokenizer = tokenizers::Tokenizer::from_bytes(ModelSource::Embedded.read("tokenizer.json").unwrap()).unwrap();
    let ids: Vec<Vec<u32>> = lines
        .iter()
        .map(|line| tokenizer.encode(format!("passage: {line}"), true).unwrap().get_ids().to_vec())
        .map(|mut ids| {
            ids.truncate(512);
            ids
        })
        .collect();
    let tokens: usize = ids.iter().map(Vec::len).sum();
    let speed = |start: Instant| tokens as f64 / start.elapsed().as_secs_f64();
    for _ in 0..3 {
        let start = Instant::now();
        let vectors = encoder.embed(&lines, Role::Passage, &Silent).unwrap().vectors;
        println!("{tokens} tokens: shortlister {:.0} tokens/s", speed(start));
        if let Some(path) = std::env::var_os("SHORTLISTER_REFERENCE") {
            let bytes = std::fs::read(path).unwrap();
            let value = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().unwrap());
            let values: Vec<f32> = bytes[128..].chunks_exact(4).map(value).collect();
            let cosine = |(a, b): (&[f32], &[f32])| dot(a, b);
            let least = vectors.rows().zip(values.chunks_exact(384)).map(cosine).fold(1.0, f64::min);
            println!("smallest cosine to the reference {least:.7}");
            assert!(least >= 0.9999);
        }
    }
    let start = Instant::now();
    for ids in &ids {
        reference.hidden_states(ids).unwrap();
    }
    println!("candle {:.0} tokens/s", speed(start));
}
