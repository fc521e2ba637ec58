//! A letter to whoever nominated a case: what was found strong in it and what thin, from its own sentences.

use super::document::{Block, Document};
use super::judgment::Judgment;
use crate::programme::{Criterion, Language, Programme};
use crate::report::wording::{Wording, fill};
use crate::report::{CriterionRecord, RankingRecord};

/// Criteria told on each side; a programme with fewer than twice as many tells fewer.
const TOLD: usize = 2;

/// The letter for `case`, of whose `judgments` the scores order the criteria and the comments are quoted; without any,
/// the program's own scores order them. Neither rank nor score is told.
#[must_use]
pub fn letter(programme: &Programme, case: &RankingRecord, judgments: &[&Judgment], language: Language) -> Document {
    let w = Wording::of(language);
    let f = &w.feedback_words;
    let mut ordered: Vec<(&Criterion, &CriterionRecord)> = case
        .criteria
        .iter()
        .filter_map(|record| Some((programme.criteria.iter().find(|criterion| criterion.id == record.id)?, record)))
        .collect();
    ordered.sort_by(|a, b| strength(b.1, judgments).total_cmp(&strength(a.1, judgments)).then(a.1.id.cmp(&b.1.id)));
    let told = TOLD.min(ordered.len() / 2);
    let name = |criterion: &Criterion| language.pick(&criterion.name, &criterion.name_en).to_owned();

    let mut blocks = vec![Block::Paragraph(fill(f.opening, &[&case.unit, &case.title]))];
    if told > 0 {
        blocks.push(Block::Heading(f.strong.to_owned()));
    }
    let mut quoted: Vec<&str> = Vec::new();
    for (criterion, record) in &ordered[..told] {
        blocks.push(Block::Subheading(name(criterion)));
        let texts = record.evidence.iter().map(|quote| quote.text.as_str());
        let new: Vec<&str> = texts.filter(|text| !quoted.contains(text)).take(TOLD).collect();
        blocks.extend(new.iter().map(|text| Block::Item(format!("“{text}”"))));
        quoted.extend(new);
    }
    if told > 0 {
        blocks.push(Block::Heading(f.thin.to_owned()));
    }
    for (criterion, record) in &ordered[ordered.len() - told..] {
        blocks.push(Block::Subheading(name(criterion)));
        let question = language.pick(&criterion.question, &criterion.question_en);
        if !question.is_empty() {
            blocks.push(Block::Item(fill(f.asked, &[question])));
        }
        if !record.why.is_empty() {
            blocks.push(Block::Item(fill(f.found, &[&record.why])));
        }
    }
    let mut comments: Vec<&str> = judgments.iter().map(|judgment| judgment.comment.as_str()).collect();
    comments.retain(|comment| !comment.is_empty());
    if !comments.is_empty() {
        blocks.push(Block::Heading(f.comments.to_owned()));
        blocks.extend(comments.into_iter().map(|comment| Block::Item(comment.to_owned())));
    }
    blocks.push(Block::Paragraph(f.closing.to_owned()));
    Document { title: fill(f.title, &[&case.title]), blocks, language }
}

/// The panel's mean for the criterion, or the program's score where no expert gave one. Only compared within a case.
fn strength(record: &CriterionRecord, judgments: &[&Judgment]) -> f64 {
    let scores: Vec<f64> = judgments.iter().filter_map(|judgment| judgment.scores.get(&record.id).copied()).collect();
    if scores.is_empty() { record.score } else { scores.iter().sum::<f64>() / scores.len() as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::EvidenceRecord;
    use crate::review::tests::case;

    #[test]
    fn experts_decide_what_was_strong_and_neither_rank_nor_score_is_told() {
        let programme = Programme::load(crate::programme::DEFAULT_PROGRAMME).expect("built in");
        let record = |at: usize, score: f64| CriterionRecord {
            id: programme.criteria[at].id.clone(),
            score,
            why: format!("第{at}项所见"),
            evidence: vec![EvidenceRecord { text: format!("第{at}项依据。"), source: "a.docx".into() }],
        };
        let case = RankingRecord {
            unit: "甲市".into(),
            relevance: 61.25,
            criteria: vec![record(0, 81.5), record(1, 42.5)],
            ..case("c1", "hotline")
        };
        let text = |judgments: &[&Judgment]| {
            let blocks = letter(&programme, &case, judgments, Language::Zh).blocks;
            blocks.iter().map(|block| format!("{block:?}\n")).collect::<String>()
        };
        let of_program = text(&[]);
        assert!(of_program.contains("第0项依据") && of_program.contains("第1项所见"), "{of_program}");
        assert!(!of_program.contains("第0项所见"), "what was strong has no remark on what was thin");
        for figure in ["81.5", "42.5", "61.25"] {
            assert!(!of_program.contains(figure), "{figure}: {of_program}");
        }
        let scores = [(case.criteria[0].id.clone(), 50.0), (case.criteria[1].id.clone(), 90.0)];
        let judgment = Judgment { scores: scores.into(), comment: "请补充数据".into(), ..Judgment::default() };
        let of_panel = text(&[&judgment]);
        assert!(of_panel.contains("第1项依据") && of_panel.contains("第0项所见"), "{of_panel}");
        assert!(of_panel.contains("请补充数据"), "{of_panel}");
    }
}
