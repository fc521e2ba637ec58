//! Running text (.txt, .md, the paragraphs of a .docx): one nomination a file.

use super::csv::{read_evident_table, whole_text};
use super::form::Form;
use super::found::{Found, Refusal};
use super::headers::Field;
use super::labels::labelled;
use super::mapping::HeaderBook;
use super::reader::Document;

/// A longer first line is prose, not a title.
const MAX_TITLE_CHARS: usize = 60;
/// A longer line is prose, not a section heading.
const MAX_HEADING_CHARS: usize = 30;

/// A paragraph, and whether the format marks it as a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub text: String,
    pub is_heading: bool,
}

impl Line {
    pub fn plain(text: &str) -> Self {
        Self { text: text.to_owned(), is_heading: false }
    }
}

/// Plain text; a table exported as text is read as a table.
pub(crate) fn read_text(document: &Document<'_>, found: &mut Found) -> Result<(), Refusal> {
    let text = whole_text(document, found)?;
    if let Some(outcome) = read_evident_table(&text, document, found) {
        return outcome;
    }
    submit(text.lines().map(Line::plain).collect(), document, found);
    Ok(())
}

/// Markdown: `#` headings and the fields of a front matter are understood, emphasis marks dropped.
pub(crate) fn read_markdown(document: &Document<'_>, found: &mut Found) -> Result<(), Refusal> {
    let text = whole_text(document, found)?;
    submit(markdown_lines(&text), document, found);
    Ok(())
}

fn submit(lines: Vec<Line>, document: &Document<'_>, found: &mut Found) {
    let mut form = Form::new(document.place.clone(), document.book);
    add(&lines, document.book, &mut form);
    form.submit(found, document.limits);
}

fn markdown_lines(text: &str) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for raw in text.lines() {
        let trimmed = raw.trim();
        let hashes = trimmed.len() - trimmed.trim_start_matches('#').len();
        let is_rule = trimmed.len() >= 3 && ["-", "=", "*"].iter().any(|mark| trimmed.replace(mark, "").is_empty());
        if (1..=6).contains(&hashes) && trimmed[hashes..].starts_with([' ', '\t']) {
            lines.push(Line { text: bare(trimmed[hashes..].trim_end_matches('#')), is_heading: true });
        } else if !is_rule {
            lines.push(Line::plain(&bare(raw)));
        } else if trimmed.starts_with('=') {
            // A line of = underlines a heading.
            if let Some(line) = lines.last_mut() {
                line.is_heading = true;
            }
        }
    }
    lines
}

fn bare(text: &str) -> String {
    text.trim().replace("**", "").replace('`', "")
}

/// Reads lines into `form`: leading labels are fields, the first heading or short line is the title, the rest is
/// narrative under its headings.
pub(crate) fn add(lines: &[Line], book: &HeaderBook, form: &mut Form<'_>) {
    let mut prose = Prose { book, form, heading: None, body: Vec::new(), in_body: false };
    for line in lines.iter().filter(|line| !line.text.trim().is_empty()) {
        prose.line(line);
    }
    prose.end_section();
}

struct Prose<'a, 'b, 'f> {
    book: &'a HeaderBook,
    form: &'f mut Form<'b>,
    heading: Option<String>,
    body: Vec<String>,
    /// Past the title and the leading labels.
    in_body: bool,
}

