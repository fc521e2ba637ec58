//! JSON lines, a JSON array, or one JSON object: a nomination an object.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::nomination::{RawSubmission, Rejection, Section, SourceRef};

use super::csv::undecodable;
use super::encoding::decode;
use super::form::fill;
use super::found::{Found, Refusal, section};
use super::headers::{Field, recognise_exactly};
use super::reader::Document;

/// An unknown key's text of more characters is narrative; a shorter one is named in a note.
const NARRATIVE_CHARS: usize = 30;
/// Further notes of one sort are counted.
const MAX_NOTES: usize = 20;

/// Reads every object that can be read; a broken line costs that line.
pub(crate) fn read(document: &Document<'_>, found: &mut Found) -> Result<(), Refusal> {
    let decoded = decode(document.bytes).map_err(undecodable)?;
    let text = decoded.text.as_str();
    let mut reader = Objects { document, found, ignored_keys: BTreeSet::new(), odd_signals: 0, seen: 0 };
    if text.trim_start().starts_with('[') {
        reader.array(text);
    } else if let Some(object) = one_object(text) {
        reader.value(object, text, 1);
    } else {
        reader.lines(text, &decoded.broken_lines);
    }
    let Objects { ignored_keys, odd_signals, seen, .. } = reader;
    for key in ignored_keys.iter().take(MAX_NOTES) {
        found.note(&document.place, format!("key {key:?} is unknown and was not used"));
    }
    for (count, what) in [(ignored_keys.len(), "unknown keys"), (odd_signals, "signals that are no numbers")] {
        if count > MAX_NOTES {
            found.note(&document.place, format!("{} more {what} were left out", count - MAX_NOTES));
        }
    }
    if seen == 0 {
        return Err(Refusal::new("the file holds no record", "write one JSON object a line"));
    }
    Ok(())
}

/// A single object written over several lines.
fn one_object(text: &str) -> Option<Value> {
    let first_line = text.trim_start().lines().next()?;
    if first_line.trim_end().ends_with('}') {
        return None;
    }
    serde_json::from_str::<Value>(text).ok().filter(Value::is_object)
}

struct Objects<'a, 'f> {
    document: &'a Document<'a>,
    found: &'f mut Found,
    /// Keys that no record used; one note each.
    ignored_keys: BTreeSet<String>,
    odd_signals: usize,
    seen: usize,
}

impl Objects<'_, '_> {
    fn lines(&mut self, text: &str, broken: &[u32]) {
        for (at, line) in text.lines().enumerate() {
            let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
            if line.trim().is_empty() {
                continue;
            }
            self.seen += 1;
            if broken.binary_search(&number).is_ok() {
                let refusal = Refusal::new("the line holds bytes that are not UTF-8", "save this line again as UTF-8");
                self.found.reject(self.document.place.at_row(number), refusal);
                continue;
            }
            match serde_json::from_str::<Value>(line) {
                Ok(value) => self.object(value, line, number),
                Err(error) => self.found.reject(self.document.place.at_row(number), not_json(&error)),
            }
        }
    }

