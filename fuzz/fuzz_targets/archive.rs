//! Archives, of parts that are read as files each.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shortlister_fuzz::{packed, read, watch_panics};

fuzz_target!(init: watch_panics(), |data: &[u8]| read("a.zip", &packed(data)));
