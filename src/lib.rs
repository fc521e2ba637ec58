//! AI-assisted shortlisting for award programmes: nominations in, a ranked shortlist with its evidence out.
//!
//! A run is a line of stages. Each is a function from its input type to its output type, and can be called by itself:
//!
//! | stage | takes | gives |
//! | --- | --- | --- |
//! | [`intake`] | files, folders, standard input | [`RawSubmission`](nomination::RawSubmission)s, [`Rejection`](nomination::Rejection)s |
//! | [`clean`] | raw submissions | [`Nomination`](nomination::Nomination)s, rejections |
//! | [`signals`] | nominations, tables of numbers | [`Gathered`](signals::Gathered): whose each number is |
//! | [`dedupe`] | nominations | [`DuplicateGroup`](dedupe::DuplicateGroup)s |
//! | [`passages`] | nominations | [`Windows`](passages::Windows): what is read at a time |
//! | [`embed`] | passages, prompts | [`Vectors`](embed::Vectors), unit length |
//! | [`classify`] | vectors, programme | a [`Classification`](classify::Classification) each |
//! | [`head`] | labelled rows, or a batch | a [`Head`](head::Head) that classifies in the descriptions' stead |
//! | [`score`] | vectors, criteria, signals | an [`Assessment`](score::Assessment) each |
//! | [`neighbours`] | vectors of batch and library | the nearest [`Neighbour`](neighbours::Neighbour)s of each |
//! | [`select`] | assessments, quotas | the [`Ranking`](select::Ranking) |
//! | [`report`] | ranking | the files that people open |
//!
//! [`pipeline::run`] calls all but the last. [`programme`] reads an award's categories, criteria and wording from a
//! folder, [`model`] finds and checks the encoder, [`eval`] measures against labelled rows, [`cli`] is the command line.
//!
//! # Reading a batch
//!
//! ```
//! use shortlister::clean::clean;
//! use shortlister::intake;
//!
//! let table = "编号,案例名称,案例简介\n7,一码通,把身份、证照、支付三类码合在一起。\n8,,详见附件\n";
//! let batch = intake::read_bytes("batch.csv", table.as_bytes(), &intake::Options::default());
//! assert_eq!(batch.rejections[0].source.to_string(), "batch.csv, row 3");
//!
//! let nominations = clean(batch.submissions, 0).nominations;
//! assert_eq!(nominations[0].id.as_str(), "7");
//! assert_eq!(nominations[0].title, "一码通");
//! ```
//!
//! # Stage by stage
//!
//! ```no_run
//! use std::path::Path;
//!
//! use shortlister::clean::clean;
//! use shortlister::dedupe::dedupe;
//! use shortlister::embed::{Encoder, EncoderOptions};
//! use shortlister::intake::{self, Input};
//! use shortlister::model;
//! use shortlister::neighbours::{Cases, neighbours};
//! use shortlister::pipeline::Assessor;
//! use shortlister::programme::{DEFAULT_PROGRAMME, Programme};
//! use shortlister::progress::Silent;
//! use shortlister::select::{Candidate, SelectOptions, select};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let programme = Programme::load(DEFAULT_PROGRAMME)?;
//! let encoder = Encoder::load(&model::locate(None)?, EncoderOptions::default())?;
//! let seed = 0;
//!
//! let inputs = [Input::from(Path::new("examples/digital-government-2023"))];
//! let batch = intake::read(&inputs, &intake::Options::default())?;
//! let nominations = clean(batch.submissions, programme.settings.decision.min_characters).nominations;
//! let duplicates = dedupe(&nominations);
//!
//! let assessor = Assessor::new(&programme, &encoder, seed, &Silent)?;
//! let windows = assessor.windows(&nominations);
//! let vectors = assessor.embed(&nominations, &windows, &Silent)?;
//! let classifications = assessor.classify(&nominations, &windows, &vectors);
//! let assessments = assessor.score(&nominations, &windows, &vectors);
//!
//! let mut stands_for = vec![None; nominations.len()];
//! for group in &duplicates {
//!     for &(other, _resemblance) in &group.others {
//!         stands_for[other] = Some(nominations[group.representative].id.clone());
//!     }
//! }
//! let batch = Cases { nominations: &nominations, windows: &windows, vectors: &vectors };
//! let near = neighbours(batch, Cases { nominations: &[], windows: &[], vectors: &[] }, &stands_for);
//! let found = nominations.into_iter().zip(classifications).zip(assessments).zip(near).zip(stands_for);
//! let candidates = found
//!     .map(|((((nomination, classification), assessment), neighbours), duplicate_of)| Candidate {
//!         nomination,
//!         classification,
//!         assessment,
//!         neighbours,
//!         duplicate_of,
//!     })
//!     .collect();
//! let ranking = select(candidates, &programme, SelectOptions { top: None, seed });
//! for entry in &ranking.entries {
//!     println!("{} {}", entry.placement.rank, entry.nomination.title);
//! }
//! # Ok(())
//! # }
//! ```
#![warn(missing_docs)]

pub mod classify;
pub mod clean;
pub mod cli;
pub mod dedupe;
pub mod digest;
pub mod embed;
pub mod eval;
pub mod head;
pub mod intake;
pub mod model;
pub mod neighbours;
pub mod nomination;
pub mod passages;
pub mod pipeline;
pub mod programme;
pub mod progress;
pub mod random;
pub mod report;
pub mod review;
pub mod score;
pub mod search;
pub mod select;
pub mod signals;
