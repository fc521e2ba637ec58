//! `shortlister check`: what is in a batch, and what is wrong with it.

mod command;

use command::{CASES, shortlister, write};
use serde_json::Value;

const TABLE: &str = "编号,案例名称,申报单位,案例简介\n\
    1,热线接诉即办,甲县,市民来电由一个号码受理，承办单位限时办结并逐件回访，满意率由八成升到九成五。\n\
    2,,乙县,详见附件\n\
    合计,,,共两件\n";

#[test]
fn a_table_is_mapped_and_its_bad_row_is_named() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "batch.csv", TABLE);
    let ran = shortlister(dir.path(), &["check", "batch.csv", "--format", "json"]);
    assert_eq!(ran.status, 3, "{}", ran.stderr);
    let checked: Value = serde_json::from_str(&ran.stdout).expect("one object");
    assert_eq!((&checked["nominations"], &checked["rejected"]), (&1.into(), &1.into()));
    assert_eq!(checked["rejections"][0]["source"]["row"], 3);
    let columns = checked["tables"][0]["columns"].as_array().expect("columns");
    let field = |header: &str| columns.iter().find(|c| c["header"] == header).map(|c| c["field"].clone());
    assert_eq!(field("案例名称"), Some("title".into()));
    assert_eq!(field("案例简介"), Some("text".into()));

    let text = shortlister(dir.path(), &["check", "batch.csv"]);
    assert_eq!(text.status, 3);
    assert!(text.stdout.contains("案例名称 -> title") && text.stdout.contains("row 3"), "{}", text.stdout);
}

#[test]
fn duplicates_are_told_before_anything_is_judged() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "batch.jsonl", &CASES.join("\n"));
    let ran = shortlister(dir.path(), &["check", "batch.jsonl", "--format", "json"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let checked: Value = serde_json::from_str(&ran.stdout).expect("one object");
    assert_eq!(checked["duplicates"][0]["id"], "f");
    assert_eq!(checked["duplicates"][0]["duplicate_of"], "a");
}

#[test]
fn nothing_usable_is_a_failure() {
    let dir = tempfile::tempdir().expect("a folder");
    assert_eq!(shortlister(dir.path(), &["check", "missing.csv"]).status, 1);
}

#[test]
fn headers_of_ones_own_are_mapped_by_a_file() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "batch.csv", "代号,叫什么,做了什么\n1,热线,一个号码受理，限时办结。\n");
    write(dir.path(), "map.toml", "[columns]\n\"代号\" = \"id\"\n\"叫什么\" = \"title\"\n\"做了什么\" = \"text\"\n");
    let ran = shortlister(dir.path(), &["check", "batch.csv", "--map", "map.toml", "--format", "json"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
}
