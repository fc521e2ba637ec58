//! `shortlister review`: from a run to experts' workbooks and back to a result.

mod command;
mod experts;

use std::path::Path;

use calamine::{Reader, Xlsx, open_workbook};
use command::{CASES, ranking, shortlister, write};
use experts::{fill, json_lines, ok, rows};
use serde_json::Value;

const PROGRAMME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/programmes/gardens");

/// A run of the garden cases, exported to five experts.
fn exported(dir: &Path) {
    write(dir, "batch.jsonl", &CASES.map(|line| line.to_owned() + "\n").concat());
    ok(dir, &["run", "batch.jsonl", "--programme", PROGRAMME, "--top", "1", "--out", "out"], 0);
    ok(dir, &["review", "export", "out", "--experts", "5", "--by", "Ms Gray", "--out", "handed"], 0);
}

#[test]
fn from_a_run_to_a_result_that_can_be_defended() {
    let dir = tempfile::tempdir().expect("a folder");
    let dir = dir.path();
    exported(dir);
    // Expert n gives 10 n fewer points than the first; the last leaves the pond out and writes a word as a score.
    std::fs::create_dir(dir.join("back")).expect("a folder");
    let mut scored = 0;
    for n in 1..=5u32 {
        let handed = dir.join(format!("handed/review-Expert_{n}.xlsx"));
        let mut cells = Vec::new();
        for (id, row) in rows(&handed) {
            let good = if id == "d" { 90 } else { 70 };
            let score = (good - 10 * n).to_string();
            if n == 5 && id == "d" {
                cells.extend([(format!("H{row}"), "very good"), (format!("I{row}"), "40")]);
                cells.push((format!("L{row}"), "Who counts the frogs?"));
                continue;
            }
            let score: &'static str = score.leak();
            cells.extend([(format!("H{row}"), score), (format!("I{row}"), score)]);
            scored += 1;
        }
        fill(&handed, &dir.join(format!("back/from {n}.xlsx")), &cells);
    }
    let merged = ok(dir, &["review", "merge", "out", "back", "--out", "result"], 3);
    assert!(merged.stderr.contains("not a number") && merged.stderr.contains("cell H"), "{}", merged.stderr);
    let problems = std::fs::read_to_string(dir.join("result/problems.csv")).expect("the problems");
    assert!(problems.contains("back/from 5.xlsx,Scores,H") && problems.contains("very good"), "{problems}");

    let judgments = json_lines(&dir.join("result/judgments.jsonl"));
    assert_eq!(judgments.iter().filter(|judgment| judgment["total"].is_number()).count(), scored);
    let result = json_lines(&dir.join("result/result.jsonl"));
    let pond = result.iter().find(|entry| entry["id"] == "d").expect("the pond");
    assert_eq!((&pond["verdict"], &pond["place"], &pond["experts"]), (&"winner".into(), &1.into(), &4.into()));
    assert_eq!(pond["final_score"], 65.0);
    assert_eq!(pond["comments"][0], "Who counts the frogs?");
    let labelled = json_lines(&dir.join("result/labelled.jsonl"));
    assert!(labelled.iter().any(|row| row["id"] == "d" && row["grade"] == 65.0 && row["category"] == "wildlife"));
    ok(dir, &["evaluate", "--labelled", "result/labelled.jsonl", "--programme", PROGRAMME], 0);

    // The same workbooks again, in another order and one of them twice.
    let names = [5, 3, 1, 2, 4, 3].map(|n| format!("back/from {n}.xlsx"));
    let mut again = vec!["review", "merge", "out", "--out", "again"];
    again.extend(names.iter().map(String::as_str));
    ok(dir, &again, 3);
    let read = |name: &str| std::fs::read(dir.join(name)).expect("a file");
    assert_eq!(read("result/result.jsonl"), read("again/result.jsonl"));
    assert_eq!(read("result/result.xlsx"), read("again/result.xlsx"));

    let ruled = ["review", "rule-out", "out", "d", "--why", "The pond is a neighbour's", "--by", "The committee"];
    ok(dir, &ruled, 0);
    ok(dir, &["review", "merge", "out", "back", "--out", "ruled"], 3);
    let out = json_lines(&dir.join("ruled/result.jsonl")).into_iter().find(|entry| entry["id"] == "d").expect("it");
    assert_eq!((&out["verdict"], &out["place"]), (&"ruled_out".into(), &Value::Null));
    let told = ok(dir, &["explain", "out", "d"], 0).stdout;
    assert!(told.contains("The committee: ruled out: The pond is a neighbour's"), "{told}");
    assert_eq!((&out["why"], &out["by"]), (&"The pond is a neighbour's".into(), &"The committee".into()));

    ok(dir, &["verify", "out", "--replay"], 0);
    let result = read("result/result.csv");
    std::fs::write(dir.join("result/result.csv"), "x").expect("it is written");
    assert!(shortlister(dir, &["verify", "out"]).stdout.contains("CHANGED result/result.csv"));
    std::fs::write(dir.join("result/result.csv"), result).expect("it is written");
    ok(dir, &["run", "batch.jsonl", "--programme", PROGRAMME, "--top", "1", "--out", "out", "--force"], 0);
    let told = ok(dir, &["verify", "out"], 0).stdout;
    assert!(told.contains("log.jsonl: 7 lines"), "an earlier run's steps stay: {told}");
    for (file, word, told) in [
        ("out/log.jsonl", "The committee", "its checksum is not that of its content"),
        ("out/run.json", "intake", "CHANGED run.json"),
    ] {
        let bytes = read(file);
        let at = bytes.windows(word.len()).position(|part| part == word.as_bytes()).expect("the word");
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        std::fs::write(dir.join(file), changed).expect("it is written");
        let verified = shortlister(dir, &["verify", "out"]);
        assert!(verified.status == 1 && verified.stdout.contains(told), "{file}: {}", verified.stdout);
        std::fs::write(dir.join(file), bytes).expect("it is written");
    }
}

