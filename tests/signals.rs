//! Numbers from other files: whose they are, what they count, and what is said of those that fit nobody.

mod command;

use std::path::Path;

use command::{ranking, row, shortlister, write};
use serde_json::Value;
use shortlister::signals::Aliases;
use shortlister::signals::names::UnitName;

const PROGRAMME: &str = r#"
id = "votes"
name = "附网络投票的评选"
signal_share = 0.4

[selection]
per_category = 3
rescue_per_category = 1

[decision]
min_margin = 0.1
min_secondary = 0.25
min_characters = 10

[[signals]]
id = "votes"
name = "网络票数"
columns = ["票数"]
scale = "log"
low = 100
high = 100000
weight = 0.6

[[signals]]
id = "satisfaction"
name = "满意率"
scale = "linear"
low = 0.5
high = 1.0
weight = 0.4
"#;

const CASES: &str = r#"{"id":"a","title":"一号答到底","unit":"北京市朝阳区政务服务管理局","region":"北京市","text":"热线诉求一号受理，办结时间由5天降到2天，回访满意率九成五。"}
{"id":"b","title":"热线回访","unit":"朝阳区政务服务局","region":"吉林省长春市","text":"热线逐件回访，重复来电由三成降到一成。"}
{"id":"c","title":"数据账本","unit":"浙江省杭州市数据资源管理局","text":"部门共享数据每次调用都记账，取消证明218项。","signals":{"网络票数":900}}
{"id":"d","title":"周末大厅","unit":"余杭区人民政府","text":"大厅周末开放，等候由四十分钟降到四分钟。"}
{"id":"e","title":"一窗办","unit":"杭州市上城区行政审批局","text":"一个窗口办全部事项，材料由11份减为2份。"}
"#;

/// A folder with the batch and the programme, with the criteria of the skeleton.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    assert_eq!(shortlister(dir.path(), &["programme", "new", "award"]).status, 0);
    write(dir.path(), "award/programme.toml", PROGRAMME);
    write(dir.path(), "batch.jsonl", CASES);
    dir
}

fn run(dir: &Path, more: &[&str]) -> command::Ran {
    let ran =
        shortlister(dir, &[&["run", "batch.jsonl", "--programme", "award", "--out", "out", "--force"], more].concat());
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    ran
}

fn signal<'a>(row: &'a Value, id: &str) -> Option<&'a Value> {
    row["signals"]["values"].as_array().expect("a list").iter().find(|value| value["id"] == id)
}

/// The lines of `signals.csv` with this outcome.
fn outcomes(dir: &Path, outcome: &str) -> Vec<String> {
    let text = std::fs::read_to_string(dir.join("out/signals.csv")).expect("the table is there");
    let with = text.lines().filter(|line| line.contains(&format!(",{outcome},")));
    with.map(str::to_owned).collect()
}

#[test]
fn numbers_find_their_unit_and_every_row_is_told() {
    let dir = folder();
    write(
        dir.path(),
        "votes.csv",
        "网络投票统计\n申报单位,票数,满意率\n北京市朝阳区政务服务局,\"3,200\",96%\n杭州市数据资源局,1.2万,\n朝阳区政务服务管理局,500,\n\
         杭州市余杭区,-5,0.9\n江干区行政审批局,700,88%\n宁波市大数据局,10,\n杭州市余杭区,约三百,\n",
    );
    write(dir.path(), "aliases.toml", "[units]\n\"江干区\" = \"杭州市上城区\"\n");
    let ran = run(dir.path(), &["--signals", "votes.csv", "--aliases", "aliases.toml"]);
    assert!(ran.stderr.contains("signals: 4 of 7 rows joined; 1 unknown, 1 ambiguous"), "{}", ran.stderr);
    let rows = ranking(&dir.path().join("out"));
    let votes = |id: &str| signal(row(&rows, id), "votes").map(|value| value["raw"].clone());
    assert_eq!(votes("a"), Some(3200.0.into()));
    assert_eq!(votes("b"), None, "two districts of that name are nominated");
    assert_eq!(votes("c"), Some(12000.0.into()), "the file goes before the record");
    assert_eq!((votes("d"), votes("e")), (None, Some(700.0.into())));
    assert!(outcomes(dir.path(), "ambiguous")[0].contains("votes.csv,,5,朝阳区政务服务管理局"));
    assert!(outcomes(dir.path(), "unknown")[0].contains("宁波市大数据局"));
    assert!(outcomes(dir.path(), "unusable")[0].contains("is no number"));
    let joined = outcomes(dir.path(), "joined").join("\n");
    assert!(joined.contains("joined,unit_variant,a") && joined.contains("joined,unit_alias,e"), "{joined}");
    assert!(joined.contains("-5 is negative"), "{joined}");
    let record = std::fs::read_to_string(dir.path().join("out/run.json")).expect("the record is there");
    let record: Value = serde_json::from_str(&record).expect("JSON");
    assert_eq!(record["signals"]["present"][0]["nominations"], 3);
    assert_eq!(record["signals"]["pool_dependent"], Value::Array(Vec::new()));
    let verified = shortlister(dir.path(), &["verify", "out", "--replay"]);
    assert_eq!(verified.status, 0, "{}", verified.stdout);
}

