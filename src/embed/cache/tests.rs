use std::path::PathBuf;

use super::*;

const DIM: usize = 3;

fn cache(root: &Path) -> VectorCache {
    VectorCache::with_limits(root, [7; 32], DIM, LIMITS)
}

fn vector(n: u32) -> Vec<f32> {
    vec![n as f32, -0.0, f32::MIN_POSITIVE / 2.0 + n as f32]
}

fn keep(cache: &VectorCache, numbers: impl IntoIterator<Item = u32>) {
    let vectors: Vec<(Key, Vec<f32>)> = numbers.into_iter().map(|n| (key(&[n]), vector(n))).collect();
    cache.keep(&vectors.iter().map(|(key, vector)| (*key, vector.as_slice())).collect::<Vec<_>>());
}

/// Which of `numbers` are there; what is there is right to the bit.
fn known(cache: &VectorCache, numbers: impl IntoIterator<Item = u32>) -> Vec<u32> {
    let bits = |vector: &[f32]| vector.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    let check = |n: &u32| match cache.find(&[key(&[*n])]).remove(0) {
        Some(found) => {
            assert_eq!(bits(&found), bits(&vector(*n)));
            true
        }
        None => false,
    };
    numbers.into_iter().filter(check).collect()
}

fn files(cache: &VectorCache) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(&cache.folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn what_is_kept_is_found_by_this_cache_and_the_next_and_by_no_other_space() {
    let root = tempfile::tempdir().unwrap();
    let first = cache(root.path());
    assert_eq!(known(&first, 0..5), [0; 0]);
    keep(&first, [3, 1, 3]);
    assert_eq!(known(&first, 0..5), [1, 3]);
    assert_eq!(known(&cache(root.path()), 0..5), [1, 3]);
    assert_eq!(known(&VectorCache::with_limits(root.path(), [8; 32], DIM, LIMITS), 0..5), [0; 0]);
    let other_dim = VectorCache::with_limits(root.path(), [7; 32], DIM + 1, LIMITS);
    assert_eq!(other_dim.find(&[key(&[1])]), [None]);
    assert_eq!(first.usage(), CacheUse { found: 2, computed: 3, problem: None });
}

#[test]
fn spaces_differ_by_model_and_engine() {
    let all = [space("a", "f32"), space("b", "f32"), space("a", "int8"), space("af32", "")];
    assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), all.len());
}

/// Whatever bit is turned or wherever the file is cut, what is found is right, and what is lost can be kept anew.
#[test]
fn a_damaged_vector_is_never_used_and_is_replaced() {
    let root = tempfile::tempdir().unwrap();
    let whole = cache(root.path());
    keep(&whole, 0..4);
    let file = files(&whole).remove(0);
    let bytes = std::fs::read(&file).unwrap();
    let mut lost = 0;
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(&file, damaged).unwrap();
        lost += 4 - known(&cache(root.path()), 0..4).len();
    }
    assert!(lost >= bytes.len() * 8, "every bit belongs to something: {lost}");
    for length in 0..bytes.len() {
        std::fs::write(&file, &bytes[..length]).unwrap();
        assert_eq!(known(&cache(root.path()), 0..4), [0; 0]);
    }
    let mut damaged = bytes.clone();
    damaged[60] ^= 1;
    std::fs::write(&file, damaged).unwrap();
    let again = cache(root.path());
    let missing: Vec<u32> = (0..4).filter(|n| known(&again, [*n]).is_empty()).collect();
    assert_eq!(missing.len(), 1);
    keep(&again, missing);
    assert_eq!(known(&cache(root.path()), 0..4), [0, 1, 2, 3]);
}

#[test]
fn small_segments_are_merged_and_lose_nothing_but_what_is_damaged() {
    let root = tempfile::tempdir().unwrap();
    let limits = Limits { max_small: 4, ..LIMITS };
    let cache = VectorCache::with_limits(root.path(), [7; 32], DIM, limits);
    keep(&cache, [0]);
    let damaged = files(&cache).remove(0);
    let mut bytes = std::fs::read(&damaged).unwrap();
    bytes[50] ^= 1;
    std::fs::write(&damaged, bytes).unwrap();
    for n in 1..5 {
        keep(&cache, [n, n + 1]);
    }
    assert_eq!(files(&cache).len(), 1);
    assert_eq!(known(&cache, 0..7), [1, 2, 3, 4, 5]);
}

