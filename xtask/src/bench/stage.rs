//! The surroundings of a connector: Entra, an upstream that answers at once, a person's token.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use reqwest::Client;
use serde_json::{Value, json};
use stand_ins::entra::{Entra, EntraOptions};
use stand_ins::{company, entra, graph, together};
use tokio::process::Command;
use tokio::time::{Instant, sleep};

use super::door::{Answers, Door};
use super::{Bench, CONNECTOR};
use crate::addresses::{Addresses, DEFAULT_PORT, free_port, loopback};
use crate::client::{loopback_client, send};
use crate::environment::{Setting, fresh_keyring};
use crate::mcp::ToolCall;
use crate::program::Program;
use crate::repository::Connector;

/// The Host header that the connector expects, wherever it listens.
pub(super) const HOST: &str = "127.0.0.1:8000";
/// Who calls.
pub(super) const PERSON: &str = "ann";
/// More calls a minute than a benchmark makes, so that the limiter works and never refuses.
const CALLS_PER_MINUTE: &str = "1000000";
const AUDIT_FOLDER: &str = "AUDIT_FILE_DIRECTORY";
const UP_WITHIN: Duration = Duration::from_secs(20);
const BETWEEN_PROBES: Duration = Duration::from_millis(20);

/// Everything around the connector, in this process.
pub(super) struct Stage {
    /// The stand-in that signs tokens.
    pub(super) entra: entra::Running,
    /// The upstream: the stand-in Graph's answers, each made once and repeated.
    pub(super) upstream: Door,
    /// The person's token.
    pub(super) token: String,
    /// Calls with keep-alive.
    pub(super) client: Client,
    /// The connector's entry in the list.
    pub(super) connector: Connector,
    audit: PathBuf,
    variables: BTreeMap<String, String>,
    _graph: graph::Running,
}

/// A connector that serves HTTP.
#[derive(Debug)]
pub(super) struct Server {
    /// Its process id.
    pub(super) pid: i32,
    /// Its address, without a slash at the end.
    pub(super) url: String,
    program: Program,
}

impl Stage {
    /// Sets everything up; every answer of the upstream waits for `delay`.
    ///
    /// # Errors
    /// When a stand-in does not start.
    pub(super) async fn set(bench: &Bench, name: &str, delay: Duration) -> anyhow::Result<Self> {
        let folder = bench.empty_folder(name)?;
        let audit = folder.join("audit");
        std::fs::create_dir_all(&audit)?;
        let entra = Entra::start(EntraOptions::default()).await?;
        let graph = together::graph(([127, 0, 0, 1], 0).into()).await?;
        let origin = format!("http://{}", graph.address());
        let upstream = Door::open(&origin, Answers::Repeated, delay).await?;
        let token = entra.access_token(PERSON, CONNECTOR)?;
        let (place, connector) = bench.repository.connector(CONNECTOR)?;
        let keyring = fresh_keyring()?;
        let setting = Setting {
            repository: &bench.repository,
            connector: &connector,
            place,
            // Every address is replaced below: nothing here has a fixed port.
            addresses: Addresses::starting_at(DEFAULT_PORT)?,
            audit: &audit,
            storage: None,
            keyring: &keyring,
        };
        let mut variables = setting.variables()?;
        for (name, value) in [
            ("AZURE_AUTHORITY_HOST", entra.base_url().to_owned()),
            ("GRAPH_BASE_URL", format!("{}/v1.0", upstream.url())),
            ("MCP_BASE_URL", format!("http://{HOST}")),
            ("MCP_SERVER_ALLOWED_HOSTS", HOST.to_owned()),
            ("MCP_SERVER_RATE_LIMIT_RPM", CALLS_PER_MINUTE.to_owned()),
            // Beside the log lines, as the peer's: nobody waits for the disk.
            ("AUDIT_TYPE", "stdout".to_owned()),
        ] {
            variables.insert(name.to_owned(), value);
        }
        variables.remove(AUDIT_FOLDER);
        let client = loopback_client()?;
        Ok(Self { entra, upstream, token, client, connector, audit, variables, _graph: graph })
    }

