//! A form and its attachments are one nomination: in a folder, or named by a table. Nothing is lost or read twice.

use std::fs;
use std::path::Path;

use shortlister::intake::{Batch, Input, Limits, Options, read};
use shortlister::nomination::{Flag, RawSubmission};

use crate::support::*;

const PLAN: &str = "三步建网\n\n全区分三步建成一张感知网，先把路面积水、井盖和照明接入，再接入电梯和燃气。\n";
const PROOF: &str = "用户评价\n\n受访的一千二百名居民中，九百八十人说处置比以前快，二百人说差不多。\n";
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n";

fn form(title: &str) -> Vec<u8> {
    docx(&word_table(&[
        &["案例名称", title, "申报单位", "某某市大数据局"],
        &["所在地区", "某某省", "申报类别", "数字治理"],
        &["案例简介", "把二十七个系统的事件汇到一张图上，按种类派给责任单位。", "编号", title],
    ]))
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn per_folder() -> Options {
    Options { folder_per_nomination: true, ..Options::default() }
}

fn read_folder(folder: &Path, options: &Options) -> Batch {
    let batch = read(&[Input::Path(folder.to_owned())], options).unwrap();
    assert_accounted(&batch);
    batch
}

/// The files whose text was added, by their last name.
fn attached(record: &RawSubmission) -> Vec<&str> {
    record.attachments.iter().filter_map(|attachment| attachment.source.file.rsplit('/').next()).collect()
}

fn linked(batch: &Batch) -> usize {
    batch.files.iter().map(|file| file.linked).sum()
}

#[test]
fn a_folder_is_one_nomination_only_when_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "某某市_城市大脑/申报表.docx", form("城市大脑"));
    write(folder.path(), "某某市_城市大脑/附件/实施方案.txt", PLAN);
    write(folder.path(), "某某市_城市大脑/用户评价.txt", PROOF);
    write(folder.path(), "某某市_城市大脑/照片.png", PICTURE);
    write(folder.path(), "汇总.csv", "案例名称,案例简介\n热线,统一受理，限时办结。\n大厅,综合窗口统一收件。\n");
    let apart = read_folder(folder.path(), &Options::default());
    assert_eq!((apart.submissions.len(), apart.rejections.len(), linked(&apart)), (5, 1, 0));
    let batch = read_folder(folder.path(), &per_folder());
    assert_eq!(titles(&batch), ["城市大脑", "热线", "大厅"]);
    let record = &batch.submissions[0];
    assert_eq!(attached(record), ["用户评价.txt", "实施方案.txt"]);
    assert_eq!(record.attachments[1].sections[0].text, "三步建网");
    assert!(record.attachments[1].sections[1].text.starts_with("全区分三步"));
    assert_eq!(record.sections.len(), 1);
    assert_eq!((batch.rejections.len(), linked(&batch)), (0, 3));
    assert!(batch.notes.iter().any(|note| note.contains("照片.png") && note.contains("picture")), "{:?}", batch.notes);
}

#[test]
fn archives_work_like_folders() {
    let (one, two) = (form("城市大脑"), form("一网统管"));
    let parts: [(&str, &[u8]); 4] = [
        ("甲/申报表.docx", &one),
        ("甲/方案.txt", PLAN.as_bytes()),
        ("乙/申报表.docx", &two),
        ("说明.txt", "报送说明\n\n共报送两件，材料齐全。\n".as_bytes()),
    ];
    let batch = read_with("报送.zip", zip(&parts), &per_folder());
    assert_eq!(titles(&batch), ["一网统管", "城市大脑", "报送说明"]);
    assert_eq!(attached(&batch.submissions[1]), ["方案.txt"]);
    // An archive among folders is a nomination like them.
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "甲.zip", zip(&[("申报表.docx", &one), ("方案.txt", PLAN.as_bytes())]));
    write(folder.path(), "乙/申报表.docx", &two);
    let batch = read_folder(folder.path(), &per_folder());
    assert_eq!(titles(&batch), ["一网统管", "城市大脑"]);
    assert_eq!(linked(&batch), 1);
}

#[test]
fn folders_that_hold_more_than_one_nomination_are_left_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "甲/一.docx", form("城市大脑"));
    write(folder.path(), "甲/二.docx", form("一网统管"));
    write(folder.path(), "乙/汇总.csv", "案例名称,案例简介\n热线,统一受理，限时办结。\n大厅,综合窗口统一收件。\n");
    write(folder.path(), "乙/方案.txt", PLAN);
    let batch = read_folder(folder.path(), &per_folder());
    assert_eq!((batch.submissions.len(), linked(&batch)), (5, 0));
    let said = |what: &str| batch.notes.iter().any(|note| note.contains("not joined") && note.contains(what));
    assert!(said("two forms") && said("holds 2 records"), "{:?}", batch.notes);
}