#[test]
fn a_missing_signal_costs_nothing_and_the_parts_add_up() {
    let dir = folder();
    write(dir.path(), "none.csv", "编号,票数\nzz,5\n");
    run(dir.path(), &["--signals", "none.csv"]);
    let without = ranking(&dir.path().join("out"));
    write(dir.path(), "votes.csv", "编号,票数,满意率\na,100000,50%\nd,100,\n");
    run(dir.path(), &["--signals", "votes.csv"]);
    let with = ranking(&dir.path().join("out"));
    assert_eq!(row(&with, "b")["relevance"], row(&without, "b")["relevance"]);
    assert_eq!(row(&with, "b")["signals"]["missing"].as_array().map(Vec::len), Some(2));
    let text = |id: &str| row(&without, id)["relevance"].as_f64().expect("a number");
    let relevance = |id: &str| row(&with, id)["relevance"].as_f64().expect("a number");
    // a: 0.24 of 100 and 0.16 of 0; d: one signal alone takes the share of both.
    assert!((relevance("a") - (0.6 * text("a") + 24.0)).abs() < 0.02);
    assert!((relevance("d") - 0.6 * text("d")).abs() < 0.02);
    let told = shortlister(dir.path(), &["explain", "out", "a"]);
    assert!(told.stdout.contains("网络票数：100000，折合100.00分，占24%，计24.00分"), "{}", told.stdout);
    let told = shortlister(dir.path(), &["explain", "out", "b"]);
    assert!(told.stdout.contains("满意率：未提供，不按零分计"), "{}", told.stdout);
}

#[test]
fn a_number_that_goes_by_rank_is_said_to_depend_on_the_batch() {
    let dir = folder();
    let by_rank = PROGRAMME.replace("scale = \"log\"\nlow = 100\nhigh = 100000\n", "scale = \"rank\"\n");
    write(dir.path(), "award/programme.toml", &by_rank);
    write(dir.path(), "votes.csv", "编号,票数\na,9\nb,5\nd,1\n");
    run(dir.path(), &["--signals", "votes.csv"]);
    let rows = ranking(&dir.path().join("out"));
    let scaled = |id: &str| signal(row(&rows, id), "votes").map(|value| value["scaled"].as_f64().expect("a number"));
    // c brings 900 of its own.
    assert_eq!(["a", "b", "d", "c"].map(scaled), [Some(66.67), Some(33.33), Some(0.0), Some(100.0)]);
    let page = std::fs::read_to_string(dir.path().join("out/shortlist.html")).expect("the page is there");
    assert!(page.contains("分数因此受同批其他案例影响：网络票数"));
    assert!(page.contains("网络票数占相关度的24%；满意率占相关度的16%"));
    let record = std::fs::read_to_string(dir.path().join("out/run.json")).expect("the record is there");
    assert!(record.contains("\"pool_dependent\": [\n      \"votes\""), "{record}");
}

