//! From inputs to a ranking, stage by stage.

mod assessor;
mod flags;
mod library;
mod stopwatch;
mod tracks;

use thiserror::Error;

pub use assessor::{Adaptation, Assessor};
pub use library::{Library, PastCases};
pub use stopwatch::{StageTime, Stopwatch};
pub use tracks::{Assignment, Entry, NamedBy, TrackOutcome, TracksOutcome, run_tracks};

use crate::clean::{clean, masked, redact};
use crate::dedupe::{DuplicateGroup, dedupe};
use crate::embed::{EmbedError, Encoder};
use crate::head::{Head, Identity};
use crate::intake::{self, Input, InputFile, IntakeError};
use crate::neighbours::{Cases, neighbours};
use crate::nomination::{Nomination, NominationId, Rejection};
use crate::programme::Programme;
use crate::progress::Progress;
use crate::select::channels::ChannelCounts;
use crate::select::{Candidate, Ranking, SelectOptions, select};
use crate::signals::{Gathered, SignalError, Sources, gather};
use tracks::Reading;

/// What a run needs besides its inputs.
pub struct Setup<'a> {
    /// The programme to judge by.
    pub programme: &'a Programme,
    /// The encoder to read with.
    pub encoder: &'a Encoder,
    /// What classifies in the stead of the programme's descriptions, where there is one.
    pub head: Option<Head>,
    /// Whether classification is adapted to the batch, and for what the head is then made.
    pub adapt: Option<Identity>,
    /// How the inputs are read.
    pub intake: intake::Options,
    /// Whether personal data is masked before anything is judged.
    pub redact: bool,
    /// Where the line is drawn; its seed is also that of the resampling.
    pub select: SelectOptions,
    /// Past cases, which lower the novelty of what resembles them; empty for none.
    pub library: &'a [Input],
    /// Numbers from other files, for a programme that looks at some.
    pub signals: Sources,
}

/// What a run gives; [`crate::report`] makes files of it.
#[derive(Debug)]
pub struct Outcome {
    /// Every nomination with its place.
    pub ranking: Ranking,
    /// What could not enter the batch.
    pub rejections: Vec<Rejection>,
    /// Every file that was opened or refused.
    pub files: Vec<InputFile>,
    /// What became of the wish to adapt, where there was one.
    pub adaptation: Option<Adaptation>,
    /// The past cases and where they came from.
    pub library: Library,
    /// Which numbers came, and whose they are; none where the programme looks at none.
    pub signals: Option<Gathered>,
    /// Remarks on the input that are no rejection.
    pub notes: Vec<String>,
    /// How long each stage took.
    pub timings: Vec<StageTime>,
}

