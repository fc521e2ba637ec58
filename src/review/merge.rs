//! The experts' workbooks read back and put together.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::judgment::{Judgment, Problem};
use super::sheet::{self, Frame, read};
use super::ticket::Ticket;
use crate::digest::sha256_hex;
use crate::nomination::{NominationId, SourceRef};
use crate::programme::{Criterion, Programme};
use crate::report::RankingRecord;

/// A workbook that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workbook {
    /// Path as given.
    pub file: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Workbook {
    /// The run that its code names, as in [`Ticket::run`]; none where it has no code, or several.
    #[must_use]
    pub fn run(&self) -> Option<String> {
        sheet::ticket_of(&self.file, &self.bytes).map(|ticket| ticket.run)
    }
}

/// Every usable judgment, and everything that is none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Merged {
    /// One for each expert and case, by case, then expert.
    pub judgments: Vec<Judgment>,
    /// In the order of the workbooks as given, then of their cells.
    pub problems: Vec<Problem>,
    /// What needs no remedy: a workbook given twice.
    pub notes: Vec<String>,
    /// The workbooks, in the order given.
    pub files: Vec<ReturnedFile>,
}

/// A workbook in the provenance of a merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReturnedFile {
    /// Path as given.
    pub file: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// Judgments taken from it.
    pub judgments: usize,
    /// Cells, rows or the whole of it that could not be used.
    pub problems: usize,
}

/// All that one expert said of one case, wherever.
#[derive(Debug, Default)]
struct Gathered {
    first: SourceRef,
    /// By criterion id, each with where it stands.
    scores: BTreeMap<String, Vec<(f64, SourceRef)>>,
    recused: bool,
    abstained: bool,
    comments: Vec<String>,
}

/// Reads `workbooks` of the run whose `ranking.jsonl` has the bytes `ranking`; `cases` are those that experts judge.
///
/// Where an expert's rows or workbooks disagree on a score, neither is used and both places are named. The order of the
/// workbooks changes no judgment, and giving one twice changes nothing.
#[must_use]
pub fn merge(programme: &Programme, ranking: &[u8], cases: &[&RankingRecord], workbooks: &[Workbook]) -> Merged {
    let ids: BTreeSet<NominationId> = cases.iter().map(|case| case.id.clone()).collect();
    let run = Ticket::new(ranking, "").run;
    let frame = Frame { run: &run, programme, ids: &ids };
    let mut merged = Merged::default();
    let mut gathered: BTreeMap<(NominationId, String), Gathered> = BTreeMap::new();
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for workbook in workbooks {
        let sha256 = sha256_hex([workbook.bytes.as_slice()]);
        let mut file = ReturnedFile { file: workbook.file.clone(), sha256: sha256.clone(), judgments: 0, problems: 0 };
        if let Some(first) = seen.insert(sha256, &workbook.file) {
            merged.notes.push(format!("{}: the same bytes as {first}, read once", workbook.file));
        } else {
            let returned = read(&workbook.file, &workbook.bytes, &frame);
            (file.judgments, file.problems) = (returned.judgments.len(), returned.problems.len());
            merged.problems.extend(returned.problems);
            for judgment in returned.judgments {
                gathered.entry((judgment.id.clone(), judgment.expert.clone())).or_default().add(judgment);
            }
        }
        merged.files.push(file);
    }
    for ((id, expert), gathered) in gathered {
        let judgment = gathered.settle(id, expert, &mut merged.problems).with_total(&programme.criteria);
        if judgment.says_anything() {
            merged.judgments.push(judgment);
        }
    }
    merged
}

impl Merged {
    /// The same judgments with totals by other weights: `criteria` are those of the programme, weighted anew.
    #[must_use]
    pub fn weighted_by(&self, criteria: &[Criterion]) -> Self {
        let judgments = self.judgments.iter().cloned().map(|judgment| judgment.with_total(criteria));
        Self { judgments: judgments.collect(), ..self.clone() }
    }
}

impl Gathered {
    fn add(&mut self, judgment: Judgment) {
        if self.first.file.is_empty() {
            self.first = judgment.source.clone();
        }
        for (criterion, value) in judgment.scores {
            self.scores.entry(criterion).or_default().push((value, judgment.source.clone()));
        }
        self.recused |= judgment.recused;
        self.abstained |= judgment.abstained;
        if !judgment.comment.is_empty() && !self.comments.contains(&judgment.comment) {
            self.comments.push(judgment.comment);
        }
    }

