//! `shortlister review`: a run handed to experts, and a result made of what they say.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};

use super::args::{
    ExportArgs, FeedbackArgs, IntakeArgs, LanguageArg, MergeArgs, ReviewCommand, ReviewOutput, RulingArgs,
};
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
use crate::review::notice::{Publication, notice};
use crate::review::result::{Outcome, Verdict};
use crate::review::sensitivity::of_outcome;
use crate::review::statistics::MissRate;
use crate::review::{Assignment, Panel, Rendered, Ticket, assign, cases, file_stem};
use crate::select::rescue::CONFIDENCE;
use crate::select::sensitivity::Sensitivity;

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

/// The run folders that a review of `dir` is about: that one, or one for each award series that has nominations.
fn runs_of(dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let record = RunRecord::read(dir)?;
    if record.tracks.is_empty() {
        return Ok(vec![dir.to_owned()]);
    }
    let judged = record.tracks.iter().filter(|track| track.nominations > 0);
    Ok(judged.map(|track| dir.join(&track.id)).collect())
}

/// A run folder read back, with all that a review needs of it.
struct Judged {
    dir: PathBuf,
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
        Ok(Self { dir: dir.to_owned(), record, bytes, ranking, programme })
    }

    /// Every run that a review of `dir` is about.
    fn read_all(dir: &Path) -> anyhow::Result<Vec<Self>> {
        runs_of(dir)?.iter().map(|dir| Self::read(dir)).collect()
    }

    /// `files` as they are called in the output: in a folder of the award series, where the run is of one among several.
    fn placed(&self, several: bool, files: Vec<Rendered>) -> Vec<Rendered> {
        let track = self.record.options.track.as_ref().filter(|_| several);
        let Some(track) = track else { return files };
        files.into_iter().map(|(name, bytes)| (format!("{track}/{name}"), bytes)).collect()
    }

    /// What precedes lines that are told of one award series among several.
    fn tell_series(&self, several: bool) {
        if let Some(track) = self.record.options.track.as_ref().filter(|_| several) {
            eprintln!("{track}:");
        }
    }

    fn language(&self, asked: Option<LanguageArg>) -> Language {
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

/// [`Judged::texts`] of runs that are parts of one: they read the same inputs.
fn texts(runs: &[Judged]) -> anyhow::Result<Result<BTreeMap<NominationId, Nomination>, String>> {
    runs.first().map_or_else(|| Ok(Ok(BTreeMap::new())), Judged::texts)
}

fn export(args: &ExportArgs) -> anyhow::Result<Status> {
    let folder = OutputFolder::plan(&args.output.out, args.output.force)?;
    let runs = Judged::read_all(&args.run)?;
    let panel = panel(args, &runs)?;
    let several = runs.len() > 1;
    let texts = texts(&runs)?.unwrap_or_else(|why| {
        eprintln!("note: the workbooks hold evidence without full texts: {why}");
        BTreeMap::new()
    });
    let mut written = Vec::new();
    for judged in &runs {
        judged.tell_series(several);
        written.push(judged.placed(several, export_run(args, judged, &panel, &texts)?));
    }
    write_files(folder, &written.concat())?;
    for (judged, files) in runs.iter().zip(&written) {
        enter(&judged.dir, &args.output, Step::ReviewExport, files)?;
    }
    eprintln!("send each expert their workbooks from {}; assignment.csv is yours", args.output.out.display());
    Ok(Status::Done)
}

/// The workbooks of one run, and who judges what.
fn export_run(
    args: &ExportArgs,
    judged: &Judged,
    panel: &Panel,
    texts: &BTreeMap<NominationId, Nomination>,
) -> anyhow::Result<Vec<Rendered>> {
    read_log(&judged.dir)?;
    let language = judged.language(args.output.language);
    let cases = cases(&judged.ranking);
    let assignment = assign(panel, &cases, args.per_case.map(usize::from), args.seed);
    let review = Review { programme: &judged.programme, texts, tells_relevance: args.relevance, language };
    let mut files = Vec::new();
    let mut assigned = Vec::new();
    for (expert, own) in panel.experts.iter().zip(&assignment.of) {
        let own: Vec<&RankingRecord> = own.iter().map(|&at| cases[at]).collect();
        if own.is_empty() && !expert.tracks.is_empty() {
            continue;
        }
        let ticket = Ticket::new(&judged.bytes, &expert.name);
        let name = format!("review-{}.xlsx", expert.file_stem());
        let row = |case: &&RankingRecord| {
            [&expert.name, &name, case.id.as_str(), &case.title, &case.category].map(String::from)
        };
        assigned.extend(own.iter().map(|case| row(case).to_vec()));
        files.push((name, review.workbook(&ticket, &own)?));
    }
    files.push((ASSIGNMENT_FILE.to_owned(), csv::table(ASSIGNMENT_FILE, &ASSIGNMENT_COLUMNS, assigned.into_iter())?));
    tell_export(args, panel, &assignment, &cases);
    Ok(files)
}

fn panel(args: &ExportArgs, runs: &[Judged]) -> anyhow::Result<Panel> {
    let Some(path) = &args.panel else {
        let language = runs.first().map_or(Language::default(), |judged| judged.language(args.output.language));
        return Ok(Panel::numbered(usize::from(args.experts.unwrap_or(1)), language));
    };
    let categories = runs.iter().flat_map(|judged| &judged.programme.categories);
    let categories: Vec<String> = categories.map(|category| category.id.clone()).collect();
    let tracks: Vec<String> = runs.iter().filter_map(|judged| judged.record.options.track.clone()).collect();
    let panel = Panel::load(path, &categories, &tracks)?;
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
}

fn merge_workbooks(args: &MergeArgs) -> anyhow::Result<Status> {
    let folder = OutputFolder::plan(&args.output.out, args.output.force)?;
    let runs = Judged::read_all(&args.run)?;
    let several = runs.len() > 1;
    let (workbooks, mut unread) = read_workbooks(&args.workbooks)?;
    let mut results = Vec::new();
    for (judged, workbooks) in runs.iter().zip(sorted(&runs, workbooks)) {
        let problems = std::mem::take(&mut unread);
        if several && workbooks.is_empty() && problems.is_empty() {
            judged.tell_series(several);
            eprintln!("no workbook of this series came back; it has no result yet");
            continue;
        }
        results.push(Merging::of(judged, &workbooks, problems, judged.language(args.output.language))?);
    }
    if results.iter().all(|result| result.merged.judgments.is_empty()) {
        let problems = results.iter().flat_map(|result| &result.merged.problems);
        problems.take(SHOWN).for_each(|problem| eprintln!("problem: {problem}"));
        bail!("no usable judgment in {}", counted(args.workbooks.len(), "workbook"));
    }
    let texts = texts(&runs)?;
    if let Err(why) = &texts {
        eprintln!("note: labelled.jsonl is not written: {why}");
    }
    let mut written = Vec::new();
    for result in &results {
        let files = result.publication().files(&result.judged.bytes, texts.as_ref().ok())?;
        written.push(result.judged.placed(several, files));
    }
    let above = if several { notice_of_all(&args.run, &results)? } else { Vec::new() };
    write_files(folder, &[written.concat(), above].concat())?;
    for (result, files) in results.iter().zip(&written) {
        enter(&result.judged.dir, &args.output, Step::ReviewMerge, files)?;
        result.judged.tell_series(several);
        result.tell();
    }
    let first = if several { "notice.html" } else { "result.xlsx" };
    eprintln!("open {}", args.output.out.join(first).display());
    let is_clean = results.iter().all(|result| result.merged.problems.is_empty());
    Ok(if is_clean { Status::Done } else { Status::SomeRejected })
}

/// For each run the workbooks that name it; those that name none go with the first, which says so.
fn sorted(runs: &[Judged], workbooks: Vec<Workbook>) -> Vec<Vec<Workbook>> {
    let mut sorted: Vec<Vec<Workbook>> = runs.iter().map(|_| Vec::new()).collect();
    let names: Vec<String> = runs.iter().map(|judged| Ticket::new(&judged.bytes, "").run).collect();
    for workbook in workbooks {
        let named = if runs.len() > 1 { workbook.run() } else { None };
        let at = named.and_then(|run| names.iter().position(|name| *name == run)).unwrap_or(0);
        sorted[at].push(workbook);
    }
    sorted
}

/// 通报 over every award series, in the order of the notice.
fn notice_of_all(dir: &Path, results: &[Merging<'_>]) -> anyhow::Result<Vec<Rendered>> {
    let record = RunRecord::read(dir)?;
    let tracks = super::run_tracks::load_tracks(&record.options.programme)?;
    let language = results.first().map_or(record.options.language, |result| result.language);
    let name = |result: &Merging<'_>| {
        let settings = &result.judged.programme.settings;
        language.pick(&settings.name, &settings.name_en).to_owned()
    };
    let names: Vec<String> = results.iter().map(name).collect();
    let series: Vec<(&str, Publication<'_>)> =
        names.iter().zip(results).map(|(name, result)| (name.as_str(), result.publication())).collect();
    let document = notice(language.pick(&tracks.name, &tracks.name_en), language, &series);
    Ok(vec![("notice.docx".to_owned(), document.to_docx()?), ("notice.html".to_owned(), document.to_html()?)])
}

/// What the experts' workbooks make of one run.
struct Merging<'a> {
    judged: &'a Judged,
    merged: Merged,
    outcome: Outcome,
    findings: Findings,
    sensitivity: Sensitivity,
    language: Language,
}

impl<'a> Merging<'a> {
    fn of(
        judged: &'a Judged,
        workbooks: &[Workbook],
        unread: Vec<Problem>,
        language: Language,
    ) -> anyhow::Result<Self> {
        let log = read_log(&judged.dir)?;
        let cases = cases(&judged.ranking);
        let mut merged = merge(&judged.programme, &judged.bytes, &cases, workbooks);
        merged.problems.extend(unread);
        let top = judged.record.options.top;
        let measures = Measures::new(&judged.programme, &cases, &merged);
        let outcome = Outcome::new(&judged.programme, &cases, top, (&merged, &measures), &log);
        let findings = Findings::new(&measures, &judged.ranking, &outcome);
        let sensitivity = of_outcome(&judged.programme, &cases, top, (&merged, &measures), &log, &outcome);
        Ok(Self { judged, merged, outcome, findings, sensitivity, language })
    }

    fn publication(&self) -> Publication<'_> {
        Publication {
            programme: &self.judged.programme,
            record: &self.judged.record,
            ranking: &self.judged.ranking,
            merged: &self.merged,
            outcome: &self.outcome,
            findings: &self.findings,
            sensitivity: &self.sensitivity,
            language: self.language,
        }
    }

    fn tell(&self) {
        let problems = &self.merged.problems;
        warn_all(&self.merged.notes);
        problems.iter().take(SHOWN).for_each(|problem| eprintln!("problem: {problem}"));
        if problems.len() > SHOWN {
            eprintln!("problem: {} more, see problems.csv", problems.len() - SHOWN);
        }
        tell_result(&self.merged, &self.outcome, &self.findings);
        tell_sensitivity(&self.sensitivity, &self.judged.programme, "winners");
    }
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
            let inside = workbooks_in(path)?;
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

/// The workbooks in `folder` and in the folders directly in it, one an award series.
fn workbooks_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let list = |folder: &Path| -> anyhow::Result<Vec<PathBuf>> {
        let entries = std::fs::read_dir(folder).with_context(|| format!("{}: cannot be read", folder.display()))?;
        let mut inside: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
        inside.sort();
        Ok(inside)
    };
    let mut files = list(folder)?;
    for inner in files.clone().iter().filter(|path| path.is_dir()) {
        files.extend(list(inner)?);
    }
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    files.retain(|file| !file.is_dir() && name(file).ends_with(".xlsx") && !name(file).starts_with(['~', '.']));
    Ok(files)
}

