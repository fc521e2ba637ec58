//! `shortlister review`: a run handed to experts, and a result made of what they say.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};

use super::args::{ExportArgs, FeedbackArgs, IntakeArgs, MergeArgs, ReviewCommand, ReviewOutput, RulingArgs};
use super::output::OutputFolder;
use super::{Status, counted, inputs, intake_options, now, programme_of, tell_sensitivity, warn_all, who};
use crate::intake::InputFile;
use crate::nomination::{Nomination, NominationId};
use crate::pipeline::{Stopwatch, prepare};
use crate::programme::{Language, Programme};
use crate::report::jsonl::parse_ranking;
use crate::report::log::{Deed, Step, append_to_log, read_log};
use crate::report::{OutputFile, RANKING_FILE, RankingRecord, RunRecord, csv};
use crate::review::export::Review;
use crate::review::feedback::letter;
use crate::review::findings::{Findings, Measures};
use crate::review::judgment::{JUDGMENTS_FILE, Judgment, Problem};
use crate::review::merge::{Merged, Workbook, merge};
use crate::review::notice::Publication;
use crate::review::result::{Outcome, Verdict};
use crate::review::sensitivity::of_outcome;
use crate::review::statistics::MissRate;
use crate::review::{Assignment, Panel, Ticket, assign, cases, file_stem};
use crate::select::rescue::CONFIDENCE;

/// Who judges what, for the coordinator.
const ASSIGNMENT_FILE: &str = "assignment.csv";
const ASSIGNMENT_COLUMNS: [&str; 5] = ["expert", "workbook", "id", "title", "category"];
/// More cases than an expert reads with care.
const MANY_CASES: usize = 60;
/// Problems told on the terminal; all of them are in the file.
const SHOWN: usize = 10;

pub(super) fn run(command: &ReviewCommand) -> anyhow::Result<Status> {
    match command {
        ReviewCommand::Export(args) => export(args),
        ReviewCommand::Merge(args) => merge_workbooks(args),
        ReviewCommand::Feedback(args) => feedback(args),
        ReviewCommand::RuleOut(args) => rule(args, Step::RuleOut),
        ReviewCommand::Reinstate(args) => rule(args, Step::Reinstate),
    }
}

/// A run folder read back, with all that a review needs of it.
struct Judged {
    record: RunRecord,
    /// Bytes of `ranking.jsonl`.
    bytes: Vec<u8>,
    ranking: Vec<RankingRecord>,
    programme: Programme,
}

impl Judged {
    fn read(dir: &Path) -> anyhow::Result<Self> {
        let record = RunRecord::read(dir)?;
        let path = dir.join(RANKING_FILE);
        let bytes = std::fs::read(&path).with_context(|| format!("{}: cannot be read", path.display()))?;
        let recorded = record.outputs.iter().find(|output| output.name == RANKING_FILE);
        ensure!(
            recorded.is_some_and(|output| *output == OutputFile::of(RANKING_FILE, &bytes)),
            "{}: was changed since the run; restore it or run again",
            path.display()
        );
        let ranking = parse_ranking(&path, &bytes)?;
        let programme = programme_of(&record).with_context(|| {
            let name = &record.options.programme;
            format!("programme {name}: cannot be had as it was at the run; restore its files or run again")
        })?;
        Ok(Self { record, bytes, ranking, programme })
    }

    fn language(&self, asked: Option<super::args::LanguageArg>) -> Language {
        asked.map_or(self.record.options.language, Into::into)
    }

    /// The nominations as the run read them, by id; none, and why, where the inputs are not what they were.
    fn texts(&self) -> anyhow::Result<Result<BTreeMap<NominationId, Nomination>, String>> {
        let options = &self.record.options;
        if options.inputs.iter().any(|input| input == "-") {
            return Ok(Err("an input was standard input and cannot be read again".to_owned()));
        }
        let paths: Vec<PathBuf> = options.inputs.iter().map(PathBuf::from).collect();
        let intake = intake_options(&IntakeArgs::of(options))?;
        let prepared = prepare(&inputs(&paths), &intake, options.redact, &self.programme, &mut Stopwatch::default())?;
        let is_same =
            |then: &&InputFile| prepared.files.iter().any(|f| (&f.path, &f.sha256) == (&then.path, &then.sha256));
        if let Some(file) = self.record.inputs.iter().find(|then| !is_same(then)) {
            return Ok(Err(format!("{} is not there any more, or was changed", file.path)));
        }
        Ok(Ok(prepared.nominations.into_iter().map(|nomination| (nomination.id.clone(), nomination)).collect()))
    }
}

