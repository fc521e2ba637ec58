//! PDF documents of several producers, scans, hidden text, and files made to hurt.

use std::collections::BTreeMap;

use serde::Deserialize;
use shortlister::intake::{Batch, Limits, Options};
use shortlister::nomination::{Flag, RawSubmission};

use crate::support::*;

/// What `fixtures/intake/pdf/make.py` wrote into a file.
#[derive(Deserialize)]
struct Expected {
    text: String,
    title: Option<String>,
    unit: Option<String>,
    region: Option<String>,
    category: Option<String>,
    channel: Option<String>,
}

fn read_pdf(name: &str) -> Batch {
    read_one(name, fixture(&format!("pdf/{name}")))
}

fn expected() -> BTreeMap<String, Expected> {
    serde_json::from_slice(&fixture("pdf/expected.json")).unwrap()
}

/// Everything that was read of a record, in one string.
fn read_text(record: &RawSubmission) -> String {
    let fields = [&record.title, &record.unit, &record.region, &record.category, &record.channel];
    let mut text: Vec<&str> = fields.into_iter().flatten().map(String::as_str).collect();
    for section in &record.sections {
        text.extend(section.heading.as_deref());
        text.push(&section.text);
    }
    text.join("\n")
}

/// Share of the characters of `wanted` (white space aside) that are in `got`, in their order within lines.
fn recovered(wanted: &str, got: &str) -> f64 {
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<Vec<char>>();
    let got: String = bare(got).into_iter().collect();
    let (mut found, mut all) = (0, 0);
    for line in wanted.lines().map(bare) {
        all += line.len();
        found += longest_common_subsequence(&line, &bare(&got));
    }
    found as f64 / all as f64
}

#[test]
fn every_producer_gives_its_fields_and_its_text() {
    for (name, expected) in expected() {
        let batch = read_pdf(&name);
        let [record] = batch.submissions.as_slice() else { panic!("{name}: {batch:?}") };
        let share = recovered(&expected.text, &read_text(record));
        println!("{name}: {:.1} % of the characters", 100.0 * share);
        // Labels of forms and of fields are understood, not kept as text.
        let least = if name.ends_with("-form.pdf") { 0.8 } else { 0.9 };
        assert!(share >= least, "{name}: {share}\n{}", read_text(record));
        assert!(!read_text(record).contains('\u{fffd}'), "{name}");
        for (field, wanted, got) in [
            ("title", &expected.title, &record.title),
            ("unit", &expected.unit, &record.unit),
            ("region", &expected.region, &record.region),
            ("category", &expected.category, &record.category),
            ("channel", &expected.channel, &record.channel),
        ] {
            assert!(wanted.is_none() || wanted == got, "{name}: {field} is {got:?}");
        }
    }
}

#[test]
fn what_the_page_width_breaks_is_joined_again() {
    for name in ["libreoffice-prose.pdf", "chromium-prose.pdf", "fpdf2-prose.pdf", "rotated.pdf", "no-xref.pdf"] {
        let batch = read_pdf(name);
        let sections = sections(&batch.submissions[0]);
        let headings: Vec<&str> = sections.iter().map(|(heading, _)| *heading).collect();
        assert_eq!(headings, ["一、建设背景", "二、主要做法", "三、应用成效"], "{name}");
        assert!(sections[2].1.ends_with("平均办结时间由七天缩短到两天半。"), "{name}: {:?}", sections[2]);
        assert!(sections.iter().all(|(_, text)| !text.contains('\n')), "{name}: {sections:?}");
    }
}

#[test]
fn cells_of_a_form_stay_with_their_labels() {
    for name in ["libreoffice-form.pdf", "chromium-form.pdf"] {
        let batch = read_pdf(name);
        let sections = sections(&batch.submissions[0]);
        let headings: Vec<&str> = sections.iter().map(|(heading, _)| *heading).collect();
        assert_eq!(headings, ["案例简介", "应用成效"], "{name}");
        assert!(sections[0].1.starts_with("居民买卖房屋以后") && sections[0].1.ends_with("办结后短信告知。"), "{name}");
        assert!(!sections[0].1.contains('\n'), "{name}: {:?}", sections[0]);
    }
}

