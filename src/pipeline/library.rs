//! Past cases: what earlier years have seen already.

use super::{Assessor, RunError, recount};
use crate::clean::{clean, redact};
use crate::embed::{EmbedError, NominationVectors};
use crate::intake::{self, Input, InputFile};
use crate::neighbours::Cases;
use crate::nomination::{Nomination, Rejection};
use crate::passages::Windows;
use crate::progress::Progress;

/// Cases of earlier years as they were read.
#[derive(Debug, Clone, Default)]
pub struct PastCases {
    nominations: Vec<Nomination>,
    files: Vec<InputFile>,
    rejections: Vec<Rejection>,
}

impl PastCases {
    /// Reads past cases from any format that intake knows, personal data masked where asked for; no inputs give none.
    ///
    /// # Errors
    /// When nothing in `inputs` can be used. A bad record is no error: it is among the rejections.
    pub fn read(inputs: &[Input], options: &intake::Options, is_redacted: bool) -> Result<Self, RunError> {
        if inputs.is_empty() {
            return Ok(Self::default());
        }
        let batch = intake::read(inputs, options)?;
        let mut cleaned = clean(batch.submissions, 0);
        let files = recount(batch.files, &cleaned.rejections);
        let mut rejections = [batch.rejections, cleaned.rejections].concat();
        if is_redacted {
            redact(&mut cleaned.nominations, &mut rejections);
        }
        if cleaned.nominations.is_empty() {
            return Err(RunError::EmptyLibrary { rejections });
        }
        Ok(Self { nominations: cleaned.nominations, files, rejections })
    }
}

/// Cases of earlier years, embedded like those of the batch.
#[derive(Debug, Default)]
pub struct Library {
    nominations: Vec<Nomination>,
    windows: Vec<Windows>,
    vectors: Vec<NominationVectors>,
    /// Every file that was opened or refused.
    pub files: Vec<InputFile>,
    /// What could not be used.
    pub rejections: Vec<Rejection>,
}

impl Library {
    /// Embeds `past` cases as `assessor` embeds those of a batch.
    ///
    /// # Errors
    /// When the encoder fails.
    pub fn embed(past: &PastCases, assessor: &Assessor<'_>, progress: &dyn Progress) -> Result<Self, EmbedError> {
        let PastCases { nominations, files, rejections } = past.clone();
        if nominations.is_empty() {
            return Ok(Self::default());
        }
        let windows = assessor.windows(&nominations);
        let vectors = assessor.embed(&nominations, &windows, progress)?;
        Ok(Self { nominations, windows, vectors, files, rejections })
    }

    /// The cases with their vectors.
    #[must_use]
    pub fn cases(&self) -> Cases<'_> {
        Cases { nominations: &self.nominations, windows: &self.windows, vectors: &self.vectors }
    }
}
