//! The file of a head: JSON that a person can open, with its arrays in base64.

use std::io::Write;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::adapt::Adapted;
use super::calibrate::Scale;
use super::card::Card;
use super::features::{BUCKETS, Features, Grams};
use super::identity::Identity;
use super::machine::{Fitted, Machine, Shape};
use super::ranking::Ranking;
use super::train::Trained;
use super::{Head, HeadError};
use crate::digest::sha256_hex;

/// Format of a head; it changes when an older reader would misread it.
pub const HEAD_SCHEMA: u32 = 2;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadFile {
    schema: u32,
    program_version: String,
    #[serde(flatten)]
    identity: Identity,
    #[serde(skip_serializing_if = "Option::is_none")]
    card: Option<Card>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ranking: Option<Ranking>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trained: Option<TrainedFile>,
    #[serde(skip_serializing_if = "Option::is_none")]
    adapted: Option<AdaptedFile>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrainedFile {
    scale: Scale,
    labels: Vec<usize>,
    machine: MachineFile,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AdaptedFile {
    scale: Scale,
    prior_offsets: Vec<f64>,
    offsets: Vec<f64>,
    spreads: Vec<f64>,
    /// `[dim] f32`
    centre: String,
    machine: MachineFile,
}

/// Every array is little-endian, row-major, in base64.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MachineFile {
    rows: usize,
    lexical_weight: f32,
    ridge: f64,
    min_texts: u32,
    /// `[rows, dim] f32`
    vectors: String,
    /// n-grams in each row, `[rows] u16`
    gram_counts: String,
    /// Bucket and number of every n-gram, row by row, `[n-grams, 2] u16`
    grams: String,
    /// `[rows, categories] f32`
    coefficients: String,
    /// `[categories] f32`
    offsets: String,
    /// `[rows, categories] f32`
    held_out: String,
}

impl Head {
    /// The bytes of its file.
    ///
    /// # Errors
    /// When a figure is not finite.
    pub fn to_bytes(&self) -> Result<Vec<u8>, HeadError> {
        let file = HeadFile {
            schema: HEAD_SCHEMA,
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            identity: self.identity.clone(),
            card: self.card.clone(),
            ranking: self.ranking.clone(),
            trained: self.trained.as_ref().map(|trained| TrainedFile {
                scale: trained.scale,
                labels: trained.labels.clone(),
                machine: MachineFile::of(&trained.machine),
            }),
            adapted: self.adapted.as_ref().map(|adapted| AdaptedFile {
                scale: adapted.scale,
                prior_offsets: adapted.prior_offsets.clone(),
                offsets: adapted.offsets.clone(),
                spreads: adapted.spreads.clone(),
                centre: encode(&adapted.centre, |v| v.to_le_bytes()),
                machine: MachineFile::of(&adapted.machine),
            }),
        };
        let mut bytes = serde_json::to_vec_pretty(&file).map_err(HeadError::Json)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Writes its file, whole or not at all.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), HeadError> {
        let bytes = self.to_bytes()?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let write = || -> std::io::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(&bytes)?;
            file.persist(path).map(|_| ()).map_err(|error| error.error)
        };
        write().map_err(|cause| HeadError::Unwritable { path: path.to_owned(), cause })
    }

    /// Reads the head of `path` for what is `in_use`, with the SHA-256 of the file in lower-case hex.
    ///
    /// # Errors
    /// When it cannot be read, is damaged or of another format, or was made for another model or programme.
    pub fn read(path: &Path, in_use: &Identity) -> Result<(Self, String), HeadError> {
        let bytes = std::fs::read(path).map_err(|cause| HeadError::Unreadable { path: path.to_owned(), cause })?;
        Ok((Self::from_bytes(&bytes, path, in_use)?, sha256_hex([bytes.as_slice()])))
    }

    /// [`Self::read`] from memory; `path` is for messages.
    ///
    /// # Errors
    /// Those of [`Self::read`].
    pub fn from_bytes(bytes: &[u8], path: &Path, in_use: &Identity) -> Result<Self, HeadError> {
        #[derive(Deserialize)]
        struct Schema {
            schema: u32,
        }
        let malformed = |cause| HeadError::Malformed { path: path.to_owned(), cause };
        // The number first: a later format need not parse as this one.
        let Schema { schema: found } = serde_json::from_slice(bytes).map_err(malformed)?;
        if found != HEAD_SCHEMA {
            return Err(HeadError::OtherSchema { path: path.to_owned(), found });
        }
        let file: HeadFile = serde_json::from_slice(bytes).map_err(malformed)?;
        file.identity.check(in_use, path)?;
        file.into_head().map_err(|problem| HeadError::Damaged { path: path.to_owned(), problem })
    }
}

impl HeadFile {
    fn into_head(self) -> Result<Head, String> {
        let (dim, columns) = (self.identity.model.dimension, self.identity.programme.categories.len());
        let trained = self.trained.map(|trained| trained.into_stage(dim, columns)).transpose()?;
        let adapted = self.adapted.map(|adapted| adapted.into_stage(dim, columns)).transpose()?;
        if trained.is_none() && adapted.is_none() {
            return Err("it has neither a trained nor an adapted stage".into());
        }
        self.ranking.as_ref().map_or(Ok(()), |ranking| ranking.check(dim))?;
        Ok(Head { identity: self.identity, card: self.card, ranking: self.ranking, trained, adapted })
    }
}

