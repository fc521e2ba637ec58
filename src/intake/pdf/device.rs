//! What a page draws: glyphs with their place and whether they can be seen, ruled lines, pictures.

use std::panic;

use hayro_interpret::font::{Glyph as FontGlyph, GlyphRun};
use hayro_interpret::hayro_cmap::{BfString, WritingMode};
use hayro_interpret::kurbo::{Affine, BezPath, PathEl, Point, Rect, Shape, Vec2};
use hayro_interpret::{BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, Paint, SoftMask};

use super::super::unseen::{MAX_UNSEEN_SIZE, MIN_CONTRAST, luminance};
use super::fonts::CodeMaps;
use super::lines::turn;
use super::radicals;

/// Glyph space has this many units to the em.
const UNITS_PER_EM: f64 = 1000.0;
/// A filled shape this thin (points) is a ruled line.
const MAX_RULE_WIDTH: f64 = 2.5;
/// A shorter line (points) belongs to a drawing.
const MIN_RULE_LENGTH: f64 = 6.0;
/// Rules and filled areas kept of a page; a drawing may have millions.
const MAX_SHAPES: usize = 20_000;

/// The direction in which the glyphs of a run follow one another on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Flow {
    Right,
    Down,
    Left,
    Up,
    /// At an angle, as watermarks are.
    Slanted,
}

/// Whether a reader of the page sees the glyph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Visible,
    /// Never painted: what a recogniser puts behind a scan, or hidden text.
    Unpainted,
    /// In the colour of its background, too small to read, or off the page.
    Hidden,
}

/// A character where it stands. Points, origin in the upper left corner of the page, y downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Glyph {
    /// None where the font does not tell which character the glyph is.
    pub text: Option<char>,
    /// Where it begins, along the flow.
    pub x: f64,
    /// Its baseline.
    pub y: f64,
    pub width: f64,
    pub size: f64,
    pub flow: Flow,
    pub ink: Ink,
}

/// A ruled line, horizontal or vertical.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rule {
    pub from: Point,
    pub to: Point,
}

impl Rule {
    /// The line in the direction in which text of this flow is read.
    pub fn turned(&self, flow: Flow) -> Self {
        let (a, b) = (turn(flow, self.from.x, self.from.y), turn(flow, self.to.x, self.to.y));
        Self { from: Point::new(a.0.min(b.0), a.1.min(b.1)), to: Point::new(a.0.max(b.0), a.1.max(b.1)) }
    }
}

/// Everything of a page that bears on its text.
#[derive(Debug, Default)]
pub(super) struct Drawing {
    pub width: f64,
    pub height: f64,
    pub glyphs: Vec<Glyph>,
    pub rules: Vec<Rule>,
    /// Share of the page under pictures, 0 to 1; overlapping pictures count twice.
    pub picture_share: f64,
    /// Shapes filled or stroked.
    pub shapes: usize,
    /// Filled areas in painting order, with their luminance; none for a picture.
    areas: Vec<(Rect, Option<f64>)>,
}

/// The drawing marks a file may still make; carried from page to page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget(pub usize);

/// Thrown through the interpreter, which has no other way to be stopped, when the budget is spent.
pub(super) struct Spent;

/// Collects a [`Drawing`].
pub(super) struct Collector<'m> {
    pub drawing: Drawing,
    pub budget: Budget,
    maps: &'m CodeMaps,
}

impl<'m> Collector<'m> {
    pub fn new((width, height): (f32, f32), budget: Budget, maps: &'m CodeMaps) -> Self {
        let drawing = Drawing { width: width.into(), height: height.into(), ..Drawing::default() };
        Self { drawing, budget, maps }
    }

    fn spend(&mut self, marks: usize) {
        self.budget.0 = self.budget.0.saturating_sub(marks.max(1));
        if self.budget.0 == 0 {
            panic::resume_unwind(Box::new(Spent));
        }
    }
}

