//! Text files as Chinese offices save them: UTF-8, GBK, GB18030, UTF-16. Never a replacement character
//! in silence: what cannot be decoded is named by line.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Text in a known encoding.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// Without byte order mark; holds U+FFFD only in `broken_lines`.
    pub text: String,
    /// Name for messages (`UTF-8`, `GB18030`, `UTF-16LE`).
    pub encoding: &'static str,
    /// Lines (first is 1) with bytes that are no UTF-8 in a file that otherwise is.
    pub broken_lines: Vec<u32>,
    /// The last character is incomplete, as in a file that was cut off.
    pub cut_at_end: bool,
}

impl Decoded {
    fn clean(text: String, encoding: &'static str) -> Self {
        Self { text, encoding, broken_lines: Vec::new(), cut_at_end: false }
    }
}

/// Why bytes are no text we can read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Undecodable {
    /// Control bytes: not a text file at all.
    Binary,
    /// Text, but in another encoding; the name is a guess.
    Foreign(&'static str),
    /// UTF-8 that a program took for this encoding and saved as it then looked (é”Ÿ, 鏀垮姟).
    Mojibake(&'static str),
    /// The encoding is clear, but this line does not follow it.
    Broken { encoding: &'static str, line: u32 },
}

/// Decodes by byte order mark, then as UTF-8, then as UTF-16 without mark, then as GB18030.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, Undecodable> {
    let decoded = decode_as_it_stands(bytes)?;
    match mojibake(&decoded.text) {
        Some(encoding) => Err(Undecodable::Mojibake(encoding)),
        None => Ok(decoded),
    }
}

fn decode_as_it_stands(bytes: &[u8]) -> Result<Decoded, Undecodable> {
    if let Some((encoding, mark_bytes)) = Encoding::for_bom(bytes) {
        let body = &bytes[mark_bytes..];
        return if encoding == encoding_rs::UTF_8 { utf8(body) } else { strictly(encoding, body) };
    }
    if let Some(encoding) = unmarked_utf16(bytes) {
        return strictly(encoding, bytes);
    }
    if bytes.contains(&0) {
        return Err(Undecodable::Binary);
    }
    if std::str::from_utf8(bytes).is_ok() || is_mostly_utf8(bytes) {
        return utf8(bytes);
    }
    match guess(bytes) {
        guessed if guessed == encoding_rs::GBK || reads_as_common_chinese(bytes) => strictly(GB18030, bytes),
        guessed => Err(Undecodable::Foreign(guessed.name())),
    }
}

fn utf8(bytes: &[u8]) -> Result<Decoded, Undecodable> {
    let mut decoded = Decoded::clean(String::with_capacity(bytes.len()), "UTF-8");
    let mut line = 1u32;
    let mut chunks = bytes.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        decoded.text.push_str(chunk.valid());
        line = line.saturating_add(newlines(chunk.valid().as_bytes()));
        if chunk.invalid().is_empty() {
            continue;
        }
        decoded.text.push(char::REPLACEMENT_CHARACTER);
        if chunks.peek().is_none() && is_cut_character(chunk.invalid()) {
            decoded.text.pop();
            decoded.cut_at_end = true;
        } else if decoded.broken_lines.last() != Some(&line) {
            decoded.broken_lines.push(line);
        }
    }
    if decoded.text.contains('\0') { Err(Undecodable::Binary) } else { Ok(decoded) }
}

fn is_cut_character(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

fn newlines(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u32::MAX)
}

/// Decodes without replacement; the first malformed sequence ends it, except at the very end.
fn strictly(encoding: &'static Encoding, bytes: &[u8]) -> Result<Decoded, Undecodable> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let capacity = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len() * 3);
    let mut text = String::with_capacity(capacity);
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    let mut decoded = match result {
        DecoderResult::InputEmpty => Decoded::clean(text, encoding.name()),
        // Malformed exactly at the end of the input: the file stops inside a character.
        DecoderResult::Malformed(..) if read == bytes.len() => {
            Decoded { cut_at_end: true, ..Decoded::clean(text, encoding.name()) }
        }
        DecoderResult::Malformed(..) | DecoderResult::OutputFull => {
            let line = newlines(text.as_bytes()).saturating_add(1);
            return Err(Undecodable::Broken { encoding: encoding.name(), line });
        }
    };
    if decoded.text.contains('\0') {
        return Err(Undecodable::Binary);
    }
    decoded.text.shrink_to_fit();
    Ok(decoded)
}