fn export(args: &ExportArgs) -> anyhow::Result<Status> {
    let folder = OutputFolder::plan(&args.output.out, args.output.force)?;
    let judged = Judged::read(&args.run)?;
    read_log(&args.run)?;
    let language = judged.language(args.output.language);
    let panel = panel(args, &judged.programme, language)?;
    let cases = cases(&judged.ranking);
    let assignment = assign(&panel, &cases, args.per_case.map(usize::from), args.seed);
    let texts = judged.texts()?.unwrap_or_else(|why| {
        eprintln!("note: the workbooks hold evidence without full texts: {why}");
        BTreeMap::new()
    });
    let review = Review { programme: &judged.programme, texts: &texts, tells_relevance: args.relevance, language };
    let mut files = Vec::new();
    let mut assigned = Vec::new();
    for (expert, own) in panel.experts.iter().zip(&assignment.of) {
        let own: Vec<&RankingRecord> = own.iter().map(|&at| cases[at]).collect();
        let ticket = Ticket::new(&judged.bytes, &expert.name);
        let name = format!("review-{}.xlsx", expert.file_stem());
        let row = |case: &&RankingRecord| {
            [&expert.name, &name, case.id.as_str(), &case.title, &case.category].map(String::from)
        };
        assigned.extend(own.iter().map(|case| row(case).to_vec()));
        files.push((name, review.workbook(&ticket, &own)?));
    }
    files.push((ASSIGNMENT_FILE.to_owned(), csv::table(ASSIGNMENT_FILE, &ASSIGNMENT_COLUMNS, assigned.into_iter())?));
    write_files(folder, &files)?;
    enter(&args.run, &args.output, Step::ReviewExport, &files)?;
    tell_export(args, &panel, &assignment, &cases);
    Ok(Status::Done)
}

fn panel(args: &ExportArgs, programme: &Programme, language: Language) -> anyhow::Result<Panel> {
    let Some(path) = &args.panel else {
        return Ok(Panel::numbered(usize::from(args.experts.unwrap_or(1)), language));
    };
    let categories: Vec<String> = programme.categories.iter().map(|category| category.id.clone()).collect();
    let panel = Panel::load(path, &categories)?;
    let named = panel.experts.len();
    if let Some(asked) = args.experts.filter(|&asked| usize::from(asked) != named) {
        bail!("{}: names {named} experts, --experts says {asked}; leave --experts out", path.display());
    }
    Ok(panel)
}

fn tell_export(args: &ExportArgs, panel: &Panel, assignment: &Assignment, cases: &[&RankingRecord]) {
    let loads = assignment.of.iter().map(Vec::len);
    let (least, most) = (loads.clone().min().unwrap_or(0), loads.max().unwrap_or(0));
    let each = if least == most { most.to_string() } else { format!("{least} to {most}") };
    eprintln!("{} for {}; each judges {each}", counted(cases.len(), "case"), counted(panel.experts.len(), "expert"));
    if most > MANY_CASES && args.per_case.is_none() && panel.experts.len() > 3 {
        eprintln!("note: {most} cases are many for one expert; --per-case 3 sends each case to three of them");
    }
    for &at in &assignment.short {
        let judges = assignment.of.iter().filter(|own| own.contains(&at)).count();
        eprintln!(
            "note: {} ({}) has {}; the others may not judge it",
            cases[at].id,
            cases[at].title,
            counted(judges, "expert")
        );
    }
    eprintln!("send each expert their workbook from {}; assignment.csv is yours", args.output.out.display());
}

