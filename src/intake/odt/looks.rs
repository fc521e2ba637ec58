//! How text of a style looks, as far as that decides whether anybody sees it.

use std::collections::BTreeMap;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::super::unseen::{MAX_UNSEEN_SIZE, MIN_CONTRAST, luminance};
use super::super::xml::attribute;

/// Styles may be based on each other; a longer chain is a circle.
const MAX_CHAIN: usize = 16;

/// What a style says itself; the rest comes from what it stands in.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Look {
    is_hidden: Option<bool>,
    /// In points.
    size: Option<f64>,
    /// Luminance, 0 black to 1 white, of the text and of what is painted under it.
    ink: Option<f64>,
    ground: Option<f64>,
}

impl Look {
    /// This look within another one.
    pub fn over(self, outer: Look) -> Self {
        Self {
            is_hidden: self.is_hidden.or(outer.is_hidden),
            size: self.size.or(outer.size),
            ink: self.ink.or(outer.ink),
            ground: self.ground.or(outer.ground),
        }
    }

    /// Paper is white, and text black unless it says otherwise.
    pub fn is_seen(self) -> bool {
        let contrast = (self.ink.unwrap_or(0.0) - self.ground.unwrap_or(1.0)).abs();
        let is_dark_by_default = self.ink.is_none();
        self.is_hidden != Some(true)
            && self.size.is_none_or(|size| size > MAX_UNSEEN_SIZE)
            && (is_dark_by_default || contrast >= MIN_CONTRAST)
    }

    fn set(&mut self, tag: &BytesStart<'_>) {
        self.is_hidden = attribute(tag, "display").map(|display| display == "none").or(self.is_hidden);
        let points = attribute(tag, "font-size").and_then(|size| size.strip_suffix("pt")?.parse().ok());
        self.size = points.or(self.size);
        self.ink = attribute(tag, "color").and_then(|color| tone(&color)).or(self.ink);
        self.ground = attribute(tag, "background-color").and_then(|color| tone(&color)).or(self.ground);
    }
}

/// `#rrggbb`; `transparent` and the like say nothing.
fn tone(color: &str) -> Option<f64> {
    let hex = color.strip_prefix('#').filter(|hex| hex.len() == 6)?;
    let [_, red, green, blue] = u32::from_str_radix(hex, 16).ok()?.to_be_bytes();
    Some(luminance([red, green, blue]))
}

/// The looks of all styles, by family and name.
#[derive(Debug, Default)]
pub(super) struct Looks {
    styles: BTreeMap<(String, String), (Look, Option<String>)>,
}

impl Looks {
    /// Reads the styles of these parts; a part that is broken is as one that is missing.
    pub fn read(parts: &[&str]) -> Self {
        let mut looks = Self::default();
        for xml in parts {
            looks.take(xml);
        }
        looks
    }

    fn take(&mut self, xml: &str) {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().expand_empty_elements = true;
        let mut open = None;
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Eof => return,
                Event::Start(tag) => match tag.name().as_ref() {
                    "style:style" => {
                        let key = (attribute(&tag, "family"), attribute(&tag, "name"));
                        open = if let (Some(family), Some(name)) = key { Some((family, name)) } else { None };
                        if let Some(key) = &open {
                            self.styles.insert(key.clone(), (Look::default(), attribute(&tag, "parent-style-name")));
                        }
                    }
                    "style:text-properties" | "style:paragraph-properties" | "style:table-cell-properties" => {
                        let style = open.as_ref().and_then(|key| self.styles.get_mut(key));
                        style.into_iter().for_each(|(look, _)| look.set(&tag));
                    }
                    _ => {}
                },
                Event::End(tag) if tag.name().as_ref() == "style:style" => open = None,
                _ => {}
            }
        }
    }

    /// The look of the style that this element names.
    pub fn of(&self, family: &str, tag: &BytesStart<'_>) -> Look {
        let (mut look, mut name) = (Look::default(), attribute(tag, "style-name"));
        for _ in 0..MAX_CHAIN {
            let Some((own, parent)) = name.and_then(|name| self.styles.get(&(family.to_owned(), name))) else { break };
            look = look.over(*own);
            name = parent.clone();
        }
        look
    }
}