/// Why a run gave nothing.
#[derive(Debug, Error)]
pub enum RunError {
    /// No input.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// The encoder failed.
    #[error(transparent)]
    Embed(#[from] EmbedError),
    /// The numbers from other files cannot be used.
    #[error(transparent)]
    Signals(#[from] SignalError),
    /// A library was asked for, and nothing in it can be used.
    #[error("no usable case in the library: {} rejected; the first: {}", rejections.len(), first(rejections))]
    EmptyLibrary {
        /// What was wrong with each.
        rejections: Vec<Rejection>,
    },
    /// There was input, and none of it could be used.
    #[error("no usable nomination in the input: {} rejected; the first: {}", rejections.len(), first(rejections))]
    NothingUsable {
        /// What was wrong with each.
        rejections: Vec<Rejection>,
    },
}

/// Runs the whole job in memory; nothing is written.
///
/// # Errors
/// When nothing in the input can be used or the encoder fails. A bad file or record is no error:
/// it is among the rejections.
pub fn run(inputs: &[Input], setup: &Setup<'_>, progress: &dyn Progress) -> Result<Outcome, RunError> {
    let mut watch = Stopwatch::default();
    let programme = setup.programme;

    let prepared = prepare(inputs, &setup.intake, setup.redact, programme, &mut watch)?;
    let Prepared { mut nominations, rejections, files, mut notes } = prepared;
    if nominations.is_empty() {
        return Err(RunError::NothingUsable { rejections });
    }
    let signals = gather(&programme.settings, &setup.signals, &mut nominations)?;
    let past = watch.time("library", || PastCases::read(setup.library, &setup.intake, setup.redact))?;
    let (ranking, library, adaptation) = judge(programme, setup, nominations, &past, None, &mut watch, progress)?;
    notes.extend(signals.iter().flat_map(|signals| signals.notes.iter().cloned()));
    notes.extend(ChannelCounts::of(&ranking, programme).iter().flat_map(ChannelCounts::notes));
    let timings = watch.into_times();
    Ok(Outcome { ranking, rejections, files, library, signals, adaptation, notes, timings })
}

/// The stages that need the encoder, by one programme.
fn judge(
    programme: &Programme,
    setup: &Setup<'_>,
    nominations: Vec<Nomination>,
    past: &PastCases,
    read: Option<&Reading>,
    watch: &mut Stopwatch,
    progress: &dyn Progress,
) -> Result<(Ranking, Library, Option<Adaptation>), RunError> {
    let assessor = watch.time("programme", || Assessor::new(programme, setup.encoder, setup.select.seed, progress))?;
    let assessor = setup.head.iter().cloned().fold(assessor, Assessor::with_head);
    let library = watch.time("library", || Library::embed(past, &assessor, progress))?;
    let assessor = read.into_iter().fold(assessor.with_library(&library), Assessor::with_reading);
    let adapt = setup.adapt.as_ref();
    let (ranking, adaptation) = rank(nominations, &assessor, &library, adapt, setup.select, watch, progress)?;
    Ok((ranking, library, adaptation))
}

/// What a batch holds, ready to be judged.
#[derive(Debug, Default)]
pub struct Prepared {
    /// Cleaned, and masked where that was asked for.
    pub nominations: Vec<Nomination>,
    /// What cannot be used.
    pub rejections: Vec<Rejection>,
    /// Every file, with how many records of it can be used.
    pub files: Vec<InputFile>,
    /// What the coordinator should know of the reading.
    pub notes: Vec<String>,
}

/// The stages before the first judgment: the same inputs, unchanged, give the same nominations a year later.
///
/// # Errors
/// When no input was named.
pub fn prepare(
    inputs: &[Input],
    options: &intake::Options,
    is_redacted: bool,
    programme: &Programme,
    watch: &mut Stopwatch,
) -> Result<Prepared, IntakeError> {
    let batch = watch.time("intake", || intake::read(inputs, options))?;
    let cleaned = watch.time("clean", || clean(batch.submissions, programme.settings.decision.min_characters));
    let files = recount(batch.files, &cleaned.rejections);
    let mut nominations = cleaned.nominations;
    let mut rejections = [batch.rejections, cleaned.rejections].concat();
    let mut notes = batch.notes;
    if is_redacted {
        redact(&mut nominations, &mut rejections);
        notes.iter_mut().for_each(|note| *note = masked(note));
    }
    Ok(Prepared { nominations, rejections, files, notes })
}

/// The stages from nominations to a ranking; with `adapt`, what became of the wish to adapt.
///
/// # Errors
/// When the encoder fails.
pub fn rank(
    mut nominations: Vec<Nomination>,
    assessor: &Assessor<'_>,
    library: &Library,
    adapt: Option<&Identity>,
    options: SelectOptions,
    watch: &mut Stopwatch,
    progress: &dyn Progress,
) -> Result<(Ranking, Option<Adaptation>), EmbedError> {
    let programme = assessor.programme();
    let duplicates = watch.time("dedupe", || dedupe(&nominations));
    let windows = watch.time("passages", || assessor.windows(&nominations));
    let vectors = watch.time("embed", || assessor.embed(&nominations, &windows, progress))?;
    let (classifications, adaptation) = watch.time("classify", || match adapt {
        Some(identity) => {
            let (found, adaptation) = assessor.classify_adapting(identity.clone(), &nominations, &windows, &vectors);
            (found, Some(adaptation))
        }
        None => (assessor.classify(&nominations, &windows, &vectors), None),
    });
    let assessments = watch.time("score", || assessor.score(&nominations, &windows, &vectors));
    let representatives = representatives(&nominations, &duplicates);
    let batch = Cases { nominations: &nominations, windows: &windows, vectors: &vectors };
    let near = watch.time("neighbours", || neighbours(batch, library.cases(), &representatives));
    watch.time("flags", || {
        flags::raise(&mut nominations, &windows, &classifications, programme, assessor.encoder());
        flags::raise_retold(&mut nominations, &near);
    });
    let candidates = nominations.into_iter().zip(classifications).zip(assessments).zip(near).zip(representatives);
    let candidates = candidates.map(|((((nomination, classification), assessment), neighbours), duplicate_of)| {
        Candidate { nomination, classification, assessment, neighbours, duplicate_of }
    });
    let ranking = watch.time("select", || select(candidates.collect(), programme, options));
    Ok((ranking, adaptation))
}

/// Counts what cleaning rejected as rejected in its file.
pub(crate) fn recount(mut files: Vec<InputFile>, rejections: &[Rejection]) -> Vec<InputFile> {
    for file in &mut files {
        let rejected = rejections.iter().filter(|rejection| rejection.source.file == file.path).count();
        file.records -= rejected.min(file.records);
        file.rejected += rejected;
    }
    files
}

/// For each nomination the one that stands for its group, if it is not that one itself.
fn representatives(nominations: &[Nomination], groups: &[DuplicateGroup]) -> Vec<Option<NominationId>> {
    let mut representatives = vec![None; nominations.len()];
    for group in groups {
        for &(other, _) in &group.others {
            representatives[other] = Some(nominations[group.representative].id.clone());
        }
    }
    representatives
}

fn first(rejections: &[Rejection]) -> String {
    rejections.first().map_or_else(String::new, ToString::to_string)
}
