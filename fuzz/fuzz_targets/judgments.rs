//! An expert's workbook read back. The part `ranking.jsonl` is the run that it belongs to.

#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use shortlister::programme::Programme;
use shortlister::report::jsonl::parse_ranking;
use shortlister::review::merge::{Workbook, merge};
use shortlister_fuzz::{archive, parts, watch_panics};

static PROGRAMME: LazyLock<Programme> = LazyLock::new(|| {
    let gardens = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/programmes/gardens");
    Programme::load(gardens).expect("the programme of the tests")
});

fuzz_target!(init: watch_panics(), |data: &[u8]| {
    let (ranking, book): (Vec<_>, Vec<_>) = parts(data).into_iter().partition(|(name, _)| name == "ranking.jsonl");
    let ranking = ranking.first().map_or(&b""[..], |(_, bytes)| bytes);
    let records = parse_ranking(Path::new("ranking.jsonl"), ranking).unwrap_or_default();
    let bytes = if book.is_empty() { data.to_vec() } else { archive(&book) };
    let book = Workbook { file: "a.xlsx".to_owned(), bytes };
    let merged = merge(&PROGRAMME, ranking, &records.iter().collect::<Vec<_>>(), &[book]);
    assert!(!merged.judgments.is_empty() || !merged.problems.is_empty() || merged.files[0].judgments == 0);
    for judgment in &merged.judgments {
        assert!(judgment.scores.values().all(|score| score.is_finite()), "{judgment:?}");
    }
});