#[test]
fn numbers_that_contradict_each_other_are_not_used() {
    let dir = folder();
    write(dir.path(), "one.csv", "编号,申报单位,票数\na,北京市朝阳区政务服务局,300\nd,宁波市大数据局,400\ne,,500\n");
    write(dir.path(), "two.csv", "编号,票数\na,301\ne,500\n");
    run(dir.path(), &["--signals", "one.csv", "--signals", "two.csv"]);
    let rows = ranking(&dir.path().join("out"));
    assert_eq!(signal(row(&rows, "a"), "votes"), None);
    assert_eq!(signal(row(&rows, "e"), "votes").map(|v| v["raw"].clone()), Some(500.0.into()));
    let joined = outcomes(dir.path(), "joined");
    let told = "votes of a is 300 in one.csv, row 2 and 301 in two.csv, row 2; neither is used";
    assert_eq!(joined.iter().filter(|line| line.contains(told)).count(), 2, "{joined:?}");
    assert!(outcomes(dir.path(), "contradicts")[0].contains("宁波市大数据局"));
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_written() {
    let dir = folder();
    let refused = |more: &[&str]| {
        let ran = shortlister(dir.path(), &[&["run", "batch.jsonl", "--out", "bad"], more].concat());
        assert!(!dir.path().join("bad").exists());
        (ran.status, ran.stderr)
    };
    write(dir.path(), "votes.csv", "申报单位,人气\n余杭区,5\n");
    let (status, told) = refused(&["--signals", "votes.csv"]);
    assert!(status == 2 && told.contains("has no [[signals]]"), "{status} {told}");
    let (status, told) = refused(&["--programme", "award", "--signals", "votes.csv"]);
    assert!(status == 1 && told.contains("votes.csv: no table has a column") && told.contains("票数"), "{told}");
    let (status, told) = refused(&["--programme", "award", "--signals", "none.xlsx"]);
    assert!(status == 1 && told.contains("none.xlsx") && told.contains("does not exist"), "{told}");
    let (status, told) = refused(&["--programme", "award", "--aliases", "a.toml"]);
    assert!(status == 2 && told.contains("--signals"), "{told}");
}

#[test]
fn a_programme_names_what_is_wrong_with_its_signals() {
    let dir = folder();
    let told = |from: &str, to: &str| {
        write(dir.path(), "award/programme.toml", &PROGRAMME.replacen(from, to, 1));
        let ran = shortlister(dir.path(), &["programme", "check", "award"]);
        assert_eq!(ran.status, 1, "{}", ran.stdout);
        ran.stdout
    };
    assert!(told("signal_share = 0.4", "signal_share = 0.7").contains("programme.toml, line 4: signal_share is 0.7"));
    assert!(told("weight = 0.6", "weight = 0.5").contains("the weights of the signals sum to 0.900"));
    assert!(told("low = 100\n", "").contains("needs low and high"));
    assert!(told("low = 100", "low = -1").contains("goes by logarithm and has low -1"));
    assert!(told("weight = 0.6", "weight = 0.6\ncap = 0.5").contains("another cap than above 0 to signal_share (0.4)"));
    assert!(
        told("columns = [\"票数\"]", "columns = [\"满意率\"]").contains("claimed by \"votes\" and \"satisfaction\"")
    );
}

/// Precision and recall over the pairs of one half.
fn figures(half: &str) -> (f64, f64) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/signals");
    let aliases = Aliases::load(&folder.join("unit-aliases.toml")).expect("the names are there");
    let pairs = std::fs::read_to_string(folder.join("unit-pairs.csv")).expect("the pairs are there");
    let (mut hits, mut found, mut same) = (0.0, 0.0, 0.0);
    let pairs: Vec<Vec<&str>> = pairs.lines().skip(1).map(|line| line.split(',').collect()).collect();
    for pair in pairs.iter().filter(|pair| pair[0] == half) {
        let [first, second] = [pair[2], pair[3]].map(|name| UnitName::parse(&aliases.resolve(name)));
        let (is_same, matches) = (pair[1] == "same", first.matches(&second));
        assert_eq!(matches, second.matches(&first), "{pair:?}");
        same += f64::from(u8::from(is_same));
        found += f64::from(u8::from(matches));
        hits += f64::from(u8::from(is_same && matches));
    }
    (hits / found, hits / same)
}

#[test]
fn names_of_units_are_joined_with_few_misses_and_hardly_a_mistake() {
    for half in ["tune", "held-out"] {
        let (precision, recall) = figures(half);
        println!("{half}: precision {precision:.3}, recall {recall:.3}");
        assert!(precision >= 0.99 && recall >= 0.95, "{half}: precision {precision:.3}, recall {recall:.3}");
    }
}
