//! The steps that are one command each, and the tests themselves.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

use super::report::Outcome;
use super::tools::Tools;
use crate::build::programs_of;
use crate::repository::Repository;

/// How long one command may take.
const PATIENCE: Duration = Duration::from_secs(60 * 60);
/// How long fetching the list of known vulnerabilities may take.
const FETCH_PATIENCE: Duration = Duration::from_secs(60);

/// Checks the formatting.
pub(super) async fn fmt(repository: &Repository) -> Outcome {
    let mut cargo = repository.cargo();
    cargo.args(["fmt", "--all", "--check"]);
    succeed(&mut cargo).await.context("`cargo fmt` mends it").into()
}

/// Checks the lints, on every target.
pub(super) async fn clippy(repository: &Repository) -> Outcome {
    let mut cargo = repository.cargo();
    cargo.args(["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]);
    succeed(&mut cargo).await.into()
}

/// Checks the documentation.
pub(super) async fn docs(repository: &Repository) -> Outcome {
    let mut cargo = repository.cargo();
    cargo.args(["doc", "--workspace", "--no-deps", "--document-private-items", "--locked"]);
    cargo.env("RUSTDOCFLAGS", "-D warnings");
    succeed(&mut cargo).await.into()
}

/// Checks licences, banned crates and sources; advisories where their list can be fetched.
pub(super) async fn deny(repository: &Repository, tools: &Tools) -> Outcome {
    let program = match &tools.deny {
        Ok(program) => program,
        Err(why) => return Outcome::Skipped(vec![why.clone()]),
    };
    let deny = |arguments: &[&str]| {
        let mut command = Command::new(program);
        command.current_dir(&repository.root).args(arguments).kill_on_drop(true);
        command
    };
    let mut crates = repository.cargo();
    crates.args(["fetch", "--quiet", "--locked"]);
    match timeout(FETCH_PATIENCE, crates.output()).await {
        Ok(Ok(fetched)) if fetched.status.success() => {}
        Ok(Ok(fetched)) if mentions_the_lock(&fetched.stderr) => {
            return Outcome::Failed("Cargo.lock does not fit the manifests".to_owned());
        }
        _ => {
            let reason = "the crates of other platforms could not be fetched";
            return Outcome::Skipped(vec![reason.to_owned()]);
        }
    }
    let offline = ["--offline", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"];
    if let Err(problem) = succeed(&mut deny(&offline)).await {
        return Outcome::Failed(format!("{problem:#}"));
    }
    let mut fetch = deny(&["fetch", "db"]);
    fetch.stdout(Stdio::null()).stderr(Stdio::null());
    if within(FETCH_PATIENCE, &mut fetch).await.is_err() {
        let reason = "advisories: the list of known vulnerabilities could not be fetched";
        return Outcome::Skipped(vec![reason.to_owned()]);
    }
    succeed(&mut deny(&["check", "advisories"])).await.into()
}

/// Runs every test; keeps the runner's summary lines back for the end.
pub(super) async fn tests(
    repository: &Repository,
    tools: &Tools,
    summary: &mut Vec<String>,
) -> Outcome {
    tell(repository, tools, summary, |_| {}).await
}

/// Runs tests of the workspace with everything that is theirs; `which` says more to cargo.
pub(super) async fn tell(
    repository: &Repository,
    tools: &Tools,
    summary: &mut Vec<String>,
    which: impl FnOnce(&mut Command),
) -> Outcome {
    // The stories run the programs; built here, they are not built again beside other features.
    let built = match connectors(repository).await {
        Ok(built) => built,
        Err(problem) => return Outcome::Failed(format!("{problem:#}")),
    };
    let mut cargo = repository.cargo();
    for (name, program) in built {
        cargo.env(format!("E2E_{}", name.to_uppercase()), program);
    }
    cargo.args(["test", "--workspace", "--locked", "--no-fail-fast"]);
    for (variable, tool) in [("TOOLS_PYTHON", &tools.python), ("TOOLS_NODE", &tools.node)] {
        if let Ok(path) = tool {
            cargo.env(variable, path);
        }
    }
    which(&mut cargo);
    match timeout(PATIENCE, run_tests(cargo, std::io::stdout(), summary)).await {
        Ok(result) => result.into(),
        Err(_) => Outcome::Failed("the tests took longer than an hour".to_owned()),
    }
}

async fn connectors(repository: &Repository) -> anyhow::Result<BTreeMap<String, PathBuf>> {
    let connectors = repository.connectors()?;
    let names: Vec<_> = connectors.iter().map(|connector| connector.name.as_str()).collect();
    programs_of(repository, &names).await
}

async fn run_tests(
    mut cargo: Command,
    mut screen: impl Write,
    summary: &mut Vec<String>,
) -> anyhow::Result<()> {
    let mut child = cargo.stdout(Stdio::piped()).spawn().context("starting cargo")?;
    let mut lines = BufReader::new(child.stdout.take().context("cargo has no output")?);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).await? > 0 {
        match summary_line(&line) {
            Some(kept) => summary.extend(kept.says_something()),
            None => screen.write_all(&line)?,
        }
        line.clear();
    }
    screen.flush()?;
    let status = child.wait().await?;
    if status.success() { Ok(()) } else { bail!("cargo test ended with {status}") }
}

/// Whether cargo refused because of `--locked`, and not for want of a network.
fn mentions_the_lock(stderr: &[u8]) -> bool {
    String::from_utf8_lossy(stderr).contains("--locked")
}

/// One of the runner's lines that count tests.
struct SummaryLine(String);

fn summary_line(line: &[u8]) -> Option<SummaryLine> {
    let text = std::str::from_utf8(line).ok()?.trim_end();
    text.starts_with("test result: ").then(|| SummaryLine(text.to_owned()))
}

impl SummaryLine {
    /// The line, unless its program holds no test at all.
    fn says_something(self) -> Option<String> {
        let empty = self.0.contains(" 0 passed; 0 failed; 0 ignored; 0 measured;");
        (!empty).then_some(self.0)
    }
}

async fn succeed(command: &mut Command) -> anyhow::Result<()> {
    let done = within(PATIENCE, command).await;
    done.context("the lines above say why")
}

async fn within(patience: Duration, command: &mut Command) -> anyhow::Result<()> {
    let status = timeout(patience, command.status()).await;
    let status = status.with_context(|| format!("no end after {} s", patience.as_secs()))?;
    let status = status.context("it could not be started")?;
    if status.success() { Ok(()) } else { bail!("{status}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn summary_lines_are_kept_verbatim_and_empty_programs_are_left_out() {
        let script = "echo 'running 3 tests'; \
            echo 'test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.1s'; \
            echo 'test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.0s'; \
            echo 'test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out'; exit 101";
        let mut shell = Command::new("sh");
        shell.args(["-c", script]);
        let mut summary = Vec::new();

        let mut screen = Vec::new();
        let problem = run_tests(shell, &mut screen, &mut summary).await.unwrap_err().to_string();

        assert_eq!(screen, b"running 3 tests\n");

        assert!(problem.contains("101"), "{problem}");
        assert_eq!(summary.len(), 2);
        assert!(summary[0].starts_with("test result: ok. 3 passed;"));
        assert!(summary[1].starts_with("test result: FAILED. 1 passed; 2 failed;"));
    }
}
