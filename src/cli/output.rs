//! An output folder that appears whole or not at all.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use tempfile::TempDir;

/// A folder to be.
pub(super) struct OutputFolder {
    target: PathBuf,
    replace: bool,
}

impl OutputFolder {
    /// Says early, before any work, that `target` cannot be written.
    pub(super) fn plan(target: &Path, force: bool) -> anyhow::Result<Self> {
        let exists = target.symlink_metadata().is_ok();
        if exists && !force {
            bail!(
                "{}: is there already; give another folder, or --force to replace the files of an earlier run",
                target.display()
            );
        }
        ensure!(!exists || target.is_dir(), "{}: is a file; give a folder", target.display());
        Ok(Self { target: target.to_owned(), replace: exists })
    }

    /// Lets `write` fill a temporary folder beside the target, then moves that into place.
    ///
    /// A folder that is replaced keeps the files in it that the run does not write.
    pub(super) fn fill(self, write: impl FnOnce(&Path) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let parent = self.target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(parent).with_context(|| format!("{}: cannot be made", parent.display()))?;
        let staged = partial(parent)?;
        write(staged.path())?;
        if self.replace {
            self.swap(parent, &staged)
        } else {
            open_to_others(staged.path())?;
            std::fs::rename(staged.path(), &self.target)
                .with_context(|| format!("{}: cannot be made", self.target.display()))
        }
    }

    fn swap(&self, parent: &Path, staged: &TempDir) -> anyhow::Result<()> {
        let old = partial(parent)?;
        let former = old.path().join("former");
        let context = || format!("{}: cannot be replaced", self.target.display());
        open_to_others(staged.path())?;
        std::fs::rename(&self.target, &former).with_context(context)?;
        if let Err(error) = std::fs::rename(staged.path(), &self.target) {
            std::fs::rename(&former, &self.target).with_context(context)?;
            return Err(error).with_context(context);
        }
        for entry in std::fs::read_dir(&former).with_context(context)? {
            let entry = entry.with_context(context)?;
            let kept = self.target.join(entry.file_name());
            if !kept.exists() {
                std::fs::rename(entry.path(), kept).with_context(context)?;
            }
        }
        Ok(())
    }
}

fn partial(parent: &Path) -> anyhow::Result<TempDir> {
    let builder = tempfile::Builder::new().prefix(".shortlister-partial-").tempdir_in(parent);
    builder.with_context(|| format!("{}: cannot be written", parent.display()))
}

/// A temporary folder is closed to other users; a shortlist is for colleagues.
fn open_to_others(folder: &Path) -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))
            .with_context(|| format!("{}: permissions cannot be set", folder.display()))?;
    }
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder is there")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_failed_run_leaves_nothing() {
        let dir = tempfile::tempdir().expect("a folder");
        let target = dir.path().join("out");
        let planned = OutputFolder::plan(&target, false).expect("free");
        let result = planned.fill(|staged| {
            std::fs::write(staged.join("half"), "x")?;
            bail!("broken off")
        });
        assert!(result.is_err());
        assert!(names(dir.path()).is_empty());
    }

    #[test]
    fn an_existing_folder_is_refused_without_force_and_keeps_foreign_files_with_it() {
        let dir = tempfile::tempdir().expect("a folder");
        let target = dir.path().join("out");
        std::fs::create_dir(&target).expect("made");
        std::fs::write(target.join("mine.txt"), "keep").expect("written");
        std::fs::write(target.join("run.json"), "old").expect("written");
        assert!(OutputFolder::plan(&target, false).is_err());
        let planned = OutputFolder::plan(&target, true).expect("forced");
        planned.fill(|staged| Ok(std::fs::write(staged.join("run.json"), "new")?)).expect("replaced");
        assert_eq!(names(dir.path()), ["out"]);
        assert_eq!(names(&target), ["mine.txt", "run.json"]);
        assert_eq!(std::fs::read_to_string(target.join("run.json")).expect("read"), "new");
    }
}
