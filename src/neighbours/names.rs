//! Names that two texts share: the places of their units, and names in Latin letters.

use std::collections::BTreeSet;

use crate::nomination::Nomination;
use crate::search::is_han;

/// What a place's name ends with. Villages and towns are left out: their signs stand in common words of this field.
const PLACE_ENDINGS: [char; 7] = ['省', '市', '区', '县', '州', '旗', '盟'];

/// Characters of a place's name that stand for it.
const STEM: usize = 2;

/// Letters a word at the head of a unit's name must have to be a name.
const MIN_LETTERS: usize = 5;

/// Names that place a nomination.
pub(super) struct Names {
    own: BTreeSet<String>,
    /// Where the names of another are looked for.
    said: String,
}

impl Names {
    pub(super) fn of(nomination: &Nomination) -> Self {
        let Nomination { unit, title, text, .. } = nomination;
        let own = places(unit).into_iter().chain(capitalised(text)).chain(head(unit)).collect();
        Self { own, said: format!("{unit}\n{title}\n{text}") }
    }

    /// 1 where one says a name of the other, 0 where neither does, a half where one has none.
    pub(super) fn agreement(&self, other: &Self) -> f32 {
        if self.own.is_empty() || other.own.is_empty() {
            return 0.5;
        }
        let says = |a: &Self, b: &Self| b.own.iter().any(|name| a.said.contains(name));
        if says(self, other) || says(other, self) { 1.0 } else { 0.0 }
    }
}

/// The stems of the places in a unit's name, with its beginning, which mostly is one.
fn places(unit: &str) -> Vec<String> {
    let chars: Vec<char> = unit.chars().collect();
    let is_end = |&at: &usize| at == STEM || chars.get(at).is_some_and(|c| PLACE_ENDINGS.contains(c));
    let stems = (STEM..=chars.len()).filter(is_end).map(|at| &chars[at - STEM..at]);
    stems.filter(|stem| stem.iter().all(|c| is_han(*c))).map(|stem| stem.iter().collect()).collect()
}

/// Words of three letters and more that begin with a capital within a sentence.
fn capitalised(text: &str) -> impl Iterator<Item = String> + '_ {
    let words: Vec<&str> = text.split(' ').collect();
    let follows = |before: &str| before.ends_with(|c: char| c.is_ascii_lowercase() || c == ',');
    let names: Vec<String> = words.windows(2).filter(|w| follows(w[0])).filter_map(|w| name(w[1], 3)).collect();
    names.into_iter()
}

/// The first word of a unit's name in Latin letters.
fn head(unit: &str) -> Option<String> {
    name(unit.split(' ').next()?, MIN_LETTERS)
}

fn name(word: &str, min_letters: usize) -> Option<String> {
    let letters: String = word.chars().take_while(char::is_ascii_alphabetic).collect();
    (letters.len() >= min_letters && letters.starts_with(|c: char| c.is_ascii_uppercase())).then_some(letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(unit: &str, text: &str) -> Names {
        Names::of(&Nomination { unit: unit.into(), text: text.into(), ..Nomination::default() })
    }

    #[test]
    fn a_bureau_and_its_superior_agree_and_another_county_does_not() {
        let county = names("黄山市歙县应急管理局", "沿江布设水位计。");
        assert_eq!(county.agreement(&names("黄山市水利局", "全市推广。")), 1.0);
        assert_eq!(county.agreement(&names("建德市水利局", "下游布设水位计。")), 0.0);
        assert_eq!(county.agreement(&names("", "布设水位计。")), 0.5);
    }

    #[test]
    fn names_in_latin_letters_stand_within_sentences() {
        let one = names("The Trust", "Dams were set in the upper Brenn. Farmers help.");
        assert_eq!(one.own.iter().map(String::as_str).collect::<Vec<_>>(), ["Brenn"]);
        assert_eq!(one.agreement(&names("Corrin Council", "Along the Brenn it is dry.")), 1.0);
    }
}
