//! Zip containers (.xlsx, .docx, .ods), measured before they are trusted.

use std::io::{self, Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::Refusal;

/// Bytes that all parts unpack to, counted by unpacking them, for what a zip declares may be a lie.
/// Counting stops just beyond `limit`.
pub(crate) fn unpacked_bytes(bytes: &[u8], limit: u64) -> Result<u64, ZipError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes))?;
    let mut total = 0u64;
    for index in 0..archive.len() {
        let left = (limit + 1).saturating_sub(total);
        let part = archive.by_index(index)?;
        total = total.saturating_add(io::copy(&mut part.take(left), &mut io::sink())?);
        if total > limit {
            break;
        }
    }
    Ok(total)
}

/// Why a part cannot be had.
#[derive(Debug)]
pub(crate) enum PartError {
    Missing,
    TooLarge,
    Broken(String),
}

impl PartError {
    /// What is said of a document whose text is unpacked up to `limit` bytes; `damaged` says that it is.
    pub fn refused(self, limit: u64, damaged: impl Fn(&str) -> Refusal) -> Refusal {
        match self {
            PartError::Missing => damaged("its main part is missing"),
            PartError::TooLarge => Refusal::new(
                format!("its text unpacks to more than {limit} bytes"),
                "split the document, or copy its text into a new one",
            ),
            PartError::Broken(cause) => damaged(&cause),
        }
    }
}

/// One part of a container, refused beyond `limit` unpacked bytes.
pub(crate) fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str, limit: u64) -> Result<Vec<u8>, PartError> {
    let part = match archive.by_name(name) {
        Ok(part) => part,
        Err(ZipError::FileNotFound) => return Err(PartError::Missing),
        Err(error) => return Err(PartError::Broken(error.to_string())),
    };
    let mut unpacked = Vec::new();
    part.take(limit + 1).read_to_end(&mut unpacked).map_err(|error| PartError::Broken(error.to_string()))?;
    if unpacked.len() as u64 > limit { Err(PartError::TooLarge) } else { Ok(unpacked) }
}
