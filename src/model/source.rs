use std::borrow::Cow;
use std::path::{Path, PathBuf};

use super::{ModelError, embedded};

/// Where a model's files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelSource {
    /// Inside the executable.
    Embedded,
    /// In a folder.
    Folder(PathBuf),
}

impl ModelSource {
    /// The bytes of `file`, a path inside the model.
    ///
    /// # Errors
    /// [`ModelError::MissingFile`] when it is not there, [`ModelError::Io`] when it cannot be read.
    pub fn read(&self, file: &str) -> Result<Cow<'static, [u8]>, ModelError> {
        self.read_if_present(file)?
            .ok_or_else(|| ModelError::MissingFile { model: self.to_string(), file: file.to_owned() })
    }

    /// Likewise, or nothing when the model has no such file.
    ///
    /// # Errors
    /// [`ModelError::Io`] when it is there and cannot be read.
    pub fn read_if_present(&self, file: &str) -> Result<Option<Cow<'static, [u8]>>, ModelError> {
        match self {
            Self::Embedded => Ok(embedded::file(file).map(Cow::Borrowed)),
            Self::Folder(folder) => {
                let path = folder.join(file);
                match std::fs::read(&path) {
                    Ok(bytes) => Ok(Some(Cow::Owned(bytes))),
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                    Err(error) => Err(ModelError::io("read", path)(error)),
                }
            }
        }
    }

    /// `file` as it is named in messages.
    pub fn label(&self, file: &str) -> String {
        match self {
            Self::Embedded => format!("embedded model: {file}"),
            Self::Folder(folder) => folder.join(file).display().to_string(),
        }
    }

    /// The folder, unless embedded.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Embedded => None,
            Self::Folder(folder) => Some(folder),
        }
    }
}

impl std::fmt::Display for ModelSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Embedded => f.write_str("the embedded model"),
            Self::Folder(folder) => write!(f, "the model in {}", folder.display()),
        }
    }
}