#[test]
fn segments_are_not_merged_while_another_process_does_it() {
    let root = tempfile::tempdir().unwrap();
    let limits = Limits { max_small: 2, ..LIMITS };
    let cache = VectorCache::with_limits(root.path(), [7; 32], DIM, limits);
    let other = std::fs::File::create(root.path().join("lock")).unwrap();
    other.lock().unwrap();
    (0..4).for_each(|n| keep(&cache, [n]));
    assert_eq!(files(&cache).len(), 4);
    drop(other);
    keep(&cache, [4]);
    assert_eq!(files(&cache).len(), 1);
    assert_eq!(known(&cache, 0..5), [0, 1, 2, 3, 4]);
    assert_eq!(cache.usage().problem, None);
}

#[test]
fn the_oldest_go_first_when_there_is_too_much() {
    let root = tempfile::tempdir().unwrap();
    let one = {
        let probe = tempfile::tempdir().unwrap();
        let cache = cache(probe.path());
        keep(&cache, [0]);
        files(&cache)[0].metadata().unwrap().len()
    };
    let limits = Limits { max_bytes: 3 * one, ..LIMITS };
    let now = std::time::SystemTime::now();
    for n in 0..5 {
        // Two spaces share the bound.
        let cache = VectorCache::with_limits(root.path(), [n as u8 % 2; 32], DIM, limits);
        keep(&cache, [n]);
        let newest = files(&cache).into_iter().max_by_key(|path| path.metadata().unwrap().modified().unwrap()).unwrap();
        let time = now - std::time::Duration::from_secs(100 - u64::from(n));
        std::fs::File::options().append(true).open(newest).unwrap().set_modified(time).unwrap();
    }
    let open = |space| VectorCache::with_limits(root.path(), [space; 32], DIM, limits);
    assert_eq!((known(&open(0), 0..5), known(&open(1), 0..5)), (vec![2, 4], vec![3]));
}

#[test]
fn a_process_that_was_ended_leaves_nothing_that_is_read_and_is_cleared_away() {
    let root = tempfile::tempdir().unwrap();
    let first = cache(root.path());
    keep(&first, [1]);
    let whole = files(&first).remove(0);
    let left = whole.with_file_name(".partial-left.vectors");
    std::fs::copy(&whole, &left).unwrap();
    std::fs::remove_file(&whole).unwrap();
    assert_eq!(known(&cache(root.path()), [1]), [0; 0]);
    keep(&first, [2]);
    assert!(left.exists(), "it may still be written");
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(48 * 60 * 60);
    std::fs::File::options().append(true).open(&left).unwrap().set_modified(long_ago).unwrap();
    keep(&first, [3]);
    assert!(!left.exists());
    assert_eq!(known(&first, 0..5), [2, 3]);
}

#[test]
fn a_place_that_cannot_be_written_is_a_remark_and_no_error() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("file");
    std::fs::write(&file, "mine").unwrap();
    let cache = cache(&file);
    keep(&cache, [1]);
    assert!(cache.usage().problem.is_some());
    assert_eq!(known(&cache, [1]), [0; 0]);
    assert_eq!(std::fs::read_to_string(file).unwrap(), "mine");
}

#[test]
fn threads_write_at_once() {
    let root = tempfile::tempdir().unwrap();
    let limits = Limits { max_small: 3, ..LIMITS };
    let open = || VectorCache::with_limits(root.path(), [7; 32], DIM, limits);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let cache = open();
            scope.spawn(move || (0..20).for_each(|n| keep(&cache, [thread * 20 + n])));
        }
    });
    assert_eq!(known(&open(), 0..80), (0..80).collect::<Vec<_>>());
}
