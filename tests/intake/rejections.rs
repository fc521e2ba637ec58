//! Every kind of file and record that cannot be used says where, why and what to do.

use shortlister::intake::{Limits, Options};

use crate::support::*;

#[test]
fn an_empty_file_is_rejected() {
    assert_eq!(
        refusal(&read_one("a.csv", "")),
        "a.csv: the file is empty (0 bytes); ask the sender for the file again"
    );
    assert!(refusal(&read_one("a.csv", "\n\n")).contains("holds no filled line"));
    assert!(refusal(&read_one("a.xlsx", xlsx(&[]))).contains("no visible sheet holds a filled cell"));
    assert!(refusal(&read_one("a.docx", docx(""))).contains("holds no text"));
    assert!(refusal(&read_one("a.txt", " \n ")).contains("no title and no text"));
}

#[test]
fn a_table_without_records_is_rejected() {
    for bytes in ["案例名称,案例简介\n", "案例名称,案例简介\n合计,0\n"] {
        assert!(refusal(&read_one("a.csv", bytes)).contains("no record was found"), "{bytes}");
    }
}

#[test]
fn formats_without_a_reader_name_the_remedy() {
    let ole = |stream: &str| {
        let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
        bytes.resize(1024, 0);
        bytes.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
        bytes.resize(2048, 0);
        bytes
    };
    for (name, bytes, says, remedy) in [
        ("a.pdf", b"%PDF-1.7".to_vec(), "the PDF is damaged", "print it into a new PDF"),
        ("a.doc", ole("WordDocument"), "old Word", "save it as .docx"),
        ("a.wps", ole("WordDocument"), "old Word", "save it as .docx"),
        ("a.xlsx", ole("EncryptedPackage"), "protected by a password", "remove the protection"),
        ("a.html", b"<!DOCTYPE html><script>x</script>".to_vec(), "holds no article and no table", "copy its text"),
        ("a.mht", b"MIME-Version: 1.0\r\n\r\nx".to_vec(), "no part of it is a web page", "save it again"),
        (
            "a.xls",
            b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">".to_vec(),
            "the file ends before its last sheet",
            "save it again as .xlsx",
        ),
        (
            "a.doc",
            b"<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?>".to_vec(),
            "Word 2003",
            "save it as .docx",
        ),
        (
            "a.ofd",
            zip(&[("OFD.xml", b"<ofd:OFD/>"), ("Doc_0/Document.xml", b"")]),
            "an OFD document",
            "save it as .docx",
        ),
        ("a.rar", b"Rar!\x1A\x07".to_vec(), "an archive of a kind that is not opened", "pack it as .zip"),
        (
            "a.pptx",
            zip(&[("[Content_Types].xml", b""), ("ppt/presentation.xml", b"")]),
            "a presentation",
            "description",
        ),
        ("a.png", b"\x89PNG\r\n\x1a\n".to_vec(), "a picture", "OCR"),
        ("a.rtf", b"{\\rtf1".to_vec(), "an RTF", "save it as .docx"),
        ("a.docx", "只是文本".as_bytes().to_vec(), "plain text of no known type", ".txt"),
        ("a.xlsx", "只是文本,没有表头\n一,二\n".as_bytes().to_vec(), "plain text without a header", "save it as .xlsx"),
        ("a.xlsx", b"PK\x03\x04 half a file".to_vec(), "damaged or incomplete", "ask for the file again"),
        ("a.csv", b"\x01\0\x02\0\0\0\x7f\xff\xfe".to_vec(), "binary", "right file"),
    ] {
        let message = refusal(&read_one(name, bytes));
        assert!(message.starts_with(&format!("{name}: ")), "{message}");
        assert!(message.contains(says) && message.contains(remedy), "{name}: {message}");
    }
}

#[test]
fn a_workbook_under_a_wrong_name_is_read_with_a_note() {
    let bytes = xlsx(&[&["案例名称", "案例简介"], &["甲", "乙"]]);
    for name in ["a.xls", "a.csv", "a.docx", "a.dat"] {
        let batch = read_one(name, &bytes);
        assert_eq!(titles(&batch), ["甲"], "{name}");
        assert!(batch.notes[0].contains("this is an .xlsx workbook"), "{:?}", batch.notes);
    }
}

