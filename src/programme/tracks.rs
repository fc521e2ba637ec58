//! The award series of a programme: `tracks.toml`, in the order of the notice.
//!
//! Each track is a programme of its own, in a folder of its own: with its categories or none, its criteria, quotas and
//! signals. What stands here is only which nominations enter it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::check::Checker;
use super::folder::{TRACKS_FILE, text};
use super::place::SourceFile;
use super::place::Step::{Item, Key};
use super::{Category, DecisionRule, Programme, ProgrammeError, SEPARATORS, Settings, Signal, find_named, from_toml};
use crate::digest::sha256_hex;

/// Position of a track in its programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackIndex(pub usize);

/// A programme with several award series.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracks {
    /// Name of all series together.
    pub name: String,
    /// The same in English.
    pub name_en: String,
    /// What the folder itself says: language, markers and, where a track's folder is `.`, that track.
    pub whole: Programme,
    /// In the order of the notice; never empty.
    pub tracks: Vec<Track>,
    /// Tells by its text which track a nomination belongs to: a category for each track that is described.
    pub sorting: Programme,
    /// For each category of `sorting` its track.
    pub sorted: Vec<TrackIndex>,
    /// SHA-256 over `tracks.toml` and the programmes of all tracks, lower-case hex.
    pub sha256: String,
}

/// One award series.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// Name in files; also that of its folder in the output.
    pub id: String,
    /// Its names, and how its nominations sound.
    pub described: Category,
    /// What its programme is called on the command line.
    pub name_of_programme: String,
    /// What it is judged by.
    pub programme: Programme,
    /// Tracks whose nominations enter here as well.
    pub from: Vec<TrackIndex>,
    /// A case that is shortlisted in one of these does not enter here.
    pub not_shortlisted_in: Vec<TrackIndex>,
    /// When two nominations count as one case for that.
    pub same: SameCase,
}

/// When a nomination counts as the one that is shortlisted in another track.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SameCase {
    /// It is the same nomination.
    #[default]
    Nomination,
    /// It is of the same unit.
    Unit,
}

/// `tracks.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TracksFile {
    name: String,
    #[serde(default)]
    name_en: String,
    #[serde(default)]
    decision: SortingRule,
    track: Vec<TrackEntry>,
}

/// When the text settles the track.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SortingRule {
    min_margin: f32,
    temperature: f32,
}

