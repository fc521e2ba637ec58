//! A case that is told again in other words is found, and another of the same kind is not.

mod built_in;

use std::collections::BTreeSet;

use built_in::ASSESSOR;
use serde::Deserialize;
use shortlister::clean::clean;
use shortlister::embed::{NominationVectors, Vectors};
use shortlister::neighbours::{Cases, Neighbour, neighbours};
use shortlister::nomination::{Nomination, NominationId, RawSubmission, Section};
use shortlister::passages::{Passage, Windows, sentences};
use shortlister::progress::Silent;

#[derive(Deserialize)]
struct Telling {
    #[serde(default)]
    unit: String,
    title: String,
    text: String,
}

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    topic: String,
    #[serde(flatten)]
    first: Telling,
    again: Option<Telling>,
    twin: Option<Telling>,
}

/// The sets, each by another hand, and the F1 that each has at least. The weights were fitted to all but the last.
/// Scored on it for the first time, they had a precision of 0.905, a recall of 0.950 and an F1 of 0.927. Then
/// [`apart`] showed what they made of a place with many projects, which no set has, and they were fitted to that as well;
/// scored again, 0.927, 0.950 and 0.938. Earlier matchers, fitted to fewer sets, had 0.676 on the second, 0.800 on the third
/// and 0.746 on the fourth at first sight: writers differ. What is missed names no place of the other, or has hardly a
/// sentence, figure or name in common with it.
const SETS: [(&str, &str, f64); 5] = [
    ("first", include_str!("fixtures/resubmissions/pairs.jsonl"), 0.9),
    ("second", include_str!("fixtures/resubmissions/fresh.jsonl"), 0.83),
    ("third", include_str!("fixtures/resubmissions/third.jsonl"), 0.85),
    ("fourth", include_str!("fixtures/resubmissions/fourth.jsonl"), 0.9),
    ("fifth, not fitted to", include_str!("fixtures/resubmissions/fifth.jsonl"), 0.9),
];

/// So many of the first model cases are by the writer of the other innovation cases, and of the same places.
const OF_THE_SAME_WRITER: usize = 75;

