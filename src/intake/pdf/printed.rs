//! Web pages that a browser printed: the article under its headline, without what stands around it.

use hayro_interpret::hayro_syntax::metadata::Metadata;

use super::super::blocks::Block;
use super::super::labels::labelled;
use super::super::mapping::HeaderBook;
use super::super::running::is_page_number;
use super::super::web::furniture;
use super::paragraphs::glued;

/// How a browser names itself as the creator of what it prints.
const BROWSERS: [&str; 5] = ["Mozilla", "Chromium", "Google Chrome", "Safari", "wkhtmltopdf"];
/// Shorter headings are words of the page (首页), not the headline.
const MIN_HEADLINE_CHARS: usize = 4;
/// A longer paragraph, or one that ends as a sentence, is text.
const MAX_LINE_CHARS: usize = 80;
/// Over links to other articles.
const OTHER_ARTICLES: [&str; 9] = [
    "相关新闻",
    "相关阅读",
    "相关文章",
    "相关链接",
    "相关报道",
    "相关信息",
    "推荐阅读",
    "延伸阅读",
    "Related articles",
];

/// The title of the page, where a browser printed the document.
pub(super) fn page_title(metadata: &Metadata) -> Option<String> {
    let creator = text(metadata.creator.as_deref()?);
    let title = text(metadata.title.as_deref()?);
    BROWSERS.iter().any(|browser| creator.starts_with(browser)).then_some(title)
}

/// A text string of a PDF: UTF-16 or UTF-8 with their marks, otherwise nearly Latin-1.
fn text(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, units @ ..] => {
            let units = units.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        [0xEF, 0xBB, 0xBF, utf8 @ ..] => String::from_utf8_lossy(utf8).into_owned(),
        latin => latin.iter().copied().map(char::from).collect(),
    }
}

/// Takes out what stands around the article of a page, and gives how many characters that were.
///
/// The headline is the first heading with which the title of the page begins. Nothing is taken out where there is none,
/// or where more than navigation stands above it: a table, a sentence, a field.
pub(super) fn take_around(blocks: &mut Vec<Block>, title: &str, book: &HeaderBook) -> usize {
    let chars = |blocks: &[Block]| blocks.iter().map(Block::chars).sum::<usize>();
    let before = chars(blocks);
    let Some(headline) = blocks.iter().position(|block| is_headline(block, title)) else { return 0 };
    if blocks[..headline].iter().any(|block| !is_line(block) || is_field(block, book)) {
        return 0;
    }
    blocks.drain(..headline);
    join_headline(blocks, title);
    if let Some(end) = others_begin(blocks) {
        blocks.truncate(end);
    }
    furniture::drop_lines(blocks);
    blocks.retain(|block| !is_address(block));
    before - chars(blocks)
}

fn is_headline(block: &Block, title: &str) -> bool {
    let Block::Paragraph(line) = block else { return false };
    line.is_heading && bare(&line.text).chars().count() >= MIN_HEADLINE_CHARS && begins(title, &line.text)
}