impl Default for SortingRule {
    fn default() -> Self {
        Self { min_margin: 0.1, temperature: DecisionRule::default_temperature() }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrackEntry {
    id: String,
    folder: PathBuf,
    #[serde(default)]
    from: Vec<String>,
    #[serde(default)]
    not_shortlisted_in: Vec<String>,
    #[serde(default)]
    same: SameCase,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    about: String,
    #[serde(default)]
    prototypes: Vec<String>,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    titles: Vec<String>,
}

impl TrackEntry {
    /// Whether its text can show that a nomination belongs here.
    fn is_described(&self) -> bool {
        !self.about.trim().is_empty() || !self.prototypes.is_empty()
    }
}

impl Category {
    /// The one list of a programme without categories.
    pub(super) fn of_all(settings: &Settings) -> Self {
        let Settings { id, name, name_en, .. } = settings;
        Self { id: id.clone(), name: name.clone(), name_en: name_en.clone(), about: name.clone(), ..Self::default() }
    }
}

impl Tracks {
    /// The tracks of the programme that [`Programme::load`] would load as `name`; none where it has one award only.
    ///
    /// # Errors
    /// Everything that stands against using them; never empty.
    pub fn load(name: &str) -> Result<Option<Self>, Vec<ProgrammeError>> {
        let whole = Programme::load(name).map_err(|problem| vec![problem])?;
        let folder = Path::new(name);
        let path = folder.join(TRACKS_FILE);
        let text = match text(folder, TRACKS_FILE) {
            Ok(text) => text,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(vec![ProgrammeError::Unreadable { path, cause }]),
        };
        Self::read(folder, whole, SourceFile { path: &path, text: &text }).map(Some)
    }

    fn read(folder: &Path, whole: Programme, file: SourceFile<'_>) -> Result<Self, Vec<ProgrammeError>> {
        let mut problems = Vec::new();
        let Some(read) = from_toml::<TracksFile>(file, &mut problems) else { return Err(problems) };
        let mut tracks = Vec::new();
        for entry in &read.track {
            let name = if entry.folder == Path::new(".") { folder.to_owned() } else { folder.join(&entry.folder) };
            let name = name.display().to_string();
            match Programme::load(&name) {
                Ok(programme) => tracks.push(entry.track(name, programme, &read.track)),
                Err(problem) => problems.push(problem),
            }
        }
        check(&read, &mut Checker::new(file, &mut problems));
        if !problems.is_empty() {
            return Err(problems);
        }
        let described = read.track.iter().enumerate().filter(|(_, entry)| entry.is_described());
        let sorted = described.map(|(index, _)| TrackIndex(index)).collect();
        let hashes = tracks.iter().map(|track| track.programme.sha256.as_bytes());
        let sha256 = sha256_hex([file.text.as_bytes()].into_iter().chain(hashes));
        let sorting = sorting(&read, &tracks, &whole);
        let TracksFile { name, name_en, .. } = read;
        Ok(Self { name, name_en, sorting, sorted, sha256, tracks, whole })
    }

    /// The tracks that `declared` names, by id, name or alias; several where it lists several. Empty where any part of
    /// it names none.
    #[must_use]
    pub fn find(&self, declared: &str) -> Vec<TrackIndex> {
        let named = |part: &str| find_named(self.tracks.iter().map(|track| &track.described), part).map(TrackIndex);
        if let Some(one) = named(declared) {
            return vec![one];
        }
        let parts = declared.split(SEPARATORS).filter(|part| !part.trim().is_empty());
        let found: Option<BTreeSet<TrackIndex>> = parts.map(named).collect();
        found.unwrap_or_default().into_iter().collect()
    }

    /// The settings of the whole with the signals of every track, so that each number is joined once. A signal of several
    /// tracks stands under the headers of all of them.
    #[must_use]
    pub fn with_all_signals(&self) -> Settings {
        let mut signals: Vec<Signal> = Vec::new();
        for signal in self.tracks.iter().flat_map(|track| &track.programme.settings.signals) {
            match signals.iter_mut().find(|known| known.id == signal.id) {
                Some(known) => {
                    let new = |column: &&String| !known.columns.contains(column);
                    let more: Vec<String> = signal.columns.iter().filter(new).cloned().collect();
                    known.columns.extend(more);
                }
                None => signals.push(signal.clone()),
            }
        }
        Settings { signals, ..self.whole.settings.clone() }
    }

    /// The tracks so that each comes after those whose shortlists it looks at.
    #[must_use]
    pub fn in_order_of_need(&self) -> Vec<TrackIndex> {
        let mut order: Vec<TrackIndex> = Vec::new();
        while order.len() < self.tracks.len() {
            let is_ready = |index: &TrackIndex| {
                !order.contains(index) && self.tracks[index.0].not_shortlisted_in.iter().all(|t| order.contains(t))
            };
            let next = (0..self.tracks.len()).map(TrackIndex).find(is_ready);
            order.push(next.expect("circles are refused when the file is read"));
        }
        order
    }
}

impl TrackEntry {
    /// The track of this entry among `all`. Names that are no track's are passed over here: `check` has named them.
    fn track(&self, name_of_programme: String, programme: Programme, all: &[TrackEntry]) -> Track {
        let positions = |ids: &[String]| -> Vec<TrackIndex> {
            ids.iter().filter_map(|id| all.iter().position(|entry| entry.id == *id)).map(TrackIndex).collect()
        };
        let Settings { name, name_en, .. } = &programme.settings;
        // What its categories say of themselves tells the series, too.
        let described = programme.categories.iter().filter(|_| !programme.is_by_level());
        let of_categories = described.flat_map(|c| [&c.name, &c.about].into_iter().chain(&c.prototypes)).cloned();
        let prototypes = self.prototypes.iter().cloned().chain(of_categories.filter(|text| !text.is_empty())).collect();
        Track {
            id: self.id.clone(),
            described: Category {
                id: self.id.clone(),
                name: name.clone(),
                name_en: name_en.clone(),
                aliases: self.aliases.clone(),
                about: self.about.clone(),
                prototypes,
                keywords: self.keywords.clone(),
                titles: self.titles.clone(),
                ..Category::default()
            },
            name_of_programme,
            programme,
            from: positions(&self.from),
            not_shortlisted_in: positions(&self.not_shortlisted_in),
            same: self.same,
        }
    }
}

/// A programme that tells the described tracks apart; nothing is shortlisted by it.
fn sorting(read: &TracksFile, tracks: &[Track], whole: &Programme) -> Programme {
    let described = read.track.iter().zip(tracks).filter(|(entry, _)| entry.is_described());
    let SortingRule { min_margin, temperature } = read.decision;
    let decision = DecisionRule { min_margin, temperature, ..whole.settings.decision.clone() };
    Programme {
        settings: Settings { decision, signal_share: 0.0, signals: Vec::new(), ..whole.settings.clone() },
        categories: described.map(|(_, track)| track.described.clone()).collect(),
        criteria: Vec::new(),
        markers: whole.markers.clone(),
        exemplars: Vec::new(),
        sha256: String::new(),
    }
}

fn check(read: &TracksFile, file: &mut Checker<'_>) {
    let SortingRule { min_margin, temperature } = read.decision;
    file.require(&[Key("decision"), Key("min_margin")], (0.0..=1.0).contains(&min_margin), || {
        format!("decision.min_margin is {min_margin}; give a probability from 0 to 1")
    });
    file.require(&[Key("decision"), Key("temperature")], temperature > 0.0 && temperature.is_finite(), || {
        format!("decision.temperature is {temperature}; give a number above 0")
    });
    let ids: Vec<&str> = read.track.iter().map(|entry| entry.id.as_str()).collect();
    let is_some_described = read.track.iter().any(TrackEntry::is_described);
    file.require(&[Key("track")], is_some_described, || {
        "no track says what belongs to it; give at least one `about` or `prototypes`".into()
    });
    for (index, entry) in read.track.iter().enumerate() {
        let at = |key| [Key("track"), Item(index), Key(key)];
        let TrackEntry { id, from, not_shortlisted_in, .. } = entry;
        let is_name = !id.is_empty() && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        file.require(&at("id"), is_name, || {
            format!("track {id:?}: write its id in lower-case letters, digits and hyphens; a folder is named after it")
        });
        file.require(&at("id"), !ids[..index].contains(&id.as_str()), || {
            format!("track {id:?} is there twice; ids must differ")
        });
        for (key, named) in [("from", from), ("not_shortlisted_in", not_shortlisted_in)] {
            for other in named {
                file.require(&at(key), ids.contains(&other.as_str()) && other != id, || {
                    format!("track {id:?}: {key} names {other:?}; name another track: {}", ids.join(", "))
                });
            }
        }
        if let Some(circle) = circle_from(index, read) {
            file.require(&at("not_shortlisted_in"), false, || {
                format!("tracks wait for each other in a circle: {circle}; take one of these out of not_shortlisted_in")
            });
            return;
        }
    }
}

/// The way from the track at `start` over `not_shortlisted_in` back to it, where there is one.
fn circle_from(start: usize, read: &TracksFile) -> Option<String> {
    let mut ways = vec![vec![start]];
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop() {
        let entry = &read.track[*way.last()?];
        for next in &entry.not_shortlisted_in {
            let Some(next) = read.track.iter().position(|other| other.id == *next) else { continue };
            let longer = [way.as_slice(), &[next]].concat();
            if next == start {
                let names: Vec<&str> = longer.iter().map(|&index| read.track[index].id.as_str()).collect();
                return Some(names.join(" > "));
            }
            if seen.insert(next) {
                ways.push(longer);
            }
        }
    }
    None
}
