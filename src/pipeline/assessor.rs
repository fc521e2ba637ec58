//! A programme placed in an encoder's space: what judges a nomination, batch or no batch.

use rayon::prelude::*;

use super::Library;
use crate::classify::{Classification, Classifier, prototype_texts};
use crate::embed::{EmbedError, Encoder, NominationVectors, Role, Space, Vectors, embed_nominations};
use crate::nomination::Nomination;
use crate::passages::{Reader, WindowLimits, Windows, windows};
use crate::programme::Programme;
use crate::progress::Progress;
use crate::score::{Assessment, Contrast, MarkerKind, MarkerSet, Scorer};

/// Classifies and scores nominations by one programme and one encoder.
pub struct Assessor<'a> {
    programme: &'a Programme,
    encoder: &'a Encoder,
    space: Space,
    classifier: Classifier,
    scorer: Scorer,
    limits: WindowLimits,
    markers: MarkerSet,
}

/// What was found about one nomination.
#[derive(Debug, Clone, PartialEq)]
pub struct Findings {
    /// Its category.
    pub classification: Classification,
    /// Its scores.
    pub assessment: Assessment,
}

impl<'a> Assessor<'a> {
    /// Embeds the programme's own sentences. `seed` is that of the resampling.
    ///
    /// # Errors
    /// When the encoder fails.
    pub fn new(
        programme: &'a Programme,
        encoder: &'a Encoder,
        seed: u64,
        progress: &dyn Progress,
    ) -> Result<Self, EmbedError> {
        let groups = sentence_groups(programme);
        let texts: Vec<&str> = groups.iter().flatten().copied().collect();
        let raw = encoder.embed(&texts, Role::Query, progress)?.vectors;
        let space = encoder.centre().map_or_else(|| Space::around(&raw), |centre| Space::new(centre.to_vec()));
        let mut vectors = split(&space.place(&raw), &groups);
        let contrasts = vectors.split_off(programme.categories.len());
        let typical = concatenate(raw.dim(), &vectors);
        let limits = WindowLimits::default();
        Ok(Self {
            classifier: Classifier::new(programme, vectors),
            scorer: Scorer::new(programme, pair(contrasts), typical, seed),
            limits: WindowLimits { max_tokens: limits.max_tokens.min(encoder.content_tokens(Role::Query)), ..limits },
            markers: MarkerSet::new(&programme.markers),
            programme,
            encoder,
            space,
        })
    }

    /// Counts what the cases of `library` say as known, when novelty is judged.
    #[must_use]
    pub fn with_library(self, library: &Library) -> Self {
        let Some(passages) = library.cases().passages() else { return self };
        Self { scorer: self.scorer.with_known(&passages), ..self }
    }

    /// The programme by which it judges.
    #[must_use]
    pub fn programme(&self) -> &Programme {
        self.programme
    }

    /// The encoder it reads with.
    #[must_use]
    pub fn encoder(&self) -> &Encoder {
        self.encoder
    }

    /// Cuts every text into passages.
    #[must_use]
    pub fn windows(&self, nominations: &[Nomination]) -> Vec<Windows> {
        let cut = |n: &Nomination| windows(&n.title, &n.text, self.limits, n.truncated_chars, self);
        nominations.par_iter().map(cut).collect()
    }

    /// Embeds titles and passages.
    ///
    /// # Errors
    /// When the encoder fails.
    pub fn embed(
        &self,
        nominations: &[Nomination],
        windows: &[Windows],
        progress: &dyn Progress,
    ) -> Result<Vec<NominationVectors>, EmbedError> {
        embed_nominations(self.encoder, &self.space, nominations, windows, progress)
    }

    /// Puts every nomination into a category.
    #[must_use]
    pub fn classify(
        &self,
        nominations: &[Nomination],
        windows: &[Windows],
        vectors: &[NominationVectors],
    ) -> Vec<Classification> {
        nominations.par_iter().zip(windows).zip(vectors).map(|((n, w), v)| self.classifier.classify(n, w, v)).collect()
    }

    /// Scores every nomination on every criterion.
    #[must_use]
    pub fn score(
        &self,
        nominations: &[Nomination],
        windows: &[Windows],
        vectors: &[NominationVectors],
    ) -> Vec<Assessment> {
        nominations.par_iter().zip(windows).zip(vectors).map(|((n, w), v)| self.scorer.assess(n, w, v)).collect()
    }

    /// All of the above, one after the other.
    ///
    /// # Errors
    /// When the encoder fails.
    pub fn findings(&self, nominations: &[Nomination], progress: &dyn Progress) -> Result<Vec<Findings>, EmbedError> {
        let windows = self.windows(nominations);
        let vectors = self.embed(nominations, &windows, progress)?;
        let classifications = self.classify(nominations, &windows, &vectors);
        let assessments = self.score(nominations, &windows, &vectors);
        let findings = classifications.into_iter().zip(assessments);
        Ok(findings.map(|(classification, assessment)| Findings { classification, assessment }).collect())
    }
}

impl Reader for Assessor<'_> {
    fn count_tokens(&self, text: &str) -> usize {
        self.encoder.count_tokens(text)
    }

    fn is_solicitation(&self, text: &str) -> bool {
        self.markers.hit(MarkerKind::Solicitation, text)
    }
}

/// The sentences of each category, then for each criterion the strong and the weak ones.
fn sentence_groups(programme: &Programme) -> Vec<Vec<&str>> {
    let categories = programme.categories.iter().map(prototype_texts);
    let sides = programme.criteria.iter().flat_map(|c| [&c.strong, &c.weak]);
    categories.chain(sides.map(|side| side.iter().map(String::as_str).collect())).collect()
}

fn split(vectors: &Vectors, groups: &[Vec<&str>]) -> Vec<Vectors> {
    let mut rows = vectors.rows();
    let mut take = |n: usize| rows.by_ref().take(n).flatten().copied().collect();
    groups.iter().map(|group| Vectors::new(vectors.dim(), take(group.len()))).collect()
}

fn concatenate(dim: usize, parts: &[Vectors]) -> Vectors {
    Vectors::new(dim, parts.iter().flat_map(Vectors::as_slice).copied().collect())
}

fn pair(sides: Vec<Vectors>) -> Vec<Contrast> {
    let mut sides = sides.into_iter();
    let mut contrasts = Vec::new();
    while let (Some(strong), Some(weak)) = (sides.next(), sides.next()) {
        contrasts.push(Contrast { strong, weak });
    }
    contrasts
}
