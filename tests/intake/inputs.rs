//! Files, folders and their order.

use std::fs;
use std::path::Path;

use shortlister::digest::sha256_hex;
use shortlister::intake::{Batch, Input, IntakeError, Limits, Options, read};

use crate::support::*;

fn read_paths(paths: &[&Path]) -> Batch {
    let inputs: Vec<Input> = paths.iter().map(|path| Input::from(*path)).collect();
    let batch = read(&inputs, &Options::default()).unwrap();
    assert_accounted(&batch);
    batch
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn text(title: &str) -> String {
    format!("{title}\n\n这是一段说明文字。\n")
}

#[test]
fn nothing_given_is_the_only_error() {
    assert!(matches!(read(&[], &Options::default()), Err(IntakeError::NothingGiven)));
}

#[test]
fn a_missing_file_is_rejected_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.txt", text("甲"));
    let batch = read_paths(&[&folder.path().join("no.csv"), &folder.path().join("a.txt")]);
    assert_eq!(titles(&batch), ["甲"]);
    assert_eq!(batch.rejections[0].reason, "the file does not exist");
    assert_eq!((batch.files.len(), batch.files[0].sha256.as_str()), (2, ""));
}

#[test]
fn files_carry_their_size_and_checksum() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.txt", text("甲"));
    let file = &read_paths(&[folder.path()]).files[0];
    let content = text("甲");
    assert_eq!((file.bytes, file.sha256.clone()), (content.len() as u64, sha256_hex([content.as_bytes()])));
    assert_eq!((file.records, file.rejected), (1, 0));
}

#[test]
fn the_order_is_that_of_the_inputs_then_of_the_paths() {
    let folder = tempfile::tempdir().unwrap();
    for index in (0..40).rev() {
        write(folder.path(), &format!("b/{index:02}.txt"), text(&format!("{index:02}号")));
    }
    write(folder.path(), "a/x/2.txt", text("深"));
    write(folder.path(), "a/1.csv", "案例名称,案例简介\n一,甲\n二,乙\n");
    let expected: Vec<String> =
        ["一", "二", "深"].into_iter().map(str::to_owned).chain((0..40).map(|index| format!("{index:02}号"))).collect();
    for threads in [1, 4] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let batch = pool.install(|| read_paths(&[folder.path()]));
        assert_eq!(titles(&batch), expected);
    }
    let batch = read_paths(&[&folder.path().join("b/05.txt"), &folder.path().join("a")]);
    assert_eq!(titles(&batch), ["05号", "一", "二", "深"]);
}

#[test]
fn system_files_and_empty_folders_are_noted_and_not_rejected() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.txt", text("甲"));
    for name in ["~$a.xlsx", ".DS_Store", "Thumbs.db", ".hidden.csv", "__MACOSX/a.txt", ".git/config", "~WRL0001.tmp"] {
        write(folder.path(), name, "x");
    }
    fs::create_dir(folder.path().join("空")).unwrap();
    let batch = read_paths(&[folder.path()]);
    assert_eq!((batch.files.len(), batch.rejections.len(), batch.notes.len()), (1, 0, 8), "{:?}", batch.notes);
    let locked = read_paths(&[&folder.path().join("a.txt"), &folder.path().join("~$a.xlsx")]);
    assert_eq!((locked.files.len(), locked.notes.len()), (1, 1));
}

#[test]
fn a_file_given_twice_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "a.txt", text("甲"));
    let batch = read_paths(&[&folder.path().join("a.txt"), folder.path()]);
    assert_eq!((batch.submissions.len(), batch.notes.len()), (1, 1));
}

#[cfg(unix)]
#[test]
fn links_in_folders_are_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "secret.txt", text("外"));
    write(folder.path(), "a.txt", text("甲"));
    std::os::unix::fs::symlink(outside.path(), folder.path().join("link")).unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
    let batch = read_paths(&[folder.path()]);
    assert_eq!(titles(&batch), ["甲"]);
    assert_eq!(batch.notes.iter().filter(|note| note.contains("symbolic links")).count(), 2);
}

#[test]
fn folders_nested_too_deep_are_rejected_by_name() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "1/2/3/a.txt", text("深"));
    write(folder.path(), "b.txt", text("浅"));
    let limits = Limits { max_folder_depth: 2, ..Limits::default() };
    let options = Options { limits, ..Options::default() };
    let batch = read(&[Input::Path(folder.path().to_owned())], &options).unwrap();
    assert_accounted(&batch);
    assert_eq!(titles(&batch), ["浅"]);
    assert!(batch.rejections[0].source.file.ends_with("3"), "{:?}", batch.rejections);
}
