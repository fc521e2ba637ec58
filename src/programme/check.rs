//! What a programme must satisfy beyond being well-formed TOML.

use std::collections::BTreeSet;

use super::place::Step::{Item, Key};
use super::place::{SourceFile, Step};
use super::{Category, Criterion, Floor, Programme, ProgrammeError};

/// Weights are written by people, with two or three decimals.
const WEIGHT_TOLERANCE: f32 = 0.001;

impl Programme {
    pub(super) fn check_settings(&self, file: &SourceFile<'_>) -> Result<(), ProgrammeError> {
        let settings = &self.settings;
        require(file, &[Key("selection"), Key("per_category")], settings.selection.per_category > 0, || {
            "selection.per_category is 0; give the number of cases to shortlist in each category".into()
        })?;
        for (name, value) in
            [("min_margin", settings.decision.min_margin), ("min_secondary", settings.decision.min_secondary)]
        {
            require(file, &[Key("decision"), Key(name)], (0.0..=1.0).contains(&value), || {
                format!("decision.{name} is {value}; give a probability from 0 to 1")
            })?;
        }
        let temperature = settings.decision.temperature;
        require(file, &[Key("decision"), Key("temperature")], temperature > 0.0 && temperature.is_finite(), || {
            format!("decision.temperature is {temperature}; give a number above 0")
        })?;
        let scale = &settings.relevance;
        require(
            file,
            &[Key("relevance"), Key("spread")],
            scale.spread > 0.0 && scale.spread.is_finite() && scale.midpoint.is_finite(),
            || "relevance.spread must be above 0 and both relevance figures finite".into(),
        )?;
        let review = &settings.review;
        let (lowest, highest) = (review.lowest, review.highest);
        let is_scale = lowest.is_finite() && highest.is_finite() && lowest < highest;
        require(file, &[Key("review"), Key("highest")], is_scale, || {
            format!("review.lowest is {lowest} and review.highest {highest}; give a lower and a higher number")
        })?;
        let share = review.panel_share;
        require(file, &[Key("review"), Key("panel_share")], share > 0.0 && share <= 1.0, || {
            format!("review.panel_share is {share}; give a number above 0 and at most 1")
        })
    }

    /// `file` is the one with the floors; the quotas of the categories are known by now.
    pub(super) fn check_floors(&self, file: &SourceFile<'_>) -> Result<(), ProgrammeError> {
        let floors = &self.settings.selection.floors;
        floors.iter().enumerate().try_for_each(|(index, floor)| check_floor(file, index, floor))?;
        let kept: usize = floors.iter().map(|floor| floor.at_least).sum();
        let smallest = (0..self.categories.len()).map(|i| self.quota(super::CategoryIndex(i))).min().unwrap_or(0);
        let last = floors.len().saturating_sub(1);
        let steps = [Key("selection"), Key("floor"), Item(last), Key("at_least")];
        require(file, &steps, kept <= smallest, || {
            format!("the floors keep {kept} places, the smallest quota is {smallest}; keep no more than there are")
        })
    }

    pub(super) fn check_categories(&self, file: &SourceFile<'_>) -> Result<(), ProgrammeError> {
        require(file, &[Key("category")], !self.categories.is_empty(), || "no category; give at least one".into())?;
        unique(file, "category", self.categories.iter().map(|c| c.id.as_str()))?;
        self.categories.iter().enumerate().try_for_each(|(index, category)| check_category(file, index, category))
    }

    /// A category of a programme folder says what belongs to it; one that is a bare name cannot.
    pub(super) fn check_descriptions(&self, file: &SourceFile<'_>) -> Result<(), ProgrammeError> {
        self.categories.iter().enumerate().try_for_each(|(index, category)| {
            let described = !category.about.trim().is_empty() || !category.prototypes.is_empty();
            require(file, &[Key("category"), Item(index), Key("about")], described, || {
                format!("category {:?} has no description; give `about` or `prototypes`", category.id)
            })
        })
    }

