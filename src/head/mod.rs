//! Labelled rows, or an unlabelled batch, in; a [`Head`] that classifies in the programme's stead out.
//!
//! A head is a kernel machine over what a text means (its vector) and how it is worded (its character n-grams). It
//! has one or two stages: `train` fits the first on labelled rows, `--adapt` the second on the batch it is to judge.
//! The descriptions of the programme's categories are rows of both, so that a category without a labelled row is
//! still known. A text that a stage was fitted on is judged by all the others, as if it came later.
//!
//! Where the labelled rows have grades, a head also holds the weights of the criteria that they suggest, and what they
//! value beyond the criteria.

mod adapt;
pub(crate) mod calibrate;
mod card;
mod described;
mod discriminant;
mod error;
mod features;
mod file;
mod identity;
mod machine;
mod ranking;
pub(crate) mod ridge;
mod train;

use crate::score::Merit;
use adapt::{Adapted, Known};
use train::Trained;

pub(crate) use described::Described;
pub(crate) use features::{BUCKETS, Rarity, Weighted, product};

pub use adapt::{Guess, MIN_TEXTS_PER_CATEGORY, texts_needed};
pub use card::{Card, Data};
pub use error::HeadError;
pub use features::{Features, Grams};
pub use file::HEAD_SCHEMA;
pub use identity::{Identity, ModelIdentity, ProgrammeIdentity};
pub use ranking::{Ranking, RankingMerit};
pub use train::Example;

/// Fewer labelled rows than this are no training set.
pub const MIN_LABELLED: usize = 10;

/// A classifier that was learned.
#[derive(Debug, Clone)]
pub struct Head {
    identity: Identity,
    card: Option<Card>,
    ranking: Option<Ranking>,
    trained: Option<Trained>,
    adapted: Option<Adapted>,
}

impl Head {
    /// Trains on `labelled` beside the programme's `descriptions`; `data` is what the card says of the rows.
    ///
    /// # Errors
    /// When there are fewer than [`MIN_LABELLED`] rows, or all are of one category.
    pub fn train(
        identity: Identity,
        labelled: &[Example],
        descriptions: &[Example],
        data: Data,
    ) -> Result<Self, HeadError> {
        let columns = identity.programme.categories.len();
        let mut rows_by_category = vec![0; columns];
        labelled.iter().for_each(|(_, category)| rows_by_category[*category] += 1);
        let occurring = rows_by_category.iter().filter(|&&rows| rows > 0).count();
        if labelled.len() < MIN_LABELLED || occurring < 2 {
            return Err(HeadError::TooFewRows { rows: labelled.len(), categories: occurring });
        }
        let (trained, validation) = Trained::fit(labelled, descriptions, columns);
        let card = Card::new(&identity, data, &rows_by_category, &trained, validation);
        Ok(Self { identity, card: Some(card), ranking: None, trained: Some(trained), adapted: None })
    }

    /// With what graded rows say of the order.
    #[must_use]
    pub fn with_ranking(self, ranking: Option<Ranking>) -> Self {
        Self { ranking, ..self }
    }

    /// Adapts to `batch`: a head with a second stage. `trained` is the one whose logits the batch comes with; without
    /// it they come from the programme's descriptions.
    ///
    /// # Errors
    /// When the batch has fewer than [`texts_needed`].
    pub fn adapt(
        identity: Identity,
        trained: Option<Self>,
        batch: &[Guess],
        descriptions: &[Example],
    ) -> Result<Self, HeadError> {
        let columns = identity.programme.categories.len();
        let needed = texts_needed(columns);
        if batch.len() < needed {
            return Err(HeadError::SmallBatch { texts: batch.len(), categories: columns, needed });
        }
        let (card, ranking, trained) =
            trained.map_or((None, None, None), |head| (head.card, head.ranking, head.trained));
        let labelled = trained.as_ref().map_or_else(Vec::new, Trained::labelled);
        let adapted = Adapted::fit(batch, &Known { descriptions, labelled }, columns);
        Ok(Self { identity, card, ranking, trained, adapted: Some(adapted) })
    }

    /// What it was made for.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// What it was trained on and how good it was; none for one that was only adapted.
    #[must_use]
    pub fn card(&self) -> Option<&Card> {
        self.card.as_ref()
    }

    /// What graded rows say of the order, where there were enough of them.
    #[must_use]
    pub fn ranking(&self) -> Option<&Ranking> {
        self.ranking.as_ref()
    }

    /// What past decisions valued beyond the criteria, where they show something.
    #[must_use]
    pub fn merit(&self) -> Option<Merit> {
        self.ranking.as_ref()?.merit(self.identity.model.dimension).ok()?
    }

    /// Whether it was adapted to a batch already.
    #[must_use]
    pub fn is_adapted(&self) -> bool {
        self.adapted.is_some()
    }

    /// A logit per category, `[categories] f64`. `described` gives what the programme's descriptions say, which counts
    /// where there are no labelled rows.
    #[must_use]
    pub fn logits(&self, features: &Features, described: impl FnOnce() -> Vec<f64>) -> Vec<f64> {
        let prior = self.trained.as_ref().map_or_else(described, |trained| trained.logits(features));
        match &self.adapted {
            Some(adapted) => adapted.logits(features, &prior),
            None => prior,
        }
    }
}
