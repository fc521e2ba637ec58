//! `shortlister simulate`: past decisions, replayed.

mod command;

use command::{CASES, Ran, shortlister, write};
use serde_json::Value;

const PROGRAMME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/programmes/gardens");

/// The cases with the grades of a past jury; `f` tells the case of `a` again.
fn graded() -> String {
    let grades = [3, 1, 0, 3, 0, 3];
    let row = |(case, grade): (&&str, i32)| {
        let mut row: Value = serde_json::from_str(case).expect("an object");
        row["grade"] = grade.into();
        row.to_string()
    };
    CASES.iter().zip(grades).map(row).collect::<Vec<_>>().join("\n")
}

fn simulate(rows: &str, more: &[&str]) -> Ran {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "past.jsonl", rows);
    shortlister(dir.path(), &[&["simulate", "--labelled", "past.jsonl", "--programme", PROGRAMME], more].concat())
}

#[test]
fn a_replay_compares_the_list_with_the_decisions_and_with_simple_orders() {
    let ungraded = format!("{}\n{{\"id\":\"x\",\"text\":\"A bench under the lime tree.\"}}", graded());
    let ran = simulate(&ungraded, &["--top", "1", "--format", "json"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let figures: Value = serde_json::from_str(&ran.stdout).expect("one object");
    assert_eq!((&figures["n"], &figures["duplicates"], &figures["skipped"]), (&5.into(), &1.into(), &1.into()));
    assert_eq!((&figures["good"], &figures["listed"], &figures["recall"]), (&2.into(), &2.into(), &1.0.into()));
    for baseline in ["bm25", "tf_idf", "length", "digits", "random"] {
        for figure in ["recall", "ndcg_at_10", "spearman"] {
            assert!(figures["baselines"][baseline][figure].is_number(), "{baseline} {figure}");
        }
    }
    let (rescue, review) = (&figures["rescue"], &figures["review"]);
    let count = |value: &Value| value.as_u64().expect("a count");
    assert_eq!(count(&review["seen"]) + count(&rescue["below"]) - count(&rescue["sample"]), 5);
    assert!(count(&rescue["bound"]) >= count(&rescue["good_below"]));
    assert_eq!(figures["groups_left_out"]["region"], 3, "groups of one or two cases show nothing");
}

#[test]
fn the_answer_for_people_names_what_it_compares() {
    let ran = simulate(&graded(), &["--good", "1"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    for words in ["5 past cases, 3 of them good (grade 1 or more)", "relevance", "bm25", "experts see", "rescue sample"]
    {
        assert!(ran.stdout.contains(words), "{words} in {}", ran.stdout);
    }
    assert!(ran.stderr.contains("--top"), "a list of nearly all is pointed out: {}", ran.stderr);
}

#[test]
fn without_decisions_there_is_nothing_to_replay() {
    let ran = simulate(&CASES.join("\n"), &[]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("grade"), "{}", ran.stderr);
    let ran = simulate(&graded(), &["--good", "9"]);
    assert!(ran.stderr.contains("the highest is 3"), "{}", ran.stderr);
}
