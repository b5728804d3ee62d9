//! Puts the platform together from its settings: what may wait for a network is done side by
//! side and within a bound, so that a start is quick and a start without Entra is possible.

mod early;
mod identity;
mod scopes;

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::Value;

use crate::audit::{AuditOrigin, AuditSettings, AuditSink, AuditTarget, Auditor, CallerProof};
use crate::aws::Aws;
use crate::clock::Clock;
use crate::config::{ConfigError, Host, LiveSecret, Settings, SignIn, Vars};
use crate::connector::Connector;
use crate::edge::{SignedIn, metadata_document};
use crate::http_client::HttpClient;
use crate::identity::{Challenge, EntraSettings};
use crate::limit::Limiter;
use crate::oauth::AuthorizationServer;
use crate::seal::LiveKeyring;
use crate::store::{DiskStore, KillSwitch, MemoryStore, Store, Table};
use crate::telemetry::Lines;
use crate::token_cache::TokenCache;
use crate::tokens::UpstreamTokens;
use early::Early;
use identity::{Ground, Identity};

/// How long the start waits for connections and Entra's keys; what is missing then is had when it
/// is needed.
const PREPARE: Duration = Duration::from_millis(1500);

/// Everything the HTTP surface and the gate are made of.
pub(crate) struct Parts {
    pub(crate) vars: Vars,
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) lines: Lines,
    pub(crate) http_client: HttpClient,
    pub(crate) keyring: LiveKeyring,
    pub(crate) limit: Limiter,
    pub(crate) kill_switch: KillSwitch,
    pub(crate) tokens: Arc<UpstreamTokens>,
    pub(crate) signed_in: SignedIn,
    pub(crate) oauth: Option<Arc<AuthorizationServer>>,
    pub(crate) proof: CallerProof,
    pub(crate) challenge: Challenge,
    pub(crate) metadata: Value,
    pub(crate) auditor: Arc<Auditor>,
    pub(crate) origin: AuditOrigin,
    pub(crate) memory_mb: u32,
}

impl Parts {
    /// Reads, checks and connects everything.
    pub(crate) async fn assemble<C: Connector>(
        vars: &Vars,
        lines: Lines,
    ) -> Result<Self, ConfigError> {
        let clock = Clock::System;
        let http_client = http_client()?;
        let aws = Cloud::new(vars, &http_client);
        let early = Early::new(vars, &aws, &http_client, &clock);
        let vars = with_parameters(vars, &aws, Some(&early), &clock).await?;
        let settings = Settings::from_vars(&vars)?;
        refuse_plain_secrets(&vars, &settings)?;
        let keyring = keyring(&vars, &settings).await?;
        let store = store(&vars, &settings, &keyring, &aws, &clock)?;
        let rpm = vars.parsed("MCP_SERVER_RATE_LIMIT_RPM", 60, "a whole number, 0 for no limit")?;
        let limit = match &store {
            Store::Memory(_) | Store::Disk(_) => Limiter::local(rpm, clock.clone()),
            Store::Dynamodb(_) => Limiter::shared(rpm, store.clone(), clock.clone()),
        };
        let auditor = auditor(&vars, &aws, &lines, &clock)?;
        let cache = token_cache(&vars, &aws, &keyring, &clock)?;
        let origin = AuditOrigin::new(settings.environment.as_str(), C::NAME, C::VERSION);
        let kill_switch = KillSwitch::new(store.clone(), clock.clone());
        let identity = match settings.sign_in {
            SignIn::Debug => {
                let identity = Identity::debug(&vars, &settings)?;
                early.ask().await;
                identity
            }
            SignIn::OAuth(modes) => {
                refuse_debug_tokens(&vars, &settings)?;
                let ground = Ground {
                    vars: &vars,
                    settings: &settings,
                    http_client: &http_client,
                    store: &store,
                    keyring: &keyring,
                    kill_switch: &kill_switch,
                    clock: &clock,
                };
                let keys = async |entra: &Arc<EntraSettings>| early.keys(entra).await;
                Identity::entra::<C>(&ground, modes, keys, cache).await?
            }
        };
        let metadata_url =
            format!("{}/.well-known/oauth-protected-resource/mcp", settings.base_url);
        let metadata =
            metadata_document(&settings.resource(), &identity.issuer, &identity.scope, C::TITLE);
        Ok(Self {
            challenge: Challenge::new(&metadata_url, &identity.scope),
            metadata,
            signed_in: identity.signed_in,
            proof: identity.proof,
            tokens: Arc::new(identity.tokens),
            kill_switch,
            oauth: identity.oauth,
            memory_mb: vars.parsed("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", 0, "megabytes")?,
            vars,
            settings,
            clock,
            lines,
            http_client,
            keyring,
            limit,
            auditor: Arc::new(auditor),
            origin,
        })
    }
}

