use std::collections::HashMap;

use super::cache::{self, VectorCache};
use super::forward::{Int8Linear, Kernel, Network, Scratch};
use super::jobs::jobs;
use super::pooling::unit_vector;
use super::tokens::{TextReader, Tokens};
use super::workers::Workers;
use super::{EmbedError, Vectors};
use crate::model::{CONFIG_FILE, EncoderConfig, MANIFEST_FILE, Manifest, ModelError, ModelSource, Weights};
use crate::progress::Progress;

/// Which prefix a text gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A prompt, a name, or one of two texts compared with each other.
    Query,
    /// A passage of a nomination.
    Passage,
}

/// Which arithmetic to run the forward pass in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Engine {
    /// The fastest this machine has: int8 where there are instructions for it and the model's sizes allow, else f32.
    #[default]
    Auto,
    /// 8-bit activations, 4-bit weights as the file has them (7-bit ones made of others), integer products.
    Int8,
    /// 32-bit floating point.
    F32,
}

/// The arithmetic of a forward pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// [`Engine::Int8`].
    Int8,
    /// [`Engine::F32`].
    F32,
}

impl Engine {
    /// What it is on this machine for a model of this shape.
    ///
    /// # Errors
    /// [`ModelError::Unsupported`] when int8 is asked for a model whose layers are not a multiple of 64 wide.
    fn arithmetic(self, source: &ModelSource, config: &EncoderConfig) -> Result<Arithmetic, ModelError> {
        let fits = Int8Linear::fits(config.hidden_size) && Int8Linear::fits(config.intermediate_size);
        match self {
            Self::F32 => Ok(Arithmetic::F32),
            Self::Auto if !fits || Kernel::best() == Kernel::Portable => Ok(Arithmetic::F32),
            Self::Int8 if !fits => {
                let problem = "its layers are not a multiple of 64 wide, so --engine int8 cannot run it";
                Err(ModelError::Unsupported { file: source.label(CONFIG_FILE), problem: problem.to_owned() })
            }
            Self::Auto | Self::Int8 => Ok(Arithmetic::Int8),
        }
    }

    /// The instructions that int8 uses on this machine, as they are named to users.
    pub fn int8_kernel() -> &'static str {
        Kernel::best().name()
    }
}

impl Arithmetic {
    /// As it is named to users and in `run.json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Int8 => "int8",
            Self::F32 => "f32",
        }
    }
}

/// How to run the encoder. Only the engine changes a vector.
#[derive(Debug, Clone, Copy, Default)]
pub struct EncoderOptions {
    /// Threads, each with texts of its own; one for each core when not given.
    pub threads: Option<usize>,
    /// Which arithmetic.
    pub engine: Engine,
}

/// What [`Encoder::embed`] gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedded {
    /// `[texts, dim] f32` unit rows; row i belongs to text i.
    pub vectors: Vectors,
    /// Positions of the texts that had more tokens than the window, ascending; their end was not read.
    pub truncated: Vec<usize>,
}

/// A loaded model.
pub struct Encoder {
    manifest: Manifest,
    centre: Option<Vec<f32>>,
    reader: TextReader,
    network: Network,
    arithmetic: Arithmetic,
    workers: Workers,
    cache: Option<VectorCache>,
}

impl Encoder {
    /// Loads the model of `source`.
    ///
    /// # Errors
    /// [`ModelError`] when a file is missing, damaged, contradicts another, or describes an unsupported model.
    pub fn load(source: &ModelSource, options: EncoderOptions) -> Result<Self, ModelError> {
        let manifest = Manifest::of(source)?;
        let config = EncoderConfig::read(source)?;
        check_agreement(source, &manifest, &config)?;
        let arithmetic = options.engine.arithmetic(source, &config)?;
        let workers = Workers::new(options.threads)?;
        let (reader, network) = workers.join(
            || TextReader::load(source, &manifest, config.vocabulary),
            || Network::load(&config, &Weights::read(source, &manifest.weights)?, arithmetic),
        );
        let centre = read_centre(source, &manifest)?;
        Ok(Self { centre, reader: reader?, network: network?, arithmetic, workers, manifest, cache: None })
    }

