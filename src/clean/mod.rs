//! [`RawSubmission`]s in, [`Nomination`]s or [`Rejection`]s out.

mod boilerplate;
mod ids;
mod keywords;
mod language;
mod normalize;
mod personal;

use crate::nomination::{Flag, Nomination, NominationId, RawSubmission, Rejection, Section, SourceRef};

pub use normalize::comparison_key;
pub use personal::{holds_personal_data, masked};

/// A title made from the text is cut after this many characters.
const MADE_TITLE_MAX_CHARS: usize = 40;

/// What cleaning gives.
#[derive(Debug, Default)]
pub struct Cleaned {
    /// Usable nominations, in input order, ids unique.
    pub nominations: Vec<Nomination>,
    /// The rest.
    pub rejections: Vec<Rejection>,
}

/// Normalizes text and fields, drops boilerplate, gives every record an id of its own.
///
/// `min_characters` is the programme's: shorter material is flagged, not refused.
#[must_use]
pub fn clean(submissions: Vec<RawSubmission>, min_characters: usize) -> Cleaned {
    let mut cleaned = Cleaned::default();
    let mut ids = ids::Register::default();
    for raw in submissions {
        match nomination(raw, min_characters).and_then(|nomination| ids.admit(nomination)) {
            Ok(nomination) => cleaned.nominations.push(nomination),
            Err(rejection) => cleaned.rejections.push(*rejection),
        }
    }
    cleaned
}

/// Masks personal data in all that `nominations` and `rejections` say, ids and places aside, so that nothing that is made
/// from them holds it: passages, evidence, reports.
pub fn redact(nominations: &mut [Nomination], rejections: &mut [Rejection]) {
    for nomination in nominations {
        redact_text(nomination);
        let Nomination { title, unit, region, level, channel, declared_category, declared_track, url, .. } = nomination;
        for said in [title, unit, region, level, channel, declared_category, declared_track, url] {
            *said = masked(said);
        }
    }
    for rejection in rejections {
        rejection.reason = masked(&rejection.reason);
        rejection.title = rejection.title.as_deref().map(masked);
    }
}

/// Masks the text part by part: masked, it may be shorter, so that an attachment begins elsewhere.
fn redact_text(nomination: &mut Nomination) {
    let text = std::mem::take(&mut nomination.text);
    let mut done = 0;
    for (begin, _) in &mut nomination.attachments {
        nomination.text += &masked(&text[done..*begin]);
        done = std::mem::replace(begin, nomination.text.len());
    }
    nomination.text += &masked(&text[done..]);
}

fn nomination(raw: RawSubmission, min_characters: usize) -> Result<Nomination, Box<Rejection>> {
    let (text, attachments) = whole_text(&raw);
    let title = field(raw.title.as_deref());
    if title.is_empty() && text.is_empty() {
        return Err(Box::new(Rejection {
            source: raw.source,
            id: raw.id,
            title: raw.title,
            reason: "the record has neither a title nor a text".into(),
            remedy: "fill in the name of the case and its description, then submit the record again".into(),
        }));
    }
    let unit = field(raw.unit.as_deref());
    let is_personal = [&title, &unit, &text].into_iter().any(|said| holds_personal_data(said));
    let characters = text.chars().filter(|c| !c.is_whitespace()).count();
    let flags = [
        (title.is_empty(), Flag::TitleMissing),
        (unit.is_empty(), Flag::UnitMissing),
        (text.is_empty(), Flag::TextMissing),
        (!text.is_empty() && characters < min_characters, Flag::TooShort),
        (raw.truncated_chars > 0, Flag::TextTruncated),
        (is_personal, Flag::PersonalData),
        (language::is_foreign(&text), Flag::OtherLanguage),
        (keywords::is_stuffed(&text), Flag::KeywordList),
    ];
    Ok(Nomination {
        id: NominationId::new(field(raw.id.as_deref())),
        title: if title.is_empty() { made_title(&text) } else { title },
        unit,
        region: field(raw.region.as_deref()),
        level: field(raw.level.as_deref()),
        channel: listed(raw.channel.as_deref()),
        declared_category: field(raw.category.as_deref()),
        declared_track: listed(raw.track.as_deref()),
        url: raw.url.unwrap_or_default().trim().to_owned(),
        text,
        signals: raw.signals,
        grade: raw.grade,
        source: raw.source,
        attachments,
        truncated_chars: raw.truncated_chars,
        flags: flags.into_iter().filter_map(|(holds, flag)| holds.then_some(flag)).chain(raw.flags).collect(),
    })
}

fn field(raw: Option<&str>) -> String {
    raw.map(normalize::field).filter(|value| !boilerplate::is_placeholder(value)).unwrap_or_default()
}

/// Several names may stand in one cell, a line each.
fn listed(raw: Option<&str>) -> String {
    let lines = raw.into_iter().flat_map(str::lines).map(|line| field(Some(line)));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("；")
}

