//! The built program, called as a user calls it, and a small batch for it.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// Six nominations for the garden programme; `f` tells the case of `a` again.
#[allow(dead_code, reason = "not every test file looks at it")]
pub const CASES: [&str; 6] = [
    r#"{"id":"a","title":"Beds behind the gym","unit":"Hill School","region":"North","category":"vegetables","text":"Since 2020 pupils of year six have sown tomatoes and potatoes in twelve raised beds. The harvest has grown from 8 to 55 kilograms a year, and the school kitchen serves it to 160 pupils twice a week. The pupils keep the accounts themselves."}"#,
    r#"{"id":"b","title":"Herbs on the roof","unit":"Lake School","region":"South","text":"On the roof grow parsley, mint and beans. Year four waters them every morning and sells bunches at the summer fair. Last year the harvest paid for new watering cans."}"#,
    r#"{"id":"c","title":"The kitchen garden of tomorrow","unit":"Park School","region":"North","category":"vegetables","text":"We plan a large vegetable garden with a greenhouse. Next year forty beds will be built by a firm. A harvest of 500 kilograms of vegetables is expected."}"#,
    r#"{"id":"d","title":"The pond in the yard","unit":"Mill School","region":"South","category":"wildlife","text":"Pupils dug a pond and planted a hedge in 2019. The number of frogs counted rose from three to sixty in two summers. Year five looks after the nest boxes and writes the census every week, and two neighbouring schools have taken over the method."}"#,
    r#"{"id":"e","title":"Our wonderful wild corner","unit":"Old School","region":"East","category":"wildlife","text":"Our wild corner with butterflies is wonderful and everybody is very proud of it. Nature is important and we love nature with all our heart."}"#,
    r#"{"id":"f","title":"Raised beds behind the gym","unit":"Hill School association","region":"North","text":"Since 2020 pupils of year six have sown tomatoes and potatoes in twelve raised beds. The harvest has grown from 8 to 55 kilograms a year, and the school kitchen serves it to 160 pupils."}"#,
];

/// How a call ended.
pub struct Ran {
    /// Exit status.
    pub status: i32,
    /// Standard output.
    #[allow(dead_code, reason = "not every test file looks at it")]
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Calls the program in `folder`.
#[allow(dead_code, reason = "not every test file looks at it")]
pub fn shortlister(folder: &Path, arguments: &[&str]) -> Ran {
    with_input(folder, arguments, "")
}

/// Calls the program in `folder` with `input` on standard input.
#[allow(dead_code, reason = "not every test file looks at it")]
pub fn with_input(folder: &Path, arguments: &[&str], input: &str) -> Ran {
    finish(command(folder).args(arguments), input)
}

/// The program, to be called in `folder`. All calls share a cache, so that the sentences and model cases of a programme
/// are embedded once for all tests.
pub fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_shortlister"));
    command.current_dir(folder).env("SHORTLISTER_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache"));
    command
}

/// Runs `command` with `input` on standard input.
pub fn finish(command: &mut Command, input: &str) -> Ran {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that refuses its arguments closes its input unread.
    let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
    let output = child.wait_with_output().expect("the program ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Ran { status: output.status.code().expect("no signal"), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Writes a file below `folder`, with the folders it needs.
#[allow(dead_code, reason = "not every test file looks at it")]
pub fn write(folder: &Path, name: &str, content: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("below a folder")).expect("folders are made");
    std::fs::write(path, content).expect("the file is written");
}

/// The lines of a run's ranking.
#[allow(dead_code, reason = "not every test file looks at it")]
pub fn ranking(out: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(out.join("ranking.jsonl")).expect("the ranking is there");
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
}

/// The ids of all rows; each must be there once.
#[allow(dead_code, reason = "not every test file looks at it")]
pub fn ids(rows: &[Value]) -> BTreeSet<String> {
    let ids: BTreeSet<String> = rows.iter().map(|r| r["id"].as_str().expect("an id").to_owned()).collect();
    assert_eq!(ids.len(), rows.len(), "an id is there twice");
    ids
}

/// The row of `id`.
#[allow(dead_code, reason = "not every test file looks at it")]
pub fn row<'a>(rows: &'a [Value], id: &str) -> &'a Value {
    rows.iter().find(|r| r["id"] == id).expect("the nomination is in the ranking")
}
