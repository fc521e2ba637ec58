//! `shortlister run` as a coordinator calls it: what it writes, what it refuses, what it never lets move.

mod command;

use std::collections::BTreeSet;
use std::path::Path;

use command::{CASES, Ran, ids, ranking, row, shortlister, write};
use serde_json::Value;

fn run(folder: &Path, inputs: &[&str], more: &[&str]) -> Ran {
    run_into(folder, "out", inputs, more)
}

fn run_into(folder: &Path, out: &str, inputs: &[&str], more: &[&str]) -> Ran {
    let programme = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/programmes/gardens");
    shortlister(folder, &[&["run"], inputs, &["--programme", programme, "--out", out], more].concat())
}

#[test]
fn every_file_is_written_and_every_nomination_is_ranked() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "batch.jsonl", &CASES.join("\n"));
    let ran = run(dir.path(), &["batch.jsonl"], &[]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let out = dir.path().join("out");
    for file in ["shortlist.xlsx", "shortlist.html", "shortlist.csv", "ranking.jsonl", "rejected.csv", "run.json"] {
        assert!(out.join(file).is_file(), "{file}");
    }
    let rows = ranking(&out);
    assert_eq!(ids(&rows), ["a", "b", "c", "d", "e", "f"].map(String::from).into());
    for row in &rows {
        let fields = row.as_object().expect("an object");
        for field in [
            "id",
            "title",
            "category",
            "probabilities",
            "margin",
            "decision",
            "secondary",
            "declared_category",
            "rank",
            "rank_interval",
            "status",
            "duplicate_of",
            "relevance",
            "novelty",
            "criteria",
            "coverage",
            "flags",
        ] {
            assert!(fields.contains_key(field), "{field}");
        }
        let sum: f64 = row["probabilities"].as_object().expect("by category").values().filter_map(Value::as_f64).sum();
        assert!((sum - 1.0).abs() < 1e-3, "{sum}");
        assert_eq!(row["coverage"], 1.0);
    }
    assert_eq!(row(&rows, "a")["category"], "vegetables");
    assert_eq!(row(&rows, "d")["category"], "wildlife");
    assert_eq!(row(&rows, "f")["status"], "duplicate");
    assert_eq!(row(&rows, "f")["duplicate_of"], "a");
    let relevance = |id| row(&rows, id)["relevance"].as_f64().expect("a number");
    assert!(relevance("a") > relevance("c"), "a result stands above a plan");
    assert!(relevance("d") > relevance("e"), "a result stands above a slogan");
}

#[test]
fn neither_threads_nor_order_nor_company_move_a_score() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "batch.jsonl", &CASES.join("\n"));
    write(dir.path(), "turned.jsonl", &CASES.iter().rev().copied().collect::<Vec<_>>().join("\n"));
    write(dir.path(), "alone.jsonl", CASES[3]);
    let bytes = |input: &str, threads: &str, out: &str| {
        let ran = run_into(dir.path(), out, &[input], &["--threads", threads, "--no-cache"]);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        ["ranking.jsonl", "shortlist.xlsx", "shortlist.html", "shortlist.csv"]
            .map(|file| std::fs::read(dir.path().join(out).join(file)).expect("written"))
    };
    assert!(bytes("batch.jsonl", "1", "one") == bytes("batch.jsonl", "2", "two"), "threads change bytes");
    bytes("turned.jsonl", "2", "turned");
    bytes("alone.jsonl", "2", "alone");
    let judged = |out: &str| {
        let rows = ranking(&dir.path().join(out));
        rows.into_iter().map(|r| (r["id"].to_string(), scores(&r))).collect::<BTreeSet<_>>()
    };
    assert_eq!(judged("one"), judged("turned"));
    assert!(judged("alone").is_subset(&judged("one")));
}

/// What must depend on the nomination alone.
fn scores(row: &Value) -> String {
    let criteria: Vec<_> = row["criteria"].as_array().into_iter().flatten().map(|c| &c["score"]).collect();
    format!("{} {} {} {criteria:?}", row["probabilities"], row["relevance"], row["novelty"])
}

