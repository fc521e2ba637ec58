//! What a person should know before judging. Flags move no score.

use std::collections::BTreeSet;

use crate::classify::Classification;
use crate::embed::Encoder;
use crate::neighbours::{Neighbour, Origin};
use crate::nomination::{Flag, Nomination};
use crate::passages::{SetAside, Windows};
use crate::programme::Programme;
use crate::score::{MarkerKind, MarkerSet};

/// From this share of passages about plans on, a case is mostly planned.
const MOSTLY: f32 = 0.5;

/// So many sentences said again, and a third as many as distinct passages, and a text repeats itself.
const MIN_REPETITIONS: usize = 3;

/// From this share of unknown pieces on, the encoder has not understood the text.
const MAX_UNKNOWN: f32 = 0.1;

/// Adds to each nomination's flags what reading and classification have found.
pub(super) fn raise(
    nominations: &mut [Nomination],
    windows: &[Windows],
    classifications: &[Classification],
    programme: &Programme,
    encoder: &Encoder,
) {
    let markers = MarkerSet::new(&programme.markers);
    for ((nomination, windows), classification) in nominations.iter_mut().zip(windows).zip(classifications) {
        let passages: Vec<&str> = windows.passages.iter().map(|p| &nomination.text[p.range.clone()]).collect();
        let share =
            |kind| passages.iter().filter(|p| markers.hit(kind, p)).count() as f32 / passages.len().max(1) as f32;
        let SetAside { solicitations, repetitions } = windows.set_aside;
        let found = [
            (solicitations > 0, Flag::Solicitation),
            (share(MarkerKind::Planned) >= MOSTLY, Flag::MostlyPlanned),
            (repetitions >= MIN_REPETITIONS && repetitions * 3 >= passages.len(), Flag::Repetitive),
            (windows.coverage < 1.0, Flag::TextTruncated),
            (
                encoder.unknown_share(&format!("{}\n{}", nomination.title, nomination.text)) > MAX_UNKNOWN,
                Flag::UnknownScript,
            ),
        ];
        let mut flags: BTreeSet<Flag> = nomination.flags.iter().copied().collect();
        flags.extend(found.into_iter().filter_map(|(holds, flag)| holds.then_some(flag)));
        flags.extend(declared(nomination, classification, programme));
        if programme.is_by_level() && programme.category_of_level(&nomination.level).is_none() {
            flags.insert(Flag::LevelUnknown);
        }
        nomination.flags = flags.into_iter().collect();
    }
}

/// Flags what earlier years have seen already, and what the batch seems to tell twice.
pub(super) fn raise_retold(nominations: &mut [Nomination], neighbours: &[Vec<Neighbour>]) {
    for (nomination, near) in nominations.iter_mut().zip(neighbours) {
        for (origin, flag) in [(Origin::Library, Flag::Resubmitted), (Origin::Batch, Flag::SuspectedDuplicate)] {
            if near.iter().any(|neighbour| neighbour.origin == origin && neighbour.is_same_case) {
                nomination.flags.push(flag);
            }
        }
        nomination.flags.sort_unstable();
    }
}

/// What the declared category is worth a word for.
fn declared(nomination: &Nomination, classification: &Classification, programme: &Programme) -> Option<Flag> {
    if nomination.declared_category.is_empty() {
        return None;
    }
    match programme.find_category(&nomination.declared_category) {
        None => Some(Flag::DeclaredCategoryUnknown),
        Some(category) if category != classification.category => Some(Flag::DeclaredCategoryDiffers),
        Some(_) => None,
    }
}
