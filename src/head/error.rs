//! Why there is no head.

use std::path::PathBuf;

use thiserror::Error;

use super::MIN_LABELLED;
use super::adapt::MIN_TEXTS_PER_CATEGORY;
use super::file::HEAD_SCHEMA;

/// Why a head cannot be made, read or used.
#[derive(Debug, Error)]
pub enum HeadError {
    /// Nothing can be learned.
    #[error(
        "{rows} usable labelled rows of {categories} categories are too few to train on; give at least {MIN_LABELLED} rows of at least two categories"
    )]
    TooFewRows {
        /// Usable rows.
        rows: usize,
        /// Categories that occur in them.
        categories: usize,
    },
    /// Adapting would do harm.
    #[error(
        "{texts} nominations are too few to adapt to: {categories} categories need {needed}, {MIN_TEXTS_PER_CATEGORY} for each"
    )]
    SmallBatch {
        /// In the batch.
        texts: usize,
        /// Of the programme.
        categories: usize,
        /// At least so many.
        needed: usize,
    },
    /// There is nothing to learn.
    #[error("the categories of this programme are administrative levels; the level given decides, and not the text")]
    ByLevel,
    /// It is fitted on one batch and would be fitted on another.
    #[error(
        "{}: was adapted to a batch already; leave out --adapt to judge by it, or give the head that `train` made", path.display()
    )]
    AlreadyAdapted {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be opened.
    #[error("{}: cannot be read: {cause}; give a file that `shortlister train` or `run --adapt` wrote", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The file cannot be made.
    #[error("{}: cannot be written: {cause}; check free space and permissions", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// It is no head.
    #[error("{}: is no head: {cause}; give a file that `shortlister train` or `run --adapt` wrote", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What the parser said, with the line.
        cause: serde_json::Error,
    },
    /// Its arrays do not belong together.
    #[error("{}: {problem}; the file is damaged, train again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Which, and how.
        problem: String,
    },
    /// A later or earlier version wrote it.
    #[error("{}: format {found}, this program reads format {HEAD_SCHEMA}; train again, or use the version named in the file", path.display())]
    OtherSchema {
        /// The file.
        path: PathBuf,
        /// The format it states.
        found: u32,
    },
    /// Its vectors come from another encoder.
    #[error("{}: made for the model {expected}, and this is {found}; give that model with --model, or train again", path.display())]
    OtherModel {
        /// The file.
        path: PathBuf,
        /// Name and fingerprint in the head.
        expected: String,
        /// Name and fingerprint in use.
        found: String,
    },
    /// Its categories are others.
    #[error("{}: made for the programme {expected}, and this is {found}; give that programme, or train again", path.display())]
    OtherProgramme {
        /// The file.
        path: PathBuf,
        /// Id and fingerprint in the head.
        expected: String,
        /// Id and fingerprint in use.
        found: String,
    },
    /// The weights it learned belong to other criteria.
    #[error("{}: learned how much the criteria count from grades, and the criteria of the programme are others now; train again", path.display())]
    OtherCriteria {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be put into JSON.
    #[error("the head cannot be written as JSON: {0}")]
    Json(serde_json::Error),
}