impl Prose<'_, '_, '_> {
    fn line(&mut self, line: &Line) {
        let text = line.text.trim();
        if self.label(text) {
            return;
        }
        if !self.in_body && self.title(line) {
            return;
        }
        if line.is_heading || is_numbered_heading(text) || self.is_narrative_name(text) {
            self.end_section();
            self.heading = Some(text.to_owned());
        } else {
            self.body.push(text.to_owned());
        }
        self.in_body = true;
    }

    /// `申报单位: 某某局` fills a field at the top; `创新点: ...` starts a section anywhere.
    fn label(&mut self, text: &str) -> bool {
        let Some((label, value)) = labelled(text) else { return false };
        let Some(found) = self.book.recognise_exactly(label) else { return false };
        if found.field == Field::Text {
            self.end_section();
            self.heading = Some(label.to_owned());
            self.body.extend((!value.is_empty()).then(|| value.to_owned()));
            self.in_body = true;
            return true;
        }
        let is_remark = matches!(found.field, Field::Ignore | Field::Score | Field::RowNumber);
        if self.in_body || is_remark {
            return false;
        }
        self.form.fill(label, found.field, found.basis, value);
        true
    }

    fn title(&mut self, line: &Line) -> bool {
        let text = line.text.trim();
        let sentence_ends = ['。', '!', '\u{ff01}', '?', '\u{ff1f}', ';', '\u{ff1b}'];
        let short = text.chars().count() <= MAX_TITLE_CHARS && !text.ends_with(sentence_ends);
        if is_form_name(text) {
            return true;
        }
        if self.form.has_title() || is_numbered_heading(text) || !(short || line.is_heading) {
            return false;
        }
        if !line.is_heading && self.is_narrative_name(text) {
            return false;
        }
        self.form.record.title = Some(text.to_owned());
        true
    }

    fn is_narrative_name(&self, text: &str) -> bool {
        text.chars().count() <= MAX_HEADING_CHARS
            && self.book.recognise_exactly(text).is_some_and(|found| found.field == Field::Text)
    }

    fn end_section(&mut self) {
        let text = std::mem::take(&mut self.body).join("\n");
        let heading = self.heading.take();
        self.form.record.sections.extend(super::found::section(heading.as_deref(), &text));
    }
}

/// 一、背景 or (二)主要做法: numbered, short, no sentence.
pub(crate) fn is_numbered_heading(text: &str) -> bool {
    let rest = text.trim_start_matches(['(', '\u{ff08}']);
    let after = rest.trim_start_matches(|c| "一二三四五六七八九十".contains(c));
    let numbered = after.len() < rest.len() && after.starts_with(['、', ')', '\u{ff09}', '.', '\u{ff0e}']);
    numbered && text.chars().count() <= MAX_HEADING_CHARS && !text.ends_with(['。', ';', '\u{ff1b}'])
}

/// The name of the form (某某案例申报表) is not the title of the nomination.
fn is_form_name(text: &str) -> bool {
    const ENDS: [&str; 6] = ["申报表", "推荐表", "申报书", "推荐书", "登记表", "报名表"];
    let bare = text.split(['(', '\u{ff08}']).next().unwrap_or(text).trim_end();
    text.chars().count() <= MAX_TITLE_CHARS && ENDS.iter().any(|end| bare.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nomination::{RawSubmission, SourceRef};

    fn read(lines: Vec<Line>) -> RawSubmission {
        let book = HeaderBook::default();
        let mut form = Form::new(SourceRef::file("a.txt"), &book);
        add(&lines, &book, &mut form);
        form.record
    }

    #[test]
    fn leading_labels_title_and_numbered_sections_are_told_apart() {
        let record = read(
            "某某市“一网统管”平台\n申报单位:某某市大数据局\n所在地区:某某省\n\n一、建设背景\n城市运行事项分散在多个系统。\n二、主要做法\n统一派单:先到先办。\n创新点:一屏统览\n效果明显。"
                .lines()
                .map(Line::plain)
                .collect(),
        );
        assert_eq!(record.title.as_deref(), Some("某某市“一网统管”平台"));
        assert_eq!(record.unit.as_deref(), Some("某某市大数据局"));
        let sections: Vec<(&str, &str)> =
            record.sections.iter().map(|s| (s.heading.as_deref().unwrap_or(""), s.text.as_str())).collect();
        assert_eq!(
            sections,
            [
                ("一、建设背景", "城市运行事项分散在多个系统。"),
                ("二、主要做法", "统一派单:先到先办。"),
                ("创新点", "一屏统览\n效果明显。"),
            ]
        );
    }

    #[test]
    fn a_text_without_a_short_line_has_no_title() {
        let long = "市民热线把受理、派单、督办、回访串成一条线。".repeat(5);
        let record = read(vec![Line::plain(&long)]);
        assert_eq!((record.title, record.sections.len()), (None, 1));
    }

    #[test]
    fn markdown_headings_and_front_matter_are_understood() {
        let record = read(markdown_lines("---\nunit: 某某局\n---\n# 掌上办 #\n\n## 背景\n**线下**排队久。\n"));
        assert_eq!((record.title.as_deref(), record.unit.as_deref()), (Some("掌上办"), Some("某某局")));
        assert_eq!(record.sections[0].heading.as_deref(), Some("背景"));
        assert_eq!(record.sections[0].text, "线下排队久。");
    }
}
