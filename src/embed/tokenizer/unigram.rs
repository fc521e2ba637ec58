//! The split of a text with the largest sum of scores, over a prepared tokenizer.
//!
//! Kudo, "Subword Regularization", ACL 2018, and the order of steps of the tokenizers crate, whose ids these are: special
//! tokens as they are written, then for what lies between them the character map, spaces joined, a mark before every
//! word, and the best split of every word by dynamic programming over its bytes. Sums are made in the same order and in
//! f64, so that ties fall the same way.

use super::Tokenizer;
use crate::model::{PreparedTokenizer, SpecialToken, WORD_MARK};

/// A Unigram tokenizer.
pub struct Unigram {
    prepared: PreparedTokenizer,
    /// What a special token can begin with.
    initials: Vec<char>,
}

/// The best way to the end of a byte.
#[derive(Clone, Copy)]
struct Arrival {
    /// Sum of the scores so far.
    score: f64,
    /// The last piece.
    id: u32,
    /// Where it begins; nothing while no way is known.
    start: Option<u32>,
}

const UNREACHED: Arrival = Arrival { score: 0.0, id: 0, start: None };

impl Unigram {
    pub fn new(prepared: PreparedTokenizer) -> Self {
        let mut initials: Vec<char> =
            prepared.special().iter().filter_map(|token| token.content.chars().next()).collect();
        initials.sort_unstable();
        initials.dedup();
        Self { prepared, initials }
    }

    /// The first special token of `text` and where it begins; of several that begin there the longest.
    fn first_special(&self, text: &str) -> Option<(usize, &SpecialToken)> {
        let at = |at: usize| {
            let here = self.prepared.special().iter().filter(|token| text[at..].starts_with(&token.content));
            here.max_by_key(|token| token.content.len()).map(|token| (at, token))
        };
        text.match_indices(self.initials.as_slice()).find_map(|(start, _)| at(start))
    }

    /// Appends the ids of a text without special tokens.
    fn plain(&self, text: &str, arrivals: &mut Vec<Arrival>, ids: &mut Vec<u32>) {
        let marked = marked(&self.prepared.normalize(text));
        let mut rest = marked.as_str();
        while !rest.is_empty() {
            let next = rest.char_indices().skip(1).find(|(_, character)| *character == WORD_MARK);
            let (word, others) = rest.split_at(next.map_or(rest.len(), |(at, _)| at));
            self.word(word, arrivals, ids);
            rest = others;
        }
    }

    /// Appends the ids of a word's best split. Neighbouring unknown characters are one.
    fn word(&self, word: &str, arrivals: &mut Vec<Arrival>, ids: &mut Vec<u32>) {
        self.arrive(word, arrivals);
        let (first, unknown) = (ids.len(), self.prepared.unknown_id());
        let mut end = word.len();
        while let Arrival { id, start: Some(start), .. } = arrivals[end] {
            if id != unknown || ids.len() == first || ids.last() != Some(&unknown) {
                ids.push(id);
            }
            end = start as usize;
        }
        ids[first..].reverse();
    }

    /// Fills `arrivals`, `[bytes + 1]`, from left to right.
    fn arrive(&self, word: &str, arrivals: &mut Vec<Arrival>) {
        arrivals.clear();
        arrivals.resize(word.len() + 1, UNREACHED);
        let zero_from = |start: usize| word[start..].find('\0').map_or(word.len(), |length| start + length);
        let mut zero = zero_from(0);
        for (start, character) in word.char_indices() {
            if start > zero {
                zero = zero_from(start);
            }
            let so_far = arrivals[start].score;
            let mut reach = |length: usize, id: u32, score: f64| {
                let arrival = &mut arrivals[start + length];
                let score = so_far + score;
                if arrival.start.is_none() || score > arrival.score {
                    *arrival = Arrival { score, id, start: u32::try_from(start).ok() };
                }
            };
            let mut whole_character = false;
            for (id, length, score) in self.prepared.pieces_at(&word.as_bytes()[start..zero]) {
                reach(length, id, score);
                whole_character |= length == character.len_utf8();
            }
            if !whole_character {
                reach(character.len_utf8(), self.prepared.unknown_id(), self.prepared.unknown_score());
            }
        }
    }
}

impl Tokenizer for Unigram {
    fn ids(&self, text: &str, special: bool) -> Result<Vec<u32>, String> {
        let (mut ids, mut arrivals, mut rest) = (Vec::new(), Vec::new(), text);
        if special {
            ids.extend_from_slice(self.prepared.before());
        }
        while let Some((at, token)) = self.first_special(rest) {
            self.plain(&rest[..at], &mut arrivals, &mut ids);
            ids.push(token.id);
            rest = &rest[at + token.content.len()..];
        }
        self.plain(rest, &mut arrivals, &mut ids);
        if special {
            ids.extend_from_slice(self.prepared.after());
        }
        Ok(ids)
    }

    fn size(&self) -> usize {
        self.prepared.size()
    }

    fn unknown_id(&self) -> Option<u32> {
        Some(self.prepared.unknown_id())
    }
}

/// A normalized text with spaces joined and turned into marks, and a mark at its beginning.
fn marked(text: &str) -> String {
    let mut marked = String::with_capacity(text.len() + WORD_MARK.len_utf8());
    let mut previous = None;
    for character in text.chars() {
        match (previous, character) {
            (Some(' '), ' ') => {}
            (_, ' ' | WORD_MARK) => marked.push(WORD_MARK),
            (None, _) => marked.extend([WORD_MARK, character]),
            _ => marked.push(character),
        }
        previous = Some(character);
    }
    marked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_are_joined_and_every_word_has_its_mark() {
        assert_eq!(marked(""), "");
        assert_eq!(marked("政务"), "▁政务");
        assert_eq!(marked("  a   b▁▁c "), "▁a▁b▁▁c▁");
        assert_eq!(marked("▁ a"), "▁▁a");
    }
}
