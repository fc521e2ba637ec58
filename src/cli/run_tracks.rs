//! `shortlister run --tracks`: every award series of a programme in one run.

use std::path::Path;

use anyhow::Context;

use super::args::RunArgs;
use super::run::{Session, begin_log, report, seconds, tell_files, tell_signals};
use super::{counted, inputs, progress};
use crate::pipeline::{TrackOutcome, TracksOutcome, run_tracks};
use crate::programme::{TrackIndex, Tracks};
use crate::report::{
    Counts, ProgrammeRecord, RunOptions, RunRecord, SignalsRecord, StageTiming, TRACKS_FILE, TrackRecord, TrackReport,
    TracksReport, write_tracks,
};
use crate::select::sensitivity::Sensitivity;

/// A run over every series before it is written.
pub(super) struct MadeTracks {
    tracks: Tracks,
    pub outcome: TracksOutcome,
    /// For each series of `outcome` its record, and how its shortlist depends on the weights.
    parts: Vec<RunRecord>,
    sensitivities: Vec<Sensitivity>,
    record: RunRecord,
}

/// The series of the programme `name`.
pub(super) fn load_tracks(name: &str) -> anyhow::Result<Tracks> {
    let tracks = Tracks::load(name).map_err(|mut problems| problems.swap_remove(0))?;
    tracks.with_context(|| {
        format!("programme {name}: has no tracks.toml, so that --tracks means nothing to it; leave it out")
    })
}

impl MadeTracks {
    pub(super) fn new(args: &RunArgs, session: &Session) -> anyhow::Result<Self> {
        let tracks = load_tracks(&args.programme)?;
        let library = inputs(&args.library);
        let setup = session.setup(args, &tracks.whole, &library)?;
        let outcome = run_tracks(&inputs(&args.inputs), &tracks, &setup, progress::for_stderr().as_ref())?;
        let parts: Vec<RunRecord> =
            outcome.outcomes.iter().map(|part| part_record(args, session, &tracks, part)).collect();
        let record = record(args, session, &tracks, &outcome, &parts).context("no nomination entered any series")?;
        let sensitivities = outcome.outcomes.iter().map(|part| {
            let programme = &tracks.tracks[part.track.0].programme;
            Sensitivity::of_ranking(&part.outcome.ranking, programme, setup.select.top)
        });
        let sensitivities = sensitivities.collect();
        Ok(Self { tracks, outcome, parts, sensitivities, record })
    }

    /// Writes the folder of every series, and the files above them, into `dir`.
    pub(super) fn write(&self, dir: &Path) -> anyhow::Result<()> {
        let parts: Vec<TrackReport<'_>> = self
            .outcome
            .outcomes
            .iter()
            .zip(&self.parts)
            .zip(&self.sensitivities)
            .map(|((TrackOutcome { track, outcome }, record), sensitivity)| {
                let programme = &self.tracks.tracks[track.0].programme;
                TrackReport { track: *track, report: report(programme, outcome, sensitivity, record) }
            })
            .collect();
        let whole = TracksReport {
            tracks: &self.tracks,
            parts: &parts,
            assignments: &self.outcome.assignments,
            rejections: &self.outcome.rejections,
            run: &self.record,
            signals: self.outcome.signals.as_ref(),
            language: self.record.options.language,
        };
        write_tracks(&whole, dir)?;
        for (part, record) in parts.iter().zip(&self.parts) {
            begin_log(&dir.join(&self.tracks.tracks[part.track.0].id), record)?;
        }
        begin_log(dir, &self.record)
    }

    /// What happened and where it lies, in a few lines on standard error.
    pub(super) fn summarize(&self, out: &Path) {
        let Counts { files, nominations, rejected, shortlisted, .. } = self.record.counts;
        eprintln!(
            "{} from {} ranked in {} s; {rejected} rejected, {shortlisted} shortlisted",
            counted(nominations, "nomination"),
            counted(files, "file"),
            seconds(&self.record)
        );
        for TrackRecord { id, name, nominations, shortlisted, kept_out, .. } in &self.record.tracks {
            let kept_out = if *kept_out > 0 { format!(", {kept_out} not shortlisted twice") } else { String::new() };
            eprintln!("  {id}: {}, {shortlisted} shortlisted{kept_out} ({name})", counted(*nominations, "nomination"));
        }
        tell_signals(out, &self.record);
        eprintln!("which series every nomination entered, and why: {}", out.join(TRACKS_FILE).display());
        tell_files(out);
    }
}

/// The record of one series, as of a run of its programme.
fn part_record(args: &RunArgs, session: &Session, tracks: &Tracks, part: &TrackOutcome) -> RunRecord {
    let track = &tracks.tracks[part.track.0];
    let record = session.record(args, &track.programme, &part.outcome);
    let nominations = record.counts.nominations;
    RunRecord {
        options: RunOptions {
            programme: track.name_of_programme.clone(),
            tracks: false,
            track: Some(track.id.clone()),
            ..record.options
        },
        counts: Counts { records: nominations, ..record.counts },
        ..record
    }
}

/// The record of the whole, from those of its series; none where there are none.
fn record(
    args: &RunArgs,
    session: &Session,
    tracks: &Tracks,
    outcome: &TracksOutcome,
    parts: &[RunRecord],
) -> Option<RunRecord> {
    let first = session.record(args, &tracks.whole, &outcome.outcomes.first()?.outcome);
    let sum = |figure: fn(&Counts) -> usize| parts.iter().map(|part| figure(&part.counts)).sum();
    let shared = outcome.timings.iter().map(StageTiming::from);
    let own = parts.iter().flat_map(|part| {
        let id = part.options.track.clone().unwrap_or_default();
        part.timings.iter().map(move |time| StageTiming { stage: format!("{id}/{}", time.stage), ..time.clone() })
    });
    Some(RunRecord {
        inputs: outcome.files.clone(),
        signals: outcome.signals.as_ref().map(|gathered| SignalsRecord::new(&tracks.with_all_signals(), gathered)),
        programme: ProgrammeRecord {
            id: tracks.whole.settings.id.clone(),
            sha256: tracks.sha256.clone(),
            exemplars: 0,
        },
        tracks: (0..tracks.tracks.len()).map(|index| track_record(TrackIndex(index), tracks, outcome, parts)).collect(),
        counts: Counts {
            files: outcome.files.len(),
            records: outcome.files.iter().map(|file| file.records + file.rejected).sum(),
            nominations: outcome.assignments.len(),
            rejected: outcome.rejections.len(),
            duplicates: sum(|counts| counts.duplicates),
            shortlisted: sum(|counts| counts.shortlisted),
            displaced: sum(|counts| counts.displaced),
            near_miss: sum(|counts| counts.near_miss),
            rescue: sum(|counts| counts.rescue),
            needs_human: sum(|counts| counts.needs_human),
        },
        timings: shared.chain(own).collect(),
        ..first
    })
}

fn track_record(index: TrackIndex, tracks: &Tracks, outcome: &TracksOutcome, parts: &[RunRecord]) -> TrackRecord {
    let track = &tracks.tracks[index.0];
    let part = outcome.outcomes.iter().position(|part| part.track == index);
    let counts = part.map_or_else(Counts::default, |at| parts[at].counts);
    TrackRecord {
        id: track.id.clone(),
        name: track.described.name.clone(),
        programme_sha256: track.programme.sha256.clone(),
        nominations: counts.nominations,
        shortlisted: counts.shortlisted,
        kept_out: outcome.kept_out(index),
    }
}
