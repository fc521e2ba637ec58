//! The files of a run: what stands in them, and what must not.

mod report_batch;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Range, Reader, Xlsx};
use report_batch::Batch;
use shortlister::nomination::NominationId;
use shortlister::programme::{Channel, Language};
use shortlister::report::{self, ReportError, RunRecord, jsonl};
use shortlister::select::channels::ChannelCounts;
use shortlister::select::{FloorSwap, Status};

/// Every file of the batch by name.
fn files(batch: &Batch, language: Language) -> BTreeMap<String, Vec<u8>> {
    let dir = tempfile::tempdir().unwrap();
    report::write_all(&batch.report(language), dir.path()).unwrap();
    let entries = std::fs::read_dir(dir.path()).unwrap().map(Result::unwrap);
    entries.map(|e| (e.file_name().into_string().unwrap(), std::fs::read(e.path()).unwrap())).collect()
}

fn text(batch: &Batch, file: &str) -> String {
    String::from_utf8(files(batch, Language::Zh).remove(file).unwrap()).unwrap()
}

fn sheets(bytes: &[u8]) -> Vec<(String, Range<Data>)> {
    let mut workbook = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    workbook.worksheets()
}

fn cells(range: &Range<Data>) -> Vec<Vec<String>> {
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

#[test]
fn a_run_folder_has_every_file_and_its_checksums() {
    let batch = report_batch::small();
    let dir = tempfile::tempdir().unwrap();
    report::write_all(&batch.report(Language::Zh), dir.path()).unwrap();
    let run = RunRecord::read(dir.path()).unwrap();
    let names: Vec<&str> = run.outputs.iter().map(|o| o.name.as_str()).collect();
    let expected =
        ["ranking.jsonl", "rejected.csv", "shortlist.csv", "shortlist.xlsx", "shortlist.html", "sensitivity.csv"];
    assert_eq!(names, expected);
    for output in &run.outputs {
        let bytes = std::fs::read(dir.path().join(&output.name)).unwrap();
        assert_eq!(output.sha256, shortlister::digest::sha256_hex([bytes.as_slice()]));
    }
    assert_eq!(run.counts.nominations, 12);
    assert_eq!((run.counts.near_miss, run.counts.rescue, run.counts.needs_human), (2, 1, 1));
    assert_eq!(run.options, batch.run.options);
}

#[test]
fn ranking_jsonl() {
    insta::assert_snapshot!(text(&report_batch::small(), "ranking.jsonl"));
}

#[test]
fn the_ranking_reads_back_as_it_was_written() {
    let batch = report_batch::small();
    let dir = tempfile::tempdir().unwrap();
    report::write_all(&batch.report(Language::Zh), dir.path()).unwrap();
    let written = std::fs::read_to_string(dir.path().join("ranking.jsonl")).unwrap();
    let records = jsonl::read_ranking(dir.path()).unwrap();
    let again: String = records.iter().map(|r| serde_json::to_string(r).unwrap() + "\n").collect();
    assert_eq!(again, written);

    std::fs::write(dir.path().join("ranking.jsonl"), &written[..written.len() - 40]).unwrap();
    let error = jsonl::read_ranking(dir.path()).unwrap_err();
    assert!(matches!(error, ReportError::Malformed { line: 12, .. }), "{error}");
}

#[test]
fn a_run_folder_of_another_format_is_named_and_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("run.json"), r#"{"schema": 99, "shape": "unknown"}"#).unwrap();
    let error = RunRecord::read(dir.path()).unwrap_err();
    assert!(matches!(error, ReportError::OtherSchema { found: 99, .. }), "{error}");
}

#[test]
fn shortlist_csv() {
    let csv = text(&report_batch::small(), "shortlist.csv");
    assert!(csv.starts_with('\u{feff}') && csv.ends_with("\r\n"));
    insta::assert_snapshot!(csv.trim_start_matches('\u{feff}'));
}

#[test]
fn rejected_csv() {
    let csv = text(&report_batch::small(), "rejected.csv");
    assert!(csv.starts_with('\u{feff}'));
    insta::assert_snapshot!(csv.trim_start_matches('\u{feff}'));
}

#[test]
fn the_page() {
    let page = text(&report_batch::small(), "shortlist.html");
    let body = &page[page.find("<body>").unwrap()..page.rfind("<script>").unwrap()];
    insta::assert_snapshot!(body);
}

