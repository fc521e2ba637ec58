//! Panels with a known truth. They are drawn by another rule than the model's own: sums of normal parts, rounded and cut
//! off at the ends of the scale.

use super::scores::tests::sized;
use super::{Scored, Scores, fit_facets, raw_means, z_means};
use crate::eval::metrics::{mean, spearman};
use crate::random::Stream;

/// Who sees which cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Assignment {
    /// Each case draws its judges.
    Random,
    /// Neighbouring cases go to neighbouring judges, and better cases come first.
    Sorted,
    /// Groups of judges without a case in common.
    Apart,
}

/// A simulated panel. Deviations are in tenths of the scale.
#[derive(Debug, Clone, Copy)]
pub(super) struct Design {
    pub judges: usize,
    pub cases: usize,
    pub criteria: usize,
    pub judges_a_case: usize,
    pub assignment: Assignment,
    /// Deviation of the judges' severities.
    pub severity: f64,
    /// Deviation of what a judge thinks of a case on all criteria.
    pub halo: f64,
    /// Points of a tenth of the scale: 1 for scores from 1 to 10, 10 for scores to 100.
    pub points: f64,
}

impl Default for Design {
    fn default() -> Self {
        let assignment = Assignment::Random;
        Self {
            judges: 20,
            cases: 100,
            criteria: 5,
            judges_a_case: 5,
            assignment,
            severity: 1.0,
            halo: 0.7,
            points: 1.0,
        }
    }
}

/// What no panel knows.
pub(super) struct Truth {
    pub qualities: Vec<f64>,
    pub severities: Vec<f64>,
    /// Deviation of a judge's single scores.
    pub noise: Vec<f64>,
}

impl Truth {
    pub(super) fn drawn(design: &Design, seed: u64) -> Self {
        let draw = |purpose, count, deviation| -> Vec<f64> {
            let mut stream = Stream::new(seed, purpose);
            (0..count).map(|_| stream.normal() * deviation).collect()
        };
        let mut qualities = draw("quality", design.cases, 1.0);
        if design.assignment == Assignment::Sorted {
            // Sorted in the main: half of a quality is known before.
            let mut known: Vec<(f64, f64)> =
                qualities.iter().copied().zip(draw("glimpse", design.cases, 1.0)).map(|(q, g)| (q + g, q)).collect();
            known.sort_by(|a, b| b.0.total_cmp(&a.0));
            qualities = known.into_iter().map(|(_, q)| q).collect();
        }
        Self {
            qualities,
            severities: draw("severity", design.judges, design.severity),
            noise: vec![0.8; design.judges],
        }
    }

    pub(super) fn panel(&self, design: &Design, seed: u64) -> Scores {
        let mut stream = Stream::new(seed, "scores");
        let mut judgments = Vec::new();
        for (case, quality) in self.qualities.iter().enumerate() {
            for judge in assigned(design, case, &mut stream) {
                let impression = 6.0 + quality - self.severities[judge] + design.halo * stream.normal();
                let mut score = |criterion: usize| {
                    let exact = impression + 0.4 * (criterion % 3) as f64 + self.noise[judge] * stream.normal();
                    Some((exact * design.points).round().clamp(1.0, 10.0 * design.points))
                };
                judgments.push(Scored { judge, case, scores: (0..design.criteria).map(&mut score).collect() });
            }
        }
        sized(design.judges, design.cases, design.criteria, judgments).unwrap()
    }
}

fn assigned(design: &Design, case: usize, stream: &mut Stream) -> Vec<usize> {
    let Design { judges, cases, judges_a_case, .. } = *design;
    match design.assignment {
        Assignment::Random => {
            let mut left: Vec<usize> = (0..judges).collect();
            (0..judges_a_case).map(|_| left.swap_remove(stream.below(left.len()))).collect()
        }
        Assignment::Sorted => (0..judges_a_case).map(|i| (case * judges / cases + i) % judges).collect(),
        Assignment::Apart => {
            let group = case * (judges / judges_a_case) / cases;
            (0..judges_a_case).map(|i| group * judges_a_case + i).collect()
        }
    }
}

