//! PDF documents: forms and lists in ruled tables, and running text.
//!
//! The interpreter draws each page onto a [`device::Collector`], which keeps the glyphs with their places. Ruled
//! tables are taken out first (`grid`), the other glyphs become lines in reading order (`lines`), running lines go
//! (`furniture`), and what the page width has broken is joined (`paragraphs`). Of a web page that a browser printed the
//! article is taken (`printed`). From there on the document is sorted into records like any other.
//!
//! A file may loop or be made to hurt: its streams are measured before (`bombs`), what a page may draw is counted,
//! and the reader has a thread of its own with a time to be done by.

mod bombs;
mod device;
mod fonts;
mod furniture;
mod grid;
mod lines;
mod paragraphs;
mod printed;
mod radicals;

use std::panic::{self, AssertUnwindSafe};
use std::time::Duration;

use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro_interpret::kurbo::Rect;
use hayro_interpret::{Context, InterpreterCache, InterpreterSettings, TransformExt, interpret_page};

use super::blocks::{Block, Sorter};
use super::deadline::within;
use super::found::{Found, Refusal, named};
use super::limits::Limits;
use super::reader::Document;
use super::refused::Foreign;
use super::{running, unseen};
use crate::nomination::Flag;
use device::{Budget, Collector, Drawing, Flow, Glyph, Ink, Spent};
use fonts::CodeMaps;
use furniture::PageLines;
use grid::RuledTable;

/// A page with fewer characters and a picture over most of it is a scan.
const MIN_PAGE_CHARS: usize = 20;
const SCAN_SHARE: f64 = 0.5;
/// A page with that many shapes and no text has its text drawn as curves.
const MIN_DRAWN_SHAPES: usize = 200;
/// Above this share of glyphs without a character the text cannot be trusted.
const MAX_UNKNOWN_SHARE: f64 = 0.05;

/// Reads the document.
pub(crate) fn read(document: &Document<'_>, found: &mut Found) -> Result<(), Refusal> {
    bombs::check(document.bytes, document.limits)?;
    let (bytes, limits) = (document.bytes.to_vec(), document.limits.clone());
    let time = Duration::from_secs(limits.max_pdf_seconds);
    let remedy = "print it anew into a PDF, send the original, or raise max_pdf_seconds";
    let mut reading =
        within(time, move || extract(bytes, &limits)).map_err(|overrun| overrun.refusal("PDF", time, remedy))??;
    reading.tally.check()?;
    if let Some(title) = &reading.page_title {
        let left_out = printed::take_around(&mut reading.blocks, title, document.book);
        if left_out > 0 {
            found.note(
                &document.place,
                format!("printed web page; {left_out} characters around its article were left out"),
            );
        }
    }
    if reading.blocks.is_empty() {
        return Err(Refusal::new("the PDF holds no text", "check that this is the filled-in file"));
    }
    reading.tally.note(document, found);
    Sorter::new(document, &reading.blocks).sort(reading.blocks, found);
    running::read(&reading.tally.running_lines, document, found);
    found.flag(reading.tally.flags());
    Ok(())
}

/// The text of a document, and what was met on the way.
struct Reading {
    blocks: Vec<Block>,
    /// Title of the web page that was printed.
    page_title: Option<String>,
    tally: Tally,
}

#[derive(Default)]
struct Tally {
    pages: usize,
    /// Pages beyond the limit.
    unread: usize,
    /// Pages (the first is 1) that are pictures of text.
    scanned: Vec<usize>,
    /// Pages whose text a recogniser has put behind a picture.
    recognised: usize,
    glyphs: usize,
    /// Glyphs whose font does not tell their character.
    unknown: usize,
    slanted: usize,
    hidden: String,
    running_lines: Vec<String>,
}

