//! Numbers and addresses that belong to one person: found, and masked where that is asked for.
//!
//! Hotlines (12345), landlines of offices and the codes of organisations (GB 32100) are nobody's in particular.

use std::ops::Range;

/// Mailboxes at these providers are taken to be a person's; those at an office's own domain are not.
const PRIVATE_PROVIDERS: [&str; 16] = [
    "qq.com",
    "foxmail.com",
    "163.com",
    "126.com",
    "yeah.net",
    "139.com",
    "189.cn",
    "wo.cn",
    "sina.com",
    "sina.cn",
    "sohu.com",
    "21cn.com",
    "gmail.com",
    "outlook.com",
    "hotmail.com",
    "icloud.com",
];
/// What follows a number of things, not a telephone number.
const UNITS: [char; 12] = ['元', '件', '次', '人', '户', '条', '个', '万', '亿', '项', '笔', '%'];
/// Digits that a masked number keeps.
const KEPT_DIGITS: usize = 3;

/// Whether `text` holds a mobile, identity or bank card number, or a private e-mail address.
#[must_use]
pub fn holds_personal_data(text: &str) -> bool {
    !found_in(text).is_empty()
}

/// `text` with all but the first three digits of such numbers as `*`, and `***` for the name in such an address.
#[must_use]
pub fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for range in found_in(text) {
        out.push_str(&text[end..range.start]);
        end = range.end;
        match text[range.clone()].contains('@') {
            true => out.push_str("***@"),
            false => mask_digits(&text[range], &mut out),
        }
    }
    out.push_str(&text[end..]);
    out
}

fn mask_digits(number: &str, out: &mut String) {
    let mut digits = 0;
    for c in number.chars() {
        let is_digit = c.is_ascii_alphanumeric();
        digits += usize::from(is_digit);
        out.push(if is_digit && digits > KEPT_DIGITS { '*' } else { c });
    }
}

/// Places of such numbers and of the names in such addresses with their `@`, in order, none over another.
fn found_in(text: &str) -> Vec<Range<usize>> {
    let words = words(text);
    let mut found = names_of_addresses(text);
    let mut at = 0;
    while at < words.len() {
        let taken = number_at(text, &words[at..], at.checked_sub(1).map(|before| &words[before]));
        if let Some(taken) = taken {
            found.push(words[at].start..words[at + taken - 1].end);
        }
        at += taken.unwrap_or(1);
    }
    found.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let mut end = 0;
    found.retain(|range| {
        let is_free = range.start >= end;
        end = end.max(range.end);
        is_free
    });
    found
}

/// Runs of ASCII letters and digits.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_alphanumeric()) {
        match words.last_mut().filter(|word| word.end == at) {
            Some(word) => word.end = at + 1,
            None => words.push(at..at + 1),
        }
    }
    words
}

/// How many words from the first on make one number, written as one or in its usual groups.
fn number_at(text: &str, words: &[Range<usize>], before: Option<&Range<usize>>) -> Option<usize> {
    const MAX_GROUPS: usize = 5;
    let start = words[0].start;
    let country_code = before.map(|word| &text[word.clone()]).filter(|word| matches!(*word, "86" | "0086"));
    if is_part_of_more(text[..start].chars().rev()) && country_code.is_none() {
        return None;
    }
    let joined = |pair: &[Range<usize>]| matches!(&text[pair[0].end..pair[1].start], " " | "-");
    (1..=words.len().min(MAX_GROUPS)).rev().find(|&count| {
        let groups = &words[..count];
        let rest = &text[groups[count - 1].end..];
        let lengths: Vec<usize> = groups.iter().map(Range::len).collect();
        groups.windows(2).all(joined) && !is_part_of_more(rest.chars()) && {
            let digits: String = groups.iter().map(|word| &text[word.clone()]).collect();
            (is_mobile(&digits, &lengths, text[..start].ends_with('+')) && !rest.starts_with(UNITS))
                || is_identity(&digits, &lengths)
                || is_bank_card(&digits, &lengths)
        }
    })
}

