use std::collections::BTreeMap;

use serde::Deserialize;

use super::ModelError;
use super::manifest::{Architecture, Manifest, Pooling, Prefixes, Source};

const BUILT_IN: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/catalogue.toml"));

/// Models that can be pulled by name: `models/catalogue.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// In the order of the file.
    #[serde(rename = "model", default)]
    pub models: Vec<Entry>,
}

/// One model of the hub.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Name to pull it by.
    pub name: String,
    /// What it is good for, in half a line.
    pub summary: String,
    /// `owner/name` on the hub.
    pub repository: String,
    /// Commit; without one the model is pulled only when a moving revision is allowed.
    pub revision: Option<String>,
    /// Licence of the weights (SPDX).
    pub licence: String,
    /// Forward pass to run.
    pub architecture: Architecture,
    /// Files to fetch.
    pub files: Vec<String>,
    /// Which of them holds the weights.
    pub weights: String,
    /// Length of a vector.
    pub dimension: usize,
    /// Transformer layers.
    pub layers: usize,
    /// Window in tokens.
    pub max_tokens: usize,
    /// How token vectors become one.
    pub pooling: Pooling,
    /// See [`Manifest::normalize`].
    pub normalize: bool,
    /// Put before a text, by role.
    #[serde(default)]
    pub prefixes: Prefixes,
    /// Checksums known beforehand, by file.
    #[serde(default)]
    pub sha256: BTreeMap<String, String>,
}

impl Catalogue {
    /// The catalogue that travels with the program.
    pub fn built_in() -> Self {
        Self::parse(BUILT_IN, "models/catalogue.toml").expect("a test reads the catalogue of this build")
    }

    /// Reads a catalogue; `label` names it in errors.
    ///
    /// # Errors
    /// [`ModelError::Settings`] when it does not parse.
    pub fn parse(text: &str, label: &str) -> Result<Self, ModelError> {
        toml::from_str(text).map_err(|error| ModelError::settings(label, error))
    }

    /// The model `name`.
    ///
    /// # Errors
    /// [`ModelError::Unknown`] with the names there are.
    pub fn find(&self, name: &str) -> Result<&Entry, ModelError> {
        let found = self.models.iter().find(|entry| entry.name == name);
        found.ok_or_else(|| ModelError::Unknown { name: name.to_owned(), known: self.names() })
    }

    /// Its names, separated by commas.
    pub fn names(&self) -> String {
        self.models.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

impl Entry {
    /// The manifest of this model at `commit`, of the files with these checksums.
    pub(super) fn manifest(&self, commit: &str, files: BTreeMap<String, String>) -> Manifest {
        let source = |(file, sha256): (&String, &String)| Source {
            package: self.repository.clone(),
            version: commit.to_owned(),
            file: file.clone(),
            sha256: sha256.clone(),
        };
        Manifest {
            name: self.name.clone(),
            revision: commit.to_owned(),
            licence: self.licence.clone(),
            architecture: self.architecture,
            weights: self.weights.clone(),
            dimension: self.dimension,
            layers: self.layers,
            max_tokens: self.max_tokens,
            pooling: self.pooling,
            normalize: self.normalize,
            prefixes: self.prefixes.clone(),
            centre: None,
            sources: files.iter().map(source).collect(),
            files,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_catalogue_is_complete_and_pinned() {
        let catalogue = Catalogue::built_in();
        assert!(!catalogue.models.is_empty());
        for entry in &catalogue.models {
            let revision = entry.revision.as_deref().unwrap();
            assert!(revision.len() == 40 && revision.chars().all(|c| c.is_ascii_hexdigit()), "{}", entry.name);
            assert!(entry.files.contains(&entry.weights) && entry.normalize, "{}", entry.name);
            assert!(entry.sha256.keys().all(|file| entry.files.contains(file)), "{}", entry.name);
            assert_eq!(catalogue.models.iter().filter(|other| other.name == entry.name).count(), 1);
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let error = Catalogue::built_in().find("gpt-9").unwrap_err().to_string();
        assert!(error.contains("gpt-9") && error.contains("bge-small-zh-v1.5"), "{error}");
    }
}
