//! `shortlister evaluate`: how good the program is on labelled rows.

use std::io::Write;

use super::args::{EvaluateArgs, Format};
use super::run_tracks::load_tracks;
use super::{
    Labelled, Status, load_encoder, load_head, load_programme, progress, read_labelled, set_threads, tell_cache_use,
    tell_rejected,
};
use crate::eval::{Evaluation, RankingFigures, evaluate};
use crate::head::{Identity, MIN_TEXTS_PER_CATEGORY};
use crate::model::{fingerprint, locate};
use crate::pipeline::Assessor;

/// Evaluation draws nothing that a user would want to vary; the resampling is not looked at.
const SEED: u64 = 0;

pub(super) fn run(args: &EvaluateArgs) -> anyhow::Result<Status> {
    set_threads(&args.model)?;
    let mut programme = match args.tracks {
        true => load_tracks(&args.labelled.programme)?.sorting,
        false => load_programme(&args.labelled.programme, args.labelled.categories.as_deref())?,
    };
    let Labelled { mut nominations, rejections, .. } = read_labelled(&args.labelled.labelled)?;
    if args.tracks {
        // Series are told apart as categories are.
        nominations.iter_mut().for_each(|row| row.declared_category = std::mem::take(&mut row.declared_track));
    }
    tell_rejected(&rejections);
    let encoder = load_encoder(&args.model)?;
    let identity = Identity::of(&encoder, &fingerprint(&locate(args.model.model.as_deref())?)?, &programme);
    let head = load_head(&args.head, &identity, &mut programme)?;
    let progress = progress::for_stderr();
    let assessor = Assessor::new(&programme, &encoder, SEED, progress.as_ref())?;
    let assessor = head.into_iter().map(|(head, _)| head).fold(assessor, Assessor::with_head);
    let adapt = args.head.adapt.then_some(identity);
    let evaluation = evaluate(&assessor, &nominations, adapt, progress.as_ref())?;
    tell_cache_use(&encoder);
    if args.head.adapt && !evaluation.adapted {
        eprintln!(
            "note: --adapt was not used: {} rows are too few, {} are needed for each of the {} categories",
            evaluation.n,
            MIN_TEXTS_PER_CATEGORY,
            programme.categories.len()
        );
    }
    if evaluation.skipped > 0 {
        eprintln!("note: {} rows have no category of the programme and were left out", evaluation.skipped);
    }
    let mut out = std::io::stdout().lock();
    match args.format {
        Format::Json => writeln!(out, "{}", serde_json::to_string_pretty(&evaluation)?)?,
        Format::Text => out.write_all(table(&evaluation).as_bytes())?,
    }
    Ok(if rejections.is_empty() { Status::Done } else { Status::SomeRejected })
}

fn table(evaluation: &Evaluation) -> String {
    let Evaluation { n, accuracy, macro_f1, ece, abstained, .. } = evaluation;
    let mut text = format!(
        "rows {n}\naccuracy {:.1} %\nmacro F1 {:.1} %\ncalibration error {ece:.3}\nleft to a human {:.1} %\n",
        100.0 * accuracy,
        100.0 * macro_f1,
        100.0 * abstained
    );
    if let Some(ranking) = &evaluation.ranking {
        text += &format!("\n{:<12} {:>9} {:>9} {:>10}\n", "order by", "Spearman", "nDCG@10", "recall@20%");
        let mut row = |name: &str, figures: &RankingFigures| {
            let RankingFigures { spearman, ndcg_at_10, recall_at_20_percent } = figures;
            text += &format!("{name:<12} {spearman:>9.3} {ndcg_at_10:>9.3} {recall_at_20_percent:>10.3}\n");
        };
        row("relevance", &ranking.relevance);
        ranking.baselines.iter().for_each(|(name, figures)| row(name, figures));
        text += &format!(
            "\nSpearman of relevance with length {:.3} (graded rows: {})\n",
            ranking.spearman_with_length, ranking.n
        );
    }
    text
}
