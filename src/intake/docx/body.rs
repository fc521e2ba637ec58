//! word/document.xml to paragraphs and tables. No recursion: depth costs heap, never stack.

use std::collections::BTreeSet;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

use super::super::blocks::{Block, Table};
use super::super::form::FormCell;
use super::super::prose::Line;
use super::styles::{attribute, is_outline_level};

/// WordprocessingML, transitional and strict.
const WORD: [&str; 2] = [
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
];
const COMPATIBILITY: &str = "http://schemas.openxmlformats.org/markup-compatibility/2006";

/// Text of a document in order.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub blocks: Vec<Block>,
    /// Characters in hidden runs, which no reader of the document sees.
    pub hidden_chars: usize,
}

/// Reads the document part. `headings` are the ids of heading styles.
pub(crate) fn read(xml: &str, headings: &BTreeSet<String>) -> Result<Body, String> {
    let mut reader = NsReader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut walker = Walker::new(headings);
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|error| error.to_string())?;
        let part = Part::of(&namespace);
        match event {
            Event::Eof => break,
            Event::Start(tag) => walker.start(part, &tag),
            Event::End(tag) => walker.end(part, tag.local_name().as_ref()),
            Event::Text(text) => walker.text(&text.xml10_content()),
            Event::CData(text) => walker.text(&text.xml10_content()),
            Event::GeneralRef(entity) => walker.entity(&entity),
            _ => {}
        }
    }
    Ok(walker.body)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Word,
    Compatibility,
    Other,
}

impl Part {
    fn of(namespace: &ResolveResult<'_>) -> Self {
        match namespace {
            ResolveResult::Bound(Namespace(name)) if WORD.contains(name) => Part::Word,
            ResolveResult::Bound(Namespace(COMPATIBILITY)) => Part::Compatibility,
            _ => Part::Other,
        }
    }
}

#[derive(Debug, Default)]
struct Paragraph {
    text: String,
    is_heading: bool,
}

#[derive(Debug, Default)]
struct OpenCell {
    text: Vec<String>,
    span: usize,
    continues: bool,
}

#[derive(Debug, Default)]
struct OpenTable {
    table: Table,
    row: Vec<FormCell>,
    /// Grid column at which each cell of the row starts, with its text.
    starts: Vec<(usize, String)>,
    /// The same of the row above.
    above: Vec<(usize, String)>,
    column: usize,
    cell: Option<OpenCell>,
}

struct Walker<'a> {
    headings: &'a BTreeSet<String>,
    body: Body,
    /// Paragraphs nest through text boxes.
    paragraphs: Vec<Paragraph>,
    tables: Vec<OpenTable>,
    in_text: bool,
    run_is_hidden: bool,
    /// Inside w:r: its w:vanish hides text, that of a paragraph mark does not.
    in_run: bool,
    /// Depth inside something left out: a deletion, the origin of a move, the fallback of a text box.
    skipping: usize,
    /// For each open mc:AlternateContent, whether a choice was read.
    choices: Vec<bool>,
}

impl<'a> Walker<'a> {
    fn new(headings: &'a BTreeSet<String>) -> Self {
        Self {
            headings,
            body: Body::default(),
            paragraphs: Vec::new(),
            tables: Vec::new(),
            in_text: false,
            run_is_hidden: false,
            in_run: false,
            skipping: 0,
            choices: Vec::new(),
        }
    }

    fn start(&mut self, part: Part, tag: &BytesStart<'_>) {
        let name = tag.local_name();
        if self.skipping > 0 {
            self.skipping += 1;
            return;
        }
        match (part, name.as_ref()) {
            (Part::Word, "del" | "moveFrom") => self.skipping = 1,
            (Part::Compatibility, "AlternateContent") => self.choices.push(false),
            (Part::Compatibility, "Choice") => self.choices.last_mut().into_iter().for_each(|read| *read = true),
            (Part::Compatibility, "Fallback") if self.choices.last() == Some(&true) => self.skipping = 1,
            (Part::Word, name) => self.start_word(name, tag),
            _ => {}
        }
    }

    fn start_word(&mut self, name: &str, tag: &BytesStart<'_>) {
        match name {
            "p" => self.paragraphs.push(Paragraph::default()),
            "pStyle" => {
                let heads = attribute(tag, "val").is_some_and(|style| self.headings.contains(&style));
                self.mark_heading(heads);
            }
            "outlineLvl" => self.mark_heading(is_outline_level(tag)),
            "r" => (self.in_run, self.run_is_hidden) = (true, false),
            "vanish" if self.in_run => {
                self.run_is_hidden = !matches!(attribute(tag, "val").as_deref(), Some("0" | "false" | "off"));
            }
            "t" => self.in_text = true,
            "tab" if self.in_run => self.push("\t"),
            "br" | "cr" => self.push("\n"),
            "noBreakHyphen" => self.push("-"),
            "tbl" => self.tables.push(OpenTable::default()),
            "tc" => self.with_table(|table| table.cell = Some(OpenCell { span: 1, ..OpenCell::default() })),
            "gridSpan" => {
                let span = attribute(tag, "val").and_then(|span| span.parse::<usize>().ok()).unwrap_or(1);
                self.with_cell(|cell| cell.span = span.clamp(1, 64));
            }
            "vMerge" => {
                let restarts = attribute(tag, "val").is_some_and(|kind| kind == "restart");
                self.with_cell(|cell| cell.continues = !restarts);
            }
            _ => {}
        }
    }

