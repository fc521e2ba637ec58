//! Saved web pages: the article with its title, site, date and address; lists and forms in tables.
//!
//! A page is decoded (`charset`), parsed within bounds (`page`), rid of what cannot be seen (`hidden`) and of what
//! stands around the article (`furniture`). The article is found by dom_smoothie, a port of Mozilla's Readability
//! (`article`), and read into paragraphs and tables (`content`), which are sorted into records like those of any
//! document. `archive` opens a page that was saved with its pictures in one file (MHTML).
//!
//! Parsers of hostile markup may take long, so that they have a thread of their own with a time to be done by.

mod archive;
mod article;
mod charset;
mod content;
pub(super) mod furniture;
mod hidden;
mod metadata;
mod page;

use std::time::Duration;

use super::blocks::{Block, Sorter};
use super::deadline::within;
use super::found::{Found, Refusal};
use super::limits::Limits;
use super::mapping::HeaderBook;
use super::reader::Document;
use super::unseen;
use crate::nomination::Flag;
use hidden::Hidden;
use metadata::Metadata;

/// A page's bytes, with what its envelope says of them.
#[derive(Debug, Default)]
struct Source {
    bytes: Vec<u8>,
    /// Character set by a header.
    charset: Option<String>,
    /// Address by a header.
    url: Option<String>,
}

/// Reads a page.
pub(crate) fn read_page(document: &Document<'_>, found: &mut Found) -> Result<(), Refusal> {
    read(Source { bytes: document.bytes.to_vec(), ..Source::default() }, document, found)
}

/// Reads a page saved with its pictures (MHTML).
pub(crate) fn read_archive(document: &Document<'_>, found: &mut Found) -> Result<(), Refusal> {
    let source = archive::page_of(document, found)?;
    read(source, document, found)
}

fn read(source: Source, document: &Document<'_>, found: &mut Found) -> Result<(), Refusal> {
    let html = charset::text(&source)?;
    let broken = html.matches(char::REPLACEMENT_CHARACTER).count();
    if broken > 0 {
        found.note(&document.place, format!("{broken} characters of the page are broken and show as \u{FFFD}"));
    }
    let (limits, book) = (document.limits.clone(), document.book.clone());
    let time = Duration::from_secs(limits.max_page_seconds);
    let reading = within(time, move || Reading::of(&html, source.url, &limits, &book)).map_err(|overrun| {
        overrun.refusal("web page", time, "copy its text into a .docx, or raise max_page_seconds")
    })??;
    if reading.blocks.is_empty() {
        return Err(Refusal::new(
            "the web page holds no article and no table",
            "open it in a browser and copy its text into a .docx; text that a page loads later is not in the file",
        ));
    }
    reading.submit(document, found);
    Ok(())
}

/// What a page holds.
struct Reading {
    blocks: Vec<Block>,
    metadata: Metadata,
    hidden: Hidden,
    /// Characters on the whole page that can be seen, and those that were read.
    page_chars: usize,
    read_chars: usize,
}

impl Reading {
    fn of(html: &str, url: Option<String>, limits: &Limits, book: &HeaderBook) -> Result<Self, Refusal> {
        let page = page::parse(html, limits)?;
        let mut metadata = Metadata::of(&page, html, url);
        furniture::remove_unseen_kinds(&page);
        let mut hidden = hidden::take(&page);
        let page_chars = content::chars(&page.root());
        metadata.date = metadata.date.or_else(|| furniture::date_shown(&content::blocks(&page, book)));
        let mut blocks = article::find(page, book);
        hidden.settle(&mut blocks);
        furniture::drop_lines(&mut blocks);
        let read_chars = blocks.iter().map(Block::chars).sum();
        metadata.head(&mut blocks);
        Ok(Self { blocks, metadata, hidden, page_chars, read_chars })
    }

    fn submit(self, document: &Document<'_>, found: &mut Found) {
        let Self { blocks, metadata, hidden, page_chars, read_chars } = self;
        let left_out = page_chars.saturating_sub(read_chars);
        let told = metadata.told();
        found.note(
            &document.place,
            format!("web page{told}; {read_chars} characters are its content, {left_out} around it were left out"),
        );
        unseen::note(&hidden.text, &document.place, found);
        Sorter::new(document, &blocks).sort(blocks, found);
        found.flag(hidden.in_article.then_some(Flag::HiddenText).into_iter());
        if let [record] = found.submissions.as_mut_slice() {
            record.url = record.url.take().or(metadata.url);
            record.channel = record.channel.take().or(metadata.site);
        }
    }
}
