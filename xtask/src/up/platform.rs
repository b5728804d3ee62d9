//! The running platform: what is built, what is started, and that all of it ends with us.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use reqwest::header::HOST;
use tokio::process::Command;
use tokio::time::{Instant, sleep};

use super::Flavour;
use super::plan::{Target, plan_of};
use crate::addresses::{Addresses, free_port, loopback};
use crate::build::programs_of;
use crate::client::{loopback_client, send};
use crate::environment::{Setting, fresh_keyring};
use crate::launch::Launch;
use crate::program::Program;
use crate::repository::{Connector, Repository};

const STAND_INS: &str = "stand-ins";
const READY_WITHIN: Duration = Duration::from_secs(30);
const BETWEEN_PROBES: Duration = Duration::from_millis(100);

/// One place where a platform runs: its ports, its folder, its key.
#[derive(Debug)]
pub(super) struct Site<'a> {
    /// Where everything listens.
    pub(super) addresses: Addresses,
    /// Where this run keeps its files.
    pub(super) folder: PathBuf,
    /// Where audit records go.
    pub(super) audit: PathBuf,
    /// Where the instances of each connector keep what they share.
    storage: PathBuf,
    repository: &'a Repository,
    connectors: Vec<Connector>,
    keyring: String,
}

impl<'a> Site<'a> {
    /// The site at these addresses.
    pub(super) fn new(repository: &'a Repository, addresses: Addresses) -> anyhow::Result<Self> {
        let folder = repository.target.join("up").join(addresses.alb().to_string());
        Ok(Self {
            addresses,
            audit: folder.join("audit"),
            storage: folder.join("storage"),
            folder,
            repository,
            connectors: repository.connectors()?,
            keyring: fresh_keyring()?,
        })
    }

    /// Every connector, in the order of the list.
    pub(super) fn connectors(&self) -> &[Connector] {
        &self.connectors
    }

    /// What the environment of each connector is made from, in the same order.
    pub(super) fn settings(&self) -> impl Iterator<Item = Setting<'_>> {
        self.connectors.iter().enumerate().map(|(place, connector)| Setting {
            repository: self.repository,
            connector,
            place,
            addresses: self.addresses,
            audit: &self.audit,
            storage: Some(&self.storage),
            keyring: &self.keyring,
        })
    }

    /// Refuses to start where something else listens.
    pub(super) fn ensure_ports_are_free(&self) -> anyhow::Result<()> {
        let addresses = self.addresses;
        let mut ports = vec![addresses.alb(), addresses.entra(), addresses.graph()];
        for place in 0..self.connectors.len() {
            ports.push(addresses.connector(place)?);
        }
        let taken: Vec<_> = ports
            .into_iter()
            .filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_err())
            .map(|port| port.to_string())
            .collect();
        if taken.is_empty() {
            return Ok(());
        }
        bail!(
            "port {} is in use; stop what listens there or choose another --port",
            taken.join(", ")
        )
    }

    /// Waits until every connector answers through the load balancer, found by its host name.
    pub(super) async fn wait_until_healthy(&self, within: Duration) -> anyhow::Result<()> {
        let client = loopback_client()?;
        let deadline = Instant::now() + within;
        for connector in &self.connectors {
            let url = format!("{}/health", loopback(self.addresses.alb()));
            let host = format!("{}.localhost", connector.host);
            loop {
                let probe = client.get(&url).header(HOST, &host);
                let problem = match send(probe.timeout(Duration::from_secs(15))).await {
                    Ok(reply) if reply.status.is_success() => break,
                    Ok(reply) => format!("status {}: {}", reply.status, reply.excerpt()),
                    Err(problem) => format!("{problem:#}"),
                };
                if Instant::now() >= deadline {
                    let name = &connector.name;
                    let log = self.log_of(name);
                    bail!("{name} is not healthy ({problem}); its log is {}", log.display());
                }
                sleep(BETWEEN_PROBES).await;
            }
        }
        Ok(())
    }

    fn log_of(&self, program: &str) -> PathBuf {
        self.folder.join(format!("{program}.log"))
    }

    /// Makes an empty folder, so that what is found there is from this run.
    fn clear(&self) -> anyhow::Result<()> {
        if self.folder.exists() {
            std::fs::remove_dir_all(&self.folder)
                .with_context(|| format!("clearing {}", self.folder.display()))?;
        }
        std::fs::create_dir_all(&self.audit)
            .with_context(|| format!("creating {}", self.audit.display()))
    }
}

