//! Saved web pages: the article and nothing around it, tables of records, what cannot be seen, and pages made to hurt.

use std::collections::BTreeMap;

use serde::Deserialize;
use shortlister::intake::{Batch, Limits, Options};
use shortlister::nomination::Flag;

use crate::support::*;

/// What `fixtures/intake/web/make.py` wrote into a page.
#[derive(Deserialize)]
struct Expected {
    lines: Vec<String>,
    title: Option<String>,
    site: Option<String>,
    url: Option<String>,
    date: Option<String>,
}

fn read_web(name: &str) -> Batch {
    read_one(name, fixture(&format!("web/{name}")))
}

fn lines(batch: &Batch) -> Vec<String> {
    let [record] = batch.submissions.as_slice() else { panic!("{batch:?}") };
    let parts = record.sections.iter().flat_map(|s| s.heading.iter().map(String::as_str).chain(s.text.lines()));
    parts.map(|line| line.trim().to_owned()).collect()
}

fn page(body: &str) -> String {
    format!("<!DOCTYPE html><html><head><meta charset=utf-8><title>一窗受理</title></head><body>{body}</body></html>")
}

const LONG: &str = "全区把三百多项高频事项纳入一张清单，群众只需进一扇门、交一套材料，后台并联审批，窗口统一出件。";

#[test]
fn an_article_is_read_whole_and_nothing_around_it() {
    let expected: BTreeMap<String, Expected> = serde_json::from_slice(&fixture("web/expected.json")).unwrap();
    let articles = expected.iter().filter(|(_, page)| !page.lines.is_empty());
    assert_eq!(articles.clone().count(), 9);
    for (name, page) in articles {
        let batch = read_web(name);
        assert_eq!(lines(&batch), page.lines, "{name}");
        let record = &batch.submissions[0];
        assert_eq!(record.title, page.title, "{name}");
        if page.site.is_some() {
            assert_eq!(record.channel, page.site, "{name}");
        }
        if page.url.is_some() {
            assert_eq!(record.url, page.url, "{name}");
        }
        assert!(batch.notes[0].contains(page.date.as_deref().unwrap_or("2023-09-12")), "{name}: {:?}", batch.notes);
        assert_eq!(record.flags.contains(&Flag::HiddenText), name == "hidden.html", "{name}");
    }
}

#[test]
fn what_a_page_hides_is_left_out_and_quoted() {
    let batch = read_web("hidden.html");
    let all = format!("{:?}", batch.submissions);
    assert!(!all.contains("隐藏") && !all.contains("第一名"), "{all}");
    assert!(
        batch.notes.iter().any(|note| note.contains("41 characters that cannot be seen") && note.contains("请评委")),
        "{:?}",
        batch.notes
    );
}

#[test]
fn a_list_of_nominations_gives_a_record_a_row() {
    for name in ["list.html", "export.xls"] {
        let batch = read_web(name);
        assert_eq!(titles(&batch), ["“一件事一次办”改革", "惠企政策免申即享", "公共数据授权运营"], "{name}");
        let regions: Vec<&str> = batch.submissions.iter().filter_map(|record| record.region.as_deref()).collect();
        assert_eq!(regions, ["某某省甲市", "某某省甲市", "某某省乙市"], "{name}");
        assert_eq!(batch.submissions[2].source.row, Some(4), "{name}");
    }
}

#[test]
fn a_form_on_a_page_gives_its_fields() {
    let batch = read_web("form.html");
    let record = &batch.submissions[0];
    assert_eq!((record.title.as_deref(), record.unit.as_deref()), (Some("村村有代办"), Some("丙县政务服务中心")));
    assert_eq!((record.region.as_deref(), record.category.as_deref()), (Some("某某省丙县"), Some("政务服务大厅")));
    let headings: Vec<&str> = sections(record).iter().map(|(heading, _)| *heading).collect();
    assert_eq!(headings, ["案例简介", "应用成效"]);
    assert!(!format!("{batch:?}").contains("13800000000"));
}

#[test]
fn a_declaration_that_the_bytes_contradict_is_not_believed() {
    let html = page(&format!("<p>{LONG}</p>")).replace("charset=utf-8", "charset=gb2312");
    assert_eq!(lines(&read_one("a.html", &html)), [LONG]);
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(html.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(lines(&read_one("a.html", utf16)), [LONG]);
    let big5 = page(&format!("<p>{}</p>", "政府服務便民熱線".repeat(9))).replace("utf-8", "big5");
    let batch = read_one("a.html", encoding_rs::BIG5.encode(&big5).0);
    assert_eq!(lines(&batch), ["政府服務便民熱線".repeat(9)]);
}

#[test]
fn a_page_beyond_its_limits_is_refused_with_the_limit() {
    let with = |change: fn(&mut Limits), body: &str| {
        let mut limits = Limits::default();
        change(&mut limits);
        refusal(&read_with("a.html", page(body), &Options { limits, ..Options::default() }))
    };
    assert!(with(|limits| limits.max_page_bytes = 20, "<p>x").contains("max_page_bytes"));
    assert!(with(|limits| limits.max_page_nodes = 9, "<p>x<p>x<p>x").contains("max_page_nodes"));
    assert!(with(|limits| limits.max_page_depth = 4, "<div><div><div>x").contains("max_page_depth"));
    assert!(with(|limits| limits.max_page_seconds = 0, &LONG.repeat(2000)).contains("max_page_seconds"));
}
