//! Every award series of a programme in one run: who enters which, what each shortlists, and one result.

mod command;
mod experts;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use command::{Ran, ranking, shortlister, write};
use experts::fill;
use serde_json::Value;

const SERIES: [&str; 5] = ["platforms", "innovation-cases", "leading-sites", "foreign-sites", "new-media"];

fn example(series: &str) -> PathBuf {
    let file = format!("examples/award-series-2023/{series}-report.jsonl");
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

fn rows(series: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(example(series)).expect("the example is there");
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON line")).collect()
}

fn as_lines(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

fn evaluated(arguments: &[&str]) -> Value {
    let dir = tempfile::tempdir().expect("a folder");
    let ran = shortlister(dir.path(), &[&["evaluate", "--format", "json"], arguments].concat());
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    serde_json::from_str(&ran.stdout).expect("one object")
}

#[test]
fn the_text_tells_the_series() {
    let dir = tempfile::tempdir().expect("a folder");
    let all: Vec<Value> = SERIES.iter().flat_map(|series| rows(series)).collect();
    write(dir.path(), "all.jsonl", &as_lines(&all));
    let file = dir.path().join("all.jsonl").display().to_string();
    let found = evaluated(&["--labelled", &file, "--tracks"]);
    assert_eq!(found["n"], all.len());
    assert!(found["accuracy"].as_f64() >= Some(0.95), "{found}");
}

#[test]
fn each_series_is_ordered_better_than_by_words_length_and_chance() {
    for series in ["platforms", "foreign-sites", "new-media"] {
        let programme = format!("digital-government-2023/tracks/{series}");
        let found = evaluated(&["--labelled", &example(series).display().to_string(), "--programme", &programme]);
        let spearman = found["ranking"]["spearman"].as_f64().expect("a number");
        for name in ["bm25", "length", "random"] {
            let baseline = found["ranking"]["baselines"][name]["spearman"].as_f64().expect("a number");
            assert!(spearman >= baseline + 0.15, "{series}, {name}: {found}");
        }
    }
}

/// The rows of all series as `run --tracks` sees them: those at even places do not say which series they are for.
fn run(dir: &Path) -> Ran {
    let mut all: Vec<Value> = SERIES.iter().flat_map(|series| rows(series)).collect();
    for row in all.iter_mut().step_by(2) {
        row.as_object_mut().expect("an object").remove("track");
    }
    write(dir, "batch.jsonl", &as_lines(&all));
    shortlister(dir, &["run", "batch.jsonl", "--tracks", "--top", "2", "--out", "out"])
}

#[test]
fn one_run_serves_every_series_and_loses_nobody() {
    let dir = tempfile::tempdir().expect("a folder");
    let ran = run(dir.path());
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let out = dir.path().join("out");
    let everybody: BTreeSet<String> = SERIES
        .iter()
        .flat_map(|series| rows(series))
        .map(|row| row["id"].as_str().expect("an id").to_owned())
        .collect();

    // Every nomination is in at least one ranking, and the ranking above the series is that of all of them.
    let all = ranking(&out);
    let ranked: BTreeSet<String> = all.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect();
    assert_eq!(ranked, everybody);
    let mut by_series: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    all.iter().for_each(|row| by_series.entry(row["track"].as_str().expect("a series")).or_default().push(row));
    for (series, rows) in &by_series {
        let own = ranking(&out.join(series));
        assert!(own.iter().eq(rows.iter().copied()), "{series}");
        for file in ["shortlist.html", "shortlist.xlsx", "shortlist.csv", "rejected.csv", "run.json", "log.jsonl"] {
            assert!(out.join(series).join(file).is_file(), "{series}/{file}");
        }
    }

    // 优秀政务网站 has the websites, but for those of units that are shortlisted in the first three series.
    let shortlisted = |series: &str| -> BTreeSet<&str> {
        let rows = by_series[series].iter().filter(|row| row["status"] == "shortlisted");
        rows.map(|row| row["unit"].as_str().expect("a unit")).collect()
    };
    let taken: BTreeSet<&str> = SERIES[..3].iter().flat_map(|series| shortlisted(series)).collect();
    let excellent: BTreeSet<&str> =
        by_series["excellent-sites"].iter().map(|row| row["unit"].as_str().expect("a unit")).collect();
    assert!(!excellent.is_empty() && excellent.is_disjoint(&taken), "{excellent:?}\n{taken:?}");
    let table = std::fs::read_to_string(out.join("tracks.csv")).expect("the table is there");
    assert!(table.contains("未进入：") && table.contains("按申报进入") && table.contains("按内容进入"), "{table}");

    let record: Value =
        serde_json::from_str(&std::fs::read_to_string(out.join("run.json")).expect("it is there")).expect("JSON");
    let order: Vec<&str> =
        record["tracks"].as_array().expect("a list").iter().map(|t| t["id"].as_str().expect("an id")).collect();
    let notice = ["platforms", "innovation-cases", "leading-sites", "excellent-sites", "foreign-sites", "new-media"];
    assert_eq!(order, notice, "the order of the notice");
    let page = std::fs::read_to_string(out.join("shortlist.html")).expect("the page is there");
    assert!(notice.iter().all(|series| page.contains(&format!("id=\"{series}\""))));

    let told = shortlister(dir.path(), &["explain", "out", "P002"]);
    assert!(
        told.stdout.contains("== platforms") && told.stdout.contains("进入方式: 按内容进入"),
        "{}{}",
        told.stdout,
        told.stderr
    );
    let verified = shortlister(dir.path(), &["verify", "out", "--replay"]);
    assert_eq!(verified.status, 0, "{}{}", verified.stdout, verified.stderr);
    assert!(verified.stdout.contains("platforms/ranking.jsonl of the run repeated"), "{}", verified.stdout);
    let part = shortlister(dir.path(), &["verify", "out/platforms", "--replay"]);
    assert!(part.status == 1 && part.stderr.contains("replay the folder above it"), "{}", part.stderr);
    write(dir.path(), "out/platforms/shortlist.csv", "changed");
    let changed = shortlister(dir.path(), &["verify", "out"]);
    assert!(changed.status == 1 && changed.stdout.contains("CHANGED platforms/shortlist.csv"), "{}", changed.stdout);
}

#[test]
fn experts_of_a_series_get_its_cases_only() {
    let dir = tempfile::tempdir().expect("a folder");
    assert_eq!(run(dir.path()).status, 0);
    let panel = "[[expert]]\nname = \"甲\"\n[[expert]]\nname = \"乙\"\ntracks = [\"new-media\"]\n";
    write(dir.path(), "panel.toml", panel);
    let exported = shortlister(dir.path(), &["review", "export", "out", "--panel", "panel.toml", "--out", "books"]);
    assert_eq!(exported.status, 0, "{}", exported.stderr);
    let has = |name: &str| dir.path().join("books").join(name).is_file();
    assert!(has("platforms/review-甲.xlsx") && has("new-media/review-乙.xlsx") && !has("platforms/review-乙.xlsx"));
    let merged = shortlister(dir.path(), &["review", "merge", "out", "books", "--out", "result"]);
    assert_eq!(merged.status, 1, "nobody has scored anything");
    assert!(merged.stderr.contains("no usable judgment"), "{}", merged.stderr);
    write(dir.path(), "panel.toml", &panel.replace("new-media", "newspapers"));
    let unknown = shortlister(dir.path(), &["review", "export", "out", "--panel", "panel.toml", "--out", "others"]);
    assert!(unknown.status == 1 && unknown.stderr.contains("no award series \"newspapers\""), "{}", unknown.stderr);
}

#[test]
fn workbooks_of_every_series_make_one_notice_in_its_order() {
    let dir = tempfile::tempdir().expect("a folder");
    assert_eq!(run(dir.path()).status, 0);
    let exported = shortlister(dir.path(), &["review", "export", "out", "--experts", "1", "--out", "books"]);
    assert_eq!(exported.status, 0, "{}", exported.stderr);
    // All workbooks come back in one folder, as from a mailbox.
    std::fs::create_dir(dir.path().join("back")).expect("a folder");
    for (series, criteria) in [("platforms", 8), ("foreign-sites", 5), ("new-media", 5)] {
        let handed = dir.path().join("books").join(series);
        let book = std::fs::read_dir(&handed).expect("a folder").map(|entry| entry.expect("an entry").path());
        let book = book.into_iter().find(|path| path.extension() == Some("xlsx".as_ref())).expect("a workbook");
        let scores = experts::rows(&book).into_iter().enumerate().flat_map(|(at, (_, row))| {
            (0..criteria).map(move |column| (format!("{}{row}", char::from(b'H' + column)), format!("{}", 90 - at)))
        });
        fill(&book, &dir.path().join(format!("back/{series}.xlsx")), &scores.collect::<Vec<_>>());
    }
    let merged = shortlister(dir.path(), &["review", "merge", "out", "back", "--out", "result"]);
    assert_eq!(merged.status, 0, "{}", merged.stderr);
    let notice = std::fs::read_to_string(dir.path().join("result/notice.html")).expect("the notice");
    let places =
        ["党务政务平台", "最具影响力外文版政府网站", "政务新媒体"].map(|name| notice.find(&format!("<h2>{name}")));
    let places = places.map(|place| place.unwrap_or(usize::MAX));
    assert!(places.is_sorted() && places[2] < usize::MAX, "{places:?}\n{notice}");
    assert!(notice.contains("<title>") && notice.contains("中国优秀政务平台"), "{notice}");
    assert!(dir.path().join("result/new-media/result.xlsx").is_file());
    let feedback = shortlister(dir.path(), &["review", "feedback", "out", "result", "--out", "letters"]);
    assert_eq!(feedback.status, 0, "{}", feedback.stderr);
}

#[test]
fn a_run_of_one_award_says_that_others_were_meant() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = example("new-media").display().to_string();
    let ran = shortlister(dir.path(), &["run", &file, "--out", "out"]);
    assert!(ran.stderr.contains("20 nominations put forward for other award series"), "{}", ran.stderr);
    let none =
        shortlister(dir.path(), &["run", &file, "--programme", "heritage-learning-2024", "--tracks", "--out", "none"]);
    assert!(none.status == 1 && none.stderr.contains("has no tracks.toml"), "{}", none.stderr);
}

/// A programme of two series, to be spoilt.
fn programme(dir: &Path, tracks: &str) -> Ran {
    for folder in ["award", "award/second"] {
        assert_eq!(shortlister(dir, &["programme", "new", "made", "--language", "en"]).status, 0);
        std::fs::create_dir_all(dir.join(folder)).expect("made");
        for file in ["programme.toml", "categories.toml", "criteria.toml"] {
            std::fs::rename(dir.join("made").join(file), dir.join(folder).join(file)).expect("moved");
        }
    }
    write(dir, "award/tracks.toml", tracks);
    shortlister(dir, &["programme", "check", "award"])
}

#[test]
fn rules_between_series_that_cannot_hold_are_named_with_their_line() {
    let with = |first: &str, second: &str| {
        let head = "name = \"Both\"\n\n[[track]]\nid = \"first\"\nfolder = \".\"\nabout = \"Gardens of schools.\"\n";
        format!("{head}{first}\n[[track]]\nid = \"second\"\nfolder = \"second\"\nabout = \"Museums.\"\n{second}\n")
    };
    let check = |tracks: &str| programme(tempfile::tempdir().expect("a folder").path(), tracks);
    let good = check(&with("", "not_shortlisted_in = [\"first\"]\nfrom = [\"first\"]"));
    assert_eq!(good.status, 0, "{}", good.stdout);
    assert!(good.stdout.contains("not who is shortlisted in first"), "{}", good.stdout);
    for (first, second, told) in [
        (
            "not_shortlisted_in = [\"second\"]",
            "not_shortlisted_in = [\"first\"]",
            "tracks.toml, line 7: tracks wait for each other in a circle: first > second > first",
        ),
        ("", "from = [\"third\"]", "tracks.toml, line 12: track \"second\": from names \"third\"; name another track"),
        ("", "same = \"village\"", "tracks.toml: "),
    ] {
        let ran = check(&with(first, second));
        assert_eq!(ran.status, 1);
        assert!(ran.stdout.contains(told), "{told}\n{}", ran.stdout);
    }
    let missing = check(&with("", "").replace("folder = \"second\"", "folder = \"third\""));
    assert!(missing.status != 0, "{}", missing.stdout);
}
