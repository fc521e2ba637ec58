//! Page numbers, running headers and footers: on the page, not part of the text.

use std::collections::BTreeMap;

use super::super::running::is_page_number;
use super::lines::TextLine;

/// Share of the page at its top and at its bottom in which running lines stand.
const MARGIN: f64 = 0.08;
/// A line that stands in the margin of this share of the pages is a running line.
const REPEATED_SHARE: f64 = 0.6;
/// A header that stands on one page only is parted from the text by this many of its own sizes ...
const HEADER_GAP: f64 = 2.2;
/// ... and smaller than the text; what is as large may be a title.
const HEADER_SCALE: f64 = 0.95;

/// Lines of one page, with the vertical range of the page in the same direction.
pub(super) struct PageLines {
    pub lines: Vec<TextLine>,
    pub top: f64,
    pub bottom: f64,
}

/// Takes running lines out of the pages and gives the different texts that they had, page numbers aside.
pub(super) fn take(pages: &mut [PageLines]) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for page in &*pages {
        let mut keys: Vec<String> = page.margins().map(|line| key(&line.span.text)).collect();
        keys.sort();
        keys.dedup();
        keys.into_iter().for_each(|key| *counts.entry(key).or_default() += 1);
    }
    let enough = (REPEATED_SHARE * pages.len() as f64).max(2.0);
    let repeats = |text: &str| counts.get(&key(text)).is_some_and(|count| *count as f64 >= enough);
    let mut taken = BTreeMap::new();
    for page in pages {
        let header = page.lone_header();
        let (top, bottom) = (page.top, page.bottom);
        let mut at = 0;
        page.lines.retain(|line| {
            let text = &line.span.text;
            let runs = is_in_margin(line, top, bottom) && (is_page_number(text) || repeats(text) || header == Some(at));
            at += 1;
            if runs && !is_page_number(text) {
                taken.entry(key(text)).or_insert_with(|| text.clone());
            }
            !runs
        });
    }
    taken.into_values().collect()
}

impl PageLines {
    fn margins(&self) -> impl Iterator<Item = &TextLine> {
        self.lines.iter().filter(|line| is_in_margin(line, self.top, self.bottom))
    }

    /// The first line, where it stands in the margin, is smaller than the text, and keeps its distance from it.
    fn lone_header(&self) -> Option<usize> {
        let (first, second) = (self.lines.first()?, self.lines.get(1)?);
        let is_header = is_in_margin(first, self.top, self.bottom)
            && first.span.size < HEADER_SCALE * second.span.size
            && second.span.y - first.span.y >= HEADER_GAP * first.span.size;
        is_header.then_some(0)
    }
}

fn is_in_margin(line: &TextLine, top: f64, bottom: f64) -> bool {
    let share = (line.span.y - top) / (bottom - top).max(1.0);
    !(MARGIN..=1.0 - MARGIN).contains(&share)
}

/// The text without its digits: 第3页 and 第4页 are the same running line.
fn key(text: &str) -> String {
    text.chars().filter(|c| !c.is_numeric() && !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::lines::Span;
    use super::*;

    fn page(lines: &[(&str, f64)]) -> PageLines {
        let lines = lines.iter().map(|(text, y)| TextLine {
            span: Span { text: (*text).to_owned(), x0: 0.0, x1: 100.0, y: *y, size: 12.0 },
            left: 0.0,
            right: 100.0,
        });
        PageLines { lines: lines.collect(), top: 0.0, bottom: 800.0 }
    }

    #[test]
    fn running_lines_and_page_numbers_go_and_text_stays() {
        let mut pages = [
            page(&[("汇编", 30.0), ("标题", 90.0), ("正文", 110.0), ("— 1 —", 780.0)]),
            page(&[("汇编", 30.0), ("3项措施", 90.0), ("2 / 3", 780.0)]),
            page(&[("汇编", 30.0), ("2023", 400.0), ("第3页", 780.0)]),
        ];
        assert_eq!(take(&mut pages), ["汇编"]);
        let texts: Vec<&str> = pages.iter().flat_map(|page| &page.lines).map(|line| line.span.text.as_str()).collect();
        assert_eq!(texts, ["标题", "正文", "3项措施", "2023"]);
    }
}
