//! One table of the names that columns and form labels go by, and how a header is matched to it.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// What a column or a form label holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Declared id.
    Id,
    /// Title of the case.
    Title,
    /// Nominating or nominated unit.
    Unit,
    /// Region; several columns (省, 市) are joined.
    Region,
    /// Administrative level.
    Level,
    /// How it came in.
    Channel,
    /// Declared category.
    Category,
    /// The award series it is put forward for.
    Track,
    /// Link.
    Url,
    /// Narrative; each such column becomes a section under its header.
    Text,
    /// A number that came along.
    Signal,
    /// A running row number, no id.
    RowNumber,
    /// Personal contact data; recognised so that it is left out.
    Contact,
    /// Somebody's score; never read from a table.
    Score,
    /// Names of files that belong to the nomination.
    File,
    /// Left out.
    Ignore,
}

impl Field {
    /// The name used in mapping files and by `check`.
    pub fn as_str(self) -> &'static str {
        match self {
            Field::Id => "id",
            Field::Title => "title",
            Field::Unit => "unit",
            Field::Region => "region",
            Field::Level => "level",
            Field::Channel => "channel",
            Field::Category => "category",
            Field::Track => "track",
            Field::Url => "url",
            Field::Text => "text",
            Field::Signal => "signal",
            Field::RowNumber => "row_number",
            Field::Contact => "contact",
            Field::Score => "score",
            Field::File => "file",
            Field::Ignore => "ignore",
        }
    }

    /// True for what makes a row a nomination: its title or its narrative.
    pub(crate) fn carries_content(self) -> bool {
        matches!(self, Field::Title | Field::Text)
    }
}

/// Why a column was taken for a field, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The saved mapping says so.
    Mapping,
    /// The header is a known name.
    Exact,
    /// The header ends with or contains a known name.
    Contained,
    /// The header is unknown; the cells decided (long text, numbers).
    Content,
}

/// A header matched to the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Match {
    pub field: Field,
    pub basis: Basis,
    /// Place in the alias list: of two columns for one field, the lower goes first.
    pub rank: usize,
}

