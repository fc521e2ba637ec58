//! Figures for the model card, from data that is not in the repository: see MODEL_CARD.md.
#![cfg(feature = "embedded-model")]

use std::path::{Path, PathBuf};

use serde::Deserialize;
use shortlister::embed::{Encoder, EncoderOptions, Engine, Role};
use shortlister::eval::metrics::spearman;
use shortlister::model::ModelSource;
use shortlister::progress::Silent;

fn variable(name: &str) -> PathBuf {
    std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set")).into()
}

fn encoder(engine: Engine) -> Encoder {
    Encoder::load(&ModelSource::Embedded, EncoderOptions { engine, ..EncoderOptions::default() }).unwrap()
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
    let (folder, engines) = (variable("SHORTLISTER_STS"), [Engine::F32, Engine::Int8].map(encoder));
    for (file, at_least) in [("stsb_zh_test.jsonl", 77.3), ("lcqmc_test.jsonl", 72.6)] {
        let [f32, int8] = engines.each_ref().map(|encoder| spearman_of_pairs(encoder, &folder.join(file)));
        println!("{file}: Spearman {f32:.2} in f32, {int8:.2} in int8");
        assert!(f32 >= at_least && int8 >= at_least, "{file}: {f32} {int8}");
        assert!((f32 - int8).abs() <= 0.2, "{file}: {f32} {int8}");
    }
}

#[test]
#[ignore = "SHORTLISTER_TEXTS: a file with a text a line"]
fn int8_beside_f32() {
    let text = std::fs::read_to_string(variable("SHORTLISTER_TEXTS")).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
    let [f32, int8] = [Engine::F32, Engine::Int8]
        .map(|engine| encoder(engine).embed(&lines, Role::Passage, &Silent).unwrap().vectors);
    let cosines: Vec<f64> = f32.rows().zip(int8.rows()).map(|(a, b)| dot(a, b)).collect();
    let least = cosines.iter().copied().fold(1.0, f64::min);
    println!(
        "{} texts: cosine {least:.5} at least, {:.5} on average",
        lines.len(),
        cosines.iter().sum::<f64>() / lines.len() as f64
    );
    assert!(least >= 0.999, "{least}");
}
