//! Word files, as an archive or as its parts.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shortlister_fuzz::{packed, read, watch_panics};

fuzz_target!(init: watch_panics(), |data: &[u8]| read("a.docx", &packed(data)));
