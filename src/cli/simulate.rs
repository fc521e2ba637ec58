//! `shortlister simulate`: past decisions replayed.

use std::fmt::Write as _;
use std::io::Write as _;

use super::args::{Format, SimulateArgs};
use super::{
    Labelled, Status, load_encoder, load_programme, progress, read_labelled, set_threads, tell_cache_use,
    tell_rejected, warn_all,
};
use crate::eval::simulate::{GroupFigures, MIN_GOOD, MIN_GROUP, ReplayFigures, Simulation, WeightFigures, simulate};
use crate::pipeline::Assessor;
use crate::select::SelectOptions;

/// A list longer than this share of all cases finds good ones without any art.
const LONG_LIST: f64 = 0.5;

pub(super) fn run(args: &SimulateArgs) -> anyhow::Result<Status> {
    set_threads(&args.model)?;
    let programme = load_programme(&args.programme, None)?;
    let Labelled { nominations, rejections, .. } = read_labelled(&args.labelled)?;
    tell_rejected(&rejections);
    let encoder = load_encoder(&args.model)?;
    let progress = progress::for_stderr();
    let assessor = Assessor::new(&programme, &encoder, args.seed, progress.as_ref())?;
    let options = SelectOptions { top: args.top.map(|top| top as usize), seed: args.seed };
    let simulation = simulate(&assessor, &nominations, options, args.good, progress.as_ref())?;
    tell_cache_use(&encoder);
    warn_all(&notes(&simulation));
    let mut out = std::io::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&simulation)?)?,
        Format::Text => out.write_all(text(&simulation).as_bytes())?,
    }
    Ok(if rejections.is_empty() { Status::Done } else { Status::SomeRejected })
}

fn notes(simulation: &Simulation) -> Vec<String> {
    let Simulation { n, duplicates, skipped, listed, .. } = *simulation;
    let mut notes = Vec::new();
    if skipped > 0 {
        notes.push(format!("{skipped} rows have no grade and were left out"));
    }
    if duplicates > 0 {
        notes.push(format!("{duplicates} rows tell the case of another one and were left out"));
    }
    if listed as f64 > LONG_LIST * n as f64 {
        notes.push(format!("the list holds {listed} of {n} cases, so that any order finds most; try --top with less"));
    }
    notes
}

fn text(simulation: &Simulation) -> String {
    let Simulation { n, good_from, good, listed, review, rescue, .. } = simulation;
    let mut text = format!("{n} past cases, {good} of them good (grade {good_from} or more); {listed} on the list\n\n");
    text += &format!("{:<12} {:>20} {:>9} {:>9}\n", "order by", "good ones on list", "nDCG@10", "Spearman");
    let mut row = |name: &str, figures: &ReplayFigures| {
        let ReplayFigures { recall, ndcg_at_10, spearman } = figures;
        text += &format!("{name:<12} {:>18.1} % {ndcg_at_10:>9.3} {spearman:>9.3}\n", 100.0 * recall);
    };
    row("relevance", &simulation.relevance);
    simulation.baselines.iter().for_each(|(name, figures)| row(name, figures));
    if let Some(weights) = &simulation.weights {
        row("learned", &weights.held_out);
    }
    let mut line = |content: String| _ = writeln!(text, "{content}");
    if let Some(WeightFigures { criteria, pairs, .. }) = &simulation.weights {
        let shares = criteria.iter().map(|c| format!("{} {:.2} -> {:.2}", c.id, c.given, c.learned));
        line(format!("\nlearned: weights as {pairs} pairs of decisions suggest them, judged on rows left out"));
        line(format!("  {}", shares.collect::<Vec<_>>().join(", ")));
    }
    line(format!("\nSpearman of relevance with length {:.3}", simulation.spearman_with_length));
    line(format!(
        "\nexperts see {} cases (list, near misses, rescue sample): {} of {good} good ones, {:.1} %",
        review.seen,
        review.good,
        100.0 * review.recall
    ));
    line(format!(
        "below the line {} cases, {} of them good; the rescue sample of {} holds {} good ones,\nby which at most {} of the {} are good ({:.0} % confidence)",
        rescue.below,
        rescue.good_below,
        rescue.sample,
        rescue.good_in_sample,
        rescue.bound,
        rescue.below,
        100.0 * rescue.confidence
    ));
    for (kind, groups) in &simulation.groups {
        group_table(&mut text, kind, groups, simulation.groups_left_out[kind]);
    }
    text
}

fn group_table(text: &mut String, kind: &str, groups: &[GroupFigures], left_out: usize) {
    let mut line = |content: String| _ = writeln!(text, "{content}");
    line(format!("\n{:>8} {:>8} {:>8} {:>8}  by {kind}", "cases", "on list", "good", "found"));
    for GroupFigures { name, n, good, listed, recall, .. } in groups {
        let name = if name.is_empty() { "not given" } else { name };
        let found = recall.map_or("-".to_owned(), |recall| format!("{:.0} %", 100.0 * recall));
        line(format!("{n:>8} {listed:>8} {good:>8} {found:>8}  {name}"));
    }
    if groups.iter().any(|group| group.recall.is_none()) {
        line(format!("{:>36}  - fewer than {MIN_GOOD} good cases", ""));
    }
    if left_out > 0 {
        line(format!("{:>36}  left out: {left_out} with fewer than {MIN_GROUP} cases", ""));
    }
}
