//! `shortlister verify` and `explain`: a run folder that is checked, repeated and asked about.

mod command;

use std::path::Path;

use command::{ranking, shortlister, write};
use serde_json::json;

const PROGRAMME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/programmes/gardens");

/// Four cases of two categories, a duplicate, and a record that cannot be used.
fn batch(dir: &Path) {
    let rows = [
        json!({"id": "beans", "title": "Beans", "text": "Since 2021 the bean harvest has grown from 10 to 42 kilograms a year. Pupils keep the accounts.", "category": "wildlife"}),
        json!({"id": "carrots", "title": "Carrots", "text": "We plan to sow carrots next year. A firm will lay out the beds."}),
        json!({"id": "leeks", "title": "Leeks", "text": "Leeks stand in the beds until Easter and go into the soup of the canteen."}),
        json!({"id": "newts", "title": "Newts in the pond", "text": "The number of newts in the pond rose from four to eleven in two summers, counted by pupils."}),
        json!({"id": "twin", "title": "Leeks", "text": "Leeks stand in the beds until Easter and go into the soup of the canteen."}),
        json!({"id": "nothing"}),
    ];
    write(dir, "batch.jsonl", &rows.map(|row| row.to_string() + "\n").concat());
    let ran = shortlister(dir, &["run", "batch.jsonl", "--programme", PROGRAMME, "--top", "1", "--out", "out"]);
    assert_eq!(ran.status, 3, "{}", ran.stderr);
}

#[test]
fn a_run_is_found_as_it_was_and_the_same_again() {
    let dir = tempfile::tempdir().expect("a folder");
    batch(dir.path());
    let verified = shortlister(dir.path(), &["verify", "out", "--replay"]);
    assert_eq!(verified.status, 0, "{}{}", verified.stdout, verified.stderr);
    for line in
        ["same    ranking.jsonl\n", "same    input batch.jsonl\n", "same    shortlist.xlsx of the run repeated\n"]
    {
        assert!(verified.stdout.contains(line), "{line}: {}", verified.stdout);
    }
    assert!(!verified.stdout.contains("CHANGED"), "{}", verified.stdout);
}

#[test]
fn one_changed_byte_is_found_wherever_it_is() {
    let dir = tempfile::tempdir().expect("a folder");
    batch(dir.path());
    for (file, told) in [
        ("out/ranking.jsonl", "CHANGED ranking.jsonl"),
        ("out/shortlist.html", "CHANGED shortlist.html"),
        ("out/rejected.csv", "CHANGED rejected.csv"),
        ("batch.jsonl", "CHANGED input batch.jsonl"),
    ] {
        let path = dir.path().join(file);
        let bytes = std::fs::read(&path).expect("the file");
        let mut changed = bytes.clone();
        let last = changed.len() - 2;
        changed[last] ^= 1;
        std::fs::write(&path, changed).expect("it is written");
        let verified = shortlister(dir.path(), &["verify", "out"]);
        assert_eq!(verified.status, 1, "{}", verified.stdout);
        assert!(verified.stdout.contains(told), "{told}: {}", verified.stdout);
        assert!(verified.stderr.contains("1 difference"), "{}", verified.stderr);
        std::fs::write(&path, bytes).expect("it is written");
    }
    let record = std::fs::read_to_string(dir.path().join("out/run.json")).expect("run.json");
    write(dir.path(), "out/run.json", &record.replace("\"seed\": 0", "\"seed\": 1"));
    let verified = shortlister(dir.path(), &["verify", "out"]);
    assert!(verified.stdout.contains("CHANGED run.json"), "{}", verified.stdout);
    write(dir.path(), "out/run.json", &record);

    std::fs::remove_file(dir.path().join("batch.jsonl")).expect("it was there");
    let verified = shortlister(dir.path(), &["verify", "out"]);
    assert_eq!(verified.status, 0, "inputs may lie elsewhere by now: {}", verified.stdout);
    assert!(verified.stdout.contains("batch.jsonl: is not there any more"), "{}", verified.stdout);
    std::fs::remove_file(dir.path().join("out/shortlist.csv")).expect("it was there");
    assert_eq!(shortlister(dir.path(), &["verify", "out"]).status, 1);
    assert_eq!(shortlister(dir.path(), &["verify", "."]).status, 1, "no run folder");
}

#[test]
fn a_case_is_explained_from_what_was_read_to_its_place() {
    let dir = tempfile::tempdir().expect("a folder");
    batch(dir.path());
    let explain = |more: &[&str]| {
        let ran = shortlister(dir.path(), &[&["explain", "out"], more].concat());
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        ran.stdout
    };
    let rows = ranking(&dir.path().join("out"));
    let carrots = rows.iter().find(|row| row["id"] == "carrots").expect("it is ranked");
    let told = explain(&["carrots"]);
    for part in [
        "carrots: Carrots",
        "batch.jsonl",
        "row 2",
        &format!("relevance {:.2}", carrots["relevance"].as_f64().expect("a figure")),
        "weight 60 %",
        "We plan to sow carrots next year.",
        "Last within the line: beans",
        "points apart",
        "SHA-256",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    // The shares of the criteria add up to the relevance.
    let shares = told.lines().filter_map(|line| line.rsplit_once("adds ")).map(|(_, share)| share.parse::<f64>());
    let sum: f64 = shares.map(|share| share.expect("a figure")).sum();
    assert!((sum - carrots["relevance"].as_f64().expect("a figure")).abs() < 0.02, "{told}");

    let beans = explain(&["beans"]);
    assert!(beans.contains("Declared as \"wildlife\"") && beans.contains("First below the line"), "{beans}");
    assert!(explain(&["pond"]).contains("newts: Newts in the pond"), "a part of the title will do");
    assert!(explain(&["twin"]).contains("The same case as"), "a duplicate");
    assert!(explain(&["nothing"]).contains("rejected"), "a rejected record");
    assert!(explain(&["carrots", "--language", "zh"]).contains("线内最后一名"));

    let unknown = shortlister(dir.path(), &["explain", "out", "nobody"]);
    assert_eq!(unknown.status, 1);
    assert!(unknown.stderr.contains("nobody"), "{}", unknown.stderr);
    let several = shortlister(dir.path(), &["explain", "out", "s"]);
    assert_eq!(several.status, 1);
    assert!(several.stderr.contains("give the id"), "{}", several.stderr);
}
