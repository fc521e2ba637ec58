//! The words every stage shares: where a record came from, what it says, why it was refused.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Identifies a nomination within one batch; ties in any order break by it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NominationId(String);

impl NominationId {
    /// Wraps an id as it stands in the input or as [`crate::clean`] assigned it.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for NominationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The place a record was read from, precise enough for a person to find it again.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SourceRef {
    /// Path as the user gave it, or found under the folder the user gave; `-` is standard input.
    pub file: String,
    /// Worksheet name, in workbooks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Row as the spreadsheet program numbers it, or line of a text file; the first is 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// Page of a paginated document; the first is 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
}

impl SourceRef {
    /// A whole file.
    pub fn file(file: impl Into<String>) -> Self {
        Self { file: file.into(), ..Self::default() }
    }

    /// The same place, at `row`.
    #[must_use]
    pub fn at_row(&self, row: u32) -> Self {
        Self { row: Some(row), ..self.clone() }
    }
}

impl fmt::Display for SourceRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(sheet) = &self.sheet {
            write!(f, ", sheet {sheet}")?;
        }
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(page) = self.page {
            write!(f, ", page {page}")?;
        }
        Ok(())
    }
}

/// A stretch of narrative under the heading it had in the form (案例简介, 创新点, 应用成效 ...).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Column header, form label or document heading; none for plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading: Option<String>,
    /// The text as it was read.
    pub text: String,
}

/// Text of another file that belongs to a nomination.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attachment {
    /// Where it stands.
    pub source: SourceRef,
    /// Its text, its title first.
    pub sections: Vec<Section>,
}

/// One record as it was read: fields recognised, nothing cleaned, nothing judged.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RawSubmission {
    /// Where it stands.
    pub source: SourceRef,
    /// Declared id (编号, id), if any.
    pub id: Option<String>,
    /// Title (案例名称, title), if any.
    pub title: Option<String>,
    /// Nominating or nominated unit (申报单位, unit).
    pub unit: Option<String>,
    /// Region (所在地区, region).
    pub region: Option<String>,
    /// Administrative level (单位层级, level).
    pub level: Option<String>,
    /// How it came in (推荐渠道, channel).
    pub channel: Option<String>,
    /// The category the unit declares (申报类别); in a labelled file, the gold one.
    pub category: Option<String>,
    /// The award series it is put forward for (申报系列), if any; several where the form allows it.
    pub track: Option<String>,
    /// Link to the case (链接, url).
    pub url: Option<String>,
    /// Narrative, in the order of the form.
    pub sections: Vec<Section>,
    /// Names of files that belong to it, until they are found and become `attachments`.
    pub files: Vec<String>,
    /// Text of files that belong to it, after its own.
    pub attachments: Vec<Attachment>,
    /// Numbers that came along (votes, visits ...), by their header.
    pub signals: BTreeMap<String, f64>,
    /// Grade of a labelled row; more is better.
    pub grade: Option<f64>,
    /// Characters beyond the limit on one record that were not read; 0 when all of it was.
    pub truncated_chars: usize,
    /// What reading showed, for people.
    pub flags: Vec<Flag>,
}

/// A usable nomination: cleaned text, an id unique in the batch, its source kept.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Nomination {
    /// Unique in the batch.
    pub id: NominationId,
    /// Never empty: the declared title, or the first sentence of the text.
    pub title: String,
    /// Empty when not given; likewise the next six.
    pub unit: String,
    /// Region as declared.
    pub region: String,
    /// Administrative level as declared.
    pub level: String,
    /// Channel as declared.
    pub channel: String,
    /// The category the unit declared, verbatim; compared and flagged, never used to classify.
    pub declared_category: String,
    /// The award series it was put forward for, verbatim.
    pub declared_track: String,
    /// Link as declared.
    pub url: String,
    /// Cleaned narrative: sections joined by line breaks, headings left out.
    pub text: String,
    /// Numbers that came along.
    pub signals: BTreeMap<String, f64>,
    /// Grade of a labelled row.
    pub grade: Option<f64>,
    /// Where it stands in the input.
    pub source: SourceRef,
    /// Other files that belong to it, each with the byte of `text` at which its part begins; in order.
    pub attachments: Vec<(usize, SourceRef)>,
    /// Characters that intake left out because a stated limit was hit.
    pub truncated_chars: usize,
    /// What a person should know before judging.
    pub flags: Vec<Flag>,
}

impl Nomination {
    /// The file in which what stands at a byte of `text` was read.
    #[must_use]
    pub fn source_at(&self, byte: usize) -> &SourceRef {
        let attached = self.attachments.iter().rev().find(|(start, _)| *start <= byte);
        attached.map_or(&self.source, |(_, source)| source)
    }
}

/// The province a region lies in, where it says so; the region itself otherwise.
///
/// A batch names hundreds of counties; a list of them would be one of ones.
#[must_use]
pub fn province(region: &str) -> &str {
    for mark in ["自治区", "省"] {
        if let Some(at) = region.find(mark) {
            return &region[..at + mark.len()];
        }
    }
    region
}

