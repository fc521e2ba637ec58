use std::path::PathBuf;

use thiserror::Error;

/// Why a model cannot be found, read, made or trusted. Every message says what to do.
#[derive(Debug, Error)]
pub enum ModelError {
    /// The file system refused.
    #[error("cannot {action} {path}: {cause}")]
    Io {
        /// What was attempted (`read`, `write` ...).
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// No model of that name, and no folder of that path.
    #[error("no model is called `{name}` and there is no such folder; known names: {known}")]
    Unknown {
        /// As the user gave it.
        name: String,
        /// Names that would have worked, separated by commas.
        known: String,
    },
    /// In the catalogue, not on this machine.
    #[error("model `{name}` is not on this machine; get it with `shortlister model pull {name}`")]
    NotPulled {
        /// Name in the catalogue.
        name: String,
    },
    /// Built without the `embedded-model` feature, and no model was named.
    #[error("this build carries no model; name one with --model NAME|DIR (see `shortlister model list`)")]
    NoneEmbedded,
    /// The folder lacks a file that the model needs.
    #[error("{model} has no {file}; copy the complete model folder, or pull it again")]
    MissingFile {
        /// The model.
        model: String,
        /// The file, relative to the model's folder.
        file: String,
    },
    /// A file is not in the format its name promises, is cut short, or contradicts another file.
    #[error("{file} cannot be used: {problem}; copy or pull it again")]
    Damaged {
        /// Model and file.
        file: String,
        /// What was found.
        problem: String,
    },
    /// `manifest.toml` or another settings file does not parse.
    #[error("{file} cannot be understood: {problem}")]
    Settings {
        /// Model and file.
        file: String,
        /// Line, field and cause.
        problem: String,
    },
    /// An encoder this program has no forward pass for.
    #[error("{file} describes the architecture `{found}`; bert and xlm-roberta encoders are supported")]
    Architecture {
        /// Model and file.
        file: String,
        /// As the file names it.
        found: String,
    },
    /// A setting of the model that changes its vectors and is not supported.
    #[error("{file}: {problem}; choose another model")]
    Unsupported {
        /// Model and file.
        file: String,
        /// The setting.
        problem: String,
    },
    /// How token vectors become one vector is not said anywhere in the folder.
    #[error(
        "{model} does not say how it pools: add the 1_Pooling/config.json of its repository, or a manifest.toml with \
         pooling = \"mean\" or \"cls\""
    )]
    PoolingUnknown {
        /// The model.
        model: String,
    },
    /// A weight is absent, has another shape, or is not a number.
    #[error("{file}: tensor `{tensor}` {problem}")]
    Tensor {
        /// Model and file.
        file: String,
        /// Name of the tensor, as transformers writes it.
        tensor: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The bytes are not those that were recorded.
    #[error("{file} has changed: SHA-256 {found}, recorded {expected}; pull or import the model again")]
    Checksum {
        /// Model and file.
        file: String,
        /// As recorded.
        expected: String,
        /// As found.
        found: String,
    },
    /// A source of `model import` is not what it must be.
    #[error("{file} is not the source to import: {problem}")]
    Source {
        /// The file.
        file: PathBuf,
        /// What was found, what was expected.
        problem: String,
    },
    /// The hub, or the way to it, failed.
    #[error("cannot get {what} from {endpoint}: {problem}")]
    Hub {
        /// Repository, revision and file.
        what: String,
        /// Address in use (`HF_ENDPOINT`).
        endpoint: String,
        /// What went wrong and what to do.
        problem: String,
    },
    /// The catalogue does not pin the revision, and the user did not allow a moving one.
    #[error(
        "model `{name}` has no pinned revision; pass --allow-unpinned to take the newest one and record its commit"
    )]
    Unpinned {
        /// Name in the catalogue.
        name: String,
    },
    /// The system gave no threads.
    #[error("cannot start threads ({0}); ask for fewer with --threads")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The encoder failed while it ran (import embeds the background texts).
    #[error(transparent)]
    Embed(#[from] Box<crate::embed::EmbedError>),
}

impl ModelError {
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |cause| Self::Io { action, path, cause }
    }

    pub(crate) fn damaged(file: impl Into<String>, problem: impl ToString) -> Self {
        Self::Damaged { file: file.into(), problem: problem.to_string() }
    }

    pub(crate) fn settings(file: impl Into<String>, problem: impl ToString) -> Self {
        Self::Settings { file: file.into(), problem: problem.to_string() }
    }
}
