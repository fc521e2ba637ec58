//! `shortlister model`: list, fetch, import and verify models.

use std::io::Write;

use anyhow::Context;

use super::args::{ImportArgs, ModelCommand};
use super::{Status, progress};
use crate::embed::Engine;
use crate::model::pull::{PullOptions, pull};
use crate::model::{Catalogue, Listed, Place, import, list, locate, models_folder, verify};

pub(super) fn run(command: &ModelCommand) -> anyhow::Result<Status> {
    match command {
        ModelCommand::List => show_list()?,
        ModelCommand::Pull { name } => fetch(name)?,
        ModelCommand::Import(args) => make(args)?,
        ModelCommand::Verify { model } => check(model.as_deref())?,
    }
    Ok(Status::Done)
}

fn show_list() -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for Listed { name, place, dimension, layers, licence, summary } in list()? {
        let place = match place {
            Place::Embedded => "embedded".to_owned(),
            Place::Pulled(folder) => format!("at {}", folder.display()),
            Place::Hub { repository } => {
                format!("on the hub as {repository}; fetch it with `shortlister model pull {name}`")
            }
        };
        writeln!(out, "{name}: {place}")?;
        writeln!(out, "    {summary}")?;
        writeln!(out, "    dimension {dimension}, {layers} layers, licence {licence}")?;
    }
    writeln!(out, "engines: int8 by {}, f32", Engine::int8_kernel())?;
    Ok(())
}

fn fetch(name: &str) -> anyhow::Result<()> {
    let folder = models_folder().context("no folder to keep models in: set SHORTLISTER_MODELS to one")?.join(name);
    pull(&Catalogue::built_in(), name, &folder, &PullOptions::default(), progress::for_stderr().as_ref())?;
    eprintln!("fetched to {}; use it with --model {name}", folder.display());
    Ok(())
}

fn make(args: &ImportArgs) -> anyhow::Result<()> {
    let ImportArgs { weights, tokenizer, background, out } = args;
    let manifest = import::e5_small(weights, tokenizer, background.as_deref(), out)?;
    eprintln!("{} made in {1}; check it with `shortlister model verify {1}`", manifest.name, out.display());
    Ok(())
}

fn check(model: Option<&str>) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    for file in verify(&locate(model)?)? {
        let state = if file.recorded { "as recorded" } else { "no recorded checksum" };
        writeln!(out, "{}  {}  {state}", file.sha256, file.file)?;
    }
    writeln!(out, "the model loads")?;
    Ok(())
}
