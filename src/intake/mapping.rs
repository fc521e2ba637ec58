//! A saved mapping from headers to fields, for tables whose headers are not the usual ones.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::headers::{self, Basis, Field, Match};

/// Headers as they stand in the table, each with the field it fills:
///
/// ```
/// let mapping = shortlister::intake::Mapping::from_toml(
///     "[columns]\n\"项目的名字\" = \"title\"\n\"我们做了什么\" = \"text\"\n\"年访问量\" = \"signal\"\n",
/// )?;
/// # assert_eq!(mapping.columns.len(), 3);
/// # Ok::<(), toml::de::Error>(())
/// ```
///
/// It goes before the built-in names. Fields: `id`, `title`, `unit`, `region`, `level`, `channel`,
/// `category`, `url`, `text`, `signal`, `file`, `ignore`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Header to field.
    pub columns: BTreeMap<String, Field>,
}

/// A mapping file that cannot be used.
#[derive(Debug, Error)]
pub enum MappingError {
    /// The file cannot be read.
    #[error("cannot read the mapping file {path}: {cause}; check the path")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The file is not a mapping.
    #[error("{path} is not a mapping: {cause}; write lines like \"项目的名字\" = \"title\" under [columns]")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What the TOML reader says.
        cause: Box<toml::de::Error>,
    },
}

impl Mapping {
    /// Reads a mapping from TOML text.
    ///
    /// # Errors
    ///
    /// When the text is not TOML, or names a field that does not exist.
    pub fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Reads a mapping file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is not a mapping.
    pub fn load(path: &Path) -> Result<Self, MappingError> {
        let text =
            std::fs::read_to_string(path).map_err(|cause| MappingError::Unreadable { path: path.to_owned(), cause })?;
        Self::from_toml(&text)
            .map_err(|cause| MappingError::Malformed { path: path.to_owned(), cause: Box::new(cause) })
    }
}

/// The headers that are known in this run: the saved mapping first, then the built-in names.
#[derive(Debug, Clone, Default)]
pub(crate) struct HeaderBook {
    mapped: BTreeMap<String, Field>,
}

impl HeaderBook {
    pub fn new(mapping: Option<&Mapping>) -> Self {
        let columns = mapping.into_iter().flat_map(|mapping| &mapping.columns);
        Self { mapped: columns.map(|(header, field)| (headers::normalise(header), *field)).collect() }
    }

    pub fn recognise(&self, header: &str) -> Option<Match> {
        self.mapped(header).or_else(|| headers::recognise(header))
    }

    pub fn recognise_exactly(&self, header: &str) -> Option<Match> {
        self.mapped(header).or_else(|| headers::recognise_exactly(header))
    }

    fn mapped(&self, header: &str) -> Option<Match> {
        if self.mapped.is_empty() {
            return None;
        }
        let field = *self.mapped.get(&headers::normalise(header))?;
        Some(Match { field, basis: Basis::Mapping, rank: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_goes_before_the_built_in_names() {
        let mapping = Mapping::from_toml("[columns]\n\"项目的名字\" = \"title\"\n\"案例简介\" = \"ignore\"\n").unwrap();
        let book = HeaderBook::new(Some(&mapping));
        assert_eq!(book.recognise("项目的名字(必填)").map(|m| m.field), Some(Field::Title));
        assert_eq!(book.recognise("案例简介").map(|m| m.field), Some(Field::Ignore));
        assert_eq!(book.recognise("申报单位").map(|m| m.field), Some(Field::Unit));
    }

    #[test]
    fn a_field_that_does_not_exist_is_refused() {
        assert!(Mapping::from_toml("[columns]\nx = \"headline\"\n").is_err());
        assert!(Mapping::from_toml("[colums]\nx = \"title\"\n").is_err());
    }
}
