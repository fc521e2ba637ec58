//! Files, folders and standard input in; [`RawSubmission`]s out, each with its place.

use serde::Serialize;

use crate::nomination::{RawSubmission, Rejection};

/// Everything that was found, in a stable order: by input as given, then file path, sheet, row.
#[derive(Debug, Default)]
pub struct Batch {
    /// Records that could be read.
    pub submissions: Vec<RawSubmission>,
    /// Records and files that could not.
    pub rejections: Vec<Rejection>,
    /// Every file that was opened or refused, for provenance.
    pub files: Vec<InputFile>,
    /// Notes for the coordinator that are no rejection (a skipped system file, a 合计 row left out).
    pub notes: Vec<String>,
}

/// One file of the input, as it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct InputFile {
    /// Path as the user gave it or as found under the given folder; `-` is standard input.
    pub path: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Records read from it.
    pub records: usize,
    /// Records rejected in it.
    pub rejected: usize,
}
