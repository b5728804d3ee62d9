//! The official conformance suite: in full against the fixture server, and the scenarios that need
//! no fixtures against every connector.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::process::Command;
use tokio::time::{Instant, sleep, timeout};

use super::report::Outcome;
use super::tools::Tools;
use crate::addresses::{Addresses, DEFAULT_PORT, free_port, loopback};
use crate::build::programs_of;
use crate::client::{loopback_client, send};
use crate::environment::{Setting, fresh_keyring};
use crate::program::Program;
use crate::repository::{Connector, Repository};

/// The program of `tests/conformance` that offers what the suite looks for.
///
/// It takes `--listen 127.0.0.1:0`, and says `{"url": "http://127.0.0.1:…/mcp"}` on its first line.
const FIXTURE: &str = "conformance-fixture";
const READY_WITHIN: Duration = Duration::from_secs(20);
const SUITE_PATIENCE: Duration = Duration::from_secs(15 * 60);

/// A protocol revision, and the scenarios that any server of tools must pass.
struct Revision {
    name: &'static str,
    without_fixtures: &'static [&'static str],
}

const REVISIONS: [Revision; 2] = [
    Revision {
        name: "2026-07-28",
        without_fixtures: &[
            "tools-list",
            "server-sse-multiple-streams",
            "sep-2164-resource-not-found",
            "dns-rebinding-protection",
            "http-header-validation",
            "input-required-result-unsupported-methods",
            "input-required-result-validate-input",
            "input-required-result-missing-input-response",
            "input-required-result-ignore-extra-params",
        ],
    },
    Revision {
        name: "2025-11-25",
        without_fixtures: &["server-initialize", "ping", "tools-list", "dns-rebinding-protection"],
    },
];

/// Runs the suite.
pub(super) async fn run(repository: &Repository, tools: &Tools) -> Outcome {
    let (node, program) = match (&tools.node, &tools.conformance) {
        (Ok(node), Ok(program)) => (node, program),
        (Err(why), _) | (_, Err(why)) => return Outcome::Skipped(vec![why.clone()]),
    };
    let folder = repository.target.join("conformance");
    let suite = Suite { repository, node, program, folder };
    match suite.run_all().await {
        Ok(skipped) => Outcome::unless_skipped(skipped),
        Err(problem) => Outcome::Failed(format!("{problem:#}")),
    }
}

struct Suite<'a> {
    repository: &'a Repository,
    node: &'a Path,
    program: &'a Path,
    folder: PathBuf,
}

