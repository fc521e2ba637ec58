//! What paragraph, character and table styles say of a text. WPS numbers its styles, so the name in styles.xml
//! decides what is a heading.

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::super::xml::attribute;
use super::ink::{Ink, shading};

/// Styles may be based on each other; a longer chain is a circle.
const MAX_CHAIN: usize = 16;

/// The styles of a document.
#[derive(Debug, Default)]
pub(super) struct Styles {
    by_id: BTreeMap<String, Style>,
    /// How text is set that no style is given for.
    defaults: Ink,
}

#[derive(Debug, Default)]
struct Style {
    based_on: Option<String>,
    is_heading: bool,
    is_contents: bool,
    shades: bool,
    ink: Ink,
}

impl Styles {
    /// Reads styles.xml. A broken one only means that the styles behind the break are not known.
    pub fn read(xml: &str) -> Self {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().expand_empty_elements = true;
        let mut styles = Self::default();
        let mut open: Option<(String, Style)> = None;
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Eof => break,
                Event::Start(tag) => match (tag.local_name().as_ref(), &mut open) {
                    ("style", _) => open = attribute(&tag, "styleId").map(|id| (id, Style::default())),
                    (name, Some((_, style))) => style.set(name, &tag),
                    // docDefaults stand before the first style.
                    (name, None) => styles.defaults.set(name, &tag),
                },
                Event::End(tag) if tag.local_name().as_ref() == "style" => styles.by_id.extend(open.take()),
                _ => {}
            }
        }
        styles
    }

    pub fn is_heading(&self, id: &str) -> bool {
        self.chain(id).any(|style| style.is_heading)
    }

    /// A line of the table of contents.
    pub fn is_contents(&self, id: &str) -> bool {
        self.chain(id).any(|style| style.is_contents)
    }

    /// A table style that paints cells, which ones is not known here.
    pub fn shades(&self, id: &str) -> bool {
        self.chain(id).any(|style| style.shades)
    }

    /// What a style says of runs.
    pub fn ink(&self, id: Option<&str>) -> Ink {
        let chain = id.into_iter().flat_map(|id| self.chain(id));
        chain.fold(Ink::default(), |ink, style| ink.over(style.ink))
    }

    pub fn defaults(&self) -> Ink {
        self.defaults
    }

    fn chain(&self, id: &str) -> impl Iterator<Item = &Style> {
        let below = |style: &&Style| style.based_on.as_ref().and_then(|id| self.by_id.get(id));
        std::iter::successors(self.by_id.get(id), below).take(MAX_CHAIN)
    }
}

impl Style {
    fn set(&mut self, name: &str, tag: &BytesStart<'_>) {
        match name {
            "name" => {
                let name = attribute(tag, "val").unwrap_or_default().to_lowercase();
                self.is_heading |= name == "title" || name.starts_with("heading") || name.starts_with("标题");
                self.is_contents |= name.starts_with("toc ") || name.starts_with("目录");
            }
            "basedOn" => self.based_on = attribute(tag, "val"),
            "outlineLvl" => self.is_heading |= is_outline_level(tag),
            "shd" => {
                self.shades |= shading(tag).is_some();
                self.ink.set(name, tag);
            }
            _ => self.ink.set(name, tag),
        }
    }
}

/// Levels 0 to 8 are headings, 9 is body text.
pub(super) fn is_outline_level(tag: &BytesStart<'_>) -> bool {
    attribute(tag, "val").and_then(|level| level.parse::<u8>().ok()).is_some_and(|level| level < 9)
}

/// A property that is set by being there, unless its value takes it back.
pub(super) fn is_on(tag: &BytesStart<'_>) -> bool {
    !matches!(attribute(tag, "val").as_deref(), Some("0" | "false" | "off"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_style_has_what_it_is_based_on() {
        let styles = Styles::read(
            r#"<w:styles xmlns:w="x"><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="21"/></w:rPr></w:rPrDefault>
            </w:docDefaults><w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>
            <w:style w:styleId="2"><w:basedOn w:val="1"/><w:rPr><w:color w:val="FFFFFF"/></w:rPr></w:style>
            <w:style w:styleId="3"><w:basedOn w:val="3"/><w:name w:val="toc 1"/></w:style></w:styles>"#,
        );
        assert!(styles.is_heading("2") && !styles.is_heading("3") && !styles.is_heading("9"));
        assert!(styles.is_contents("3"), "a circle ends");
        assert_eq!(styles.defaults().size, Some(10.5));
        assert!(!styles.ink(Some("2")).is_seen() && styles.ink(Some("1")).is_seen());
    }
}