    /// Item by item, so that an array that breaks off keeps what stands before the break.
    fn array(&mut self, text: &str) {
        let mut rest = text.trim_start().strip_prefix('[').unwrap_or(text);
        let line_of = |rest: &str| {
            let read = &text.as_bytes()[..text.len() - rest.len()];
            u32::try_from(read.iter().filter(|byte| **byte == b'\n').count() + 1).unwrap_or(u32::MAX)
        };
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
            if rest.starts_with(']') {
                return;
            }
            let line = line_of(rest);
            let mut items = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
            let item = items.next();
            let end = items.byte_offset();
            match item {
                Some(Ok(value)) => self.value(value, &rest[..end], line),
                Some(Err(error)) => {
                    self.seen += 1;
                    let refusal = Refusal::new(
                        format!("the array breaks off or is no JSON from this line on ({error})"),
                        "ask for the file again, or repair it; the items before were read",
                    );
                    return self.found.reject(self.document.place.at_row(line), refusal);
                }
                None => {
                    let refusal = Refusal::new("the array is not closed", "ask for the file again; it may be cut off");
                    return self.found.reject(self.document.place.at_row(line), refusal);
                }
            }
            rest = &rest[end..];
        }
    }

    fn value(&mut self, value: Value, text: &str, line: u32) {
        self.seen += 1;
        self.object(value, text, line);
    }

    /// Takes the value that `text` holds.
    fn object(&mut self, value: Value, text: &str, line: u32) {
        let place = self.document.place.at_row(line);
        let Value::Object(object) = value else {
            let refusal = Refusal::new("not a JSON object", "write one object {...} a nomination");
            return self.found.reject(place, refusal);
        };
        let plain = |key: &str| object.get(key).and_then(Value::as_str).map(str::to_owned);
        let (id, title) = (plain("id"), plain("title"));
        match self.record(in_order(object, text), &place) {
            Ok(record) => self.found.submit(record, self.document.limits),
            Err(Refusal { reason, remedy }) => {
                self.found.rejections.push(Rejection { source: place, id, title, reason, remedy });
            }
        }
    }

    fn record(&mut self, object: Vec<(String, Value)>, place: &SourceRef) -> Result<RawSubmission, Refusal> {
        let mut record = RawSubmission { source: place.clone(), ..RawSubmission::default() };
        for (key, value) in object {
            if value.is_null() {
                continue;
            }
            match key.as_str() {
                "id" => record.id = Some(id(&value)?),
                "title" => record.title = Some(string(&key, value)?),
                "unit" => record.unit = Some(string(&key, value)?),
                "region" => record.region = Some(string(&key, value)?),
                "level" => record.level = Some(string(&key, value)?),
                "channel" => record.channel = Some(string(&key, value)?),
                "category" => record.category = Some(string(&key, value)?),
                "track" => record.track = Some(string(&key, value)?),
                "url" => record.url = Some(string(&key, value)?),
                "text" => record.sections.splice(..0, section(None, &string(&key, value)?)).for_each(drop),
                "signals" => self.signals(&mut record, value, place)?,
                "grade" => record.grade = Some(grade(&value)?),
                _ => self.other(&mut record, key, value),
            }
        }
        Ok(record)
    }

    fn signals(&mut self, record: &mut RawSubmission, value: Value, place: &SourceRef) -> Result<(), Refusal> {
        let Value::Object(signals) = value else {
            return Err(wrong_type("signals", "an object of numbers", &value));
        };
        for (name, value) in signals {
            match value.as_f64().filter(|number| number.is_finite()) {
                Some(number) => drop(record.signals.insert(name, number)),
                None if value.is_null() => {}
                None => {
                    self.odd_signals += 1;
                    if self.odd_signals <= MAX_NOTES {
                        self.found.note(place, format!("signal {name:?} is no number and was left out"));
                    }
                }
            }
        }
        Ok(())
    }

    /// A Chinese header used as a key, other narrative, or something to name in a note.
    fn other(&mut self, record: &mut RawSubmission, key: String, value: Value) {
        let known = recognise_exactly(&key).filter(|found| !key.is_ascii() || found.field == Field::Text);
        match (known, value) {
            (Some(found), Value::String(text)) => fill(record, found.field, &key, &text),
            (Some(found), Value::Number(number)) => fill(record, found.field, &key, &number.to_string()),
            (None, Value::String(text)) if text.chars().count() > NARRATIVE_CHARS => {
                record.sections.push(Section { heading: Some(key), text });
            }
            _ => drop(self.ignored_keys.insert(key)),
        }
    }
}

/// The entries of an object as they stand in its text. A map of serde_json sorts them by name; that it does not is a
/// setting of the whole program, which would change what is written elsewhere.
fn in_order(mut object: Map<String, Value>, text: &str) -> Vec<(String, Value)> {
    let keys = serde_json::from_str::<Keys>(text).map_or_else(|_| Vec::new(), |keys| keys.0);
    let mut entries: Vec<(String, Value)> = keys.iter().filter_map(|key| object.remove_entry(key)).collect();
    entries.extend(object);
    entries
}

/// The keys of an object in the order of its text.
struct Keys(Vec<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Keys;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys, A::Error> {
                let mut keys = Vec::new();
                while let Some((key, IgnoredAny)) = map.next_entry()? {
                    keys.push(key);
                }
                Ok(Keys(keys))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

fn id(value: &Value) -> Result<String, Refusal> {
    match value {
        Value::String(text) => Ok(text.trim().to_owned()),
        Value::Number(number) => Ok(match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 1e15 => format!("{float:.0}"),
            _ => number.to_string(),
        }),
        _ => Err(wrong_type("id", "a string or a number", value)),
    }
}

fn string(key: &str, value: Value) -> Result<String, Refusal> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(wrong_type(key, "a string", &other)),
    }
}

fn grade(value: &Value) -> Result<f64, Refusal> {
    value.as_f64().filter(|grade| grade.is_finite()).ok_or_else(|| wrong_type("grade", "a number", value))
}

fn wrong_type(key: &str, wanted: &str, value: &Value) -> Refusal {
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    Refusal::new(format!("{key:?} is {is}, not {wanted}"), format!("write {key:?} as {wanted}, or leave it out"))
}

fn not_json(error: &serde_json::Error) -> Refusal {
    if error.is_eof() {
        Refusal::new(
            "the line breaks off before its JSON object ends",
            "ask for the file again; this record was cut in half",
        )
    } else {
        let reason = format!("the line is not JSON (column {}: {error})", error.column());
        Refusal::new(reason, "write one JSON object a line, with strings in double quotes")
    }
}
