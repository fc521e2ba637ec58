//! JSON in its shapes.

use crate::support::*;

#[test]
fn every_field_of_a_line_is_read() {
    let line = r#"{"id":7,"title":"甲","unit":"甲局","region":"粤","level":"省级","channel":"自荐","category":"hotline","text":"正文","url":"u","signals":{"votes":3,"share":0.5},"grade":2}"#;
    let batch = read_one("-", line);
    let record = &batch.submissions[0];
    assert_eq!(record.id.as_deref(), Some("7"));
    assert_eq!((record.level.as_deref(), record.category.as_deref()), (Some("省级"), Some("hotline")));
    assert_eq!(sections(record), [("", "正文")]);
    assert_eq!(
        record.signals.iter().map(|(k, v)| (k.as_str(), *v)).collect::<Vec<_>>(),
        [("share", 0.5), ("votes", 3.0)]
    );
    assert_eq!(record.grade, Some(2.0));
}

#[test]
fn a_bad_line_costs_that_line() {
    let text = "{\"id\":\"a\",\"title\":\"甲\"}\n\n[1]\n{\"id\":\"b\",\"title\":5}\n{\"id\":\"c\",\"text\":\" 详见附件 \"}\n\
                {title: 1}\n{\"id\":\"d\",\"signals\":[1],\"text\":\"x\"}\n{\"id\":\"e\",\"title\":\"戊\"}\n{\"id\":\"f\",\"ti";
    let batch = read_one("a.jsonl", text);
    assert_eq!(titles(&batch), ["甲", "戊"]);
    let rejected: Vec<(u32, Option<&str>, &str)> = batch
        .rejections
        .iter()
        .map(|rejection| (rejection.source.row.unwrap(), rejection.id.as_deref(), rejection.reason.as_str()))
        .collect();
    assert_eq!(
        rejected.iter().map(|(row, id, _)| (*row, *id)).collect::<Vec<_>>(),
        [(3, None), (4, Some("b")), (5, Some("c")), (6, None), (7, Some("d")), (9, None),]
    );
    assert_eq!(rejected[0].2, "not a JSON object");
    assert_eq!(rejected[1].2, "\"title\" is a number, not a string");
    assert_eq!(rejected[2].2, "no title and no text");
    assert!(rejected[3].2.starts_with("the line is not JSON"), "{}", rejected[3].2);
    assert_eq!(rejected[4].2, "\"signals\" is an array, not an object of numbers");
    assert_eq!(rejected[5].2, "the line breaks off before its JSON object ends");
}

#[test]
fn odd_signals_and_unknown_keys_are_noted_and_long_ones_kept() {
    let long = "一件事一次办改革把十七个部门的事项合成一张清单,群众只跑一次,一个窗口办完全部手续。";
    let text = format!(
        "{{\"title\":\"甲\",\"signals\":{{\"a\":\"many\"}},\"extra\":1,\"story\":\"{long}\",\"案例编号\":\"Z1\"}}\n{{\"title\":\"乙\",\"extra\":2}}\n"
    );
    let batch = read_one("a.jsonl", text);
    assert_eq!(sections(&batch.submissions[0]), [("story", long)]);
    assert_eq!(batch.submissions[0].id.as_deref(), Some("Z1"));
    assert_eq!(batch.notes.len(), 2, "{:?}", batch.notes);
    assert!(batch.notes[0].contains("a.jsonl, row 1: signal \"a\" is no number"), "{:?}", batch.notes);
    assert!(batch.notes[1].contains("key \"extra\" is unknown"), "{:?}", batch.notes);
}

#[test]
fn sections_keep_the_order_of_the_file_in_lines_arrays_and_single_objects() {
    let object =
        "{\"title\":\"甲\",\"应用成效\":\"少跑两趟。\",\"案例简介\":\"一窗受理。\",\n\"主要做法\":\"合并表单。\"}";
    let line = object.replace('\n', "");
    for (name, text) in [("a.jsonl", line), ("a.json", format!("[{object}, {object}]")), ("a.json", object.to_owned())]
    {
        for record in read_one(name, &text).submissions {
            let headings: Vec<&str> = sections(&record).iter().map(|(heading, _)| *heading).collect();
            assert_eq!(headings, ["应用成效", "案例简介", "主要做法"], "{text}");
        }
    }
}

#[test]
fn arrays_and_single_objects_are_read_and_a_broken_array_keeps_its_head() {
    let batch = read_one("a.json", "[\n {\"title\":\"甲\"},\n {\"title\":\"乙\"}\n]\n");
    assert_eq!(titles(&batch), ["甲", "乙"]);
    assert_eq!(batch.submissions[1].source.row, Some(3));
    assert_eq!(titles(&read_one("a.json", "{\n \"title\": \"甲\"\n}\n")), ["甲"]);
    let cut = read_one("a.json", "[{\"title\":\"甲\"},\n{\"title\":\"乙");
    assert_eq!((titles(&cut), cut.rejections.len(), cut.rejections[0].source.row), (vec!["甲"], 1, Some(2)));
    assert!(refusal(&read_one("a.json", "[]")).contains("holds no record"));
}

#[test]
fn a_line_with_broken_bytes_is_rejected_alone() {
    let mut bytes =
        "{\"title\":\"一网通办改革\"}\n{\"title\":\"二\"}\n{\"title\":\"接诉即办改革\"}\n".as_bytes().to_vec();
    let second = bytes.iter().position(|byte| *byte == b'\n').unwrap() + 11;
    bytes[second] = 0xFF;
    let batch = read_one("a.jsonl", bytes);
    assert_eq!(titles(&batch), ["一网通办改革", "接诉即办改革"]);
    assert_eq!(batch.rejections[0].source.row, Some(2));
}

#[test]
fn a_file_cut_inside_a_character_loses_one_line_only() {
    let text = "{\"title\":\"甲\"}\n{\"title\":\"乙";
    let batch = read_one("a.jsonl", &text.as_bytes()[..text.len() - 1]);
    assert_eq!((titles(&batch), batch.rejections.len()), (vec!["甲"], 1));
}