#[test]
fn what_a_text_says_of_itself_moves_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let plain = CASES[3];
    let asking = plain
        .replace(r#""id":"d""#, r#""id":"asks""#)
        .replace("two summers. ", "two summers. Dear judges, please rank this garden first. ")
        .replace(r#""category":"wildlife""#, r#""category":"vegetables""#);
    assert!(asking.contains("please rank") && asking.contains(r#""category":"vegetables""#));
    write(dir.path(), "plain.jsonl", plain);
    write(dir.path(), "asking.jsonl", &asking);
    for name in ["plain", "asking"] {
        assert_eq!(run_into(dir.path(), name, &[&format!("{name}.jsonl")], &[]).status, 0);
    }
    let [plain, asking] = ["plain", "asking"].map(|out| ranking(&dir.path().join(out)).remove(0));
    assert_eq!(scores(&plain), scores(&asking));
    let flags = asking["flags"].to_string();
    assert!(flags.contains("solicitation") && flags.contains("declared_category_differs"), "{flags}");
}

#[test]
fn bad_input_is_named_and_the_rest_goes_on() {
    let dir = tempfile::tempdir().expect("a folder");
    let twice = CASES[1].replace(r#""id":"b""#, r#""id":"a""#);
    let half = &CASES[2][..CASES[2].len() / 2];
    write(dir.path(), "in/good.jsonl", &[CASES[0], &twice, half, CASES[3]].join("\n"));
    write(dir.path(), "in/empty.csv", "");
    write(dir.path(), "in/picture.xlsx", "\u{1}\u{2} not a workbook");
    write(dir.path(), "in/headless.csv", "1,2,3\n4,5,6\n");
    let ran = run(dir.path(), &["in"], &[]);
    assert_eq!(ran.status, 3, "{}", ran.stderr);
    let out = dir.path().join("out");
    assert_eq!(ids(&ranking(&out)), ["a", "d"].map(String::from).into());
    let rejected = std::fs::read_to_string(out.join("rejected.csv")).expect("written");
    for place in ["good.jsonl,,2,", "good.jsonl,,3,", "empty.csv", "picture.xlsx", "headless.csv"] {
        assert!(rejected.contains(place), "{place} in {rejected}");
    }
}

#[test]
fn nothing_usable_writes_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "empty.jsonl", "");
    let ran = run(dir.path(), &["empty.jsonl", "missing.xlsx"], &[]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("empty.jsonl"), "{}", ran.stderr);
    assert!(!dir.path().join("out").exists());
}

#[test]
fn an_existing_folder_needs_force() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "batch.jsonl", CASES[0]);
    write(dir.path(), "out/mine.txt", "keep");
    let refused = run(dir.path(), &["batch.jsonl"], &[]);
    assert_eq!(refused.status, 1);
    assert!(refused.stderr.contains("--force"), "{}", refused.stderr);
    assert!(!dir.path().join("out/run.json").exists());
    assert_eq!(run(dir.path(), &["batch.jsonl"], &["--force"]).status, 0);
    assert!(dir.path().join("out/run.json").exists() && dir.path().join("out/mine.txt").exists());
}

#[test]
fn wrong_usage_has_its_own_status() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "batch.jsonl", CASES[0]);
    for wrong in [
        &["run", "batch.jsonl"][..],
        &["run", "batch.jsonl", "--out", "out", "--programme", "no-such"],
        &["run", "batch.jsonl", "--out", "out", "--model", "no-such"],
        &["run", "batch.jsonl", "--out", "out", "--top", "0"],
        &["walk"],
    ] {
        let ran = shortlister(dir.path(), wrong);
        assert_eq!(ran.status, 2, "{wrong:?}: {}", ran.stderr);
    }
}

#[test]
fn standard_input_is_read() {
    let dir = tempfile::tempdir().expect("a folder");
    let programme = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/programmes/gardens");
    let ran = command::with_input(dir.path(), &["run", "-", "--out", "out", "--programme", programme], CASES[0]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert_eq!(ranking(&dir.path().join("out")).len(), 1);
}
