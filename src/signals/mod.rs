//! Numbers from other files (votes, visits, an index) in, joined to the nominations they belong to.
//!
//! `table` reads the files, `number` the cells, `join` finds whose row it is, by id, link, title, or the name of the unit
//! ([`names`]). Every row is told with how it was matched or why it was not; where two units fit, none is taken. How the
//! numbers enter the relevance is a matter of [`crate::score`].

mod aliases;
mod join;
pub mod names;
mod number;
mod table;

use std::path::PathBuf;

use thiserror::Error;

use crate::intake::InputFile;
use crate::nomination::{Nomination, NominationId, Rejection, SourceRef};
use crate::programme::Settings;

pub use aliases::Aliases;
use table::Row;

/// Where numbers come from, besides the nominations themselves.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Tables with a row for each unit or case.
    pub files: Vec<PathBuf>,
    /// Other names of units.
    pub aliases: Aliases,
}

/// Why the numbers cannot be used at all.
#[derive(Debug, Error)]
pub enum SignalError {
    /// Files were given for a programme that does not look at numbers.
    #[error(
        "the programme {programme:?} has no [[signals]], so that --signals means nothing to it; add some to its programme.toml"
    )]
    NotWanted {
        /// Its id.
        programme: String,
    },
    /// A file cannot be read.
    #[error("{0}")]
    Unreadable(Box<Rejection>),
    /// A file has no table with a known signal.
    #[error(
        "{file}: no table has a column for whose row it is (编号, 申报单位, 案例名称, 链接; id, unit, title, url) and one for a \
         signal ({wanted}) in one row; name the columns so, or add their names to `columns` of the signal"
    )]
    NoHeader {
        /// The file.
        file: String,
        /// The headers that would have been known.
        wanted: String,
    },
    /// The file of other names cannot be read.
    #[error("{}: cannot be read: {cause}; check the path", path.display())]
    AliasesUnreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The file of other names is not one.
    #[error("{}: {cause}; write lines like \"杭州市江干区\" = \"杭州市上城区\" under [units]", path.display())]
    AliasesMalformed {
        /// The file.
        path: PathBuf,
        /// What the parser said, with the line.
        cause: Box<toml::de::Error>,
    },
}

/// How a row was found to belong to a nomination, surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// The same id.
    Id,
    /// The same link.
    Url,
    /// The same title.
    Title,
    /// The same unit, written the same.
    Unit,
    /// The same unit, written otherwise.
    UnitVariant,
    /// The same unit by the user's own table of names.
    UnitAlias,
}

impl How {
    /// The name used in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            How::Id => "id",
            How::Url => "url",
            How::Title => "title",
            How::Unit => "unit",
            How::UnitVariant => "unit_variant",
            How::UnitAlias => "unit_alias",
        }
    }
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Its numbers go to these nominations, which are all of one unit.
    Joined(How, Vec<NominationId>),
    /// It fits nominations of several units; none was taken.
    Ambiguous(Vec<NominationId>),
    /// Its id is that of a nomination of another unit; none was taken.
    Contradicts(NominationId),
    /// It fits none.
    Unknown,
    /// It says of nobody, or no number.
    Unusable,
}

impl Fate {
    /// The name used in files.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Fate::Joined(..) => "joined",
            Fate::Ambiguous(_) => "ambiguous",
            Fate::Contradicts(_) => "contradicts",
            Fate::Unknown => "unknown",
            Fate::Unusable => "unusable",
        }
    }
}

/// A row of a table of numbers, and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinedRow {
    /// Where it stands.
    pub source: SourceRef,
    /// Whose it says it is.
    pub given: String,
    /// Numbers by signal id.
    pub values: Vec<(String, f64)>,
    /// What became of it.
    pub fate: Fate,
    /// What is wrong with its cells, and what was not used.
    pub remarks: Vec<String>,
}

/// All that is known of the numbers of a batch.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gathered {
    /// Every file that was read, the table of names last.
    pub files: Vec<InputFile>,
    /// Every row, in the order of the files.
    pub rows: Vec<JoinedRow>,
    /// For each signal the nominations that have it.
    pub present: Vec<usize>,
    /// Nominations without some signal, with the ids of those signals.
    pub missing: Vec<(NominationId, Vec<String>)>,
    /// For the coordinator.
    pub notes: Vec<String>,
}

/// Joins the numbers of `sources` to `nominations`, under the ids of the programme's signals. Nothing where the programme
/// has none.
///
/// # Errors
/// When a file cannot be read, holds no signal, or nothing was wanted.
pub fn gather(
    settings: &Settings,
    sources: &Sources,
    nominations: &mut [Nomination],
) -> Result<Option<Gathered>, SignalError> {
    let signals = &settings.signals;
    if signals.is_empty() {
        let not_wanted = || SignalError::NotWanted { programme: settings.id.clone() };
        return if sources.files.is_empty() { Ok(None) } else { Err(not_wanted()) };
    }
    let mut gathered = Gathered::default();
    let mut rows: Vec<Row> = Vec::new();
    for path in &sources.files {
        let (file, found) = table::read(path, signals, &mut gathered.notes)?;
        gathered.files.push(file);
        rows.extend(found);
    }
    gathered.files.extend(sources.aliases.file.clone());
    gathered.rows = join::join(rows, nominations, &sources.aliases);
    join::settle(&mut gathered.rows, nominations, signals);
    gathered.look_at(settings, nominations);
    Ok(Some(gathered))
}

impl Gathered {
    /// Rows that have this fate, by its name.
    #[must_use]
    pub fn count(&self, fate: &str) -> usize {
        self.rows.iter().filter(|row| row.fate.as_str() == fate).count()
    }

    fn look_at(&mut self, settings: &Settings, nominations: &[Nomination]) {
        for signal in &settings.signals {
            let present = nominations.iter().filter(|nomination| signal.value_of(nomination).is_some()).count();
            self.present.push(present);
            if present == 0 {
                let (id, weight) = (&signal.id, signal.weight);
                self.notes.push(format!(
                    "signal {id:?} (weight {weight}) came with no nomination; relevance rests on the rest. Give a file with \
                     --signals, or remove the signal from programme.toml"
                ));
            }
            let headers = signal.headers();
            for nomination in nominations {
                let odd = nomination.signals.iter().filter(|(key, value)| {
                    headers.contains(&crate::intake::normalised_header(key)) && !signal.accepts(**value)
                });
                self.notes.extend(odd.map(|(key, value)| {
                    format!("{}: {key} is {value}; a count cannot be negative, it was left out", nomination.source)
                }));
            }
        }
        for nomination in nominations {
            let missing = settings.signals.iter().filter(|signal| signal.value_of(nomination).is_none());
            let missing: Vec<String> = missing.map(|signal| signal.id.clone()).collect();
            if !missing.is_empty() {
                self.missing.push((nomination.id.clone(), missing));
            }
        }
    }
}
