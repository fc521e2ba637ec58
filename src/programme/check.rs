//! What a programme must satisfy beyond being well-formed TOML.

use std::collections::{BTreeMap, BTreeSet};

use super::folder::Folder;
use super::place::Step::{Item, Key};
use super::place::{SourceFile, Step};
use super::{
    Category, CategoryIndex, Criterion, Floor, MAX_SIGNAL_SHARE, Programme, ProgrammeError, Signal, SignalScale,
};
use crate::clean::comparison_key;

/// Weights are written by people, with two or three decimals.
const WEIGHT_TOLERANCE: f32 = 0.001;

/// Collects what is wrong with one file.
pub(super) struct Checker<'a> {
    file: SourceFile<'a>,
    problems: &'a mut Vec<ProgrammeError>,
}

impl<'a> Checker<'a> {
    pub fn new(file: SourceFile<'a>, problems: &'a mut Vec<ProgrammeError>) -> Self {
        Self { file, problems }
    }

    pub fn require(&mut self, at: &[Step<'_>], holds: bool, problem: impl FnOnce() -> String) {
        if !holds {
            self.problems.push(ProgrammeError::Invalid(self.file.remark(at, problem())));
        }
    }
}

impl Programme {
    /// Everything that stands against using it, the settings first.
    pub(super) fn check(&self, folder: &Folder, problems: &mut Vec<ProgrammeError>) {
        self.check_settings(&mut Checker::new(folder.settings(), problems));
        let categories = &mut Checker::new(folder.categories(), problems);
        self.check_categories(categories);
        self.check_descriptions(categories);
        self.check_levels(categories);
        self.check_criteria(&mut Checker::new(folder.criteria(), problems));
        self.check_floors(&mut Checker::new(folder.settings(), problems));
        self.check_signals(&mut Checker::new(folder.settings(), problems));
        self.check_channels(&mut Checker::new(folder.settings(), problems));
        self.check_exemplars(folder.exemplars(), problems);
    }

    fn check_settings(&self, file: &mut Checker<'_>) {
        let settings = &self.settings;
        file.require(&[Key("selection"), Key("per_category")], settings.selection.per_category > 0, || {
            "selection.per_category is 0; give the number of cases to shortlist in each category".into()
        });
        for (name, value) in
            [("min_margin", settings.decision.min_margin), ("min_secondary", settings.decision.min_secondary)]
        {
            file.require(&[Key("decision"), Key(name)], (0.0..=1.0).contains(&value), || {
                format!("decision.{name} is {value}; give a probability from 0 to 1")
            });
        }
        let temperature = settings.decision.temperature;
        file.require(&[Key("decision"), Key("temperature")], temperature > 0.0 && temperature.is_finite(), || {
            format!("decision.temperature is {temperature}; give a number above 0")
        });
        let scale = &settings.relevance;
        file.require(
            &[Key("relevance"), Key("spread")],
            scale.spread > 0.0 && scale.spread.is_finite() && scale.midpoint.is_finite(),
            || "relevance.spread must be above 0 and both relevance figures finite".into(),
        );
        self.check_review(file);
    }

    fn check_review(&self, file: &mut Checker<'_>) {
        let review = &self.settings.review;
        let (lowest, highest) = (review.lowest, review.highest);
        let is_scale = lowest.is_finite() && highest.is_finite() && lowest < highest;
        file.require(&[Key("review"), Key("highest")], is_scale, || {
            format!("review.lowest is {lowest} and review.highest {highest}; give a lower and a higher number")
        });
        let share = review.panel_share;
        file.require(&[Key("review"), Key("panel_share")], share > 0.0 && share <= 1.0, || {
            format!("review.panel_share is {share}; give a number above 0 and at most 1")
        });
        file.require(&[Key("review"), Key("winners_per_category")], review.winners_per_category != Some(0), || {
            "review.winners_per_category is 0; leave the line out or give a number above 0".into()
        });
    }

    /// `file` is the one with the floors; the quotas of the categories are known by now.
    fn check_floors(&self, file: &mut Checker<'_>) {
        let floors = &self.settings.selection.floors;
        floors.iter().enumerate().for_each(|(index, floor)| check_floor(file, index, floor));
        let kept: usize = floors.iter().map(|floor| floor.at_least).sum();
        let smallest = (0..self.categories.len()).map(|i| self.quota(CategoryIndex(i))).min().unwrap_or(0);
        let last = floors.len().saturating_sub(1);
        let steps = [Key("selection"), Key("floor"), Item(last), Key("at_least")];
        file.require(&steps, kept <= smallest, || {
            format!("the floors keep {kept} places, the smallest quota is {smallest}; keep no more than there are")
        });
    }

