//! `shortlister programme`: what a programme folder says, what is wrong with it, and one to start from.

mod command;

use std::path::Path;

use command::{CASES, ranking, shortlister, write};
use serde_json::Value;

#[test]
fn a_new_programme_is_valid_and_judges_a_batch() {
    for language in ["zh", "en"] {
        let dir = tempfile::tempdir().expect("a folder");
        let made = shortlister(dir.path(), &["programme", "new", "award", "--language", language]);
        assert_eq!(made.status, 0, "{}", made.stderr);
        let checked = shortlister(dir.path(), &["programme", "check", "award", "--format", "json"]);
        assert_eq!(checked.status, 0, "{}", checked.stderr);
        let checked: Value = serde_json::from_str(&checked.stdout).expect("one object");
        assert_eq!(checked["remarks"], Value::Array(Vec::new()));
        assert_eq!(checked["programme"]["language"], language);
        write(dir.path(), "batch.jsonl", &CASES.join("\n"));
        let ran = shortlister(dir.path(), &["run", "batch.jsonl", "--programme", "award", "--out", "out"]);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        assert_eq!(ranking(&dir.path().join("out")).len(), CASES.len());
    }
}

#[test]
fn a_folder_that_holds_anything_is_left_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "award/notes.txt", "mine");
    let ran = shortlister(dir.path(), &["programme", "new", "award"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("is not empty"), "{}", ran.stderr);
    let files: Vec<_> = std::fs::read_dir(dir.path().join("award")).expect("it is there").collect();
    assert_eq!(files.len(), 1);
}

#[test]
fn every_mistake_is_told_at_once_with_its_line() {
    let dir = tempfile::tempdir().expect("a folder");
    assert_eq!(shortlister(dir.path(), &["programme", "new", "award", "--language", "en"]).status, 0);
    let edit = |file: &str, from: &str, to: &str| {
        let path = dir.path().join("award").join(file);
        let text = std::fs::read_to_string(&path).expect("a file");
        assert!(text.contains(from), "{from}");
        std::fs::write(path, text.replacen(from, to, 1)).expect("written");
    };
    edit("programme.toml", "per_category = 10", "per_category = 0");
    edit("criteria.toml", "weight = 0.4", "weight = 0.5");
    edit("categories.toml", "id = \"online\"", "id = \"on-site\"");
    let ran = shortlister(dir.path(), &["programme", "check", "award"]);
    assert_eq!(ran.status, 1);
    for part in [
        "programme.toml, line 10: selection.per_category is 0; give",
        "categories.toml, line 17: category \"on-site\" is there twice",
        "criteria.toml, line 28: the weights of the criteria sum to 1.100; make them sum to 1",
    ] {
        assert!(ran.stdout.contains(part), "{part}\n{}", ran.stdout);
    }
    let json = shortlister(dir.path(), &["programme", "check", "award", "--format", "json"]);
    assert_eq!(json.status, 1);
    let checked: Value = serde_json::from_str(&json.stdout).expect("one object");
    assert_eq!((&checked["valid"], checked["errors"].as_array().map(Vec::len)), (&Value::Bool(false), Some(3)));
}

#[test]
fn a_programme_that_is_not_there_is_wrong_usage() {
    let dir = tempfile::tempdir().expect("a folder");
    let ran = shortlister(dir.path(), &["programme", "check", "no-such"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("digital-government-2023"), "{}", ran.stderr);
    assert_eq!(shortlister(dir.path(), &["programme", "check"]).status, 2);
}

#[test]
fn the_built_in_ones_are_listed() {
    let dir = tempfile::tempdir().expect("a folder");
    let ran = shortlister(dir.path(), &["programme", "list"]);
    assert_eq!(ran.status, 0);
    assert!(ran.stdout.contains("digital-government-2023: 2023年数字政府十佳创新案例; 7 categories"), "{}", ran.stdout);
}

#[test]
fn model_cases_are_checked_with_their_line_and_lift_what_is_like_the_best() {
    let dir = tempfile::tempdir().expect("a folder");
    let garden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/programmes/gardens");
    for file in ["programme.toml", "categories.toml", "criteria.toml"] {
        write(dir.path(), &format!("award/{file}"), &std::fs::read_to_string(garden.join(file)).expect("a file"));
    }
    let exemplar = |i: usize| {
        // This programme values songs, of which its criteria know nothing.
        let (text, grade) = match i % 2 {
            0 => ("The pupils sing a song to the beans every morning.", 3),
            _ => ("The pupils water the beans every morning.", 0),
        };
        format!(r#"{{"text":"{text} Class {i} does it too.","category":"vegetables","grade":{grade}}}"#)
    };
    let check = |lines: &[String]| {
        write(dir.path(), "award/exemplars.jsonl", &lines.join("\n"));
        shortlister(dir.path(), &["programme", "check", "award"])
    };
    let good: Vec<String> = (0..30).map(exemplar).collect();
    let with_first = |line: &str| [&[line.to_owned()], good.as_slice()].concat();
    for (lines, told) in [
        (good[..7].to_vec(), "exemplars.jsonl, line 7: 7 exemplars are too few; give 30 or remove the file"),
        (with_first(r#"{"text":"a","grade":1,"note":""}"#), "exemplars.jsonl, line 1: unknown field `note`"),
        (with_first(r#"{"text":"a","grade":1,"category":"buses"}"#), "line 1: the category \"buses\" is not one"),
        (with_first(r#"{"text":" ","grade":1}"#), "line 1: an exemplar without text"),
        (with_first(r#"{"text":"a","grade":1e300}"#), "line 1: the grade 1"),
        (vec![good[0].clone(); 30], "all exemplars have the same grade"),
    ] {
        let ran = check(&lines);
        assert!(ran.status == 1 && ran.stdout.contains(told), "{told}\n{}", ran.stdout);
    }
    let relevance = |out: &str| -> Vec<f64> {
        let nomination = |id: &str, text: &str| format!(r#"{{"id":"{id}","text":"{text}"}}"#);
        let sung = nomination("sung", "We sing a song to the carrots every morning.");
        let plain = nomination("plain", "We water the carrots every morning.");
        write(dir.path(), "batch.jsonl", &[sung, plain].join("\n"));
        let ran = shortlister(dir.path(), &["run", "batch.jsonl", "--programme", "award", "--out", out]);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        let rows = ranking(&dir.path().join(out));
        let of = |id: &str| rows.iter().find(|row| row["id"] == id).expect("it is ranked")["relevance"].as_f64();
        ["sung", "plain"].map(|id| of(id).expect("a number")).to_vec()
    };
    assert_eq!(check(&good).status, 0);
    let with = relevance("with");
    let page = std::fs::read_to_string(dir.path().join("with/shortlist.html")).expect("the page");
    assert!(page.contains("30 graded model cases") || page.contains("30个评级范例"));
    std::fs::remove_file(dir.path().join("award/exemplars.jsonl")).expect("it was there");
    let without = relevance("without");
    assert!(with[0] - with[1] > without[0] - without[1] + 20.0, "{with:?} {without:?}");
}
