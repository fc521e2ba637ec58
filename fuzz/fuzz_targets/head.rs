//! A head's file. What was read is used and written, and reads the same again.

#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use shortlister::head::{Features, Grams, Head, Identity, ModelIdentity, ProgrammeIdentity};
use shortlister_fuzz::watch_panics;

/// That of the seed which `fuzz/seeds.py` writes.
fn identity() -> Identity {
    let categories = vec!["one".to_owned(), "two".to_owned()];
    Identity {
        model: ModelIdentity { name: "m".to_owned(), sha256: "0".to_owned(), dimension: 2 },
        programme: ProgrammeIdentity { id: "p".to_owned(), categories_sha256: "0".to_owned(), categories },
    }
}

fuzz_target!(init: watch_panics(), |data: &[u8]| {
    let path = Path::new("a.head");
    let Ok(head) = Head::from_bytes(data, path, &identity()) else { return };
    let features = Features { dense: vec![0.6, 0.8], grams: Grams::of("two gardens, 菜园") };
    let _ = head.logits(&features, || vec![0.1, 0.2]);
    if let Ok(bytes) = head.to_bytes() {
        let again = Head::from_bytes(&bytes, path, &identity()).and_then(|head| head.to_bytes());
        assert_eq!(again.ok(), Some(bytes), "it reads otherwise than it was written");
    }
});
