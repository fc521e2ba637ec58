use std::path::{Path, PathBuf};

use super::catalogue::Catalogue;
use super::manifest::MANIFEST_FILE;
use super::{ModelError, ModelSource, embedded};

/// The model a user means: none named, the embedded one; a known name; or a folder.
///
/// A bare name is looked up before a folder of that name; write `./name` for the folder.
///
/// # Errors
/// [`ModelError::NoneEmbedded`], [`ModelError::NotPulled`] or [`ModelError::Unknown`], each with what to do.
pub fn locate(name_or_folder: Option<&str>) -> Result<ModelSource, ModelError> {
    let Some(name) = name_or_folder else {
        return if embedded::available() { Ok(ModelSource::Embedded) } else { Err(ModelError::NoneEmbedded) };
    };
    if name == embedded::NAME && embedded::available() {
        return Ok(ModelSource::Embedded);
    }
    let pulled = models_folder().map(|folder| folder.join(name));
    let is_bare = Path::new(name).components().count() == 1 && !name.starts_with('.');
    if let Some(folder) = pulled.filter(|folder| is_bare && folder.join(MANIFEST_FILE).is_file()) {
        return Ok(ModelSource::Folder(folder));
    }
    if Path::new(name).is_dir() {
        return Ok(ModelSource::Folder(PathBuf::from(name)));
    }
    let catalogue = Catalogue::built_in();
    if catalogue.find(name).is_ok() {
        return Err(ModelError::NotPulled { name: name.to_owned() });
    }
    Err(ModelError::Unknown { name: name.to_owned(), known: format!("{}, {}", embedded::NAME, catalogue.names()) })
}

/// Where pulled models are kept: `SHORTLISTER_MODELS`, or `shortlister/models` in the user's data folder.
pub fn models_folder() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("SHORTLISTER_MODELS").or_else(|| {
        variable("XDG_DATA_HOME")
            .or_else(|| variable("LOCALAPPDATA"))
            .or_else(|| variable("HOME").map(|home| home.join(".local").join("share")))
            .map(|data| data.join("shortlister").join("models"))
    })
}
