//! `shortlister embed`: the vectors of texts, for other programs.

use std::path::Path;

use anyhow::{Context, bail, ensure};

use super::args::EmbedArgs;
use super::{Status, intake_options, load_encoder, progress, set_threads, warn_all};
use crate::embed::vectors::write_npy;
use crate::intake::{self, Input};
use crate::nomination::RawSubmission;

pub(super) fn run(args: &EmbedArgs) -> anyhow::Result<Status> {
    set_threads(&args.model)?;
    let (texts, status) = texts(&args.input)?;
    ensure!(!texts.is_empty(), "{}: no text in it", args.input.display());
    let encoder = load_encoder(&args.model)?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let embedded = encoder.embed(&texts, args.role.into(), progress::for_stderr().as_ref())?;
    write_npy(&args.out, &embedded.vectors)?;
    if let Some(first) = embedded.truncated.first() {
        let (count, max) = (embedded.truncated.len(), encoder.max_tokens());
        eprintln!("note: {count} texts are longer than {max} tokens and were cut there; the first is row {first}");
    }
    let (rows, dim) = (embedded.vectors.len(), embedded.vectors.dim());
    eprintln!("{rows} vectors of {dim} f32 written to {}", args.out.display());
    Ok(status)
}

fn texts(input: &Path) -> anyhow::Result<(Vec<String>, Status)> {
    let is_txt = input.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("txt"));
    if is_txt { Ok((lines(input)?, Status::Done)) } else { records(input) }
}

/// One text a line, empty ones too: row i of the output is line i.
fn lines(path: &Path) -> anyhow::Result<Vec<String>> {
    let bytes = std::fs::read(path).with_context(|| format!("{}: cannot be read", path.display()))?;
    let Ok(text) = String::from_utf8(bytes) else {
        bail!("{}: is not UTF-8; save it as UTF-8 text", path.display());
    };
    Ok(text.trim_start_matches('\u{FEFF}').lines().map(str::to_owned).collect())
}

/// One text a record, as it was read.
fn records(path: &Path) -> anyhow::Result<(Vec<String>, Status)> {
    let batch = intake::read(&[Input::from(path)], &intake_options(None)?)?;
    warn_all(&batch.notes);
    for rejection in &batch.rejections {
        eprintln!("rejected: {}: {}; {}", rejection.source, rejection.reason, rejection.remedy);
    }
    let text = |submission: &RawSubmission| {
        let sections: Vec<&str> = submission.sections.iter().map(|s| s.text.as_str()).collect();
        if sections.is_empty() { submission.title.clone().unwrap_or_default() } else { sections.join("\n") }
    };
    let status = if batch.rejections.is_empty() { Status::Done } else { Status::SomeRejected };
    Ok((batch.submissions.iter().map(text).collect(), status))
}
