//! Geometry of the page's charts, in the units of their SVG view boxes.

use std::collections::BTreeMap;

/// Bars of one chart; what exceeds it is summed up in a last one.
const MAX_BARS: usize = 12;
/// Width of the longest bar.
const BAR_UNITS: f64 = 100.0;
/// Height of a row.
const ROW_UNITS: usize = 27;
/// What fits left of the bars, in tenths of a half-width character.
const LABEL_UNITS: usize = 180;

/// A horizontal bar chart.
pub(super) struct BarChart {
    pub title: &'static str,
    pub bars: Vec<Bar>,
    pub height: usize,
}

/// One bar: everything, and the suggested ones within it.
pub(super) struct Bar {
    /// As it fits.
    pub label: String,
    /// In full.
    pub name: String,
    pub all: usize,
    pub shortlisted: usize,
    pub y: usize,
    pub width: String,
    pub shortlisted_width: String,
}

/// A name, how many there are, and how many of these are suggested.
pub(super) type Tally = (String, usize, usize);

impl BarChart {
    /// `rows` in the order they are to stand.
    pub fn new(title: &'static str, rows: Vec<Tally>) -> Self {
        let longest = rows.iter().map(|(_, all, _)| *all).max().unwrap_or(1).max(1);
        // Counts are far below 2^53.
        let width = |count: usize| format!("{:.1}", BAR_UNITS * count as f64 / longest as f64);
        let height = rows.len() * ROW_UNITS;
        let bars = rows.into_iter().enumerate().map(|(i, (name, all, shortlisted))| Bar {
            label: fitted(&name),
            width: width(all),
            shortlisted_width: width(shortlisted),
            name,
            all,
            shortlisted,
            y: i * ROW_UNITS,
        });
        Self { title, bars: bars.collect(), height }
    }

    /// Groups `items` (name, whether suggested) by name, most frequent first; `rest` names the
    /// sum of those that do not fit, given how many names it covers.
    pub fn grouped(
        title: &'static str,
        items: impl Iterator<Item = (String, bool)>,
        rest: impl Fn(usize) -> String,
    ) -> Self {
        let mut groups: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for (name, shortlisted) in items {
            let group = groups.entry(name).or_default();
            group.0 += 1;
            group.1 += usize::from(shortlisted);
        }
        let mut rows: Vec<Tally> = groups.into_iter().map(|(name, (all, part))| (name, all, part)).collect();
        rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        if rows.len() > MAX_BARS + 1 {
            let others = rows.split_off(MAX_BARS);
            let sum = others.iter().fold((0, 0), |sum, row| (sum.0 + row.1, sum.1 + row.2));
            rows.push((rest(others.len()), sum.0, sum.1));
        }
        Self::new(title, rows)
    }
}

/// A rank interval on an axis from the first to the last rank of a category.
pub(super) struct Span {
    pub x: String,
    pub width: String,
    pub dot: String,
    pub line: Option<String>,
}

/// Width of the axis of a [`Span`].
const SPAN_UNITS: f64 = 120.0;

impl Span {
    /// `line` is the last rank within the quota; none when the line cuts nothing off.
    pub fn new(rank: usize, (low, high): (usize, usize), line: Option<usize>, ranked: usize) -> Self {
        let last = ranked.max(high).max(rank).max(1) as f64;
        // A rank takes its own slot of the axis, so that 1 of 1 is visible too.
        let edge = |slots: f64| SPAN_UNITS * slots / last;
        let start = edge(low.max(1) as f64 - 1.0);
        Self {
            x: format!("{start:.1}"),
            width: format!("{:.1}", (edge(high as f64) - start).max(2.0)),
            dot: format!("{:.1}", edge(rank as f64 - 0.5)),
            line: line.map(|line| format!("{:.1}", edge(line as f64))),
        }
    }
}

