//! Tokens a second of the encoder by length of text: int8, f32 and candle's own forward pass, one after the other on the
//! same texts, medians over five rounds. Only the ratios carry over to another machine.
//!
//! `cargo bench --bench engine`; `-- FILE.txt` takes the lines of a file instead of the lengths.

use std::path::Path;
use std::time::Instant;

use shortlister::embed::reference::Reference;
use shortlister::embed::{Encoder, EncoderOptions, Engine, Role};
use shortlister::model::ModelSource;
use shortlister::progress::Silent;
use tokenizers::Tokenizer;

const ROUNDS: usize = 5;
const LENGTHS: [usize; 5] = [16, 64, 128, 256, 512];
/// Tokens a round, about.
const TOKENS: usize = 4_096;

fn main() {
    let source = shortlister::model::locate(None).expect("the embedded model");
    let bench = Bench::new(&source);
    println!("int8 by {}, {} threads; tokens/s, and how many times as fast as", Engine::int8_kernel(), bench.threads());
    println!("{:>8} {:>9} {:>9} {:>9} {:>9}   f32  candle  one thread", "length", "int8", "f32", "candle", "int8 x1");
    match std::env::args().skip(1).find(|argument| !argument.starts_with('-')) {
        Some(file) => bench.row("file", &lines(file.as_ref())),
        None => LENGTHS.iter().for_each(|&length| bench.row(&length.to_string(), &bench.texts(length))),
    }
}

fn lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).expect("a UTF-8 text file");
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

struct Bench {
    int8: Encoder,
    f32: Encoder,
    int8_alone: Encoder,
    candle: Reference,
    tokenizer: Tokenizer,
}

impl Bench {
    fn new(source: &ModelSource) -> Self {
        let load = |engine, threads| {
            Encoder::load(source, EncoderOptions { engine, threads }).expect("the embedded model loads")
        };
        let tokenizer = source.read("tokenizer.json").expect("the embedded model has a tokenizer");
        Self {
            int8: load(Engine::Int8, None),
            f32: load(Engine::F32, None),
            int8_alone: load(Engine::Int8, Some(1)),
            candle: Reference::load(source).expect("the embedded model loads"),
            tokenizer: Tokenizer::from_bytes(tokenizer).expect("the tokenizer loads"),
        }
    }

    fn threads(&self) -> usize {
        std::thread::available_parallelism().map_or(1, usize::from)
    }

    /// Different texts of about `length` tokens, from the example's prose.
    fn texts(&self, length: usize) -> Vec<String> {
        let prose = include_str!("../README.zh-CN.md").replace(['`', '|', '#', '*', '\n'], "");
        let prose: Vec<char> = prose.chars().collect();
        let cut = |index: usize, count: usize| -> String {
            prose.iter().cycle().skip(index * 97 % prose.len()).take(count).collect()
        };
        let of_length = |index: usize| {
            let mut count = length;
            while self.ids(&cut(index, count)).len() < length {
                count += count / 8 + 1;
            }
            while count > 1 && self.ids(&cut(index, count)).len() > length {
                count -= 1;
            }
            cut(index, count)
        };
        (0..TOKENS / length).map(of_length).collect()
    }

    fn ids(&self, text: &str) -> Vec<u32> {
        let encoded = self.tokenizer.encode(format!("passage: {text}"), true).expect("the text is tokenized");
        let mut ids = encoded.get_ids().to_vec();
        ids.truncate(self.int8.max_tokens());
        ids
    }

    fn row(&self, name: &str, texts: &[String]) {
        let ids: Vec<Vec<u32>> = texts.iter().map(|text| self.ids(text)).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let tokens: usize = ids.iter().map(Vec::len).sum();
        let embed = |encoder: &Encoder| {
            let start = Instant::now();
            encoder.embed(&texts, Role::Passage, &Silent).expect("the texts are embedded");
            tokens as f64 / start.elapsed().as_secs_f64()
        };
        let candle = || {
            let start = Instant::now();
            for ids in &ids {
                self.candle.hidden_states(ids).expect("the text is embedded");
            }
            tokens as f64 / start.elapsed().as_secs_f64()
        };
        let rounds: Vec<[f64; 4]> =
            (0..ROUNDS).map(|_| [embed(&self.int8), embed(&self.f32), candle(), embed(&self.int8_alone)]).collect();
        let [int8, f32, candle, alone] = std::array::from_fn(|column| median(rounds.iter().map(|round| round[column])));
        println!(
            "{name:>8} {int8:>9.0} {f32:>9.0} {candle:>9.0} {alone:>9.0}  {:>4.1}  {:>6.1}  {:>10.2}",
            int8 / f32,
            int8 / candle,
            int8 / alone
        );
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
