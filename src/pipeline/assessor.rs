//! A programme placed in an encoder's space: what judges a nomination, batch or no batch.

use rayon::prelude::*;

use super::Library;
use super::tracks::Reading;
use crate::classify::{Case, Classification, Classifier, by_level, features, prototype_texts};
use crate::embed::{EmbedError, Encoder, NominationVectors, Role, Space, Vectors, embed_nominations};
use crate::head::{Example, Features, Grams, Head, HeadError, Identity};
use crate::nomination::Nomination;
use crate::passages::{Reader, WindowLimits, Windows, windows};
use crate::programme::{Exemplar, Programme};
use crate::progress::Progress;
use crate::score::{Assessment, Contrast, MarkerKind, MarkerSet, Merit, ModelCase, Scorer, enter_signals};

/// Classifies and scores nominations by one programme and one encoder.
pub struct Assessor<'a> {
    programme: &'a Programme,
    encoder: &'a Encoder,
    space: Space,
    classifier: Classifier,
    scorer: Scorer,
    limits: WindowLimits,
    markers: MarkerSet,
    /// What was embedded before.
    reading: Option<&'a Reading>,
    seed: u64,
}

/// What became of the wish to adapt to a batch.
#[derive(Debug)]
pub enum Adaptation {
    /// The batch was judged by this head.
    Used(Box<Head>),
    /// It was judged as without the wish, for this reason.
    NotUsed(HeadError),
}

