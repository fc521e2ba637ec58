//! A page saved with its pictures in one file (.mhtml, .mht): a message of several parts.

use mailparse::{MailHeaderMap, ParsedMail, parse_mail};

use super::super::found::{Found, Refusal};
use super::super::reader::Document;
use super::Source;

/// The page in the file: the first part that is one. Frames beside it are named in a note.
pub(super) fn page_of(document: &Document<'_>, found: &mut Found) -> Result<Source, Refusal> {
    let message = parse_mail(document.bytes).map_err(|error| damaged(&error.to_string()))?;
    let is_page =
        |part: &&ParsedMail<'_>| matches!(part.ctype.mimetype.as_str(), "text/html" | "application/xhtml+xml");
    let mut pages = message.parts().filter(is_page);
    let page = pages.next().ok_or_else(|| damaged("no part of it is a web page"))?;
    let frames = pages.count();
    if frames > 0 {
        found.note(&document.place, format!("{frames} further pages inside it (frames) were not read"));
    }
    let location = |part: &ParsedMail<'_>| part.headers.get_first_value("Content-Location");
    Ok(Source {
        bytes: page.get_body_raw().map_err(|error| damaged(&error.to_string()))?,
        charset: page.ctype.params.get("charset").cloned(),
        url: location(page).or_else(|| message.headers.get_first_value("Snapshot-Content-Location")),
    })
}

fn damaged(cause: &str) -> Refusal {
    Refusal::new(
        format!("the saved web page is damaged ({cause})"),
        "open the page in a browser and save it again, or copy its text into a .docx",
    )
}
