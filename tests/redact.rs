//! `run --redact`: personal data is in nothing that a run writes, and moves nothing else.

mod command;

use std::io::Read;
use std::path::Path;

use command::{ranking, shortlister, write};
use serde_json::json;

const PROGRAMME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/programmes/gardens");
/// In a text, in a title, in the title of a record that is rejected, in a past case.
const PERSONAL: [&str; 4] = ["13812345678", "13912345678", "11010519491231002X", "13712345678"];

fn batch(dir: &Path) {
    let [text, title, rejected, past] = PERSONAL;
    let rows = [
        json!({"id": "beans", "title": "Beans", "text": format!("Since 2021 the bean harvest has grown from 10 to 42 kilograms a year, call {text}. Pupils keep the accounts.")}),
        json!({"id": "leeks", "title": format!("Leeks, ask {title}"), "text": "Leeks stand in the beds until Easter and go into the soup of the canteen."}),
        json!({"id": "newts", "title": "Newts", "text": "The number of newts in the pond rose from four to eleven in two summers. Call 12345 or 0571-87654321."}),
        json!({"id": "newts", "title": format!("Newts of {rejected}"), "text": "The same id again."}),
    ];
    write(dir, "batch.jsonl", &rows.map(|row| row.to_string() + "\n").concat());
    let case = json!({"id": "old", "title": format!("Beans by {past}"), "text": "The bean harvest has grown from 5 to 9 kilograms a year. Pupils keep the accounts."});
    write(dir, "past.jsonl", &(case.to_string() + "\n"));
}

fn run(dir: &Path, out: &str, more: &[&str]) {
    let fixed = ["run", "batch.jsonl", "--programme", PROGRAMME, "--library", "past.jsonl", "--top", "1", "--out", out];
    let ran = shortlister(dir, &[&fixed[..], more].concat());
    assert_eq!(ran.status, 3, "{}", ran.stderr);
}

/// Everything in a file, that of a workbook unpacked.
fn contents(path: &Path) -> String {
    let bytes = std::fs::read(path).expect("a file of the run");
    let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(&bytes)) else {
        return String::from_utf8_lossy(&bytes).into_owned();
    };
    let mut text = String::new();
    for index in 0..archive.len() {
        archive.by_index(index).expect("a part").read_to_string(&mut text).expect("XML");
    }
    text
}

fn holding(dir: &Path, personal: &str) -> Vec<String> {
    let files = std::fs::read_dir(dir).expect("the run folder").map(|entry| entry.expect("a file").path());
    let mut names: Vec<String> = files
        .filter(|path| contents(path).contains(personal))
        .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn nothing_that_a_redacted_run_writes_holds_personal_data() {
    let dir = tempfile::tempdir().expect("a folder");
    batch(dir.path());
    run(dir.path(), "open", &[]);
    run(dir.path(), "masked", &["--redact"]);
    for personal in PERSONAL {
        assert!(!holding(&dir.path().join("open"), personal).is_empty(), "{personal} is somewhere without --redact");
        assert_eq!(holding(&dir.path().join("masked"), personal), [""; 0], "{personal}");
    }
    assert!(contents(&dir.path().join("masked/ranking.jsonl")).contains("call 138********."));
    assert!(contents(&dir.path().join("masked/run.json")).contains("\"redact\": true"));

    let (open, masked) = (ranking(&dir.path().join("open")), ranking(&dir.path().join("masked")));
    for row in &open {
        let id = &row["id"];
        let other = masked.iter().find(|other| other["id"] == *id).expect("it is ranked");
        let is_personal = id != "newts";
        let flags = row["flags"].as_array().expect("flags");
        assert_eq!(flags.contains(&json!("personal_data")), is_personal, "{id}: {flags:?}");
        assert_eq!(row["flags"], other["flags"], "{id}: flags are of what was sent in");
        if !is_personal {
            assert_eq!(
                (&row["criteria"], &row["probabilities"]),
                (&other["criteria"], &other["probabilities"]),
                "{id}"
            );
        }
    }
    let verified = shortlister(dir.path(), &["verify", "masked", "--replay"]);
    assert_eq!(verified.status, 0, "{}{}", verified.stdout, verified.stderr);
}