    pub(super) fn check_criteria(&self, file: &SourceFile<'_>) -> Result<(), ProgrammeError> {
        require(file, &[Key("criterion")], !self.criteria.is_empty(), || "no criterion; give at least one".into())?;
        unique(file, "criterion", self.criteria.iter().map(|c| c.id.as_str()))?;
        self.criteria.iter().enumerate().try_for_each(|(index, criterion)| check_criterion(file, index, criterion))?;
        let sum: f32 = self.criteria.iter().map(|c| c.weight).sum();
        let last = [Key("criterion"), Item(self.criteria.len().saturating_sub(1)), Key("weight")];
        require(file, &last, (sum - 1.0).abs() <= WEIGHT_TOLERANCE, || {
            format!("the weights of the criteria sum to {sum:.3}; make them sum to 1")
        })
    }
}

fn check_floor(file: &SourceFile<'_>, index: usize, floor: &Floor) -> Result<(), ProgrammeError> {
    let at = |key| [Key("selection"), Key("floor"), Item(index), Key(key)];
    require(file, &at("value"), !floor.value.trim().is_empty(), || "a floor has an empty value".into())?;
    require(file, &at("at_least"), floor.at_least > 0, || {
        format!("the floor for {:?} keeps 0 places; remove it or give a number above 0", floor.value)
    })?;
    require(file, &at("min_relevance"), (0.0..=100.0).contains(&floor.min_relevance), || {
        format!("the floor for {:?} has min_relevance {}; give 0 to 100", floor.value, floor.min_relevance)
    })
}

fn check_category(file: &SourceFile<'_>, index: usize, category: &Category) -> Result<(), ProgrammeError> {
    let id = &category.id;
    let at = |key| [Key("category"), Item(index), Key(key)];
    require(file, &at("name"), !category.name.trim().is_empty(), || format!("category {id:?} has no name"))?;
    require(file, &at("quota"), category.quota != Some(0), || {
        format!("category {id:?} has a quota of 0; leave the line out or give a number above 0")
    })?;
    for (key, texts) in [("prototypes", &category.prototypes), ("keywords", &category.keywords)] {
        require(file, &at(key), texts.iter().all(|t| !t.trim().is_empty()), || {
            format!("category {id:?} has an empty entry in {key}; remove it")
        })?;
    }
    Ok(())
}

fn check_criterion(file: &SourceFile<'_>, index: usize, criterion: &Criterion) -> Result<(), ProgrammeError> {
    let id = &criterion.id;
    let at = |key| [Key("criterion"), Item(index), Key(key)];
    require(file, &at("name"), !criterion.name.trim().is_empty(), || format!("criterion {id:?} has no name"))?;
    require(file, &at("weight"), criterion.weight > 0.0 && criterion.weight.is_finite(), || {
        format!("criterion {id:?} has weight {}; give a number above 0", criterion.weight)
    })?;
    for (side, texts) in [("strong", &criterion.strong), ("weak", &criterion.weak)] {
        require(file, &at(side), texts.iter().any(|t| !t.trim().is_empty()), || {
            format!("criterion {id:?} has no {side} sentence; a criterion is a contrast, give both sides")
        })?;
    }
    Ok(())
}

fn unique<'a>(file: &SourceFile<'_>, kind: &str, ids: impl Iterator<Item = &'a str>) -> Result<(), ProgrammeError> {
    let mut seen = BTreeSet::new();
    for (index, id) in ids.enumerate() {
        let at = [Key(kind), Item(index), Key("id")];
        require(file, &at, !id.trim().is_empty(), || format!("a {kind} has an empty id"))?;
        require(file, &at, seen.insert(id), || format!("{kind} {id:?} is there twice; ids must differ"))?;
    }
    Ok(())
}

fn require(
    file: &SourceFile<'_>,
    at: &[Step<'_>],
    holds: bool,
    problem: impl FnOnce() -> String,
) -> Result<(), ProgrammeError> {
    if holds {
        return Ok(());
    }
    Err(ProgrammeError::Invalid { path: file.path.to_owned(), line: file.line_of(at), problem: problem() })
}