fn merge_workbooks(args: &MergeArgs) -> anyhow::Result<Status> {
    let folder = OutputFolder::plan(&args.output.out, args.output.force)?;
    let judged = Judged::read(&args.run)?;
    let log = read_log(&args.run)?;
    let cases = cases(&judged.ranking);
    let (workbooks, unread) = read_workbooks(&args.workbooks)?;
    let mut merged = merge(&judged.programme, &judged.bytes, &cases, &workbooks);
    merged.problems.extend(unread);
    if merged.judgments.is_empty() {
        merged.problems.iter().take(SHOWN).for_each(|problem| eprintln!("problem: {problem}"));
        bail!("no usable judgment in {}", counted(args.workbooks.len(), "workbook"));
    }
    let texts = judged.texts()?;
    if let Err(why) = &texts {
        eprintln!("note: labelled.jsonl is not written: {why}");
    }
    let top = judged.record.options.top;
    let measures = Measures::new(&judged.programme, &cases, &merged);
    let outcome = Outcome::new(&judged.programme, &cases, top, (&merged, &measures), &log);
    let findings = Findings::new(&measures, &judged.ranking, &outcome);
    let sensitivity = of_outcome(&judged.programme, &cases, top, (&merged, &measures), &log, &outcome);
    let language = judged.language(args.output.language);
    let publication = Publication {
        programme: &judged.programme,
        record: &judged.record,
        ranking: &judged.ranking,
        merged: &merged,
        outcome: &outcome,
        findings: &findings,
        sensitivity: &sensitivity,
        language,
    };
    let files = publication.files(&judged.bytes, texts.as_ref().ok())?;
    write_files(folder, &files)?;
    enter(&args.run, &args.output, Step::ReviewMerge, &files)?;
    warn_all(&merged.notes);
    merged.problems.iter().take(SHOWN).for_each(|problem| eprintln!("problem: {problem}"));
    if merged.problems.len() > SHOWN {
        eprintln!("problem: {} more, see problems.csv", merged.problems.len() - SHOWN);
    }
    tell_result(&merged, &outcome, &findings);
    tell_sensitivity(&sensitivity, &judged.programme, "winners");
    eprintln!("open {}", args.output.out.join("result.xlsx").display());
    Ok(if merged.problems.is_empty() { Status::Done } else { Status::SomeRejected })
}

fn tell_result(merged: &Merged, outcome: &Outcome, findings: &Findings) {
    let with = |wanted: fn(&Verdict) -> bool| outcome.entries.iter().filter(|entry| wanted(&entry.verdict)).count();
    let winners = with(|verdict| *verdict == Verdict::Winner);
    let tied = with(|verdict| *verdict == Verdict::TiedAtLine);
    let unjudged = with(|verdict| *verdict == Verdict::Unjudged);
    let ruled_out = with(|verdict| matches!(verdict, Verdict::RuledOut { .. }));
    let judged = outcome.entries.len() - unjudged - ruled_out;
    eprintln!(
        "{} on {judged} of {}; {winners} win, {tied} are tied at the line, {unjudged} unjudged, {ruled_out} ruled out",
        counted(merged.judgments.len(), "judgment"),
        counted(outcome.entries.len(), "case"),
    );
    if findings.separate_groups > 1 {
        eprintln!(
            "note: {} groups of experts share no case with each other: how severe each group is cannot be told",
            findings.separate_groups
        );
    }
    let MissRate { sample, found, below, at_most, .. } = findings.misses;
    if sample > 0 {
        eprintln!(
            "rescue sample: {found} of {sample} would win; at most {} of the {below} below the line would ({:.0} % confidence)",
            at_most.good,
            100.0 * CONFIDENCE
        );
    }
}