#[test]
fn a_table_without_a_header_names_file_sheet_and_what_is_expected() {
    let message = refusal(&read_one("a.xlsx", xlsx(&[&["甲", "乙"], &["丙", "丁"]])));
    assert!(message.starts_with("a.xlsx, sheet Sheet1: no header row was recognised"), "{message}");
    assert!(message.contains("案例名称") && message.contains("title, unit, text"), "{message}");
    assert!(refusal(&read_one("a.csv", "甲,乙\n丙,丁\n")).starts_with("a.csv: no header row"));
}

#[test]
fn a_row_without_title_and_text_is_rejected_by_its_row() {
    let batch = read_one("a.csv", "编号,案例名称,申报单位,案例简介\nA1,,某局,详见附件\nA2,甲,,略\nA3,无,某局,乙\n");
    assert_eq!(batch.submissions.len(), 2);
    assert_eq!(batch.submissions[1].title, None);
    let rejection = &batch.rejections[0];
    assert_eq!((rejection.source.to_string().as_str(), rejection.id.as_deref()), ("a.csv, row 2", Some("A1")));
    assert_eq!(rejection.reason, "no title and no text");
}

#[test]
fn an_unclosed_quotation_mark_costs_one_record() {
    let batch = read_one("a.csv", "案例名称,案例简介\n甲,\"没有收尾\n乙,二\n丙,\"三\"\"\"\n");
    assert!(batch.submissions.iter().all(|record| record.title.as_deref() != Some("甲")));
    assert_eq!(batch.rejections[0].source.row, Some(2));
}

#[test]
fn text_in_a_foreign_or_broken_encoding_is_never_passed_on() {
    let japanese = "案件名称,内容\nこれは日本語の文章です,カタカナもひらがなもあります\n".repeat(4);
    let message = refusal(&read_one("a.csv", encoding_rs::SHIFT_JIS.encode(&japanese).0));
    assert!(message.contains("Shift_JIS") && message.contains("UTF-8"), "{message}");
    let mut utf8 = "案例名称,案例简介\n一网通办,把事项放到一张网上办理\n".repeat(3).into_bytes();
    let third = utf8.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(1).unwrap().0 + 1;
    utf8[third] = 0xFF;
    assert!(refusal(&read_one("a.csv", &utf8)).contains("line 3"));
    let mut gbk = encoding_rs::GBK.encode("案例名称,案例简介\n一网通办,全程网办\n").0.into_owned();
    let second = gbk.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    gbk.splice(second..second + 2, [0xD2, 0x20]);
    assert!(refusal(&read_one("a.txt", &gbk)).contains("line 2"));
}

#[test]
fn limits_are_kept_and_said() {
    let limits = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        Options { limits, ..Options::default() }
    };
    let csv = "案例名称,案例简介\n甲,一二三四五\n乙,二\n丙,三\n";
    let message = refusal(&read_with("a.csv", csv, &limits(|limits| limits.max_file_bytes = 8)));
    assert!(message.contains("larger than the limit of 8 bytes"), "{message}");
    let batch = read_with("a.csv", csv, &limits(|limits| limits.max_records_per_file = 2));
    assert_eq!((batch.submissions.len(), batch.rejections[0].source.row), (2, Some(4)));
    let batch = read_with("a.csv", csv, &limits(|limits| limits.max_chars_per_record = 3));
    assert_eq!(
        (batch.submissions[0].truncated_chars, sections(&batch.submissions[0])),
        (3, vec![("案例简介", "一二")])
    );
    let batch = read_with("a.csv", csv, &limits(|limits| limits.max_columns = 1));
    assert!(batch.notes[0].contains("beyond 1 columns"), "{:?}", batch.notes);
    let message =
        refusal(&read_with("a.docx", docx(&paragraph("甲")), &limits(|limits| limits.max_docx_part_bytes = 10)));
    assert!(message.contains("unpacks to more than 10 bytes"), "{message}");
    let message =
        refusal(&read_with("a.xlsx", xlsx(&[&["案例名称"]]), &limits(|limits| limits.max_workbook_bytes = 10)));
    assert!(message.contains("unpacks to more than 10 bytes"), "{message}");
}