/// Whole names, in the form that [`normalise`] gives; the usual one first.
const NAMES: &[(Field, &str)] = &[
    (
        Field::Id,
        "案例编号 申报编号 编号 项目编号 报名编号 作品编号 提名编号 案例id id caseid projectid nominationid \
         submissionid",
    ),
    (Field::RowNumber, "序号 序 行号 no sn rownumber index seq"),
    (
        Field::Title,
        "案例名称 申报案例名称 案例标题 案例题目 项目名称 申报项目名称 名称 标题 题目 案例 申报案例 申报项目 \
         参评案例 平台名称 系统名称 应用名称 作品名称 成果名称 项目 title casetitle casename projecttitle \
         projectname name nomination",
    ),
    (
        Field::Unit,
        "申报单位 申报单位名称 申报单位全称 报送单位 单位名称 单位全称 单位 申报主体 申报机构 主办单位 \
         机构名称 部门名称 企业名称 公司名称 学校名称 所属单位 主管单位 牵头单位 建设单位 实施单位 责任单位 推荐单位 推荐单位名称 unit \
         unitname organisation organization org institution agency department applicant",
    ),
    (
        Field::Region,
        "所在地区 所属地区 地区 所在区域 行政区划 所在地 所在省市 省市 省份 所在省份 省 省区市 地市 城市 \
         所在城市 市 市州 区县 县区 区域 region province city area location",
    ),
    (Field::Level, "单位层级 行政层级 层级 行政级别 单位级别 级别 层次 level administrativelevel"),
    (Field::Channel, "推荐渠道 渠道 推荐方式 申报渠道 报送渠道 申报方式 推荐途径 来源渠道 来源 channel"),
    (
        Field::Category,
        "申报类别 案例类别 所属类别 类别 申报类型 案例类型 类型 参评类别 奖项类别 申报方向 申报领域 所属领域 \
         应用领域 分类 申报奖项 category type",
    ),
    (Field::Track, "申报系列 参评系列 奖项系列 评选系列 所属系列 系列 track series awardseries"),
    (Field::Url, "链接 案例链接 网址 链接地址 网站地址 访问地址 网页链接 相关链接 网站 官网 url link website href"),
    (Field::Score, "等级分 评分 得分 总分 专家评分 grade score"),
    (
        Field::Contact,
        "联系人 联系电话 联系方式 联系人姓名 联系地址 通讯地址 通信地址 电话 手机 手机号 手机号码 电话号码 \
         邮箱 电子邮箱 电子邮件 邮政编码 邮编 传真 微信 微信号 qq 身份证 身份证号 身份证号码 负责人 \
         项目负责人 填表人 填报人 经办人 姓名 职务 职称 性别 出生年月 contact contactperson phone telephone \
         tel mobile email mail fax idcard postcode",
    ),
    (
        Field::Text,
        "案例简介 案例介绍 案例描述 案例内容 案例概述 案例详情 案例正文 案例背景 主要内容 内容 内容简介 简介 \
         正文 全文 文本 描述 介绍 概述 摘要 详情 项目概述 项目简介 项目介绍 项目背景 项目内容 项目描述 \
         建设内容 建设背景 建设情况 实施背景 背景 创新点 主要创新点 创新亮点 创新性 创新 特色 特色亮点 亮点 \
         主要亮点 工作亮点 主要做法 做法 具体做法 经验做法 工作做法 典型做法 工作举措 主要举措 实施方案 \
         实施过程 实施情况 应用成效 应用效果 应用情况 实际应用 实际应用状况 实际应用情况 应用场景 成效 \
         主要成效 工作成效 建设成效 实施成效 取得成效 效果 效益 推广价值 推广情况 推广应用 示范价值 社会效益 \
         经济效益 社会影响 影响力 申报理由 推荐理由 技术路线 技术方案 技术架构 主要功能 平台功能 服务内容 \
         管理 服务 设计 主要事迹 text body fulltext content summary description abstract details narrative \
         overview background introduction innovation approach outcome outcomes result results impact practice \
         practices highlights",
    ),
    (
        Field::File,
        "附件 附件名称 附件文件 附件文件名 材料文件 材料文件名 文件 文件名 文件名称 file files filename attachment \
         attachments",
    ),
    (Field::Ignore, "备注 备考 remark remarks note notes"),
];

/// Short ends that decide alone: in Chinese the last word says what a header is about
/// (申报单位联系人 is a person, 申报单位意见 an opinion, neither is a unit).
const ENDINGS: &[(Field, &str)] = &[
    (Field::Title, "名称 标题 题目"),
    (Field::Ignore, "意见 签字 盖章 签章 性质 代码"),
    (Field::Contact, "电话 手机 手机号 邮箱 姓名 职务 传真 地址"),
    (Field::Id, "编号"),
    (Field::Region, "地区 区域"),
    (Field::Level, "层级"),
    (Field::Category, "类别 领域"),
    (Field::Url, "链接 网址"),
    (
        Field::Text,
        "简介 介绍 内容 背景 成效 效果 做法 亮点 概述 描述 情况 价值 效益 特色 创新 创新性 摘要 方案 举措 \
         措施 经验",
    ),
];

/// A header longer than this is a sentence, not a header.
const MAX_HEADER_CHARS: usize = 40;
/// A name must be at least a third of the header that contains it.
const MAX_TIMES_LONGER: usize = 3;
/// A cell with one of these is prose, and may hold any word by chance (身份、证照 holds 身份证).
const SENTENCE_MARKS: [char; 7] = ['。', ';', '\u{ff1b}', ',', '\u{ff0c}', '!', '\u{ff01}'];
/// Shorter names are too common inside other words to count when merely contained.
const MIN_CONTAINED_CHARS: usize = 3;