/// Relevance of the cases of each category, a row a category, with the cut line.
pub(super) struct Strips {
    pub rows: Vec<Strip>,
    /// Place and label of each tick of the common axis.
    pub ticks: Vec<(String, usize)>,
    /// Where the labels of the ticks stand.
    pub axis: usize,
    pub height: usize,
}

/// The cases of one category: relevance, whether suggested, title; and the relevance at the line.
pub(super) struct Spread {
    pub name: String,
    pub cases: Vec<(f32, bool, String)>,
    pub cut: Option<f32>,
}

/// One category.
pub(super) struct Strip {
    /// As it fits.
    pub label: String,
    /// In full.
    pub name: String,
    pub y: usize,
    pub dots: Vec<Dot>,
    /// Relevance of the last within the quota, where the line cuts at all.
    pub cut: Option<String>,
}

/// One case.
pub(super) struct Dot {
    pub x: String,
    pub is_listed: bool,
    pub title: String,
}

/// Height of a strip, and the ends of its axis, in the units of the view box.
const STRIP_UNITS: usize = 24;
const STRIP_ENDS: (f64, f64) = (180.0, 700.0);

impl Strips {
    pub fn new(rows: Vec<Spread>) -> Self {
        let place = |relevance: f32| {
            let (start, end) = STRIP_ENDS;
            format!("{:.1}", start + (end - start) * f64::from(relevance.clamp(0.0, 100.0)) / 100.0)
        };
        let axis = rows.len() * STRIP_UNITS + 14;
        let rows = rows.into_iter().enumerate().map(|(i, Spread { name, cases, cut })| Strip {
            label: fitted(&name),
            name,
            y: i * STRIP_UNITS,
            dots: cases
                .into_iter()
                .map(|(relevance, is_listed, title)| Dot { x: place(relevance), is_listed, title })
                .collect(),
            cut: cut.map(place),
        });
        let ticks = (0..=100).step_by(20).map(|tick| (place(tick as f32), tick)).collect();
        Self { rows: rows.collect(), ticks, axis, height: axis + 4 }
    }
}

fn fitted(name: &str) -> String {
    // Latin letters are a little wider than half a CJK character.
    let width = |c: char| if c.is_ascii() { 11 } else { 20 };
    if name.chars().map(width).sum::<usize>() <= LABEL_UNITS {
        return name.to_owned();
    }
    let mut units = 11;
    let kept = name.chars().take_while(|&c| {
        units += width(c);
        units <= LABEL_UNITS
    });
    kept.chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_groups_are_summed_up_and_none_is_lost() {
        let items = (0..30).flat_map(|i| (0..=i).map(move |_| (format!("地区{i:02}"), i % 2 == 0)));
        let chart = BarChart::grouped("t", items, |n| format!("其余{n}"));
        assert_eq!(chart.bars.len(), MAX_BARS + 1);
        assert_eq!(chart.bars[0].name, "地区29");
        assert_eq!(chart.bars[MAX_BARS].name, "其余18");
        assert_eq!(chart.bars.iter().map(|b| b.all).sum::<usize>(), 465);
    }

    #[test]
    fn a_strip_puts_cases_and_the_line_on_one_scale() {
        let strips = Strips::new(vec![Spread {
            name: "t".into(),
            cases: vec![(0.0, false, "a".into()), (100.0, true, "b".into())],
            cut: Some(50.0),
        }]);
        let strip = &strips.rows[0];
        assert_eq!((strip.dots[0].x.as_str(), strip.dots[1].x.as_str()), ("180.0", "700.0"));
        assert_eq!(strip.cut.as_deref(), Some("440.0"));
        assert_eq!(strips.ticks.len(), 6);
    }

    #[test]
    fn a_span_lies_within_its_axis_and_covers_its_rank() {
        let span = Span::new(3, (2, 5), Some(4), 8);
        assert_eq!((span.x.as_str(), span.width.as_str(), span.dot.as_str()), ("15.0", "60.0", "37.5"));
        assert_eq!(span.line.as_deref(), Some("60.0"));
    }
}