    pub(super) fn check_categories(&self, file: &mut Checker<'_>) {
        file.require(&[Key("category")], !self.categories.is_empty(), || "no category; give at least one".into());
        unique(file, "category", self.categories.iter().map(|c| c.id.as_str()));
        self.categories.iter().enumerate().for_each(|(index, category)| check_category(file, index, category));
    }

    /// A category of a programme folder says what belongs to it; one that is a bare name cannot.
    fn check_descriptions(&self, file: &mut Checker<'_>) {
        for (index, category) in self.categories.iter().enumerate() {
            let described = self.is_by_level() || !category.about.trim().is_empty() || !category.prototypes.is_empty();
            file.require(&[Key("category"), Item(index), Key("about")], described, || {
                format!("category {:?} has no description; give `about` or `prototypes`", category.id)
            });
        }
    }

    /// Where categories are levels, one takes the nominations whose level nobody can tell.
    fn check_levels(&self, file: &mut Checker<'_>) {
        if !self.is_by_level() {
            return;
        }
        let without = self.categories.iter().filter(|category| category.levels.is_empty()).count();
        file.require(&[Key("category")], without == 1, || {
            format!("{without} categories have no levels; exactly one must have none: it takes nominations whose level is missing or unknown")
        });
        let mut owners: BTreeMap<String, usize> = BTreeMap::new();
        for (index, category) in self.categories.iter().enumerate() {
            for level in &category.levels {
                let at = [Key("category"), Item(index), Key("levels")];
                let key = comparison_key(level);
                file.require(&at, !key.is_empty(), || {
                    format!("category {:?} has an empty level; remove it", category.id)
                });
                let owner = *owners.entry(key).or_insert(index);
                file.require(&at, owner == index, || {
                    format!("the level {level:?} is claimed by {:?} and {:?}", self.categories[owner].id, category.id)
                });
            }
        }
    }

    fn check_criteria(&self, file: &mut Checker<'_>) {
        file.require(&[Key("criterion")], !self.criteria.is_empty(), || "no criterion; give at least one".into());
        unique(file, "criterion", self.criteria.iter().map(|c| c.id.as_str()));
        self.criteria.iter().enumerate().for_each(|(index, criterion)| check_criterion(file, index, criterion));
        let sum: f32 = self.criteria.iter().map(|c| c.weight).sum();
        let last = [Key("criterion"), Item(self.criteria.len().saturating_sub(1)), Key("weight")];
        file.require(&last, (sum - 1.0).abs() <= WEIGHT_TOLERANCE, || {
            format!("the weights of the criteria sum to {sum:.3}; make them sum to 1")
        });
    }

