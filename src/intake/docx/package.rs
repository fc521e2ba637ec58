//! The parts of a Word file and how they refer to each other.

use std::io::Cursor;

use quick_xml::events::Event;
use quick_xml::reader::Reader;
use zip::ZipArchive;

use super::super::archive::{PartError, part};
use super::super::reader::Document;
use super::super::xml::attribute;

/// The zip container.
pub(super) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    limit: u64,
    /// Path of the document part: some programs write word/document2.xml.
    pub main: String,
    relations: Vec<Relation>,
}

/// A part that another one refers to.
struct Relation {
    /// Last word of its type, alike in both variants of the format.
    kind: String,
    target: String,
}

impl<'a> Package<'a> {
    pub fn open(document: &Document<'a>) -> Result<Self, PartError> {
        let archive =
            ZipArchive::new(Cursor::new(document.bytes)).map_err(|error| PartError::Broken(error.to_string()))?;
        let limit = document.limits.max_docx_part_bytes;
        let mut package = Self { archive, limit, main: "word/document.xml".to_owned(), relations: Vec::new() };
        if let Some(main) = package.relations_of("").into_iter().find(|relation| relation.kind == "officeDocument") {
            package.main = main.target;
        }
        let main = package.main.clone();
        package.relations = package.relations_of(&main);
        Ok(package)
    }

    /// The text of a part. Parts are UTF-8 by the format's rules; a UTF-16 part is decoded by its mark, a bad byte
    /// shows as U+FFFD.
    pub fn text(&mut self, path: &str) -> Result<String, PartError> {
        let bytes = part(&mut self.archive, path, self.limit)?;
        Ok(encoding_rs::UTF_8.decode(&bytes).0.into_owned())
    }

    /// The texts of all parts of one kind that the document refers to; those that cannot be had are missing.
    pub fn related(&mut self, kind: &str) -> Vec<String> {
        let related = self.relations.iter().filter(|relation| relation.kind == kind);
        let mut targets: Vec<String> = related.map(|relation| relation.target.clone()).collect();
        targets.sort();
        targets.dedup();
        targets.iter().filter_map(|target| self.text(target).ok()).collect()
    }

    fn relations_of(&mut self, path: &str) -> Vec<Relation> {
        let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
        let place =
            if folder.is_empty() { format!("_rels/{name}.rels") } else { format!("{folder}/_rels/{name}.rels") };
        let Ok(xml) = self.text(&place) else { return Vec::new() };
        let mut reader = Reader::from_str(&xml);
        let mut relations = Vec::new();
        while let Ok(event) = reader.read_event() {
            match event {
                Event::Eof => break,
                Event::Start(tag) | Event::Empty(tag) if tag.local_name().as_ref() == "Relationship" => {
                    if let (Some(kind), Some(target)) = (attribute(&tag, "Type"), attribute(&tag, "Target")) {
                        let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
                        relations.push(Relation { kind, target: resolved(folder, &target) });
                    }
                }
                _ => {}
            }
        }
        relations
    }
}

/// A target is relative to the folder of the part that names it, or begins at the root.
fn resolved(folder: &str, target: &str) -> String {
    match target.strip_prefix('/') {
        Some(path) => path.to_owned(),
        None if folder.is_empty() => target.to_owned(),
        None => format!("{folder}/{target}"),
    }
}
