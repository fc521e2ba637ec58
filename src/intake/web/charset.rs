//! The characters of a page: by byte order mark, header, its own declaration, else by detection.

use encoding_rs::{Encoding, GB18030};

use super::super::csv::undecodable;
use super::super::encoding::{self, Undecodable};
use super::super::found::Refusal;
use super::Source;

/// A declaration stands in the first bytes (HTML asks for 1,024; saved pages put comments before it).
const SEARCHED_BYTES: usize = 8 * 1024;

/// Decodes the page. A declaration that the bytes contradict is not believed.
pub(super) fn text(source: &Source) -> Result<String, Refusal> {
    let bytes = source.bytes.as_slice();
    let declared = || source.charset.clone().or_else(|| declared(bytes)).and_then(|label| known(&label));
    match encoding::decode(bytes) {
        // Marked, or valid as it stands: a declared GBK page that is UTF-8 was saved so by the browser.
        Ok(decoded) if decoded.broken_lines.is_empty() => Ok(decoded.text),
        detected => match declared() {
            Some(encoding) => {
                // Pages with a few broken characters are common; readers see them as such, too.
                let (text, _, _) = encoding.decode(bytes);
                Ok(text.replace('\0', ""))
            }
            None => detected.map(|decoded| decoded.text).map_err(refused),
        },
    }
}

fn refused(problem: Undecodable) -> Refusal {
    Refusal {
        remedy: "open it in a browser and save it again, or copy its text into a .docx".to_owned(),
        ..undecodable(problem)
    }
}

/// GB 2312 and GBK pages hold characters of GB 18030.
fn known(label: &str) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label(label.trim().as_bytes())?;
    Some(if encoding == encoding_rs::GBK { GB18030 } else { encoding })
}

/// `<meta charset="gb2312">`, `content="text/html; charset=gb2312"` or `<?xml encoding="gb2312"?>`.
fn declared(bytes: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(SEARCHED_BYTES)]).to_ascii_lowercase();
    let after = ["charset=", "encoding="].iter().find_map(|key| start.split_once(key))?.1;
    let value = after.trim_start_matches(['"', '\'', ' ']);
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':'))).unwrap_or(value.len());
    Some(value[..end].to_owned())
}
