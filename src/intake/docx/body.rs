//! word/document.xml to paragraphs and tables. No recursion: depth costs heap, never stack.
//!
//! Read is what a reader of the document sees with all changes accepted: no deleted text, no hidden text, no
//! comments, no field codes, no table of contents, no prompt of a field that was not filled in.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

use super::super::blocks::Block;
use super::super::prose::Line;
use super::super::xml::{self, attribute};
use super::cells::{OpenCell, OpenTable};
use super::ink::{Ink, Tone, shading};
use super::styles::{Styles, is_on, is_outline_level};
use super::symbols::symbol;

/// WordprocessingML, transitional and strict.
const WORD: [&str; 2] = [
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
];
const MATHS: [&str; 2] =
    ["http://schemas.openxmlformats.org/officeDocument/2006/math", "http://purl.oclc.org/ooxml/officeDocument/math"];
const COMPATIBILITY: &str = "http://schemas.openxmlformats.org/markup-compatibility/2006";

/// Footnotes or endnotes: what each holds, by its id.
pub(super) type Notes = BTreeMap<String, Vec<Block>>;

/// What surrounds the text of a part.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    pub styles: Styles,
    pub footnotes: Notes,
    pub endnotes: Notes,
}

/// Text of a document in order.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub blocks: Vec<Block>,
    /// Text that no reader of the document sees.
    pub hidden: String,
    /// Lines of a table of contents, which say again what the headings say.
    pub contents_lines: usize,
    /// Notes, in a part that holds them.
    pub notes: Notes,
}

/// Reads a part that holds text: the document, notes, a header.
pub(super) fn read(xml: &str, around: &Surroundings) -> Result<Body, String> {
    let mut reader = NsReader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut walker = Walker::new(around);
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
    walker.end_flow();
    Ok(walker.body)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Word,
    Maths,
    Compatibility,
    Other,
}

impl Part {
    fn of(namespace: &ResolveResult<'_>) -> Self {
        match namespace {
            ResolveResult::Bound(Namespace(name)) if WORD.contains(name) => Part::Word,
            ResolveResult::Bound(Namespace(name)) if MATHS.contains(name) => Part::Maths,
            ResolveResult::Bound(Namespace(COMPATIBILITY)) => Part::Compatibility,
            _ => Part::Other,
        }
    }
}

#[derive(Debug, Default)]
struct Paragraph {
    text: String,
    is_heading: bool,
    is_contents: bool,
    ink: Ink,
    /// Its end was deleted: the next paragraph goes on in it.
    runs_on: bool,
}

#[derive(Debug, Default)]
struct Run {
    ink: Ink,
    style: Option<String>,
}

/// What the properties being read belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Properties {
    Run,
    Paragraph,
    Cell,
    Table,
    /// The mark at the end of a paragraph, a field to fill in.
    Other,
}

struct Walker<'a> {
    around: &'a Surroundings,
    body: Body,
    /// Paragraphs and runs nest through text boxes.
    paragraphs: Vec<Paragraph>,
    runs: Vec<Run>,
    tables: Vec<OpenTable>,
    properties: Vec<Properties>,
    /// Text boxes that are open; what is painted under their text is not known.
    boxes: usize,
    in_text: bool,
    /// Depth inside something left out: a deletion, the origin of a move, the fallback of a text box.
    skipping: usize,
    /// For each open mc:AlternateContent, whether a choice was read.
    choices: Vec<bool>,
    /// For each open content control, whether it shows its prompt, and how many do.
    prompts: Vec<bool>,
    prompts_shown: usize,
    /// Notes that were referred to in the paragraph or table being read.
    pending_notes: Vec<Block>,
    /// Notes that were put in their place; one that is referred to again is not read again.
    read_notes: BTreeSet<String>,
    note_id: Option<String>,
    run_on: String,
}

