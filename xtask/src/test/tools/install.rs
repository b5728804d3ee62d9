//! How tools are installed: each into a folder of its own, stamped with its exact versions.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::process::Command;
use tokio::time::timeout;

/// How long one installer may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// The Python of a virtual environment of this name, with exactly these packages asked for.
///
/// # Errors
/// When there is no Python, or the packages cannot be had.
pub(crate) async fn install_venv(
    folder: &Path,
    name: &str,
    packages: &[&str],
) -> anyhow::Result<PathBuf> {
    let home = folder.join(name);
    let python = home.join("bin/python");
    let stamp = Stamp::new(folder, name, &packages.join(" "));
    if stamp.fits() && python.is_file() {
        return Ok(python);
    }
    remove(&home)?;
    std::fs::create_dir_all(folder)?;
    let mut venv = Command::new("python3");
    run(venv.args(["-m", "venv"]).arg(&home)).await?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    run(pip.args(packages)).await?;
    stamp.put()?;
    Ok(python)
}

/// A folder of this name with these npm packages; answers this file of it.
pub(super) async fn install_npm(
    folder: &Path,
    name: &str,
    node: &Path,
    packages: &[String],
    program: &str,
) -> anyhow::Result<PathBuf> {
    let home = folder.join(name);
    let program = home.join(program);
    let stamp = Stamp::new(folder, name, &packages.join(" "));
    if stamp.fits() && program.is_file() {
        return Ok(program);
    }
    remove(&home)?;
    std::fs::create_dir_all(&home)?;
    let npm = node.parent().and_then(Path::parent).context("Node has no folder")?;
    let mut install = Command::new(node);
    install
        .arg(npm.join("lib/node_modules/npm/bin/npm-cli.js"))
        .args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .arg("--prefix")
        .arg(&home)
        .args(packages);
    run(&mut install).await?;
    stamp.put()?;
    Ok(program)
}

/// Runs an installer to its end.
pub(super) async fn run(command: &mut Command) -> anyhow::Result<()> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let status = timeout(PATIENCE, command.kill_on_drop(true).status())
        .await
        .with_context(|| format!("{name} took too long"))?
        .with_context(|| format!("starting {name}"))?;
    if status.success() { Ok(()) } else { bail!("{name} ended with {status}") }
}

pub(super) fn remove(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))
    } else {
        Ok(())
    }
}

/// A file that says which versions are installed.
pub(super) struct Stamp {
    file: PathBuf,
    versions: String,
}

impl Stamp {
    pub(super) fn new(folder: &Path, tool: &str, versions: &str) -> Self {
        Self { file: folder.join(format!("{tool}.stamp")), versions: versions.to_owned() }
    }

    pub(super) fn fits(&self) -> bool {
        std::fs::read_to_string(&self.file).is_ok_and(|text| text == self.versions)
    }

    pub(super) fn put(&self) -> anyhow::Result<()> {
        std::fs::write(&self.file, &self.versions)
            .with_context(|| format!("writing {}", self.file.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_fits_only_the_versions_it_was_put_for() {
        let folder = tempfile::tempdir().unwrap();
        let old = Stamp::new(folder.path(), "python", "moto==5.2.4");
        assert!(!old.fits());
        old.put().unwrap();
        assert!(old.fits());
        assert!(!Stamp::new(folder.path(), "python", "moto==5.2.5").fits());
        assert!(!Stamp::new(folder.path(), "node", "moto==5.2.4").fits());
    }
}
