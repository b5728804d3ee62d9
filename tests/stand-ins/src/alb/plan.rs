//! The routing rules, as a JSON document that Terraform output, xtask and tests can write.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};

/// What the balancer listens on, and where it sends what it hears.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlbPlan {
    /// Address of the listener that routes by host; port 0 takes a free one.
    #[serde(default = "free_port")]
    pub listen: SocketAddr,
    /// Targets, in any order.
    pub targets: Vec<TargetPlan>,
    /// Region named in ARNs and in `AWS_REGION`.
    #[serde(default = "region")]
    pub region: String,
    /// What happens to `X-Forwarded-For`.
    #[serde(default)]
    pub forwarded_for: ForwardedFor,
    /// What happens to headers whose names are not letters, digits and hyphens.
    #[serde(default)]
    pub invalid_headers: InvalidHeaders,
    /// Seconds an idle connection is kept.
    #[serde(default = "idle_timeout_s")]
    pub idle_timeout_s: u64,
    /// File that receives the access log, besides the ring in memory.
    #[serde(default)]
    pub access_log_file: Option<PathBuf>,
}

/// One target group with its listener rule.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetPlan {
    /// Name of the target and of its function.
    pub name: String,
    /// Hosts that are routed here; `*` and `?` are wildcards, case is ignored.
    #[serde(default)]
    pub host_patterns: Vec<String>,
    /// Addresses that always lead here, whatever the host says.
    #[serde(default)]
    pub listen: Vec<SocketAddr>,
    /// Rank of the rule: the lowest number wins.
    pub priority: u32,
    /// Whether events carry `multiValueHeaders`, as a target group with that attribute on.
    #[serde(default = "on")]
    pub multi_value_headers: bool,
    /// Probes of the target; absent means off, which is the default on AWS too.
    #[serde(default)]
    pub health_check: Option<HealthCheckPlan>,
    /// What answers.
    pub target: TargetKind,
}

/// What stands behind a target group.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TargetKind {
    /// A built function, run by the balancer itself.
    Lambda(LambdaPlan),
    /// A server that speaks HTTP/1.1, as a container of the ECS flavour does.
    Http(HttpPlan),
}

/// How a function is run.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LambdaPlan {
    /// The built program.
    pub binary: PathBuf,
    /// The function's environment; nothing is inherited.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Memory setting, told to the function and reported; not enforced.
    #[serde(default = "memory_mb")]
    pub memory_mb: u32,
    /// Seconds an invocation may take.
    #[serde(default = "timeout_s")]
    pub timeout_s: u64,
    /// Seconds a new instance may take until it asks for its first event.
    #[serde(default = "init_timeout_s")]
    pub init_timeout_s: u64,
    /// Most instances at once; more requests than that are throttled.
    #[serde(default = "concurrency")]
    pub concurrency: usize,
    /// Whether the process is stopped between events, as Lambda does.
    #[serde(default = "on")]
    pub freeze: bool,
    /// File that receives the function's log, besides the ring in memory.
    #[serde(default)]
    pub log_file: Option<PathBuf>,
}

impl std::fmt::Debug for LambdaPlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values of the environment may be secrets: only their names are shown.
        f.debug_struct("LambdaPlan")
            .field("binary", &self.binary)
            .field("env", &self.env.keys())
            .field("memory_mb", &self.memory_mb)
            .field("timeout_s", &self.timeout_s)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

/// Where an HTTP target listens.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpPlan {
    /// Base address on loopback, such as `http://127.0.0.1:9001`.
    pub url: String,
}

/// Probes of a target.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthCheckPlan {
    /// Path that is asked for.
    #[serde(default = "health_path")]
    pub path: String,
    /// Seconds between probes.
    #[serde(default = "health_interval_s")]
    pub interval_s: u64,
}

/// The `xff_header_processing.mode` attribute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForwardedFor {
    /// The client's address is added at the end.
    #[default]
    Append,
    /// The header stays as the client sent it.
    Preserve,
    /// The header is taken away.
    Remove,
}

/// The `drop_invalid_header_fields.enabled` attribute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvalidHeaders {
    /// They never reach the target.
    #[default]
    Drop,
    /// They are passed on.
    Forward,
}

impl AlbPlan {
    /// These targets behind a free port, everything else as by default.
    pub fn new(targets: Vec<TargetPlan>) -> Self {
        Self {
            listen: free_port(),
            targets,
            region: region(),
            forwarded_for: ForwardedFor::default(),
            invalid_headers: InvalidHeaders::default(),
            idle_timeout_s: idle_timeout_s(),
            access_log_file: None,
        }
    }

