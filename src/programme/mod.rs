//! A programme: the categories, criteria, wording and quotas of one award, read from files.
//!
//! A programme is a folder with three TOML files and, where there are model cases, `exemplars.jsonl`; nothing of any
//! programme is compiled into the code. The folders under `prompts/` also travel inside the executable, so that a name is enough.

mod channels;
mod check;
mod exemplars;
mod files;
mod folder;
mod moves;
mod place;
mod suspicious;
mod tracks;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::clean::comparison_key;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use channels::{Channel, ChannelIndex};
use check::Checker;
pub use exemplars::{Exemplar, MIN_EXEMPLARS};
pub use files::{
    Category, Criterion, DecisionRule, Direction, Floor, FloorField, Language, MAX_SIGNAL_SHARE, Markers, PanelScore,
    RelevanceScale, ReviewRule, Selection, Settings, Signal, SignalScale,
};
use folder::{FILES, Folder};
pub use moves::{Move, Weight};
use place::SourceFile;
pub use tracks::{SameCase, Track, TrackIndex, Tracks};

/// The programme used when none is named.
pub const DEFAULT_PROGRAMME: &str = "digital-government-2023";

/// A shorter declared name is not looked for inside others.
const MIN_LOOSE_NAME_CHARS: usize = 3;

/// What stands between several names in one cell.
const SEPARATORS: [char; 11] = ['、', '，', ',', '；', ';', '/', '／', '|', '｜', '\n', '\r'];

/// Position of a category in its programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CategoryIndex(pub usize);

/// Position of a criterion in its programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CriterionIndex(pub usize);

/// What an award programme says of itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Programme {
    /// Names, quotas and thresholds (`programme.toml`).
    pub settings: Settings,
    /// In the order of the file; never empty.
    pub categories: Vec<Category>,
    /// In the order of the file; may be empty (`evaluate --categories`).
    pub criteria: Vec<Criterion>,
    /// Phrases looked for in sentences.
    pub markers: Markers,
    /// Model cases, in the order of the file; mostly none, or at least [`MIN_EXEMPLARS`].
    pub exemplars: Vec<Exemplar>,
    /// SHA-256 over the files, lower-case hex: what `run.json` records.
    pub sha256: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoriesFile {
    category: Vec<Category>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CriteriaFile {
    criterion: Vec<Criterion>,
    #[serde(default)]
    markers: Markers,
}

/// Why a programme cannot be used.
#[derive(Debug, Error)]
pub enum ProgrammeError {
    /// Neither a built-in name nor a folder.
    #[error("no programme {name:?}: not a built-in one ({built_in}) and not a folder; give one of these names or the path of a folder with {}", FILES.join(", "))]
    Unknown {
        /// As given.
        name: String,
        /// What there is.
        built_in: String,
    },
    /// A file of the programme cannot be read.
    #[error("{}: cannot be read: {cause}; a programme folder needs {}", path.display(), FILES.join(", "))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A file is not the TOML, or JSON, it should be. The cause names the line.
    #[error("{}: {cause}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What the parser said, with line and column.
        cause: String,
    },
    /// The files parse, but do not make a programme.
    #[error("{0}")]
    Invalid(Remark),
}

/// Something to say of a programme's file, where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1, where it can be told.
    pub line: Option<usize>,
    /// What to mend, or to think about.
    pub text: String,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.text)
    }
}

impl Programme {
    /// Loads a built-in programme by name, or the one in folder `name`.
    ///
    /// # Errors
    /// When it is neither, or a file is missing, malformed or contradicts itself.
    pub fn load(name: &str) -> Result<Self, ProgrammeError> {
        let read = Folder::open(name).and_then(|folder| Self::read(&folder));
        read.map_err(|mut problems| problems.swap_remove(0))
    }