/// A dash, a point or a line between two words makes them one number; read away from the word.
fn is_part_of_more(mut beyond: impl Iterator<Item = char>) -> bool {
    matches!(beyond.next(), Some('-' | '.' | '_')) && beyond.next().is_some_and(|c| c.is_ascii_alphanumeric())
}

fn is_mobile(digits: &str, lengths: &[usize], has_plus: bool) -> bool {
    let local = match lengths {
        [11] | [3, 4, 4] => digits,
        [13] if has_plus => digits.strip_prefix("86").unwrap_or_default(),
        [15] => digits.strip_prefix("0086").unwrap_or_default(),
        _ => return false,
    };
    let bytes = local.as_bytes();
    bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1]) && is_digits(bytes)
}

/// Eighteen digits, the seventh to fourteenth a date, the last one checking the others (GB 11643).
fn is_identity(digits: &str, lengths: &[usize]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECK_DIGITS: &[u8; 11] = b"10X98765432";
    let bytes = digits.as_bytes();
    if !matches!(lengths, [18] | [6, 8, 4]) || !is_digits(&bytes[..17]) {
        return false;
    }
    let has_date = matches!(&digits[6..8], "19" | "20")
        && ("01"..="12").contains(&&digits[10..12])
        && ("01"..="31").contains(&&digits[12..14]);
    let sum: u32 = bytes.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    has_date && bytes[17].to_ascii_uppercase() == CHECK_DIGITS[(sum % 11) as usize]
}

/// Cards begin with the number of their network (ISO/IEC 7812) and end in a check digit (Luhn).
fn is_bank_card(digits: &str, lengths: &[usize]) -> bool {
    let is_grouped = matches!(lengths, [16..=19] | [4, 4, 4, 4] | [4, 4, 4, 4, 1..=3]);
    let is_of_network = digits.starts_with("62") || (digits.len() == 16 && digits.starts_with(['4', '5']));
    is_grouped && is_of_network && is_digits(digits.as_bytes()) && luhn(digits.as_bytes())
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits.iter().rev().enumerate().map(|(at, digit)| doubled(u32::from(digit - b'0'), at % 2)).sum();
    sum.is_multiple_of(10)
}

/// Every second digit counts double, the digits of a double added up.
fn doubled(digit: u32, times: usize) -> u32 {
    if times == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 }
}

fn is_digits(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
}

fn names_of_addresses(text: &str) -> Vec<Range<usize>> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices('@') {
        let name = text[..at].bytes().rev().take_while(|b| b.is_ascii_alphanumeric() || b"._-+".contains(b)).count();
        let provider = text[at + 1..].bytes().take_while(|b| b.is_ascii_alphanumeric() || b".-".contains(b)).count();
        let provider = text[at + 1..at + 1 + provider].trim_end_matches('.').to_lowercase();
        if name > 0 && PRIVATE_PROVIDERS.contains(&provider.as_str()) {
            names.push(at - name..at + 1);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_a_person_is_masked() {
        for (text, expected) in [
            ("联系人手机13812345678，随时可问。", "联系人手机138********，随时可问。"),
            ("电话:+86 138-1234-5678", "电话:+86 138-****-****"),
            ("+8613812345678", "+861**********"),
            ("86-13812345678", "86-138********"),
            ("身份证11010519491231002X。", "身份证110***************。"),
            ("卡号6222 0212 3456 7894 汇款", "卡号622* **** **** **** 汇款"),
            ("请发zhang.san@QQ.com或13912345678@163.com", "请发***@QQ.com或***@163.com"),
        ] {
            assert!(holds_personal_data(text), "{text}");
            assert_eq!(masked(text), expected);
        }
    }

    #[test]
    fn numbers_of_offices_and_things_stay() {
        for text in [
            "拨打12345热线，0571-87654321，010-12345678转8001",
            "统一社会信用代码11330000002482046F，91330106MA2B0XY123",
            "累计13812345678次访问，交易额13812345678元",
            "编号2023-138-1234-5678，流水号138123456789012345678",
            "身份证号110105194912310021校验不符",
            "邮箱dsj@hangzhou.gov.cn，单号6222021234567890",
        ] {
            assert_eq!(masked(text), text);
            assert!(!holds_personal_data(text), "{text}");
        }
    }
}