    fn settle(mut self, id: NominationId, expert: String, problems: &mut Vec<Problem>) -> Judgment {
        let problem = |at: &SourceRef, value: String, reason: String, remedy: &str| Problem {
            file: at.file.clone(),
            sheet: at.sheet.clone().unwrap_or_default(),
            cell: at.row.map(|row| row.to_string()).unwrap_or_default(),
            expert: expert.clone(),
            id: id.to_string(),
            value,
            reason,
            remedy: remedy.to_owned(),
        };
        let mut scores = BTreeMap::new();
        for (criterion, given) in std::mem::take(&mut self.scores) {
            let (first, place) = &given[0];
            match given.iter().find(|(other, _)| other.total_cmp(first).is_ne()) {
                None => _ = scores.insert(criterion, *first),
                Some((other, at)) => problems.push(problem(
                    at,
                    other.to_string(),
                    format!("{criterion} is scored {first} at {place}; neither was used"),
                    "ask the expert which one holds, and clear the other",
                )),
            }
        }
        if (self.recused || self.abstained) && !scores.is_empty() {
            let reason = "scores in one place and a recusal or an abstention in another; the scores were not used";
            problems.push(problem(&self.first, String::new(), reason.to_owned(), "ask the expert which holds"));
            scores.clear();
        }
        Judgment {
            expert: expert.clone(),
            id: id.clone(),
            scores,
            total: None,
            recused: self.recused,
            abstained: self.abstained,
            comment: self.comments.join("\n"),
            source: self.first,
        }
    }
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::{Formula, Workbook as Writer};

    use super::*;
    use crate::review::tests::case;

    const RANKING: &[u8] = b"the ranking";

    fn programme() -> Programme {
        let mut programme = Programme::load(crate::programme::DEFAULT_PROGRAMME).expect("built in");
        programme.criteria.truncate(2);
        programme.criteria[0].weight = 0.5;
        programme.criteria[1].weight = 0.5;
        programme
    }

    /// A workbook with `rows` under the headers of an exported one, both criteria by their names.
    fn workbook(file: &str, ticket: &str, headers: &[&str], rows: &[&[&str]]) -> Workbook {
        let mut writer = Writer::new();
        let sheet = writer.add_worksheet();
        sheet.write_string(0, 0, ticket).expect("a cell");
        let sheet = writer.add_worksheet();
        for (row, cells) in (3u32..).zip(std::iter::once(&headers).chain(rows)) {
            for (column, text) in (1u16..).zip(cells.iter()) {
                match (text.parse::<f64>(), text.strip_prefix('=')) {
                    (Ok(number), _) => sheet.write_number(row, column, number),
                    (_, Some(formula)) => sheet.write_formula(row, column, Formula::new(formula).set_result("80")),
                    _ => sheet.write_string(row, column, *text),
                }
                .expect("a cell");
            }
        }
        Workbook { file: file.to_owned(), bytes: writer.save_to_buffer().expect("a workbook") }
    }

    fn merged(workbooks: &[Workbook]) -> Merged {
        let cases = ["c1", "c2", "c3"].map(|id| case(id, "hotline"));
        merge(&programme(), RANKING, &cases.each_ref(), workbooks)
    }

    fn headers(programme: &Programme) -> [String; 6] {
        let [first, second] = [0, 1].map(|at: usize| programme.criteria[at].name.clone());
        ["编号".to_owned(), first, second, "回避".to_owned(), "弃权".to_owned(), "意见".to_owned()]
    }

    fn of_zhang(file: &str, rows: &[&[&str]]) -> Workbook {
        let headers = headers(&programme());
        workbook(file, &Ticket::new(RANKING, "张三").to_string(), &headers.each_ref().map(String::as_str), rows)
    }

    fn told(merged: &Merged) -> Vec<(&str, &str)> {
        merged.problems.iter().map(|problem| (problem.cell.as_str(), problem.reason.as_str())).collect()
    }

    #[test]
    fn scores_recusals_and_comments_come_back_wherever_the_columns_are() {
        let rows: [&[&str]; 3] =
            [&["c1", "80", " ９０分 ", "", "", "好"], &["", "", ""], &["c2", "", "", "是", "否", ""]];
        let Merged { judgments, problems, .. } = merged(&[of_zhang("a.xlsx", &rows)]);
        assert!(problems.is_empty(), "{problems:?}");
        let [first, second] = &judgments[..] else { panic!("two judgments: {judgments:?}") };
        assert_eq!((first.expert.as_str(), first.total, first.comment.as_str()), ("张三", Some(85.0), "好"));
        assert_eq!(first.source.to_string(), "a.xlsx, sheet Sheet2, row 5");
        assert!(second.recused && !second.abstained && second.scores.is_empty());

        let mut names = headers(&programme());
        names.swap(0, 5);
        names.swap(1, 2);
        names[3] = "备注列".to_owned();
        let names = names.each_ref().map(String::as_str);
        let moved = workbook(
            "b.xlsx",
            &Ticket::new(RANKING, "张三").to_string(),
            &names,
            &[&["好", "90", "80", "x", "", "c1"]],
        );
        let again = merged(&[moved]);
        assert_eq!(again.judgments[0].scores, first.scores);
    }