#[test]
fn five_experts_of_differing_severity_judge_the_example() {
    let dir = tempfile::tempdir().expect("a folder");
    let dir = dir.path();
    ok(dir, &["run", concat!(env!("CARGO_MANIFEST_DIR"), "/examples/digital-government-2023"), "--out", "out"], 3);
    ok(dir, &["review", "export", "out", "--experts", "5", "--per-case", "3", "--out", "handed"], 0);
    std::fs::create_dir(dir.join("back")).expect("a folder");
    for n in 1..=5u32 {
        let handed = dir.join(format!("handed/review-专家{n}.xlsx"));
        let mut cells = Vec::new();
        for (id, row) in rows(&handed) {
            let merit = id.bytes().fold(0u32, |sum, byte| (7 * sum + u32::from(byte)) % 31);
            // A case in nine is left out, and one in eleven is left without the last criterion.
            let criteria = if row % 9 == 0 { "" } else { "HIJKLMN" };
            let criteria = if row % 11 == 0 { "HIJKLM" } else { criteria };
            for (at, column) in criteria.chars().enumerate() {
                let noise = (merit + row + at as u32) % 3;
                let score: &'static str = (50 + merit + noise - 4 * n).to_string().leak();
                cells.push((format!("{column}{row}"), score));
            }
        }
        fill(&handed, &dir.join(format!("back/{n}.xlsx")), &cells);
    }
    ok(dir, &["review", "merge", "out", "back", "--out", "result"], 0);
    let statistics = std::fs::read_to_string(dir.join("result/statistics.json")).expect("the statistics");
    let statistics: Value = serde_json::from_str(&statistics).expect("JSON");
    let severity = |n: usize| statistics["experts"][n]["severity"].as_f64().expect("a figure");
    for n in 0..5 {
        // Each gives four points fewer than the one before; the third is the mean.
        assert!((severity(n) - 4.0 * (n as f64 - 2.0)).abs() < 1.0, "expert {n}: {}", severity(n));
    }
    let result = json_lines(&dir.join("result/result.jsonl"));
    assert!(result.iter().any(|entry| entry["verdict"] == "winner" && entry["experts"] == 3));
    for file in ["notice.docx", "notice.html", "public-record.docx", "public-record.html", "result.xlsx"] {
        assert!(dir.join("result").join(file).exists(), "{file}");
    }
    // A reason in the notice is a sentence of the case.
    let notice = std::fs::read_to_string(dir.join("result/notice.html")).expect("the notice");
    let ranked = ranking(&dir.join("out"));
    let first = result.iter().find(|entry| entry["verdict"] == "winner").expect("a winner");
    let case = ranked.iter().find(|row| row["id"] == first["id"]).expect("it is ranked");
    let quoted = case["criteria"].as_array().expect("criteria").iter().any(|criterion| {
        let sentence = criterion["evidence"][0]["text"].as_str().unwrap_or("nothing");
        notice.contains(&sentence.replace('"', "&#34;").replace('\'', "&#39;"))
    });
    assert!(quoted, "{case}");
    ok(dir, &["verify", "out"], 0);
    let page = dir.join("out/shortlist.html");
    let mut bytes = std::fs::read(&page).expect("the page");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&page, bytes).expect("it is written");
    ok(dir, &["verify", "out"], 1);
}