fn extract(bytes: Vec<u8>, limits: &Limits) -> Result<Reading, Refusal> {
    let pdf = Pdf::new(bytes).map_err(unreadable)?;
    if pdf.pages().is_empty() {
        return Err(damaged());
    }
    let maps = CodeMaps::of(&pdf);
    let cache = InterpreterCache::new();
    let mut tally = Tally { pages: pdf.pages().len(), ..Tally::default() };
    tally.unread = tally.pages.saturating_sub(limits.max_pdf_pages);
    let mut budget = Budget(limits.max_pdf_marks);
    let (mut page_lines, mut page_tables) = (Vec::new(), Vec::new());
    for (page, number) in pdf.pages().iter().take(limits.max_pdf_pages).zip(1..) {
        let drawing = draw(page, &pdf, &cache, &maps, &mut budget).map_err(|_| {
            Refusal::new(
                format!("page {number} draws more than a file may (the limit is {} marks)", limits.max_pdf_marks),
                "print it anew into a PDF, or split it; raise max_pdf_marks for large plans and maps",
            )
        })?;
        for (lines, tables) in tally.read(drawing, number) {
            page_lines.push(lines);
            page_tables.push(tables);
        }
    }
    tally.running_lines = furniture::take(&mut page_lines);
    let page_title = printed::page_title(pdf.metadata());
    Ok(Reading { blocks: blocks(page_lines, page_tables), page_title, tally })
}

fn draw<'a>(
    page: &'a Page<'a>,
    pdf: &'a Pdf,
    cache: &InterpreterCache<'a>,
    maps: &CodeMaps,
    budget: &mut Budget,
) -> Result<Drawing, Spent> {
    let (width, height) = page.render_dimensions();
    let mut collector = Collector::new((width, height), *budget, maps);
    let bounds = Rect::new(0.0, 0.0, width.into(), height.into());
    let transform = page.initial_transform(true).to_kurbo();
    let mut context = Context::new(transform, bounds, cache, pdf.xref(), InterpreterSettings::default());
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| interpret_page(page, &mut context, &mut collector)));
    *budget = collector.budget;
    match outcome {
        Ok(()) => Ok(collector.drawing),
        Err(payload) if payload.is::<Spent>() => Err(Spent),
        Err(payload) => panic::resume_unwind(payload),
    }
}

fn unreadable(error: LoadPdfError) -> Refusal {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => Foreign::Encrypted.refusal("pdf"),
        LoadPdfError::Decryption(_) => Refusal::new(
            "the PDF is encrypted in a way that is not known",
            "open it with its password and print it into a new PDF",
        ),
        LoadPdfError::Invalid => damaged(),
    }
}

fn damaged() -> Refusal {
    Refusal::new("the PDF is damaged or incomplete", "ask for the file again, or open it and print it into a new PDF")
}

impl Tally {
    /// The text of a page, a part for each direction in which it is written, the main one first.
    fn read(&mut self, mut drawing: Drawing, number: usize) -> Vec<(PageLines, Vec<RuledTable>)> {
        let visible = count(&drawing.glyphs, Ink::Visible);
        let unpainted = count(&drawing.glyphs, Ink::Unpainted);
        let is_picture = drawing.picture_share >= SCAN_SHARE;
        let is_drawn = drawing.shapes >= MIN_DRAWN_SHAPES && visible == 0;
        let kept = if is_picture && visible < MIN_PAGE_CHARS && unpainted >= MIN_PAGE_CHARS {
            self.recognised += 1;
            [Ink::Visible, Ink::Unpainted].as_slice()
        } else {
            if visible < MIN_PAGE_CHARS && (is_picture || is_drawn) {
                self.scanned.push(number);
            }
            [Ink::Visible].as_slice()
        };
        let (glyphs, hidden): (Vec<Glyph>, Vec<Glyph>) =
            std::mem::take(&mut drawing.glyphs).into_iter().partition(|glyph| kept.contains(&glyph.ink));
        self.hidden.extend(hidden.iter().filter_map(|glyph| glyph.text).filter(|text| !text.is_whitespace()));
        self.glyphs += glyphs.len();
        self.unknown += glyphs.iter().filter(|glyph| glyph.text.is_none()).count();
        self.slanted += glyphs.iter().filter(|glyph| glyph.flow == Flow::Slanted).count();
        let mut flows: Vec<(usize, Flow)> = [Flow::Right, Flow::Down, Flow::Left, Flow::Up]
            .into_iter()
            .map(|flow| (glyphs.iter().filter(|glyph| glyph.flow == flow).count(), flow))
            .filter(|(count, _)| *count > 0)
            .collect();
        flows.sort_by_key(|(count, flow)| (std::cmp::Reverse(*count), *flow));
        flows.into_iter().map(|(_, flow)| part(&drawing, &glyphs, flow)).collect()
    }

