//! Markup to a tree, within bounds.

use dom_query::{Document, NodeRef};
use html5ever::tendril::TendrilSink;
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{ParseOpts, parse_document};

use super::super::found::Refusal;
use super::super::limits::Limits;

/// The parser's time grows with the square of the depth, so that the depth is looked at after so many bytes: a
/// sixteenth of what was parsed, within these bounds. Looking costs as much as there is.
const CHUNK_BYTES: std::ops::RangeInclusive<usize> = 16 * 1024..=64 * 1024;

/// Parses a page; one that is too large or too deep is refused before it costs much.
pub(super) fn parse(html: &str, limits: &Limits) -> Result<Document, Refusal> {
    if html.len() as u64 > limits.max_page_bytes {
        return Err(too_much(format!("is larger than {} bytes", limits.max_page_bytes), "max_page_bytes"));
    }
    let tree_builder = TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() };
    let mut parser = parse_document(Document::default(), ParseOpts { tree_builder, ..ParseOpts::default() });
    let mut rest = html;
    while !rest.is_empty() {
        let bytes = ((html.len() - rest.len()) / 16).clamp(*CHUNK_BYTES.start(), *CHUNK_BYTES.end());
        let (chunk, after) = rest.split_at(rest.floor_char_boundary(bytes));
        parser.process(chunk.into());
        check(&parser.tokenizer.sink.sink, limits)?;
        rest = after;
    }
    let page = parser.finish();
    check(&page, limits)?;
    Ok(page)
}

fn check(page: &Document, limits: &Limits) -> Result<(), Refusal> {
    if page.tree.len() > limits.max_page_nodes {
        Err(too_much(format!("has more than {} elements", limits.max_page_nodes), "max_page_nodes"))
    } else if is_deeper(page.root(), limits.max_page_depth) {
        Err(too_much(format!("nests its elements deeper than {}", limits.max_page_depth), "max_page_depth"))
    } else {
        Ok(())
    }
}

fn too_much(what: String, limit: &str) -> Refusal {
    Refusal::new(format!("the web page {what}"), format!("copy its text into a .docx, or raise {limit}"))
}

fn is_deeper(root: NodeRef<'_>, limit: usize) -> bool {
    let (mut at, mut depth) = (root, 0usize);
    loop {
        if let Some(child) = at.first_child() {
            (at, depth) = (child, depth + 1);
            if depth > limit {
                return true;
            }
            continue;
        }
        loop {
            if depth == 0 {
                return false;
            }
            if let Some(sibling) = at.next_sibling() {
                at = sibling;
                break;
            }
            let Some(parent) = at.parent() else { return false };
            (at, depth) = (parent, depth - 1);
        }
    }
}