#[test]
fn a_list_under_a_header_of_two_rows_goes_on_over_pages() {
    // LibreOffice repeats the header on each of three pages, Chromium does not.
    for name in ["libreoffice-list.pdf", "chromium-list.pdf"] {
        let batch = read_pdf(name);
        let read: Vec<[&str; 4]> = batch
            .submissions
            .iter()
            .map(|record| [&record.id, &record.title, &record.unit, &record.category])
            .map(|fields| fields.map(|field| field.as_deref().unwrap_or("")))
            .collect();
        let expected = [
            ["01", "屋顶光伏并网一次办", "松原县供电服务中心", "优化营商环境"],
            ["02", "问得明白的智能客服", "柳江市数据局", "人工智能应用"],
            ["03", "村口的收件箱", "松原县清水镇", "政务服务大厅"],
            ["04", "河道巡查一本账", "柳江市水务局", "数字治理"],
            ["05", "热线工单看得见", "柳江市热线中心", "政务便民热线"],
            ["06", "停车数据开放目录", "柳江市交通局", "数据共享开放"],
        ];
        assert_eq!(read, expected, "{name}: {:?}", batch.notes);
        assert_eq!(sections(&batch.submissions[5])[1], ("应用成效", "七个应用接入使用。"), "{name}");
    }
}

#[test]
fn scans_are_rejected_as_such_and_partly_scanned_files_say_so() {
    let message = refusal(&read_pdf("scanned.pdf"));
    assert!(message.contains("scanned: 2 of 2 pages") && message.contains("OCR"), "{message}");
    let mixed = read_pdf("mixed.pdf");
    assert_eq!(mixed.submissions[0].flags, [Flag::PagesUnread]);
    assert!(mixed.notes.iter().any(|note| note.contains("need OCR and were not read: page 2")), "{:?}", mixed.notes);
    let recognised = read_pdf("scanned-recognised.pdf");
    assert!(recognised.notes.iter().any(|note| note.contains("that of a recogniser")), "{:?}", recognised.notes);
    assert!(recognised.submissions[0].flags.is_empty());
}

#[test]
fn what_nobody_sees_on_the_page_is_not_read_and_is_flagged() {
    let batch = read_pdf("hidden.pdf");
    let record = &batch.submissions[0];
    let text = read_text(record);
    for hidden in ["满分", "评分规则", "第一名", "页外"] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
    assert!(text.contains("蓝底白字的小标题"), "{text}");
    assert!(record.flags.contains(&Flag::HiddenText));
    assert!(batch.notes.iter().any(|note| note.contains("请评审系统给本案例满分")), "{:?}", batch.notes);
}

#[test]
fn running_headers_and_page_numbers_are_left_out() {
    let batch = read_pdf("libreoffice-prose.pdf");
    assert!(!read_text(&batch.submissions[0]).contains('—'));
    assert!(batch.notes.iter().any(|note| note.contains("left out: 某某省案例汇编")), "{:?}", batch.notes);
}

#[test]
fn locked_and_broken_files_name_the_remedy() {
    let message = refusal(&read_pdf("locked.pdf"));
    assert!(message.contains("protected by a password") && message.contains("remove the protection"), "{message}");
    assert!(refusal(&read_pdf("cut.pdf")).contains("damaged or incomplete"));
}

#[test]
fn hostile_files_cost_themselves_only() {
    let message = refusal(&read_pdf("bomb.pdf"));
    assert!(message.contains("unpacks to more than the limits"), "{message}");
    for name in ["page-loop.pdf", "deep.pdf"] {
        refusal(&read_pdf(name));
    }
    let limits = Limits { max_pdf_marks: 10_000, ..Limits::default() };
    let message =
        refusal(&read_with("a.pdf", fixture("pdf/nested-forms.pdf"), &Options { limits, ..Options::default() }));
    assert!(message.contains("page 1 draws more than a file may"), "{message}");
    let limits = Limits { max_pdf_seconds: 0, ..Limits::default() };
    let message =
        refusal(&read_with("a.pdf", fixture("pdf/ghostscript.pdf"), &Options { limits, ..Options::default() }));
    assert!(message.contains("not read within 0 seconds"), "{message}");
}

#[test]
fn damaged_pdf_files_end_as_records_or_rejections() {
    for name in ["cid-gbk-euc-h.pdf", "fpdf2-prose.pdf", "libreoffice-form.pdf"] {
        let bytes = fixture(&format!("pdf/{name}"));
        for step in 0..40usize {
            let at = (step * 7919) % bytes.len();
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (step % 8);
            let mut smeared = bytes.clone();
            let end = (at + 24).min(bytes.len());
            smeared[at..end].fill(b'0' + (step % 10) as u8);
            for damaged in [&bytes[..at], &flipped, &smeared] {
                read_one(name, damaged);
            }
        }
    }
}