/// The store that the settings name, without the rest of a start.
pub(crate) async fn storage(vars: &Vars, clock: &Clock) -> Result<Store, ConfigError> {
    let http_client = http_client()?;
    let aws = Cloud::new(vars, &http_client);
    let vars = with_parameters(vars, &aws, None, clock).await?;
    let settings = Settings::from_vars(&vars)?;
    let keyring = keyring(&vars, &settings).await?;
    store(&vars, &settings, &keyring, &aws, clock)
}

fn http_client() -> Result<HttpClient, ConfigError> {
    HttpClient::new().map_err(|_| ConfigError::new("SSL_CERT_FILE", "no usable root certificates"))
}

/// The AWS SDK, set up when something needs it: a laptop needs no region.
struct Cloud<'a> {
    vars: &'a Vars,
    http_client: &'a HttpClient,
    aws: OnceLock<Aws>,
}

impl<'a> Cloud<'a> {
    fn new(vars: &'a Vars, http_client: &'a HttpClient) -> Self {
        Self { vars, http_client, aws: OnceLock::new() }
    }

    fn get(&self) -> Result<&Aws, ConfigError> {
        if let Some(aws) = self.aws.get() {
            return Ok(aws);
        }
        let aws = Aws::from_vars(self.vars, self.http_client)?;
        Ok(self.aws.get_or_init(|| aws))
    }
}

/// The settings with those that are kept in SSM put in their places.
async fn with_parameters(
    vars: &Vars,
    cloud: &Cloud<'_>,
    early: Option<&Early<'_>>,
    clock: &Clock,
) -> Result<Vars, ConfigError> {
    let names = vars.parameter_names()?;
    let mut vars = vars.clone();
    if names.is_empty() {
        return Ok(vars);
    }
    let reader = cloud.get()?.parameters().reader();
    let readings = names
        .iter()
        .map(|(_, path)| LiveSecret::parameter(path.clone(), reader.clone(), clock.clone()));
    let early = async {
        if let Some(early) = early {
            early.ask().await;
        }
    };
    let (readings, ()) = tokio::join!(futures::future::join_all(readings), early);
    for ((setting, _), secret) in names.iter().zip(readings) {
        let name = format!("{setting}_SSM");
        let secret = secret.map_err(|error| ConfigError::new(name, error.to_string()))?;
        vars = vars.with_parameter(setting, secret).await;
    }
    Ok(vars)
}

/// The environment of a function can be read by everybody who may look at its configuration.
fn refuse_plain_secrets(vars: &Vars, settings: &Settings) -> Result<(), ConfigError> {
    const SECRETS: [&str; 5] = [
        "MCP_SERVER_AZURE_CLIENT_SECRET",
        "MCP_SERVER_AZURE_CLIENT_SECRET_PREVIOUS",
        "MCP_SERVER_AZURE_CLIENT_CERTIFICATE",
        "MCP_SERVER_AZURE_CLIENT_CERTIFICATE_PREVIOUS",
        "STORAGE_ENCRYPTION_KEYS",
    ];
    if settings.environment.is_local() || settings.host != Host::Lambda {
        return Ok(());
    }
    match SECRETS.iter().find(|name| vars.get(name).is_some() && !vars.is_parameter(name)) {
        Some(name) => {
            let problem = format!("is a plain secret on Lambda; give {name}_SSM instead");
            Err(ConfigError::new(*name, problem))
        }
        None => Ok(()),
    }
}

/// A developer's own token has no place where people sign in.
fn refuse_debug_tokens(vars: &Vars, settings: &Settings) -> Result<(), ConfigError> {
    const TOKENS: [&str; 2] = ["GRAPH_DEBUG_TOKEN", "DATABRICKS_DEBUG_TOKEN"];
    match TOKENS.iter().find(|name| vars.get(name).is_some()) {
        Some(name) if !settings.environment.is_local() => {
            Err(ConfigError::new(*name, "is only for ENABLE_OAUTH=false"))
        }
        Some(_) | None => Ok(()),
    }
}

/// A table that nobody chose is a mistake, not a default.
fn refuse_unchosen(vars: &Vars, kind: &str, table: &str) -> Result<(), ConfigError> {
    if vars.get(kind).is_none() && vars.get(table).is_some() {
        return Err(ConfigError::new(table, format!("is set, but {kind} is not dynamodb")));
    }
    Ok(())
}

