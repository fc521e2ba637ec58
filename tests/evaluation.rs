//! 综合评估: channels, what each part gives to a final score, and how lists depend on the weights.

mod command;
mod experts;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use command::{CASES, ranking, row, shortlister, write};
use experts::{fill, json_lines, ok, rows};
use serde_json::Value;

const GARDENS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/programmes/gardens");

const PROGRAMME: &str = r#"id = "gardens"
name = "School garden awards"
language = "en"
signal_share = 0.2

[selection]
per_category = 2
rescue_per_category = 1

[[selection.floor]]
field = "region"
value = "South"
at_least = 1

[decision]
min_margin = 0.1
min_secondary = 0.25
min_characters = 40

[review]
panel_share = 0.6
channel_share = 0.1
winners_per_category = 1

[[channel]]
id = "own"
name = "Own application"
aliases = ["applied"]
score = 40

[[channel]]
id = "expert"
name = "Expert recommendation"
score = 90

[[channel]]
id = "collected"
name = "Found by us"

[[signals]]
id = "visits"
name = "Visits"
scale = "linear"
low = 0
high = 1000
weight = 0.7

[[signals]]
id = "votes"
name = "Votes"
scale = "log"
low = 1
high = 1000
weight = 0.3
"#;

/// Channels and numbers of the garden cases.
const CAME: [(&str, &str, &str); 6] = [
    ("a", "Own application", r#"{"visits":400,"votes":90}"#),
    ("b", "hearsay", r#"{"visits":650}"#),
    ("c", "", r#"{}"#),
    ("d", "applied\nfound by us", r#"{"votes":250}"#),
    ("e", "OWN-APPLICATION", r#"{"visits":80,"votes":3}"#),
    ("f", "expert recommendation; hearsay", r#"{}"#),
];

/// A folder with the programme and the batch, run into `out`.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    award(dir.path(), "award", PROGRAMME);
    let lines = CASES.iter().zip(CAME).map(|(line, (id, channel, signals))| {
        let mut case: Value = serde_json::from_str(line).expect("a case");
        assert_eq!(case["id"], id);
        case["channel"] = channel.into();
        case["signals"] = serde_json::from_str(signals).expect("numbers");
        format!("{case}\n")
    });
    write(dir.path(), "batch.jsonl", &lines.collect::<String>());
    dir
}

/// The programme folder `name` with `text` as its settings.
fn award(dir: &Path, name: &str, text: &str) {
    for file in ["categories.toml", "criteria.toml"] {
        let same = std::fs::read_to_string(Path::new(GARDENS).join(file)).expect("the programme");
        write(dir, &format!("{name}/{file}"), &same);
    }
    write(dir, &format!("{name}/programme.toml"), text);
}

/// The rows of a `sensitivity.csv`, by column.
fn sensitivity(path: &Path) -> Vec<BTreeMap<String, String>> {
    let bytes = std::fs::read(path).expect("the table");
    let mut reader = csv::Reader::from_reader(bytes.strip_prefix(b"\xEF\xBB\xBF").expect("a mark"));
    let header = reader.headers().expect("a header").clone();
    let named = |row: csv::StringRecord| header.iter().zip(&row).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    reader.records().map(|row| named(row.expect("a row"))).collect()
}

fn ids(cell: &str) -> BTreeSet<String> {
    cell.split("; ").filter(|id| !id.is_empty()).map(str::to_owned).collect()
}

fn hundredths(figure: &Value) -> i64 {
    (figure.as_f64().expect("a figure") * 100.0).round() as i64
}

#[test]
fn a_case_has_the_channels_of_its_field_and_of_its_copies_and_an_unknown_one_is_noted() {
    let dir = folder();
    let ran = ok(dir.path(), &["run", "batch.jsonl", "--programme", "award", "--out", "out"], 0);
    assert!(
        ran.stderr.contains(
            r#"channel "hearsay" is none of the programme's and counts for nothing (nominations that name it: 2)"#
        ),
        "{}",
        ran.stderr
    );
    let rows = ranking(&dir.path().join("out"));
    assert_eq!(row(&rows, "f")["duplicate_of"], "a", "the longer text stands for both");
    let channels = |id: &str| row(&rows, id)["channels"].as_array().expect("a list").clone();
    assert_eq!(channels("a"), ["own", "expert", "hearsay"]);
    assert_eq!(channels("b"), ["hearsay"]);
    assert_eq!(channels("c"), [""; 0]);
    assert_eq!(channels("d"), ["own", "collected"]);
    assert_eq!(channels("e"), ["own"]);
    let record = std::fs::read_to_string(dir.path().join("out/run.json")).expect("the record");
    let record: Value = serde_json::from_str(&record).expect("JSON");
    let count = |list: &str, at: usize| record["channels"][list][at]["nominations"].clone();
    assert_eq!([count("known", 0), count("known", 1), count("known", 2)].map(|n| n.as_u64()), [3, 1, 1].map(Some));
    assert_eq!((record["channels"]["unknown"][0]["name"].as_str(), count("unknown", 0)), (Some("hearsay"), 2.into()));
    assert_eq!(record["channels"]["without"], 2);
    let told = ok(dir.path(), &["explain", "out", "a"], 0).stdout;
    let names = "Channels: Own application, Expert recommendation, “hearsay” (none of this programme's)";
    assert!(told.contains(names), "{told}");

    // What is declared as a channel moves neither score nor place.
    let batch = std::fs::read_to_string(dir.path().join("batch.jsonl")).expect("the batch");
    write(dir.path(), "other.jsonl", &batch.replace("OWN-APPLICATION", "hearsay").replace("hearsay", "found by us"));
    ok(dir.path(), &["run", "other.jsonl", "--programme", "award", "--out", "other"], 0);
    let other = ranking(&dir.path().join("other"));
    for id in ["a", "b", "c", "d", "e", "f"] {
        let place = |rows: &[Value]| {
            [&row(rows, id)["relevance"], &row(rows, id)["rank"], &row(rows, id)["status"]].map(Value::clone)
        };
        assert_eq!(place(&rows), place(&other));
    }
}

/// Three experts who all give the cases `scores`, the rest left open.
fn judged(dir: &Path, out: &str, scores: &[(&str, f64)]) {
    let handed = format!("{out}-handed");
    ok(dir, &["review", "export", out, "--experts", "3", "--out", &handed], 0);
    std::fs::create_dir_all(dir.join(format!("{out}-back"))).expect("a folder");
    for n in 1..=3 {
        let workbook = dir.join(format!("{handed}/review-Expert_{n}.xlsx"));
        let rows = rows(&workbook);
        let mut cells = Vec::new();
        for (id, score) in scores {
            let Some(row) = rows.get(*id) else { continue };
            let score: &'static str = score.to_string().leak();
            // First come criteria and their numbers, then whether the expert recuses themself.
            cells.extend([(format!("H{row}"), score), (format!("I{row}"), score)]);
        }
        fill(&workbook, &dir.join(format!("{out}-back/{n}.xlsx")), &cells);
    }
    let (back, result) = (format!("{out}-back"), format!("{out}-result"));
    ok(dir, &["review", "merge", out, &back, "--out", &result], 0);
}

fn winners(dir: &Path, out: &str) -> BTreeSet<String> {
    let entries = json_lines(&dir.join(format!("{out}-result/result.jsonl")));
    let winners = entries.iter().filter(|entry| entry["verdict"] == "winner");
    winners.map(|entry| entry["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn every_part_of_a_final_score_is_told_and_the_parts_add_up() {
    let dir = folder();
    let dir = dir.path();
    ok(dir, &["run", "batch.jsonl", "--programme", "award", "--out", "out"], 0);
    judged(dir, "out", &[("a", 71.3), ("b", 66.6), ("c", 33.3), ("d", 80.0), ("e", 12.7)]);
    let ranked = ranking(&dir.join("out"));
    let entries = json_lines(&dir.join("out-result/result.jsonl"));
    let of = |id: &str| entries.iter().find(|entry| entry["id"] == id).expect("it was judged");
    let mut judged = 0;
    for entry in entries.iter().filter(|entry| entry["final_score"].is_number()) {
        let contributions = entry["contributions"].as_array().expect("a list");
        let sum: i64 = contributions.iter().map(|part| hundredths(&part["points"])).sum();
        assert_eq!(sum, hundredths(&entry["final_score"]), "{entry}");
        judged += 1;
    }
    assert_eq!(judged, 5);

    // a: 0.6 of the panel, 0.1 of the best channel, 0.3 of the relevance, 0.2 of which is the signals'.
    let relevance = |id: &str| row(&ranked, id)["relevance"].as_f64().expect("a figure");
    let expected = 0.6 * 71.3 + 0.1 * 90.0 + 0.3 * relevance("a");
    assert!((of("a")["final_score"].as_f64().expect("a figure") - expected).abs() < 0.006, "{}", of("a"));
    let parts = |id: &str| {
        let own = of(id)["contributions"].as_array().expect("a list").clone();
        own.iter().map(|part| format!("{}{}", part["part"], part["id"])).collect::<Vec<_>>().concat().replace(['"'], "")
    };
    assert_eq!(parts("a"), "panelnullchannelsnulltextnullsignalvisitssignalvotes");
    assert_eq!(parts("d"), "panelnullchannelsnulltextnullsignalvotes");
    // c came by none, b by an unknown one: their 0.1 goes to the others, 0.6 to 0.3.
    for (id, panel) in [("b", 66.6), ("c", 33.3)] {
        let expected = (0.6 * panel + 0.3 * relevance(id)) / 0.9;
        assert!((of(id)["final_score"].as_f64().expect("a figure") - expected).abs() < 0.006, "{}", of(id));
        assert_eq!(of(id)["without_channel"], true);
    }
    assert_eq!(of("a").get("without_channel"), None);

    let table = std::fs::read_to_string(dir.join("out-result/result.csv")).expect("the table");
    let header = "Channels,Final score,\"Panel, points\",\"Channels, points\",\"Text, points\",\"Visits, points\",\"Votes, points\",On the score,";
    assert!(table.contains(header), "{table}");
    let line = |id: &str| table.lines().find(|line| line.contains(&format!(",{id},"))).expect("its row").to_owned();
    assert!(line("c").contains("that is not 0: its share goes to panel and relevance in proportion"), "{table}");
    assert!(line("a").contains(",42.78,9.00,"), "{table}");
    let told = ok(dir, &["explain", "out", "a"], 0).stdout;
    assert!(told.contains("Panel: 71.30, 60.0 % of the score, 42.78 points"), "{told}");
    assert!(told.contains("Channels: 90.00, 10.0 % of the score, 9.00 points"), "{told}");
    let notice = std::fs::read_to_string(dir.join("out-result/notice.html")).expect("the notice");
    assert!(notice.contains("60 %") && notice.contains("30 %") && notice.contains("Another 10 % go by the channels"));

    let verified = ok(dir, &["verify", "out", "--replay"], 0).stdout;
    for file in ["same    sensitivity.csv", "same    out-result/sensitivity.csv"] {
        assert!(verified.contains(file), "{verified}");
    }
    for file in ["out/sensitivity.csv", "out-result/sensitivity.csv"] {
        let bytes = std::fs::read(dir.join(file)).expect("the table");
        write(dir, file, "x");
        assert_eq!(shortlister(dir, &["verify", "out"]).status, 1, "{file}");
        std::fs::write(dir.join(file), bytes).expect("it is written");
    }
    write(dir, "out-result/result.jsonl", "{}\n");
    let told = ok(dir, &["explain", "out", "a"], 0);
    assert!(told.stderr.contains("out-result/result.jsonl is not there as it was written"), "{}", told.stderr);
    assert!(!told.stdout.contains("42.78 points"));
}

/// A weight by kind and id, what it moves to, and the changes to a programme that say the same.
type Turned<'a> = (&'a str, &'a str, &'a str, Vec<(&'a str, &'a str)>);

#[test]
fn the_winners_by_a_moved_weight_are_those_of_a_programme_that_has_it() {
    let dir = folder();
    let dir = dir.path();
    ok(dir, &["run", "batch.jsonl", "--programme", "award", "--out", "out"], 0);
    let ranked = ranking(&dir.join("out"));
    // d leads e by the program, and both came by the same channel: e wins where the panel has 0.6 and d where it has 0.48,
    // if the panel's lead for e is between 0.3 / 0.6 and 0.39 / 0.48 of that.
    let relevance = |id: &str| row(&ranked, id)["relevance"].as_f64().expect("a figure");
    assert_eq!(row(&ranked, "d")["category"], row(&ranked, "e")["category"]);
    let lead = 0.65 * (relevance("d") - relevance("e"));
    assert!(lead > 5.0, "{lead}");
    let round = |score: f64| (score * 100.0).round() / 100.0;
    let scores = [("a", 95.0), ("b", 20.0), ("d", 40.0), ("e", round(40.0 + lead))];
    judged(dir, "out", &scores);
    let before = winners(dir, "out");
    assert!(before.contains("e") && !before.contains("d"), "{before:?}");

    let table = sensitivity(&dir.join("out-result/sensitivity.csv"));
    let unmoved: Vec<_> = table.iter().filter(|row| row["weight"] == "unmoved").collect();
    assert!(unmoved.len() > 1 && unmoved.iter().all(|row| row["changed"] == "0" && row["largest_rank_move"] == "0"));
    let of = |weight: &str, id: &str, to: &str| {
        let mut found =
            table.iter().filter(|row| row["weight"] == weight && row["id"] == id && row["category"].is_empty());
        found.find(|row| row["to"] == to).unwrap_or_else(|| panic!("{weight} {id} {to}: {table:?}")).clone()
    };
    let less_panel = of("panel_share", "", "0.4800");
    assert_eq!((less_panel["enter"].as_str(), less_panel["leave"].as_str()), ("d", "e"));

    // Each of these moves, written into the programme, gives the same winners by itself.
    let moves: [Turned<'_>; 4] = [
        (
            "panel_share",
            "",
            "0.4800",
            vec![("panel_share = 0.6", "panel_share = 0.48"), ("channel_share = 0.1", "channel_share = 0.13")],
        ),
        (
            "channel_share",
            "",
            "0.1200",
            vec![
                ("channel_share = 0.1", "channel_share = 0.12"),
                ("panel_share = 0.6", "panel_share = 0.5866666666666667"),
            ],
        ),
        ("signal_share", "", "0.2400", vec![("signal_share = 0.2", "signal_share = 0.24")]),
        ("signal", "visits", "0.5600", vec![("weight = 0.7", "weight = 0.56"), ("weight = 0.3", "weight = 0.44")]),
    ];
    for (at, (weight, id, to, changes)) in moves.into_iter().enumerate() {
        let text = changes.iter().fold(PROGRAMME.to_owned(), |text, (from, to)| text.replacen(from, to, 1));
        let (name, out) = (format!("award{at}"), format!("out{at}"));
        award(dir, &name, &text);
        ok(dir, &["run", "batch.jsonl", "--programme", &name, "--out", &out], 0);
        judged(dir, &out, &scores);
        let told = of(weight, id, to);
        let expected: BTreeSet<String> =
            before.difference(&ids(&told["leave"])).cloned().chain(ids(&told["enter"])).collect();
        assert_eq!(winners(dir, &out), expected, "{weight} {id}");
    }
}

#[test]
fn the_list_by_a_moved_weight_is_that_of_a_programme_that_has_it() {
    let dir = tempfile::tempdir().expect("a folder");
    let dir = dir.path();
    let source = Path::new(env!("CARGO_MANIFEST_DIR"));
    let batch = source.join("examples/heritage-learning-2024/nominations.jsonl").display().to_string();
    let file = |name: &str| std::fs::read_to_string(source.join("prompts/heritage-learning-2024").join(name));
    let file = |name: &str| file(name).expect("the programme");
    // Runs the batch by the programme, which has a floor, with these weights of its criteria.
    let run = |weights: &[f64]| {
        let mut next = weights.iter();
        let criteria =
            file("criteria.toml").lines().fold(String::new(), |text, line| match line.split_once("weight = ") {
                Some(("", _)) => format!("{text}weight = {}\n", next.next().expect("a weight for each criterion")),
                _ => format!("{text}{line}\n"),
            });
        assert_eq!(next.next(), None);
        write(dir, "award/criteria.toml", &criteria);
        ["programme.toml", "categories.toml"].iter().for_each(|name| write(dir, &format!("award/{name}"), &file(name)));
        ok(dir, &["run", &batch, "--programme", "award", "--out", "out", "--force"], 0).stderr
    };
    let shortlisted = || -> BTreeSet<String> {
        let rows = ranking(&dir.join("out"));
        let listed = rows.iter().filter(|row| row["status"] == "shortlisted");
        listed.map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
    };
    let changed = |row: &BTreeMap<String, String>| row["changed"].parse::<usize>().expect("a number");

    // A list on which a fifth of a weight changes something: one criterion has most of the weight, another the rest.
    let criteria = ["learning", "people", "evidence", "idea", "lasting"];
    let pairs = (0..5).flat_map(|a| (0..5).filter(move |&b| b != a).map(move |b| (a, b)));
    for (a, b) in pairs {
        let weights: Vec<f64> = (0..5)
            .map(|at| {
                if at == a {
                    0.14
                } else if at == b {
                    0.8
                } else {
                    0.02
                }
            })
            .collect();
        let told = run(&weights);
        let table = sensitivity(&dir.join("out/sensitivity.csv"));
        for row in table.iter().filter(|row| row["weight"] == "unmoved") {
            assert_eq!((row["changed"].as_str(), row["largest_rank_move"].as_str()), ("0", "0"), "{row:?}");
        }
        let total: Vec<_> = table.iter().filter(|row| row["category"].is_empty()).collect();
        assert_eq!(total.len(), 1 + 2 * 5);
        for row in &total {
            let same =
                |other: &&BTreeMap<String, String>| ["weight", "id", "to"].iter().all(|key| other[*key] == row[*key]);
            assert_eq!(table.iter().filter(same).map(changed).sum::<usize>(), 2 * changed(row), "parts and their sum");
        }
        let most = total.iter().rev().max_by_key(|row| changed(row)).expect("a move");
        if changed(most) == 0 {
            assert!(told.contains("shortlisted stay if any one weight moves by a fifth"), "{told}");
            continue;
        }
        assert!(told.contains(&format!("{} at most would be others", changed(most))), "{told}");
        let before = shortlisted();

        // The same weights, written into the programme.
        let moved = criteria.iter().position(|id| *id == most["id"]).expect("a criterion");
        let [from, to] = ["from", "to"].map(|key| most[key].parse::<f64>().expect("a number"));
        let scale = (1.0 - to) / (1.0 - from);
        let weights: Vec<f64> = (0..5).map(|at| if at == moved { to } else { weights[at] * scale }).collect();
        run(&weights);
        let expected: BTreeSet<String> =
            before.difference(&ids(&most["leave"])).cloned().chain(ids(&most["enter"])).collect();
        assert_ne!(expected, before);
        assert_eq!(shortlisted(), expected, "{most:?}");
        return;
    }
    panic!("no weights were found by which a fifth more or less changes the list");
}

#[test]
fn the_formula_is_told_and_what_cannot_be_meant_is_named_with_its_line() {
    let dir = tempfile::tempdir().expect("a folder");
    award(dir.path(), "award", PROGRAMME);
    let told = ok(dir.path(), &["programme", "check", "award"], 0).stdout;
    for part in [
        "    40       1  own: Own application",
        "     -       0  collected: Found by us",
        "final score = 60 % panel (the mean of the experts' totals) + 10 % channels (the highest score of those through \
         which a case came) + 30 % relevance",
        "relevance = 80 % text (the criteria by their weights) + 14 % visits + 6 % votes",
        "missing is not 0; a case without a channel that has a score",
    ] {
        assert!(told.contains(part), "{part}\n{told}");
    }
    let line = |start: &str| {
        let at = PROGRAMME.lines().position(|line| line.starts_with(start)).expect("it is there") + 1;
        format!("programme.toml, line {at}: ")
    };
    let refused = |changes: &[(&str, &str)], place: &str, problem: &str| {
        let text = changes.iter().fold(PROGRAMME.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        award(dir.path(), "award", &text);
        let ran = shortlister(dir.path(), &["programme", "check", "award"]);
        assert!(
            ran.status == 1 && ran.stdout.contains(&format!("{place}{problem}")),
            "{place}{problem}\n{}",
            ran.stdout
        );
    };
    let share = line("channel_share");
    refused(
        &[("channel_share = 0.1", "channel_share = 0.5")],
        &share,
        "review.panel_share and review.channel_share sum to 1.100",
    );
    refused(&[("channel_share = 0.1", "channel_share = -0.1")], &share, "review.channel_share is -0.1");
    let scores = [("score = 40", "# score = 40"), ("score = 90", "# score = 90")];
    refused(&scores, &share, "review.channel_share is given and no [[channel]] has a score");
    refused(&[("score = 40", "score = 140")], &line("score = 40"), "channel \"own\" has score 140; give 0 to 100");
    refused(
        &[("aliases = [\"applied\"]", "aliases = [\"FOUND by us\"]")],
        "",
        "belongs to \"own\" and to \"collected\"",
    );
    refused(&[("id = \"collected\"", "id = \"expert\"")], "", "channel \"expert\" is there twice");
    refused(&[("name = \"Own application\"", "name = \" \"")], &line("name = \"Own"), "channel \"own\" has no name");
}
