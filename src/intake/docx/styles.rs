//! Which paragraph styles are headings. WPS numbers its styles, so the name in styles.xml decides.

use std::collections::BTreeSet;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// Ids of the styles that are a title or a heading, by name or by outline level.
pub(crate) fn heading_styles(xml: &str) -> BTreeSet<String> {
    let mut reader = Reader::from_str(xml);
    let mut headings = BTreeSet::new();
    let mut current: Option<String> = None;
    // A broken styles part only means that no paragraph is known as a heading from there on.
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "style" => current = attribute(&tag, "styleId"),
                "name" if attribute(&tag, "val").is_some_and(|name| is_heading_name(&name)) => {
                    headings.extend(current.clone());
                }
                "outlineLvl" if is_outline_level(&tag) => headings.extend(current.clone()),
                _ => {}
            },
            _ => {}
        }
    }
    headings
}

fn is_heading_name(name: &str) -> bool {
    let name = name.to_lowercase();
    name == "title" || name.starts_with("heading") || name.starts_with("标题")
}

/// Levels 0 to 8 are headings, 9 is body text.
pub(crate) fn is_outline_level(tag: &BytesStart<'_>) -> bool {
    attribute(tag, "val").and_then(|level| level.parse::<u8>().ok()).is_some_and(|level| level < 9)
}

/// Value of an attribute by its local name, whatever the prefix.
pub(crate) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(found.value.into_owned())
}
