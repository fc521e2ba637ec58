//! What a file is: by its first bytes, then, for plain text only, by its name.

use std::io::Cursor;

use super::archive::part;
use super::refused::Foreign;

/// A format with its own reader, or one that is refused with a remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
    XmlWorkbook,
    Docx,
    Odt,
    Pdf,
    Page,
    PageArchive,
    Zip,
    Delimited,
    Json,
    Markdown,
    Text,
    Foreign(Foreign),
}

const ZIP: &[u8] = b"PK\x03\x04";
const EMPTY_ZIP: &[u8] = b"PK\x05\x06";
const PDF: &[u8] = b"%PDF";
const OLE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// First bytes of formats that are neither text nor a container we read.
const MAGIC: &[(&[u8], Foreign)] = &[
    (b"{\\rtf", Foreign::Rtf),
    (b"Rar!", Foreign::Archive),
    (b"7z\xBC\xAF\x27\x1C", Foreign::Archive),
    (b"\x1F\x8B", Foreign::Archive),
    (b"\x89PNG", Foreign::Image),
    (b"\xFF\xD8\xFF", Foreign::Image),
    (b"GIF8", Foreign::Image),
    (b"BM", Foreign::Image),
    (b"II*\0", Foreign::Image),
    (b"MM\0*", Foreign::Image),
];

/// Decides the kind of `bytes` found under `name`.
pub(crate) fn kind_of(name: &str, bytes: &[u8]) -> Kind {
    if bytes.is_empty() {
        return Kind::Foreign(Foreign::Empty);
    }
    if bytes.starts_with(ZIP) || bytes.starts_with(EMPTY_ZIP) {
        return zip_kind(bytes);
    }
    if bytes.starts_with(OLE) {
        return ole_kind(bytes);
    }
    if bytes.trim_ascii_start().starts_with(PDF) {
        return Kind::Pdf;
    }
    let magic = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, foreign)| *foreign);
    match magic {
        // `BM` may begin an English text.
        Some(Foreign::Image) if bytes.starts_with(b"BM") && !bytes[..bytes.len().min(64)].contains(&0) => {}
        Some(foreign) => return Kind::Foreign(foreign),
        None => {}
    }
    text_kind(&extension(name), &opening(bytes))
}

/// Lower-case extension without the dot, or nothing.
pub(crate) fn extension(name: &str) -> String {
    let file_name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    file_name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default()
}

fn zip_kind(bytes: &[u8]) -> Kind {
    let Ok(archive) = zip::ZipArchive::new(Cursor::new(bytes)) else {
        return Kind::Foreign(Foreign::BrokenArchive);
    };
    let holds = |part: &str| archive.index_for_name(part).is_some();
    let holds_under = |folder: &str| archive.file_names().flatten().any(|name| name.starts_with(folder));
    if holds("xl/workbook.bin") {
        Kind::Xlsb
    } else if holds("[Content_Types].xml") && holds_under("xl/") {
        Kind::Xlsx
    } else if holds("[Content_Types].xml") && holds_under("word/") {
        Kind::Docx
    } else if holds("[Content_Types].xml") && holds_under("ppt/") {
        Kind::Foreign(Foreign::Slides)
    } else if holds("OFD.xml") {
        Kind::Foreign(Foreign::Ofd)
    } else if holds("mimetype") && holds("content.xml") {
        open_document_kind(archive)
    } else {
        Kind::Zip
    }
}

/// An OpenDocument file tells its type in a part of its own; some programs pack it, against the rules.
fn open_document_kind(mut archive: zip::ZipArchive<Cursor<&[u8]>>) -> Kind {
    const LONGEST_TYPE: u64 = 200;
    let kind = part(&mut archive, "mimetype", LONGEST_TYPE).unwrap_or_default();
    let is = |what: &str| String::from_utf8_lossy(&kind).contains(what);
    if is("opendocument.spreadsheet") {
        Kind::Ods
    } else if is("opendocument.presentation") {
        Kind::Foreign(Foreign::Slides)
    } else if is("opendocument.text") {
        Kind::Odt
    } else {
        Kind::Foreign(Foreign::Binary)
    }
}

