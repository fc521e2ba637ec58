//! A batch over several award series: which nomination enters which, and a run for each.

use std::collections::BTreeMap;

use super::{Assessor, Outcome, PastCases, Prepared, RunError, Setup, StageTime, Stopwatch, judge, prepare};
use crate::classify::{Classification, Decision};
use crate::embed::{NominationVectors, Space};
use crate::intake::{Input, InputFile};
use crate::nomination::{Flag, Nomination, NominationId, Rejection};
use crate::passages::Windows;
use crate::programme::{SameCase, TrackIndex, Tracks};
use crate::progress::Progress;
use crate::select::Status;
use crate::signals::names::UnitName;
use crate::signals::{Gathered, Sources, gather};

/// What a run over several series gives.
#[derive(Debug)]
pub struct TracksOutcome {
    /// Every nomination with the series it entered, in the order of the batch.
    pub assignments: Vec<Assignment>,
    /// What each series gave, in the order of the notice; none for a series that nothing entered.
    pub outcomes: Vec<TrackOutcome>,
    /// What could not enter the batch.
    pub rejections: Vec<Rejection>,
    /// Every file that was opened or refused.
    pub files: Vec<InputFile>,
    /// Which numbers came, and whose they are; none where no series looks at any.
    pub signals: Option<Gathered>,
    /// Remarks on the input that are no rejection.
    pub notes: Vec<String>,
    /// How long the stages took that serve all series.
    pub timings: Vec<StageTime>,
}

/// What one series gave.
#[derive(Debug)]
pub struct TrackOutcome {
    /// Which series.
    pub track: TrackIndex,
    /// Its part of the run: without rejections and notes, which belong to the whole.
    pub outcome: Outcome,
}

/// Which series a nomination belongs to, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// Whose.
    pub id: NominationId,
    /// Its title.
    pub title: String,
    /// Its unit.
    pub unit: String,
    /// The series it was put forward for, verbatim.
    pub declared: String,
    /// Its own series; several where it was put forward for several.
    pub own: Vec<TrackIndex>,
    /// What says so.
    pub named_by: NamedBy,
    /// What its text says: a probability for each described series, in their order.
    pub by_text: Classification,
    /// Every series it entered or was kept out of, in the order of the notice.
    pub entries: Vec<(TrackIndex, Entry)>,
    /// What a person should know of it.
    pub flags: Vec<Flag>,
}

/// What puts a nomination into a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedBy {
    /// It was put forward for it.
    Declared,
    /// Its text.
    Text,
}

/// Whether a nomination entered a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// It is its own.
    Own,
    /// The series also takes the nominations of this one.
    From(TrackIndex),
    /// A case that counts as the same is shortlisted elsewhere.
    KeptOut {
        /// Where.
        shortlisted_in: TrackIndex,
        /// The case that is.
        case: NominationId,
    },
}

/// What of each text was read, and what that means.
pub(super) struct Reading {
    space: Space,
    texts: BTreeMap<NominationId, (Windows, NominationVectors)>,
}

impl Reading {
    /// The vectors of `nomination` in `space`, where the same `windows` of it were read.
    pub fn find(&self, space: &Space, nomination: &Nomination, windows: &Windows) -> Option<NominationVectors> {
        let (read, vectors) = self.texts.get(&nomination.id).filter(|_| self.space == *space)?;
        (read.title == windows.title && read.passages == windows.passages).then(|| vectors.clone())
    }
}

impl TracksOutcome {
    /// How many nominations did not enter the series at `track`, because their case is shortlisted elsewhere.
    #[must_use]
    pub fn kept_out(&self, track: TrackIndex) -> usize {
        let entries = self.assignments.iter().flat_map(|assignment| &assignment.entries);
        entries.filter(|(index, entry)| *index == track && matches!(entry, Entry::KeptOut { .. })).count()
    }
}