/// Spearman's correlation with the truth of raw means, z-scores and fair averages, and the share of cases whose truth
/// lies within 1.96 standard errors of the fair average.
fn recovered(design: &Design, seed: u64) -> [f64; 4] {
    let truth = Truth::drawn(design, seed);
    let panel = truth.panel(design, seed);
    let model = fit_facets(&panel).unwrap();
    assert!(model.converged, "{design:?} {seed}");
    let with_truth = |values: Vec<f64>| spearman(&values, &truth.qualities);
    let of = |means: Vec<super::CaseMean>| means.iter().map(|m| m.mean.unwrap_or(0.0)).collect();
    let measures: Vec<_> = model.cases.iter().map(|c| c.unwrap()).collect();
    let fair: Vec<f64> = measures.iter().map(|c| c.fair / design.points).collect();
    let shift = mean(fair.iter().copied()) - mean(truth.qualities.iter().copied());
    let within = |i: &usize| (fair[*i] - shift - truth.qualities[*i]).abs() < 1.96 * measures[*i].error / design.points;
    let held = (0..fair.len()).filter(within).count() as f64 / fair.len() as f64;
    [with_truth(of(raw_means(&panel))), with_truth(of(z_means(&panel))), with_truth(fair), held]
}

fn averaged(design: &Design, seeds: u64) -> [f64; 4] {
    let found: Vec<[f64; 4]> = (0..seeds).map(|seed| recovered(design, seed)).collect();
    [0, 1, 2, 3].map(|i| mean(found.iter().map(|f| f[i])))
}

#[test]
fn where_severities_differ_fair_averages_are_nearer_to_the_truth_than_means() {
    for assignment in [Assignment::Random, Assignment::Sorted] {
        let [raw, _, fair, held] = averaged(&Design { assignment, ..Design::default() }, 5);
        assert!(fair > raw + 0.03, "{assignment:?}: {fair} {raw}");
        assert!((0.88..=0.99).contains(&held), "{assignment:?}: {held}");
    }
    let alike = averaged(&Design { severity: 0.0, ..Design::default() }, 5);
    assert!(alike[2] > alike[0] - 0.005, "{alike:?}");
}

/// `cargo test --release --lib statistics::simulation -- --ignored --nocapture` prints the table of docs/statistics.md.
#[test]
#[ignore = "prints a table"]
fn the_table_of_the_documentation() {
    let base = Design::default();
    let designs = [
        ("every judge, every case", Design { judges: 8, cases: 60, judges_a_case: 8, ..base }),
        ("5 of 20 judges by lot", base),
        ("the same, severities alike", Design { severity: 0.0, ..base }),
        ("the same, severities twice as far apart", Design { severity: 2.0, ..base }),
        ("the same, no halo", Design { halo: 0.0, ..base }),
        ("the same, scores to 100", Design { points: 10.0, ..base }),
        ("the same, 2 judges a case", Design { judges_a_case: 2, ..base }),
        ("neighbouring judges, cases presorted", Design { assignment: Assignment::Sorted, ..base }),
        ("4 groups of 5 judges, nothing shared", Design { assignment: Assignment::Apart, ..base }),
    ];
    println!("| design | raw mean | z-score | fair average | within 95 % |\n| --- | --- | --- | --- | --- |");
    for (name, design) in designs {
        let [raw, z, fair, held] = averaged(&design, 20);
        println!("| {name} | {raw:.3} | {z:.3} | {fair:.3} | {:.1} % |", 100.0 * held);
    }
    for points in [1.0, 10.0] {
        let large = Design { judges: 200, cases: 1_000, criteria: 8, points, ..base };
        let panel = Truth::drawn(&large, 0).panel(&large, 0);
        let start = std::time::Instant::now();
        let steps = fit_facets(&panel).unwrap().steps;
        let seconds = start.elapsed().as_secs_f64();
        println!("200 judges, 1,000 cases, 8 criteria, scores to {}: {steps} steps, {seconds:.1} s", 10.0 * points);
    }
}
