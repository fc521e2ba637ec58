//! Where in a programme file something stands.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::Remark;

/// A file of a programme, to point into.
#[derive(Debug, Clone, Copy)]
pub(super) struct SourceFile<'a> {
    pub path: &'a Path,
    /// As it was read.
    pub text: &'a str,
}

/// A step from the whole file towards a value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    Key(&'a str),
    Item(usize),
}

impl SourceFile<'_> {
    /// Something to say of the value at `steps`.
    pub fn remark(&self, steps: &[Step<'_>], text: String) -> Remark {
        Remark { path: self.path.to_owned(), line: self.line_of(steps), text }
    }

    /// The line, from 1, of the value at `steps`, or of the nearest thing around it that is there. None where the
    /// file is no TOML.
    pub fn line_of(&self, steps: &[Step<'_>]) -> Option<usize> {
        let root = DeTable::parse(self.text).ok()?;
        let mut nearest = None;
        let mut next = match steps.first()? {
            Step::Key(key) => root.get_ref().get(*key),
            Step::Item(_) => None,
        };
        for step in &steps[1..] {
            let Some(value) = next else { break };
            // An array of tables has no place of its own.
            if !value.get_ref().is_array() {
                nearest = Some(value.span().start);
            }
            next = child(value.get_ref(), *step);
        }
        let start = next.map(|value| value.span().start).or(nearest)?;
        Some(self.text[..start].matches('\n').count() + 1)
    }
}

fn child<'v, 'i>(value: &'v DeValue<'i>, step: Step<'_>) -> Option<&'v toml::Spanned<DeValue<'i>>> {
    match step {
        Step::Key(key) => value.get(key),
        Step::Item(index) => value.get(index),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_its_line_and_a_missing_one_that_of_its_table() {
        let text = "a = 1\n\n[[item]]\nid = 'x'\n\n[[item]]\nid = 'y'\nquota = 0\n";
        let file = SourceFile { path: Path::new("f.toml"), text };
        let line = |key| file.line_of(&[Step::Key("item"), Step::Item(1), Step::Key(key)]);
        assert_eq!((line("quota"), line("about")), (Some(8), Some(6)));
        assert_eq!(file.line_of(&[Step::Key("a")]), Some(1));
        assert_eq!(file.line_of(&[Step::Key("b"), Step::Key("c")]), None);
        assert_eq!(SourceFile { path: Path::new("f.json"), text: "[1]" }.line_of(&[Step::Key("a")]), None);
    }
}
