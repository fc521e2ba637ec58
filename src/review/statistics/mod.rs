//! What a panel's judgments say: of the cases, of the judges, and of the shortlist that they were given.
//!
//! Every figure is a pure function of a [`Scores`]. An expert sees a part of the cases; what was not scored, whether by
//! assignment, recusal or abstention, is missing and stays so. `docs/statistics.md` tells what each figure means to a
//! coordinator, where its formula comes from, and which published example a test repeats.
//!
//! | figure | function |
//! | --- | --- |
//! | mean of a case, mean of its z-scores | [`raw_means`], [`z_means`] |
//! | the case freed from who judged it, the judge's severity | [`fit_facets`] |
//! | places with ties | [`competition_ranks`] |
//! | agreement of the panel | [`kendall_w`], [`krippendorff_alpha`] |
//! | a judge unlike the others | [`rest_correlations`], [`screen_judges`] |
//! | the program beside a judge | [`agreement`] |
//! | good cases below the line | [`miss_rate`] |

mod agreement;
mod alpha;
mod concordance;
mod facets;
mod means;
mod misses;
mod ranks;
mod scores;
mod screen;
#[cfg(test)]
mod simulation;

pub use agreement::{Agreement, Beside, MIN_SHARED_CASES, RestCorrelation, agreement, rest_correlations};
pub use alpha::{Alpha, Level, Subject, krippendorff_alpha};
pub use concordance::{Concordance, NoConcordance, kendall_w};
pub use facets::{CaseMeasure, FacetModel, JudgeMeasure, NoFacets, fit_facets};
pub use means::{CaseMean, raw_means, z_means};
pub use misses::{MissRate, miss_rate};
pub use ranks::{competition_ranks, display_order, tau_b};
pub(super) use scores::total_of;
pub use scores::{Component, JudgeId, RatedCriterion, Scale, ScoreError, Scored, Scores, Total};
pub use screen::{Concern, JudgeScreen, screen_judges};
