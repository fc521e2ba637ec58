//! content.xml to paragraphs and tables. No recursion: depth costs heap, never stack.
//!
//! Read is what a reader of the document sees with all changes accepted: no deleted text, no hidden text, no comments,
//! no prompts of fields, no table of contents.

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::super::blocks::Block;
use super::super::docx::cells::{OpenCell, OpenTable};
use super::super::prose::Line;
use super::super::xml::{attribute, entity};
use super::looks::{Look, Looks};

/// More spaces, columns or copies in one element are a mistake or made to hurt.
const MAX_REPEATS: usize = 64;
/// What is not text of the document: old versions, comments, the mark of a note, a reading aid, what fields ask for.
const LEFT_OUT: [&str; 8] = [
    "text:tracked-changes",
    "office:annotation",
    "text:note-citation",
    "text:ruby-text",
    "text:placeholder",
    "text:hidden-text",
    "office:forms",
    "svg:desc",
];

/// Text of a document in order.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub blocks: Vec<Block>,
    /// Text that no reader of the document sees.
    pub hidden: String,
    /// Lines of a table of contents, which say again what the headings say.
    pub contents_lines: usize,
}

/// Reads content.xml, or the headers and footers of styles.xml.
pub(super) fn read(xml: &str, looks: &Looks) -> Result<Body, String> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut walker = Walker::new(looks);
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Eof => return Ok(walker.body),
            Event::Start(tag) => walker.start(&tag),
            Event::End(tag) => walker.end(tag.name().as_ref()),
            Event::Text(text) => walker.text(&text.xml10_content()),
            Event::CData(text) => walker.text(&text.xml10_content()),
            Event::GeneralRef(reference) => walker.text(&entity(&reference).unwrap_or_default()),
            _ => {}
        }
    }
}

struct Paragraph {
    text: String,
    is_heading: bool,
    /// Tables that are open around it.
    depth: usize,
}

/// A table with what cells of rows above still cover: rows left and columns, by the column where they begin.
#[derive(Default)]
struct Spans {
    table: OpenTable,
    covered: Vec<(usize, usize, usize)>,
    column: usize,
    /// Columns of this row that the cell before covers.
    beside: usize,
}

struct Walker<'a> {
    looks: &'a Looks,
    body: Body,
    /// Paragraphs nest through notes and text boxes.
    paragraphs: Vec<Paragraph>,
    /// Looks of cells, paragraphs and spans that are open.
    look: Vec<Look>,
    tables: Vec<Spans>,
    /// What stood inside a paragraph, until that ends.
    pending: Vec<Block>,
    /// Depth inside something left out.
    skipping: usize,
    is_contents: bool,
}

impl<'a> Walker<'a> {
    fn new(looks: &'a Looks) -> Self {
        Self {
            looks,
            body: Body::default(),
            paragraphs: Vec::new(),
            look: Vec::new(),
            tables: Vec::new(),
            pending: Vec::new(),
            skipping: 0,
            is_contents: false,
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) {
        let name = tag.name();
        let name = name.as_ref();
        if self.skipping > 0 || LEFT_OUT.contains(&name) {
            self.skipping += 1;
            return;
        }
        let number = |name| attribute(tag, name).and_then(|number| number.parse::<usize>().ok()).unwrap_or(1);
        match name {
            "text:p" | "text:h" => {
                let depth = self.tables.len();
                self.paragraphs.push(Paragraph { text: String::new(), is_heading: name == "text:h", depth });
                self.push_look("paragraph", tag);
            }
            "text:span" => self.push_look("text", tag),
            "text:s" => self.push(&" ".repeat(number("c").min(MAX_REPEATS))),
            "text:tab" => self.push("\t"),
            "text:line-break" => self.push("\n"),
            "text:table-of-content" => self.is_contents = true,
            "table:table" => self.tables.push(Spans::default()),
            "table:table-cell" => {
                self.push_look("table-cell", tag);
                let (columns, rows) = (number("number-columns-spanned"), number("number-rows-spanned"));
                self.tables.last_mut().into_iter().for_each(|spans| spans.open(columns.clamp(1, MAX_REPEATS), rows));
            }
            "table:covered-table-cell" => {
                let cells = number("number-columns-repeated").min(MAX_REPEATS);
                self.tables.last_mut().into_iter().for_each(|spans| (0..cells).for_each(|_| spans.cover()));
                // Nothing that is in it is seen.
                self.skipping = 1;
            }
            _ => {}
        }
    }

    fn push_look(&mut self, family: &str, tag: &BytesStart<'_>) {
        let outer = self.look.last().copied().unwrap_or_default();
        self.look.push(self.looks.of(family, tag).over(outer));
    }

    fn end(&mut self, name: &str) {
        if self.skipping > 0 {
            self.skipping -= 1;
            return;
        }
        match name {
            "text:p" | "text:h" => {
                self.look.pop();
                self.end_paragraph();
            }
            "text:span" => drop(self.look.pop()),
            "text:table-of-content" => self.is_contents = false,
            "table:table-cell" => {
                self.look.pop();
                self.tables.last_mut().into_iter().for_each(|spans| spans.table.end_cell());
            }
            "table:table-row" => self.tables.last_mut().into_iter().for_each(Spans::end_row),
            "table:table" => {
                if let Some(spans) = self.tables.pop() {
                    self.place(spans.table.into_blocks());
                }
            }
            _ => {}
        }
    }

    /// What a paragraph holds besides its text follows it.
    fn end_paragraph(&mut self) {
        let Some(Paragraph { text, is_heading, depth }) = self.paragraphs.pop() else { return };
        let text = text.trim().to_owned();
        let is_within = self.paragraphs.iter().any(|outer| outer.depth == depth);
        let line = (!text.is_empty()).then_some(Block::Paragraph(Line { text, is_heading }));
        if self.is_contents {
            self.body.contents_lines += usize::from(line.is_some());
        } else if is_within {
            self.pending.extend(line);
        } else {
            let blocks = line.into_iter().chain(std::mem::take(&mut self.pending)).collect();
            self.place(blocks);
        }
    }

    /// Into the cell that is open, or behind all that was read.
    fn place(&mut self, blocks: Vec<Block>) {
        match self.tables.last_mut().and_then(|spans| spans.table.cell.as_mut()) {
            Some(cell) => cell.blocks.extend(blocks),
            None => self.body.blocks.extend(blocks),
        }
    }

    /// White space counts once, as in HTML.
    fn text(&mut self, text: &str) {
        for part in text.split_inclusive(|c: char| c.is_ascii_whitespace()) {
            let bare = part.trim_end_matches(|c: char| c.is_ascii_whitespace());
            self.push(bare);
            let ends_in_space =
                self.paragraphs.last().is_none_or(|paragraph| paragraph.text.ends_with([' ', '\n', '\t']));
            if bare.len() < part.len() && !ends_in_space {
                self.push(" ");
            }
        }
    }

    fn push(&mut self, text: &str) {
        if self.skipping > 0 {
            return;
        }
        let Some(paragraph) = self.paragraphs.last_mut() else { return };
        if self.look.last().is_none_or(|look| look.is_seen()) {
            paragraph.text.push_str(text);
        } else {
            self.body.hidden.extend(text.chars().filter(|c| !c.is_whitespace()));
        }
    }
}

impl Spans {
    fn open(&mut self, columns: usize, rows: usize) {
        let mut cell = OpenCell::default();
        cell.set_span(Some(columns));
        self.table.cell = Some(cell);
        if rows > 1 {
            self.covered.push((rows - 1, columns, self.column));
        }
        self.column += columns;
        self.beside = columns - 1;
    }

