//! A Unigram tokenizer in a form that is used where it lies: `tokenizer.safetensors`.
//!
//! `model import` derives it from `tokenizer.json`, which takes 0.7 s to read, and writes down the SHA-256 of what it
//! was derived from; a prepared tokenizer that belongs to another `tokenizer.json` is refused. The container is that of
//! safetensors: `scores`, `[pieces] f64`; `trie`, a double array of 32-bit units from the UTF-8 bytes of a piece to its
//! id, as darts-clone and yada lay it out; `charsmap`, the character map of SentencePiece; and in the metadata, under
//! `tokenizer`, everything else as JSON.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use safetensors::tensor::{Dtype, Metadata, SafeTensors, TensorView, serialize};
use serde::{Deserialize, Serialize};
use spm_precompiled::Precompiled;
use yada::DoubleArray;

use super::verify::sha256_of;
use super::{Manifest, ModelError, ModelSource, TOKENIZER_FILE};

/// Name of the file inside a model.
pub(super) const PREPARED_TOKENIZER_FILE: &str = "tokenizer.safetensors";

/// What a Unigram model of SentencePiece puts before every word, in place of the space.
pub const WORD_MARK: char = '\u{2581}';

/// How much less likely than the least likely piece an unknown character is: that of SentencePiece
/// (`kUnkPenalty` in unigram_model.cc).
const UNKNOWN_PENALTY: f64 = 10.0;

const VERSION: u32 = 1;
const METADATA_KEY: &str = "tokenizer";
const SCORES: &str = "scores";
const TRIE: &str = "trie";
const CHARSMAP: &str = "charsmap";
const SCORE_BYTES: usize = size_of::<f64>();
/// Bytes of a unit of the double array.
const UNIT_BYTES: usize = size_of::<u32>();

/// What the file says besides its tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Layout {
    /// Of the `tokenizer.json` it was derived from, lower-case hex.
    pub source_sha256: String,
    /// Stands for characters that are in no piece.
    pub unknown_id: u32,
    /// Ids before the pieces of a text.
    pub before: Vec<u32>,
    /// Ids after them.
    pub after: Vec<u32>,
    /// Tokens that are found in a text as they are written, before anything else.
    pub special: Vec<SpecialToken>,
}

/// A token that is found in a text as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpecialToken {
    /// Its text.
    pub content: String,
    /// Its id.
    pub id: u32,
}

/// The metadata: the layout, and what tells that the tables are whole.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    version: u32,
    /// Over scores, trie and character map.
    crc32: u32,
    layout: Layout,
}

/// A prepared Unigram tokenizer.
pub struct PreparedTokenizer {
    layout: Layout,
    charsmap: Precompiled,
    trie: DoubleArray<Cow<'static, [u8]>>,
    scores: Cow<'static, [u8]>,
    unknown_score: f64,
}

impl PreparedTokenizer {
    /// The prepared tokenizer of `source`, if its manifest lists one.
    ///
    /// # Errors
    /// [`ModelError::MissingFile`] and [`ModelError::Io`]; [`ModelError::Damaged`] when it is cut short, changed, or
    /// was derived from another `tokenizer.json` than that of the model.
    pub fn of(source: &ModelSource, manifest: &Manifest) -> Result<Option<Self>, ModelError> {
        if !manifest.files.contains_key(PREPARED_TOKENIZER_FILE) {
            return Ok(None);
        }
        let damaged = |problem: String| ModelError::damaged(source.label(PREPARED_TOKENIZER_FILE), problem);
        let prepared = Self::parse(&source.read(PREPARED_TOKENIZER_FILE)?).map_err(damaged)?;
        if prepared.layout.source_sha256 != sha256_of(source, manifest, TOKENIZER_FILE)? {
            return Err(damaged(format!("it was made from another {TOKENIZER_FILE} than that of the model")));
        }
        Ok(Some(prepared))
    }

