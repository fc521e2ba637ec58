//! What a run left behind, read back and told: `run.json`, `ranking.jsonl`, `log.jsonl`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shortlister::programme::Language;
use shortlister::report::jsonl::read_ranking;
use shortlister::report::log::read_log;
use shortlister::report::{ReadRun, RunRecord};
use shortlister_fuzz::{folder, parts, watch_panics};

fuzz_target!(init: watch_panics(), |data: &[u8]| {
    let dir = folder(&parts(data), &["run.json", "ranking.jsonl", "log.jsonl"]);
    let record = RunRecord::read(dir.path()).map_err(|error| error.to_string());
    let ranking = read_ranking(dir.path()).map_err(|error| error.to_string()).unwrap_or_default();
    let log = read_log(dir.path()).map_err(|error| error.to_string()).unwrap_or_default();
    let Ok(record) = record else { return };
    let _ = record.is_consistent();
    let run = ReadRun { record: &record, ranking: &ranking, log: &log, evaluated: None, programme: None };
    for case in ranking.iter().take(20) {
        let _ = run.explain(case, Language::Zh);
        let _ = run.explain(case, Language::En);
    }
});