    /// The same encoder, which takes from `cache` what is there and keeps there what is not. It must have been opened
    /// for this model and engine; then it changes no vector.
    #[must_use]
    pub fn with_cache(self, cache: VectorCache) -> Self {
        Self { cache: Some(cache), ..self }
    }

    /// Where vectors are kept from run to run.
    pub fn cache(&self) -> Option<&VectorCache> {
        self.cache.as_ref()
    }

    /// Length of a vector.
    pub fn dim(&self) -> usize {
        self.manifest.dimension
    }

    /// Window in tokens, prefix and special tokens included.
    pub fn max_tokens(&self) -> usize {
        self.manifest.max_tokens
    }

    /// What the model says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The arithmetic its forward pass runs in.
    pub fn arithmetic(&self) -> Arithmetic {
        self.arithmetic
    }

    /// The mean vector of background texts, `[dim] f32`, role query; not of unit length. Not every model has one.
    pub fn centre(&self) -> Option<&[f32]> {
        self.centre.as_deref()
    }

    /// Tokens of `text` alone, without prefix and special tokens.
    pub fn count_tokens(&self, text: &str) -> usize {
        self.reader.content(text).len()
    }

    /// How many tokens of content fit the window beside the prefix and the special tokens.
    pub fn content_tokens(&self, role: Role) -> usize {
        self.max_tokens().saturating_sub(self.reader.overhead(role))
    }

    /// Share of the tokens of `text` that the tokenizer does not know, 0 to 1; 0 for an empty text.
    pub fn unknown_share(&self, text: &str) -> f32 {
        let ids = self.reader.content(text);
        let unknown = ids.iter().filter(|id| Some(**id) == self.reader.unknown_id()).count();
        if ids.is_empty() { 0.0 } else { unknown as f32 / ids.len() as f32 }
    }

    /// Embeds `texts`. Equal texts run once; an empty text gets the vector of its prefix.
    ///
    /// # Errors
    /// [`EmbedError`] when a text cannot be tokenized or its vector is not finite.
    pub fn embed(&self, texts: &[&str], role: Role, progress: &dyn Progress) -> Result<Embedded, EmbedError> {
        let (distinct, slot) = distinct(texts);
        let tokens = self.tokenize(texts, &distinct, role)?;
        let rows = self.rows(&distinct, &tokens, progress)?;
        let mut data = Vec::with_capacity(texts.len() * self.dim());
        for &slot in &slot {
            data.extend_from_slice(&rows[slot]);
        }
        let truncated = (0..texts.len()).filter(|&index| tokens[slot[index]].truncated).collect();
        Ok(Embedded { vectors: Vectors::new(self.dim(), data), truncated })
    }

    fn tokenize(&self, texts: &[&str], distinct: &[usize], role: Role) -> Result<Vec<Tokens>, EmbedError> {
        let read = |_: &mut (), slot: usize| {
            let index = distinct[slot];
            self.reader.read(texts[index], role).map_err(|problem| EmbedError::Tokenize { index, problem })
        };
        self.workers.map(distinct.len(), || (), read).into_iter().collect()
    }

    /// The unit vectors of `tokens`, in their order; those the cache has are taken from there.
    fn rows(
        &self,
        distinct: &[usize],
        tokens: &[Tokens],
        progress: &dyn Progress,
    ) -> Result<Vec<Vec<f32>>, EmbedError> {
        let Some(cache) = &self.cache else {
            return self.encode(distinct, &tokens.iter().collect::<Vec<_>>(), progress);
        };
        let keys: Vec<cache::Key> = tokens.iter().map(|tokens| cache::key(&tokens.ids)).collect();
        let mut rows = cache.find(&keys);
        let missing: Vec<usize> = (0..rows.len()).filter(|&slot| rows[slot].is_none()).collect();
        let (texts, unknown): (Vec<usize>, Vec<&Tokens>) =
            missing.iter().map(|&slot| (distinct[slot], &tokens[slot])).unzip();
        let encoded = self.encode(&texts, &unknown, progress)?;
        let new: Vec<_> = missing.iter().zip(&encoded).map(|(&slot, row)| (keys[slot], row.as_slice())).collect();
        cache.keep(&new);
        missing.into_iter().zip(encoded).for_each(|(slot, row)| rows[slot] = Some(row));
        Ok(rows.into_iter().flatten().collect())
    }