    /// Refuses what is no text that can be trusted.
    fn check(&self) -> Result<(), Refusal> {
        if self.glyphs < MIN_PAGE_CHARS * self.scanned.len() {
            let pages = self.scanned.len();
            return Err(Refusal::new(
                format!("scanned: {pages} of {} pages are pictures of text, which are not read", self.pages),
                "recognise the text (OCR) and send the result as .docx or as a PDF with text, or send the original",
            ));
        }
        let share = self.unknown as f64 / self.glyphs.max(1) as f64;
        if share > MAX_UNKNOWN_SHARE {
            return Err(Refusal::new(
                format!("the fonts of the PDF do not tell the characters of {:.0} % of its text", 100.0 * share),
                "send the original .docx, or recognise the text of the pages (OCR)",
            ));
        }
        Ok(())
    }

    fn note(&self, document: &Document<'_>, found: &mut Found) {
        let mut say = |holds: bool, text: String| {
            if holds {
                found.note(&document.place, text);
            }
        };
        let numbers: Vec<String> = self.scanned.iter().map(usize::to_string).collect();
        say(!self.scanned.is_empty(), format!("scanned pages need OCR and were not read: page {}", named(&numbers)));
        say(
            self.recognised > 0,
            format!("the text of {} pages is that of a recogniser (OCR) behind a scan", self.recognised),
        );
        say(
            self.unread > 0,
            format!("{} pages beyond the limit of {} were not read", self.unread, document.limits.max_pdf_pages),
        );
        say(self.unknown > 0, format!("{} glyphs were left out, their fonts do not tell the characters", self.unknown));
        say(self.slanted > 0, format!("{} characters at an angle (watermark) were left out", self.slanted));
        unseen::note(&self.hidden, &document.place, found);
    }

    fn flags(&self) -> impl Iterator<Item = Flag> + Clone {
        [
            (!self.hidden.is_empty(), Flag::HiddenText),
            (!self.scanned.is_empty(), Flag::PagesUnread),
            (self.unread > 0, Flag::TextTruncated),
        ]
        .into_iter()
        .filter_map(|(holds, flag)| holds.then_some(flag))
    }
}

fn count(glyphs: &[Glyph], ink: Ink) -> usize {
    glyphs.iter().filter(|glyph| glyph.ink == ink).count()
}

/// The text written in one direction: tables by the ruled lines of the page, lines from the other glyphs.
fn part(drawing: &Drawing, glyphs: &[Glyph], flow: Flow) -> (PageLines, Vec<RuledTable>) {
    let mut upright: Vec<Glyph> = glyphs.iter().filter(|glyph| glyph.flow == flow).map(lines::upright).collect();
    let rules: Vec<device::Rule> = drawing.rules.iter().map(|rule| rule.turned(flow)).collect();
    let tables = grid::take_tables(&rules, &mut upright);
    let (_, far) = lines::turn(flow, drawing.width, drawing.height);
    let page =
        PageLines { lines: lines::reading_order(&lines::rows(&upright)), top: far.min(0.0), bottom: far.max(0.0) };
    (page, tables)
}

/// Paragraphs and tables from top to bottom, page after page.
fn blocks(pages: Vec<PageLines>, tables: Vec<Vec<RuledTable>>) -> Vec<Block> {
    let mut text = Assembly::default();
    for (page, tables) in pages.into_iter().zip(tables) {
        let mut tables = tables.into_iter().peekable();
        for line in page.lines {
            while let Some(table) = tables.next_if(|table| table.area.y0 <= line.span.y) {
                text.table(table);
            }
            text.lines.push(line);
        }
        tables.for_each(|table| text.table(table));
    }
    text.finish()
}

/// Puts paragraphs and tables together over page breaks.
#[derive(Default)]
struct Assembly {
    blocks: Vec<Block>,
    lines: Vec<lines::TextLine>,
    open: Option<RuledTable>,
}

impl Assembly {
    fn table(&mut self, next: RuledTable) {
        match &mut self.open {
            // A table above on the same page ends above this one; one on the page before may go on in it.
            Some(open) if self.lines.is_empty() && open.area.y1 > next.area.y0 && open.continues_in(&next) => {
                open.append(next);
            }
            _ => {
                self.close_table();
                self.close_lines();
                self.open = Some(next);
            }
        }
    }

    fn close_table(&mut self) {
        self.blocks.extend(self.open.take().map(|table| Block::Table(table.into_table())));
    }

    fn close_lines(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        self.blocks.extend(paragraphs::join(&lines).into_iter().map(Block::Paragraph));
    }

    fn finish(mut self) -> Vec<Block> {
        self.close_table();
        self.close_lines();
        self.blocks
    }
}
