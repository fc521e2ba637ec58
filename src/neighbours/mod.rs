//! Which cases are nearest to a nomination, in its batch and among those of earlier years?
//!
//! They are named for the experts and move no score; what earlier years do to the novelty is in
//! [`Scorer::with_known`](crate::score::Scorer::with_known).

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::dedupe::same_case;
use crate::embed::{NominationVectors, Vectors};
use crate::nomination::{Nomination, NominationId, SourceRef};
use crate::search::{Finder, Match};

/// Named from the batch, and as many from the library.
const NAMED: usize = 2;

/// Of the library's nearest so many are read word by word for the same case told again.
const COMPARED: usize = 5;

/// A case near to a nomination.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbour {
    /// Where it was found.
    pub origin: Origin,
    /// Its id there.
    pub id: NominationId,
    /// Its title.
    pub title: String,
    /// Where it stands.
    pub source: SourceRef,
    /// Cosine of the two cases as wholes in hundredths, 0 to 100: unrelated cases of one programme have about 20.
    /// Does not depend on the other cases; which are the nearest does.
    pub similarity: f32,
    /// It tells the same case, word by word or nearly so.
    pub is_same_case: bool,
}

/// Where a neighbour was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Among the nominations of the same run.
    Batch,
    /// Among the past cases given by `--library`.
    Library,
}

/// Cases with their vectors, position by position.
#[derive(Debug, Clone, Copy)]
pub struct Cases<'a> {
    /// The cases.
    pub nominations: &'a [Nomination],
    /// Their vectors in the space of comparison.
    pub vectors: &'a [NominationVectors],
}

/// For each nomination of `batch` its nearest cases by words and meaning: those of the library first, each group
/// nearest first. Texts that are linked as duplicates of one case are no neighbours of each other; `stands_for` holds
/// for each position the id that stands for its group, if it is not that one itself.
#[must_use]
pub fn neighbours(batch: Cases<'_>, library: Cases<'_>, stands_for: &[Option<NominationId>]) -> Vec<Vec<Neighbour>> {
    let group = |position: usize| stands_for[position].as_ref().unwrap_or(&batch.nominations[position].id);
    let [in_batch, in_library] = [batch, library].map(Cases::finder);
    let find = |position: usize| {
        let query = batch.nominations[position].text.as_str();
        let vector = batch.vectors[position].whole();
        let mut found = library.named(Origin::Library, &in_library.find(query, &vector), query);
        let others = in_batch.find(query, &vector).into_iter();
        let others: Vec<Match> = others.filter(|m| group(m.text) != group(position)).take(NAMED).collect();
        found.extend(batch.named(Origin::Batch, &others, ""));
        found
    };
    (0..batch.nominations.len()).into_par_iter().map(find).collect()
}

impl Cases<'_> {
    /// The passages of all cases, `[passages, dim] f32`; none for no cases.
    #[must_use]
    pub fn passages(&self) -> Option<Vectors> {
        let dim = self.vectors.first()?.title.len();
        Some(Vectors::new(dim, self.vectors.iter().flat_map(|v| v.passages.as_slice()).copied().collect()))
    }

    fn finder(self) -> Finder {
        let wholes: Vec<Vec<f32>> = self.vectors.par_iter().map(NominationVectors::whole).collect();
        let dim = wholes.first().map_or(1, Vec::len);
        Finder::new(self.nominations.iter().map(|n| n.text.as_str()), Vectors::new(dim, wholes.concat()))
    }

    /// The nearest of `matches` by name, and every one among the first few that tells the case of `text` again.
    fn named(self, origin: Origin, matches: &[Match], text: &str) -> Vec<Neighbour> {
        let again = |m: &Match| origin == Origin::Library && same_case(text, &self.nominations[m.text].text);
        let compared = matches.iter().take(COMPARED).enumerate().map(|(rank, m)| (rank, m, again(m)));
        let named = compared.filter(|&(rank, _, is_same_case)| rank < NAMED || is_same_case);
        let mut found: Vec<Neighbour> =
            named.map(|(_, m, is_same_case)| self.neighbour(origin, m, is_same_case)).collect();
        found.sort_by(|a, b| b.is_same_case.cmp(&a.is_same_case).then(b.similarity.total_cmp(&a.similarity)));
        found
    }

    fn neighbour(self, origin: Origin, found: &Match, is_same_case: bool) -> Neighbour {
        let Nomination { id, title, source, .. } = &self.nominations[found.text];
        Neighbour {
            origin,
            id: id.clone(),
            title: title.clone(),
            source: source.clone(),
            similarity: 100.0 * found.similarity.clamp(0.0, 1.0),
            is_same_case,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALL: &str = "县大厅把七个部门的窗口合并为综合窗口，群众取一个号就能办完全部手续，平均等候时间由五十分钟减到十二分钟，周边三个县先后派人来学习。";

    fn cases(texts: &[(&str, &str, [f32; 2])]) -> (Vec<Nomination>, Vec<NominationVectors>) {
        let nomination = |id: &str, text: &str| Nomination {
            id: NominationId::new(id),
            title: format!("题{id}"),
            text: text.into(),
            ..Nomination::default()
        };
        let vectors = |v: [f32; 2]| NominationVectors { title: v.to_vec(), passages: Vectors::new(2, v.to_vec()) };
        texts.iter().map(|&(id, text, v)| (nomination(id, text), vectors(v))).unzip()
    }

    fn ids(found: &[Neighbour], origin: Origin) -> Vec<&str> {
        found.iter().filter(|n| n.origin == origin).map(|n| n.id.as_str()).collect()
    }

    #[test]
    fn the_nearest_are_named_and_the_own_case_is_not() {
        let (batch, batch_vectors) = cases(&[
            ("a", HALL, [1.0, 0.0]),
            ("b", &HALL.replace("周边三个县", "周边多个县"), [1.0, 0.0]),
            ("c", "渔船年审断网可办", [0.0, 1.0]),
            ("d", "渔船年审上线", [0.0, 1.0]),
            ("e", "大厅设自助终端", [0.8, 0.6]),
        ]);
        let (library, library_vectors) =
            cases(&[("2022-7", &HALL.replace("县大厅", "某县大厅"), [0.6, 0.8]), ("2022-9", "热线归并", [0.8, 0.6])]);
        let stands_for = [None, Some(NominationId::new("a")), None, None, None];
        let found = neighbours(
            Cases { nominations: &batch, vectors: &batch_vectors },
            Cases { nominations: &library, vectors: &library_vectors },
            &stands_for,
        );
        assert_eq!(ids(&found[0], Origin::Batch)[0], "e");
        assert!(!ids(&found[0], Origin::Batch).contains(&"b"), "a duplicate is no neighbour");
        assert_eq!(ids(&found[2], Origin::Batch)[0], "d");
        assert_eq!(ids(&found[0], Origin::Library)[0], "2022-7", "the same case goes first");
        assert!(found[0][0].is_same_case && !found[2][0].is_same_case);
        assert!((found[0][1].similarity - 80.0).abs() < 1e-3);
    }

    #[test]
    fn without_a_library_only_the_batch_is_named() {
        let (batch, vectors) = cases(&[("a", HALL, [1.0, 0.0])]);
        let none = Cases { nominations: &[], vectors: &[] };
        let found = neighbours(Cases { nominations: &batch, vectors: &vectors }, none, &[None]);
        assert!(found[0].is_empty() && none.passages().is_none());
    }
}
