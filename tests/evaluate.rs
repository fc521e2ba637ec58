//! `shortlister evaluate`: one object, the fields of the contract, better than the baselines.

mod command;

use command::{CASES, shortlister, write};
use serde_json::Value;

#[test]
fn graded_rows_give_figures_of_both_kinds() {
    let dir = tempfile::tempdir().expect("a folder");
    let grades = [3, 1, 0, 3, 0];
    let gold = ["vegetables", "vegetables", "vegetables", "wildlife", "wildlife"];
    let rows: Vec<String> = (0..5)
        .map(|i| {
            let mut row: Value = serde_json::from_str(CASES[i]).expect("an object");
            row["category"] = gold[i].into();
            row["grade"] = grades[i].into();
            row.to_string()
        })
        .collect();
    let unknown = r#"{"id":"x","text":"A bus to school.","category":"transport"}"#;
    write(dir.path(), "labelled.jsonl", &(rows.join("\n") + "\n" + unknown));
    let programme = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/programmes/gardens");
    let ran = shortlister(
        dir.path(),
        &["evaluate", "--labelled", "labelled.jsonl", "--programme", programme, "--format", "json"],
    );
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let figures: Value = serde_json::from_str(&ran.stdout).expect("one object");
    assert_eq!((&figures["n"], &figures["skipped"]), (&5.into(), &1.into()));
    for field in ["accuracy", "macro_f1", "ece", "abstained"] {
        assert!((0.0..=1.0).contains(&figures[field].as_f64().expect(field)), "{field}");
    }
    assert_eq!(figures["accuracy"], 1.0);
    let ranking = &figures["ranking"];
    let spearman = |order: &Value| order["spearman"].as_f64().expect("a figure");
    for baseline in ["bm25", "length", "digits", "random"] {
        for figure in ["spearman", "ndcg_at_10", "recall_at_20_percent"] {
            assert!(ranking["baselines"][baseline][figure].is_number(), "{baseline} {figure}");
        }
    }
    assert!(spearman(ranking) > 0.5, "{ranking}");
}

/// A little below the figures of the README.
#[test]
fn unseen_cases_are_judged_as_well_as_documented() {
    let sets = [
        ("report2", 0.99, 0.04, [0.93, 0.93, 0.75]),
        ("report3", 0.94, 0.07, [0.91, 0.98, 0.75]),
        ("report4", 0.89, 0.09, [0.92, 0.95, 0.7]),
    ];
    for (rows, accuracy, ece, least) in sets {
        let rows = format!("{}/examples/graded/{rows}.jsonl", env!("CARGO_MANIFEST_DIR"));
        let dir = tempfile::tempdir().expect("a folder");
        let ran = shortlister(dir.path(), &["evaluate", "--labelled", &rows, "--format", "json"]);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        let figures: Value = serde_json::from_str(&ran.stdout).expect("one object");
        let ranking = &figures["ranking"];
        let figure = |of: &Value, name: &str| of[name].as_f64().expect("a figure");
        assert!(figure(&figures, "accuracy") > accuracy && figure(&figures, "ece") < ece, "{figures}");
        assert!(figure(ranking, "spearman_with_length").abs() < 0.3, "{ranking}");
        for (name, at_least) in ["spearman", "ndcg_at_10", "recall_at_20_percent"].into_iter().zip(least) {
            let baselines = ranking["baselines"].as_object().expect("the baselines").values();
            let best = baselines.map(|baseline| figure(baseline, name)).fold(f64::NEG_INFINITY, f64::max);
            assert!(figure(ranking, name) > f64::max(at_least, best + 0.1), "{name}: {ranking}");
        }
    }
}

#[test]
fn category_names_alone_are_enough() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "names.json", r#"["体育", "股票"]"#);
    write(
        dir.path(),
        "labelled.jsonl",
        "{\"text\":\"主队加时赛绝杀晋级决赛\",\"category\":\"体育\"}\n{\"text\":\"A股三大指数午后跳水\",\"category\":\"股票\"}\n",
    );
    let ran = shortlister(
        dir.path(),
        &["evaluate", "--labelled", "labelled.jsonl", "--categories", "names.json", "--format", "json"],
    );
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let figures: Value = serde_json::from_str(&ran.stdout).expect("one object");
    assert_eq!(figures["accuracy"], 1.0);
    assert!(figures.get("ranking").is_none());
}

#[test]
fn rows_without_a_known_category_are_a_failure() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "labelled.jsonl", r#"{"text":"no label"}"#);
    let ran = shortlister(dir.path(), &["evaluate", "--labelled", "labelled.jsonl"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("category"), "{}", ran.stderr);
}
