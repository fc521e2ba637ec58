//! What a programme may say and yet rarely means: worth a look, no reason to refuse it.

use std::collections::BTreeMap;

use super::folder::Folder;
use super::place::Step::{Item, Key};
use super::place::{SourceFile, Step};
use super::{Category, Criterion, Programme, Remark};
use crate::clean::comparison_key;
use crate::search::is_han;

/// The nearest three sentences of a category count; from one or two, a single odd one decides.
const MIN_PROTOTYPES: usize = 3;

/// The nearest five sentences of each side of a criterion count.
const MIN_EXAMPLES: usize = 5;

/// Shorter keywords and phrases hide in ordinary words.
const MIN_HAN: usize = 2;
const MIN_LETTERS: usize = 3;

impl Programme {
    /// Remarks on every file, in the order of the folder.
    pub(super) fn suspicious(&self, folder: &Folder) -> Vec<Remark> {
        let mut remarks = Remarks { file: folder.settings(), found: Vec::new() };
        self.settings_remarks(&mut remarks);
        remarks.file = folder.categories();
        remarks.when(!folder.has_categories(), &[Key("category")], || {
            "is not there: all nominations compete in one list of `per_category` places".into()
        });
        if folder.has_categories() && !self.is_by_level() {
            let categories = self.categories.iter().enumerate();
            categories.for_each(|(index, category)| category_remarks(&mut remarks, index, category));
            self.shared_words(&mut remarks);
        }
        remarks.file = folder.criteria();
        self.criteria
            .iter()
            .enumerate()
            .for_each(|(index, criterion)| criterion_remarks(&mut remarks, index, criterion));
        self.marker_remarks(&mut remarks);
        remarks.found
    }

    fn settings_remarks(&self, remarks: &mut Remarks<'_>) {
        let (selection, decision) = (&self.settings.selection, &self.settings.decision);
        remarks.when(selection.rescue_per_category == 0, &[Key("selection"), Key("rescue_per_category")], || {
            "no case is drawn from below the line, so that nobody learns what the line has missed".into()
        });
        remarks.when(decision.min_margin == 0.0, &[Key("decision"), Key("min_margin")], || {
            "with a min_margin of 0 no category is ever left to a person".into()
        });
        remarks.when(decision.min_characters == 0, &[Key("decision"), Key("min_characters")], || {
            "with min_characters 0 no material is ever flagged as short".into()
        });
    }

    /// Names and keywords that two categories claim.
    fn shared_words(&self, remarks: &mut Remarks<'_>) {
        for key in ["aliases", "keywords"] {
            let mut owners: BTreeMap<String, usize> = BTreeMap::new();
            for (index, category) in self.categories.iter().enumerate() {
                let words = if key == "aliases" { category.names() } else { category.keywords.iter().collect() };
                for word in words {
                    let owner = *owners.entry(comparison_key(word)).or_insert(index);
                    remarks.when(owner != index, &[Key("category"), Item(index), Key(key)], || {
                        let (this, other) = (&category.id, &self.categories[owner].id);
                        format!("{word:?} belongs to {this:?} and to {other:?}; it tells neither from the other")
                    });
                }
            }
        }
    }

    fn marker_remarks(&self, remarks: &mut Remarks<'_>) {
        let markers = &self.markers;
        for (key, phrases, without) in [
            ("planned", &markers.planned, "plans are not told from results"),
            ("outcome", &markers.outcome, "a measured change earns nothing"),
            ("slogan", &markers.slogan, "stock phrases cost nothing"),
            ("solicitation", &markers.solicitation, "requests to the judges are not recognised"),
        ] {
            let at = [Key("markers"), Key(key)];
            remarks.when(phrases.is_empty(), &at, || format!("no {key} phrase: {without}"));
            for phrase in phrases.iter().filter(|phrase| is_short(phrase)) {
                remarks.push(&at, format!("the {key} phrase {phrase:?} is so short that it hides in ordinary words"));
            }
        }
    }
}

impl Category {
    /// The names under which units may declare it.
    fn names(&self) -> Vec<&String> {
        let names = [&self.name, &self.name_en].into_iter().chain(&self.aliases);
        names.filter(|name| !name.is_empty()).collect()
    }
}

fn category_remarks(remarks: &mut Remarks<'_>, index: usize, category: &Category) {
    let Category { id, prototypes, keywords, .. } = category;
    let at = |key| [Key("category"), Item(index), Key(key)];
    remarks.when(prototypes.len() < MIN_PROTOTYPES, &at("prototypes"), || {
        format!("category {id:?} has {} of the {MIN_PROTOTYPES} prototypes that count", prototypes.len())
    });
    remarks.when(keywords.is_empty(), &at("keywords"), || format!("category {id:?} has no keyword"));
    for keyword in keywords.iter().filter(|keyword| is_short(keyword)) {
        let text = format!("the keyword {keyword:?} of {id:?} is so short that it hides in ordinary words");
        remarks.push(&at("keywords"), text);
    }
}

fn criterion_remarks(remarks: &mut Remarks<'_>, index: usize, criterion: &Criterion) {
    let Criterion { id, strong, weak, question, .. } = criterion;
    let at = |key| [Key("criterion"), Item(index), Key(key)];
    for (key, sentences) in [("strong", strong), ("weak", weak)] {
        remarks.when(sentences.len() < MIN_EXAMPLES, &at(key), || {
            format!("criterion {id:?} has {} of the {MIN_EXAMPLES} {key} sentences that count", sentences.len())
        });
    }
    for sentence in weak.iter().filter(|sentence| strong.contains(sentence)) {
        remarks.push(&at("weak"), format!("criterion {id:?} calls {sentence:?} both strong and weak"));
    }
    remarks.when(question.is_empty(), &at("question"), || {
        format!("criterion {id:?} has no question; experts are not told what it means")
    });
}

fn is_short(word: &str) -> bool {
    let least = if word.contains(is_han) { MIN_HAN } else { MIN_LETTERS };
    word.trim().chars().count() < least
}

/// Remarks on one file.
struct Remarks<'a> {
    file: SourceFile<'a>,
    found: Vec<Remark>,
}

impl Remarks<'_> {
    fn push(&mut self, at: &[Step<'_>], text: String) {
        self.found.push(self.file.remark(at, text));
    }

    fn when(&mut self, holds: bool, at: &[Step<'_>], text: impl FnOnce() -> String) {
        if holds {
            self.push(at, text());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> Vec<String> {
        let (_, remarks) = Programme::inspect(name).expect("it is valid");
        remarks.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_built_in_programmes_give_no_cause() {
        for name in Programme::built_in() {
            assert_eq!(of(&name), [""; 0], "{name}");
        }
    }

    #[test]
    fn what_is_thin_or_claimed_twice_is_named_with_its_line() {
        let told = of("tests/fixtures/programmes/gardens").join("\n");
        for part in [
            "categories.toml, line 5: category \"vegetables\" has 2 of the 3 prototypes",
            "criteria.toml, line 5: criterion \"results\" has 2 of the 5 strong sentences",
            "criterion \"pupils\" has no question",
        ] {
            assert!(told.contains(part), "{part}\n{told}");
        }
    }
}
