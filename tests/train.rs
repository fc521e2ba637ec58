//! `shortlister train`, `--head` and `--adapt`: what is learned, what is refused, and what a late nomination gets.

mod command;

use std::path::Path;

use command::{ranking, shortlister, write};
use serde_json::{Value, json};

const PROGRAMME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/programmes/gardens");

const VEGETABLES: [&str; 10] = [
    "Year three grows carrots and radishes in old bath tubs and sells them at the gate.",
    "The cooking class picks courgettes in the morning and serves soup at noon.",
    "Twelve raised beds of beans feed the school kitchen from June to October.",
    "Pupils sow lettuce every second week, so that there is always some to cut.",
    "A polytunnel lets the gardening club harvest tomatoes until November.",
    "Potatoes from the field behind the hall were weighed: 84 kilograms this year.",
    "Parents and children plant onions and leeks together on the first Saturday in April.",
    "The herb spiral supplies parsley and chives to the canteen all summer.",
    "Each class looks after one bed of peas and keeps a diary of the yield.",
    "Pumpkins from our compost heap became the soup of the harvest feast.",
];

const WILDLIFE: [&str; 10] = [
    "Nest boxes on the north wall were used by blue tits in four springs.",
    "The pond was dug by year six; newts and dragonflies came within a summer.",
    "Pupils count butterflies on the meadow every Friday and send in the lists.",
    "A pile of dead wood at the fence is home to beetles and a hedgehog.",
    "The hedge of hawthorn and sloe was planted for sparrows and wild bees.",
    "Bats hunt over the yard since the lamps are switched off at ten.",
    "A strip of lawn is left unmown, and 31 kinds of wild flowers were found in it.",
    "The insect hotel was built from reeds; mason bees sealed most of the tubes.",
    "Frogs cross the road to our pond, and the club carries them over in March.",
    "A camera at the feeder showed which birds stay over the winter.",
];

/// All cases as JSON lines, with the category each belongs to where `labelled`.
fn lines(labelled: bool) -> String {
    let of = |kind: &'static str, texts: [&'static str; 10]| {
        texts.into_iter().enumerate().map(move |(i, text)| {
            let mut row = json!({"id": format!("{kind}-{i}"), "title": text.split(' ').take(4).collect::<Vec<_>>().join(" "), "text": text});
            if labelled {
                row["category"] = kind.into();
            }
            row.to_string() + "\n"
        })
    };
    of("vegetables", VEGETABLES).chain(of("wildlife", WILDLIFE)).collect()
}

fn train(dir: &Path, labelled: &str) -> command::Ran {
    write(dir, "labelled.jsonl", labelled);
    shortlister(dir, &["train", "--labelled", "labelled.jsonl", "--programme", PROGRAMME, "--out", "head.json"])
}

fn run(dir: &Path, out: &str, more: &[&str]) -> command::Ran {
    shortlister(dir, &[&["run", "batch.jsonl", "--programme", PROGRAMME, "--out", out], more].concat())
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).expect("the file is there")).expect("JSON")
}

/// What a ranking says of categories.
fn categories(out: &Path) -> Vec<Value> {
    ranking(out).into_iter().map(|row| json!([row["id"], row["category"], row["probabilities"]])).collect()
}

