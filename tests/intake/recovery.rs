//! What comes out of files as real programs write them: `fixtures/intake/producers/expected.json` names each file with its
//! producer and the document of `sources.json` that it tells, or the reason why it is refused.
//!
//! `cargo test --release --test intake recovery -- --ignored --nocapture` prints the table of docs/files.md.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

use serde::Deserialize;
use shortlister::intake::Batch;
use shortlister::nomination::RawSubmission;

use crate::support::{fixture, longest_common_subsequence, read_one};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    producer: String,
    /// Documents that it tells, in their order.
    sources: Vec<String>,
    /// Records, and files of an archive, that are rejected in it.
    rejected: usize,
    /// Part of the reason of the only rejection.
    refused: Option<String>,
}

/// A nomination as it was written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Case {
    id: Option<String>,
    title: Option<String>,
    unit: Option<String>,
    region: Option<String>,
    level: Option<String>,
    channel: Option<String>,
    category: Option<String>,
    sections: Vec<(Option<String>, String)>,
}

/// The article of a saved page.
#[derive(Deserialize)]
struct Article {
    lines: Vec<String>,
    title: Option<String>,
}

/// What each producer's files must give at least, and the faults that are known.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Floors {
    producers: BTreeMap<String, Floor>,
    wrong: BTreeMap<String, Wrong>,
}

/// In per cent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Floor {
    characters: f64,
    /// At most so much of what is read is not of the document.
    foreign: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrong {
    fields: Vec<String>,
    #[expect(dead_code, reason = "for people")]
    why: String,
}

/// What was counted in one file, or in all of a producer.
#[derive(Debug, Default)]
struct Tally {
    files: usize,
    refused: usize,
    records: usize,
    /// Characters written, found again, and read altogether.
    written: usize,
    found: usize,
    read: usize,
    fields: usize,
    /// Fields with another value than was written.
    wrong: Vec<String>,
    formats: Vec<String>,
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.files += other.files;
        self.refused += other.refused;
        self.records += other.records;
        self.written += other.written;
        self.found += other.found;
        self.read += other.read;
        self.fields += other.fields;
        self.wrong.extend_from_slice(&other.wrong);
        self.formats.extend_from_slice(&other.formats);
        self.formats.sort();
        self.formats.dedup();
    }

    fn characters(&self) -> f64 {
        percent(self.found, self.written)
    }

    fn foreign(&self) -> f64 {
        percent(self.read - self.found, self.read)
    }
}

fn percent(part: usize, whole: usize) -> f64 {
    100.0 * part as f64 / whole.max(1) as f64
}

fn manifest() -> Vec<Entry> {
    serde_json::from_slice(&fixture("producers/expected.json")).unwrap()
}

fn floors() -> Floors {
    toml::from_str(&String::from_utf8(fixture("producers/floors.toml")).unwrap()).unwrap()
}

/// Every document by its name.
fn sources() -> BTreeMap<String, Vec<Case>> {
    let mut sources: BTreeMap<String, Vec<Case>> = serde_json::from_slice(&fixture("producers/sources.json")).unwrap();
    let pages: BTreeMap<String, Article> = serde_json::from_slice(&fixture("web/expected.json")).unwrap();
    for (name, Article { lines, title }) in pages {
        let case = Case { title, sections: vec![(None, lines.join("\n"))], ..Case::default() };
        sources.insert(format!("web/{name}"), vec![case]);
    }
    sources
}

fn wanted(entry: &Entry, sources: &BTreeMap<String, Vec<Case>>) -> Vec<Case> {
    let of = |name: &String| {
        let (name, first) =
            name.split_once(':').map_or((name.as_str(), usize::MAX), |(name, first)| (name, first.parse().unwrap()));
        sources[name].iter().take(first)
    };
    entry.sources.iter().flat_map(of).cloned().collect()
}