    #[expect(clippy::ptr_arg, reason = "a part of a borrowed file need not be copied")]
    fn parse(bytes: &Cow<'static, [u8]>) -> Result<Self, String> {
        let (header_length, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| error.to_string())?;
        let head = head(&metadata)?;
        let data = size_of::<u64>() + header_length;
        let [scores, trie, charsmap] = [SCORES, TRIE, CHARSMAP].map(|name| {
            let info = metadata.info(name).ok_or_else(|| format!("it has no {name}"))?;
            Ok::<_, String>(part(bytes, data + info.data_offsets.0..data + info.data_offsets.1))
        });
        let (scores, trie, charsmap) = (scores?, trie?, charsmap?);
        if crc32([&scores, &trie, &charsmap]) != head.crc32 {
            return Err("its checksum is wrong".to_owned());
        }
        let largest = ids(&trie).chain(all_ids(&head.layout)).max().unwrap_or_default();
        if largest as usize >= scores.len() / SCORE_BYTES {
            return Err(format!("it has the id {largest} and {} scores", scores.len() / SCORE_BYTES));
        }
        let smallest = scores.chunks_exact(SCORE_BYTES).map(score_of).fold(f64::INFINITY, f64::min);
        Ok(Self {
            layout: head.layout,
            charsmap: Precompiled::from(&charsmap).map_err(|error| error.to_string())?,
            trie: DoubleArray::new(trie).map_err(|error| error.to_string())?,
            scores,
            unknown_score: smallest - UNKNOWN_PENALTY,
        })
    }

    #[cfg(test)]
    pub(crate) fn from_json(json: &[u8]) -> Result<Self, String> {
        Self::parse(&Cow::Owned(super::import::prepare(json)?))
    }

    /// Number of pieces; every id is below it.
    pub fn size(&self) -> usize {
        self.scores.len() / SCORE_BYTES
    }

    /// The id of characters that are in no piece.
    pub fn unknown_id(&self) -> u32 {
        self.layout.unknown_id
    }

    /// The score of a character that is in no piece: a natural logarithm, like every score.
    pub fn unknown_score(&self) -> f64 {
        self.unknown_score
    }

    /// Ids before the pieces of a text.
    pub fn before(&self) -> &[u32] {
        &self.layout.before
    }

    /// Ids after the pieces of a text.
    pub fn after(&self) -> &[u32] {
        &self.layout.after
    }

    /// Tokens that are found in a text as they are written, before anything else.
    pub fn special(&self) -> &[SpecialToken] {
        &self.layout.special
    }

    /// `text` with its characters mapped: NFKC and more, grapheme by grapheme.
    pub fn normalize(&self, text: &str) -> String {
        self.charsmap.normalize_string(text)
    }

    /// The pieces that `bytes` begins with, the shortest first: id, length in bytes, score. `bytes` holds no zero byte,
    /// which no piece has and the trie cannot look up.
    pub fn pieces_at<'a>(&'a self, bytes: &'a [u8]) -> impl Iterator<Item = (u32, usize, f64)> + 'a {
        self.trie.common_prefix_search(bytes).map(|(id, length)| (id, length, self.score(id)))
    }

    fn score(&self, id: u32) -> f64 {
        score_of(&self.scores[id as usize * SCORE_BYTES..][..SCORE_BYTES])
    }
}

/// The file as bytes. The same input gives the same bytes.
pub(super) fn write(layout: &Layout, scores: &[f64], trie: &[u8], charsmap: &[u8]) -> Result<Vec<u8>, String> {
    let scores_bytes: Vec<u8> = scores.iter().flat_map(|score| score.to_le_bytes()).collect();
    let head = Head { version: VERSION, crc32: crc32([&scores_bytes, trie, charsmap]), layout: layout.clone() };
    let head = serde_json::to_string(&head).map_err(|error| error.to_string())?;
    let view = |dtype, shape, bytes| TensorView::new(dtype, vec![shape], bytes).map_err(|error| error.to_string());
    let tables = [
        (SCORES, view(Dtype::F64, scores.len(), &scores_bytes)?),
        (TRIE, view(Dtype::U32, trie.len() / UNIT_BYTES, trie)?),
        (CHARSMAP, view(Dtype::U8, charsmap.len(), charsmap)?),
    ];
    let metadata = HashMap::from([(METADATA_KEY.to_owned(), head)]);
    serialize(tables, Some(metadata)).map_err(|error| error.to_string())
}

