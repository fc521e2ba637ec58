//! Checksums as the project writes them.

use sha2::{Digest, Sha256};

/// SHA-256 over `parts`, one after the other, in lower-case hex.
pub fn sha256_hex<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
