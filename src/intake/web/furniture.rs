//! What stands around an article: navigation, footers, comments, share bars.

use dom_query::Document;

use super::super::blocks::Block;
use super::content;
use super::metadata::date_in;

/// Elements that hold no text of the page.
const NO_TEXT: &str = "script, style, noscript, template, iframe, object, embed, applet, svg, math, audio, video, canvas, \
     button, select, option, textarea, input, datalist, dialog, map";
/// Elements that stand around an article by their name or role.
const AROUND: &str = "nav, footer, aside, menu, [role=navigation], [role=contentinfo], [role=complementary], [role=search], \
     [role=banner], [role=menu], [role=dialog]";
/// The same by a word of their class or id.
const WORDS: [&str; 26] = [
    "nav",
    "navbar",
    "menu",
    "breadcrumb",
    "breadcrumbs",
    "crumb",
    "crumbs",
    "footer",
    "foot",
    "copyright",
    "sidebar",
    "share",
    "bdsharebuttonbox",
    "sharebar",
    "social",
    "comment",
    "comments",
    "related",
    "recommend",
    "recommends",
    "pager",
    "pagination",
    "toolbar",
    "advert",
    "ads",
    "qrcode",
];
/// A short line that begins so belongs to the page, not to the article.
const LINE_STARTS: [&str; 24] = [
    "您现在的位置",
    "您的位置",
    "当前位置",
    "现在位置",
    "上一篇",
    "下一篇",
    "上一条",
    "下一条",
    "分享到",
    "分享至",
    "扫一扫",
    "打印本页",
    "关闭窗口",
    "关闭本页",
    "责任编辑",
    "编辑:",
    "编辑：",
    "审核:",
    "审核：",
    "字体:",
    "字体：",
    "【字体",
    "浏览次数",
    "版权所有",
];
const MAX_LINE_CHARS: usize = 80;

/// Removes what is no text to anybody.
pub(super) fn remove_unseen_kinds(page: &Document) {
    page.select(NO_TEXT).remove();
}

/// Removes what stands around the article and says so; a part that holds half of the page is the page.
pub(super) fn remove(page: &Document) {
    let half = content::chars(&page.root()) / 2;
    let small = |node: &dom_query::NodeRef<'_>| content::chars(node) <= half;
    page.select(AROUND).nodes().iter().filter(|node| small(node)).for_each(|node| node.remove_from_parent());
    for node in page.select("[class], [id]").nodes() {
        let named = [node.class(), node.id_attr()].into_iter().flatten().any(|name| {
            let name = name.to_ascii_lowercase();
            name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| WORDS.contains(&word))
        });
        if named && small(node) {
            node.remove_from_parent();
        }
    }
}

/// Drops lines of the page that got into the article.
pub(in crate::intake) fn drop_lines(blocks: &mut Vec<Block>) {
    blocks.retain(|block| match block {
        Block::Paragraph(line) => !is_imprint(&line.text) && !LINE_STARTS.iter().any(|start| begins(&line.text, start)),
        Block::Table(_) => true,
    });
}

fn begins(line: &str, start: &str) -> bool {
    line.starts_with(start) && line.chars().count() <= MAX_LINE_CHARS
}

/// The date that the page shows in the line under its title.
pub(super) fn date_shown(blocks: &[Block]) -> Option<String> {
    blocks.iter().find_map(|block| match block {
        Block::Paragraph(line) if is_imprint(&line.text) => date_in(&line.text),
        Block::Paragraph(_) | Block::Table(_) => None,
    })
}

/// `发布时间：2023-09-12　来源：某某网　浏览 30 次`: a date with little else.
fn is_imprint(text: &str) -> bool {
    const WORDS: [&str; 10] =
        ["发布", "来源", "时间", "日期", "浏览", "点击", "字体", "Published", "Posted", "Updated"];
    let ends_as_sentence = text.ends_with(['。', '；', '！', '？', '.']);
    let is_short = text.chars().count() <= MAX_LINE_CHARS;
    is_short && date_in(text).is_some() && !ends_as_sentence && WORDS.iter().any(|word| text.contains(word))
}