    #[test]
    fn what_cannot_be_used_is_named_with_its_cell_and_the_rest_is_used() {
        let rows: [&[&str]; 6] = [
            &["c1", "一百", "90"],
            &["c2", "=40+40", "101"],
            &["c9", "80", "80"],
            &["", "80", "80"],
            &["c3", "80", "80", "也许"],
            &["c3", "80", "80", "", "是"],
        ];
        let merged = merged(&[of_zhang("a.xlsx", &rows)]);
        let problems = told(&merged);
        for expected in [
            ("C5", "not a number"),
            ("C6", "a formula, not a score"),
            ("D6", "a score outside the scale"),
            ("B7", "no case of this review has this id; nothing of the row was used"),
            ("B8", "the row has judgments and no id; none of it was used"),
            ("E9", "neither yes nor no"),
            ("10", "scores beside a recusal or an abstention; they were not used"),
        ] {
            assert!(problems.contains(&expected), "{expected:?}: {problems:?}");
        }
        assert_eq!(merged.judgments.len(), 2, "{:?}", merged.judgments);
        assert_eq!(merged.judgments[0].scores.len(), 1, "the other criterion of c1");
        assert_eq!(merged.judgments[0].total, None);
    }

    #[test]
    fn the_same_again_changes_nothing_and_a_disagreement_is_settled_by_nobody() {
        let once = of_zhang("a.xlsx", &[&["c1", "80", "90"]]);
        let renamed = Workbook { file: "b.xlsx".to_owned(), ..once.clone() };
        let both = merged(&[once.clone(), renamed]);
        assert_eq!(both.judgments, merged(std::slice::from_ref(&once)).judgments);
        assert!(both.notes[0].contains("b.xlsx") && both.problems.is_empty());

        let later = of_zhang("later.xlsx", &[&["c1", "80", "70", "", "", "改"], &["c2", "60", "60"]]);
        let differing = merged(&[once.clone(), later.clone()]);
        assert_eq!(differing.judgments[0].scores.len(), 1, "the score both agree on");
        assert_eq!((differing.judgments[0].comment.as_str(), differing.judgments.len()), ("改", 2));
        let [problem] = &differing.problems[..] else { panic!("{:?}", differing.problems) };
        assert!(problem.reason.contains("90 at a.xlsx") && problem.file == "later.xlsx", "{problem}");
        let turned = merged(&[later, once]);
        let scores = |merged: &Merged| merged.judgments.iter().map(|j| j.scores.clone()).collect::<Vec<_>>();
        assert_eq!(scores(&turned), scores(&differing), "the order of the workbooks decides nothing");
    }

    #[test]
    fn a_workbook_that_is_not_of_this_review_is_one_problem() {
        let headers = headers(&programme());
        let headers = headers.each_ref().map(String::as_str);
        let row: [&[&str]; 1] = [&["c1", "80", "90"]];
        let ours = Ticket::new(RANKING, "张三").to_string();
        let cut =
            |workbook: Workbook| Workbook { bytes: workbook.bytes[..workbook.bytes.len() / 2].to_vec(), ..workbook };
        for (workbook, reason) in [
            (workbook("a.xlsx", &Ticket::new(b"other", "张三").to_string(), &headers, &row), "another run"),
            (workbook("a.xlsx", "no ticket", &headers, &row), "no cell holds the code"),
            (workbook("a.xlsx", &ours, &["编号", "得分"], &row), "no sheet has a header row"),
            (cut(of_zhang("a.xlsx", &row)), "archive"),
            (Workbook { file: "a.xlsx".into(), bytes: b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec() }, "a.xlsx"),
        ] {
            let merged = merged(&[workbook]);
            let [problem] = &merged.problems[..] else { panic!("{:?}", merged.problems) };
            assert!(problem.to_string().contains(reason), "{reason}: {problem}");
            assert!(merged.judgments.is_empty() && problem.cell.is_empty() && !problem.remedy.is_empty());
        }
    }

    #[test]
    fn a_criterion_without_a_column_or_with_two_is_told_and_the_others_are_used() {
        let [first, second] = [0, 1].map(|at: usize| programme().criteria[at].name.clone());
        let ticket = Ticket::new(RANKING, "李四").to_string();
        let lost = workbook("a.xlsx", &ticket, &["编号", &first], &[&["c1", "80"]]);
        let doubled = workbook("b.xlsx", &ticket, &["编号", &first, &second, &second], &[&["c2", "80", "1", "2"]]);
        let merged = merged(&[lost, doubled]);
        let reasons: Vec<&str> = told(&merged).iter().map(|(_, reason)| *reason).collect();
        assert!(reasons[0].starts_with("no column") && reasons[1].starts_with("two columns"), "{reasons:?}");
        assert!(merged.judgments.iter().all(|judgment| judgment.scores.len() == 1));
    }
}