/// Something a person should know about a nomination. It never changes a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// No title was given; the first sentence stands in.
    TitleMissing,
    /// No unit was given.
    UnitMissing,
    /// Only a title was given.
    TextMissing,
    /// Fewer characters than the programme asks for; scores rest on little.
    TooShort,
    /// No id was given, so one was derived from the content.
    IdAssigned,
    /// Another file used the same id for another record, so the file name was added.
    IdQualified,
    /// The declared category is not one of the programme's.
    DeclaredCategoryUnknown,
    /// The declared category is not the one the text supports.
    DeclaredCategoryDiffers,
    /// The text is addressed to the judges or to a program.
    Solicitation,
    /// Most of what it tells is planned, not in use.
    MostlyPlanned,
    /// Phrases repeat far more than prose does.
    Repetitive,
    /// A stated limit was hit: not all of the text was read (see `coverage`).
    TextTruncated,
    /// Many characters are unknown to the encoder's tokenizer.
    UnknownScript,
    /// A past case of the library seems to tell the same, word by word or in other words.
    Resubmitted,
    /// Another nomination of the batch seems to tell the same in other words; both keep their places.
    SuspectedDuplicate,
    /// The file holds text that cannot be seen (hidden, tiny, in the colour of the page); it was not read.
    HiddenText,
    /// Some pages are scans without text; they were not read.
    PagesUnread,
    /// Cells of the record hold a formula error, or a formula without its result.
    CellsUnread,
    /// The text holds a mobile, identity or bank card number, or a private e-mail address.
    PersonalData,
    /// The text is mainly in another language than Chinese or English; scores say little.
    OtherLanguage,
    /// A good part of the text is keywords in a row.
    KeywordList,
    /// A file that belongs to it is missing or could not be read.
    AttachmentUnread,
    /// The award series it was put forward for is not one of the programme's.
    DeclaredTrackUnknown,
    /// The text speaks clearly for another award series than the one it was put forward for.
    DeclaredTrackDiffers,
    /// No award series was named, and the text does not settle which one it is.
    TrackUnsure,
    /// The programme ranks by administrative level, and the one given is missing or unknown.
    LevelUnknown,
}

impl Flag {
    /// The name used in files (`too_short`).
    pub fn as_str(self) -> &'static str {
        match self {
            Flag::TitleMissing => "title_missing",
            Flag::UnitMissing => "unit_missing",
            Flag::TextMissing => "text_missing",
            Flag::TooShort => "too_short",
            Flag::IdAssigned => "id_assigned",
            Flag::IdQualified => "id_qualified",
            Flag::DeclaredCategoryUnknown => "declared_category_unknown",
            Flag::DeclaredCategoryDiffers => "declared_category_differs",
            Flag::Solicitation => "solicitation",
            Flag::MostlyPlanned => "mostly_planned",
            Flag::Repetitive => "repetitive",
            Flag::TextTruncated => "text_truncated",
            Flag::UnknownScript => "unknown_script",
            Flag::Resubmitted => "resubmitted",
            Flag::SuspectedDuplicate => "suspected_duplicate",
            Flag::HiddenText => "hidden_text",
            Flag::PagesUnread => "pages_unread",
            Flag::CellsUnread => "cells_unread",
            Flag::PersonalData => "personal_data",
            Flag::OtherLanguage => "other_language",
            Flag::KeywordList => "keyword_list",
            Flag::AttachmentUnread => "attachment_unread",
            Flag::DeclaredTrackUnknown => "declared_track_unknown",
            Flag::DeclaredTrackDiffers => "declared_track_differs",
            Flag::TrackUnsure => "track_unsure",
            Flag::LevelUnknown => "level_unknown",
        }
    }

    /// What it means, for a report in Simplified Chinese.
    pub fn label_zh(self) -> &'static str {
        match self {
            Flag::TitleMissing => "缺案例名称",
            Flag::UnitMissing => "缺申报单位",
            Flag::TextMissing => "只有名称，无正文",
            Flag::TooShort => "材料过短",
            Flag::IdAssigned => "编号由程序生成",
            Flag::IdQualified => "编号与他件重复，已加文件名",
            Flag::DeclaredCategoryUnknown => "申报类别不在本届类别之列",
            Flag::DeclaredCategoryDiffers => "申报类别与内容不符",
            Flag::Solicitation => "含对评委或程序的请托语",
            Flag::MostlyPlanned => "以计划内容为主",
            Flag::Repetitive => "语句大量重复",
            Flag::TextTruncated => "正文超限，未全部读取",
            Flag::UnknownScript => "含模型不识的文字",
            Flag::Resubmitted => "疑为往年案例再次申报",
            Flag::SuspectedDuplicate => "疑似重复申报",
            Flag::HiddenText => "文件含不可见文字，未读取",
            Flag::PagesUnread => "有扫描页，未能读取",
            Flag::CellsUnread => "有公式单元格无结果，未能读取",
            Flag::PersonalData => "含个人信息（手机号、证件号等）",
            Flag::OtherLanguage => "主要文字既非中文也非英文",
            Flag::KeywordList => "大段罗列关键词",
            Flag::AttachmentUnread => "有附件缺失或未能读取",
            Flag::DeclaredTrackUnknown => "申报系列不在本届系列之列",
            Flag::DeclaredTrackDiffers => "申报系列与内容不符",
            Flag::TrackUnsure => "未注明系列，内容难以判定",
            Flag::LevelUnknown => "单位层级缺失或无法识别",
        }
    }
}

/// A record that cannot enter the batch, with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// Where it stands.
    pub source: SourceRef,
    /// Its id, if it had one.
    pub id: Option<String>,
    /// Its title, if it had one.
    pub title: Option<String>,
    /// What is wrong.
    pub reason: String,
    /// What the sender or the coordinator can do.
    pub remedy: String,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.source, self.reason, self.remedy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_roll_up_to_the_province_they_name() {
        assert_eq!(province("浙江省杭州市"), "浙江省");
        assert_eq!(province("广西壮族自治区南宁市"), "广西壮族自治区");
        assert_eq!(province("北京市海淀区"), "北京市海淀区");
    }
}
