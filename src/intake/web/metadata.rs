//! What a page says of itself: title, site, date, address.

use dom_query::Document;

use super::super::blocks::Block;
use super::super::prose::Line;

/// Title, site, date and address; the page's own declarations go before what is inferred.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub title: Option<String>,
    pub site: Option<String>,
    /// `2023-09-12`, with the time where it is given.
    pub date: Option<String>,
    pub url: Option<String>,
}

/// Open Graph names, and those that the guidelines for government web sites ask for (SiteName, ArticleTitle, PubDate).
const TITLE: [&str; 2] = ["articletitle", "og:title"];
const SITE: [&str; 3] = ["og:site_name", "sitename", "application-name"];
const DATE: [&str; 6] = ["article:published_time", "pubdate", "publishdate", "publish-date", "dc.date", "date"];
const URL: [&str; 2] = ["og:url", "url"];
/// Shorter remainders are no title: the site's name stands first.
const MIN_TITLE_CHARS: usize = 4;

impl Metadata {
    pub fn of(page: &Document, html: &str, envelope_url: Option<String>) -> Self {
        let metas: Vec<(String, String)> = page.select("meta").nodes().iter().filter_map(meta).collect();
        let first = |names: &[&str]| {
            let of_name = |name: &&str| metas.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
            names.iter().find_map(of_name)
        };
        let canonical = page.select("link[rel=canonical]").attr("href").map(|href| href.to_string());
        let url =
            [canonical, first(&URL), envelope_url, saved_from(html)].into_iter().flatten().find(|url| is_web(url));
        let shown = || page.select("time[datetime]").attr("datetime").map(|date| date.to_string());
        Self {
            title: first(&TITLE).or_else(|| title(page)),
            site: first(&SITE).or_else(|| url.as_deref().and_then(host)),
            date: first(&DATE).or_else(shown).and_then(|date| date_in(&date)),
            url,
        }
    }

    /// Puts the title before the content, which no longer repeats it.
    pub fn head(&self, blocks: &mut Vec<Block>) {
        let Some(title) = &self.title else { return };
        if blocks.is_empty() {
            return;
        }
        blocks.retain(|block| !matches!(block, Block::Paragraph(line) if same(&line.text, title)));
        blocks.insert(0, Block::Paragraph(Line { text: title.clone(), is_heading: true }));
    }

    /// For a note: ` of SITE, DATE, URL`, as far as known.
    pub fn told(&self) -> String {
        let known: Vec<&str> = [&self.site, &self.date, &self.url].into_iter().flatten().map(String::as_str).collect();
        if known.is_empty() { String::new() } else { format!(" of {}", known.join(", ")) }
    }
}

fn meta(node: &dom_query::NodeRef<'_>) -> Option<(String, String)> {
    let name = node.attr("property").or_else(|| node.attr("name"))?;
    let content = node.attr("content")?.split_whitespace().collect::<Vec<_>>().join(" ");
    (!content.is_empty()).then(|| (name.trim().to_ascii_lowercase(), content))
}

/// The first heading of the first order that the title element begins with, or the title element without the site.
fn title(page: &Document) -> Option<String> {
    let full = page.select("title").text().split_whitespace().collect::<Vec<_>>().join(" ");
    let headings = page.select("h1");
    let heading = headings.nodes().iter().map(|node| node.text().split_whitespace().collect::<Vec<_>>().join(" "));
    if let Some(heading) = heading.filter(|text| !text.is_empty()).find(|text| full.starts_with(text.as_str())) {
        return Some(heading);
    }
    let without_site = ["_", "|", " - ", " – ", " — "].iter().filter_map(|mark| full.split_once(mark));
    let shortest = without_site.map(|(title, _)| title.trim()).min_by_key(|title| title.len());
    let title = shortest.filter(|title| title.chars().count() >= MIN_TITLE_CHARS).unwrap_or(&full);
    (!title.is_empty()).then(|| title.to_owned())
}

fn same(line: &str, title: &str) -> bool {
    line.chars().filter(|c| !c.is_whitespace()).eq(title.chars().filter(|c| !c.is_whitespace()))
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

fn host(url: &str) -> Option<String> {
    let host = url.split_once("://")?.1.split(['/', '?', '#']).next()?;
    (!host.is_empty()).then(|| host.to_owned())
}

/// `<!-- saved from url=(0046)https://... -->`, which browsers write.
fn saved_from(html: &str) -> Option<String> {
    let after = html.split_once("saved from url=(")?.1.split_once(')')?.1;
    after.split_whitespace().next().map(str::to_owned)
}

/// The first date of a text: `2023-09-12`, `2023年9月12日`, `2023/9/12`, with the time where it follows.
pub(super) fn date_in(text: &str) -> Option<String> {
    let at = text.match_indices("20").map(|(at, _)| at);
    at.filter(|at| !text[..*at].ends_with(|c: char| c.is_ascii_digit())).find_map(|at| date_at(&text[at..]))
}

fn date_at(text: &str) -> Option<String> {
    let (year, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix(['-', '/', '.', '年'])?, 2)?;
    let (day, rest) = digits(rest.strip_prefix(['-', '/', '.', '月'])?, 2)?;
    let plausible = (2000..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    let date = format!("{year:04}-{month:02}-{day:02}");
    plausible.then(|| match clock(rest.trim_start_matches(['日', ' ', '\u{3000}', 'T'])) {
        Some((hour, minute)) => format!("{date} {hour:02}:{minute:02}"),
        None => date,
    })
}

fn clock(text: &str) -> Option<(u32, u32)> {
    let (hour, rest) = digits(text, 2)?;
    let (minute, _) = digits(rest.strip_prefix([':', '\u{ff1a}'])?, 2)?;
    (hour < 24 && minute < 60).then_some((hour, minute))
}

/// A number of at most `max` digits, and what follows it.
fn digits(text: &str, max: usize) -> Option<(u32, &str)> {
    let end = text.bytes().take(max).take_while(u8::is_ascii_digit).count();
    Some((text[..end].parse().ok()?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_found_as_they_are_written() {
        for (text, date) in [
            ("发布时间：2023-09-12　来源", Some("2023-09-12")),
            ("2023年9月2日 10:05", Some("2023-09-02 10:05")),
            ("2023-09-12T08:00:00+08:00", Some("2023-09-12 08:00")),
            ("编号120230912", None),
            ("2023年计划", None),
            ("2023-13-01", None),
        ] {
            assert_eq!(date_in(text).as_deref(), date, "{text}");
        }
    }
}