impl<'a> Assessor<'a> {
    /// Embeds the programme's own sentences and model cases. `seed` is that of the resampling.
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
        let texts: Vec<&str> = groups.iter().flatten().map(String::as_str).collect();
        let raw = encoder.embed(&texts, Role::Query, progress)?.vectors;
        let space = encoder.centre().map_or_else(|| Space::around(&raw), |centre| Space::new(centre.to_vec()));
        let mut vectors = split(&space.place(&raw), &groups);
        let contrasts = vectors.split_off(programme.categories.len());
        let typical = concatenate(raw.dim(), &vectors);
        let limits = WindowLimits::default();
        let described = Self {
            classifier: Classifier::new(programme, vectors),
            scorer: Scorer::new(programme, pair(contrasts), typical, seed),
            limits: WindowLimits { max_tokens: limits.max_tokens.min(encoder.content_tokens(Role::Query)), ..limits },
            markers: MarkerSet::new(&programme.markers),
            programme,
            encoder,
            space,
            reading: None,
            seed,
        };
        if programme.exemplars.is_empty() { Ok(described) } else { described.with_exemplars(progress) }
    }

    /// Learns from the programme's model cases, which it judges as nominations for that.
    fn with_exemplars(self, progress: &dyn Progress) -> Result<Self, EmbedError> {
        let exemplars = &self.programme.exemplars;
        let nominations: Vec<Nomination> = exemplars.iter().map(as_nomination).collect();
        let windows = self.windows(&nominations);
        let vectors = self.embed(&nominations, &windows, progress)?;
        let categories = exemplars.iter().map(|exemplar| self.programme.category_of(exemplar));
        let features = self.features(&nominations, &windows, &vectors).into_iter();
        let labelled: Vec<Example> =
            features.zip(categories).filter_map(|(features, category)| Some((features, category?.0))).collect();
        let grades = || exemplars.iter().map(|exemplar| exemplar.grade);
        let (lowest, highest) = (grades().fold(f64::INFINITY, f64::min), grades().fold(f64::NEG_INFINITY, f64::max));
        let judged = nominations.par_iter().zip(&windows).zip(&vectors).zip(exemplars);
        let cases = judged.map(|(((nomination, windows), vectors), exemplar)| ModelCase {
            passages: passages(nomination, windows, vectors),
            place: (exemplar.grade - lowest) / (highest - lowest),
            by_criteria: self.scorer.by_criteria(&self.scorer.scores(nomination, windows, vectors)),
        });
        let cases: Vec<ModelCase> = cases.collect();
        let classifier = self.classifier.with_model_cases(labelled);
        Ok(Self { classifier, scorer: self.scorer.with_model_cases(&cases), ..self })
    }

    /// Classifies by `head`, which must have been made for the same programme and encoder, and scores by the merit that
    /// it has learned. Its weights are for the programme to have.
    #[must_use]
    pub fn with_head(self, head: Head) -> Self {
        let scorer = head.merit().into_iter().fold(self.scorer, Scorer::with_merit);
        Self { classifier: self.classifier.with_head(head), scorer, ..self }
    }

    /// Counts what the cases of `library` say as known, when novelty is judged.
    #[must_use]
    pub fn with_library(self, library: &Library) -> Self {
        let Some(passages) = library.cases().passages() else { return self };
        Self { scorer: self.scorer.with_known(&passages), ..self }
    }

    /// Embeds nothing again that `reading` holds.
    #[must_use]
    pub(super) fn with_reading(self, reading: &'a Reading) -> Self {
        Self { reading: Some(reading), ..self }
    }

    /// The sentences that describe the categories, as rows to learn from.
    #[must_use]
    pub fn descriptions(&self) -> Vec<Example> {
        self.classifier.descriptions()
    }

    /// What a head sees of each nomination.
    #[must_use]
    pub fn features(
        &self,
        nominations: &[Nomination],
        windows: &[Windows],
        vectors: &[NominationVectors],
    ) -> Vec<Features> {
        cases(nominations, windows, vectors).par_iter().map(features).collect()
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
        let embed = |nominations: &[Nomination], windows: &[Windows]| {
            embed_nominations(self.encoder, &self.space, nominations, windows, progress)
        };
        let Some(reading) = self.reading else { return embed(nominations, windows) };
        let known = nominations.iter().zip(windows).map(|(n, w)| reading.find(&self.space, n, w));
        let mut found: Vec<Option<NominationVectors>> = known.collect();
        let missing: Vec<usize> = (0..found.len()).filter(|&at| found[at].is_none()).collect();
        let others: Vec<Nomination> = missing.iter().map(|&at| nominations[at].clone()).collect();
        let other_windows: Vec<Windows> = missing.iter().map(|&at| windows[at].clone()).collect();
        let embedded = embed(&others, &other_windows)?;
        missing.into_iter().zip(embedded).for_each(|(at, vectors)| found[at] = Some(vectors));
        Ok(found.into_iter().flatten().collect())
    }

    /// The space in which it compares.
    pub(super) fn space(&self) -> &Space {
        &self.space
    }

    /// Puts every nomination into a category.
    #[must_use]
    pub fn classify(
        &self,
        nominations: &[Nomination],
        windows: &[Windows],
        vectors: &[NominationVectors],
    ) -> Vec<Classification> {
        if self.programme.is_by_level() {
            return nominations.iter().map(|nomination| by_level(self.programme, nomination)).collect();
        }
        cases(nominations, windows, vectors).par_iter().map(|case| self.classifier.classify(case)).collect()
    }

    /// Puts every nomination into a category by a head that is adapted to them, where there are enough of them.
    #[must_use]
    pub fn classify_adapting(
        &self,
        identity: Identity,
        nominations: &[Nomination],
        windows: &[Windows],
        vectors: &[NominationVectors],
    ) -> (Vec<Classification>, Adaptation) {
        if self.programme.is_by_level() {
            return (self.classify(nominations, windows, vectors), Adaptation::NotUsed(HeadError::ByLevel));
        }
        let cases = cases(nominations, windows, vectors);
        // In the order of the ids: which order the inputs were given in says nothing.
        let mut batch = cases.clone();
        batch.sort_by(|a, b| a.nomination.id.cmp(&b.nomination.id));
        match self.classifier.adapted(identity, &batch) {
            Ok(head) => {
                let classifications = cases.par_iter().map(|case| self.classifier.classify_by(&head, case)).collect();
                (classifications, Adaptation::Used(Box::new(head)))
            }
            Err(reason) => (self.classify(nominations, windows, vectors), Adaptation::NotUsed(reason)),
        }
    }

    /// The scores of the criteria, `[nominations, criteria]`, 0 to 100, that nominations have with `merit`.
    #[must_use]
    pub fn scores_with_merit<'n>(
        &self,
        merit: &Merit,
        nominations: impl IntoIterator<Item = (&'n Nomination, &'n Windows, &'n NominationVectors)>,
    ) -> Vec<Vec<f32>> {
        let scorer = self.scorer.clone().with_merit(merit.clone());
        nominations.into_iter().map(|(n, w, v)| scorer.scores(n, w, v)).collect()
    }

    /// Scores every nomination on every criterion, and lets the signals that came with it enter its relevance.
    #[must_use]
    pub fn score(
        &self,
        nominations: &[Nomination],
        windows: &[Windows],
        vectors: &[NominationVectors],
    ) -> Vec<Assessment> {
        let judged = nominations.par_iter().zip(windows).zip(vectors);
        let mut assessments: Vec<Assessment> = judged.map(|((n, w), v)| self.scorer.assess(n, w, v)).collect();
        enter_signals(&self.programme.settings, nominations, &mut assessments, self.seed);
        assessments
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

fn as_nomination(exemplar: &Exemplar) -> Nomination {
    let Exemplar { title, text, .. } = exemplar;
    Nomination { title: title.clone(), text: text.clone(), ..Nomination::default() }
}

/// What is seen of each passage, or of the title of a case that has none.
fn passages(nomination: &Nomination, windows: &Windows, vectors: &NominationVectors) -> Vec<Features> {
    let seen = |text: &str, vector: &[f32]| Features { dense: vector.to_vec(), grams: Grams::of(text) };
    if windows.passages.is_empty() {
        return vec![seen(&windows.title, &vectors.title)];
    }
    let texts = windows.passages.iter().map(|passage| &nomination.text[passage.range.clone()]);
    texts.zip(vectors.passages.rows()).map(|(text, vector)| seen(text, vector)).collect()
}

/// The sentences of each category, then for each criterion the strong and the weak ones.
fn sentence_groups(programme: &Programme) -> Vec<Vec<String>> {
    let categories = programme.categories.iter().map(prototype_texts);
    let sides = programme.criteria.iter().flat_map(|c| [&c.strong, &c.weak]);
    categories.chain(sides.cloned()).collect()
}

fn cases<'a>(nominations: &'a [Nomination], windows: &'a [Windows], vectors: &'a [NominationVectors]) -> Vec<Case<'a>> {
    let all = nominations.iter().zip(windows).zip(vectors);
    all.map(|((nomination, windows), vectors)| Case { nomination, windows, vectors }).collect()
}

fn split(vectors: &Vectors, groups: &[Vec<String>]) -> Vec<Vectors> {
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
        contrasts.push(Contrast::new(strong, weak));
    }
    contrasts
}
