//! Vectors of earlier runs: used where they are whole, and never seen in a result.
#![cfg(feature = "embedded-model")]

mod command;

use std::path::{Path, PathBuf};
use std::process::Command;

use command::{CASES, Ran, finish, write};
use serde_json::Value;

/// Name of the cache in the folder of a call: here each call has its own.
const CACHE: &str = "cache";

const TEXTS: &str = "一个号码受理\n窗口只收一次材料\nOne number for all\n企业开办一日办结\n";

/// The program, to be called in `folder`, where its cache is too.
fn command(folder: &Path) -> Command {
    let mut command = command::command(folder);
    command.env("SHORTLISTER_CACHE", folder.join(CACHE));
    command
}

fn shortlister(folder: &Path, arguments: &[&str]) -> Ran {
    finish(command(folder).args(arguments), "")
}

fn embed(folder: &Path, input: &str, more: &[&str]) -> (Ran, Vec<u8>) {
    let ran = shortlister(folder, &[&["embed", input, "--out", "out.npy"], more].concat());
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    (ran, std::fs::read(folder.join("out.npy")).expect("written"))
}

/// How many of how many vectors were there, as the program says.
fn found(ran: &Ran) -> Option<(usize, usize)> {
    let line = ran.stderr.lines().find(|line| line.contains("of earlier runs"))?;
    let numbers: Vec<usize> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    Some((numbers[0], numbers[1]))
}

fn segments(folder: &Path) -> Vec<PathBuf> {
    let spaces = std::fs::read_dir(folder.join(CACHE)).expect("the cache is there").map(|e| e.expect("entry").path());
    let files = spaces.filter(|path| path.is_dir()).flat_map(|space| std::fs::read_dir(space).expect("a folder"));
    files.map(|entry| entry.expect("entry").path()).collect()
}

#[test]
fn the_second_time_nothing_is_computed_and_the_bytes_are_the_same() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "texts.txt", TEXTS);
    let (ran, anew) = embed(dir.path(), "texts.txt", &["--no-cache"]);
    assert_eq!(found(&ran), None);
    assert!(!dir.path().join(CACHE).exists());
    let (ran, first) = embed(dir.path(), "texts.txt", &[]);
    assert_eq!(found(&ran), None);
    let (ran, second) = embed(dir.path(), "texts.txt", &[]);
    assert_eq!(found(&ran), Some((4, 4)));
    assert!(anew == first && first == second);
    let (ran, _) = embed(dir.path(), "texts.txt", &["--role", "query"]);
    assert_eq!(found(&ran), None, "another prefix is another text");
}

#[test]
fn no_text_is_kept() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "texts.txt", TEXTS);
    embed(dir.path(), "texts.txt", &[]);
    let bytes = segments(dir.path()).iter().flat_map(|path| std::fs::read(path).expect("read")).collect::<Vec<u8>>();
    assert!(bytes.len() > 4 * 384 * 4);
    for part in ["号码", "number"] {
        assert!(!bytes.windows(part.len()).any(|window| window == part.as_bytes()), "{part}");
    }
}

/// What a run writes, with `run.json` as an object without what tells the time.
fn outputs(folder: &Path, out: &str, input: &str, more: &[&str]) -> (Ran, Vec<Vec<u8>>, Value) {
    let programme = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/programmes/gardens");
    let ran = shortlister(folder, &[&["run", input, "--programme", programme, "--out", out], more].concat());
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let read = |file: &str| std::fs::read(folder.join(out).join(file)).expect("written");
    let files = ["shortlist.html", "shortlist.xlsx", "shortlist.csv", "ranking.jsonl", "rejected.csv"].map(read);
    let mut record: Value = serde_json::from_slice(&read("run.json")).expect("an object");
    for time in ["started_at", "timings"] {
        assert!(record.as_object_mut().expect("an object").remove(time).is_some(), "{time}");
    }
    (ran, files.to_vec(), record)
}

#[test]
fn a_rerun_with_one_case_more_computes_that_case_and_writes_what_a_run_without_cache_writes() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "few/batch.jsonl", &CASES[..5].join("\n"));
    outputs(dir.path(), "first", "few/batch.jsonl", &[]);
    write(dir.path(), "few/batch.jsonl", &[&CASES[..5], &[ADDED]].concat().join("\n"));
    let (ran, files, record) = outputs(dir.path(), "more", "few/batch.jsonl", &[]);
    let (found, all) = found(&ran).expect("most are there");
    assert!((1..=3).contains(&(all - found)), "title and two sentences: {found} of {all}");
    let (_, expected, expected_record) = outputs(dir.path(), "anew", "few/batch.jsonl", &["--no-cache"]);
    assert!(files == expected);
    assert_eq!(record, expected_record);
}

