//! Which cases are nearest to a nomination, in its batch and among those of earlier years?
//!
//! They are named for the experts and move no score; what earlier years do to the novelty is in
//! [`Scorer::with_known`](crate::score::Scorer::with_known).

mod retold;

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::embed::{NominationVectors, Vectors};
use crate::nomination::{Nomination, NominationId, SourceRef};
use crate::passages::Windows;
use crate::search::{Finder, Match};
use retold::Telling;

/// Named from the batch, and as many from the library.
const NAMED: usize = 2;

/// So many of the nearest, of the batch and of the library, are read sentence by sentence for the same case told again;
/// no nomination names more.
const COMPARED: usize = 5;

/// Nominations that are looked up at once.
const BLOCK: usize = 16;

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
    /// It tells the same case: nearly word by word, or, as far as sentences, figures and names show, in other words.
    pub is_same_case: bool,
    /// Where it tells the same case, up to three sentences that correspond, the best first.
    pub matches: Vec<Correspondence>,
}

/// A sentence of a nomination and the one of its neighbour that says the same.
pub type Correspondence = (String, String);

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
    /// What was read of them.
    pub windows: &'a [Windows],
    /// Their vectors in the space of comparison.
    pub vectors: &'a [NominationVectors],
}

/// For each nomination of `batch` its nearest cases by words and meaning: those of the library first, each group
/// nearest first. Texts that are linked as duplicates of one case are no neighbours of each other; `stands_for` holds
/// for each position the id that stands for its group, if it is not that one itself.
#[must_use]
pub fn neighbours(batch: Cases<'_>, library: Cases<'_>, stands_for: &[Option<NominationId>]) -> Vec<Vec<Neighbour>> {
    let groups = groups(batch.nominations, stands_for);
    let [in_batch, in_library] = [batch, library].map(Corpus::new);
    let others = mirrored(in_batch.near(&in_batch, |position, other| groups[other] != groups[position]));
    let past = in_library.near(&in_batch, |_, _| true);
    let name = |(position, (past, others)): (usize, (&Vec<Near>, &Vec<Near>))| {
        let telling = &in_batch.tellings[position];
        let past = past.iter().map(|near| in_library.named(Origin::Library, near, telling));
        past.chain(others.iter().map(|near| in_batch.named(Origin::Batch, near, telling))).collect()
    };
    past.par_iter().zip(&others).enumerate().map(name).collect()
}

/// A number for each position, the same for texts that are linked as duplicates of one case.
fn groups(nominations: &[Nomination], stands_for: &[Option<NominationId>]) -> Vec<usize> {
    let mut numbers: BTreeMap<&NominationId, usize> = BTreeMap::new();
    let ids = nominations.iter().zip(stands_for).map(|(nomination, other)| other.as_ref().unwrap_or(&nomination.id));
    ids.map(|id| {
        let next = numbers.len();
        *numbers.entry(id).or_insert(next)
    })
    .collect()
}

/// A case that was found, and whether it tells the same.
#[derive(Clone, Copy)]
struct Near {
    found: Match,
    is_same_case: bool,
}

/// Links that one of two has found, on both; where many found the same one, it names the nearest of them.
fn mirrored(mut near: Vec<Vec<Near>>) -> Vec<Vec<Near>> {
    let same =
        near.iter().enumerate().flat_map(|(at, near)| near.iter().filter(|n| n.is_same_case).map(move |n| (at, *n)));
    let links: Vec<(usize, Near)> = same.collect();
    for (at, link) in links {
        let others = &mut near[link.found.text];
        match others.iter_mut().find(|other| other.found.text == at) {
            Some(other) => other.is_same_case = true,
            None => others.push(Near { found: Match { text: at, ..link.found }, ..link }),
        }
    }
    for near in &mut near {
        in_order(near);
        near.truncate(COMPARED);
    }
    near
}

/// The same case first, then the nearest.
fn in_order(near: &mut [Near]) {
    near.sort_by(|a, b| b.is_same_case.cmp(&a.is_same_case).then(b.found.similarity.total_cmp(&a.found.similarity)));
}

impl Cases<'_> {
    /// The passages of all cases, `[passages, dim] f32`; none for no cases.
    #[must_use]
    pub fn passages(&self) -> Option<Vectors> {
        let dim = self.vectors.first()?.title.len();
        Some(Vectors::new(dim, self.vectors.iter().flat_map(|v| v.passages.as_slice()).copied().collect()))
    }
}

/// Cases, ready to be searched and compared.
struct Corpus<'a> {
    cases: Cases<'a>,
    finder: Finder,
    tellings: Vec<Telling<'a>>,
}

impl<'a> Corpus<'a> {
    fn new(cases: Cases<'a>) -> Self {
        let wholes: Vec<Vec<f32>> = cases.vectors.par_iter().map(NominationVectors::whole).collect();
        let dim = wholes.first().map_or(1, Vec::len);
        let texts = cases.nominations.iter().map(|n| n.text.as_str());
        let tellings = (0..cases.nominations.len()).into_par_iter().map(|at| Telling::of(cases, at)).collect();
        Self { cases, finder: Finder::new(texts, Vectors::new(dim, wholes.concat())), tellings }
    }

