//! A programme's folder, with what `programme check` says of it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shortlister::programme::Programme;
use shortlister_fuzz::{folder, parts, watch_panics};

fuzz_target!(init: watch_panics(), |data: &[u8]| {
    let files = ["programme.toml", "categories.toml", "criteria.toml", "exemplars.jsonl"];
    let dir = folder(&parts(data), &files);
    let name = dir.path().to_str().expect("a plain path");
    match Programme::inspect(name) {
        Ok((_, remarks)) => drop(remarks.iter().map(ToString::to_string).collect::<String>()),
        Err(errors) => assert!(errors.iter().all(|error| !error.to_string().is_empty())),
    }
});
