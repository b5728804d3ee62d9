//! FastMCP with the same tool, in a Python of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use serde_json::Value;
use stand_ins::company;
use tokio::process::Command;

use super::CONNECTOR;
use super::stage::Stage;
use crate::environment::registration;
use crate::program::Program;
use crate::repository::{Repository, text_of};
use crate::test::install_fastmcp;

const PROGRAM: &str = "tests/bench/fastmcp_peer.py";
/// The labels whose content may leave, as in the connector's policy for the stand-ins.
const LABELS: &str = "11111111-aaaa-4aaa-8aaa-000000000001,22222222-bbbb-4bbb-8bbb-000000000002";
const READY_WITHIN: Duration = Duration::from_secs(60);

/// An installed peer.
#[derive(Debug)]
pub(super) struct Peer {
    python: PathBuf,
    program: PathBuf,
}

/// A peer that serves HTTP.
#[derive(Debug)]
pub(super) struct PeerServer {
    /// Its process id.
    pub(super) pid: i32,
    /// Its host and port.
    pub(super) host: String,
    program: Program,
}

impl Peer {
    /// Installs FastMCP into `target/tools`, once.
    ///
    /// # Errors
    /// When there is no Python or no package registry.
    pub(super) async fn install(repository: &Repository) -> anyhow::Result<Self> {
        let folder = repository.target.join("tools");
        let python = install_fastmcp(&folder).await?;
        Ok(Self { python, program: repository.root.join(PROGRAM) })
    }

    /// What the peer is told: whom to believe, and the upstream requests that the stage has seen.
    ///
    /// # Errors
    /// When Entra's discovery document cannot be had.
    pub(super) async fn variables(
        &self,
        stage: &Stage,
        folder: &Path,
    ) -> anyhow::Result<BTreeMap<&'static str, String>> {
        let (keys, issuer) = stage.discovery().await?;
        let client_id = registration(CONNECTOR)?;
        let requests = folder.join("requests.json");
        let asked = Value::from(stage.upstream.asked());
        std::fs::write(&requests, serde_json::to_vec(&asked)?).context("writing the requests")?;
        Ok(BTreeMap::from([
            ("PEER_UPSTREAM", stage.upstream.url().to_owned()),
            ("PEER_LABELS", LABELS.to_owned()),
            ("PEER_REQUESTS", text_of(&requests)?),
            ("PEER_JWKS", keys),
            ("PEER_ISSUER", issuer),
            ("PEER_AUDIENCE", format!("{client_id},api://{client_id}")),
            ("PEER_AUDIT", text_of(&folder.join("peer-audit.ndjson"))?),
            ("PEER_ENTRA", stage.entra.base_url().to_owned()),
            ("PEER_TENANT", company::TENANT.to_owned()),
            ("PEER_CLIENT_ID", client_id.to_owned()),
            ("PEER_CLIENT_SECRET", company::CLIENT_SECRET.to_owned()),
        ]))
    }

    /// The command that starts it in one of its two ways.
    pub(super) fn command(&self, way: &str, variables: &BTreeMap<&str, String>) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(&self.program).arg(way).env_clear().envs(variables);
        command
    }

    /// Starts it as a server.
    ///
    /// # Errors
    /// When it does not say its port in time.
    pub(super) async fn serve(
        &self,
        variables: &BTreeMap<&str, String>,
        log: &Path,
    ) -> anyhow::Result<PeerServer> {
        let mut program = Program::start("fastmcp", self.command("serve", variables), log)?;
        let ready = program.ready(READY_WITHIN).await?;
        let port = ready.get("port").and_then(Value::as_u64).unwrap_or_default();
        ensure!(port > 0, "the peer says no port");
        Ok(PeerServer { pid: program.id(), host: format!("127.0.0.1:{port}"), program })
    }
}

impl PeerServer {
    /// Ends it.
    pub(super) async fn stop(self) {
        self.program.stop().await;
    }
}
