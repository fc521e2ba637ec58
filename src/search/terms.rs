//! What counts as a word.

/// The terms of `text` in order: pairs of neighbouring Han characters, and whole words of other scripts in lower case.
///
/// Pairs do nearly as well as a segmenter for finding Chinese texts (Nie and Ren 1999), need no dictionary, and know
/// the newest name of a project.
#[must_use]
pub fn terms(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    let mut word = String::new();
    let mut before = None;
    for c in text.chars().flat_map(char::to_lowercase).chain([' ']) {
        let han = is_han(c);
        if !han && c.is_alphanumeric() {
            word.push(c);
            before = None;
            continue;
        }
        if !word.is_empty() {
            terms.push(std::mem::take(&mut word));
        }
        if let (Some(first), true) = (before, han) {
            terms.push([first, c].iter().collect());
        }
        before = han.then_some(c);
    }
    terms
}

/// How often `phrase` stands in `text`, both in lower case. A phrase in Latin letters begins where a word begins (`app`
/// is not in `happen`), and may end within one, so that `restor` finds restored and restoring.
pub(crate) fn occurrences(text: &str, phrase: &str) -> usize {
    let is_latin = phrase.starts_with(|c: char| c.is_ascii_alphabetic());
    let begins = |at: usize| !is_latin || !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
    text.match_indices(phrase).filter(|&(at, _)| begins(at)).count()
}

/// Whether `c` is a Han character.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn han_goes_by_pairs_and_other_scripts_by_words() {
        assert_eq!(terms("接诉即办，AI客服 Hotline-2"), ["接诉", "诉即", "即办", "ai", "客服", "hotline", "2"]);
        assert_eq!(terms("，。 "), Vec::<String>::new());
    }

    #[test]
    fn latin_phrases_begin_with_a_word_and_han_ones_anywhere() {
        assert_eq!(occurrences("it happens that apps and an app: 政务app", "app"), 3);
        assert_eq!(occurrences("市政务服务便民服务", "服务"), 2);
        assert_eq!(occurrences("热线12345，拨12345", "12345"), 2);
    }
}