/// The directory of an OLE file names its streams in UTF-16, each entry on a multiple of 128 bytes.
fn ole_kind(bytes: &[u8]) -> Kind {
    let has_stream = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
        bytes.chunks(128).any(|entry| entry.starts_with(&wide))
    };
    if has_stream("EncryptedPackage") {
        Kind::Foreign(Foreign::Encrypted)
    } else if has_stream("Workbook") || has_stream("Book") {
        Kind::Xls
    } else if has_stream("WordDocument") {
        Kind::Foreign(Foreign::OldWord)
    } else if has_stream("PowerPoint Document") {
        Kind::Foreign(Foreign::Slides)
    } else if has_stream("Root Entry") {
        Kind::Foreign(Foreign::Binary)
    } else {
        // What tells its streams lies near the end, and is cut off.
        Kind::Foreign(Foreign::BrokenArchive)
    }
}

/// The first characters in lower case, byte order mark, NULs of UTF-16 and white space left out.
fn opening(bytes: &[u8]) -> String {
    let ascii = bytes[..bytes.len().min(4096)].iter().filter(|byte| byte.is_ascii() && **byte != 0);
    let text: String = ascii.map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    text.trim_start().to_owned()
}

fn text_kind(extension: &str, opening: &str) -> Kind {
    let is_markdown = matches!(extension, "md" | "markdown");
    if let Some(kind) = marked_up(opening).filter(|_| !is_markdown) {
        return kind;
    }
    match extension {
        // A text saved under a workbook's name is nearly always a table.
        "csv" | "tsv" | "tab" | "xls" | "xlsx" | "xlsm" | "xlsb" | "ods" | "et" => Kind::Delimited,
        "html" | "htm" | "xhtml" | "shtml" => Kind::Page,
        "mhtml" | "mht" => Kind::PageArchive,
        "json" | "jsonl" | "ndjson" => Kind::Json,
        "md" | "markdown" => Kind::Markdown,
        _ if opening.starts_with("{\"") || opening.starts_with("[{") => Kind::Json,
        "txt" | "text" => Kind::Text,
        "" if opening.starts_with(['{', '[']) => Kind::Json,
        _ => Kind::Foreign(Foreign::UnknownText),
    }
}

fn marked_up(opening: &str) -> Option<Kind> {
    const PAGE: [&str; 8] =
        ["<!doctype html", "<html", "<head", "<body", "<table", "<meta", "<div", "<!-- saved from url"];
    const MESSAGE: [&str; 2] = ["mime-version:", "from: <saved by"];
    let is_xml = opening.starts_with("<?xml");
    if MESSAGE.iter().any(|header| opening.starts_with(header)) {
        Some(Kind::PageArchive)
    } else if PAGE.iter().any(|tag| opening.starts_with(tag)) || (is_xml && opening.contains("<html")) {
        Some(Kind::Page)
    } else if is_xml && (opening.contains("office:spreadsheet") || opening.contains("progid=\"excel.sheet\"")) {
        Some(Kind::XmlWorkbook)
    } else if is_xml && (opening.contains("word/2003/wordml") || opening.contains("progid=\"word.document\"")) {
        Some(Kind::Foreign(Foreign::XmlDocument))
    } else {
        is_xml.then_some(Kind::Foreign(Foreign::Xml))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_goes_before_the_name() {
        for (name, bytes, kind) in [
            ("a.csv", b"".as_slice(), Kind::Foreign(Foreign::Empty)),
            ("a.docx", b"%PDF-1.7 ...", Kind::Pdf),
            ("a.xls", b"<html><table><tr><td>1", Kind::Page),
            ("a.xls", b"\xEF\xBB\xBF\n<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"",
                Kind::XmlWorkbook),
            ("a.doc", b"<?xml version=\"1.0\"?>\n<?mso-application progid=\"Word.Document\"?>", Kind::Foreign(Foreign::XmlDocument)),
            ("a.xlsx", b"id,title\n1,x\n", Kind::Delimited),
            ("a.docx", b"just text", Kind::Foreign(Foreign::UnknownText)),
            ("a.xlsx", b"PK\x03\x04 cut", Kind::Foreign(Foreign::BrokenArchive)),
            ("-", b"{\"title\":\"x\"}", Kind::Json),
            ("a.txt", b"{\"title\":\"x\"}", Kind::Json),
            ("a.txt", b"BM is a company", Kind::Text),
            ("a.txt", b"BM\x36\0\0\0\0\0", Kind::Foreign(Foreign::Image)),
            ("A.MD", b"<div>", Kind::Markdown),
        ] {
            assert_eq!(kind_of(name, bytes), kind, "{name} {:?}", String::from_utf8_lossy(bytes));
        }
    }
}