/// UTF-16 without mark has NULs (in its ASCII) and reads as everyday characters in one byte order only.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(1 << 16) & !1];
    let nulls = sample.iter().filter(|byte| **byte == 0).count();
    // ASCII letters in pairs look like Chinese in UTF-16: ASCII or UTF-8 with a stray NUL is no UTF-16.
    let is_other_text = std::str::from_utf8(bytes).is_ok() && nulls * 4 < sample.len();
    if nulls == 0 || is_other_text {
        return None;
    }
    let (little, big) = (everyday_share(UTF_16LE, sample), everyday_share(UTF_16BE, sample));
    let (share, encoding) = if little >= big { (little, UTF_16LE) } else { (big, UTF_16BE) };
    (share >= 0.9).then_some(encoding)
}

/// Share of characters that are ASCII text, CJK or CJK punctuation, 0 to 1.
fn everyday_share(encoding: &'static Encoding, sample: &[u8]) -> f64 {
    let (text, _) = encoding.decode_without_bom_handling(sample);
    let everyday = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{2010}'..='\u{203b}' | '\u{3000}'..='\u{303f}' | '\u{4e00}'..='\u{9fff}' | '\u{ff00}'..='\u{ffee}');
    text.chars().filter(|c| everyday(*c)).count() as f64 / text.chars().count().max(1) as f64
}

/// A UTF-8 file with a few bad bytes can pass for GBK and come out as mojibake: count which it is.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| c.len_utf8() >= 3).count();
        // One bad byte breaks up to three; a character cut off at the end is no fault of the encoding.
        let new_fault = bad == 0 || !chunk.valid().is_empty();
        bad += usize::from(new_fault && !chunk.invalid().is_empty() && !is_cut_character(chunk.invalid()));
    }
    good > 2 * bad
}

/// Written back in the encoding it was taken for, most of such a text is UTF-8 again, which no other text is.
fn mojibake(text: &str) -> Option<&'static str> {
    const SAMPLED_BYTES: usize = 1 << 14;
    let sample = &text[..text.floor_char_boundary(SAMPLED_BYTES)];
    if sample.is_ascii() {
        return None;
    }
    let western = |c: char| {
        u8::try_from(c)
            .map_or_else(|_| WINDOWS_1252.encode(c.encode_utf8(&mut [0; 4])).0.into_owned(), |byte| vec![byte])
    };
    let as_western = || sample.chars().flat_map(western).collect::<Vec<u8>>();
    let is_western = sample.chars().all(|c| c < '\u{3000}');
    if !is_western && is_utf8_again(&GB18030.encode(sample).0) {
        Some("GBK")
    } else {
        (is_western && is_utf8_again(&as_western())).then_some("Windows-1252")
    }
}

/// Han characters, at least a few, and hardly a byte that is not part of one.
fn is_utf8_again(bytes: &[u8]) -> bool {
    const FEW: usize = 8;
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| c.len_utf8() == 3).count();
        bad += chunk.invalid().len();
    }
    good >= FEW && good > 2 * bad
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    // No country is assumed: under `cn` the detector takes Japanese for GBK.
    detector.guess(None, Utf8Detection::Deny)
}

