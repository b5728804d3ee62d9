//! `cargo xtask package`: the deployable zips, the same bytes for the same programs.

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, bail};
use clap::Args;
use tokio::process::Command;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::repository::Repository;
use crate::test::install_venv;

/// What one file in a zip is called, holds, and may do.
struct Entry {
    name: &'static str,
    content: Vec<u8>,
    mode: u32,
}

/// What a program is built for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Machine {
    /// Amazon Linux on this machine's architecture.
    This,
    /// Amazon Linux on arm64.
    Graviton,
}

/// Options of `cargo xtask package`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Build for Graviton instead of this machine's architecture.
    #[arg(long)]
    arm64: bool,
    /// These connectors only.
    names: Vec<String>,
}

impl Options {
    /// One connector, for this machine: a build that takes minutes, done once in a run of the tests.
    pub(crate) fn first_of(repository: &Repository) -> anyhow::Result<Self> {
        let first = repository.connectors()?.into_iter().next().context("there is no connector")?;
        Ok(Self { arm64: false, names: vec![first.name] })
    }

    fn chosen(&self, repository: &Repository) -> anyhow::Result<Vec<String>> {
        if self.names.is_empty() {
            return Ok(repository.connectors()?.into_iter().map(|one| one.name).collect());
        }
        let chosen = self.names.iter().map(|name| Ok(repository.connector(name)?.1.name));
        chosen.collect()
    }
}

/// Builds connectors, all unless some are named, and leaves `target/package/<name>.zip`.
pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let repository = Repository::find()?;
    let names = options.chosen(&repository)?;
    let machine = if options.arm64 { Machine::Graviton } else { Machine::This };
    let programs = build(&repository, &names, machine).await?;
    let folder = repository.target.join("package");
    std::fs::create_dir_all(&folder)?;
    for (name, program) in names.iter().zip(programs) {
        let zipped = zip_for(&repository, name, &program)?;
        let file = folder.join(format!("{name}.zip"));
        std::fs::write(&file, &zipped).with_context(|| format!("writing {}", file.display()))?;
        let unzipped = std::fs::metadata(&program)?.len();
        println!("{}  {} zipped, {} bytes as a program", file.display(), zipped.len(), unzipped);
    }
    Ok(())
}

/// The zip of a connector with this program.
///
/// # Errors
/// When the program or the policy cannot be read.
pub(crate) fn zip_for(
    repository: &Repository,
    name: &str,
    program: &Path,
) -> anyhow::Result<Vec<u8>> {
    let policy = repository.root.join("functions").join(name).join("policy.yaml");
    zip_of(&entries_of(program, &policy)?)
}

/// The Python environment of [`CARGO_LAMBDA`].
const VENV: &str = "lambda";
/// cargo-lambda brings a linker that aims at Amazon Linux's C library, whatever this machine's is.
const CARGO_LAMBDA: &str = "cargo-lambda==1.9.2";

/// `cargo lambda`: the one on the path, else one that is installed beside the tools of the tests.
async fn cargo_lambda(repository: &Repository) -> anyhow::Result<Command> {
    let mut version = repository.cargo();
    version.args(["lambda", "--version"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut cargo = repository.cargo();
    if !version.status().await.is_ok_and(|status| status.success()) {
        let tools = repository.target.join("tools");
        let python = install_venv(&tools, VENV, &[CARGO_LAMBDA]).await;
        let python = python.context("cargo-lambda is not there and could not be installed")?;
        let own = python.parent().context("Python has no folder")?.to_owned();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(own).chain(std::env::split_paths(&path));
        cargo.env("PATH", std::env::join_paths(folders)?);
    }
    cargo.arg("lambda");
    Ok(cargo)
}

async fn build(
    repository: &Repository,
    names: &[String],
    machine: Machine,
) -> anyhow::Result<Vec<PathBuf>> {
    let mut cargo = cargo_lambda(repository).await?;
    // Without the check it would install a target by itself.
    cargo.args(["build", "--release", "--locked", "--skip-target-check", "--lambda-dir"]);
    let folder = repository.target.join("lambda");
    cargo.arg(&folder).args(names.iter().flat_map(|name| ["-p", name]));
    if machine == Machine::Graviton {
        cargo.arg("--arm64");
    }
    if !cargo.status().await.context("starting cargo lambda")?.success() {
        bail!(
            "the release build failed; the lines above say why. --arm64 needs the library of that \
             machine: `rustup target add aarch64-unknown-linux-gnu`"
        );
    }
    Ok(names.iter().map(|name| folder.join(name).join("bootstrap")).collect())
}

fn entries_of(program: &Path, policy: &Path) -> anyhow::Result<Vec<Entry>> {
    let read =
        |file: &Path| std::fs::read(file).with_context(|| format!("reading {}", file.display()));
    let mut entries = vec![Entry { name: "bootstrap", content: read(program)?, mode: 0o755 }];
    if policy.is_file() {
        entries.push(Entry { name: "policy.yaml", content: read(policy)?, mode: 0o644 });
    }
    Ok(entries)
}

fn zip_of(entries: &[Entry]) -> anyhow::Result<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(DateTime::DEFAULT)
            .unix_permissions(entry.mode);
        writer.start_file(entry.name, options)?;
        writer.write_all(&entry.content)?;
    }
    Ok(writer.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn package(folder: &Path) -> Vec<u8> {
        let entries = entries_of(&folder.join("sharepoint"), &folder.join("policy.yaml")).unwrap();
        zip_of(&entries).unwrap()
    }

    #[test]
    fn every_connector_is_packaged_unless_some_are_named() {
        let repository = Repository::find().unwrap();
        let named = |names: &[&str]| {
            let names = names.iter().copied().map(str::to_owned).collect();
            Options { arm64: false, names }.chosen(&repository)
        };
        let all = repository.connectors().unwrap();
        assert_eq!(named(&[]).unwrap().len(), all.len());
        assert_eq!(named(&["sharepoint"]).unwrap(), ["sharepoint"]);
        assert!(named(&["sharepint"]).unwrap_err().to_string().contains("sharepint"));
        assert_eq!(Options::first_of(&repository).unwrap().names, [all[0].name.as_str()]);
    }

    #[test]
    fn a_zip_holds_an_executable_bootstrap_at_its_root_and_the_policy_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("sharepoint"), b"program").unwrap();
        std::fs::write(folder.path().join("policy.yaml"), b"labels: {}").unwrap();

        let mut zip = zip::ZipArchive::new(Cursor::new(package(folder.path()))).unwrap();

        assert_eq!(
            zip.file_names().map(Result::unwrap).collect::<Vec<_>>(),
            ["bootstrap", "policy.yaml"]
        );
        let mut bootstrap = zip.by_name("bootstrap").unwrap();
        assert_eq!(bootstrap.unix_mode().map(|mode| mode & 0o777), Some(0o755));
        let mut content = Vec::new();
        bootstrap.read_to_end(&mut content).unwrap();
        assert_eq!(content, b"program");
    }

    #[test]
    fn the_same_program_gives_the_same_bytes_whenever_it_was_built() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("sharepoint");
        std::fs::write(&program, b"program").unwrap();
        let first = package(folder.path());

        let other_day = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(86_400);
        std::fs::File::open(&program).unwrap().set_modified(other_day).unwrap();

        assert_eq!(package(folder.path()), first);
    }
}
