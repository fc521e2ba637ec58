//! Width, spaces, brackets and the names of nationalities.

use unicode_normalization::UnicodeNormalization;

use super::{organ, place, regions};

/// A name with what never tells two units apart taken out.
pub(super) enum Folded {
    /// Words of another script, in lower case, one blank between them.
    Words(String),
    /// Chinese, without blanks and punctuation.
    Han(String),
}

/// The nationalities that autonomous prefectures, counties and banners are named after.
const NATIONALITIES: &str = "各 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 \
    纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 \
    独龙 鄂伦春 赫哲 门巴 珞巴 基诺";

/// Letters and digits in lower case.
pub(super) fn key(name: &str) -> String {
    crate::clean::comparison_key(name)
}

/// Folds a name.
pub(super) fn fold(name: &str) -> Folded {
    let text: String = name.nfkc().flat_map(char::to_lowercase).collect();
    if !text.contains(crate::search::is_han) {
        let text = text.replace('&', " and ");
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty() && *word != "the");
        return Folded::Words(words.collect::<Vec<_>>().join(" "));
    }
    let bare: String = without_brackets(&text).chars().filter(|c| c.is_alphanumeric()).collect();
    Folded::Han(without_nationalities(without_state(&bare)))
}

/// A bracket that names a place says where the unit is; any other is a remark.
fn without_brackets(text: &str) -> String {
    let text = text.replace(['[', '〔', '【'], "(").replace([']', '〕', '】'], ")");
    let Some((before, rest)) = text.split_once('(') else { return text };
    let (inner, after) = rest.split_once(')').unwrap_or((rest, ""));
    let is_place = place::is_place(inner) || regions::leading(inner).is_some();
    match (is_place, after.is_empty()) {
        (true, true) => format!("{inner}{before}"),
        (true, false) => format!("{before}{inner}{after}"),
        (false, _) => format!("{before}{after}"),
    }
}

/// The name of the state in front of a unit's own.
fn without_state(text: &str) -> &str {
    let text = text.strip_prefix("中华人民共和国").unwrap_or(text);
    let text = text.strip_prefix("中共").unwrap_or(text);
    for above in ["中国", "国家税务总局"] {
        if let Some(rest) =
            text.strip_prefix(above).filter(|rest| regions::leading(rest).is_some() || organ::is_tax(rest))
        {
            return rest;
        }
    }
    text
}

/// 恩施土家族苗族自治州 is 恩施州, 广西壮族自治区 广西自治区.
fn without_nationalities(text: &str) -> String {
    let Some(at) = text.find("自治") else { return text.to_owned() };
    let (mut own, rest) = text.split_at(at);
    while let Some(shorter) = without_last_nationality(own) {
        own = shorter;
    }
    let rest = if rest.starts_with("自治区") { rest } else { &rest["自治".len()..] };
    format!("{own}{rest}")
}

fn without_last_nationality(own: &str) -> Option<&str> {
    let bare = own.strip_suffix('族');
    let names = NATIONALITIES.split_ascii_whitespace();
    let stripped = names.filter_map(|name| {
        // 族 is left out after long names only (维吾尔自治区), and 内蒙古 is a name of its own.
        let own = bare.or_else(|| (name.chars().count() > 1).then_some(own))?;
        own.strip_suffix(name)
    });
    stripped.filter(|left| !left.is_empty() && *left != "内").min_by_key(|left| left.len())
}
