//! Archives: files inside are read like files in a folder, and nothing in one can harm or get lost.

use std::io::{Cursor, Write};

use shortlister::digest::sha256_hex;
use shortlister::intake::{Limits, Options};
use zip::write::SimpleFileOptions;

use crate::support::*;

fn text(title: &str) -> Vec<u8> {
    format!("{title}\n\n这是一段说明文字。\n").into_bytes()
}

/// Overwrites every `from` by `to`, of the same length, as another program would have written it.
fn patched(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    for at in 0..bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
        }
    }
    bytes
}

fn paths(batch: &shortlister::intake::Batch) -> Vec<&str> {
    batch.files.iter().map(|file| file.path.as_str()).collect()
}

#[test]
fn files_inside_are_read_in_order_with_their_place_and_checksum() {
    let form = fixture("form.docx");
    let bytes = zip(&[
        ("材料/乙/b.txt", &text("乙")),
        ("材料/甲/申报表.docx", &form),
        ("汇总.csv", "案例名称,案例简介\n丙,一\n丁,二\n".as_bytes()),
    ]);
    let batch = read_one("报送.zip", &bytes);
    assert_eq!(titles(&batch), ["乙", "“一码通办”便民服务", "丙", "丁"]);
    assert_eq!(
        paths(&batch),
        ["报送.zip", "报送.zip/材料/乙/b.txt", "报送.zip/材料/甲/申报表.docx", "报送.zip/汇总.csv"]
    );
    assert_eq!(batch.submissions[3].source.to_string(), "报送.zip/汇总.csv, row 3");
    assert_eq!(
        (&batch.files[0].sha256, &batch.files[2].sha256),
        (&sha256_hex([bytes.as_slice()]), &sha256_hex([form.as_slice()]))
    );
    assert_eq!(batch.files[2].archive.as_deref(), Some("报送.zip"));
}

#[test]
fn names_in_gbk_are_read() {
    let name = encoding_rs::GBK.encode("某县材料/热线.txt").0.into_owned();
    let stand_in = "A".repeat(name.len() - 4) + ".txt";
    let bytes = patched(zip(&[(&stand_in, &text("甲"))]), stand_in.as_bytes(), &name);
    assert_eq!(paths(&read_one("a.zip", bytes))[1], "a.zip/某县材料/热线.txt");
}

#[test]
fn an_archive_in_an_archive_is_read_and_one_deeper_is_refused() {
    let inner = zip(&[("c.txt", &text("内"))]);
    let middle = zip(&[("b.txt", &text("中")), ("inner.zip", &inner)]);
    let batch = read_one("a.zip", zip(&[("a.txt", &text("外")), ("middle.zip", &middle)]));
    assert_eq!(titles(&batch), ["外", "中"]);
    let rejection = &batch.rejections[0];
    assert_eq!(rejection.source.file, "a.zip/middle.zip/inner.zip");
    assert!(rejection.remedy.contains("unpack it"), "{rejection}");
}

#[test]
fn litter_and_links_are_noted_and_climbing_names_stay_inside() {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in ["../../etc/甲.txt", "__MACOSX/._a.txt", "图/Thumbs.db", "~$表.docx"] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(&text("甲")).unwrap();
    }
    writer.add_symlink("link.txt", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    writer.add_directory("空", SimpleFileOptions::default()).unwrap();
    let batch = read_one("a.zip", writer.finish().unwrap().into_inner());
    assert_eq!(paths(&batch), ["a.zip", "a.zip/etc/甲.txt"]);
    let noted = |what: &str| batch.notes.iter().filter(|note| note.contains(what)).count();
    assert_eq!((noted("system file"), noted("symbolic links"), noted("leads nowhere")), (3, 1, 1), "{:?}", batch.notes);
}

#[test]
fn a_protected_or_damaged_file_costs_itself() {
    let bytes = zip(&[("a.txt", &text("甲")), ("b.txt", &text("乙"))]);
    // The flag of encryption in the directory entry of b.txt.
    let entry = bytes.windows(4).enumerate().filter(|(_, w)| *w == b"PK\x01\x02").map(|(at, _)| at).nth(1).unwrap();
    let mut protected = bytes.clone();
    protected[entry + 8] |= 1;
    let batch = read_one("a.zip", protected);
    assert_eq!((titles(&batch), batch.rejections[0].source.file.as_str()), (vec!["甲"], "a.zip/b.txt"));
    assert!(batch.rejections[0].reason.contains("password"), "{:?}", batch.rejections);
    let mut damaged = bytes;
    damaged[entry + 16] ^= 0xFF; // its checksum
    let batch = read_one("a.zip", damaged);
    assert_eq!(titles(&batch), ["甲"]);
    assert!(batch.rejections[0].reason.contains("cannot be unpacked"), "{:?}", batch.rejections);
}

#[test]
fn an_archive_beyond_its_limits_is_refused_with_the_limit() {
    let with = |change: fn(&mut Limits), bytes: &[u8]| {
        let mut limits = Limits::default();
        change(&mut limits);
        read_with("a.zip", bytes, &Options { limits, ..Options::default() })
    };
    let three = zip(&[("a.txt", &text("甲")), ("b.txt", &text("乙")), ("c.txt", &text("丙"))]);
    assert!(refusal(&with(|limits| limits.max_archive_files = 2, &three)).contains("more than the limit of 2"));
    let batch = with(|limits| limits.max_archive_bytes = 40, &three);
    assert_eq!(titles(&batch), ["甲"]);
    assert_eq!(batch.rejections.len(), 2, "{:?}", batch.rejections);
    assert!(batch.rejections.iter().any(|rejection| rejection.reason.contains("its last 1 files, from \"c.txt\"")));
    let blanks = zip(&[("a.txt", &vec![b' '; 20 * 1024 * 1024])]);
    assert!(refusal(&with(|_| {}, &blanks)).contains("200 times its packed size"));
}

#[test]
fn an_archive_without_a_directory_or_a_file_is_refused() {
    let bytes = zip(&[("a.txt", &text("甲"))]);
    assert!(refusal(&read_one("a.zip", &bytes[..bytes.len() - 10])).contains("damaged or incomplete"));
    assert!(refusal(&read_one("a.zip", zip(&[]))).contains("holds no file"));
}
