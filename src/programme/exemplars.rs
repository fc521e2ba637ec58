//! Model cases of a programme: texts with the grade, and the category, that people gave them.

use serde::{Deserialize, Serialize};

use super::{CategoryIndex, Programme, ProgrammeError, Remark, SourceFile};

/// Fewer say little of what tells one grade from another.
pub const MIN_EXEMPLARS: usize = 30;

/// No scale of grades goes further from 0.
const MAX_GRADE: f64 = 1e6;

/// One line of `exemplars.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exemplar {
    /// For people; may be empty.
    #[serde(default)]
    pub id: String,
    /// May be empty.
    #[serde(default)]
    pub title: String,
    /// What the case says of itself.
    pub text: String,
    /// Id or name of its category; may be empty, also where categories are levels.
    #[serde(default)]
    pub category: String,
    /// More is better; the lowest and the highest of the file are the ends of the scale.
    pub grade: f64,
}

/// The exemplars of `file`, one a line; empty lines are passed over.
pub(super) fn read(file: SourceFile<'_>, problems: &mut Vec<ProgrammeError>) -> Vec<Exemplar> {
    let mut exemplars = Vec::new();
    for (line, text) in written(file.text) {
        match serde_json::from_str(text) {
            Ok(exemplar) => exemplars.push(exemplar),
            Err(cause) => problems.push(invalid(file, line, unreadable(&cause))),
        }
    }
    exemplars
}

/// `cause` counts lines from that of the exemplar.
fn unreadable(cause: &serde_json::Error) -> String {
    let told = cause.to_string();
    let what = told.split(" at line ").next().unwrap_or_default();
    let remedy = "write `text`, a number as `grade`, and if wanted `title`, `category` and `id`, as one JSON object";
    format!("{what}, column {}; {remedy}", cause.column())
}

/// Lines that say something, each with its number, from 1.
fn written(text: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty())
}

fn invalid(file: SourceFile<'_>, line: usize, text: String) -> ProgrammeError {
    ProgrammeError::Invalid(Remark { path: file.path.to_owned(), line: Some(line), text })
}

impl Programme {
    /// The category of `exemplar`, where it has one.
    #[must_use]
    pub fn category_of(&self, exemplar: &Exemplar) -> Option<CategoryIndex> {
        Some(&exemplar.category)
            .filter(|category| !category.is_empty())
            .and_then(|category| self.find_category(category))
    }

    /// `file` is the one with the exemplars, of which every line could be read.
    pub(super) fn check_exemplars(&self, file: SourceFile<'_>, problems: &mut Vec<ProgrammeError>) {
        if self.exemplars.is_empty() {
            return;
        }
        let mut refuse = |line, text| problems.push(invalid(file, line, text));
        for ((line, _), exemplar) in written(file.text).zip(&self.exemplars) {
            if exemplar.text.trim().is_empty() {
                refuse(line, "an exemplar without text; write one or remove the line".into());
            }
            if exemplar.grade.abs() > MAX_GRADE {
                refuse(
                    line,
                    format!("the grade {} is none; give one from -{MAX_GRADE} to {MAX_GRADE}", exemplar.grade),
                );
            }
            if !exemplar.category.is_empty() && self.category_of(exemplar).is_none() {
                let known = self.categories.iter().map(|c| c.id.as_str()).collect::<Vec<_>>().join(", ");
                refuse(
                    line,
                    format!("the category {:?} is not one of the programme's; give one of {known}", exemplar.category),
                );
            }
        }
        let count = self.exemplars.len();
        let is_same = |exemplar: &Exemplar| exemplar.grade == self.exemplars[0].grade;
        if count < MIN_EXEMPLARS {
            refuse(count, format!("{count} exemplars are too few; give {MIN_EXEMPLARS} or remove the file"));
        } else if self.exemplars.iter().all(is_same) {
            refuse(count, "all exemplars have the same grade; give some of other grades or remove the file".into());
        }
    }
}
