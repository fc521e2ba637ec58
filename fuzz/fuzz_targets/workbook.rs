//! Workbooks of every kind: .xls as bytes, .xlsx, .xlsb and .ods also as their parts.

#![no_main]

use libfuzzer_sys::fuzz_target;
use shortlister_fuzz::{packed, read, watch_panics};

fuzz_target!(init: watch_panics(), |data: &[u8]| read("a.xlsx", &packed(data)));