impl<'a> Walker<'a> {
    fn new(around: &'a Surroundings) -> Self {
        Self {
            around,
            body: Body::default(),
            paragraphs: Vec::new(),
            runs: Vec::new(),
            tables: Vec::new(),
            properties: Vec::new(),
            boxes: 0,
            in_text: false,
            skipping: 0,
            choices: Vec::new(),
            prompts: Vec::new(),
            prompts_shown: 0,
            pending_notes: Vec::new(),
            read_notes: BTreeSet::new(),
            note_id: None,
            run_on: String::new(),
        }
    }

    fn start(&mut self, part: Part, tag: &BytesStart<'_>) {
        let name = tag.local_name();
        let name = name.as_ref();
        if self.skipping > 0 {
            self.skipping += 1;
            return;
        }
        match (part, name) {
            (Part::Word, _) if self.is_left_out(name) => self.skipping = 1,
            (Part::Word, "rPr" | "pPr" | "tcPr" | "tblPr" | "sdtPr") => self.properties.push(self.properties_of(name)),
            (Part::Word, _) => match self.properties.last() {
                Some(&properties) => self.property(properties, name, tag),
                None => self.start_word(name, tag),
            },
            (Part::Maths, "r") => self.runs.push(Run::default()),
            (Part::Maths, "t") => self.in_text = true,
            (Part::Compatibility, "AlternateContent") => self.choices.push(false),
            (Part::Compatibility, "Choice" | "Fallback") if self.choices.last() == Some(&true) => self.skipping = 1,
            (Part::Compatibility, "Choice") => self.choices.last_mut().into_iter().for_each(|read| *read = true),
            _ => {}
        }
    }

    /// Deleted text, properties as they were before a change, the reading aid over a character.
    fn is_left_out(&mut self, name: &str) -> bool {
        let is_mark = self.properties.last() == Some(&Properties::Other);
        if name == "del" && is_mark {
            self.paragraphs.last_mut().into_iter().for_each(|paragraph| paragraph.runs_on = true);
        }
        matches!(name, "del" | "moveFrom" | "rt") || name.ends_with("Change")
    }

    fn properties_of(&self, name: &str) -> Properties {
        match (self.properties.last(), name) {
            (Some(_), _) => Properties::Other,
            (None, "rPr") => Properties::Run,
            (None, "pPr") => Properties::Paragraph,
            (None, "tcPr") => Properties::Cell,
            (None, "tblPr") => Properties::Table,
            (None, _) => Properties::Other,
        }
    }

    fn property(&mut self, properties: Properties, name: &str, tag: &BytesStart<'_>) {
        let styles = &self.around.styles;
        match (properties, name) {
            (Properties::Run, "rStyle") => {
                self.runs.last_mut().into_iter().for_each(|run| run.style = attribute(tag, "val"));
            }
            (Properties::Run, _) => self.runs.last_mut().into_iter().for_each(|run| run.ink.set(name, tag)),
            (Properties::Paragraph, _) => {
                let Some(paragraph) = self.paragraphs.last_mut() else { return };
                match (name, attribute(tag, "val")) {
                    ("pStyle", Some(style)) => {
                        paragraph.is_heading |= styles.is_heading(&style);
                        paragraph.is_contents = styles.is_contents(&style);
                        paragraph.ink = paragraph.ink.over(styles.ink(Some(&style)));
                    }
                    ("outlineLvl", _) => paragraph.is_heading |= is_outline_level(tag),
                    ("shd", _) => paragraph.ink.ground = shading(tag).or(paragraph.ink.ground),
                    _ => {}
                }
            }
            (Properties::Cell, _) => self.cell_property(name, tag),
            (Properties::Table, "tblStyle") => {
                let shades = attribute(tag, "val").is_some_and(|style| styles.shades(&style));
                self.with_table(|table| table.shades = shades);
            }
            (Properties::Other, "showingPlcHdr") if is_on(tag) => {
                if let Some(prompt) = self.prompts.last_mut() {
                    self.prompts_shown += usize::from(!*prompt);
                    *prompt = true;
                }
            }
            _ => {}
        }
    }