/// The workbooks, those of folders in the order of their names; lock files of spreadsheet programs are passed over.
fn read_workbooks(paths: &[PathBuf]) -> anyhow::Result<(Vec<Workbook>, Vec<Problem>)> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).with_context(|| format!("{}: cannot be read", path.display()))?;
            let mut inside: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
            let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
            inside.retain(|file| name(file).ends_with(".xlsx") && !name(file).starts_with(['~', '.']));
            inside.sort();
            ensure!(!inside.is_empty(), "{}: holds no .xlsx workbook; name the workbooks", path.display());
            files.extend(inside);
        } else {
            files.push(path.clone());
        }
    }
    let (mut workbooks, mut unread) = (Vec::new(), Vec::new());
    for path in files {
        let file = path.display().to_string();
        match std::fs::read(&path) {
            Ok(bytes) => workbooks.push(Workbook { file, bytes }),
            Err(error) => unread.push(Problem {
                file,
                reason: format!("the file cannot be read ({error})"),
                remedy: "check the path and its spelling".to_owned(),
                ..Problem::default()
            }),
        }
    }
    Ok((workbooks, unread))
}

fn feedback(args: &FeedbackArgs) -> anyhow::Result<Status> {
    let folder = OutputFolder::plan(&args.output.out, args.output.force)?;
    let judged = Judged::read(&args.run)?;
    read_log(&args.run)?;
    let judgments = args.result.as_deref().map_or_else(|| Ok(Vec::new()), read_judgments)?;
    let language = judged.language(args.output.language);
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for case in judged.ranking.iter().filter(|case| case.duplicate_of.is_none()) {
        let own: Vec<&Judgment> = judgments.iter().filter(|judgment| judgment.id == case.id).collect();
        let stem = file_stem(case.id.as_str());
        let taken = |name: &String| files.iter().any(|(other, _)| other == name);
        let mut names = std::iter::once(format!("{stem}.docx")).chain((2..).map(|n| format!("{stem}_{n}.docx")));
        let name = names.find(|name| !taken(name)).expect("there is always a further number");
        files.push((name, letter(&judged.programme, case, &own, language).to_docx()?));
    }
    write_files(folder, &files)?;
    enter(&args.run, &args.output, Step::ReviewFeedback, &files)?;
    eprintln!("{} in {}", counted(files.len(), "letter"), args.output.out.display());
    Ok(Status::Done)
}

fn read_judgments(dir: &Path) -> anyhow::Result<Vec<Judgment>> {
    let path = dir.join(JUDGMENTS_FILE);
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("{}: cannot be read; give the folder that `review merge` wrote", path.display()))?;
    let lines = text.lines().enumerate();
    lines
        .map(|(i, line)| {
            serde_json::from_str(line).with_context(|| format!("{}, line {}: is no judgment", path.display(), i + 1))
        })
        .collect()
}

fn rule(args: &RulingArgs, what: Step) -> anyhow::Result<Status> {
    let judged = Judged::read(&args.run)?;
    let id = NominationId::new(args.id.as_str());
    ensure!(
        judged.ranking.iter().any(|record| record.id == id),
        "{}: has no nomination with the id {:?}",
        args.run.display(),
        args.id
    );
    ensure!(!args.why.trim().is_empty(), "--why is empty; give the reason");
    let why = args.why.trim().to_owned();
    let by = who(args.by.as_deref());
    let entry = append_to_log(&args.run, Deed { at: now(), who: by, what, case: Some(id), why, files: Vec::new() })?;
    eprintln!("entered as number {}; it counts from the next `review merge` on", entry.entry);
    Ok(Status::Done)
}

fn write_files(folder: OutputFolder, files: &[(String, Vec<u8>)]) -> anyhow::Result<()> {
    folder.fill(|dir| {
        files.iter().try_for_each(|(name, bytes)| {
            std::fs::write(dir.join(name), bytes).with_context(|| format!("{name}: cannot be written"))
        })
    })
}

/// Enters into the log what was written to `output`.
fn enter(run: &Path, output: &ReviewOutput, what: Step, files: &[(String, Vec<u8>)]) -> anyhow::Result<()> {
    let file = |(name, bytes): &(String, Vec<u8>)| OutputFile::of(&output.out.join(name).display().to_string(), bytes);
    let (who, files) = (who(output.by.as_deref()), files.iter().map(file).collect());
    append_to_log(run, Deed { at: now(), who, what, case: None, why: String::new(), files })?;
    Ok(())
}