/// Runs the whole job for every series in memory; nothing is written.
///
/// The programme, head and adaptation of `setup` are not looked at: each series has its own programme, and a head would
/// belong to one of them.
///
/// # Errors
/// As [`super::run`].
pub fn run_tracks(
    inputs: &[Input],
    tracks: &Tracks,
    setup: &Setup<'_>,
    progress: &dyn Progress,
) -> Result<TracksOutcome, RunError> {
    let mut watch = Stopwatch::default();
    let prepared = prepare(inputs, &setup.intake, setup.redact, &tracks.whole, &mut watch)?;
    let Prepared { mut nominations, rejections, files, mut notes } = prepared;
    if nominations.is_empty() {
        return Err(RunError::NothingUsable { rejections });
    }
    let signals = gather(&tracks.with_all_signals(), &setup.signals, &mut nominations)?;
    notes.extend(signals.iter().flat_map(|signals| signals.notes.iter().cloned()));
    let seed = setup.select.seed;
    let assessor = watch.time("programme", || Assessor::new(&tracks.sorting, setup.encoder, seed, progress))?;
    let windows = watch.time("passages", || assessor.windows(&nominations));
    let vectors = watch.time("embed", || assessor.embed(&nominations, &windows, progress))?;
    let by_text = watch.time("classify", || assessor.classify(&nominations, &windows, &vectors));
    let mut assignments = assign(tracks, &nominations, by_text);
    for (nomination, assignment) in nominations.iter_mut().zip(&assignments) {
        nomination.flags.extend(&assignment.flags);
        nomination.flags.sort_unstable();
    }
    let texts = windows.into_iter().zip(vectors);
    let texts = nominations.iter().map(|nomination| nomination.id.clone()).zip(texts).collect();
    let reading = Reading { space: assessor.space().clone(), texts };

    let past = watch.time("library", || PastCases::read(setup.library, &setup.intake, setup.redact))?;
    let mut shortlisted: Vec<Chosen> = Vec::new();
    let mut outcomes: Vec<TrackOutcome> = Vec::new();
    for index in tracks.in_order_of_need() {
        let mut own = enter(index, tracks, &nominations, &mut assignments, &shortlisted);
        if own.is_empty() {
            continue;
        }
        let programme = &tracks.tracks[index.0].programme;
        // The numbers were joined above; here it is counted what this series has of them.
        let signals = gather(&programme.settings, &Sources::default(), &mut own)?;
        let mut watch = Stopwatch::default();
        let (ranking, library, _) = judge(programme, setup, own, &past, Some(&reading), &mut watch, progress)?;
        let chosen = ranking.entries.iter().filter(|entry| entry.placement.status == Status::Shortlisted);
        shortlisted.extend(chosen.map(|entry| Chosen::new(index, &entry.nomination)));
        let outcome = Outcome {
            ranking,
            rejections: Vec::new(),
            files: files.clone(),
            adaptation: None,
            library,
            signals,
            notes: Vec::new(),
            timings: watch.into_times(),
        };
        outcomes.push(TrackOutcome { track: index, outcome });
    }
    outcomes.sort_by_key(|outcome| outcome.track);
    for assignment in &mut assignments {
        assignment.entries.sort_by_key(|(track, _)| *track);
    }
    Ok(TracksOutcome { assignments, outcomes, rejections, files, signals, notes, timings: watch.into_times() })
}

/// The series of each nomination: those it was put forward for, or the one its text speaks for.
fn assign(tracks: &Tracks, nominations: &[Nomination], by_text: Vec<Classification>) -> Vec<Assignment> {
    let assignment = |(nomination, by_text): (&Nomination, Classification)| {
        let likely = tracks.sorted[by_text.category.0];
        let is_sure = by_text.decision == Decision::Assigned;
        // Forms have one box for it, and call it the category as often as not.
        let as_category = || tracks.find(&nomination.declared_category);
        let declared = match nomination.declared_track.is_empty() {
            true => as_category(),
            false => tracks.find(&nomination.declared_track),
        };
        let takes_likely = |track: &TrackIndex| *track == likely || tracks.tracks[track.0].from.contains(&likely);
        let is_declared = !declared.is_empty();
        let flags = [
            (!is_declared && !nomination.declared_track.is_empty(), Flag::DeclaredTrackUnknown),
            (is_declared && is_sure && !declared.iter().any(takes_likely), Flag::DeclaredTrackDiffers),
            (!is_declared && !is_sure, Flag::TrackUnsure),
        ];
        Assignment {
            id: nomination.id.clone(),
            title: nomination.title.clone(),
            unit: nomination.unit.clone(),
            declared: nomination.declared_track.clone(),
            named_by: if is_declared { NamedBy::Declared } else { NamedBy::Text },
            own: if is_declared { declared } else { vec![likely] },
            by_text,
            entries: Vec::new(),
            flags: flags.into_iter().filter_map(|(holds, flag)| holds.then_some(flag)).collect(),
        }
    };
    nominations.iter().zip(by_text).map(assignment).collect()
}

/// A case that is shortlisted.
struct Chosen {
    track: TrackIndex,
    id: NominationId,
    unit: UnitName,
}

impl Chosen {
    fn new(track: TrackIndex, nomination: &Nomination) -> Self {
        let unit = UnitName::parse(&nomination.unit).within(&nomination.region);
        Self { track, id: nomination.id.clone(), unit }
    }

    fn is(&self, nomination: &Nomination, same: SameCase) -> bool {
        match same {
            SameCase::Nomination => self.id == nomination.id,
            SameCase::Unit => {
                self.id == nomination.id
                    || self.unit.matches(&UnitName::parse(&nomination.unit).within(&nomination.region))
            }
        }
    }
}

/// The nominations that enter the series at `index`; what happened to each is noted with its assignment.
fn enter(
    index: TrackIndex,
    tracks: &Tracks,
    nominations: &[Nomination],
    assignments: &mut [Assignment],
    shortlisted: &[Chosen],
) -> Vec<Nomination> {
    let track = &tracks.tracks[index.0];
    let mut entered = Vec::new();
    for (nomination, assignment) in nominations.iter().zip(assignments) {
        let from = track.from.iter().copied().find(|other| assignment.own.contains(other)).map(Entry::From);
        let Some(entry) = assignment.own.contains(&index).then_some(Entry::Own).or(from) else { continue };
        let elsewhere = shortlisted
            .iter()
            .find(|chosen| track.not_shortlisted_in.contains(&chosen.track) && chosen.is(nomination, track.same));
        let entry = match elsewhere {
            Some(chosen) => Entry::KeptOut { shortlisted_in: chosen.track, case: chosen.id.clone() },
            None => {
                entered.push(nomination.clone());
                entry
            }
        };
        assignment.entries.push((index, entry));
    }
    entered
}