    fn cell_property(&mut self, name: &str, tag: &BytesStart<'_>) {
        let restarts = attribute(tag, "val").is_some_and(|kind| kind == "restart");
        self.with_cell(|cell| match name {
            "gridSpan" => cell.set_span(attribute(tag, "val").and_then(|span| span.parse().ok())),
            "vMerge" => cell.continues = !restarts,
            "hMerge" => cell.is_merged_left = !restarts,
            "shd" => cell.ground = shading(tag),
            _ => {}
        });
    }

    fn start_word(&mut self, name: &str, tag: &BytesStart<'_>) {
        match name {
            "p" => self.paragraphs.push(Paragraph::default()),
            "r" => self.runs.push(Run::default()),
            "t" => self.in_text = true,
            "tab" | "ptab" => self.push("\t"),
            "br" | "cr" => self.push("\n"),
            "noBreakHyphen" => self.push("-"),
            "sym" => self.symbol(tag),
            "footnoteReference" => self.refer(&self.around.footnotes, name, tag),
            "endnoteReference" => self.refer(&self.around.endnotes, name, tag),
            "footnote" | "endnote" => self.note_id = attribute(tag, "id"),
            "sdt" => self.prompts.push(false),
            "txbxContent" => self.boxes += 1,
            "tbl" => {
                self.end_flow();
                self.tables.push(OpenTable::default());
            }
            "tc" => self.with_table(|table| table.cell = Some(OpenCell::default())),
            "gridBefore" => {
                let columns = attribute(tag, "val").and_then(|columns| columns.parse().ok()).unwrap_or(0);
                self.with_table(|table| table.skip_columns(columns));
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
            (Part::Word | Part::Maths, "t") => self.in_text = false,
            (Part::Word | Part::Maths, "r") => drop(self.runs.pop()),
            (Part::Word, "rPr" | "pPr" | "tcPr" | "tblPr" | "sdtPr") => drop(self.properties.pop()),
            (Part::Word, "p") => self.end_paragraph(),
            (Part::Word, "sdt") => self.prompts_shown -= usize::from(self.prompts.pop() == Some(true)),
            (Part::Word, "txbxContent") => self.boxes = self.boxes.saturating_sub(1),
            (Part::Word, "tc") => {
                self.end_flow();
                self.with_table(OpenTable::end_cell);
            }
            (Part::Word, "tr") => self.with_table(OpenTable::end_row),
            (Part::Word, "tbl") => self.end_table(),
            (Part::Word, "footnote" | "endnote") => self.end_note(),
            _ => {}
        }
    }

    fn end_paragraph(&mut self) {
        let Some(Paragraph { text, is_heading, is_contents, runs_on, .. }) = self.paragraphs.pop() else { return };
        let text = std::mem::take(&mut self.run_on) + &text;
        if runs_on {
            self.run_on = text;
        } else if is_contents {
            self.body.contents_lines += usize::from(!text.trim().is_empty());
        } else {
            self.place_line(&text, is_heading);
        }
        self.place_notes();
    }

    fn end_table(&mut self) {
        let Some(table) = self.tables.pop() else { return };
        self.place(table.into_blocks());
        self.place_notes();
    }

    fn place_line(&mut self, text: &str, is_heading: bool) {
        let text = text.trim();
        if !text.is_empty() {
            self.place(vec![Block::Paragraph(Line { text: text.to_owned(), is_heading })]);
        }
    }

    /// Nothing follows a paragraph whose end was deleted.
    fn end_flow(&mut self) {
        let text = std::mem::take(&mut self.run_on);
        self.place_line(&text, false);
    }

    /// Into the cell that is open, or behind all that was read.
    fn place(&mut self, blocks: Vec<Block>) {
        if self.tables.is_empty() {
            self.body.blocks.extend(blocks);
        } else {
            self.with_cell(|cell| cell.blocks.extend(blocks));
        }
    }

    /// A note follows the paragraph or the table in which it is referred to: inside a cell it would become part of a
    /// field.
    fn place_notes(&mut self) {
        if self.tables.is_empty() && self.paragraphs.is_empty() {
            self.body.blocks.append(&mut self.pending_notes);
        }
    }

    fn end_note(&mut self) {
        self.end_flow();
        let blocks = std::mem::take(&mut self.body.blocks);
        if let Some(id) = self.note_id.take() {
            self.body.notes.insert(id, blocks);
        }
    }

    fn refer(&mut self, notes: &'a Notes, kind: &str, tag: &BytesStart<'_>) {
        let Some(id) = attribute(tag, "id").filter(|_| self.ink().is_seen()) else { return };
        if let Some(note) = notes.get(&id).filter(|_| self.read_notes.insert(format!("{kind} {id}"))) {
            self.pending_notes.extend(note.iter().cloned());
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

    fn symbol(&mut self, tag: &BytesStart<'_>) {
        let (font, code) = (attribute(tag, "font").unwrap_or_default(), attribute(tag, "char").unwrap_or_default());
        if let Some(character) = symbol(&font, &code) {
            self.push(character.encode_utf8(&mut [0; 4]));
        }
    }

    fn entity(&mut self, entity: &BytesRef<'_>) {
        self.text(&xml::entity(entity).unwrap_or_default());
    }

    fn text(&mut self, text: &str) {
        if self.in_text && self.skipping == 0 {
            self.push(text);
        }
    }

    fn push(&mut self, text: &str) {
        if self.prompts_shown > 0 {
            return;
        }
        if !self.ink().is_seen() {
            self.body.hidden.extend(text.chars().filter(|c| !c.is_whitespace()));
        } else if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push_str(text);
        }
    }

    /// How the run that is open is set: by itself, its style, its paragraph, and what is painted under them.
    fn ink(&self) -> Ink {
        let styles = &self.around.styles;
        let run = self.runs.last().map(|run| run.ink.over(styles.ink(run.style.as_deref()))).unwrap_or_default();
        let paragraph = self.paragraphs.last().map(|paragraph| paragraph.ink).unwrap_or_default();
        let cell = self.tables.last().and_then(|table| table.cell.as_ref()?.ground);
        // Tables within tables may lie on a painted cell.
        let is_painted = self.boxes > 0 || self.tables.len() > 1 || self.tables.iter().any(|table| table.shades);
        let ground = cell.or(is_painted.then_some(Tone::Unknown));
        run.over(paragraph).over(Ink { ground, ..Ink::default() }).over(styles.defaults())
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::form::FormCell;
    use super::*;

    fn body(inner: &str) -> Body {
        let styles = r#"<w:styles xmlns:w="x"><w:style w:styleId="pale"><w:rPr><w:color w:val="FDFDFD"/></w:rPr></w:style>
            <w:style w:styleId="11"><w:name w:val="toc 1"/></w:style></w:styles>"#;
        let note = Block::Paragraph(Line::plain("注文"));
        let around = Surroundings {
            styles: Styles::read(styles),
            footnotes: Notes::from([("2".to_owned(), vec![note])]),
            ..Surroundings::default()
        };
        let xml = format!(
            r#"<w:document xmlns:w="{}" xmlns:m="{}" xmlns:mc="{COMPATIBILITY}"><w:body>{inner}</w:body></w:document>"#,
            WORD[0], MATHS[0]
        );
        read(&xml, &around).unwrap()
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

    /// A run with these properties.
    fn run(properties: &str, text: &str) -> String {
        format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>")
    }

    #[test]
    fn accepted_text_only() {
        let body = body(
            "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>甲</w:t></w:r>\
             <w:del><w:r><w:t>删</w:t><w:delText>删</w:delText></w:r></w:del></w:p>\
             <w:p><w:ins><w:r><w:t>乙&amp;&#x4E19;</w:t></w:r></w:ins>\
             <w:moveFrom><w:r><w:t>移</w:t></w:r></w:moveFrom><w:r><w:rPr><w:rPrChange><w:rPr><w:vanish/></w:rPr>\
             </w:rPrChange></w:rPr><w:t>丁</w:t></w:r></w:p>",
        );
        assert_eq!((texts(&body), body.hidden.as_str()), (vec!["甲乙&丙丁"], ""));
    }

    #[test]
    fn text_that_cannot_be_seen_is_kept_apart() {
        let white = r#"<w:color w:val="FFFFFF"/>"#;
        let on_blue = format!(r#"{white}<w:shd w:val="clear" w:fill="1F4E79"/>"#);
        let runs = [
            run("<w:vanish/>", "隐"),
            run(r#"<w:sz w:val="4"/>"#, "微"),
            run(white, "白"),
            run(r#"<w:rStyle w:val="pale"/>"#, "淡"),
            run(&on_blue, "蓝底白字"),
            run(r#"<w:vanish w:val="0"/><w:sz w:val="18"/>"#, "可见"),
        ];
        let body = body(&format!("<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr>{}</w:p>", runs.concat()));
        assert_eq!((texts(&body), body.hidden.as_str()), (vec!["蓝底白字可见"], "隐微白淡"));
    }

    #[test]
    fn white_text_in_a_painted_cell_is_seen() {
        let cell = |fill: &str| {
            let text = run(r#"<w:color w:val="FFFFFF"/>"#, fill);
            format!(r#"<w:tc><w:tcPr><w:shd w:val="clear" w:fill="{fill}"/></w:tcPr><w:p>{text}</w:p></w:tc>"#)
        };
        let body = body(&format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl>", cell("2F5496"), cell("auto")));
        assert_eq!(body.hidden, "auto");
    }

    #[test]
    fn a_text_box_is_read_once() {
        let inner = "<w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent>";
        let body = body(&format!(
            "<w:p><w:r><w:t>前</w:t></w:r><w:r><mc:AlternateContent><mc:Choice>{inner}</mc:Choice>\
             <mc:Choice>{inner}</mc:Choice><mc:Fallback>{inner}</mc:Fallback></mc:AlternateContent><w:tab/></w:r>\
             <w:r><w:t>后</w:t></w:r></w:p><w:p><w:r>{inner}</w:r></w:p>"
        ));
        assert_eq!(texts(&body), ["框", "前\t后", "框"]);
    }

    #[test]
    fn notes_follow_their_paragraph_and_prompts_codes_and_contents_are_no_text() {
        let body = body(
            "<w:p><w:pPr><w:pStyle w:val=\"11\"/></w:pPr><w:r><w:t>一、背景 1</w:t></w:r></w:p>\
             <w:p><w:r><w:t>正</w:t><w:footnoteReference w:id=\"2\"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>\
             <w:fldSimple w:instr=\"DATE\"><w:r><w:t>文</w:t></w:r></w:fldSimple>\
             <m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath><w:r><w:sym w:font=\"Wingdings\" w:char=\"F0FE\"/></w:r></w:p>\
             <w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>单击此处</w:t></w:r></w:p>\
             </w:sdtContent></w:sdt><w:sdt><w:sdtContent><w:p><w:r><w:t>已填</w:t></w:r></w:p></w:sdtContent></w:sdt>",
        );
        assert_eq!(texts(&body), ["正文a+b☑", "注文", "已填"]);
        assert_eq!(body.contents_lines, 1);
    }

    #[test]
    fn spanning_cells_keep_their_place() {
        let cell = |properties: &str, text: &str| {
            format!("<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
        };
        let rows = format!(
            "<w:tbl><w:tr>{}{}</w:tr><w:tr>{}{}</w:tr></w:tbl>",
            cell("<w:gridSpan w:val=\"2\"/>", "宽"),
            cell("<w:vMerge w:val=\"restart\"/>", "高"),
            cell("<w:gridSpan w:val=\"2\"/>", "下"),
            cell("<w:vMerge/>", ""),
        );
        // A frame of one cell around it changes nothing.
        for inner in [rows.clone(), format!("<w:tbl><w:tr><w:tc>{rows}<w:p/></w:tc></w:tr></w:tbl>")] {
            let body = body(&inner);
            let Block::Table(table) = &body.blocks[0] else { panic!("no table") };
            assert_eq!(table.rows[1][1], FormCell { text: "高".to_owned(), continued: true, column: 2 });
        }
    }
}
