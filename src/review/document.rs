//! A short text for people, as a Word file and as a page.

use std::io::Cursor;

use askama::Template;
use docx_rs::{AlignmentType, Docx, LineSpacing, Paragraph, Run, RunFonts, SpecialIndentType, Style, StyleType};

use crate::programme::Language;
use crate::report::ReportError;
use crate::report::wording::Wording;

/// Half-points of running text.
const TEXT_SIZE: usize = 24;
/// Half-points of the title and the two levels of headings.
const HEADING_SIZES: [usize; 3] = [36, 30, 26];
/// Twentieths of a point that set in the first line: two characters of running text.
const FIRST_LINE: i32 = 480;

/// A title and what follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Stands above all.
    pub title: String,
    /// In reading order.
    pub blocks: Vec<Block>,
    /// Language of the text.
    pub language: Language,
}

/// A piece of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A chapter.
    Heading(String),
    /// A part of a chapter.
    Subheading(String),
    /// Running text.
    Paragraph(String),
    /// A line of a list.
    Item(String),
}

#[derive(Template)]
#[template(path = "document.html")]
struct Page<'a> {
    tag: &'static str,
    document: &'a Document,
}

impl Document {
    /// The bytes of a .docx; the same document gives the same bytes.
    ///
    /// # Errors
    /// When the container cannot be made.
    pub fn to_docx(&self) -> Result<Vec<u8>, ReportError> {
        let fonts = RunFonts::new().ascii("Times New Roman").hi_ansi("Times New Roman").east_asia("宋体");
        let mut docx = Docx::new().default_fonts(fonts).default_size(TEXT_SIZE);
        for (level, size) in HEADING_SIZES.into_iter().enumerate() {
            let style = Style::new(heading(level), StyleType::Paragraph).name(format!("heading {}", level + 1));
            docx = docx.add_style(style.size(size).bold());
        }
        let title = Paragraph::new().add_run(Run::new().add_text(&self.title)).style(&heading(0));
        docx = docx.add_paragraph(title.align(AlignmentType::Center));
        for block in &self.blocks {
            docx = docx.add_paragraph(block.paragraph());
        }
        let mut bytes = Cursor::new(Vec::new());
        docx.build().pack(&mut bytes).map_err(|error| ReportError::Document { cause: error.to_string() })?;
        Ok(bytes.into_inner())
    }

    /// The bytes of a page that needs nothing else.
    ///
    /// # Errors
    /// When the template cannot be filled.
    pub fn to_html(&self) -> Result<Vec<u8>, ReportError> {
        let page = Page { tag: Wording::of(self.language).tag, document: self };
        Ok(page.render()?.into_bytes())
    }
}

impl Block {
    fn paragraph(&self) -> Paragraph {
        let spaced = |before: u32, after: u32| LineSpacing::new().before(before).after(after);
        let of = |text: &str| Paragraph::new().add_run(Run::new().add_text(text));
        match self {
            Block::Heading(text) => of(text).style(&heading(1)).line_spacing(spaced(240, 120)),
            Block::Subheading(text) => of(text).style(&heading(2)).line_spacing(spaced(160, 80)),
            Block::Paragraph(text) => of(text)
                .indent(None, Some(SpecialIndentType::FirstLine(FIRST_LINE)), None, None)
                .line_spacing(spaced(0, 80)),
            Block::Item(text) => of(text).indent(Some(FIRST_LINE), None, None, None).line_spacing(spaced(0, 60)),
        }
    }
}

fn heading(level: usize) -> String {
    format!("Heading{}", level + 1)
}
