//! `shortlister train`: labelled rows to a head, graded ones also to an order.

use std::collections::BTreeMap;
use std::io::Write;

use super::args::TrainArgs;
use super::{Labelled, Status, counted, load_encoder, load_programme, progress, read_labelled, set_threads};
use crate::clean::comparison_key;
use crate::embed::NominationVectors;
use crate::head::{Card, Data, Example, Head, Identity, Ranking};
use crate::model::{fingerprint, locate};
use crate::nomination::{Nomination, Rejection};
use crate::pipeline::Assessor;
use crate::programme::Programme;
use crate::score::{Assessment, CriterionWeight, GradedCase, GradedScores, MIN_GRADED, Merit};

/// Folds are drawn by it; the resampling of scores is not looked at.
const SEED: u64 = 0;

pub(super) fn run(args: &TrainArgs) -> anyhow::Result<Status> {
    set_threads(&args.model)?;
    let programme = load_programme(&args.labelled.programme, args.labelled.categories.as_deref())?;
    let Labelled { nominations, rejections: unusable, files } = read_labelled(&args.labelled.labelled)?;
    let records = files.iter().map(|file| file.records + file.rejected).sum();
    let (rows, refused) = usable(nominations, &programme);
    report(&unusable);
    refused.values().for_each(|rejections| report(rejections));

    let encoder = load_encoder(&args.model)?;
    let identity = Identity::of(&encoder, &fingerprint(&locate(args.model.model.as_deref())?)?, &programme);
    let progress = progress::for_stderr();
    let assessor = Assessor::new(&programme, &encoder, SEED, progress.as_ref())?;
    let (nominations, categories): (Vec<Nomination>, Vec<usize>) = rows.into_iter().unzip();
    let windows = assessor.windows(&nominations);
    let vectors = assessor.embed(&nominations, &windows, progress.as_ref())?;
    let learns_order = !programme.criteria.is_empty() && nominations.iter().any(|n| n.grade.is_some());
    let assessments = if learns_order { assessor.score(&nominations, &windows, &vectors) } else { Vec::new() };
    let (graded, places) = graded(&nominations, &assessments, &vectors, &categories);
    let with_merit = |merit: &Merit, cases: &[usize]| {
        let rows = cases.iter().map(|&case| places[case]);
        assessor.scores_with_merit(merit, rows.map(|row| (&nominations[row], &windows[row], &vectors[row])))
    };
    let ranking = Ranking::learn(&programme, &graded, SEED, with_merit);
    let features = assessor.features(&nominations, &windows, &vectors);
    let labelled: Vec<Example> = features.into_iter().zip(categories).collect();
    let mut counts: BTreeMap<String, usize> = refused.iter().map(|(r, rows)| ((*r).to_owned(), rows.len())).collect();
    if !unusable.is_empty() {
        counts.insert("unreadable or without text".to_owned(), unusable.len());
    }
    let sha256 = files.first().map_or_else(String::new, |file| file.sha256.clone());
    let head = Head::train(identity, &labelled, &assessor.descriptions(), Data { sha256, records, refused: counts })?;
    let head = head.with_ranking(ranking.clone().filter(Ranking::is_better));
    head.write(&args.out)?;

    let mut out = std::io::stdout().lock();
    if let Some(card) = head.card() {
        out.write_all(summary(card).as_bytes())?;
    }
    out.write_all(order(&programme, graded.len(), nominations.len(), ranking.as_ref()).as_bytes())?;
    eprintln!("classify by it with --head {}", args.out.display());
    Ok(if unusable.is_empty() && refused.is_empty() { Status::Done } else { Status::SomeRejected })
}

/// A row to learn from and the position of its category.
type Row = (Nomination, usize);