fn feedback(args: &FeedbackArgs) -> anyhow::Result<Status> {
    let folder = OutputFolder::plan(&args.output.out, args.output.force)?;
    let runs = Judged::read_all(&args.run)?;
    let several = runs.len() > 1;
    let mut written = Vec::new();
    for judged in &runs {
        let track = judged.record.options.track.as_ref().filter(|_| several);
        let result = args.result.as_ref().map(|dir| track.map_or_else(|| dir.clone(), |track| dir.join(track)));
        // No workbook of this series has come back.
        let result = result.filter(|dir| track.is_none() || dir.is_dir());
        written.push(judged.placed(several, letters(judged, result.as_deref(), args.output.language)?));
    }
    let files = written.concat();
    write_files(folder, &files)?;
    for (judged, files) in runs.iter().zip(&written) {
        enter(&judged.dir, &args.output, Step::ReviewFeedback, files)?;
    }
    eprintln!("{} in {}", counted(files.len(), "letter"), args.output.out.display());
    Ok(Status::Done)
}

/// A letter for every nomination of a run, with what the experts said where there is a `result`.
fn letters(judged: &Judged, result: Option<&Path>, language: Option<LanguageArg>) -> anyhow::Result<Vec<Rendered>> {
    read_log(&judged.dir)?;
    let judgments = result.map_or_else(|| Ok(Vec::new()), read_judgments)?;
    let language = judged.language(language);
    let mut files: Vec<Rendered> = Vec::new();
    for case in judged.ranking.iter().filter(|case| case.duplicate_of.is_none()) {
        let own: Vec<&Judgment> = judgments.iter().filter(|judgment| judgment.id == case.id).collect();
        let stem = file_stem(case.id.as_str());
        let taken = |name: &String| files.iter().any(|(other, _)| other == name);
        let mut names = std::iter::once(format!("{stem}.docx")).chain((2..).map(|n| format!("{stem}_{n}.docx")));
        let name = names.find(|name| !taken(name)).expect("there is always a further number");
        files.push((name, letter(&judged.programme, case, &own, language).to_docx()?));
    }
    Ok(files)
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
    ensure!(!args.why.trim().is_empty(), "--why is empty; give the reason");
    let id = NominationId::new(args.id.as_str());
    let mut runs = Judged::read_all(&args.run)?;
    runs.retain(|judged| judged.ranking.iter().any(|record| record.id == id));
    ensure!(!runs.is_empty(), "{}: has no nomination with the id {:?}", args.run.display(), args.id);
    for judged in &runs {
        let (why, by) = (args.why.trim().to_owned(), who(args.by.as_deref()));
        let deed = Deed { at: now(), who: by, what, case: Some(id.clone()), why, files: Vec::new() };
        let entry = append_to_log(&judged.dir, deed)?;
        judged.tell_series(judged.record.options.track.is_some());
        eprintln!("entered as number {}; it counts from the next `review merge` on", entry.entry);
    }
    Ok(Status::Done)
}

fn write_files(folder: OutputFolder, files: &[Rendered]) -> anyhow::Result<()> {
    folder.fill(|dir| {
        files.iter().try_for_each(|(name, bytes)| {
            let path = dir.join(name);
            let parent = path.parent().unwrap_or(dir);
            let written = std::fs::create_dir_all(parent).and_then(|()| std::fs::write(&path, bytes));
            written.with_context(|| format!("{name}: cannot be written"))
        })
    })
}

/// Enters into the log what was written to `output`.
fn enter(run: &Path, output: &ReviewOutput, what: Step, files: &[Rendered]) -> anyhow::Result<()> {
    let file = |(name, bytes): &Rendered| OutputFile::of(&output.out.join(name).display().to_string(), bytes);
    let (who, files) = (who(output.by.as_deref()), files.iter().map(file).collect());
    append_to_log(run, Deed { at: now(), who, what, case: None, why: String::new(), files })?;
    Ok(())
}