    /// Refuses a plan that could reach beyond this machine, or whose rules are ambiguous.
    ///
    /// # Errors
    ///
    /// Says which target is at fault and why.
    pub fn validate(&self) -> anyhow::Result<()> {
        ensure_loopback(self.listen)?;
        ensure!(self.idle_timeout_s > 0, "the idle timeout must be at least one second");
        let mut names = std::collections::BTreeSet::new();
        let mut priorities = std::collections::BTreeSet::new();
        for target in &self.targets {
            let name = &target.name;
            target.validate().with_context(|| format!("target {name}"))?;
            ensure!(names.insert(name), "two targets are called {name}");
            ensure!(
                priorities.insert(target.priority),
                "priority {} is taken twice",
                target.priority
            );
        }
        Ok(())
    }
}

impl TargetPlan {
    /// A target for `<name>.localhost` with a free port of its own.
    pub fn new(name: &str, priority: u32, target: TargetKind) -> Self {
        Self {
            name: name.to_owned(),
            host_patterns: vec![format!("{name}.localhost")],
            listen: vec![free_port()],
            priority,
            multi_value_headers: on(),
            health_check: None,
            target,
        }
    }

    fn validate(&self) -> anyhow::Result<()> {
        ensure!(
            !self.name.is_empty()
                && self.name.len() <= 64
                && self.name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'),
            "a name is 1 to 64 letters, digits, hyphens or underscores"
        );
        ensure!((1..=50_000).contains(&self.priority), "a priority is 1 to 50000");
        for pattern in &self.host_patterns {
            ensure!(
                !pattern.is_empty() && pattern.len() <= 128,
                "a host pattern has 1 to 128 characters"
            );
        }
        for address in &self.listen {
            ensure_loopback(*address)?;
        }
        if let Some(check) = &self.health_check {
            ensure!(check.path.starts_with('/'), "a health check path starts with a slash");
            ensure!((5..=300).contains(&check.interval_s), "an interval is 5 to 300 seconds");
        }
        match &self.target {
            TargetKind::Lambda(lambda) => lambda.validate(),
            TargetKind::Http(http) => http.address().map(drop),
        }
    }
}

impl LambdaPlan {
    /// A built program with the default settings and an empty environment.
    pub fn new(binary: PathBuf) -> Self {
        Self {
            binary,
            env: BTreeMap::new(),
            memory_mb: memory_mb(),
            timeout_s: timeout_s(),
            init_timeout_s: init_timeout_s(),
            concurrency: concurrency(),
            freeze: on(),
            log_file: None,
        }
    }

    fn validate(&self) -> anyhow::Result<()> {
        ensure!(self.binary.is_file(), "{} is not a file", self.binary.display());
        ensure!((1..=900).contains(&self.timeout_s), "a timeout is 1 to 900 seconds");
        ensure!((1..=900).contains(&self.init_timeout_s), "an init timeout is 1 to 900 seconds");
        ensure!((1..=100).contains(&self.concurrency), "a concurrency is 1 to 100");
        Ok(())
    }
}

impl HttpPlan {
    /// The socket behind the address, which must be on loopback.
    pub(super) fn address(&self) -> anyhow::Result<SocketAddr> {
        let url = url::Url::parse(&self.url).context("the url cannot be read")?;
        ensure!(url.scheme() == "http", "an HTTP target starts with http://");
        let port = url.port_or_known_default().context("the url has no port")?;
        let ip = match url.host().context("the url has no host")? {
            url::Host::Ipv4(ip) => IpAddr::V4(ip),
            url::Host::Ipv6(ip) => IpAddr::V6(ip),
            url::Host::Domain("localhost") => IpAddr::V4(Ipv4Addr::LOCALHOST),
            url::Host::Domain(_) => anyhow::bail!("an HTTP target is an address on loopback"),
        };
        let address = SocketAddr::new(ip, port);
        ensure_loopback(address)?;
        Ok(address)
    }
}

fn ensure_loopback(address: SocketAddr) -> anyhow::Result<()> {
    ensure!(address.ip().is_loopback(), "{address} is not on loopback");
    Ok(())
}

fn free_port() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 0))
}

fn region() -> String {
    "eu-central-1".to_owned()
}

fn idle_timeout_s() -> u64 {
    60
}

fn on() -> bool {
    true
}

fn memory_mb() -> u32 {
    256
}

fn timeout_s() -> u64 {
    25
}

fn init_timeout_s() -> u64 {
    10
}

fn concurrency() -> usize {
    10
}

fn health_path() -> String {
    "/health".to_owned()
}

fn health_interval_s() -> u64 {
    35
}