/// Most two-byte characters lie in the rows of everyday characters and punctuation (GB 2312 rows 1 to 55).
fn reads_as_common_chinese(bytes: &[u8]) -> bool {
    let (mut common, mut all, mut at) = (0usize, 0usize, 0usize);
    while at < bytes.len() {
        if bytes[at] < 0x80 {
            at += 1;
            continue;
        }
        all += 1;
        let trail = bytes.get(at + 1).copied().unwrap_or(0);
        let everyday_row = matches!(bytes[at], 0xA1..=0xA3 | 0xB0..=0xD7);
        common += usize::from(everyday_row && trail >= 0xA1);
        at += 2;
    }
    all > 0 && common * 10 >= all * 7
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "编号,案例名称,申报单位\n1,一网通办,某某县政务服务数据管理局\n";

    #[test]
    fn every_encoding_of_chinese_offices_gives_the_same_text() {
        let gbk = encoding_rs::GBK.encode(SAMPLE).0.into_owned();
        let le: Vec<u8> = SAMPLE.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = SAMPLE.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (bytes, encoding) in [
            (SAMPLE.as_bytes().to_vec(), "UTF-8"),
            ([b"\xEF\xBB\xBF", SAMPLE.as_bytes()].concat(), "UTF-8"),
            (gbk, "gb18030"),
            ([b"\xFF\xFE".as_slice(), &le].concat(), "UTF-16LE"),
            ([b"\xFE\xFF".as_slice(), &be].concat(), "UTF-16BE"),
            (le, "UTF-16LE"),
            (be, "UTF-16BE"),
        ] {
            assert_eq!(decode(&bytes), Ok(Decoded::clean(SAMPLE.to_owned(), encoding)));
        }
    }

    #[test]
    fn four_byte_gb18030_characters_survive() {
        let text = "申报单位:䶮㸆镇人民政府,案例名称:政务服务一体化平台建设与应用";
        let bytes = GB18030.encode(text).0.into_owned();
        assert_eq!(decode(&bytes).map(|d| d.text), Ok(text.to_owned()));
    }

    #[test]
    fn a_short_gbk_text_is_not_taken_for_another_language() {
        for text in ["名称", "标题,正文", "市民热线"] {
            let bytes = encoding_rs::GBK.encode(text).0.into_owned();
            assert_eq!(decode(&bytes).map(|d| d.text), Ok(text.to_owned()), "{text}");
        }
    }

    #[test]
    fn damaged_utf8_is_named_by_line_and_never_read_as_gbk() {
        let mut bytes = SAMPLE.repeat(3).into_bytes();
        let third_line = bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').nth(1).unwrap().0 + 1;
        bytes[third_line] = 0xFF;
        let decoded = decode(&bytes).unwrap();
        assert_eq!((decoded.encoding, decoded.broken_lines), ("UTF-8", vec![3]));
    }

    #[test]
    fn a_file_cut_inside_a_character_says_so() {
        let bytes = SAMPLE.trim_end().as_bytes();
        let decoded = decode(&bytes[..bytes.len() - 1]).unwrap();
        assert!(decoded.cut_at_end && decoded.broken_lines.is_empty());
        assert!(!decoded.text.contains('\u{FFFD}'));
        let gbk = encoding_rs::GBK.encode(SAMPLE.trim_end()).0.into_owned();
        assert!(decode(&gbk[..gbk.len() - 1]).unwrap().cut_at_end);
    }

    #[test]
    fn broken_gbk_names_its_line() {
        let mut bytes = encoding_rs::GBK.encode(SAMPLE).0.into_owned();
        let second_line = bytes.iter().position(|b| *b == b'\n').unwrap() + 1;
        bytes.splice(second_line..second_line, [0xB0, 0x20]);
        assert_eq!(decode(&bytes), Err(Undecodable::Broken { encoding: "gb18030", line: 2 }));
    }

    #[test]
    fn mojibake_is_told_by_what_it_was_taken_for() {
        let text = SAMPLE.repeat(3);
        let (as_gbk, _, _) = GB18030.decode(text.as_bytes());
        let as_latin: String = text.bytes().map(char::from).collect();
        let (as_windows, _, _) = WINDOWS_1252.decode(text.as_bytes());
        assert_eq!(decode(as_gbk.as_bytes()), Err(Undecodable::Mojibake("GBK")));
        assert_eq!(decode(as_latin.as_bytes()), Err(Undecodable::Mojibake("Windows-1252")));
        assert_eq!(decode(as_windows.as_bytes()), Err(Undecodable::Mojibake("Windows-1252")));
        for text in ["Überprüfung der Größe: çà et là, naïve façade élevée à Orléans", "“quoted” — ½ café № 5"]
        {
            assert!(decode(text.as_bytes()).is_ok(), "{text}");
        }
    }

    #[test]
    fn binary_and_foreign_bytes_are_refused() {
        assert_eq!(decode(&[0, 1, 2, 3, 0, 200, 0, 7]), Err(Undecodable::Binary));
        assert_eq!(decode(b"id,title\n1,a very\0 plain text\n"), Err(Undecodable::Binary));
        let japanese = encoding_rs::SHIFT_JIS.encode("これは日本語の文章です。カタカナもあります。").0.into_owned();
        assert_eq!(decode(&japanese), Err(Undecodable::Foreign("Shift_JIS")));
    }
}
