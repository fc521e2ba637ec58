//! What a page holds and does not show.

use dom_query::{Document, NodeRef};

use super::super::blocks::Block;

/// Stands where something was taken out, so that after the article is found it shows whether that was in it. Pages
/// do not use this character: it is the last private one of Unicode.
const MARK: char = '\u{10FFFD}';

/// Text that no reader of the page sees.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    /// Without white space.
    pub text: String,
    /// Some of it stood inside the article; elsewhere menus and dialogs are hidden as a matter of course.
    pub in_article: bool,
}

/// Takes out every element that is hidden by its attributes.
pub(super) fn take(page: &Document) -> Hidden {
    let mut hidden = Hidden::default();
    let suspects = page.select("[style], [hidden], [aria-hidden], font[color]");
    for node in suspects.nodes() {
        if !is_hidden(node) {
            continue;
        }
        let text = node.text();
        let before = hidden.text.len();
        hidden.text.extend(text.chars().filter(|c| !c.is_whitespace() && *c != MARK));
        node.remove_children();
        node.remove_all_attrs();
        if hidden.text.len() > before {
            node.set_text(MARK.to_string());
        }
    }
    hidden
}

impl Hidden {
    /// Takes the marks out of the article.
    pub fn settle(&mut self, blocks: &mut Vec<Block>) {
        let mut clean = |text: &mut String| {
            if text.contains(MARK) {
                text.retain(|c| c != MARK);
                self.in_article = true;
            }
        };
        for block in blocks.iter_mut() {
            match block {
                Block::Paragraph(line) => clean(&mut line.text),
                Block::Table(table) => table.rows.iter_mut().flatten().for_each(|cell| clean(&mut cell.text)),
            }
        }
        blocks.retain(|block| !matches!(block, Block::Paragraph(line) if line.text.trim().is_empty()));
    }
}

fn is_hidden(node: &NodeRef<'_>) -> bool {
    let style = node.attr("style").map(|style| style.to_ascii_lowercase()).unwrap_or_default();
    let declarations = || style.split(';').filter_map(|part| part.split_once(':')).map(|(k, v)| (k.trim(), v.trim()));
    node.has_attr("hidden")
        || node.attr("aria-hidden").is_some_and(|value| value.eq_ignore_ascii_case("true"))
        || declarations().any(|(property, value)| hides(property, value.trim_end_matches("!important").trim()))
        || (declarations().any(|(property, value)| property == "color" && is_white(value)) && !has_backdrop(node))
        || (node.attr("color").is_some_and(|color| is_white(&color.to_ascii_lowercase())) && !has_backdrop(node))
}

fn hides(property: &str, value: &str) -> bool {
    const MAX_UNREADABLE: f64 = 1.0;
    const FAR_OUTSIDE: f64 = -500.0;
    let number = || value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%').parse::<f64>().ok();
    let absolute = !value.ends_with("em") && !value.ends_with('%');
    match property {
        "display" => value == "none",
        "visibility" => matches!(value, "hidden" | "collapse"),
        "color" => value == "transparent",
        "opacity" => number().is_some_and(|share| share <= 0.05),
        "font-size" => number().is_some_and(|size| size == 0.0 || (absolute && size <= MAX_UNREADABLE)),
        "text-indent" | "left" | "top" | "margin-left" => number().is_some_and(|offset| offset <= FAR_OUTSIDE),
        _ => false,
    }
}

fn is_white(color: &str) -> bool {
    let color: String = color.trim_end_matches("!important").chars().filter(|c| !c.is_whitespace()).collect();
    matches!(color.as_str(), "white" | "#fff" | "#ffffff" | "#fefefe" | "rgb(255,255,255)" | "rgba(255,255,255,1)")
}

/// Something behind the text lets white be seen. Colours of style sheets are not known.
fn has_backdrop(node: &NodeRef<'_>) -> bool {
    let paints = |node: &NodeRef<'_>| {
        let style = node.attr("style").map(|style| style.to_ascii_lowercase()).unwrap_or_default();
        let mut declarations = style.split(';').filter_map(|part| part.split_once(':'));
        let styled = declarations.any(|(property, value)| {
            property.trim().starts_with("background") && !is_white(value) && !value.trim().starts_with("none")
        });
        styled || node.has_attr("background") || node.attr("bgcolor").is_some_and(|color| !is_white(&color))
    };
    paints(node) || node.ancestors_it(None).any(|above| paints(&above))
}