#[test]
fn labelled_rows_make_a_head_that_run_and_evaluate_use() {
    let dir = tempfile::tempdir().expect("a folder");
    let odd = [
        r#"{"id":"bus","text":"A bus to school.","category":"transport"}"#.to_owned(),
        r#"{"id":"none","text":"No word of a category."}"#.to_owned(),
        json!({"id": "twin", "title": "Nest boxes on the", "text": WILDLIFE[0], "category": "wildlife"}).to_string(),
        json!({"id": "other", "title": "Bats hunt over the", "text": WILDLIFE[5], "category": "vegetables"})
            .to_string(),
    ];
    let trained = train(dir.path(), &(lines(true) + &odd.join("\n")));
    assert_eq!(trained.status, 3, "{}", trained.stderr);
    for told in ["row 21", "transport", "row 22", "no category", "row 23", "already", "row 24", "another category"] {
        assert!(trained.stderr.contains(told), "{told}: {}", trained.stderr);
    }
    let head = read(&dir.path().join("head.json"));
    assert_eq!(head["card"]["rows_by_category"], json!({"vegetables": 10, "wildlife": 10}));
    let refused = json!({"contradicts an earlier row": 1, "no category": 1, "said before": 1, "unknown category": 1});
    assert_eq!(head["card"]["data"]["refused"], refused);
    assert_eq!(head["programme"]["categories"], json!(["vegetables", "wildlife"]));

    let evaluated = shortlister(
        dir.path(),
        &[
            "evaluate",
            "--labelled",
            "labelled.jsonl",
            "--programme",
            PROGRAMME,
            "--head",
            "head.json",
            "--format",
            "json",
        ],
    );
    let figures: Value = serde_json::from_str(&evaluated.stdout).expect("one object");
    assert!(figures["accuracy"].as_f64().expect("a figure") > 0.85, "{}", evaluated.stdout);

    write(dir.path(), "batch.jsonl", &lines(false));
    let ran = run(dir.path(), "out", &["--head", "head.json"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let record = read(&dir.path().join("out/run.json"));
    assert_eq!(record["head"]["sha256"].as_str().map(str::len), Some(64));
    assert_eq!(record["options"]["head"], "head.json");
    let plain = run(dir.path(), "plain", &[]);
    assert_eq!(plain.status, 0, "{}", plain.stderr);
    assert_ne!(categories(&dir.path().join("out")), categories(&dir.path().join("plain")));
}

/// Each case twice: a measured result and a low grade, or pupils at work and a high one.
fn graded_lines() -> String {
    let kinds = [("vegetables", VEGETABLES), ("wildlife", WILDLIFE)];
    let texts = kinds.into_iter().flat_map(|(kind, texts)| texts.map(|text| (kind, text))).enumerate();
    let rows = texts.flat_map(|(i, (kind, text))| {
        let by_pupils = "Pupils of year five draw up the plan, keep the accounts and look after it in the holidays.";
        let by_others = "A firm laid it out. The harvest has grown from 10 to 42 kilograms a year.";
        [(1, by_pupils), (0, by_others)].map(|(grade, more)| {
            let text = format!("{text} {more}");
            json!({"id": format!("{i}-{grade}"), "text": text, "category": kind, "grade": grade}).to_string() + "\n"
        })
    });
    rows.collect()
}

#[test]
fn grades_teach_how_much_the_criteria_count() {
    let dir = tempfile::tempdir().expect("a folder");
    let no_grade = json!({"text": "Cress grows on every window sill.", "category": "vegetables"}).to_string();
    let trained = train(dir.path(), &(graded_lines() + &no_grade));
    assert_eq!(trained.status, 0, "{}", trained.stderr);
    assert!(trained.stdout.contains("learned weights (40 of 41 rows with a grade"), "{}", trained.stdout);
    let head = read(&dir.path().join("head.json"));
    let learned = |file: &Value, place: usize| file[place]["learned"].as_f64().expect("a weight");
    assert!(learned(&head["ranking"]["criteria"], 1) > 0.5, "{}", head["ranking"]);

    write(dir.path(), "batch.jsonl", &lines(false));
    assert_eq!(run(dir.path(), "plain", &[]).status, 0);
    let ran = run(dir.path(), "out", &["--head", "head.json"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let record = read(&dir.path().join("out/run.json"));
    assert_eq!(record["head"]["weights"], head["ranking"]["criteria"]);
    // The list is made again by the learned weights, and those are what moves.
    let sensitivity = std::fs::read_to_string(dir.path().join("out/sensitivity.csv")).expect("the table");
    let unmoved: Vec<&str> = sensitivity.lines().filter(|line| line.starts_with("unmoved")).collect();
    assert!(unmoved.len() > 1 && unmoved.iter().all(|line| line.ends_with(",0,,,0")), "{unmoved:?}");
    let pupils = format!("criterion,pupils,{:.4},", learned(&head["ranking"]["criteria"], 1));
    assert!(sensitivity.contains(&pupils), "{pupils}: {sensitivity}");
    let relevance = |out: &str| {
        let mut rows: Vec<String> =
            ranking(&dir.path().join(out)).iter().map(|row| format!("{} {}", row["id"], row["relevance"])).collect();
        rows.sort();
        rows
    };
    assert_ne!(relevance("out"), relevance("plain"));

    let programme = dir.path().join("other");
    std::fs::create_dir(&programme).expect("a folder");
    for file in ["programme.toml", "categories.toml", "criteria.toml"] {
        let text = std::fs::read_to_string(Path::new(PROGRAMME).join(file)).expect("the programme");
        std::fs::write(programme.join(file), text.replace("caretaker looks after it", "caretaker waters it")).unwrap();
    }
    let other = ["run", "batch.jsonl", "--programme", "other", "--out", "no", "--head", "head.json"];
    let other = shortlister(dir.path(), &other);
    assert_eq!(other.status, 1);
    assert!(other.stderr.contains("criteria of the programme are others"), "{}", other.stderr);
}

#[test]
fn past_grades_teach_what_the_criteria_do_not_see() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = tempfile::tempdir().expect("a folder");
    // The built-in programme without its model cases, which are learned from instead.
    let built_in = |file: &str| {
        let path = root.join("prompts/digital-government-2023").join(file);
        std::fs::read_to_string(path).expect("a file of the programme")
    };
    for file in ["programme.toml", "categories.toml", "criteria.toml"] {
        write(dir.path(), &format!("described/{file}"), &built_in(file));
    }
    let past = built_in("exemplars.jsonl");
    write(dir.path(), "past.jsonl", &past);
    let programme = ["--programme", "described"];
    let train = [&["train", "--labelled", "past.jsonl", "--out", "head.json"], programme.as_slice()].concat();
    let trained = shortlister(dir.path(), &train);
    assert_eq!(trained.status, 0, "{}", trained.stderr);
    assert!(trained.stdout.contains("beyond the criteria (Spearman"), "{}", trained.stdout);

    // Rows by another writer are ordered better.
    let other = root.join("examples/graded/report3.jsonl").display().to_string();
    let spearman = |more: &[&str]| {
        let ran = shortlister(
            dir.path(),
            &[&["evaluate", "--labelled", &other, "--format", "json"], programme.as_slice(), more].concat(),
        );
        assert_eq!(ran.status, 0, "{}", ran.stderr);
        let figures: Value = serde_json::from_str(&ran.stdout).expect("one object");
        figures["ranking"]["spearman"].as_f64().expect("a figure")
    };
    let (without, with) = (spearman(&[]), spearman(&["--head", "head.json"]));
    assert!(with > without + 0.02, "{with} with the head, {without} without");

    write(dir.path(), "batch.jsonl", &past.lines().take(60).collect::<Vec<_>>().join("\n"));
    let with_head = ["run", "batch.jsonl", "--out", "out", "--head", "head.json"];
    let ran = shortlister(dir.path(), &[with_head.as_slice(), &programme].concat());
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert_eq!(read(&dir.path().join("out/run.json"))["head"]["merit"], true);
    let page = std::fs::read_to_string(dir.path().join("out/shortlist.html")).expect("the page");
    assert!(page.contains("计入往届评分在评价维度之外看重的内容"));

    let head = std::fs::read_to_string(dir.path().join("head.json")).expect("the head");
    write(dir.path(), "changed.json", &head.replacen("\"direction\": \"", "\"direction\": \"AAAA", 1));
    let ran = shortlister(dir.path(), &["run", "batch.jsonl", "--out", "no", "--head", "changed.json"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("changed.json") && ran.stderr.contains("direction"), "{}", ran.stderr);
}

#[test]
fn too_few_rows_and_one_category_are_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    let one_category: String = lines(true).lines().take(10).map(|line| format!("{line}\n")).collect();
    let ran = train(dir.path(), &one_category);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("two categories"), "{}", ran.stderr);
    assert!(!dir.path().join("head.json").exists());
}

#[test]
fn a_head_that_does_not_fit_is_refused_by_name() {
    let dir = tempfile::tempdir().expect("a folder");
    assert_eq!(train(dir.path(), &lines(true)).status, 0);
    write(dir.path(), "batch.jsonl", &lines(false));
    let other = shortlister(dir.path(), &["run", "batch.jsonl", "--out", "out", "--head", "head.json"]);
    assert_eq!(other.status, 1);
    for named in ["head.json", "gardens", "digital-government-2023"] {
        assert!(other.stderr.contains(named), "{named}: {}", other.stderr);
    }
    let head = std::fs::read_to_string(dir.path().join("head.json")).expect("the head");
    let changes = [
        ("\"schema\": 2", "\"schema\": 9", "format 9"),
        ("\"dimension\": 384", "\"dimension\": 383", "model"),
        ("\"coefficients\": \"", "\"coefficients\": \"AAAA", "damaged"),
        ("{", "[", "no head"),
    ];
    for (from, to, told) in changes {
        write(dir.path(), "changed.json", &head.replacen(from, to, 1));
        let ran = run(dir.path(), "out", &["--head", "changed.json"]);
        assert_eq!(ran.status, 1, "{told}");
        assert!(ran.stderr.contains("changed.json") && ran.stderr.contains(told), "{told}: {}", ran.stderr);
        assert!(!dir.path().join("out").exists());
    }
}

#[test]
fn an_adapted_head_judges_the_batch_again_as_it_did_and_late_ones_too() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "batch.jsonl", &lines(false));
    let ran = run(dir.path(), "adapted", &["--adapt", "--threads", "2"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("adapted"), "{}", ran.stderr);
    let record = read(&dir.path().join("adapted/run.json"));
    assert_eq!((&record["options"]["adapt"], &record["adaptation"]["used"]), (&true.into(), &true.into()));
    assert!(record["outputs"].as_array().expect("files").iter().any(|file| file["name"] == "head.json"));
    let found = categories(&dir.path().join("adapted"));
    let right = found.iter().filter(|row| row[0].as_str().expect("an id").starts_with(row[1].as_str().expect("an id")));
    assert!(right.count() >= 18, "{found:?}");

    assert_eq!(run(dir.path(), "one", &["--adapt", "--threads", "1"]).status, 0);
    let bytes = |out: &str| std::fs::read(dir.path().join(out).join("head.json")).expect("the head");
    assert!(bytes("adapted") == bytes("one"), "threads change the head");

    let late = json!({"id": "zz-late", "title": "Leeks", "text": "Leeks and kale stand in the beds until Easter."});
    write(dir.path(), "batch.jsonl", &(lines(false) + &late.to_string()));
    assert_eq!(run(dir.path(), "again", &["--head", "adapted/head.json"]).status, 0);
    let again = categories(&dir.path().join("again"));
    assert!(found.iter().all(|row| again.contains(row)), "{found:?}\n{again:?}");
    assert!(again.iter().any(|row| row[0] == "zz-late" && row[1] == "vegetables"), "{again:?}");

    let twice = run(dir.path(), "twice", &["--head", "adapted/head.json", "--adapt"]);
    assert_eq!(twice.status, 1);
    assert!(twice.stderr.contains("adapted to a batch already"), "{}", twice.stderr);
}

#[test]
fn a_small_batch_is_judged_as_without_adapting() {
    let dir = tempfile::tempdir().expect("a folder");
    let few: String = lines(false).lines().take(12).map(|line| format!("{line}\n")).collect();
    write(dir.path(), "batch.jsonl", &few);
    let ran = run(dir.path(), "adapted", &["--adapt"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("--adapt was not used"), "{}", ran.stderr);
    let record = read(&dir.path().join("adapted/run.json"));
    assert_eq!((&record["options"]["adapt"], &record["adaptation"]["used"]), (&true.into(), &false.into()));
    assert!(!dir.path().join("adapted/head.json").exists());
    assert_eq!(run(dir.path(), "plain", &[]).status, 0);
    assert_eq!(categories(&dir.path().join("adapted")), categories(&dir.path().join("plain")));
}
