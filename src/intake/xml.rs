//! What every reader of XML needs: attributes and entities.

use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart};

/// Value of an attribute by its local name, whatever the prefix.
pub(crate) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(match unescape(&found.value) {
        Ok(value) => value.into_owned(),
        Err(_) => found.value.into_owned(),
    })
}

/// What a reference stands for. Entities that a document defines itself are never expanded.
pub(crate) fn entity(entity: &BytesRef<'_>) -> Option<String> {
    let character = entity.resolve_char_ref().ok().flatten().map(String::from);
    character.or_else(|| resolve_predefined_entity(&entity.xml10_content()).map(str::to_owned))
}