async fn keyring(vars: &Vars, settings: &Settings) -> Result<LiveKeyring, ConfigError> {
    const NAME: &str = "STORAGE_ENCRYPTION_KEYS";
    if let Some(secret) = vars.secret(NAME) {
        return LiveKeyring::from_secret(secret).await;
    }
    let leaves = ["STORAGE_TYPE", "CACHE_TYPE"]
        .iter()
        .any(|name| vars.get(name).is_some_and(|kind| kind == "dynamodb" || kind == "disk"));
    if leaves || settings.host != Host::Process {
        let problem = "is required on Lambda and ECS, and as soon as anything leaves the process";
        return Err(ConfigError::new(NAME, problem));
    }
    LiveKeyring::random().map_err(|error| ConfigError::new(NAME, error.to_string()))
}

fn store(
    vars: &Vars,
    settings: &Settings,
    keyring: &LiveKeyring,
    cloud: &Cloud<'_>,
    clock: &Clock,
) -> Result<Store, ConfigError> {
    refuse_unchosen(vars, "STORAGE_TYPE", "STORAGE_DYNAMODB_TABLE_NAME")?;
    match vars.get("STORAGE_TYPE") {
        None | Some("memory") => {
            if settings.has_proxy() && !settings.environment.is_local() {
                let problem = "memory is not for proxy mode outside ENVIRONMENT=local; \
                               set dynamodb, or MCP_SERVER_AUTH_MODES=direct";
                return Err(ConfigError::new("STORAGE_TYPE", problem));
            }
            Ok(Store::Memory(MemoryStore::new(clock.clone())))
        }
        Some("dynamodb") => {
            let table = vars.required("STORAGE_DYNAMODB_TABLE_NAME")?;
            let aws = cloud.get()?;
            let client = match vars.get("STORAGE_DYNAMODB_REGION") {
                Some(region) => aws.dynamodb_in(region),
                None => aws.dynamodb(),
            };
            Ok(Store::Dynamodb(Table::new(client, table, clock.clone())))
        }
        Some("disk") => disk_store(vars, settings, keyring, clock),
        Some(_) => Err(ConfigError::new("STORAGE_TYPE", "expected memory, disk or dynamodb")),
    }
}

/// A function's disk is neither shared with the next instance nor kept for it.
fn disk_store(
    vars: &Vars,
    settings: &Settings,
    keyring: &LiveKeyring,
    clock: &Clock,
) -> Result<Store, ConfigError> {
    const DIRECTORY: &str = "STORAGE_DISK_DIRECTORY";
    if settings.host == Host::Lambda && !settings.environment.is_local() {
        let problem = "disk is not for Lambda outside ENVIRONMENT=local; set dynamodb";
        return Err(ConfigError::new("STORAGE_TYPE", problem));
    }
    let directory = vars.required(DIRECTORY)?;
    DiskStore::open(Path::new(directory), keyring.clone(), clock.clone())
        .map(Store::Disk)
        .map_err(|error| ConfigError::new(DIRECTORY, error.to_string()))
}

fn token_cache(
    vars: &Vars,
    cloud: &Cloud<'_>,
    keyring: &LiveKeyring,
    clock: &Clock,
) -> Result<TokenCache, ConfigError> {
    refuse_unchosen(vars, "CACHE_TYPE", "CACHE_DYNAMODB_TABLE_NAME")?;
    match vars.get("CACHE_TYPE") {
        Some("off") => Ok(TokenCache::Off),
        None | Some("memory") => Ok(TokenCache::memory(clock.clone())),
        Some("dynamodb") => {
            let table = vars.required("CACHE_DYNAMODB_TABLE_NAME")?;
            let client = cloud.get()?.dynamodb();
            let store = Store::Dynamodb(Table::new(client, table, clock.clone()));
            Ok(TokenCache::dynamodb(store, table, keyring.clone(), clock.clone()))
        }
        Some(_) => Err(ConfigError::new("CACHE_TYPE", "expected off, memory or dynamodb")),
    }
}

fn auditor(
    vars: &Vars,
    cloud: &Cloud<'_>,
    lines: &Lines,
    clock: &Clock,
) -> Result<Auditor, ConfigError> {
    let settings = AuditSettings::from_vars(vars)?;
    let sink = match &settings.target {
        AuditTarget::Stdout => AuditSink::Stdout(lines.clone()),
        AuditTarget::File { directory } => AuditSink::file(directory),
        AuditTarget::Firehose { stream } => AuditSink::firehose(&cloud.get()?.firehose(), stream),
    };
    Ok(Auditor::new(sink, settings.mode, lines.clone(), clock.clone()))
}

#[cfg(test)]
mod tests;