    /// For each of `batch` the nearest cases that `admits(position, case)` lets in, and every one among the first few that
    /// tells it again.
    fn near(&self, batch: &Corpus<'_>, admits: impl Fn(usize, usize) -> bool + Sync) -> Vec<Vec<Near>> {
        let wholes: Vec<Vec<f32>> = batch.cases.vectors.iter().map(NominationVectors::whole).collect();
        let texts = batch.cases.nominations.iter().map(|n| n.text.as_str());
        let queries: Vec<(&str, &[f32])> = texts.zip(wholes.iter().map(Vec::as_slice)).collect();
        let near = |(block, queries): (usize, &[(&str, &[f32])])| {
            let begin = block * BLOCK;
            let nearest = self.finder.nearest(queries, COMPARED, |at, other| admits(begin + at, other));
            let compared = nearest.into_iter().zip(&batch.tellings[begin..]);
            compared.map(|(nearest, telling)| self.compared(nearest, telling)).collect::<Vec<_>>()
        };
        queries.par_chunks(BLOCK).enumerate().flat_map_iter(near).collect()
    }

    /// Those of `nearest` that are named for `telling`.
    fn compared(&self, nearest: Vec<Match>, telling: &Telling<'_>) -> Vec<Near> {
        let again = |m: &Match| telling.is_same_case(&self.tellings[m.text], m.similarity);
        let compared = nearest.into_iter().map(|found| Near { found, is_same_case: again(&found) }).enumerate();
        let mut near: Vec<Near> =
            compared.filter(|(rank, near)| *rank < NAMED || near.is_same_case).map(|(_, near)| near).collect();
        in_order(&mut near);
        near
    }

    fn named(&self, origin: Origin, near: &Near, telling: &Telling<'_>) -> Neighbour {
        let Near { found, is_same_case } = *near;
        let Nomination { id, title, source, .. } = &self.cases.nominations[found.text];
        Neighbour {
            origin,
            id: id.clone(),
            title: title.clone(),
            source: source.clone(),
            similarity: 100.0 * found.similarity.clamp(0.0, 1.0),
            is_same_case,
            matches: if is_same_case { telling.correspondences(&self.tellings[found.text]) } else { Vec::new() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passages::Passage;

    const HALL: &str = "县大厅把七个部门的窗口合并为综合窗口，群众取一个号就能办完全部手续，平均等候时间由五十分钟减到十二分钟，周边三个县先后派人来学习。";

    type Texts = (Vec<Nomination>, Vec<Windows>, Vec<NominationVectors>);

    fn cases(texts: &[(&str, &str, [f32; 2])]) -> Texts {
        let nomination = |id: &str, text: &str| Nomination {
            id: NominationId::new(id),
            title: format!("题{id}"),
            text: text.into(),
            ..Nomination::default()
        };
        let vectors = |v: [f32; 2]| NominationVectors { title: v.to_vec(), passages: Vectors::new(2, v.to_vec()) };
        let windows =
            |text: &str| Windows { passages: vec![Passage { range: 0..text.len(), tokens: 1 }], ..Windows::default() };
        texts.iter().map(|&(id, text, v)| (nomination(id, text), windows(text), vectors(v))).collect()
    }

    fn all((nominations, windows, vectors): &Texts) -> Cases<'_> {
        Cases { nominations, windows, vectors }
    }

    fn ids(found: &[Neighbour], origin: Origin) -> Vec<&str> {
        found.iter().filter(|n| n.origin == origin).map(|n| n.id.as_str()).collect()
    }

    #[test]
    fn the_nearest_are_named_and_the_own_case_is_not() {
        let batch = cases(&[
            ("a", HALL, [1.0, 0.0]),
            ("b", &HALL.replace("周边三个县", "周边多个县"), [1.0, 0.0]),
            ("c", "渔船年审断网可办", [0.0, 1.0]),
            ("d", "渔船年审上线", [0.0, 1.0]),
            ("e", "大厅设自助终端", [0.8, 0.6]),
        ]);
        let library =
            cases(&[("2022-7", &HALL.replace("县大厅", "某县大厅"), [0.6, 0.8]), ("2022-9", "热线归并", [0.8, 0.6])]);
        let stands_for = [None, Some(NominationId::new("a")), None, None, None];
        let found = neighbours(all(&batch), all(&library), &stands_for);
        assert_eq!(ids(&found[0], Origin::Batch)[0], "e");
        assert!(!ids(&found[0], Origin::Batch).contains(&"b"), "a duplicate is no neighbour");
        assert_eq!(ids(&found[2], Origin::Batch)[0], "d");
        assert_eq!(ids(&found[0], Origin::Library)[0], "2022-7", "the same case goes first");
        assert!(found[0][0].is_same_case && !found[2][0].is_same_case);
        assert_eq!(found[0][0].matches[0].0, HALL, "what corresponds is shown");
        assert!((found[0][1].similarity - 80.0).abs() < 1e-3);
    }

    #[test]
    fn a_case_told_again_is_named_on_both() {
        let again = "以前去七个窗口，如今一张号就行：黄县大厅等五十分钟的事十二分钟办好，三个县来学过，群众说方便多了，窗口合并真好。";
        let (mut nominations, windows, vectors) = cases(&[("a", HALL, [1.0, 0.0]), ("b", again, [0.96, 0.28])]);
        nominations[0].unit = "黄县政务局".into();
        nominations[1].unit = "黄县人民政府".into();
        let found = neighbours(
            Cases { nominations: &nominations, windows: &windows, vectors: &vectors },
            Cases { nominations: &[], windows: &[], vectors: &[] },
            &[None, None],
        );
        assert!(found.iter().all(|near| near[0].is_same_case), "{found:?}");
        assert_eq!(found[1][0].matches, [(again.to_owned(), HALL.to_owned())]);
    }

    #[test]
    fn without_a_library_only_the_batch_is_named() {
        let batch = cases(&[("a", HALL, [1.0, 0.0])]);
        let none = Cases { nominations: &[], windows: &[], vectors: &[] };
        let found = neighbours(all(&batch), none, &[None]);
        assert!(found[0].is_empty() && none.passages().is_none());
    }
}
