//! [`crate::nomination::RawSubmission`]s in, [`crate::nomination::Nomination`]s or rejections out.

use unicode_normalization::UnicodeNormalization;

/// Folds what must not matter when two names are compared: width, case, spaces, punctuation.
#[must_use]
pub fn comparison_key(name: &str) -> String {
    name.nfkc().filter(|c| c.is_alphanumeric() || *c == '+').flat_map(char::to_lowercase).collect()
}