/// Builds the connectors and the stand-ins; answers each program's path by its name.
pub(super) async fn build(
    repository: &Repository,
    connectors: &[Connector],
) -> anyhow::Result<BTreeMap<String, PathBuf>> {
    let mut names: Vec<_> = connectors.iter().map(|connector| connector.name.as_str()).collect();
    names.push(STAND_INS);
    programs_of(repository, &names).await
}

/// Everything that was started.
#[derive(Debug)]
pub(super) struct Platform {
    stand_ins: Program,
    servers: Vec<Program>,
}

impl Platform {
    /// Starts the connectors, if they are servers, and then the stand-ins with the load balancer.
    pub(super) async fn start(
        site: &Site<'_>,
        programs: &BTreeMap<String, PathBuf>,
        flavour: Flavour,
    ) -> anyhow::Result<Self> {
        site.clear()?;
        let mut targets = Vec::new();
        let mut servers = Vec::new();
        for setting in site.settings() {
            let name = &setting.connector.name;
            let program = programs
                .get(name)
                .with_context(|| format!("the package {name} has no program of that name"))?;
            let log = site.log_of(name);
            Launch::of(&setting, program)?.keep(&site.folder)?;
            targets.push(match flavour {
                Flavour::Lambda => Target::Lambda { program: program.clone(), log },
                Flavour::Ecs => {
                    let port = free_port()?;
                    servers.push(serve(&setting, program, port, &log)?);
                    Target::Http { port }
                }
            });
        }
        let plan = site.folder.join("plan.json");
        let text = serde_json::to_string_pretty(&plan_of(site, &targets)?)?;
        std::fs::write(&plan, text).with_context(|| format!("writing {}", plan.display()))?;

        let path =
            programs.get(STAND_INS).context("the package stand-ins has no program of that name")?;
        let mut command = Command::new(path);
        command.arg("--plan").arg(&plan);
        let mut stand_ins = Program::start(STAND_INS, command, &site.log_of(STAND_INS))?;
        stand_ins.ready(READY_WITHIN).await?;
        Ok(Self { stand_ins, servers })
    }

    /// Waits until one of the programs ends by itself, which none should.
    pub(super) async fn ended(&mut self) -> anyhow::Error {
        let mut all: Vec<_> = self.servers.iter_mut().map(|one| Box::pin(one.ended())).collect();
        all.push(Box::pin(self.stand_ins.ended()));
        std::future::poll_fn(|context| {
            let ready = all.iter_mut().find_map(|one| match one.as_mut().poll(context) {
                std::task::Poll::Ready(problem) => Some(problem),
                std::task::Poll::Pending => None,
            });
            ready.map_or(std::task::Poll::Pending, std::task::Poll::Ready)
        })
        .await
    }

    /// Ends everything, the balancer first.
    pub(super) async fn stop(self) {
        self.stand_ins.stop().await;
        for server in self.servers {
            server.stop().await;
        }
    }
}

fn serve(setting: &Setting<'_>, program: &Path, port: u16, log: &Path) -> anyhow::Result<Program> {
    let mut command = Command::new(program);
    command.env_clear().envs(setting.variables()?).env("LISTEN_ADDR", format!("127.0.0.1:{port}"));
    let mut server = Program::start(&setting.connector.name, command, log)?;
    server.drain();
    Ok(server)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_named_in_one_line() {
        let repository = Repository::find().unwrap();
        let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let addresses = Addresses::starting_at(port).unwrap();

        let site = Site::new(&repository, addresses).unwrap();
        let refusal = site.ensure_ports_are_free().unwrap_err().to_string();

        assert!(refusal.contains(&port.to_string()) && refusal.contains("--port"), "{refusal}");
        assert!(!refusal.contains('\n'));
    }
}