fn narrative(sections: &[Section]) -> String {
    let cleaned = sections.iter().map(|section| boilerplate::strip(&normalize::text(&section.text)));
    cleaned.filter(|text| !boilerplate::is_placeholder(text)).collect::<Vec<_>>().join("\n")
}

/// The narrative and that of the attachments, each with the byte at which it begins.
fn whole_text(raw: &RawSubmission) -> (String, Vec<(usize, SourceRef)>) {
    let mut text = narrative(&raw.sections);
    let mut begins = Vec::new();
    for attachment in &raw.attachments {
        let part = narrative(&attachment.sections);
        if part.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        begins.push((text.len(), attachment.source.clone()));
        text.push_str(&part);
    }
    (text, begins)
}

fn made_title(text: &str) -> String {
    let sentence = text.split(['\n', '。', '！', '？', '；']).find(|s| !s.trim().is_empty()).unwrap_or(text).trim();
    match sentence.char_indices().nth(MADE_TITLE_MAX_CHARS) {
        Some((end, _)) => format!("{}…", &sentence[..end]),
        None => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nomination::Attachment;

    fn raw(id: &str, title: &str, text: &str, row: u32) -> RawSubmission {
        let optional = |value: &str| (!value.is_empty()).then(|| value.to_owned());
        RawSubmission {
            source: SourceRef::file("batch.csv").at_row(row),
            id: optional(id),
            title: optional(title),
            sections: vec![Section { heading: None, text: text.into() }],
            ..RawSubmission::default()
        }
    }

    #[test]
    fn a_record_that_says_nothing_is_rejected_with_its_place() {
        let cleaned = clean(vec![raw("1", "", "详见附件", 4), raw("2", "热线", "接诉即办。", 5)], 0);
        assert_eq!(cleaned.nominations.len(), 1);
        assert_eq!(cleaned.rejections[0].source.row, Some(4));
    }

    #[test]
    fn a_missing_title_is_made_from_the_text_and_flagged() {
        let cleaned = clean(vec![raw("1", "", "市民一次告知。其余略", 2)], 0);
        assert_eq!(cleaned.nominations[0].title, "市民一次告知");
        assert!(cleaned.nominations[0].flags.contains(&Flag::TitleMissing));
    }

    #[test]
    fn personal_data_is_flagged_and_masked_under_the_same_id() {
        let told = vec![raw("", "热线", "群众可拨打13812345678。", 2)];
        let mut cleaned = clean(told, 0);
        let id = cleaned.nominations[0].id.clone();
        assert!(cleaned.nominations[0].flags.contains(&Flag::PersonalData));
        redact(&mut cleaned.nominations, &mut cleaned.rejections);
        assert_eq!(cleaned.nominations[0].text, "群众可拨打138********。");
        assert_eq!(cleaned.nominations[0].id, id);
    }

    #[test]
    fn short_material_is_flagged_and_kept() {
        let cleaned = clean(vec![raw("1", "热线", "接诉即办。", 2)], 80);
        assert!(cleaned.nominations[0].flags.contains(&Flag::TooShort));
    }

    #[test]
    fn the_text_of_an_attachment_is_known_by_its_place() {
        let attachment = |file: &str, text: &str| Attachment {
            source: SourceRef::file(file),
            sections: vec![Section { heading: None, text: text.into() }],
        };
        let attachments = vec![attachment("a.pdf", "详见附件"), attachment("b.pdf", "群众评价。")];
        let cleaned = clean(vec![RawSubmission { attachments, ..raw("1", "热线", "接诉即办。", 2) }], 0);
        let nomination = &cleaned.nominations[0];
        assert_eq!(nomination.text, "接诉即办。\n群众评价。");
        let file = |text: &str| nomination.source_at(nomination.text.find(text).unwrap()).file.as_str();
        assert_eq!((file("接诉"), file("群众"), file("评价。")), ("batch.csv", "b.pdf", "b.pdf"));
        assert_eq!(nomination.attachments.len(), 1);
    }

    #[test]
    fn masked_text_is_still_known_by_its_place() {
        let attachment = |file: &str, text: &str| Attachment {
            source: SourceRef::file(file),
            sections: vec![Section { heading: None, text: text.into() }],
        };
        let attachments = vec![attachment("a.pdf", "请发li.si.wang@qq.com。"), attachment("b.pdf", "群众评价。")];
        let told = "请发zhang.san@qq.com，接诉即办。";
        let mut cleaned = clean(vec![RawSubmission { attachments, ..raw("1", "热线", told, 2) }], 0);
        redact(&mut cleaned.nominations, &mut cleaned.rejections);
        let nomination = &cleaned.nominations[0];
        assert_eq!(nomination.text, "请发***@qq.com，接诉即办。\n请发***@qq.com。\n群众评价。");
        let file = |text: &str| nomination.source_at(nomination.text.rfind(text).unwrap()).file.as_str();
        assert_eq!((file("接诉"), file("请发"), file("群众")), ("batch.csv", "a.pdf", "b.pdf"));
    }
}
