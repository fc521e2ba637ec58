//! The experts, and whose cases each of them must not judge.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use super::file_stem;
use crate::programme::Language;
use crate::report::RankingRecord;
use crate::report::wording::{Wording, fill};

/// A shorter name is not looked for inside others.
const MIN_LOOSE_NAME_CHARS: usize = 2;

/// One expert, a `[[expert]]` of a panel file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expert {
    /// As people know them; also what their judgments are filed under.
    pub name: String,
    /// Where they work: cases of this unit are not sent to them.
    #[serde(default)]
    pub unit: String,
    /// Ids of cases, or parts of a unit's or region's name, that are not sent to them either.
    #[serde(default)]
    pub recuse: Vec<String>,
    /// Ids of the categories they judge; all where none is named.
    #[serde(default)]
    pub categories: Vec<String>,
    /// Ids of the award series they judge, in a run over several; all where none is named.
    #[serde(default)]
    pub tracks: Vec<String>,
}

/// The experts of one review; names differ.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    /// In the order of the file; never empty.
    #[serde(rename = "expert")]
    pub experts: Vec<Expert>,
}

/// Why a panel file cannot be used.
#[derive(Debug, Error)]
pub enum PanelError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// It is not the TOML it should be. The cause names the line.
    #[error("{}: {cause}; give each expert as [[expert]] with a name", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What the parser said, with line and column.
        cause: toml::de::Error,
    },
    /// It parses, but makes no panel.
    #[error("{}: {problem}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What to mend.
        problem: String,
    },
}

impl Panel {
    /// `n` experts without names, free to judge every case.
    #[must_use]
    pub fn numbered(n: usize, language: Language) -> Self {
        let name = |i: usize| fill(Wording::of(language).workbook.expert_numbered, &[&i.to_string()]);
        Self { experts: (1..=n).map(|i| Expert { name: name(i), ..Expert::default() }).collect() }
    }

    /// Reads a panel file; `categories` and `tracks` are the ids there are.
    ///
    /// # Errors
    /// When it cannot be read, is not TOML, or names nobody, somebody twice, or a category or series that is not there.
    pub fn load(path: &Path, categories: &[String], tracks: &[String]) -> Result<Self, PanelError> {
        let text =
            std::fs::read_to_string(path).map_err(|cause| PanelError::Unreadable { path: path.to_owned(), cause })?;
        let mut panel: Self =
            toml::from_str(&text).map_err(|cause| PanelError::Malformed { path: path.to_owned(), cause })?;
        panel.experts.iter_mut().for_each(Expert::trim);
        match panel.problem(categories, tracks) {
            Some(problem) => Err(PanelError::Invalid { path: path.to_owned(), problem }),
            None => Ok(panel),
        }
    }

    fn problem(&self, categories: &[String], tracks: &[String]) -> Option<String> {
        if self.experts.is_empty() {
            return Some("it names no expert; add an [[expert]] with a name".to_owned());
        }
        for (i, expert) in self.experts.iter().enumerate() {
            if expert.name.is_empty() {
                return Some(format!("expert {} has no name; give one", i + 1));
            }
            if self.experts[..i].iter().any(|other| other.file_stem() == expert.file_stem()) {
                return Some(format!("the name {:?} is there twice; make them differ", expert.name));
            }
            for (kind, named, known) in
                [("category", &expert.categories, categories), ("award series", &expert.tracks, tracks)]
            {
                if let Some(unknown) = named.iter().find(|id| !known.contains(id)) {
                    let (name, known) = (&expert.name, known.join(", "));
                    let known = if known.is_empty() { "none".to_owned() } else { known };
                    return Some(format!("{name}: no {kind} {unknown:?}; the run has {known}"));
                }
            }
        }
        None
    }
}

impl Expert {
    /// Whether they may judge `case`.
    #[must_use]
    pub fn may_judge(&self, case: &RankingRecord) -> bool {
        let is_theirs = |name: &String| {
            let is_part = |of: &str| name.chars().count() >= MIN_LOOSE_NAME_CHARS && of.contains(name.as_str());
            case.id.as_str() == name || is_part(&case.unit) || is_part(&case.region)
        };
        let is_named = |own: &[String], id: &String| own.is_empty() || own.contains(id);
        let is_asked =
            is_named(&self.categories, &case.category) && case.track.iter().all(|track| is_named(&self.tracks, track));
        is_asked && !is_theirs(&self.unit) && !self.recuse.iter().any(is_theirs)
    }

    /// The name as a part of a file's name that every system takes.
    #[must_use]
    pub fn file_stem(&self) -> String {
        file_stem(&self.name)
    }

    fn trim(&mut self) {
        let fields = [&mut self.name, &mut self.unit].into_iter().chain(&mut self.recuse);
        let fields = fields.chain(&mut self.categories).chain(&mut self.tracks);
        fields.for_each(|field| *field = field.trim().to_owned());
        self.recuse.retain(|name| !name.is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::tests::case;

    fn load(text: &str) -> Result<Panel, String> {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("panel.toml");
        std::fs::write(&path, text).expect("it is written");
        Panel::load(&path, &["hotline".to_owned()], &["sites".to_owned()]).map_err(|error| error.to_string())
    }

    #[test]
    fn nobody_gets_cases_of_their_own_unit_or_of_whom_they_named() {
        let text = r#"
            [[expert]]
            name = " 张三 "
            unit = "甲市数据局"
            recuse = ["c3", "乙省"]
            [[expert]]
            name = "李四"
            categories = ["hotline"]"#;
        let panel = load(text).expect("a panel");
        let [zhang, li] = &panel.experts[..] else { panic!("two experts") };
        assert_eq!(zhang.name, "张三");
        for (id, unit, region, may) in [
            ("c1", "甲市数据局", "甲市", false),
            ("c2", "甲市数据局信息中心", "甲市", false),
            ("c3", "丙市政务办", "丙市", false),
            ("c4", "丁县政府", "乙省丁县", false),
            ("c5", "丙市政务办", "丙市", true),
        ] {
            let case = RankingRecord { unit: unit.into(), region: region.into(), ..case(id, "data") };
            assert_eq!(zhang.may_judge(&case), may, "{id}");
        }
        assert!(li.may_judge(&case("c1", "hotline")) && !li.may_judge(&case("c1", "data")));
    }

    #[test]
    fn a_panel_that_cannot_be_meant_is_refused_with_what_to_mend() {
        for (text, told) in [
            ("expert = []", "names no expert"),
            ("[[expert]]\nname = ''", "expert 1 has no name"),
            ("[[expert]]\nname = 'a b'\n[[expert]]\nname = 'a/b'", "twice"),
            ("[[expert]]\nname = 'a'\ncategories = ['x']", "no category \"x\""),
            ("[[expert]]\nname = 'a'\ntracks = ['x']", "no award series \"x\"; the run has sites"),
            ("[[expert]]\nname = 'a'\nrecus = []", "unknown field"),
        ] {
            let message = load(text).expect_err(text);
            assert!(message.contains(told) && message.contains("panel.toml"), "{message}");
        }
    }
}