impl<'a> Device<'a> for Collector<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.spend(1);
        self.drawing.shapes += 1;
        if self.drawing.rules.len() + self.drawing.areas.len() >= MAX_SHAPES {
            return;
        }
        match mode {
            DrawMode::Stroke(_) => self.drawing.stroke(path, props.transform),
            DrawMode::Fill(_) => {
                self.drawing.fill(props.transform.transform_rect_bbox(path.bounding_box()), &props.paint)
            }
            DrawMode::FillAndStroke(..) => {
                self.drawing.fill(props.transform.transform_rect_bbox(path.bounding_box()), &props.paint);
                self.drawing.stroke(path, props.transform);
            }
            DrawMode::Invisible => {}
        }
    }

    fn push_clip_path(&mut self, _: &ClipPath) {
        self.spend(1);
    }

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {
        self.spend(1);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.spend(run.glyphs().len());
        let is_vertical = run.writing_mode() == WritingMode::Vertical;
        for glyph in run.glyphs() {
            let place = Place::of(props.transform * glyph.transform(), is_vertical);
            let ink = self.drawing.ink(&place, &props.paint, mode);
            let advance = match &**glyph {
                FontGlyph::Outline(outline) if !is_vertical => outline.advance_width().map(f64::from),
                _ => None,
            };
            let advance = advance.unwrap_or(if is_vertical { UNITS_PER_EM } else { UNITS_PER_EM / 2.0 });
            let text = characters(glyph, self.maps);
            self.drawing.write(&text, advance.abs() / UNITS_PER_EM * place.size, &place, ink);
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.spend(1);
        let pixels = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        let page = Rect::new(0.0, 0.0, self.drawing.width, self.drawing.height);
        let area = props.transform.transform_rect_bbox(pixels).intersect(page);
        self.drawing.picture_share += area.area() / page.area().max(1.0);
        if self.drawing.areas.len() < MAX_SHAPES {
            self.drawing.areas.push((area, None));
        }
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

/// Where a glyph stands and how large it is.
struct Place {
    origin: Point,
    /// Height of the em on the page.
    size: f64,
    flow: Flow,
}

impl Place {
    fn of(transform: Affine, is_vertical: bool) -> Self {
        let origin = transform * Point::ZERO;
        let across = transform * Point::new(UNITS_PER_EM, 0.0) - origin;
        let up = transform * Point::new(0.0, UNITS_PER_EM) - origin;
        Self { origin, size: up.hypot(), flow: flow(if is_vertical { -up } else { across }) }
    }
}

fn flow(direction: Vec2) -> Flow {
    // Within about 3 degrees of an axis.
    let (x, y) = (direction.x, direction.y);
    match () {
        () if y.abs() <= x.abs() / 20.0 => {
            if x >= 0.0 {
                Flow::Right
            } else {
                Flow::Left
            }
        }
        () if x.abs() <= y.abs() / 20.0 => {
            if y >= 0.0 {
                Flow::Down
            } else {
                Flow::Up
            }
        }
        () => Flow::Slanted,
    }
}

/// The characters of a glyph (a ligature has several); empty when nothing tells.
fn characters(glyph: &FontGlyph<'_>, maps: &CodeMaps) -> String {
    match glyph.as_unicode().or_else(|| maps.lookup(glyph)) {
        Some(BfString::Char(character)) => radicals::folded(character).to_string(),
        Some(BfString::String(text)) => text.chars().map(radicals::folded).collect(),
        None => String::new(),
    }
}

/// What a font assigned at will, or marks as unknown, is no character.
fn is_meaningless(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{fffd}' | '\u{f0000}'..='\u{10ffff}')
}

impl Drawing {
    fn write(&mut self, text: &str, width: f64, place: &Place, ink: Ink) {
        let glyph = |text, at: usize, of: usize| {
            let share = width / of as f64;
            let shift = match place.flow {
                Flow::Right => Vec2::new(share * at as f64, 0.0),
                Flow::Left => Vec2::new(-share * at as f64, 0.0),
                Flow::Down => Vec2::new(0.0, share * at as f64),
                Flow::Up => Vec2::new(0.0, -share * at as f64),
                Flow::Slanted => Vec2::ZERO,
            };
            let Point { x, y } = place.origin + shift;
            Glyph { text, x, y, width: share, size: place.size, flow: place.flow, ink }
        };
        let count = text.chars().count();
        if count == 0 || text.chars().any(is_meaningless) {
            self.glyphs.push(glyph(None, 0, 1));
            return;
        }
        let known = text.chars().enumerate().filter(|(_, c)| !c.is_control());
        self.glyphs.extend(known.map(|(at, c)| glyph(Some(c), at, count)));
    }

    fn ink(&self, place: &Place, paint: &Paint<'_>, mode: &DrawMode) -> Ink {
        if matches!(mode, DrawMode::Invisible) {
            return Ink::Unpainted;
        }
        let page = Rect::new(-1.0, -1.0, self.width + 1.0, self.height + 1.0);
        // A little above the baseline, where the glyph is.
        let middle = place.origin + Vec2::new(0.0, -place.size / 4.0);
        let is_drowned = match luminance_of(paint) {
            Luminance::Transparent => true,
            Luminance::Of(text) => self.ground(middle).is_some_and(|ground| (ground - text).abs() < MIN_CONTRAST),
            Luminance::Unknown => false,
        };
        let is_hidden = place.size <= MAX_UNSEEN_SIZE || !page.contains(place.origin) || is_drowned;
        if is_hidden { Ink::Hidden } else { Ink::Visible }
    }

    /// Luminance of what was painted last at a point: the white page, a filled area, or (none) a picture.
    fn ground(&self, at: Point) -> Option<f64> {
        self.areas.iter().rev().find(|(area, _)| area.contains(at)).map_or(Some(1.0), |(_, luminance)| *luminance)
    }

    fn fill(&mut self, area: Rect, paint: &Paint<'_>) {
        let (width, height) = (area.width(), area.height());
        if height <= MAX_RULE_WIDTH && width >= MIN_RULE_LENGTH {
            let y = area.center().y;
            self.rules.push(Rule { from: Point::new(area.x0, y), to: Point::new(area.x1, y) });
        } else if width <= MAX_RULE_WIDTH && height >= MIN_RULE_LENGTH {
            let x = area.center().x;
            self.rules.push(Rule { from: Point::new(x, area.y0), to: Point::new(x, area.y1) });
        } else if width > MAX_RULE_WIDTH && height > MAX_RULE_WIDTH {
            match luminance_of(paint) {
                Luminance::Of(luminance) => self.areas.push((area, Some(luminance))),
                Luminance::Unknown => self.areas.push((area, None)),
                Luminance::Transparent => {}
            }
        }
    }

    fn stroke(&mut self, path: &BezPath, transform: Affine) {
        let (mut start, mut at) = (Point::ZERO, Point::ZERO);
        for element in path.elements() {
            let to = match *element {
                PathEl::MoveTo(to) => {
                    (start, at) = (to, to);
                    continue;
                }
                PathEl::LineTo(to) => to,
                PathEl::ClosePath => start,
                PathEl::QuadTo(_, to) | PathEl::CurveTo(_, _, to) => {
                    at = to;
                    continue;
                }
            };
            self.stroke_line(transform * at, transform * to);
            at = to;
        }
    }

    fn stroke_line(&mut self, from: Point, to: Point) {
        let along = to - from;
        let is_straight = along.x.abs() < 1.0 || along.y.abs() < 1.0;
        if is_straight && along.hypot() >= MIN_RULE_LENGTH && self.rules.len() < MAX_SHAPES {
            let (x0, x1) = (from.x.min(to.x), from.x.max(to.x));
            let (y0, y1) = (from.y.min(to.y), from.y.max(to.y));
            self.rules.push(Rule { from: Point::new(x0, y0), to: Point::new(x1, y1) });
        }
    }
}

enum Luminance {
    Of(f64),
    Transparent,
    /// A pattern.
    Unknown,
}

fn luminance_of(paint: &Paint<'_>) -> Luminance {
    let Paint::Color(color) = paint else { return Luminance::Unknown };
    let [red, green, blue, alpha] = color.to_rgba().to_rgba8();
    if alpha < 13 {
        return Luminance::Transparent;
    }
    Luminance::Of(luminance([red, green, blue]))
}