    fn check_signals(&self, file: &mut Checker<'_>) {
        let (share, signals) = (self.settings.signal_share, &self.settings.signals);
        if signals.is_empty() {
            file.require(&[Key("signal_share")], share == 0.0, || {
                "signal_share is given and no [[signals]]; give some, or remove the line".into()
            });
            return;
        }
        file.require(&[Key("signal_share")], share > 0.0 && share <= MAX_SIGNAL_SHARE, || {
            format!(
                "signal_share is {share}; give the share of all signals in the relevance, above 0 to {MAX_SIGNAL_SHARE}"
            )
        });
        unique(file, "signals", signals.iter().map(|s| s.id.as_str()));
        signals.iter().enumerate().for_each(|(index, signal)| check_signal(file, index, signal, share));
        let sum: f32 = signals.iter().map(|s| s.weight).sum();
        let last = [Key("signals"), Item(signals.len() - 1), Key("weight")];
        file.require(&last, (sum - 1.0).abs() <= WEIGHT_TOLERANCE, || {
            format!("the weights of the signals sum to {sum:.3}; make them sum to 1")
        });
        let mut owners = BTreeMap::new();
        for (index, signal) in signals.iter().enumerate() {
            for header in signal.headers() {
                let owner = *owners.entry(header.clone()).or_insert(index);
                file.require(&[Key("signals"), Item(index), Key("columns")], owner == index, || {
                    format!("the column {header:?} is claimed by {:?} and {:?}", signals[owner].id, signal.id)
                });
            }
        }
    }
}

fn check_signal(file: &mut Checker<'_>, index: usize, signal: &Signal, share: f32) {
    let Signal { id, name, scale, low, high, weight, cap, .. } = signal;
    let at = |key| [Key("signals"), Item(index), Key(key)];
    file.require(&at("name"), !name.trim().is_empty(), || format!("signal {id:?} has no name"));
    file.require(&at("weight"), *weight > 0.0 && weight.is_finite(), || {
        format!("signal {id:?} has weight {weight}; give a number above 0")
    });
    file.require(&at("cap"), cap.is_none_or(|cap| cap > 0.0 && cap <= share), || {
        format!("signal {id:?} has another cap than above 0 to signal_share ({share}); it is a share of the relevance")
    });
    match (scale, low, high) {
        (SignalScale::Rank, None, None) => {}
        (SignalScale::Rank, ..) => {
            file.require(&at("scale"), false, || format!("signal {id:?} goes by rank; remove low and high"))
        }
        (_, Some(low), Some(high)) => {
            file.require(&at("low"), low.is_finite() && high.is_finite() && low < high, || {
                format!("signal {id:?} has low {low} and high {high}; low must be the smaller one")
            });
            file.require(&at("low"), *scale == SignalScale::Linear || *low >= 0.0, || {
                format!("signal {id:?} goes by logarithm and has low {low}; give 0 or more")
            });
        }
        _ => file.require(&at("scale"), false, || {
            format!("signal {id:?} needs low and high: the numbers that become 0 and 100")
        }),
    }
}

fn check_floor(file: &mut Checker<'_>, index: usize, floor: &Floor) {
    let at = |key| [Key("selection"), Key("floor"), Item(index), Key(key)];
    file.require(&at("value"), !floor.value.trim().is_empty(), || "a floor has an empty value".into());
    file.require(&at("at_least"), floor.at_least > 0, || {
        format!("the floor for {:?} keeps 0 places; remove it or give a number above 0", floor.value)
    });
    file.require(&at("min_relevance"), (0.0..=100.0).contains(&floor.min_relevance), || {
        format!("the floor for {:?} has min_relevance {}; give 0 to 100", floor.value, floor.min_relevance)
    });
}

fn check_category(file: &mut Checker<'_>, index: usize, category: &Category) {
    let id = &category.id;
    let at = |key| [Key("category"), Item(index), Key(key)];
    file.require(&at("name"), !category.name.trim().is_empty(), || format!("category {id:?} has no name"));
    file.require(&at("quota"), category.quota != Some(0), || {
        format!("category {id:?} has a quota of 0; leave the line out or give a number above 0")
    });
    for (key, texts) in [("prototypes", &category.prototypes), ("keywords", &category.keywords)] {
        file.require(&at(key), texts.iter().all(|t| !t.trim().is_empty()), || {
            format!("category {id:?} has an empty entry in {key}; remove it")
        });
    }
}

fn check_criterion(file: &mut Checker<'_>, index: usize, criterion: &Criterion) {
    let id = &criterion.id;
    let at = |key| [Key("criterion"), Item(index), Key(key)];
    file.require(&at("name"), !criterion.name.trim().is_empty(), || format!("criterion {id:?} has no name"));
    file.require(&at("weight"), criterion.weight > 0.0 && criterion.weight.is_finite(), || {
        format!("criterion {id:?} has weight {}; give a number above 0", criterion.weight)
    });
    for (side, texts) in [("strong", &criterion.strong), ("weak", &criterion.weak)] {
        file.require(&at(side), texts.iter().any(|t| !t.trim().is_empty()), || {
            format!("criterion {id:?} has no {side} sentence; a criterion is a contrast, give both sides")
        });
    }
}

pub(super) fn unique<'a>(file: &mut Checker<'_>, kind: &str, ids: impl Iterator<Item = &'a str>) {
    let mut seen = BTreeSet::new();
    for (index, id) in ids.enumerate() {
        let at = [Key(kind), Item(index), Key("id")];
        file.require(&at, !id.trim().is_empty(), || format!("a {kind} has an empty id"));
        file.require(&at, seen.insert(id), || format!("{kind} {id:?} is there twice; ids must differ"));
    }
}