#[test]
fn a_workbook_does_not_tell_what_the_program_thinks_of_a_case() {
    let dir = tempfile::tempdir().expect("a folder");
    exported(dir.path());
    let judged: Vec<Value> = ranking(&dir.path().join("out"))
        .into_iter()
        .filter(|row| !matches!(row["status"].as_str(), Some("below_line" | "duplicate")))
        .collect();
    let path = dir.path().join("handed/review-Expert_1.xlsx");
    assert_eq!(rows(&path).len(), judged.len());
    let mut book: Xlsx<_> = open_workbook(&path).expect("a workbook");
    let sheets = book.worksheets();
    let cells: Vec<String> =
        sheets.iter().flat_map(|(_, range)| range.used_cells().map(|(_, _, cell)| cell.to_string())).collect();
    for row in &judged {
        for figure in [&row["relevance"], &row["novelty"], &row["criteria"][0]["score"]] {
            assert!(!cells.contains(&figure.to_string()), "{figure} of {}", row["id"]);
        }
        assert!(!cells.iter().any(|cell| cell.contains(row["reason"].as_str().expect("a reason"))));
    }
    for word in ["near miss", "Near miss", "rescue", "Rescue", "Shortlisted", "shortlisted"] {
        assert!(!cells.iter().any(|cell| cell.contains(word)), "{word}");
    }
}

#[test]
fn a_title_that_is_a_formula_is_none_in_what_the_coordinator_opens() {
    let dir = tempfile::tempdir().expect("a folder");
    let dir = dir.path();
    write(dir, "batch.jsonl", &CASES[0].replace("Beds behind the gym", "=1+1"));
    ok(dir, &["run", "batch.jsonl", "--programme", PROGRAMME, "--out", "out"], 0);
    ok(dir, &["review", "export", "out", "--experts", "1", "--out", "handed"], 0);
    let assigned = std::fs::read_to_string(dir.join("handed/assignment.csv")).expect("the assignment");
    assert!(assigned.contains(",'=1+1,") && !assigned.contains(",=1+1"), "{assigned}");
}

#[test]
fn nothing_is_exported_or_merged_on_a_wrong_footing() {
    let dir = tempfile::tempdir().expect("a folder");
    let dir = dir.path();
    exported(dir);
    let refused = |arguments: &[&str], status: i32, told: &str| {
        let ran = shortlister(dir, arguments);
        assert_eq!(ran.status, status, "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(told), "{told}: {}", ran.stderr);
    };
    refused(&["review", "export", "out", "--out", "x"], 2, "--experts");
    refused(&["review", "export", "out", "--experts", "2", "--out", "handed"], 1, "--force");
    refused(&["review", "export", "handed", "--experts", "2", "--out", "x"], 1, "run.json");
    refused(&["review", "merge", "out", "handed", "--out", "x"], 1, "no usable judgment");
    refused(&["review", "merge", "out", "nowhere.xlsx", "--out", "x"], 1, "nowhere.xlsx");
    refused(&["review", "rule-out", "out", "zz", "--why", "x"], 1, "zz");
    write(dir, "panel.toml", "[[expert]]\nname = \"A\"\nunit = \"Mill School\"\n[[expert]]\nname = \"B\"");
    refused(&["review", "export", "out", "--experts", "3", "--panel", "panel.toml", "--out", "x"], 1, "names 2");
    ok(dir, &["review", "export", "out", "--panel", "panel.toml", "--out", "named"], 0);
    let theirs = rows(&dir.join("named/review-A.xlsx"));
    assert!(!theirs.contains_key("d") && rows(&dir.join("named/review-B.xlsx")).contains_key("d"), "{theirs:?}");

    std::fs::write(dir.join("out/ranking.jsonl"), "{}\n").expect("it is written");
    refused(&["review", "export", "out", "--experts", "2", "--out", "x"], 1, "was changed since the run");
    assert!(!dir.join("x").exists());
}
