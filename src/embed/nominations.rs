//! The texts of a batch as vectors, nomination by nomination.

use std::ops::Range;

use super::space::{add, normalize};
use super::{EmbedError, Encoder, Role, Space, Vectors};
use crate::nomination::Nomination;
use crate::passages::Windows;
use crate::progress::Progress;

/// Weight of the title beside the mean of the passages, which has weight 1.
const TITLE_WEIGHT: f32 = 0.3;

/// One nomination in the space of comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct NominationVectors {
    /// The title, `[dim] f32`.
    pub title: Vec<f32>,
    /// The passages in order, `[passages, dim] f32`.
    pub passages: Vectors,
}

impl NominationVectors {
    /// The direction of the passages' mean, with the title's share, `[dim] f32`, unit length: the case as a whole.
    #[must_use]
    pub fn whole(&self) -> Vec<f32> {
        let mut whole = vec![0.0; self.title.len()];
        self.passages.rows().for_each(|passage| add(&mut whole, passage, 1.0));
        normalize(&mut whole);
        add(&mut whole, &self.title, TITLE_WEIGHT);
        normalize(&mut whole);
        whole
    }

    /// The mean of the passages, or the title of a case that has none, `[dim] f32`.
    #[must_use]
    pub fn mean(&self) -> Vec<f32> {
        if self.passages.is_empty() {
            return self.title.clone();
        }
        let mut mean = vec![0.0; self.title.len()];
        self.passages.rows().for_each(|passage| add(&mut mean, passage, 1.0 / self.passages.len() as f32));
        mean
    }
}

/// Texts embedded in one go. The vectors of all of them are in memory twice for a moment, and what is cached is written
/// after each go.
const MAX_TEXTS: usize = 8_192;

/// Embeds title and passages of every nomination, as many nominations in one go as memory allows.
///
/// # Errors
/// When the encoder fails.
pub fn embed_nominations(
    encoder: &Encoder,
    space: &Space,
    nominations: &[Nomination],
    windows: &[Windows],
    progress: &dyn Progress,
) -> Result<Vec<NominationVectors>, EmbedError> {
    let mut vectors = Vec::with_capacity(nominations.len());
    for part in parts(windows) {
        let (nominations, windows) = (&nominations[part.clone()], &windows[part]);
        vectors.extend(embed_part(encoder, space, nominations, windows, progress)?);
    }
    Ok(vectors)
}

/// Ranges of nominations that have no more than [`MAX_TEXTS`] texts together, or are one.
fn parts(windows: &[Windows]) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut texts = 0;
    for (index, windows) in windows.iter().enumerate() {
        let own = 1 + windows.passages.len();
        texts += own;
        match parts.last_mut().filter(|_| texts <= MAX_TEXTS) {
            Some(part) => part.end = index + 1,
            None => {
                parts.push(index..index + 1);
                texts = own;
            }
        }
    }
    parts
}

fn embed_part(
    encoder: &Encoder,
    space: &Space,
    nominations: &[Nomination],
    windows: &[Windows],
    progress: &dyn Progress,
) -> Result<Vec<NominationVectors>, EmbedError> {
    let mut texts: Vec<&str> = Vec::new();
    for (nomination, windows) in nominations.iter().zip(windows) {
        texts.push(&windows.title);
        texts.extend(windows.passages.iter().map(|p| &nomination.text[p.range.clone()]));
    }
    let vectors = space.place(&encoder.embed(&texts, Role::Query, progress)?.vectors);
    let dim = vectors.dim();
    let mut rows = vectors.rows();
    let mut take = |n: usize| -> Vec<f32> { rows.by_ref().take(n).flatten().copied().collect() };
    Ok(windows
        .iter()
        .map(|windows| NominationVectors { title: take(1), passages: Vectors::new(dim, take(windows.passages.len())) })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passages::Passage;

    fn windows(passages: usize) -> Windows {
        Windows { passages: vec![Passage { range: 0..0, tokens: 0 }; passages], ..Windows::default() }
    }

    #[test]
    fn every_nomination_is_in_one_part_and_no_part_is_too_large() {
        let sizes = [0, MAX_TEXTS - 2, 0, 1, MAX_TEXTS, MAX_TEXTS + 5, 3];
        let windows: Vec<Windows> = sizes.into_iter().map(windows).collect();
        assert_eq!(parts(&windows), [0..2, 2..4, 4..5, 5..6, 6..7]);
        assert!(parts(&[]).is_empty());
    }
}