fn begins(title: &str, text: &str) -> bool {
    bare(title).starts_with(&bare(text))
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A centred headline of two lines is two headings.
fn join_headline(blocks: &mut Vec<Block>, title: &str) {
    while let [Block::Paragraph(headline), Block::Paragraph(next), ..] = blocks.as_mut_slice() {
        let both = glued(&headline.text, &next.text);
        if !next.is_heading || !begins(title, &both) {
            return;
        }
        headline.text = both;
        blocks.remove(1);
    }
}

fn is_line(block: &Block) -> bool {
    let Block::Paragraph(line) = block else { return false };
    line.text.chars().count() <= MAX_LINE_CHARS && !line.text.ends_with(['。', '；', '！', '？', '.', '!', '?'])
}

fn is_field(block: &Block, book: &HeaderBook) -> bool {
    let Block::Paragraph(line) = block else { return false };
    labelled(&line.text).is_some_and(|(label, _)| book.recognise_exactly(label).is_some())
}

/// Where the links to other articles begin, which go on to the end of the page.
fn others_begin(blocks: &[Block]) -> Option<usize> {
    let is_others = |block: &Block| {
        let Block::Paragraph(line) = block else { return false };
        OTHER_ARTICLES.contains(&line.text.trim_end_matches([':', '\u{ff1a}']).trim())
    };
    let at = blocks.iter().position(is_others)?;
    blocks[at..].iter().all(is_line).then_some(at)
}

/// What a browser prints under a page: its address, and the number of the sheet.
fn is_address(block: &Block) -> bool {
    let Block::Paragraph(line) = block else { return false };
    let mut words = line.text.split_whitespace();
    let begins = |word: &str| ["http://", "https://", "file://"].iter().any(|start| word.starts_with(start));
    let is_address = words.next().is_some_and(begins);
    is_address && words.all(is_page_number)
}

#[cfg(test)]
mod tests {
    use super::super::super::prose::Line;
    use super::*;

    fn page(lines: &[&str]) -> Vec<Block> {
        let heading = |text: &str| text.strip_prefix("# ").map(str::to_owned);
        let line = |text: &&str| Line {
            text: heading(text).unwrap_or((*text).to_owned()),
            is_heading: heading(text).is_some(),
        };
        lines.iter().map(|text| Block::Paragraph(line(text))).collect()
    }

    fn left(lines: &[&str], title: &str) -> Vec<String> {
        let mut blocks = page(lines);
        take_around(&mut blocks, title, &HeaderBook::default());
        blocks.into_iter().flat_map(Block::into_lines).collect()
    }

    #[test]
    fn the_article_stays_and_what_stands_around_it_goes() {
        let lines = [
            "首页",
            "当前位置：首页 > 动态",
            "# 夜间窗口亮灯一年",
            "发布时间：2023-11-06　来源：某镇",
            "下班还能来办。",
            "# 相关新闻",
            "另一件事",
            "https://town.example/1.html\t1/1",
        ];
        assert_eq!(left(&lines, "夜间窗口亮灯一年 - 某镇"), ["夜间窗口亮灯一年", "下班还能来办。"]);
    }

    #[test]
    fn a_headline_of_two_lines_is_one() {
        let lines = ["首页", "# 夜间窗口", "# 亮灯一年", "# 一、缘起", "下班还能来办。"];
        assert_eq!(left(&lines, "夜间窗口亮灯一年 - 某镇"), ["夜间窗口亮灯一年", "一、缘起", "下班还能来办。"]);
    }

    #[test]
    fn nothing_is_taken_out_without_a_sure_headline() {
        for (above, title) in
            [("首页", "某镇"), ("申报单位：某镇", "夜间窗口亮灯一年"), ("窗口每周开放三晚。", "夜间窗口亮灯一年")]
        {
            let lines = [above, "# 夜间窗口亮灯一年", "下班还能来办。"];
            assert_eq!(left(&lines, title), [above, "夜间窗口亮灯一年", "下班还能来办。"]);
        }
    }

    #[test]
    fn sentences_behind_other_articles_are_kept() {
        let lines = ["# 夜间窗口亮灯一年", "相关链接", "窗口每周开放三晚。"];
        assert_eq!(left(&lines, "夜间窗口亮灯一年"), ["夜间窗口亮灯一年", "相关链接", "窗口每周开放三晚。"]);
    }

    #[test]
    fn only_a_browser_tells_the_title_of_a_page() {
        let metadata = |creator: &[u8]| Metadata {
            title: Some(Box::from(&b"\xFE\xFF\x7A\x97\x53\xE3"[..])),
            creator: Some(Box::from(creator)),
            ..Metadata::default()
        };
        assert_eq!(page_title(&metadata(b"Mozilla/5.0 (X11)")).as_deref(), Some("窗口"));
        assert_eq!(page_title(&metadata(b"Writer")), None);
    }
}
