//! Words and meaning together find more than either alone.

mod built_in;

use built_in::{ASSESSOR, ENCODER};
use serde::Deserialize;
use shortlister::clean::clean;
use shortlister::embed::{Role, Space, Vectors};
use shortlister::intake::{self, Input};
use shortlister::nomination::Nomination;
use shortlister::progress::Silent;
use shortlister::search::{Finder, Match};

#[derive(Deserialize)]
struct Query {
    query: String,
    id: String,
}

fn graded(file: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/graded").join(file)
}

fn cases() -> Vec<Nomination> {
    let files = ["../../prompts/digital-government-2023/exemplars.jsonl", "report.jsonl", "holdout.jsonl"];
    let files = files.map(|file| Input::Path(graded(file)));
    let batch = intake::read(&files, &intake::Options::default()).expect("the graded sets");
    clean(batch.submissions, 0).nominations
}

/// Mean over the queries of one by the place of the case that is asked for.
fn mean_reciprocal_rank(found: &[(usize, Vec<Match>)], score: impl Fn(&Match) -> f32) -> f64 {
    let reciprocal = |(wanted, matches): &(usize, Vec<Match>)| {
        let of = |text: usize| matches.iter().find(|m| m.text == text).map_or(f32::NEG_INFINITY, &score);
        let wanted = of(*wanted);
        1.0 / matches.iter().filter(|m| score(m) >= wanted).count() as f64
    };
    found.iter().map(reciprocal).sum::<f64>() / found.len() as f64
}

#[test]
fn both_find_more_than_either() {
    let cases = cases();
    let text = std::fs::read_to_string(graded("queries.jsonl")).expect("the queries");
    let queries: Vec<Query> = text.lines().map(|line| serde_json::from_str(line).expect("a query")).collect();
    let space = Space::new(ENCODER.centre().expect("it ships with the model").to_vec());
    let windows = ASSESSOR.windows(&cases);
    let vectors = ASSESSOR.embed(&cases, &windows, &Silent).expect("the cases are embedded");
    let wholes: Vec<f32> = vectors.iter().flat_map(|v| v.whole()).collect();
    let finder = Finder::new(cases.iter().map(|n| n.text.as_str()), Vectors::new(ENCODER.dim(), wholes));

    let texts: Vec<&str> = queries.iter().map(|q| q.query.as_str()).collect();
    let asked = space.place(&ENCODER.embed(&texts, Role::Query, &Silent).expect("the queries are embedded").vectors);
    let wanted = |id: &str| cases.iter().position(|n| n.id.as_str() == id).expect("the case is there");
    let found: Vec<(usize, Vec<Match>)> =
        queries.iter().zip(asked.rows()).map(|(q, v)| (wanted(&q.id), finder.find(&q.query, v))).collect();
    let [both, meaning, words] = [
        mean_reciprocal_rank(&found, Match::score),
        mean_reciprocal_rank(&found, |m| m.similarity),
        mean_reciprocal_rank(&found, |m| m.words),
    ];
    println!("mean reciprocal rank: both {both:.3}, meaning {meaning:.3}, words {words:.3}");
    assert!(both > meaning + 0.01 && both > words + 0.01, "both {both:.3}, meaning {meaning:.3}, words {words:.3}");
}
