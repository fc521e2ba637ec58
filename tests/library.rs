//! `run --library`: past cases lower the novelty, are named, and move no rank.

mod command;

use std::path::Path;

use command::{CASES, Ran, ranking, row, shortlister, write};
use serde_json::Value;

const PROGRAMME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/programmes/gardens");

/// The case of `d` as it was sent in two years before, and one that resembles none.
const PAST: &str = concat!(
    r#"{"id":"2022-5","title":"A pond for frogs","unit":"Mill School","text":"Pupils dug a pond and planted a hedge in 2019. The number of frogs counted rose from three to forty in one summer. Year five looks after the nest boxes and writes the census every week."}"#,
    "\n",
    r#"{"id":"2022-9","title":"Sundials","unit":"Tower School","text":"Year eight built four sundials from slate and explains them to visitors on open days."}"#,
);

fn run(folder: &Path, out: &str, more: &[&str]) -> Ran {
    shortlister(folder, &[&["run", "batch.jsonl", "--programme", PROGRAMME, "--out", out], more].concat())
}

#[test]
fn past_cases_lower_the_novelty_and_are_named_and_nothing_else_moves() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "batch.jsonl", &CASES.join("\n"));
    write(dir.path(), "past/2022.jsonl", PAST);
    assert_eq!(run(dir.path(), "plain", &[]).status, 0);
    let ran = run(dir.path(), "known", &["--library", "past/2022.jsonl"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let [plain, known] = ["plain", "known"].map(|out| ranking(&dir.path().join(out)));

    let novelty = |rows: &[Value], id| row(rows, id)["novelty"].as_f64().expect("a number");
    assert!(novelty(&known, "d") < novelty(&plain, "d") - 10.0, "{} {}", novelty(&known, "d"), novelty(&plain, "d"));
    for before in &plain {
        let after = row(&known, before["id"].as_str().expect("an id"));
        for field in ["rank", "rank_interval", "status", "relevance", "probabilities"] {
            assert_eq!(before[field], after[field], "{field} of {}", before["id"]);
        }
    }
    let near = &row(&known, "d")["neighbours"][0];
    assert_eq!((&near["origin"], &near["id"], &near["same_case"]), (&"library".into(), &"2022-5".into(), &true.into()));
    assert!(near["source"]["file"].as_str().is_some_and(|file| file.ends_with("2022.jsonl")), "{near}");
    let flagged: Vec<&Value> = known.iter().filter(|r| r["flags"].to_string().contains("resubmitted")).collect();
    assert_eq!(flagged.iter().map(|r| &r["id"]).collect::<Vec<_>>(), ["d"]);

    let record: Value =
        serde_json::from_slice(&std::fs::read(dir.path().join("known/run.json")).expect("written")).expect("an object");
    assert_eq!(record["library"][0]["sha256"].as_str().map(str::len), Some(64));
    let page = std::fs::read_to_string(dir.path().join("known/shortlist.html")).expect("written");
    assert!(page.contains("Seems to tell a past case again: A pond for frogs (2022-5"), "the expert is told");
}

#[test]
fn the_nearest_of_the_batch_are_named_and_duplicates_are_not() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "batch.jsonl", &CASES.join("\n"));
    assert_eq!(run(dir.path(), "out", &[]).status, 0);
    let rows = ranking(&dir.path().join("out"));
    let near = row(&rows, "a")["neighbours"].as_array().expect("a list").clone();
    assert_eq!(near.len(), 2);
    assert!(near.iter().all(|n| n["origin"] == "batch" && n["id"] != "a" && n["id"] != "f"), "{near:?}");
}

#[test]
fn a_library_that_cannot_be_used_is_named() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "batch.jsonl", CASES[0]);
    write(dir.path(), "past.jsonl", "{\"id\":\"1\"}\n");
    let ran = run(dir.path(), "out", &["--library", "past.jsonl"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("library") && ran.stderr.contains("past.jsonl"), "{}", ran.stderr);
    assert!(!dir.path().join("out").exists());
}