    /// The unit vectors of `tokens`, in their order; `distinct` has the position of each text in the call.
    fn encode(
        &self,
        distinct: &[usize],
        tokens: &[&Tokens],
        progress: &dyn Progress,
    ) -> Result<Vec<Vec<f32>>, EmbedError> {
        if tokens.is_empty() {
            return Ok(Vec::new());
        }
        let lengths: Vec<usize> = tokens.iter().map(|tokens| tokens.ids.len()).collect();
        let jobs = jobs(&lengths, self.workers.count());
        progress.start("embed", lengths.iter().sum::<usize>() as u64, "tokens");
        let rows = self.workers.map(jobs.len(), Scratch::default, |scratch, job| {
            let ids: Vec<&[u32]> = jobs[job].iter().map(|&slot| tokens[slot].ids.as_slice()).collect();
            let rows = self.encode_job(&ids, scratch);
            progress.advance(ids.iter().map(|ids| ids.len() as u64).sum());
            rows
        });
        progress.finish();
        let mut rows: Vec<(usize, _)> = jobs.concat().into_iter().zip(rows.into_iter().flatten()).collect();
        rows.sort_by_key(|(slot, _)| *slot);
        rows.into_iter().map(|(slot, row)| row.ok_or(EmbedError::NotFinite { index: distinct[slot] })).collect()
    }

    /// The unit vectors of a job's texts, `[dim]` each; nothing for a text whose vector is no direction.
    fn encode_job(&self, texts: &[&[u32]], scratch: &mut Scratch) -> Vec<Option<Vec<f32>>> {
        let mut hidden = self.network.forward(texts, scratch);
        let unit = |ids: &&[u32]| {
            let (own, rest) = hidden.split_at(ids.len() * self.dim());
            hidden = rest;
            unit_vector(self.manifest.pooling, own, self.dim())
        };
        texts.iter().map(unit).collect()
    }
}

/// The manifest and `config.json` describe one model.
fn check_agreement(source: &ModelSource, manifest: &Manifest, config: &EncoderConfig) -> Result<(), ModelError> {
    let agree = manifest.architecture == config.architecture
        && manifest.dimension == config.hidden_size
        && manifest.layers == config.layers
        && manifest.max_tokens <= config.max_tokens();
    if agree {
        return Ok(());
    }
    let problem = "architecture, dimension, layers or max_tokens are not those of config.json";
    Err(ModelError::settings(source.label(MANIFEST_FILE), problem))
}

fn read_centre(source: &ModelSource, manifest: &Manifest) -> Result<Option<Vec<f32>>, ModelError> {
    let Some(centre) = &manifest.centre else { return Ok(None) };
    let label = source.label(&centre.file);
    let bytes = source.read(&centre.file)?;
    let text = std::str::from_utf8(&bytes).map_err(|error| ModelError::damaged(&label, error))?;
    let parse =
        |line: &str| line.parse::<f32>().map_err(|error| ModelError::damaged(&label, format!("`{line}`: {error}")));
    let values: Vec<f32> = text.lines().map(parse).collect::<Result<_, _>>()?;
    if values.len() == manifest.dimension && values.iter().all(|value| value.is_finite()) {
        return Ok(Some(values));
    }
    let problem = format!("{} values, expected {} finite ones", values.len(), manifest.dimension);
    Err(ModelError::damaged(label, problem))
}

/// Positions of the first of each text, and for every text the slot of its first.
fn distinct(texts: &[&str]) -> (Vec<usize>, Vec<usize>) {
    let mut firsts = Vec::new();
    let mut seen = HashMap::new();
    let slot = texts.iter().enumerate().map(|(index, text)| {
        *seen.entry(*text).or_insert_with(|| {
            firsts.push(index);
            firsts.len() - 1
        })
    });
    let slot = slot.collect();
    (firsts, slot)
}