    /// What makes a connector wait until its audit records are on the disk.
    pub(super) fn audit_on_disk(&self) -> [(&'static str, String); 2] {
        let folder = self.audit.to_string_lossy().into_owned();
        [("AUDIT_TYPE", "file".to_owned()), (AUDIT_FOLDER, folder)]
    }

    /// The connector's environment.
    pub(super) fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    /// Starts the connector's HTTP flavour, with these variables on top.
    ///
    /// # Errors
    /// When it does not become healthy.
    pub(super) async fn serve(
        &self,
        program: &Path,
        more: &[(&str, String)],
        log: &Path,
    ) -> anyhow::Result<Server> {
        self.serve_at(free_port()?, program, more, log).await
    }

    /// The same under its own address, where a browser finds it.
    ///
    /// # Errors
    /// When it does not become healthy.
    pub(super) async fn serve_openly(
        &self,
        program: &Path,
        more: &[(&str, String)],
        log: &Path,
    ) -> anyhow::Result<Server> {
        let port = free_port()?;
        let mut variables = vec![
            ("MCP_BASE_URL", loopback(port)),
            ("MCP_SERVER_ALLOWED_HOSTS", format!("127.0.0.1:{port}")),
        ];
        variables.extend_from_slice(more);
        self.serve_at(port, program, &variables, log).await
    }

    async fn serve_at(
        &self,
        port: u16,
        program: &Path,
        more: &[(&str, String)],
        log: &Path,
    ) -> anyhow::Result<Server> {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.variables);
        command.envs(more.iter().map(|(name, value)| (name, value)));
        command.env("LISTEN_ADDR", format!("127.0.0.1:{port}"));
        let program = Program::start_logged(CONNECTOR, command, log)?;
        let server = Server { pid: program.id(), url: loopback(port), program };
        let deadline = Instant::now() + UP_WITHIN;
        let health = format!("{}/health", server.url);
        while let Err(problem) = send(self.client.get(&health)).await {
            if Instant::now() >= deadline {
                bail!("{CONNECTOR} does not serve ({problem:#}); its log is {}", log.display());
            }
            sleep(BETWEEN_PROBES).await;
        }
        Ok(server)
    }

    /// The connector's demo call, for a server at this address.
    pub(super) fn call(&self, url: &str, host: &str) -> ToolCall<'_> {
        ToolCall {
            url: format!("{url}/mcp"),
            host: host.to_owned(),
            tool: &self.connector.demo.tool,
            arguments: &self.connector.demo.arguments,
        }
    }

    /// Makes the call once and answers the length of its result, which must be one.
    ///
    /// # Errors
    /// When the tool failed or found nothing.
    pub(super) async fn call_once(&self, call: &ToolCall<'_>) -> anyhow::Result<usize> {
        let answer = call.send(&self.client, &self.token).await?;
        ensure!(!answer.is_error(), "the tool says that it failed: {}", answer.text());
        Ok(answer.result.to_string().len())
    }

    /// Where Entra's keys are, and how its issuer is called, for the peer.
    ///
    /// # Errors
    /// When the discovery document cannot be had.
    pub(super) async fn discovery(&self) -> anyhow::Result<(String, String)> {
        let path = format!("{}/v2.0/.well-known/openid-configuration", company::TENANT);
        let request = self.client.get(format!("{}/{path}", self.entra.base_url()));
        let document = send(request).await?.json()?;
        let text = |name: &str| {
            let value = document.get(name).and_then(Value::as_str);
            value.map(str::to_owned).with_context(|| format!("discovery names no {name}"))
        };
        Ok((text("jwks_uri")?, text("issuer")?))
    }

    /// The demo call as a JSON-RPC message.
    pub(super) fn message(&self) -> Value {
        json!({
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {
                "name": self.connector.demo.tool,
                "arguments": self.connector.demo.arguments,
            },
        })
    }
}

impl Server {
    /// Ends it.
    pub(super) async fn stop(self) {
        self.program.stop().await;
    }
}
