//! What a programme must satisfy beyond being well-formed TOML.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Category, Criterion, Programme, ProgrammeError};

/// Weights are written by people, with two or three decimals.
const WEIGHT_TOLERANCE: f32 = 0.001;

impl Programme {
    pub(super) fn check_settings(&self, path: &Path) -> Result<(), ProgrammeError> {
        let settings = &self.settings;
        require(path, settings.selection.per_category > 0, || {
            "selection.per_category is 0; give the number of cases to shortlist in each category".into()
        })?;
        for (name, value) in
            [("min_margin", settings.decision.min_margin), ("min_secondary", settings.decision.min_secondary)]
        {
            require(path, (0.0..=1.0).contains(&value), || {
                format!("decision.{name} is {value}; give a probability from 0 to 1")
            })?;
        }
        require(path, settings.decision.temperature > 0.0 && settings.decision.temperature.is_finite(), || {
            format!("decision.temperature is {}; give a number above 0", settings.decision.temperature)
        })?;
        let scale = &settings.relevance;
        require(path, scale.spread > 0.0 && scale.spread.is_finite() && scale.midpoint.is_finite(), || {
            "relevance.spread must be above 0 and both relevance figures finite".into()
        })
    }

    pub(super) fn check_categories(&self, path: &Path) -> Result<(), ProgrammeError> {
        require(path, !self.categories.is_empty(), || "no category; give at least one".into())?;
        unique(path, "category", self.categories.iter().map(|c| c.id.as_str()))?;
        self.categories.iter().try_for_each(|category| check_category(path, category))
    }

    pub(super) fn check_criteria(&self, path: &Path) -> Result<(), ProgrammeError> {
        require(path, !self.criteria.is_empty(), || "no criterion; give at least one".into())?;
        unique(path, "criterion", self.criteria.iter().map(|c| c.id.as_str()))?;
        self.criteria.iter().try_for_each(|criterion| check_criterion(path, criterion))?;
        let sum: f32 = self.criteria.iter().map(|c| c.weight).sum();
        require(path, (sum - 1.0).abs() <= WEIGHT_TOLERANCE, || {
            format!("the weights of the criteria sum to {sum:.3}; make them sum to 1")
        })
    }
}

fn check_category(path: &Path, category: &Category) -> Result<(), ProgrammeError> {
    let id = &category.id;
    require(path, !category.name.trim().is_empty(), || format!("category {id:?} has no name"))?;
    require(path, category.quota != Some(0), || {
        format!("category {id:?} has a quota of 0; leave the line out or give a number above 0")
    })?;
    let texts = category.prototypes.iter().chain(&category.keywords);
    require(path, texts.clone().all(|t| !t.trim().is_empty()), || {
        format!("category {id:?} has an empty prototype or keyword; remove it")
    })
}

fn check_criterion(path: &Path, criterion: &Criterion) -> Result<(), ProgrammeError> {
    let id = &criterion.id;
    require(path, !criterion.name.trim().is_empty(), || format!("criterion {id:?} has no name"))?;
    require(path, criterion.weight > 0.0 && criterion.weight.is_finite(), || {
        format!("criterion {id:?} has weight {}; give a number above 0", criterion.weight)
    })?;
    for (side, texts) in [("strong", &criterion.strong), ("weak", &criterion.weak)] {
        require(path, texts.iter().any(|t| !t.trim().is_empty()), || {
            format!("criterion {id:?} has no {side} sentence; a criterion is a contrast, give both sides")
        })?;
    }
    Ok(())
}

fn unique<'a>(path: &Path, kind: &str, ids: impl Iterator<Item = &'a str>) -> Result<(), ProgrammeError> {
    let mut seen = BTreeSet::new();
    for id in ids {
        require(path, !id.trim().is_empty(), || format!("a {kind} has an empty id"))?;
        require(path, seen.insert(id), || format!("{kind} {id:?} is there twice; ids must differ"))?;
    }
    Ok(())
}

fn require(path: &Path, holds: bool, problem: impl FnOnce() -> String) -> Result<(), ProgrammeError> {
    if holds { Ok(()) } else { Err(ProgrammeError::Invalid { path: path.to_owned(), problem: problem() }) }
}