const ADDED: &str = r#"{"id":"z","title":"A compost corner","unit":"New School","text":"Year three collects peelings from the kitchen and turns them every week. Last autumn the compost fed all six beds of the school."}"#;

#[test]
fn damaged_files_change_no_result_and_are_replaced() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "texts.txt", TEXTS);
    let (_, expected) = embed(dir.path(), "texts.txt", &[]);
    let segment = segments(dir.path()).remove(0);
    let whole = std::fs::read(&segment).expect("read");
    let mut flipped = whole.clone();
    flipped[500] ^= 0x40;
    for (damaged, left) in [(&flipped[..], Some((3, 4))), (&whole[..whole.len() - 7], None), (&[], None)] {
        segments(dir.path()).iter().for_each(|path| std::fs::remove_file(path).expect("removed"));
        std::fs::write(&segment, damaged).expect("written");
        let (ran, bytes) = embed(dir.path(), "texts.txt", &[]);
        assert_eq!(found(&ran), left);
        assert!(bytes == expected);
        let (ran, bytes) = embed(dir.path(), "texts.txt", &[]);
        assert_eq!(found(&ran), Some((4, 4)));
        assert!(bytes == expected);
    }
}

#[test]
fn processes_write_at_once_and_one_that_is_killed_does_no_harm() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "texts.txt", TEXTS);
    let more: String = (0..40).map(|i| format!("第{i}号窗口\n")).collect();
    write(dir.path(), "more.txt", &(TEXTS.to_owned() + &more));
    let start = |input: &str, out: &str| {
        let quiet = std::process::Stdio::null;
        let mut command = command(dir.path());
        command
            .args(["embed", input, "--out", out])
            .stdout(quiet())
            .stderr(quiet())
            .spawn()
            .expect("the program starts")
    };
    let mut killed = start("more.txt", "killed.npy");
    let mut both = [start("texts.txt", "a.npy"), start("more.txt", "b.npy")];
    std::thread::sleep(std::time::Duration::from_millis(150));
    killed.kill().expect("killed, or done");
    killed.wait().expect("ended");
    assert!(both.iter_mut().all(|child| child.wait().expect("ended").success()));
    let (ran, cached) = embed(dir.path(), "more.txt", &[]);
    assert_eq!(found(&ran), Some((44, 44)));
    let (_, anew) = embed(dir.path(), "more.txt", &["--no-cache"]);
    assert!(cached == anew && cached == std::fs::read(dir.path().join("b.npy")).expect("written"));
}

#[test]
fn a_cache_that_cannot_be_written_is_a_note() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "texts.txt", TEXTS);
    write(dir.path(), CACHE, "a file where the folder should be");
    let (ran, bytes) = embed(dir.path(), "texts.txt", &[]);
    assert!(ran.stderr.contains("cannot be kept"), "{}", ran.stderr);
    let (ran, anew) = embed(dir.path(), "texts.txt", &["--no-cache"]);
    assert!(!ran.stderr.contains("cannot be kept"), "{}", ran.stderr);
    assert!(bytes == anew);
}

#[test]
fn without_a_home_nothing_is_kept_and_nothing_fails() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "texts.txt", TEXTS);
    let mut command = command(dir.path());
    for variable in ["SHORTLISTER_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"] {
        command.env_remove(variable);
    }
    let ran = finish(command.args(["embed", "texts.txt", "--out", "out.npy"]), "");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(!ran.stderr.contains("note"), "{}", ran.stderr);
}

/// No file may grow, as on a full disk; the program is told by an error, not by a signal.
#[test]
#[cfg(unix)]
fn on_a_full_disk_the_result_is_the_same() {
    let dir = tempfile::tempdir().expect("a folder");
    let rows = r#"{"text":"主队加时赛绝杀晋级决赛","category":"体育"}"#;
    write(dir.path(), "labelled.jsonl", rows);
    write(dir.path(), "names.json", r#"["体育", "股票"]"#);
    let arguments = ["evaluate", "--labelled", "labelled.jsonl", "--categories", "names.json", "--format", "json"];
    let mut full = std::process::Command::new("sh");
    full.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_shortlister")]);
    full.args(arguments).current_dir(dir.path()).env("SHORTLISTER_CACHE", dir.path().join(CACHE));
    let ran = finish(&mut full, "");
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("cannot be kept"), "{}", ran.stderr);
    assert!(segments(dir.path()).is_empty());
    assert_eq!(ran.stdout, shortlister(dir.path(), &arguments).stdout);
}