    /// Loads a programme as [`Programme::load`] does, and says what is allowed in it and yet rarely meant.
    ///
    /// # Errors
    /// Everything that stands against loading it; never empty.
    pub fn inspect(name: &str) -> Result<(Self, Vec<Remark>), Vec<ProgrammeError>> {
        let folder = Folder::open(name)?;
        let programme = Self::read(&folder)?;
        let remarks = programme.suspicious(&folder);
        Ok((programme, remarks))
    }

    /// The names of the programmes inside the executable.
    #[must_use]
    pub fn built_in() -> Vec<String> {
        folder::built_in()
    }

    /// A programme of bare category names: each name is its category's only prompt.
    ///
    /// `json` is an array of names; `path` is for messages.
    ///
    /// # Errors
    /// When `json` is not an array of distinct, non-empty strings.
    pub fn from_category_names(path: &Path, json: &str) -> Result<Self, ProgrammeError> {
        let names: Vec<String> = serde_json::from_str(json).map_err(|e| ProgrammeError::Malformed {
            path: path.to_owned(),
            cause: format!("{e}; a JSON array of category names is expected"),
        })?;
        let categories = names.into_iter().map(|name| Category {
            id: name.clone(),
            name_en: name.clone(),
            name,
            ..Category::default()
        });
        let programme = Self {
            settings: Settings {
                id: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
                name: String::new(),
                name_en: String::new(),
                language: Language::Zh,
                selection: Selection { per_category: 10, rescue_per_category: 0, floors: Vec::new() },
                decision: DecisionRule {
                    min_margin: 0.1,
                    min_secondary: 0.25,
                    temperature: DecisionRule::default_temperature(),
                    min_characters: 0,
                },
                relevance: RelevanceScale::default(),
                review: ReviewRule::default(),
                signal_share: 0.0,
                signals: Vec::new(),
                channels: Vec::new(),
            },
            categories: categories.collect(),
            criteria: Vec::new(),
            markers: Markers::default(),
            exemplars: Vec::new(),
            sha256: crate::digest::sha256_hex([json.as_bytes()]),
        };
        let mut problems = Vec::new();
        programme.check_categories(&mut Checker::new(SourceFile { path, text: json }, &mut problems));
        problems.into_iter().next().map_or(Ok(programme), Err)
    }

    /// Name of the category `id` in `language`; the id where there is none.
    #[must_use]
    pub fn category_name<'s>(&'s self, id: &'s str, language: Language) -> &'s str {
        let known = self.categories.iter().find(|category| category.id == id);
        known.map_or(id, |category| language.pick(&category.name, &category.name_en))
    }

    /// Name of the criterion `id` in `language`; the id where there is none.
    #[must_use]
    pub fn criterion_name<'s>(&'s self, id: &'s str, language: Language) -> &'s str {
        let known = self.criteria.iter().find(|criterion| criterion.id == id);
        known.map_or(id, |criterion| language.pick(&criterion.name, &criterion.name_en))
    }

    /// Whether categories are administrative levels.
    #[must_use]
    pub fn is_by_level(&self) -> bool {
        self.categories.iter().any(|category| !category.levels.is_empty())
    }

    /// The category in which the administrative level `given` competes, where one names it.
    #[must_use]
    pub fn category_of_level(&self, given: &str) -> Option<CategoryIndex> {
        let wanted = comparison_key(given);
        let competes = |category: &Category| category.levels.iter().any(|level| comparison_key(level) == wanted);
        self.categories.iter().position(competes).map(CategoryIndex)
    }

    /// How many of `category` are shortlisted.
    #[must_use]
    pub fn quota(&self, category: CategoryIndex) -> usize {
        self.categories[category.0].quota.unwrap_or(self.settings.selection.per_category)
    }

    /// How many of `category` win, where `top` were shortlisted in place of the quota.
    #[must_use]
    pub fn winners(&self, category: CategoryIndex, top: Option<usize>) -> usize {
        self.settings.review.winners_per_category.or(top).unwrap_or_else(|| self.quota(category))
    }