impl TrainedFile {
    fn into_stage(self, dim: usize, columns: usize) -> Result<Trained, String> {
        let machine = self.machine.into_machine(dim, columns)?;
        if self.labels.len() > machine.rows.len() || self.labels.iter().any(|&label| label >= columns) {
            return Err("the labels do not fit the rows and categories".into());
        }
        Ok(Trained { machine, labels: self.labels, scale: self.scale })
    }
}

impl AdaptedFile {
    fn into_stage(self, dim: usize, columns: usize) -> Result<Adapted, String> {
        let centre = floats("centre", &self.centre, dim)?;
        let figures = [&self.prior_offsets, &self.offsets, &self.spreads];
        if figures.iter().any(|values| values.len() != columns) || self.spreads.iter().any(|spread| *spread <= 0.0) {
            return Err("offsets and spreads do not fit the categories".into());
        }
        Ok(Adapted {
            machine: self.machine.into_machine(dim, columns)?,
            centre,
            prior_offsets: self.prior_offsets,
            offsets: self.offsets,
            spreads: self.spreads,
            scale: self.scale,
        })
    }
}

impl MachineFile {
    fn of(machine: &Machine) -> Self {
        let vectors: Vec<f32> = machine.rows.iter().flat_map(|row| row.dense.iter().copied()).collect();
        let grams: Vec<u16> =
            machine.rows.iter().flat_map(|row| row.grams.0.iter().flat_map(|&(b, n)| [b, n])).collect();
        let counts: Vec<u16> = machine.rows.iter().map(|row| row.grams.0.len() as u16).collect();
        Self {
            rows: machine.rows.len(),
            lexical_weight: machine.shape.lexical_weight,
            ridge: machine.shape.ridge,
            min_texts: machine.shape.min_texts,
            vectors: encode(&vectors, |v| v.to_le_bytes()),
            gram_counts: encode(&counts, |v| v.to_le_bytes()),
            grams: encode(&grams, |v| v.to_le_bytes()),
            coefficients: encode(&machine.fitted.coefficients, |v| v.to_le_bytes()),
            offsets: encode(&machine.fitted.offsets, |v| v.to_le_bytes()),
            held_out: encode(&machine.fitted.held_out, |v| v.to_le_bytes()),
        }
    }

    fn into_machine(self, dim: usize, columns: usize) -> Result<Machine, String> {
        let vectors = floats("vectors", &self.vectors, self.rows.saturating_mul(dim))?;
        let counts = shorts("gram_counts", &self.gram_counts, self.rows)?;
        let all: usize = counts.iter().map(|&count| usize::from(count)).sum();
        let grams = shorts("grams", &self.grams, 2 * all)?;
        if grams.chunks_exact(2).any(|gram| usize::from(gram[0]) >= BUCKETS || gram[1] == 0) {
            return Err("the array grams has an n-gram that cannot be".into());
        }
        let mut grams = grams.chunks_exact(2).map(|gram| (gram[0], gram[1]));
        let rows = vectors.chunks_exact(dim.max(1)).zip(&counts).map(|(dense, &count)| Features {
            dense: dense.to_vec(),
            grams: Grams(grams.by_ref().take(usize::from(count)).collect()),
        });
        let rows: Vec<Features> = rows.collect();
        let scores = self.rows.saturating_mul(columns);
        let fitted = Fitted {
            coefficients: floats("coefficients", &self.coefficients, scores)?,
            offsets: floats("offsets", &self.offsets, columns)?,
            held_out: floats("held_out", &self.held_out, scores)?,
        };
        let shape = Shape { lexical_weight: self.lexical_weight, ridge: self.ridge, min_texts: self.min_texts };
        Ok(Machine::new(rows, shape, fitted))
    }
}

pub(super) fn encode<T: Copy, const N: usize>(values: &[T], bytes: impl Fn(T) -> [u8; N]) -> String {
    STANDARD.encode(values.iter().flat_map(|&value| bytes(value)).collect::<Vec<u8>>())
}

pub(super) fn floats(name: &str, text: &str, len: usize) -> Result<Vec<f32>, String> {
    let values: Vec<f32> = decode(name, text, len)?.into_iter().map(f32::from_le_bytes).collect();
    if values.iter().all(|value| value.is_finite()) {
        Ok(values)
    } else {
        Err(format!("the array {name} has a value that is no number"))
    }
}

fn shorts(name: &str, text: &str, len: usize) -> Result<Vec<u16>, String> {
    Ok(decode(name, text, len)?.into_iter().map(u16::from_le_bytes).collect())
}

fn decode<const N: usize>(name: &str, text: &str, len: usize) -> Result<Vec<[u8; N]>, String> {
    let bytes = STANDARD.decode(text).map_err(|error| format!("the array {name} is no base64 ({error})"))?;
    let (values, rest) = bytes.as_chunks::<N>();
    if values.len() != len || !rest.is_empty() {
        return Err(format!("the array {name} has {} bytes instead of {}", bytes.len(), len.saturating_mul(N)));
    }
    Ok(values.to_vec())
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_are_read_as_they_were_written() {
        let numbers: Vec<f64> = (1..5_000).map(|n| f64::from(n).ln() / 7.0).collect();
        let written = serde_json::to_string(&numbers).expect("numbers");
        assert_eq!(serde_json::from_str::<Vec<f64>>(&written).expect("numbers"), numbers);
    }
}
