//! Tokens a second of the encoder and seconds a stage, on the example batch.
//!
//! `cargo bench --bench stages` prints medians over five runs; `-- FILE.txt` times the encoder on
//! the lines of that file instead of the example's passages.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use shortlister::embed::{Encoder, EncoderOptions, Role};
use shortlister::intake::{self, Input};
use shortlister::pipeline::{self, Setup};
use shortlister::programme::{DEFAULT_PROGRAMME, Programme};
use shortlister::progress::Silent;
use shortlister::select::SelectOptions;
use shortlister::signals::Sources;

const RUNS: usize = 5;

fn main() {
    let start = Instant::now();
    let source = shortlister::model::locate(None).expect("the embedded model");
    let encoder = Encoder::load(&source, EncoderOptions::default()).expect("the embedded model loads");
    println!("load the model: {:.3} s", start.elapsed().as_secs_f64());
    let file = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    match file {
        Some(file) => time_encoder(&encoder, &lines(file.as_ref())),
        None => time_stages(&encoder),
    }
}

fn lines(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).expect("a UTF-8 text file");
    text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn time_encoder(encoder: &Encoder, texts: &[String]) {
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let overhead = encoder.max_tokens() - encoder.content_tokens(Role::Passage);
    let tokens: usize = texts.iter().map(|t| (encoder.count_tokens(t) + overhead).min(encoder.max_tokens())).sum();
    let times = (0..RUNS).map(|_| {
        let start = Instant::now();
        encoder.embed(&texts, Role::Passage, &Silent).expect("the texts are embedded");
        start.elapsed()
    });
    let seconds = median(times.collect()).as_secs_f64();
    println!("encode {} texts, {tokens} tokens: {seconds:.3} s, {:.0} tokens/s", texts.len(), tokens as f64 / seconds);
}

fn time_stages(encoder: &Encoder) {
    let programme = Programme::load(DEFAULT_PROGRAMME).expect("the built-in programme");
    let example = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples").join(DEFAULT_PROGRAMME);
    let setup = Setup {
        programme: &programme,
        encoder,
        head: None,
        adapt: None,
        intake: intake::Options::default(),
        redact: false,
        select: SelectOptions { top: None, seed: 0 },
        library: &[],
        signals: Sources::default(),
    };
    let outcomes: Vec<_> = (0..RUNS)
        .map(|_| pipeline::run(&[Input::Path(example.clone())], &setup, &Silent).expect("the example runs"))
        .collect();
    println!("{} nominations of the example", outcomes[0].ranking.entries.len());
    for (stage, time) in outcomes[0].timings.iter().enumerate() {
        let seconds = median(outcomes.iter().map(|o| o.timings[stage].elapsed).collect()).as_secs_f64();
        println!("{:>10} {seconds:>8.3} s", time.stage);
    }
    let texts = outcomes[0].ranking.entries.iter().map(|e| e.nomination.text.clone()).filter(|t| !t.is_empty());
    time_encoder(encoder, &texts.collect::<Vec<_>>());
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
