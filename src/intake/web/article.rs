//! Which part of a page is its content.

use dom_query::Document;
use dom_smoothie::{Config, Readability};

use super::super::blocks::Block;
use super::super::mapping::HeaderBook;
use super::{content, furniture};

/// Fewer characters than this make dom_smoothie look again, less strictly. Its own 500 is meant for English.
const MIN_ARTICLE_CHARS: usize = 60;

/// The content of a page as paragraphs and tables.
///
/// A page that an office program wrote has nothing around its content. Of other pages the article is taken; tables of
/// records that are not in it, or no longer tables, and make up most of what could be the content, are it in its stead.
pub(super) fn find(page: Document, book: &HeaderBook) -> Vec<Block> {
    if is_office_export(&page) {
        return content::blocks(&page, book);
    }
    furniture::remove(&page);
    let mut records = content::blocks(&page, book);
    records.retain(|block| content::is_of_records(block, book));
    let article = article(page, book);
    let chars = |blocks: &[Block]| blocks.iter().map(Block::chars).sum::<usize>();
    let missing = records.iter().any(|table| !article.contains(table));
    if missing && chars(&records) * 5 > chars(&article) * 4 { records } else { article }
}

fn article(page: Document, book: &HeaderBook) -> Vec<Block> {
    let config = Config { char_threshold: MIN_ARTICLE_CHARS, ..Config::default() };
    let mut reader = Readability { doc: page, doc_url: None, config };
    match reader.parse() {
        Ok(article) => content::blocks(&Document::from(article.content), book),
        Err(_) => Vec::new(),
    }
}

/// Excel, Word, WPS and LibreOffice say who wrote a page.
fn is_office_export(page: &Document) -> bool {
    let generator = page.select("meta[name=generator i], meta[name=progid i]").attr("content").unwrap_or_default();
    let by_name = ["Microsoft", "Excel.", "Word.", "LibreOffice", "OpenOffice", "WPS", "Kingsoft"];
    by_name.iter().any(|name| generator.starts_with(name))
        || page.html_root().attrs().iter().any(|attribute| attribute.value.contains("microsoft-com:office"))
}
