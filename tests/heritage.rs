//! A programme of another field, in English: nothing of the first one is compiled in.

mod command;

use std::path::Path;

use command::{ids, ranking, shortlister};
use serde_json::Value;

const PROGRAMME: &str = "heritage-learning-2024";

fn example() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples")
        .join(PROGRAMME)
        .join("nominations.jsonl")
        .display()
        .to_string()
}

#[test]
fn it_finds_the_categories_and_orders_better_than_words_and_length() {
    let dir = tempfile::tempdir().expect("a folder");
    let arguments = ["evaluate", "--labelled", &example(), "--programme", PROGRAMME, "--format", "json"];
    let ran = shortlister(dir.path(), &arguments);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let found: Value = serde_json::from_str(&ran.stdout).expect("one object");
    assert_eq!(found["n"], 20);
    assert!(found["accuracy"].as_f64() >= Some(0.85), "{found}");
    let spearman = found["ranking"]["spearman"].as_f64().expect("a number");
    assert!(spearman >= 0.8, "{found}");
    for (name, figures) in found["ranking"]["baselines"].as_object().expect("baselines") {
        assert!(figures["spearman"].as_f64() < Some(spearman), "{name}: {found}");
    }
}

#[test]
fn its_reports_are_in_english_throughout() {
    let dir = tempfile::tempdir().expect("a folder");
    let ran = shortlister(dir.path(), &["run", &example(), "--programme", PROGRAMME, "--out", "out"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let out = dir.path().join("out");
    assert_eq!(ids(&ranking(&out)).len(), 20);
    for file in ["shortlist.csv", "shortlist.html", "ranking.jsonl", "run.json"] {
        let text = std::fs::read_to_string(out.join(file)).expect("the file is there");
        let han = text.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
        assert_eq!(han, 0, "{file}");
    }
    let told = shortlister(dir.path(), &["explain", "out", "H13"]).stdout;
    assert!(told.contains("Digital learning") && told.contains("weight 30 %"), "{told}");
}
