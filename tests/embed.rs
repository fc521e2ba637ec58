//! `shortlister embed`: rows in the order of the lines.

mod command;

use command::{CASES, shortlister, write};

/// Rows of a NumPy file, `[n, dim] f32`.
fn rows(path: &std::path::Path) -> Vec<Vec<f32>> {
    let bytes = std::fs::read(path).expect("written");
    let header_length = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let header = String::from_utf8_lossy(&bytes[10..10 + header_length]).into_owned();
    let shape = header.split('(').nth(1).and_then(|s| s.split(')').next()).expect("a shape");
    let sizes: Vec<usize> = shape.split(',').filter_map(|s| s.trim().parse().ok()).collect();
    let values: Vec<f32> =
        bytes[10 + header_length..].chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    assert_eq!(values.len(), sizes[0] * sizes[1]);
    values.chunks(sizes[1]).map(<[f32]>::to_vec).collect()
}

#[test]
fn row_i_is_line_i() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "texts.txt", "一个号码受理\n\nOne number for all\n一个号码受理\n");
    write(dir.path(), "one.txt", "One number for all");
    for name in ["texts", "one"] {
        let (input, output) = (format!("{name}.txt"), format!("{name}.npy"));
        let ran = shortlister(dir.path(), &["embed", &input, "--out", &output, "--role", "query", "--engine", "f32"]);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
    }
    let [texts, one] = ["texts.npy", "one.npy"].map(|file| rows(&dir.path().join(file)));
    assert_eq!((texts.len(), texts[0].len()), (4, 384));
    assert_eq!(texts[0], texts[3]);
    assert_eq!(texts[2], one[0]);
    for row in &texts {
        assert!((row.iter().map(|v| v * v).sum::<f32>() - 1.0).abs() < 1e-5);
    }
}

#[test]
fn a_batch_gives_a_row_a_record() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "batch.jsonl", &CASES[..2].join("\n"));
    let ran = shortlister(dir.path(), &["embed", "batch.jsonl", "--out", "batch.npy"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    assert_eq!(rows(&dir.path().join("batch.npy")).len(), 2);
}

#[test]
fn a_file_without_text_is_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    write(dir.path(), "empty.txt", "");
    let ran = shortlister(dir.path(), &["embed", "empty.txt", "--out", "empty.npy"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("empty.txt"), "{}", ran.stderr);
}

#[test]
fn a_line_that_is_not_utf_8_is_named_and_nothing_is_written() {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("gbk.txt"), b"good\n\xD5\xFE\xCE\xF1\n").expect("written");
    let ran = shortlister(dir.path(), &["embed", "gbk.txt", "--out", "out.npy"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.contains("gbk.txt, line 2"), "{}", ran.stderr);
    assert!(!dir.path().join("out.npy").exists());
}

#[test]
fn rows_stay_in_order_over_more_texts_than_fit_in_memory_at_a_time() {
    let dir = tempfile::tempdir().expect("a folder");
    let numbers = ["一", "二", "三"];
    let lines: String = (0..10_000).map(|i| format!("{}\n", numbers[i % 3])).collect();
    write(dir.path(), "long.txt", &(lines + "四"));
    write(dir.path(), "short.txt", "一\n二\n三\n四");
    for name in ["long", "short"] {
        let ran = shortlister(dir.path(), &["embed", &format!("{name}.txt"), "--out", &format!("{name}.npy")]);
        assert_eq!(ran.status, 0, "{}", ran.stderr);
    }
    let [long, short] = ["long.npy", "short.npy"].map(|file| rows(&dir.path().join(file)));
    assert_eq!(long.len(), 10_001);
    assert!((0..10_000).all(|i| long[i] == short[i % 3]) && long[10_000] == short[3]);
}
