//! `shortlister embed`: the vectors of texts, for other programs.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;

use anyhow::{Context, anyhow, ensure};

use super::args::EmbedArgs;
use super::{Status, load_encoder, progress, set_threads, tell_cache_use, tell_rejected, warn_all};
use crate::embed::vectors::NpyWriter;
use crate::intake::{self, Input};
use crate::nomination::RawSubmission;

/// Texts that are in memory at a time, with their vectors.
const BATCH_TEXTS: usize = 4_096;

/// Bytes of text that are in memory at a time, unless one alone has more.
const BATCH_BYTES: usize = 8 << 20;

/// The texts of an input, one after the other.
type Texts = Box<dyn Iterator<Item = anyhow::Result<String>>>;

pub(super) fn run(args: &EmbedArgs) -> anyhow::Result<Status> {
    set_threads(&args.model)?;
    let (mut input, status) = texts(&args.input)?;
    let mut batch = next_batch(&mut input)?;
    ensure!(!batch.is_empty(), "{}: no text in it", args.input.display());
    let encoder = load_encoder(&args.model)?;
    let progress = progress::for_stderr();
    let mut out = NpyWriter::create(&args.out, encoder.dim())?;
    let (mut rows, mut truncated) = (0, Vec::new());
    while !batch.is_empty() {
        let texts: Vec<&str> = batch.iter().map(String::as_str).collect();
        let embedded = encoder
            .embed(&texts, args.role.into(), progress.as_ref())
            .with_context(|| format!("{}: texts from row {rows} on", args.input.display()))?;
        out.append(&embedded.vectors)?;
        truncated.extend(embedded.truncated.iter().map(|row| rows + row));
        rows += batch.len();
        batch = next_batch(&mut input)?;
    }
    out.finish()?;
    if let Some(first) = truncated.first() {
        let (count, max) = (truncated.len(), encoder.max_tokens());
        eprintln!("note: {count} texts are longer than {max} tokens and were cut there; the first is row {first}");
    }
    tell_cache_use(&encoder);
    eprintln!("{rows} vectors of {} f32 written to {}", encoder.dim(), args.out.display());
    Ok(status)
}

/// The next texts, as many as are embedded in one go; none at the end.
fn next_batch(texts: &mut Texts) -> anyhow::Result<Vec<String>> {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while batch.len() < BATCH_TEXTS && bytes < BATCH_BYTES {
        let Some(text) = texts.next().transpose()? else { break };
        bytes += text.len();
        batch.push(text);
    }
    Ok(batch)
}

fn texts(input: &Path) -> anyhow::Result<(Texts, Status)> {
    let is_txt = input.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("txt"));
    if is_txt { Ok((lines(input)?, Status::Done)) } else { records(input) }
}

/// One text a line, empty ones too: row i of the output is line i.
fn lines(path: &Path) -> anyhow::Result<Texts> {
    let file = File::open(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    let path = path.to_owned();
    let lines = BufReader::new(file).lines().enumerate().map(move |(index, line)| match line {
        Ok(line) if index == 0 => Ok(line.trim_start_matches('\u{FEFF}').to_owned()),
        Ok(line) => Ok(line),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            Err(anyhow!("{}, line {}: is not UTF-8; save it as UTF-8 text", path.display(), index + 1))
        }
        Err(error) => Err(error).with_context(|| format!("{}: cannot be read", path.display())),
    });
    Ok(Box::new(lines))
}

/// One text a record, as it was read.
fn records(path: &Path) -> anyhow::Result<(Texts, Status)> {
    let batch = intake::read(&[Input::from(path)], &intake::Options::default())?;
    warn_all(&batch.notes);
    tell_rejected(&batch.rejections);
    let text = |submission: RawSubmission| {
        let attached = submission.attachments.iter().flat_map(|attachment| &attachment.sections);
        let sections: Vec<&str> = submission.sections.iter().chain(attached).map(|s| s.text.as_str()).collect();
        Ok(if sections.is_empty() { submission.title.unwrap_or_default() } else { sections.join("\n") })
    };
    let status = if batch.rejections.is_empty() { Status::Done } else { Status::SomeRejected };
    Ok((Box::new(batch.submissions.into_iter().map(text)), status))
}