/// Projects of which no two are the same, though many are of one place, and the pairs that are linked at most.
fn apart() -> [(&'static str, String, usize); 2] {
    let model_cases = include_str!("../prompts/digital-government-2023/exemplars.jsonl").split_inclusive('\n');
    let innovation_cases = model_cases
        .take(OF_THE_SAME_WRITER)
        .chain([include_str!("../examples/graded/report.jsonl"), include_str!("../examples/graded/holdout.jsonl")]);
    let foreign_sites = [
        include_str!("../examples/award-series-2023/foreign-sites-tune.jsonl"),
        include_str!("../examples/award-series-2023/foreign-sites-report.jsonl"),
        include_str!("../examples/award-series-2023/foreign-sites-holdout.jsonl"),
    ];
    [("innovation cases", innovation_cases.collect(), 2), ("websites in foreign languages", foreign_sites.concat(), 2)]
}

/// The texts of one file, with the number of the project that each tells, and its topic.
struct Told {
    nominations: Vec<Nomination>,
    windows: Vec<Windows>,
    vectors: Vec<NominationVectors>,
    projects: Vec<usize>,
    topics: Vec<String>,
}

impl Told {
    fn read(text: &str) -> Self {
        let (mut raw, mut projects, mut topics) = (Vec::new(), Vec::new(), Vec::new());
        for (number, line) in lines(text).enumerate() {
            let again = line.again.map(|again| (again, number));
            let twin = line.twin.map(|twin| (twin, number + 1000));
            for (telling, project) in [(line.first, number)].into_iter().chain(again).chain(twin) {
                raw.push(submission(telling, raw.len()));
                projects.push(project);
                topics.push(line.topic.clone());
            }
        }
        let nominations = clean(raw, 0).nominations;
        assert_eq!(nominations.len(), projects.len());
        let windows = ASSESSOR.windows(&nominations);
        let vectors = ASSESSOR.embed(&nominations, &windows, &Silent).expect("the texts are embedded");
        Self { nominations, windows, vectors, projects, topics }
    }

    /// What the two texts at `positions` are to each other when nothing else is in the batch.
    fn pair(&self, positions: [usize; 2]) -> Vec<Vec<Neighbour>> {
        let nominations = positions.map(|at| self.nominations[at].clone());
        let windows = positions.map(|at| self.windows[at].clone());
        let vectors = positions.map(|at| self.vectors[at].clone());
        let none = Cases { nominations: &[], windows: &[], vectors: &[] };
        neighbours(Cases { nominations: &nominations, windows: &windows, vectors: &vectors }, none, &[None, None])
    }

    /// Pairs of one topic: rightly linked, wrongly linked, missed, and rightly left alone.
    fn counts(&self) -> [usize; 4] {
        let mut counts = [0; 4];
        for b in 0..self.projects.len() {
            for a in (0..b).filter(|&a| self.topics[a] == self.topics[b]) {
                let found = self.pair([a, b]);
                let linked = found[0][0].is_same_case;
                assert_eq!(linked, found[1][0].is_same_case, "links stand on both");
                assert_eq!(linked, !found[0][0].matches.is_empty(), "what corresponds is shown");
                let right = self.projects[a] == self.projects[b];
                if right != linked {
                    println!("linked {linked}: {} / {}", self.nominations[a].title, self.nominations[b].title);
                }
                counts[usize::from(!linked) * 2 + usize::from(!right)] += 1;
            }
        }
        counts
    }
}

fn lines(text: &str) -> impl Iterator<Item = Line> {
    text.lines().map(|line| serde_json::from_str(line).expect("a pair"))
}

fn submission(telling: Telling, number: usize) -> RawSubmission {
    RawSubmission {
        id: Some(format!("{number}")),
        title: Some(telling.title),
        unit: Some(telling.unit),
        sections: vec![Section { heading: None, text: telling.text }],
        ..RawSubmission::default()
    }
}

/// Precision, recall and F1.
fn figures([right, wrong, missed, _]: [usize; 4]) -> [f64; 3] {
    let share = |of: usize| right as f64 / of as f64;
    [share(right + wrong), share(right + missed), 2.0 * right as f64 / (2 * right + wrong + missed) as f64]
}

#[test]
fn cases_told_in_other_words_are_found_and_others_of_their_kind_are_not() {
    for (name, text, floor) in SETS {
        let told = Told::read(text);
        let counts = told.counts();
        let [precision, recall, f1] = figures(counts);
        println!("{name}: {counts:?} right, wrong, missed, left alone; {precision:.3}, {recall:.3}, F1 {f1:.3}");
        assert!(counts[3] >= 100 && f1 >= floor, "{name}: {counts:?}, F1 {f1:.3}");
        let counts = within_a_batch(&told);
        let [precision, recall, f1] = figures(counts);
        println!("{name}, all in one batch: {counts:?}; {precision:.3}, {recall:.3}, F1 {f1:.3}");
        assert!(f1 >= floor, "{name}, all in one batch: {counts:?}, F1 {f1:.3}");
    }
}

#[test]
fn projects_of_one_place_are_not_one_case() {
    for (name, cases, most) in apart() {
        let told = Told::read(&cases);
        let [_, linked, _, apart] = within_a_batch(&told);
        println!("{name}: {linked} pairs of different projects linked, {apart} not");
        assert!(linked <= most && apart > 1000, "{name}: {linked} linked, {apart} not");
    }
}

/// As [`Told::counts`], but of all pairs of a batch with all the texts, which has the same links in any order.
fn within_a_batch(told: &Told) -> [usize; 4] {
    let links = |order: &[usize]| {
        let nominations: Vec<Nomination> = order.iter().map(|&at| told.nominations[at].clone()).collect();
        let windows: Vec<Windows> = order.iter().map(|&at| told.windows[at].clone()).collect();
        let vectors: Vec<NominationVectors> = order.iter().map(|&at| told.vectors[at].clone()).collect();
        let none = Cases { nominations: &[], windows: &[], vectors: &[] };
        let batch = Cases { nominations: &nominations, windows: &windows, vectors: &vectors };
        let found = neighbours(batch, none, &vec![None; order.len()]);
        let same = nominations.iter().zip(found).flat_map(|(nomination, near)| {
            let id = nomination.id.clone();
            near.into_iter().filter(|n| n.is_same_case).map(move |n| (id.clone(), n.id, n.matches))
        });
        let mut links: Vec<_> = same.collect();
        links.sort();
        links
    };
    let texts = told.projects.len();
    let order: Vec<usize> = (0..texts).collect();
    let turned: Vec<usize> = order.iter().rev().copied().collect();
    let found = links(&order);
    assert_eq!(found, links(&turned));
    let ids: BTreeSet<[&str; 2]> = found.iter().map(|(own, other, _)| [own.as_str(), other.as_str()]).collect();
    let mut counts = [0; 4];
    for (a, b) in (0..texts).flat_map(|b| (0..b).map(move |a| (a, b))) {
        let linked = ids.contains(&[told.nominations[a].id.as_str(), told.nominations[b].id.as_str()]);
        let right = told.projects[a] == told.projects[b];
        counts[usize::from(!linked) * 2 + usize::from(!right)] += 1;
    }
    counts
}

/// `cargo test --release --test resubmissions -- --ignored --nocapture`
#[test]
#[ignore = "prints how long ten thousand nominations take; asserts no time"]
fn ten_thousand_nominations() {
    const DIM: usize = 384;
    let told: Vec<Telling> = lines(SETS[0].1).flat_map(|line| [line.first].into_iter().chain(line.again)).collect();
    let mut state = 1u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % below
    };
    let (mut nominations, mut windows, mut vectors) = (Vec::new(), Vec::new(), Vec::new());
    for id in 0..10_000 {
        let text: String = (0..3).map(|_| told[next(told.len())].text.as_str()).collect::<Vec<_>>().join("\n");
        let passages: Vec<Passage> = sentences(&text).into_iter().map(|range| Passage { range, tokens: 30 }).collect();
        let mut row = |lean: usize| -> Vec<f32> {
            let mut row: Vec<f32> = (0..DIM).map(|_| next(1000) as f32 / 500.0 - 1.0).collect();
            row[lean] += 20.0;
            let length = row.iter().map(|v| v * v).sum::<f32>().sqrt();
            row.into_iter().map(|v| v / length).collect()
        };
        let rows = (0..passages.len()).flat_map(|_| row(id % 40)).collect();
        vectors.push(NominationVectors { title: row(id % 40), passages: Vectors::new(DIM, rows) });
        windows.push(Windows { passages, ..Windows::default() });
        let unit = told[id % told.len()].unit.clone();
        nominations.push(Nomination { id: NominationId::new(id.to_string()), unit, text, ..Nomination::default() });
    }
    let none = Cases { nominations: &[], windows: &[], vectors: &[] };
    let batch = Cases { nominations: &nominations, windows: &windows, vectors: &vectors };
    let start = std::time::Instant::now();
    let found = neighbours(batch, none, &vec![None; nominations.len()]);
    let linked = found.iter().flatten().filter(|n| n.is_same_case).count();
    println!("10,000 nominations: {:.1} s, {linked} links", start.elapsed().as_secs_f64());
    assert!(found.iter().all(|near| near.len() >= 2), "every nomination has its nearest");
}