/// What can be learned from, and what cannot, by reason.
fn usable(nominations: Vec<Nomination>, programme: &Programme) -> (Vec<Row>, BTreeMap<&'static str, Vec<Rejection>>) {
    let known = programme.categories.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
    let mut rows: Vec<Row> = Vec::new();
    let mut refused: BTreeMap<&'static str, Vec<Rejection>> = BTreeMap::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for nomination in nominations {
        let declared = &nomination.declared_category;
        let category = programme.find_category(declared).map(|category| category.0);
        let key = comparison_key(&format!("{}{}", nomination.title, nomination.text));
        let twin = seen.get(&key).copied();
        let (reason, detail, remedy) = match (category, twin) {
            (None, _) if declared.is_empty() => {
                ("no category", "the row has no category".into(), format!("give one of {known}"))
            }
            (None, _) => (
                "unknown category",
                format!("the category {declared:?} is not one of the programme's"),
                format!("give one of {known}"),
            ),
            (Some(category), Some(twin)) if rows[twin].1 != category => (
                "contradicts an earlier row",
                format!("the text stands in {} with another category", rows[twin].0.source),
                "decide on one category and keep one of the rows".into(),
            ),
            (Some(_), Some(twin)) => (
                "said before",
                format!("the text stands in {} already", rows[twin].0.source),
                "remove one of the rows".into(),
            ),
            (Some(category), None) => {
                seen.insert(key, rows.len());
                rows.push((nomination, category));
                continue;
            }
        };
        refused.entry(reason).or_default().push(Rejection {
            source: nomination.source,
            id: Some(nomination.id.to_string()),
            title: Some(nomination.title),
            reason: detail,
            remedy,
        });
    }
    (rows, refused)
}

/// The rows with a grade, and which ones they are.
fn graded(
    nominations: &[Nomination],
    assessments: &[Assessment],
    vectors: &[NominationVectors],
    categories: &[usize],
) -> (Vec<GradedCase>, Vec<usize>) {
    let rows = nominations.iter().zip(assessments).zip(vectors).zip(categories).enumerate();
    let graded = rows.filter_map(|(row, (((nomination, assessment), vectors), &group))| {
        let scores = assessment.criteria.iter().map(|criterion| criterion.score).collect();
        let scores = GradedScores { scores, grade: nomination.grade?, group };
        Some((GradedCase { mean: vectors.mean(), scores }, row))
    });
    graded.unzip()
}

/// Names the first few in full and counts the others.
fn report(rejections: &[Rejection]) {
    const SHOWN: usize = 5;
    for rejection in rejections.iter().take(SHOWN) {
        eprintln!("rejected: {rejection}");
    }
    if rejections.len() > SHOWN {
        eprintln!("rejected: {} more of this kind", rejections.len() - SHOWN);
    }
}

/// What the grades say of the order.
fn order(programme: &Programme, graded: usize, rows: usize, ranking: Option<&Ranking>) -> String {
    if programme.criteria.is_empty() {
        return String::new();
    }
    let counts = format!("{graded} of {} with a grade", counted(rows, "row"));
    let Some(ranking) = ranking else {
        return format!(
            "\norder: by the programme's weights ({counts}; they are learned from {MIN_GRADED} on, with different grades in a category)\n"
        );
    };
    let weights = if ranking.criteria.is_empty() { "the programme's" } else { "learned" };
    let mut text = format!(
        "\norder: by {weights} weights ({counts}; Spearman with the grade {:.3} on rows left out by learned weights, {:.3} by the programme's)\n",
        ranking.spearman_held_out, ranking.spearman_given
    );
    for CriterionWeight { id, given, learned } in &ranking.criteria {
        text += &format!("{given:>6.2} -> {learned:.2}  {id}\n");
    }
    text += &match &ranking.merit {
        Some(merit) => format!(
            "and by what past decisions valued beyond the criteria (Spearman {:.3} on rows left out, {:.3} without)\n",
            merit.spearman_held_out, merit.spearman_without
        ),
        None => "past decisions show nothing that the criteria do not see\n".to_owned(),
    };
    text
}

fn summary(card: &Card) -> String {
    let rows: usize = card.rows_by_category.values().sum();
    let mut text = format!(
        "{} of {}\ncross-validated accuracy {:.1} %\ncross-validated calibration error {:.3}\n",
        counted(rows, "row"),
        counted(card.data.records, "record"),
        100.0 * card.cross_validated_accuracy,
        card.cross_validated_ece
    );
    for (reason, count) in &card.data.refused {
        text += &format!("refused, {reason}: {count}\n");
    }
    text += "\nrows by category\n";
    for (category, rows) in &card.rows_by_category {
        text += &format!("{rows:>6}  {category}\n");
    }
    text
}