fn head(metadata: &Metadata) -> Result<Head, String> {
    let text = metadata.metadata().as_ref().and_then(|metadata| metadata.get(METADATA_KEY));
    let head: Head = serde_json::from_str(text.ok_or("it holds no prepared tokenizer")?)
        .map_err(|error| format!("its description cannot be read: {error}"))?;
    if head.version == VERSION { Ok(head) } else { Err(format!("it is of version {}", head.version)) }
}

/// A part of a file; what is inside the executable is not copied.
#[expect(clippy::ptr_arg, reason = "a part of a borrowed file need not be copied")]
fn part(bytes: &Cow<'static, [u8]>, range: Range<usize>) -> Cow<'static, [u8]> {
    match bytes {
        Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[range]),
        Cow::Owned(bytes) => Cow::Owned(bytes[range].to_vec()),
    }
}

fn crc32(parts: [&[u8]; 3]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize()
}

fn score_of(bytes: &[u8]) -> f64 {
    f64::from_le_bytes(bytes.try_into().expect("a score is eight bytes"))
}

/// The ids at the leaves of a double array: there the highest bit of a unit is set, and the others are the id.
fn ids(trie: &[u8]) -> impl Iterator<Item = u32> {
    const LEAF: u32 = 1 << 31;
    let units = trie.chunks_exact(UNIT_BYTES).map(|unit| u32::from_le_bytes([unit[0], unit[1], unit[2], unit[3]]));
    units.filter(|unit| unit & LEAF != 0).map(|unit| unit & !LEAF)
}

fn all_ids(layout: &Layout) -> impl Iterator<Item = u32> {
    let special = layout.special.iter().map(|token| token.id);
    special.chain(layout.before.iter().chain(&layout.after).copied()).chain([layout.unknown_id])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> Layout {
        let special = vec![SpecialToken { content: "<s>".to_owned(), id: 0 }];
        Layout { source_sha256: "of another file".to_owned(), unknown_id: 1, before: vec![0], after: vec![], special }
    }

    fn file(layout: &Layout) -> Vec<u8> {
        let trie = yada::builder::DoubleArrayBuilder::build(&[("a", 2), ("ab", 3)]).unwrap();
        let map = yada::builder::DoubleArrayBuilder::build(&[("\u{FF21}", 0)]).unwrap();
        let charsmap = [(map.len() as u32).to_le_bytes().as_slice(), &map, b"a\0"].concat();
        write(layout, &[0.0, 0.0, -1.0, -2.5], &trie, &charsmap).unwrap()
    }

    #[test]
    fn what_was_written_is_read() {
        let prepared = PreparedTokenizer::parse(&Cow::Owned(file(&layout()))).unwrap();
        assert_eq!((prepared.size(), prepared.unknown_id(), prepared.unknown_score()), (4, 1, -12.5));
        assert_eq!(prepared.pieces_at(b"abc").collect::<Vec<_>>(), [(2, 1, -1.0), (3, 2, -2.5)]);
        assert_eq!(prepared.normalize("\u{FF21}b"), "ab");
    }

    #[test]
    fn a_file_that_is_cut_or_changed_anywhere_is_refused() {
        let whole = file(&layout());
        for length in 0..whole.len() {
            assert!(PreparedTokenizer::parse(&Cow::Owned(whole[..length].to_vec())).is_err(), "{length}");
        }
        let header = size_of::<u64>() + u64::from_le_bytes(whole[..8].try_into().unwrap()) as usize;
        for byte in header..whole.len() {
            let mut changed = whole.clone();
            changed[byte] ^= 1;
            assert!(PreparedTokenizer::parse(&Cow::Owned(changed)).is_err(), "{byte}");
        }
    }

    #[test]
    fn an_id_without_a_score_is_refused() {
        for layout in [Layout { unknown_id: 4, ..layout() }, Layout { after: vec![9], ..layout() }] {
            let problem = PreparedTokenizer::parse(&Cow::Owned(file(&layout))).err().unwrap();
            assert!(problem.contains("scores"), "{problem}");
        }
    }
}
