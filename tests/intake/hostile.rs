//! Files made to hurt: nothing panics, nothing is lost, memory stays bounded.

use rust_xlsxwriter::Workbook;
use shortlister::intake::{Limits, Options};

use crate::support::*;

#[test]
fn damaged_bytes_end_as_records_or_rejections_and_never_as_a_panic() {
    let table = "编号,案例名称,案例简介\n1,一网通办,把事项放到一张网上办理\n";
    let samples: Vec<(&str, Vec<u8>)> = vec![
        ("merged.xls", fixture("merged.xls")),
        ("plain.ods", fixture("plain.ods")),
        ("form.docx", fixture("form.docx")),
        ("a.xlsx", xlsx(&[&["案例名称", "案例简介"], &["甲", "乙"]])),
        ("a.csv", table.as_bytes().to_vec()),
        ("a.csv", encoding_rs::GBK.encode(table).0.into_owned()),
        ("a.jsonl", "{\"title\":\"甲\",\"signals\":{\"a\":1}}\n".repeat(3).into_bytes()),
        ("old-gbk.html", fixture("web/old-gbk.html")),
        ("blink.mhtml", fixture("web/blink.mhtml")),
        ("export.xls", fixture("web/export.xls")),
        ("a.md", "# 甲\n\n申报单位:某局\n".as_bytes().to_vec()),
    ];
    for (name, bytes) in samples {
        // A fixed walk over the file: cut it, flip a byte, overwrite a stretch.
        for step in 0..60usize {
            let at = (step * 7919) % bytes.len();
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (step % 8);
            let mut smeared = bytes.clone();
            let end = (at + 16).min(bytes.len());
            smeared[at..end].fill(if step % 2 == 0 { 0xFF } else { 0 });
            for damaged in [&bytes[..at], &flipped, &smeared] {
                read_one(name, damaged);
            }
        }
    }
}

/// Found by the target `table`: six Han characters are as many bytes as an identity number.
#[test]
fn a_cell_of_eighteen_bytes_is_no_identity_number() {
    let batch = read_one("a.csv", "编号,案例名称,案例简介,牵头处室\n1,一网通办,把事项放到一张网上办理,某局综合一处\n");
    assert_eq!(titles(&batch), ["一网通办"]);
}

#[test]
fn two_far_corners_do_not_fill_the_memory() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_row(0, 0, ["案例名称", "案例简介"]).unwrap();
    sheet.write_row(1, 0, ["甲", "乙"]).unwrap();
    sheet.write_string(1_048_575, 16_383, "角").unwrap();
    let batch = read_one("a.xlsx", book.save_to_buffer().unwrap());
    assert_eq!(titles(&batch), ["甲"]);
    assert!(batch.notes.iter().any(|note| note.contains("1 cells beyond 1000 columns")), "{:?}", batch.notes);
}