/// Fields, headings and text in this order, white space aside.
fn characters<'a>(
    fields: &[(&str, &'a Option<String>)],
    sections: impl Iterator<Item = (Option<&'a str>, &'a str)>,
) -> Vec<char> {
    let fields = fields.iter().filter_map(|(_, value)| value.as_deref());
    let sections = sections.flat_map(|(heading, text)| heading.into_iter().chain([text]));
    fields.chain(sections).flat_map(str::chars).filter(|c| !c.is_whitespace()).collect()
}

impl Case {
    fn fields(&self) -> [(&'static str, &Option<String>); 7] {
        let Self { id, title, unit, region, level, channel, category, .. } = self;
        [
            ("id", id),
            ("title", title),
            ("unit", unit),
            ("region", region),
            ("level", level),
            ("channel", channel),
            ("category", category),
        ]
    }

    fn characters(&self) -> Vec<char> {
        characters(&self.fields(), self.sections.iter().map(|(heading, text)| (heading.as_deref(), text.as_str())))
    }

    /// What was read of this case: fields that are not in the document do not count as read from it.
    fn compare(&self, record: &RawSubmission) -> Tally {
        let RawSubmission { id, title, unit, region, level, channel, category, .. } = record;
        let got = [id, title, unit, region, level, channel, category];
        let expected = self.fields();
        let asked: Vec<_> = expected.iter().zip(got).filter(|((_, wanted), _)| wanted.is_some()).collect();
        let bare = |text: &Option<String>| text.as_deref().map(|text| text.split_whitespace().collect::<String>());
        let wrong = asked
            .iter()
            .filter(|((_, wanted), got)| bare(wanted) != bare(got))
            .map(|((name, _), _)| (*name).to_owned());
        let fields: Vec<_> = asked.iter().map(|((name, _), got)| (*name, *got)).collect();
        let read = characters(
            &fields,
            record.sections.iter().map(|section| (section.heading.as_deref(), section.text.as_str())),
        );
        let written = self.characters();
        Tally {
            records: 1,
            found: longest_common_subsequence(&written, &read),
            written: written.len(),
            read: read.len(),
            fields: asked.len(),
            wrong: wrong.collect(),
            ..Tally::default()
        }
    }
}

/// Each case with the record of its title, or the one in its place.
fn measure(entry: &Entry, cases: &[Case], batch: &Batch) -> Tally {
    let format = entry.file.rsplit('.').next().unwrap().to_owned();
    let mut tally =
        Tally { files: 1, refused: usize::from(entry.refused.is_some()), formats: vec![format], ..Tally::default() };
    for (at, case) in cases.iter().enumerate() {
        let same_title = batch.submissions.iter().find(|record| record.title.is_some() && record.title == case.title);
        match same_title.or_else(|| batch.submissions.get(at)) {
            Some(record) => tally.add(&case.compare(record)),
            None => tally.add(&Tally { written: case.characters().len(), ..Tally::default() }),
        }
    }
    tally
}

/// Every file with its counts; what is in a file is accounted for before anything is counted.
static MEASURED: LazyLock<Vec<(Entry, Tally)>> = LazyLock::new(|| {
    let sources = sources();
    let measure = |entry: Entry| {
        let batch = read_one(&entry.file, fixture(&format!("producers/{}", entry.file)));
        let cases = wanted(&entry, &sources);
        let linked: usize = batch.files.iter().map(|file| file.linked).sum();
        let present = cases.len() + entry.rejected;
        let parts = (batch.submissions.len(), batch.rejections.len(), linked);
        assert_eq!(parts.0 + parts.1 + parts.2, present, "{}: {parts:?} {:?}", entry.file, batch.rejections);
        assert_eq!(batch.submissions.len(), cases.len(), "{}: {:?}", entry.file, batch.rejections);
        if let Some(reason) = &entry.refused {
            assert!(batch.rejections[0].reason.contains(reason), "{}: {:?}", entry.file, batch.rejections);
        }
        let tally = measure(&entry, &cases, &batch);
        (entry, tally)
    };
    manifest().into_iter().map(measure).collect()
});

fn by_producer() -> BTreeMap<&'static str, Tally> {
    let mut producers: BTreeMap<&str, Tally> = BTreeMap::new();
    for (entry, tally) in MEASURED.iter() {
        producers.entry(&entry.producer).or_default().add(tally);
    }
    producers
}

#[test]
fn every_file_is_accounted_for_and_its_fields_are_right() {
    let floors = floors();
    for (entry, tally) in MEASURED.iter() {
        let known = floors.wrong.get(&entry.file).map_or(&[][..], |wrong| &wrong.fields);
        assert_eq!(tally.wrong.as_slice(), known, "{}", entry.file);
    }
}

#[test]
fn every_producer_gives_its_share_of_the_characters() {
    let floors = floors();
    let producers = by_producer();
    assert!(producers.keys().eq(floors.producers.keys()), "floors.toml has other producers");
    for (name, tally) in producers {
        let Floor { characters, foreign } = floors.producers[name];
        assert!(tally.characters() >= characters, "{name}: {:.2} % of the characters", tally.characters());
        assert!(tally.foreign() <= foreign, "{name}: {:.2} % of what is read is not of the document", tally.foreign());
    }
}

fn table() -> String {
    let mut table = "| producer | formats | files | refused | records | characters | fields | of no document |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n".to_owned();
    let mut all = Tally::default();
    let mut row = |name: &str, tally: &Tally| {
        let right = tally.fields - tally.wrong.len();
        let shares = if tally.written == 0 {
            "| | ".to_owned()
        } else {
            format!("{:.1} % | {right} of {} | {:.1} %", tally.characters(), tally.fields, tally.foreign())
        };
        let Tally { files, refused, records, .. } = tally;
        writeln!(table, "| {name} | {} | {files} | {refused} | {records} | {shares} |", tally.formats.join(", "))
            .unwrap();
    };
    for (name, tally) in by_producer() {
        row(name, &tally);
        all.add(&tally);
    }
    all.formats.clear();
    row("all", &all);
    table
}

#[test]
fn the_table_in_the_documentation_is_the_one_that_was_measured() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/files.md")).unwrap();
    assert!(page.contains(&table()), "run: cargo test --release --test intake recovery -- --ignored --nocapture");
}

#[test]
#[ignore = "prints the table for docs/files.md, and the files that are not read whole"]
fn print_the_table() {
    println!("{}", table());
    for (entry, tally) in MEASURED.iter() {
        if tally.found < tally.written || tally.read > tally.found || !tally.wrong.is_empty() {
            println!(
                "{}: {:.2} % of the characters, {:.2} % foreign, wrong {:?}",
                entry.file,
                tally.characters(),
                tally.foreign(),
                tally.wrong
            );
        }
    }
}
