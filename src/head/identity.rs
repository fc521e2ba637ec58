//! What a head was made for: it knows nothing of another encoder's vectors or another award's categories.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::HeadError;
use crate::digest::sha256_hex;
use crate::embed::Encoder;
use crate::programme::Programme;

/// Characters of a fingerprint that an error shows.
const SHOWN: usize = 12;

/// The encoder and the categories of a head.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Whose vectors.
    pub model: ModelIdentity,
    /// Whose categories.
    pub programme: ProgrammeIdentity,
}

/// An encoder, whatever engine runs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelIdentity {
    /// Name in its manifest.
    pub name: String,
    /// SHA-256 over everything that shapes its vectors; see [`crate::model::fingerprint`].
    pub sha256: String,
    /// Length of a vector.
    pub dimension: usize,
}

/// The categories of a programme; its criteria and quotas may change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgrammeIdentity {
    /// Its id.
    pub id: String,
    /// SHA-256 over how it describes its categories, lower-case hex.
    pub categories_sha256: String,
    /// The ids of its categories, in its order.
    pub categories: Vec<String>,
}

impl Identity {
    /// Of what is in use; `model_sha256` is the [`crate::model::fingerprint`] of `encoder`.
    #[must_use]
    pub fn of(encoder: &Encoder, model_sha256: &str, programme: &Programme) -> Self {
        let model = ModelIdentity {
            name: encoder.manifest().name.clone(),
            sha256: model_sha256.to_owned(),
            dimension: encoder.dim(),
        };
        Self { model, programme: ProgrammeIdentity::of(programme) }
    }

    /// Whether a head of this identity, read from `path`, can be used with what is `in_use`.
    ///
    /// # Errors
    /// When model or programme is another one; both are named.
    pub(super) fn check(&self, in_use: &Self, path: &Path) -> Result<(), HeadError> {
        let path = path.to_owned();
        let named = |name: &str, sha256: &str| format!("{name} ({})", sha256.get(..SHOWN).unwrap_or(sha256));
        let model = |identity: &Self| named(&identity.model.name, &identity.model.sha256);
        let programme = |identity: &Self| named(&identity.programme.id, &identity.programme.categories_sha256);
        if self.model != in_use.model {
            return Err(HeadError::OtherModel { path, expected: model(self), found: model(in_use) });
        }
        if self.programme != in_use.programme {
            return Err(HeadError::OtherProgramme { path, expected: programme(self), found: programme(in_use) });
        }
        Ok(())
    }
}

impl ProgrammeIdentity {
    fn of(programme: &Programme) -> Self {
        let described = |category: &crate::programme::Category| {
            let lists = category.prototypes.iter().chain(&category.keywords);
            let parts = [&category.id, &category.name, &category.about].into_iter().chain(lists);
            parts.flat_map(|part| [part.as_bytes(), b"\0"]).flatten().copied().collect::<Vec<u8>>()
        };
        let texts: Vec<Vec<u8>> = programme.categories.iter().map(described).collect();
        Self {
            id: programme.settings.id.clone(),
            categories_sha256: sha256_hex(texts.iter().flat_map(|text| [text.as_slice(), b"\n"])),
            categories: programme.categories.iter().map(|category| category.id.clone()).collect(),
        }
    }
}
