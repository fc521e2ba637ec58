//! `shortlister model`: list, fetch, import and verify models.

use super::Status;
use super::args::ModelCommand;

pub(super) fn run(command: &ModelCommand) -> anyhow::Result<Status> {
    let _ = command;
    Ok(Status::Done)
}