/// NFKC, lower case, remarks in brackets dropped, spaces and punctuation dropped.
pub(crate) fn normalise(header: &str) -> String {
    let folded: String = header.nfkc().flat_map(char::to_lowercase).collect();
    let bare: String = without_remarks(&folded).chars().filter(|c| c.is_alphanumeric()).collect();
    if bare.is_empty() { folded.chars().filter(|c| c.is_alphanumeric()).collect() } else { bare }
}

fn without_remarks(text: &str) -> String {
    let mut depth = 0usize;
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' | '[' | '【' | '〔' | '{' => depth += 1,
            ')' | ']' | '】' | '〕' | '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

/// Matches a header: as a whole, by its end, then by the longest known name in it, if only one field claims it.
pub(crate) fn recognise(header: &str) -> Option<Match> {
    let key = normalise(header);
    if key.is_empty() || key.chars().count() > MAX_HEADER_CHARS {
        return None;
    }
    let whole = exact(&key).or_else(|| exact_but_numbered(&key));
    if whole.is_some() || header.contains(SENTENCE_MARKS) {
        return whole;
    }
    by_ending(&key).or_else(|| contained(&key)).or_else(|| by_latin_word(header))
}

/// Matches whole names only; for places where a false match would swallow prose.
pub(crate) fn recognise_exactly(header: &str) -> Option<Match> {
    let key = normalise(header);
    exact(&key).or_else(|| exact_but_numbered(&key))
}

/// Every name of a table with its field and its place in the field's list.
fn entries(table: &'static [(Field, &'static str)]) -> impl Iterator<Item = (Field, usize, &'static str)> {
    table.iter().flat_map(|&(field, names)| {
        names.split_ascii_whitespace().enumerate().map(move |(rank, name)| (field, rank, name))
    })
}

/// Han names long enough to mean something inside another word.
fn long_names() -> impl Iterator<Item = (Field, &'static str)> {
    entries(NAMES)
        .map(|(field, _, name)| (field, name))
        .filter(|(_, name)| !name.is_ascii() && name.chars().count() >= MIN_CONTAINED_CHARS)
}

fn exact(key: &str) -> Option<Match> {
    let (field, rank, _) = entries(NAMES).find(|(_, _, name)| *name == key)?;
    Some(Match { field, basis: Basis::Exact, rank })
}

/// `1.案例名称`, `创新点2`, `案例简介500`, `一、案例简介`; but 案例5 is a case, no header.
fn exact_but_numbered(key: &str) -> Option<Match> {
    let digit = |c: char| c.is_ascii_digit();
    let before = key.trim_end_matches(digit);
    let may_end_in_digits = before.chars().count() >= MIN_CONTAINED_CHARS;
    let trimmed = if may_end_in_digits { before } else { key }.trim_start_matches(digit);
    let unnumbered = trimmed.trim_start_matches(|c| "一二三四五六七八九十".contains(c));
    [trimmed, unnumbered].into_iter().filter(|rest| *rest != key && !rest.is_empty()).find_map(exact)
}

fn by_ending(key: &str) -> Option<Match> {
    let short = entries(ENDINGS).map(|(field, _, name)| (field, name));
    let ends = long_names().chain(short).filter(|(_, name)| key.ends_with(name));
    let (field, name) = ends.max_by_key(|(_, name)| name.len())?;
    Some(Match { field, basis: Basis::Contained, rank: key.len() - name.len() })
}

/// A unit, a region or a category merely mentioned (申报单位人数) does not make the column one.
fn contained(key: &str) -> Option<Match> {
    let decides = |field| matches!(field, Field::Title | Field::Text | Field::Contact | Field::Id);
    let hits: Vec<(Field, usize)> = long_names()
        .filter(|(field, name)| decides(*field) && key.contains(name) && key.len() <= MAX_TIMES_LONGER * name.len())
        .map(|(field, name)| (field, name.len()))
        .collect();
    let longest = hits.iter().map(|(_, len)| *len).max()?;
    let mut fields = hits.iter().filter(|(_, len)| *len == longest).map(|(field, _)| *field);
    let field = fields.next()?;
    fields.all(|other| other == field).then_some(Match { field, basis: Basis::Contained, rank: key.len() - longest })
}

/// `Case title`, `Project ID`: one word of the header is a known name, and no other disagrees.
fn by_latin_word(header: &str) -> Option<Match> {
    let folded = without_remarks(&header.nfkc().flat_map(char::to_lowercase).collect::<String>());
    let mut fields = folded
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty() && *word != "no" && *word != "name")
        .filter_map(exact)
        .map(|found| found.field);
    let field = fields.next()?;
    fields.all(|other| other == field).then_some(Match { field, basis: Basis::Contained, rank: folded.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(header: &str) -> Option<Field> {
        recognise(header).map(|found| found.field)
    }

    #[test]
    fn usual_names_in_both_languages_are_known() {
        for (header, expected) in [
            ("编号", Field::Id),
            ("案例名称", Field::Title),
            ("申报单位", Field::Unit),
            ("所在地区", Field::Region),
            ("单位层级", Field::Level),
            ("推荐渠道", Field::Channel),
            ("申报类别", Field::Category),
            ("案例简介", Field::Text),
            ("链接", Field::Url),
            ("Title", Field::Title),
            ("Organisation", Field::Unit),
            ("Summary", Field::Text),
            ("序号", Field::RowNumber),
            ("No.", Field::RowNumber),
            ("手机号码", Field::Contact),
        ] {
            assert_eq!(field(header), Some(expected), "{header}");
        }
    }

    #[test]
    fn remarks_width_spaces_and_numbers_do_not_hide_a_name() {
        for header in [
            "案例名称(必填)",
            "案例名称\u{ff08}必填\u{ff09}",
            "*案例名称",
            "案 例 名 称",
            "案例名称【限30字】",
            "1.案例名称",
            "一、案例名称",
            "案例名称\u{ff1a}",
        ] {
            assert_eq!(recognise(header).map(|m| (m.field, m.basis)), Some((Field::Title, Basis::Exact)), "{header}");
        }
        assert_eq!(field("(案例名称)"), Some(Field::Title));
        assert_eq!(field("TITLE"), Some(Field::Title));
    }

    #[test]
    fn the_last_word_of_a_header_decides() {
        assert_eq!(field("申报单位联系人"), Some(Field::Contact));
        assert_eq!(field("申报单位负责人"), Some(Field::Contact));
        assert_eq!(field("推荐单位意见"), Some(Field::Ignore));
        assert_eq!(field("申报单位所在地区"), Some(Field::Region));
        assert_eq!(field("案例名称及简介"), Some(Field::Text));
        assert_eq!(field("参评案例名称"), Some(Field::Title));
        assert_eq!(field("改革事项名称"), Some(Field::Title));
        assert_eq!(field("申报单位名称"), Some(Field::Unit));
    }

    #[test]
    fn latin_headers_match_by_word_unless_words_disagree() {
        assert_eq!(field("Project Title"), Some(Field::Title));
        assert_eq!(field("Unit name"), Some(Field::Unit));
        assert_eq!(field("Unit region"), None);
        assert_eq!(field("video"), None);
        assert_eq!(field("community"), None);
    }

    #[test]
    fn sentences_and_unknown_words_are_no_headers() {
        assert_eq!(field("年访问量"), None);
        assert_eq!((field("案例5"), field("创新点2")), (None, Some(Field::Text)));
        assert_eq!(field("申报单位人数"), None);
        assert_eq!(field("把身份、证照、支付三类码合在一起。"), None);
        assert_eq!(field(""), None);
        assert_eq!(field(&"案例名称".repeat(20)), None);
    }

    #[test]
    fn every_name_is_written_in_normal_form_and_claimed_once() {
        let mut seen = std::collections::BTreeMap::new();
        for (field, _, name) in entries(NAMES) {
            assert_eq!(normalise(name), name);
            assert_eq!(seen.insert(name, field), None, "{name} stands twice");
        }
    }
}