#[test]
fn the_page_in_english_has_no_chinese_of_its_own() {
    let mut batch = report_batch::small();
    batch.rejections.clear();
    for entry in &mut batch.ranking.entries {
        let nomination = &mut entry.nomination;
        for field in [&mut nomination.title, &mut nomination.unit, &mut nomination.region, &mut nomination.level] {
            "plain".clone_into(field);
        }
        "Plain text.".clone_into(&mut nomination.text);
        "file.csv".clone_into(&mut nomination.source.file);
        nomination.source.sheet = None;
        nomination.declared_category = String::new();
        entry.assessment.criteria.iter_mut().for_each(|c| (c.evidence, c.grounds) = Default::default());
        entry.neighbours.clear();
    }
    let page = String::from_utf8(files(&batch, Language::En).remove("shortlist.html").unwrap()).unwrap();
    let body = &page[page.find("<body>").unwrap()..];
    let chinese: Vec<char> = body.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).collect();
    assert!(chinese.is_empty(), "{chinese:?}");
}

#[test]
fn the_page_asks_for_nothing_and_runs_only_its_own_script() {
    let page = text(&report_batch::small(), "shortlist.html");
    assert_eq!(page.matches("<script").count(), 1, "text of a nomination reached the page as a script");
    assert!(!page.contains("<img") && !page.contains("javascript:") && !page.contains("</details><script"));
    assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
    for request in ["src=", "@import", "url(", "<link", "fetch(", "XMLHttpRequest"] {
        assert!(!page.replace("&#60;img src=x", "").contains(request), "{request}");
    }
    assert!(page.contains(r#"href="https://gov.invalid/case?a=1&#38;b=2""#), "a web address stays a link");
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let batch = report_batch::middle();
    assert_eq!(files(&batch, Language::Zh), files(&batch, Language::Zh));
    assert_eq!(files(&batch, Language::En), files(&batch, Language::En));
}

#[test]
fn who_gave_way_to_a_floor_is_shown_everywhere_with_its_successor() {
    let mut batch = report_batch::small();
    let swap = |id: &str| Some(FloorSwap { floor: "乡镇".into(), with: NominationId::new(id) });
    let raised = &mut batch.entry_mut("B-1").placement;
    (raised.status, raised.floor) = (Status::Shortlisted, swap("S-2"));
    let displaced = &mut batch.entry_mut("S-2").placement;
    (displaced.status, displaced.floor) = (Status::Displaced, swap("B-1"));
    let mut files = files(&batch, Language::Zh);

    let rows = cells(&sheets(&files["shortlist.xlsx"])[1].1);
    let ids: Vec<&str> = rows[1..].iter().map(|row| row[1].as_str()).collect();
    assert_eq!(ids, ["S-1", "B-1", "S-2"]);
    assert!(rows[2][16].contains("按“乡镇”保底名额列为入选建议，S-2让位"), "{}", rows[2][16]);
    assert!(rows[3][16].contains("因“乡镇”保底名额让位于B-1"), "{}", rows[3][16]);

    let mut text = |file: &str| String::from_utf8(files.remove(file).unwrap()).unwrap();
    for file in ["shortlist.html", "shortlist.csv", "ranking.jsonl"] {
        assert!(text(file).contains("让位于B-1"), "{file}");
    }
}

/// If a near miss and a rescue case change places in the ranking, with their scores, nothing that
/// experts read may change: then nothing in it tells them apart. Who stands near the line would also be the one who
/// enters the list by a weight that moves.
#[test]
fn experts_cannot_tell_a_rescue_case_from_a_near_miss() {
    let batch = report_batch::small();
    let mut swapped = report_batch::small();
    let (near, rescue) = (swapped.entry_mut("N-1").clone(), swapped.entry_mut("R-1").clone());
    for (id, from) in [("N-1", &rescue), ("R-1", &near)] {
        let entry = swapped.entry_mut(id);
        entry.placement = from.placement.clone();
        entry.assessment.relevance = from.assessment.relevance;
        for (mine, theirs) in entry.assessment.criteria.iter_mut().zip(&from.assessment.criteria) {
            mine.score = theirs.score;
        }
    }
    assert_eq!(swapped.entry_mut("N-1").placement.status, Status::Rescue);
    swapped.sensitivity.moves[1].categories[0].enter = vec![NominationId::new("R-1")];
    for language in [Language::Zh, Language::En] {
        let (one, other) = (files(&batch, language), files(&swapped, language));
        for file in ["shortlist.html", "shortlist.csv", "shortlist.xlsx"] {
            assert_eq!(one[file], other[file], "{file} tells near misses and rescue cases apart");
        }
        for file in ["ranking.jsonl", "sensitivity.csv"] {
            assert_ne!(one[file], other[file], "the coordinator is told");
        }
    }
}

#[test]
fn the_workbook_has_its_sheets_with_names_that_excel_accepts() {
    let files = files(&report_batch::small(), Language::Zh);
    let names: Vec<String> = sheets(&files["shortlist.xlsx"]).into_iter().map(|(name, _)| name).collect();
    let expected = [
        "总览",
        "数字治理",
        "“互联网+政务服务”",
        "政务大厅 窗口 综合",
        "复核",
        "全部排名",
        "重复与关联",
        "未受理",
        "权重变动",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_category_sheet_lists_the_suggested_cases_with_room_for_the_expert() {
    let files = files(&report_batch::small(), Language::Zh);
    let rows = cells(&sheets(&files["shortlist.xlsx"])[1].1);
    assert_eq!(rows.len(), 3);
    let header = [
        "名次",
        "编号",
        "案例名称",
        "申报单位",
        "地区",
        "层级",
        "相关度",
        "名次区间",
        "管理",
        "服务",
        "设计",
        "特色",
        "实际应用",
        "主要依据",
        "评分理由",
        "新颖度",
        "提示",
        "来源",
        "评分",
        "意见",
        "回避",
    ];
    assert_eq!(rows[0], header);
    assert_eq!(rows[1][..2], ["1", "S-1"]);
    assert!(rows[1][13].starts_with("【管理】"), "{}", rows[1][13]);
    assert!(rows[1][14].starts_with("【管理】7句中5句偏强；"), "{}", rows[1][14]);
    assert!(rows[1][16].contains("另有重复件：D-1"), "{}", rows[1][16]);
    assert!(
        rows[1][16].contains("疑为往年案例再次申报：相近的案例2022-17（2022-17，相似度93，往年.jsonl）"),
        "{}",
        rows[1][16]
    );
    assert!(!rows[1][16].contains("2021-4"), "one of each kind is enough");
    assert!(rows[2][16].contains("需人工定类：数字治理 44%，“互联网+政务服务” 40%"), "{}", rows[2][16]);
    assert!(rows[1][18..].iter().all(String::is_empty));
}

#[test]
fn the_review_sheet_shows_no_rank_and_no_score() {
    let files = files(&report_batch::small(), Language::Zh);
    let rows = cells(&sheets(&files["shortlist.xlsx"])[4].1);
    let header =
        ["类别", "编号", "案例名称", "申报单位", "地区", "层级", "主要依据", "提示", "来源", "评分", "意见", "回避"];
    assert_eq!(rows[0], header);
    let ids: Vec<&str> = rows[1..].iter().map(|row| row[1].as_str()).collect();
    assert_eq!(ids, ["N-1", "R-1", "N-2"]);
}

#[test]
fn how_much_the_list_depends_on_the_weights_is_told_in_numbers_and_by_whom_to_the_coordinator() {
    let batch = report_batch::small();
    let csv = text(&batch, "sensitivity.csv");
    let lines: Vec<&str> = csv.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "weight,id,from,to,category,places,changed,enter,leave,largest_rank_move");
    assert_eq!(lines[1], "unmoved,,,,,6,0,,,0");
    assert_eq!(lines[5], "criterion,management,0.2000,0.2400,,6,1,N-1,S-2,1");
    assert_eq!(lines[6], "criterion,management,0.2000,0.2400,digital-governance,2,1,N-1,S-2,1");
    assert_eq!(lines.len(), 1 + 4 * 11, "five criteria up and down, and none");

    let page = text(&batch, "shortlist.html");
    let told = "入选建议6件；任一权重变动五分之一，至多更换1件；影响最大的是“管理”的权重（由20.0%到24.0%）";
    assert!(page.contains(told));
    let rows = cells(&sheets(&files(&batch, Language::Zh)["shortlist.xlsx"])[8].1);
    assert_eq!(rows[1], ["“管理”的权重", "20.0", "24.0", "1", "1"]);
    assert_eq!(rows.len(), 11);
}

#[test]
fn channels_have_a_column_where_the_programme_declares_some() {
    let mut batch = report_batch::small();
    let channel = |id: &str, name: &str, name_en: &str| Channel {
        id: id.into(),
        name: name.into(),
        name_en: name_en.into(),
        ..Channel::default()
    };
    batch.programme.settings.channels =
        vec![channel("self", "单位自荐", "Self-nomination"), channel("expert", "专家推荐", "Expert recommendation")];
    for (id, declared) in [("S-1", "单位自荐"), ("D-1", "专家推荐/熟人介绍"), ("N-1", "自荐"), ("S-3", "expert")]
    {
        declared.clone_into(&mut batch.entry_mut(id).nomination.channel);
    }
    batch.run.channels = ChannelCounts::of(&batch.ranking, &batch.programme);
    let found = "单位自荐，专家推荐，“熟人介绍”（不在本方案渠道之列）";
    let mut files = files(&batch, Language::Zh);
    let sheets = sheets(&files["shortlist.xlsx"]);
    for (sheet, row, column) in [(1, 1, 6), (5, 1, 7)] {
        let rows = cells(&sheets[sheet].1);
        assert_eq!((rows[0][column].as_str(), rows[row][column].as_str()), ("推荐渠道", found));
        assert_eq!(rows[0][column + 1], "相关度");
    }
    assert_eq!(cells(&sheets[4].1)[1][6], "“自荐”（不在本方案渠道之列）", "an alias that nobody declared is no guess");
    let mut text = |file: &str| String::from_utf8(files.remove(file).unwrap()).unwrap();
    assert!(text("shortlist.csv").contains(found));
    let page = text("shortlist.html");
    assert!(page.contains(&format!("<span>{}</span>", found.replace('"', "&#34;"))), "the page");
    assert!(page.contains("单位自荐1件；专家推荐2件；“熟人介绍”（不在本方案渠道之列）1件"), "the foot of the page");
    let ranking = text("ranking.jsonl");
    assert!(ranking.contains(r#""channels":["self","expert","熟人介绍"]"#) && ranking.contains(r#""channels":[]"#));
}

#[test]
fn everybody_is_listed_and_the_review_sample_keeps_its_place_to_itself() {
    let files = files(&report_batch::small(), Language::Zh);
    let rows = cells(&sheets(&files["shortlist.xlsx"])[5].1);
    assert_eq!(rows.len(), 13);
    let row = |id: &str| rows.iter().find(|row| row[3] == id).unwrap();
    assert_eq!(row("S-1")[1..3], ["1", "入选建议"]);
    assert_eq!(row("B-1")[1..3], ["4", "其余"]);
    for id in ["N-1", "R-1"] {
        assert_eq!((row(id)[1].as_str(), row(id)[2].as_str(), row(id)[7].as_str()), ("", "复核", ""));
    }
    assert_eq!(row("D-1")[1..3], ["", "重复"]);
}

#[test]
fn nothing_in_the_workbook_is_a_formula() {
    let batch = report_batch::small();
    let files = files(&batch, Language::Zh);
    let mut workbook = Xlsx::new(Cursor::new(files["shortlist.xlsx"].clone())).unwrap();
    for name in workbook.sheet_names() {
        let formulas = workbook.worksheet_formula(&name).unwrap();
        assert!(formulas.cells().all(|(_, _, formula)| formula.is_empty()), "{name}");
    }
    let rows = sheets(&files["shortlist.xlsx"]).remove(2).1;
    let hostile = rows.get_value((1, 2)).unwrap();
    assert!(matches!(hostile, Data::String(s) if s.starts_with("=HYPERLINK")), "{hostile:?}");
}

#[test]
fn text_longer_than_a_cell_is_cut_with_a_mark() {
    let mut batch = report_batch::small();
    for criterion in &mut batch.entry_mut("S-1").assessment.criteria {
        for evidence in &mut criterion.evidence {
            evidence.text = "长".repeat(40_000);
            evidence.range = None;
        }
    }
    let files = files(&batch, Language::Zh);
    let rows = cells(&sheets(&files["shortlist.xlsx"])[1].1);
    assert!(rows[1][13].ends_with("〔以下超出单元格上限，未列〕"));
    assert_eq!(rows[1][13].encode_utf16().count(), 32_767);
}

#[test]
fn a_figure_that_is_no_number_stops_the_report() {
    let mut batch = report_batch::small();
    batch.entry_mut("B-1").assessment.relevance = f32::NAN;
    let dir = tempfile::tempdir().unwrap();
    let error = report::write_all(&batch.report(Language::Zh), dir.path()).unwrap_err();
    assert!(error.to_string().contains("B-1"), "{error}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_thousand_nominations_make_a_page_below_five_megabytes() {
    let mut batch = report_batch::generated(1_000, 10);
    for entry in &mut batch.ranking.entries {
        let more = "这是一段很长的申报材料，用来检验页面的大小是否受控。".repeat(400);
        entry.nomination.text.push('\n');
        entry.nomination.text.push_str(&more);
    }
    let page = text(&batch, "shortlist.html");
    assert!(page.len() < 5_000_000, "{} bytes", page.len());
    for entry in &batch.ranking.entries {
        assert!(page.contains(entry.nomination.id.as_str()), "{} is missing", entry.nomination.id);
    }
    assert!(page.contains("全文过长，见原件"), "a text that is cut says so");
}

/// Writes the middle batch where `SHORTLISTER_PREVIEW` says, to be looked at.
#[test]
#[ignore = "for the eye: SHORTLISTER_PREVIEW=DIR cargo test --test report -- --ignored"]
fn preview() {
    let dir = std::env::var("SHORTLISTER_PREVIEW").expect("SHORTLISTER_PREVIEW names a folder");
    for (name, language) in [("zh", Language::Zh), ("en", Language::En)] {
        let dir = Path::new(&dir).join(name);
        std::fs::create_dir_all(&dir).unwrap();
        report::write_all(&report_batch::middle().report(language), &dir).unwrap();
    }
}