    fn end(&mut self, part: Part, name: &str) {
        if self.skipping > 0 {
            self.skipping -= 1;
            return;
        }
        match (part, name) {
            (Part::Compatibility, "AlternateContent") => drop(self.choices.pop()),
            (Part::Word, "t") => self.in_text = false,
            (Part::Word, "r") => (self.in_run, self.run_is_hidden) = (false, false),
            (Part::Word, "p") => self.end_paragraph(),
            (Part::Word, "tc") => self.with_table(OpenTable::end_cell),
            (Part::Word, "tr") => self.with_table(OpenTable::end_row),
            (Part::Word, "tbl") => self.end_table(),
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        let Some(Paragraph { text, is_heading }) = self.paragraphs.pop() else { return };
        if text.trim().is_empty() {
            return;
        }
        match self.tables.last_mut() {
            Some(table) => table.cell.iter_mut().for_each(|cell| cell.text.push(text.trim().to_owned())),
            None => self.body.blocks.push(Block::Paragraph(Line { text: text.trim().to_owned(), is_heading })),
        }
    }

    /// A table inside a cell is text of that cell.
    fn end_table(&mut self) {
        let Some(OpenTable { table, .. }) = self.tables.pop() else { return };
        if table.rows.is_empty() {
            return;
        }
        match self.tables.last_mut() {
            Some(outer) => outer.cell.iter_mut().for_each(|cell| cell.text.extend(table.as_lines())),
            None => self.body.blocks.push(Block::Table(table)),
        }
    }

    fn mark_heading(&mut self, is_heading: bool) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.is_heading |= is_heading;
        }
    }

    fn with_table(&mut self, change: impl FnOnce(&mut OpenTable)) {
        if let Some(table) = self.tables.last_mut() {
            change(table);
        }
    }

    fn with_cell(&mut self, change: impl FnOnce(&mut OpenCell)) {
        if let Some(cell) = self.tables.last_mut().and_then(|table| table.cell.as_mut()) {
            change(cell);
        }
    }

    fn entity(&mut self, entity: &BytesRef<'_>) {
        // Entities that a document defines itself are never expanded.
        let character = entity.resolve_char_ref().ok().flatten();
        match (character, resolve_predefined_entity(&entity.xml10_content())) {
            (Some(character), _) => self.text(character.encode_utf8(&mut [0; 4])),
            (None, Some(text)) => self.text(text),
            (None, None) => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_text && self.skipping == 0 {
            self.push(text);
        }
    }

    fn push(&mut self, text: &str) {
        if self.run_is_hidden {
            self.body.hidden_chars += text.chars().count();
        } else if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push_str(text);
        }
    }
}

impl OpenTable {
    fn end_cell(&mut self) {
        let Some(OpenCell { text, span, continues }) = self.cell.take() else { return };
        let above = self.above.iter().find(|(start, _)| *start == self.column).map(|(_, text)| text.clone());
        let cell = match above {
            Some(text) if continues => FormCell { text, continued: true },
            _ => FormCell { text: text.join("\n"), continued: false },
        };
        self.starts.push((self.column, cell.text.clone()));
        self.row.push(cell);
        self.column += span;
    }

    fn end_row(&mut self) {
        self.table.rows.push(std::mem::take(&mut self.row));
        self.above = std::mem::take(&mut self.starts);
        self.column = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(inner: &str) -> Body {
        let xml = format!(
            r#"<w:document xmlns:w="{}" xmlns:mc="{COMPATIBILITY}" xmlns:m="x"><w:body>{inner}</w:body></w:document>"#,
            WORD[0]
        );
        read(&xml, &BTreeSet::from(["2".to_owned()])).unwrap()
    }

    fn texts(body: &Body) -> Vec<&str> {
        body.blocks
            .iter()
            .map(|block| match block {
                Block::Paragraph(line) => line.text.as_str(),
                Block::Table(_) => "table",
            })
            .collect()
    }

    #[test]
    fn accepted_text_only() {
        let body = body(
            "<w:p><w:r><w:t>甲</w:t></w:r><w:del><w:r><w:t>删</w:t><w:delText>删</w:delText></w:r></w:del>\
             <w:ins><w:r><w:t>乙&amp;&#x4E19;</w:t></w:r></w:ins>\
             <w:moveFrom><w:r><w:t>移</w:t></w:r></w:moveFrom>\
             <w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:t>丁</w:t></w:r></w:p>",
        );
        assert_eq!(texts(&body), ["甲乙&丙丁"]);
        assert_eq!(body.hidden_chars, 2);
    }

    #[test]
    fn a_text_box_is_read_once() {
        let inner = "<w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent>";
        let body = body(&format!(
            "<w:p><w:r><w:t>前</w:t></w:r><w:r><mc:AlternateContent><mc:Choice>{inner}</mc:Choice>\
             <mc:Fallback>{inner}</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>后</w:t></w:r></w:p>\
             <w:p><w:r>{inner}</w:r></w:p>"
        ));
        assert_eq!(texts(&body), ["框", "前后", "框"]);
    }

    #[test]
    fn spanning_cells_keep_their_place() {
        let cell = |properties: &str, text: &str| {
            format!("<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
        };
        let body = body(&format!(
            "<w:tbl><w:tr>{}{}</w:tr><w:tr>{}{}</w:tr></w:tbl>",
            cell("<w:gridSpan w:val=\"2\"/>", "宽"),
            cell("<w:vMerge w:val=\"restart\"/>", "高"),
            cell("<w:gridSpan w:val=\"2\"/>", "下"),
            cell("<w:vMerge/>", ""),
        ));
        let Block::Table(table) = &body.blocks[0] else { panic!("no table") };
        assert_eq!(table.rows[1][1], FormCell { text: "高".to_owned(), continued: true });
    }
}
