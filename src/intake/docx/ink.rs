//! How a run is set, as far as that decides whether a reader sees it.

use quick_xml::events::BytesStart;

use super::super::unseen::{MAX_UNSEEN_SIZE, MIN_CONTRAST, luminance};
use super::super::xml::attribute;
use super::styles::is_on;

/// Properties of a run, a paragraph or a style; none where the level below decides.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Ink {
    pub vanishes: Option<bool>,
    /// Points.
    pub size: Option<f64>,
    pub tone: Option<Tone>,
    pub ground: Option<Tone>,
}

/// Luminance of a text or of what is under it, 0 black to 1 white.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Tone {
    Of(f64),
    /// Chosen by the program that shows it, or not known here: taken to be seen.
    Unknown,
}

impl Ink {
    /// Takes one element of the properties.
    pub fn set(&mut self, name: &str, tag: &BytesStart<'_>) {
        match name {
            "vanish" => self.vanishes = Some(is_on(tag)),
            // In half points.
            "sz" => {
                self.size = attribute(tag, "val").and_then(|size| size.parse::<f64>().ok()).map(|size| size / 2.0);
            }
            "color" => self.tone = attribute(tag, "val").map(|color| tone(&color)),
            "shd" => self.ground = shading(tag).or(self.ground),
            "highlight" => self.ground = attribute(tag, "val").and_then(|name| marker(&name)).or(self.ground),
            _ => {}
        }
    }

    /// These properties over those of the level below.
    pub fn over(self, below: Self) -> Self {
        Self {
            vanishes: self.vanishes.or(below.vanishes),
            size: self.size.or(below.size),
            tone: self.tone.or(below.tone),
            ground: self.ground.or(below.ground),
        }
    }

    /// Whether text that is set so can be seen on a white page.
    pub fn is_seen(self) -> bool {
        let is_drowned = match (self.tone, self.ground.unwrap_or(Tone::Of(1.0))) {
            (Some(Tone::Of(text)), Tone::Of(ground)) => (text - ground).abs() < MIN_CONTRAST,
            _ => false,
        };
        self.vanishes != Some(true) && self.size.is_none_or(|size| size > MAX_UNSEEN_SIZE) && !is_drowned
    }
}

fn tone(color: &str) -> Tone {
    let digits = u32::from_str_radix(color, 16).ok().filter(|_| color.len() == 6);
    digits.map_or(Tone::Unknown, |digits| {
        let [_, red, green, blue] = digits.to_be_bytes();
        Tone::Of(luminance([red, green, blue]))
    })
}

/// None where nothing is painted, so that what is under it shows.
pub(super) fn shading(tag: &BytesStart<'_>) -> Option<Tone> {
    let is_solid = attribute(tag, "val").is_some_and(|pattern| pattern == "solid");
    let paint = attribute(tag, if is_solid { "color" } else { "fill" })?;
    (paint != "auto").then(|| tone(&paint))
}

/// A text marker by its name; the colours between black and white are seen under either.
fn marker(name: &str) -> Option<Tone> {
    match name {
        "none" => None,
        "black" => Some(Tone::Of(0.0)),
        "white" => Some(Tone::Of(1.0)),
        _ => Some(Tone::Unknown),
    }
}
