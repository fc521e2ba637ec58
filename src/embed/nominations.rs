//! The texts of a batch as vectors, nomination by nomination.

use super::{EmbedError, Encoder, Role, Space, Vectors};
use crate::nomination::Nomination;
use crate::passages::Windows;
use crate::progress::Progress;

/// One nomination in the space of comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct NominationVectors {
    /// The title, `[dim] f32`.
    pub title: Vec<f32>,
    /// The passages in order, `[passages, dim] f32`.
    pub passages: Vectors,
}

/// Embeds title and passages of every nomination in one go.
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
