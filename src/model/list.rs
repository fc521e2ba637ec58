use std::path::PathBuf;

use super::catalogue::Catalogue;
use super::locate::models_folder;
use super::manifest::{MANIFEST_FILE, Manifest};
use super::{ModelError, ModelSource, embedded};

/// Where a listed model is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the executable.
    Embedded,
    /// In a folder on this machine.
    Pulled(PathBuf),
    /// On the hub.
    Hub {
        /// `owner/name`.
        repository: String,
    },
}

/// A model that can be used, or pulled and then used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Name for `--model` or `model pull`.
    pub name: String,
    /// Where it is.
    pub place: Place,
    /// Length of its vectors.
    pub dimension: usize,
    /// Transformer layers: with the dimension, how much work it is.
    pub layers: usize,
    /// Licence of the weights.
    pub licence: String,
    /// What it is good for; empty where nobody said.
    pub summary: String,
}

/// The embedded model, the pulled ones by name, then the rest of the catalogue.
///
/// # Errors
/// [`ModelError::Settings`] when the manifest of a pulled model does not parse.
pub fn list() -> Result<Vec<Listed>, ModelError> {
    let catalogue = Catalogue::built_in();
    let mut models = Vec::new();
    if embedded::available() {
        let summary = "carried by this program, nothing to fetch";
        models.push(listed(Manifest::of(&ModelSource::Embedded)?, Place::Embedded, summary));
    }
    for folder in pulled() {
        let manifest = Manifest::of(&ModelSource::Folder(folder.clone()))?;
        let known = catalogue.models.iter().find(|entry| entry.name == manifest.name);
        models.push(listed(manifest, Place::Pulled(folder), known.map_or("", |entry| &entry.summary)));
    }
    for entry in &catalogue.models {
        if !models.iter().any(|model| model.name == entry.name) {
            let place = Place::Hub { repository: entry.repository.clone() };
            models.push(listed(entry.manifest("", Default::default()), place, &entry.summary));
        }
    }
    Ok(models)
}

fn listed(manifest: Manifest, place: Place, summary: &str) -> Listed {
    Listed {
        name: manifest.name,
        place,
        dimension: manifest.dimension,
        layers: manifest.layers,
        licence: manifest.licence,
        summary: summary.to_owned(),
    }
}

fn pulled() -> Vec<PathBuf> {
    let entries = models_folder().and_then(|folder| std::fs::read_dir(folder).ok());
    let folders = entries.into_iter().flatten().filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut folders: Vec<PathBuf> = folders.filter(|folder| folder.join(MANIFEST_FILE).is_file()).collect();
    folders.sort();
    folders
}
