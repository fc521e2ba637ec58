//! PDF files.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shortlister_fuzz::{read, watch_panics};

fuzz_target!(init: watch_panics(), |data: &[u8]| read("a.pdf", data));