    /// How many cases the rescue sample has, where so many are below the line.
    #[must_use]
    pub fn rescue_size(&self) -> usize {
        self.settings.selection.rescue_per_category * self.categories.len()
    }

    /// The category that `declared` names: by id, name or alias, or else the only one whose name
    /// contains it or is contained in it.
    ///
    /// Quotation marks, spaces and width do not matter (“互联网+政务服务” and 互联网＋政务服务 are one).
    #[must_use]
    pub fn find_category(&self, declared: &str) -> Option<CategoryIndex> {
        find_named(self.categories.iter(), declared).map(CategoryIndex)
    }

    fn read(folder: &Folder) -> Result<Self, Vec<ProgrammeError>> {
        let mut problems = Vec::new();
        let settings: Option<Settings> = from_toml(folder.settings(), &mut problems);
        let categories: Option<CategoriesFile> = match (folder.has_categories(), &settings) {
            (false, Some(settings)) => Some(CategoriesFile { category: vec![Category::of_all(settings)] }),
            _ => from_toml(folder.categories(), &mut problems),
        };
        let criteria: Option<CriteriaFile> = from_toml(folder.criteria(), &mut problems);
        let exemplars = exemplars::read(folder.exemplars(), &mut problems);
        let (Some(settings), Some(categories), Some(criteria)) = (settings, categories, criteria) else {
            return Err(problems);
        };
        let programme = Self {
            settings,
            categories: categories.category,
            criteria: criteria.criterion,
            markers: criteria.markers,
            exemplars,
            sha256: folder.sha256(),
        };
        if problems.is_empty() {
            programme.check(folder, &mut problems);
        }
        if problems.is_empty() { Ok(programme) } else { Err(problems) }
    }
}

/// The position of the one that `declared` names: by id, name or alias, or else the only one whose name contains it or is
/// contained in it.
fn find_named<'a>(described: impl Iterator<Item = &'a Category>, declared: &str) -> Option<usize> {
    let wanted = comparison_key(declared);
    let keys = |category: &Category| -> Vec<String> {
        let names = [&category.id, &category.name, &category.name_en].into_iter().chain(&category.aliases);
        names.map(|name| comparison_key(name)).filter(|key| !key.is_empty()).collect()
    };
    let all: Vec<Vec<String>> = described.map(keys).collect();
    let named = |matches: &dyn Fn(&String) -> bool| -> Vec<usize> {
        let found = all.iter().enumerate().filter(|(_, keys)| keys.iter().any(matches));
        found.map(|(position, _)| position).collect()
    };
    let exact = named(&|key| *key == wanted);
    let loose = || {
        let telling = wanted.chars().count() >= MIN_LOOSE_NAME_CHARS;
        let found = if telling { named(&|key| key.contains(&wanted) || wanted.contains(key)) } else { Vec::new() };
        found.first().copied().filter(|_| found.len() == 1)
    };
    exact.first().copied().or_else(loose)
}