#[test]
fn workbooks_that_span_millions_of_cells_are_refused_before_they_are_laid_out() {
    // Three sheets with a cell in each far corner, 6 KB.
    let message = refusal(&read_one("a.xls", fixture("corners.xls")));
    assert!(message.contains("span 50331648 cells") && message.contains("save it again as .xlsx"), "{message}");
    let cell = |repeats: u32, text: &str| {
        format!(
            r#"<table:table-cell table:number-columns-repeated="{repeats}" office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#
        )
    };
    let row = |repeats: u32, cells: &str| {
        format!(r#"<table:table-row table:number-rows-repeated="{repeats}">{cells}</table:table-row>"#)
    };
    let ods = |rows: &str| {
        let content = format!(
            r#"<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="表">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
        );
        let manifest = br#"<manifest:manifest xmlns:manifest="m"/>"#;
        zip(&[
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
            ("META-INF/manifest.xml", manifest),
            ("content.xml", content.as_bytes()),
        ])
    };
    for rows in [
        row(1_000_000, &cell(16_000, "甲")),
        row(1, &cell(16_000, "甲")).repeat(2_000),
        row(1, &cell(1, "案例名称")) + &row(1_000_000, "") + &row(1, &cell(16_000, "甲")),
    ] {
        assert!(refusal(&read_one("a.ods", ods(&rows))).contains("cells, more than"));
    }
    let blank = r#"<table:table-cell table:number-columns-repeated="16384"/>"#;
    let header = row(1, &(cell(1, "案例名称") + &cell(1, "案例简介") + blank));
    let usual = ods(&(header + &row(1, &(cell(1, "甲") + &cell(1, "乙"))) + &row(1_048_570, blank)));
    assert_eq!(titles(&read_one("a.ods", usual)), ["甲"]);
}

#[test]
fn a_long_text_that_many_cells_share_is_refused() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let long = "字".repeat(30_000);
    (0..20).for_each(|row| {
        sheet.write_string(row, 0, &long).unwrap();
    });
    let limits = Limits { max_workbook_bytes: 1024 * 1024, ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    let message = refusal(&read_with("a.xlsx", book.save_to_buffer().unwrap(), &options));
    assert!(message.contains("more than 1048576 bytes of text"), "{message}");
}

#[test]
fn a_zip_bomb_is_refused_before_it_is_unpacked() {
    let zeros = vec![b' '; 101 * 1024 * 1024];
    let bomb = zip(&[("[Content_Types].xml", b""), ("word/document.xml", &zeros)]);
    assert!(bomb.len() < 1024 * 1024);
    assert!(refusal(&read_one("a.docx", bomb)).contains("unpacks to more than"));
}

#[test]
fn entities_are_never_expanded() {
    let document = r#"<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>
        <w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>甲&b;&x;&amp;乙</w:t></w:r></w:p></w:body></w:document>"#;
    let bytes = zip(&[("[Content_Types].xml", b""), ("word/document.xml", document.as_bytes())]);
    assert_eq!(titles(&read_one("a.docx", bytes)), ["甲&乙"]);
}

#[test]
fn deep_nesting_is_survived() {
    let deep = format!("{}{}", "<w:tbl><w:tr><w:tc>".repeat(50_000), paragraph("底"));
    read_one("a.docx", docx(&deep));
    let closed = "</w:tc></w:tr></w:tbl>".repeat(20_000);
    read_one("a.docx", docx(&format!("{}{}{closed}", "<w:tbl><w:tr><w:tc>".repeat(20_000), paragraph("底"))));
    let message = refusal(&read_one("a.jsonl", "[".repeat(100_000)));
    assert!(message.contains("a.jsonl, row 1"), "{message}");
    read_one("a.csv", "案例名称,案例简介\n\"".to_owned() + &"\"\"".repeat(100_000));
}

#[test]
fn a_web_page_made_to_hurt_is_refused_or_read_and_costs_little() {
    // A loaded machine must not decide what the test sees.
    let options = Options { limits: Limits { max_page_seconds: 600, ..Limits::default() }, ..Options::default() };
    let read = |html: String| read_with("a.html", html, &options);
    let deep = |open: &str| format!("<!DOCTYPE html><html><body>{}底", open.repeat(200_000));
    for open in ["<div>", "<b>", "<table><tr><td>", "<ul><li>", "<svg><g>", "</body></html><!----><div>"] {
        let message = refusal(&read(deep(open)));
        assert!(message.contains("deeper than"), "{open}: {message}");
    }
    let fostered = format!("<html><table>{}", "<div>".repeat(200_000));
    assert!(refusal(&read(fostered)).contains("deeper than"));
    let endless = format!("<html>{}", "<p>x".repeat(600_000));
    assert!(refusal(&read(endless)).contains("max_page_nodes"));
    // Never closed: a comment, a tag, a script.
    for open in ["<!--", "<p title='", "<script>", "<textarea>"] {
        assert_eq!(read(format!("<html><p>甲乙丙丁。</p>{open}{}", "<p>x".repeat(100_000))).files.len(), 1);
    }
    let spans = "<tr><td rowspan=65534 colspan=65534>甲</td><td>乙</td></tr>".repeat(300);
    read(format!("<html><table>{spans}</table>"));
    let parts = "Content-Type: multipart/related; boundary=x\r\n\r\n--x\r\n".repeat(5_000);
    assert!(refusal(&read_one("a.mht", format!("MIME-Version: 1.0\r\n{parts}"))).contains("damaged"));
}

#[test]
fn a_very_long_cell_is_kept_up_to_the_limit_and_counted() {
    let batch = read_one("a.csv", format!("案例名称,案例简介\n甲,{}\n", "字".repeat(350_000)));
    let record = &batch.submissions[0];
    assert_eq!(record.truncated_chars, 50_001);
    assert_eq!(record.sections[0].text.chars().count(), 299_999);
}

#[test]
fn a_large_table_is_read_whole() {
    let long = "把三百多项高频事项纳入一张清单,群众只进一扇门、交一套材料。".repeat(10);
    let rows: String = (0..50_000).map(|row| format!("{row},案例{row},某局,{long}\n")).collect();
    let batch = read_one("a.csv", format!("编号,案例名称,申报单位,案例简介\n{rows}"));
    assert_eq!(batch.submissions.len(), 50_000);
}