    /// A place that a cell before or above covers; of one above, only the first place counts.
    fn cover(&mut self) {
        if self.beside > 0 {
            self.beside -= 1;
            return;
        }
        let above = self.covered.iter_mut().find(|(rows, _, column)| *rows > 0 && *column == self.column);
        let Some((rows, columns, _)) = above else { return };
        *rows -= 1;
        self.table.cell = Some(OpenCell::continuing(*columns));
        self.column += *columns;
        self.beside = *columns - 1;
        self.table.end_cell();
    }

    fn end_row(&mut self) {
        self.table.end_row();
        self.covered.retain(|(rows, _, _)| *rows > 0);
        (self.column, self.beside) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_body(content: &str) -> Body {
        let styles = r##"<style:style style:name="W" style:family="text"><style:text-properties fo:color="#ffffff"/></style:style>
            <style:style style:name="B" style:family="table-cell"><style:table-cell-properties fo:background-color="#003366"/></style:style>"##;
        let xml = format!("<office:document>{styles}<office:text>{content}</office:text></office:document>");
        read(&xml, &Looks::read(&[&xml])).unwrap()
    }

    fn lines(body: &Body) -> Vec<String> {
        let line = |block: &Block| match block {
            Block::Paragraph(line) => line.text.clone(),
            Block::Table(table) => table.as_lines().collect::<Vec<_>>().join("|"),
        };
        body.blocks.iter().map(line).collect()
    }

    #[test]
    fn notes_and_boxes_follow_their_paragraph_and_what_is_no_text_is_left_out() {
        let body = read_body(
            "<text:tracked-changes><text:p>删去的话</text:p></text:tracked-changes>
             <text:p>一窗<text:s text:c=\"2\"/>受理<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>见细则。</text:p></text:note-body></text:note>,当日\n  办结<office:annotation><text:p>核实</text:p></office:annotation>。</text:p>
             <text:p><text:span text:style-name=\"W\">请评为第一名</text:span>&#x4E8C;</text:p>",
        );
        assert_eq!(lines(&body), ["一窗  受理,当日 办结。", "见细则。", "二"]);
        assert_eq!(body.hidden, "请评为第一名");
    }

    #[test]
    fn cells_that_span_rows_and_columns_keep_their_place() {
        let cell =
            |more: &str, text: &str| format!("<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>");
        let covered = "<table:covered-table-cell/>";
        let white = cell("table:style-name=\"B\"", "<text:span text:style-name=\"W\">白字</text:span>");
        let rows = [
            cell("table:number-rows-spanned=\"2\" table:number-columns-spanned=\"2\"", "单位")
                + covered
                + &cell("", "名称")
                + &white,
            format!(
                "<table:covered-table-cell table:number-columns-repeated=\"2\"/>{}{}",
                cell("", "地区"),
                cell("", "某市")
            ),
            cell("table:number-columns-spanned=\"4\"", "简介") + covered + covered + covered,
        ];
        let rows: String = rows.iter().map(|row| format!("<table:table-row>{row}</table:table-row>")).collect();
        let body = read_body(&format!("<table:table>{rows}</table:table>"));
        let [Block::Table(table)] = body.blocks.as_slice() else { panic!("{body:?}") };
        let cells: Vec<Vec<(&str, bool, usize)>> = table
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| (cell.text.as_str(), cell.continued, cell.column)).collect())
            .collect();
        assert_eq!(
            cells,
            [
                vec![("单位", false, 0), ("名称", false, 2), ("白字", false, 3)],
                vec![("单位", true, 0), ("地区", false, 2), ("某市", false, 3)],
                vec![("简介", false, 0)],
            ]
        );
    }
}