fn from_toml<T: serde::de::DeserializeOwned>(file: SourceFile<'_>, problems: &mut Vec<ProgrammeError>) -> Option<T> {
    let malformed = |cause: toml::de::Error| ProgrammeError::Malformed {
        path: file.path.to_owned(),
        cause: cause.to_string().trim_end().to_owned(),
    };
    toml::from_str(file.text).map_err(|cause| problems.push(malformed(cause))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built_in() -> Programme {
        Programme::load(DEFAULT_PROGRAMME).expect("the built-in programme loads")
    }

    #[test]
    fn every_built_in_programme_loads() {
        for name in Programme::built_in() {
            Programme::load(&name).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }

    #[test]
    fn a_declared_category_is_found_however_it_is_written() {
        let programme = built_in();
        let found = |declared: &str| programme.find_category(declared).map(|c| programme.categories[c.0].id.clone());
        let first = &programme.categories[0];
        for declared in [&first.id, &first.name, &first.name_en, &format!(" “{}” ", first.name)] {
            assert_eq!(found(declared), Some(first.id.clone()), "{declared}");
        }
        assert_eq!(found("不是类别的名称"), None);
        assert_eq!(found(""), None);
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let message = Programme::load("no-such").expect_err("there is none").to_string();
        assert!(message.contains(DEFAULT_PROGRAMME), "{message}");
    }

    fn broken(file: &str, from: &str, to: &str) -> String {
        let folder = tempfile::tempdir().expect("a folder");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts").join(DEFAULT_PROGRAMME);
        for name in FILES {
            let text = std::fs::read_to_string(source.join(name)).expect("a programme file");
            let text = if name == file { text.replacen(from, to, 1) } else { text };
            std::fs::write(folder.path().join(name), text).expect("written");
        }
        Programme::load(&folder.path().display().to_string()).expect_err("it is broken").to_string()
    }

    #[test]
    fn mistakes_are_named_with_file_and_line() {
        let line = |file: &str, nth: usize, start: &str| {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts").join(DEFAULT_PROGRAMME).join(file);
            let text = std::fs::read_to_string(path).expect("a programme file");
            let found = text.lines().enumerate().filter(|(_, line)| line.starts_with(start)).nth(nth);
            format!("line {}", found.expect("it is there").0 + 1)
        };
        let unknown = broken("categories.toml", "name = ", "nmae = ");
        let names = [line("categories.toml", 0, "name = "), "categories.toml".into(), "nmae".into()];
        assert!(names.iter().all(|name| unknown.contains(name)), "{unknown}");

        let weights = broken("criteria.toml", "weight = 0.", "weight = 0.9");
        assert!(weights.contains(&format!("criteria.toml, {}: ", line("criteria.toml", 6, "weight = "))), "{weights}");
        assert!(weights.contains("sum to 1"), "{weights}");

        let quota = broken("programme.toml", "per_category = 10", "per_category = 0");
        let place = format!("programme.toml, {}: ", line("programme.toml", 0, "per_category = "));
        assert!(quota.contains(&place) && quota.contains("per_category is 0"), "{quota}");

        let quota = broken("categories.toml", "id = \"digital-governance\"", "id = \"digital-governance\"\nquota = 0");
        assert!(quota.contains("categories.toml, line ") && quota.contains("quota of 0"), "{quota}");
    }

    #[test]
    fn a_category_that_says_nothing_of_itself_is_refused() {
        let bare = "[[category]]\nid = \"bare\"\nname = \"Bare\"\n\n[[category]]";
        let message = broken("categories.toml", "[[category]]", bare);
        assert!(
            message.contains("\"bare\" has no description; give `about`") && message.contains(", line "),
            "{message}"
        );
    }

    #[test]
    fn floors_must_fit_into_the_quotas() {
        let with = |floor: &str| broken("programme.toml", "[decision]", &format!("{floor}\n[decision]"));
        let many = with("[[selection.floor]]\nfield = \"level\"\nvalue = \"乡镇\"\nat_least = 11");
        assert!(many.contains("programme.toml, line ") && many.contains("the smallest quota is 10"), "{many}");
        let none = with("[[selection.floor]]\nfield = \"level\"\nvalue = \"乡镇\"\nat_least = 0");
        assert!(none.contains("keeps 0 places"), "{none}");
        let other = with("[[selection.floor]]\nfield = \"unit\"\nvalue = \"x\"\nat_least = 1");
        assert!(other.contains("line ") && other.contains("unit"), "{other}");
    }

    #[test]
    fn category_names_alone_make_a_programme() {
        let path = Path::new("categories.json");
        let programme = Programme::from_category_names(path, r#"["汽车", "旅游"]"#).expect("two names");
        assert_eq!(programme.find_category("旅游"), Some(CategoryIndex(1)));
        assert!(Programme::from_category_names(path, r#"["汽车", "汽车"]"#).is_err());
        assert!(Programme::from_category_names(path, r#"{"a": 1}"#).is_err());
    }
}