#[test]
fn an_attachment_that_cannot_be_read_stays_rejected_and_flags_its_nomination() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "甲/申报表.docx", form("城市大脑"));
    write(folder.path(), "甲/方案.pdf", "%PDF-1.7");
    let batch = read_folder(folder.path(), &per_folder());
    assert!(batch.rejections[0].source.file.ends_with("方案.pdf"));
    assert_eq!(batch.submissions[0].flags, [Flag::AttachmentUnread]);
}

#[test]
fn a_table_that_names_files_takes_their_text_once() {
    let folder = tempfile::tempdir().unwrap();
    let table = "编号,案例名称,案例简介,附件\n\
        1,城市大脑,把事件汇到一张图上。,实施方案.txt；照片.png\n\
        2,,,用户评价\n\
        3,热线,统一受理，限时办结。,丢了.pdf\n\
        4,大厅,综合窗口统一收件。,有\n\
        5,,,也丢了.pdf\n";
    write(folder.path(), "汇总.csv", table);
    write(folder.path(), "附件/实施方案.txt", PLAN);
    write(folder.path(), "附件/用户评价.txt", PROOF);
    write(folder.path(), "照片.png", PICTURE);
    write(folder.path(), "另一件.txt", "另一件\n\n没有谁提到的材料。\n");
    let batch = read_folder(folder.path(), &Options::default());
    assert_eq!(titles(&batch), ["另一件", "城市大脑", "用户评价", "热线", "大厅"]);
    let records = &batch.submissions;
    assert_eq!((attached(&records[1]), attached(&records[2])), (vec!["实施方案.txt"], vec!["用户评价.txt"]));
    assert!(records[2].attachments[0].sections[0].text.starts_with("受访"));
    assert_eq!(
        (records[3].flags.as_slice(), records[4].flags.as_slice()),
        ([Flag::AttachmentUnread].as_slice(), [].as_slice())
    );
    let missing: Vec<&String> = batch.notes.iter().filter(|note| note.contains("is not beside it")).collect();
    assert!(missing[0].contains("row 4") && missing[0].contains("丢了.pdf") && missing.len() == 2, "{missing:?}");
    assert!(batch.notes.iter().any(|note| note.contains("1 values of columns for files name no file")));
    // The row without text whose file is missing says nothing.
    assert_eq!((batch.rejections.len(), batch.rejections[0].source.row), (1, Some(6)));
    assert_eq!(linked(&batch), 3);
    // Rows and files of before are all somewhere: five rows, three texts and a picture.
    assert_eq!(batch.submissions.len() + batch.rejections.len() + linked(&batch), 5 + 3 + 1);
}

#[test]
fn names_do_not_reach_outside_the_folder_of_the_table() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "甲/汇总.csv",
        "案例名称,案例简介,附件\n热线,统一受理。,../乙/方案.txt\n大厅,统一收件。,汇总.csv\n",
    );
    write(folder.path(), "乙/方案.txt", PLAN);
    let batch = read_folder(folder.path(), &Options::default());
    assert_eq!((batch.submissions.len(), linked(&batch)), (3, 0));
    assert_eq!(batch.notes.iter().filter(|note| note.contains("is not beside it")).count(), 2, "{:?}", batch.notes);
}

#[test]
fn the_limit_of_a_record_counts_its_attachments() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "甲/申报表.docx", form("城市大脑"));
    write(folder.path(), "甲/方案.txt", format!("方案\n\n{}", "字。".repeat(100)));
    let limits = Limits { max_chars_per_record: 100, ..Limits::default() };
    let batch = read_folder(folder.path(), &Options { limits, ..per_folder() });
    let record = &batch.submissions[0];
    let own: usize = record.sections.iter().map(|section| section.text.chars().count()).sum();
    let added: usize = record.attachments.iter().flat_map(|a| &a.sections).map(|s| s.text.chars().count()).sum();
    // Of 4, the form's and 202 characters.
    assert_eq!(4 + own + added, 100);
    assert_eq!(record.truncated_chars, 202 - added);
    assert!(batch.notes.iter().any(|note| note.contains("beyond the limit of 100")), "{:?}", batch.notes);
}
