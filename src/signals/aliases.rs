//! Other names of units, as the user knows them: districts that were renamed or merged.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::SignalError;
use crate::clean::comparison_key;
use crate::digest::sha256_hex;
use crate::intake::InputFile;

/// Names that stand for others, wherever they stand in the name of a unit.
#[derive(Debug, Clone, Default)]
pub struct Aliases {
    /// Old and new, folded; the longest first.
    names: Vec<(String, String)>,
    /// Where they were read.
    pub(super) file: Option<InputFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AliasFile {
    units: BTreeMap<String, String>,
}

impl Aliases {
    /// Reads a table of names:
    ///
    /// ```toml
    /// [units]
    /// "杭州市江干区" = "杭州市上城区"
    /// ```
    ///
    /// # Errors
    /// When the file cannot be read or is no such table.
    pub fn load(path: &Path) -> Result<Self, SignalError> {
        let text = std::fs::read_to_string(path)
            .map_err(|cause| SignalError::AliasesUnreadable { path: path.to_owned(), cause })?;
        let AliasFile { units } = toml::from_str(&text)
            .map_err(|cause| SignalError::AliasesMalformed { path: path.to_owned(), cause: Box::new(cause) })?;
        let folded = units.iter().map(|(old, new)| (comparison_key(old), comparison_key(new)));
        let mut names: Vec<(String, String)> = folded.filter(|(old, _)| !old.is_empty()).collect();
        names.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        let sha256 = sha256_hex([text.as_bytes()]);
        let file =
            InputFile { records: names.len(), ..InputFile::of(&path.display().to_string(), sha256, text.len() as u64) };
        Ok(Self { names, file: Some(file) })
    }

    /// `name` with the first alias in it, the longest first, replaced by what it stands for.
    #[must_use]
    pub fn resolve<'n>(&self, name: &'n str) -> Cow<'n, str> {
        if self.names.is_empty() {
            return Cow::Borrowed(name);
        }
        let key = comparison_key(name);
        match self.names.iter().find(|(old, _)| key.contains(old)) {
            Some((old, new)) => Cow::Owned(key.replacen(old, new, 1)),
            None => Cow::Borrowed(name),
        }
    }
}