impl Suite<'_> {
    /// Answers what was skipped, and why.
    async fn run_all(&self) -> anyhow::Result<Vec<String>> {
        std::fs::create_dir_all(&self.folder)?;
        let connectors = self.repository.connectors()?;
        let mut packages: Vec<_> = connectors.iter().map(|one| one.name.as_str()).collect();
        packages.push("conformance");
        let programs = programs_of(self.repository, &packages).await?;

        let mut skipped = Vec::new();
        match programs.get(FIXTURE) {
            Some(program) => self.against_fixture(program).await?,
            None => skipped.push(format!("the full suite: there is no program {FIXTURE}")),
        }
        for (place, connector) in connectors.iter().enumerate() {
            let program = programs.get(&connector.name);
            let program = program.with_context(|| format!("{} has no program", connector.name))?;
            self.against_connector(place, connector, program).await?;
        }
        Ok(skipped)
    }

    async fn against_fixture(&self, program: &Path) -> anyhow::Result<()> {
        let mut command = Command::new(program);
        command.args(["--listen", "127.0.0.1:0"]);
        let mut fixture = Program::start(FIXTURE, command, &self.folder.join("fixture.log"))?;
        let ready = fixture.ready(READY_WITHIN).await?;
        let url = ready.get("url").and_then(|url| url.as_str());
        let url = url.with_context(|| format!("{FIXTURE} does not say its url"))?;
        for revision in &REVISIONS {
            let name = revision.name;
            let baseline = format!("tests/conformance/baseline-{name}.yml");
            let mut arguments = vec!["--requirements", name];
            if self.repository.root.join(&baseline).is_file() {
                arguments.extend(["--expected-failures", &baseline]);
            }
            self.ask(url, &arguments).await.with_context(|| format!("the suite of {name}"))?;
        }
        fixture.stop().await;
        Ok(())
    }

    async fn against_connector(
        &self,
        place: usize,
        connector: &Connector,
        program: &Path,
    ) -> anyhow::Result<()> {
        let name = &connector.name;
        let port = free_port()?;
        let command = self.without_sign_in(place, connector, program, port)?;
        let log = self.folder.join(format!("{name}.log"));
        let mut server = Program::start(name, command, &log)?;
        server.drain();
        tokio::select! {
            healthy = until_healthy(port) => healthy.with_context(|| format!("starting {name}"))?,
            problem = server.ended() => return Err(problem),
        }
        let url = format!("{}/mcp", loopback(port));
        for revision in &REVISIONS {
            for scenario in revision.without_fixtures {
                let arguments = ["--scenario", scenario, "--spec-version", revision.name];
                let asked = self.ask(&url, &arguments).await;
                asked.with_context(|| format!("{name}, {}, scenario {scenario}", revision.name))?;
            }
        }
        server.stop().await;
        Ok(())
    }

    /// The connector as it may run on loopback only: the suite cannot send a token.
    fn without_sign_in(
        &self,
        place: usize,
        connector: &Connector,
        program: &Path,
        port: u16,
    ) -> anyhow::Result<Command> {
        let audit = self.folder.join("audit");
        std::fs::create_dir_all(&audit)?;
        let setting = Setting {
            repository: self.repository,
            connector,
            place,
            addresses: Addresses::starting_at(DEFAULT_PORT)?,
            audit: &audit,
            storage: None,
            keyring: &fresh_keyring()?,
        };
        let own = [
            ("ENABLE_OAUTH", "false".to_owned()),
            ("GRAPH_DEBUG_TOKEN", "a-token-that-opens-nothing".to_owned()),
            ("CACHE_TYPE", "off".to_owned()),
            ("LISTEN_ADDR", format!("127.0.0.1:{port}")),
            ("MCP_BASE_URL", loopback(port)),
            ("MCP_SERVER_RATE_LIMIT_RPM", "0".to_owned()),
            ("MCP_SERVER_ALLOWED_HOSTS", format!("127.0.0.1:{port},localhost:{port}")),
            (
                "MCP_SERVER_ALLOWED_ORIGINS",
                format!("http://127.0.0.1:{port},http://localhost:{port}"),
            ),
        ];
        let mut command = Command::new(program);
        command.env_clear().envs(setting.variables()?).envs(own);
        Ok(command)
    }

    async fn ask(&self, url: &str, arguments: &[&str]) -> anyhow::Result<()> {
        let mut command = Command::new(self.node);
        command
            .current_dir(&self.repository.root)
            .arg(self.program)
            .args(["server", "--url", url, "--timeout", "8000", "-o"])
            .arg(self.folder.join("results"))
            .args(arguments)
            .kill_on_drop(true);
        let status = timeout(SUITE_PATIENCE, command.status()).await.context("it took too long")?;
        let status = status.context("starting Node")?;
        if status.success() { Ok(()) } else { bail!("{status}; the lines above say why") }
    }
}

async fn until_healthy(port: u16) -> anyhow::Result<()> {
    let client = loopback_client()?;
    let url = format!("{}/health", loopback(port));
    let deadline = Instant::now() + READY_WITHIN;
    while !send(client.get(&url)).await.is_ok_and(|reply| reply.status.is_success()) {
        if Instant::now() >= deadline {
            bail!("it was not healthy within {} s", READY_WITHIN.as_secs());
        }
        sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}
