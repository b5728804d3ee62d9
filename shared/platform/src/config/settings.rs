//! The settings that every connector has.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use url::Url;

use super::vars::{ConfigError, Vars};

/// Where we run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// A laptop or a test.
    Local,
    /// The development account.
    Dev,
    /// The production account.
    Prod,
}

impl Environment {
    /// The word used in settings, records and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Dev => "dev",
            Self::Prod => "prod",
        }
    }

    /// Whether laptop defaults are allowed.
    pub fn is_local(self) -> bool {
        self == Self::Local
    }
}

impl FromStr for Environment {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "local" => Ok(Self::Local),
            "dev" => Ok(Self::Dev),
            "prod" => Ok(Self::Prod),
            _ => Err(()),
        }
    }
}

/// What this process is: decides how it listens and whom it believes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// A Lambda function: events come from the runtime API.
    Lambda,
    /// A container task on ECS, behind the load balancer.
    Ecs,
    /// An ordinary process.
    Process,
}

impl Host {
    /// Reads it from the variables that AWS sets.
    pub fn from_vars(vars: &Vars) -> Self {
        if vars.get("AWS_LAMBDA_RUNTIME_API").is_some() {
            Self::Lambda
        } else if vars.get("ECS_CONTAINER_METADATA_URI_V4").is_some() {
            Self::Ecs
        } else {
            Self::Process
        }
    }
}

/// The settings of the HTTP surface.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where we run.
    pub environment: Environment,
    /// What this process is.
    pub host: Host,
    /// Public address without a trailing slash; every URL we print is built from it.
    pub base_url: String,
    /// Accepted `Host` values.
    pub allowed_hosts: Vec<String>,
    /// Accepted `Origin` values.
    pub allowed_origins: Vec<String>,
    /// Where the HTTP flavour listens.
    pub listen: SocketAddr,
    /// How people sign in.
    pub sign_in: SignIn,
}

/// How people sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// With a bearer token that is verified.
    OAuth(Modes),
    /// Not at all: one fixed upstream token, on a laptop only.
    Debug,
}

/// Whose bearer tokens are taken (`MCP_SERVER_AUTH_MODES`); at least one is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modes {
    /// Tokens that Entra issued for our API.
    pub direct: bool,
    /// Our own, given out by our OAuth server.
    pub proxy: bool,
}

impl Settings {
    /// Reads and checks them.
    ///
    /// # Errors
    /// The first setting that is missing, unknown or contradicts another.
    pub fn from_vars(vars: &Vars) -> Result<Self, ConfigError> {
        let environment = vars.parsed("ENVIRONMENT", Environment::Local, "local, dev or prod")?;
        let host = Host::from_vars(vars);
        let listen = listen_address(vars, environment)?;
        let base_url = base_url(vars, environment, listen)?;
        let allowed_hosts = allowed_hosts(vars, &base_url)?;
        let sign_in = sign_in(vars, environment, listen, &base_url)?;
        if sign_in == SignIn::Debug && !allowed_hosts.iter().all(|host| leads_here(host)) {
            let problem = "without ENABLE_OAUTH only loopback names are allowed";
            return Err(ConfigError::new(ALLOWED_HOSTS, problem));
        }
        let settings = Self {
            environment,
            host,
            allowed_hosts,
            allowed_origins: allowed_origins(vars)?,
            listen,
            sign_in,
            base_url: base_url.as_str().trim_end_matches('/').to_owned(),
        };
        Ok(settings)
    }

    /// Whether our OAuth server is on.
    pub fn has_proxy(&self) -> bool {
        matches!(self.sign_in, SignIn::OAuth(Modes { proxy: true, .. }))
    }

    /// The identifier of the protected resource: the MCP endpoint's address.
    pub fn resource(&self) -> String {
        format!("{}/mcp", self.base_url)
    }
}

fn listen_address(vars: &Vars, environment: Environment) -> Result<SocketAddr, ConfigError> {
    let default = match environment {
        Environment::Local => SocketAddr::from(([127, 0, 0, 1], 8000)),
        Environment::Dev | Environment::Prod => SocketAddr::from(([0, 0, 0, 0], 8000)),
    };
    vars.parsed("LISTEN_ADDR", default, "an address such as 127.0.0.1:8000")
}

fn base_url(vars: &Vars, environment: Environment, listen: SocketAddr) -> Result<Url, ConfigError> {
    const NAME: &str = "MCP_BASE_URL";
    let text = match (vars.get(NAME), environment) {
        (Some(text), _) => text.to_owned(),
        (None, Environment::Local) => format!("http://127.0.0.1:{}", listen.port()),
        (None, Environment::Dev | Environment::Prod) => vars.required(NAME)?.to_owned(),
    };
    let url = secure_url(NAME, &text, environment)?;
    if text.ends_with('/') || url.query().is_some() || url.fragment().is_some() {
        return Err(ConfigError::new(NAME, "expected no trailing slash, query or fragment"));
    }
    Ok(url)
}

/// A URL that is https, or http to loopback while local.
///
/// # Errors
/// When it is not; the error names the variable.
pub fn secure_url(name: &str, text: &str, environment: Environment) -> Result<Url, ConfigError> {
    let url = Url::parse(text)
        .map_err(|_| ConfigError::new(name, "expected a URL such as https://host"))?;
    let plain_is_fine = environment.is_local() && url.scheme() == "http" && is_loopback(&url);
    if url.host_str().is_none() || !(url.scheme() == "https" || plain_is_fine) {
        return Err(ConfigError::new(
            name,
            "expected an https URL (http only to loopback with ENVIRONMENT=local)",
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ConfigError::new(name, "expected a URL without a user name or password"));
    }
    Ok(url)
}

/// Whether a URL leads to this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(url::Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        None => false,
    }
}

const ALLOWED_HOSTS: &str = "MCP_SERVER_ALLOWED_HOSTS";

fn allowed_hosts(vars: &Vars, base_url: &Url) -> Result<Vec<String>, ConfigError> {
    let Some(hosts) = vars.list(ALLOWED_HOSTS) else {
        return Ok(vec![base_url.host_str().unwrap_or_default().to_owned()]);
    };
    let is_host = |host: &String| {
        Url::parse(&format!("http://{host}")).is_ok_and(|url| {
            url.path() == "/" && url.username().is_empty() && !host.contains(['/', '*', '?', '#'])
        })
    };
    if hosts.is_empty() || !hosts.iter().all(is_host) {
        let problem = "expected host names such as files.example.com or 127.0.0.1:8101";
        return Err(ConfigError::new(ALLOWED_HOSTS, problem));
    }
    Ok(hosts)
}

fn leads_here(host: &str) -> bool {
    Url::parse(&format!("http://{host}")).is_ok_and(|url| is_loopback(&url))
}

fn allowed_origins(vars: &Vars) -> Result<Vec<String>, ConfigError> {
    const NAME: &str = "MCP_SERVER_ALLOWED_ORIGINS";
    let origins = vars.list(NAME).unwrap_or_default();
    for origin in &origins {
        let exact = origin.strip_suffix(":*").unwrap_or(origin);
        let valid = Url::parse(exact).is_ok_and(|url| {
            url.host_str().is_some() && url.path() == "/" && !exact.ends_with('/')
        });
        if !valid {
            return Err(ConfigError::new(
                NAME,
                "expected origins such as https://app.example.com or http://127.0.0.1:*",
            ));
        }
    }
    Ok(origins)
}

fn sign_in(
    vars: &Vars,
    environment: Environment,
    listen: SocketAddr,
    base_url: &Url,
) -> Result<SignIn, ConfigError> {
    const NAME: &str = "ENABLE_OAUTH";
    if vars.parsed(NAME, true, "true or false")? {
        return Ok(SignIn::OAuth(modes(vars)?));
    }
    let deployed = ["AWS_LAMBDA_INITIALIZATION_TYPE", "ECS_CONTAINER_METADATA_URI_V4"];
    let refusal = if !environment.is_local() {
        Some("false is only for ENVIRONMENT=local")
    } else if deployed.iter().any(|name| vars.get(name).is_some()) {
        Some("false is not for Lambda or ECS")
    } else if !listen.ip().is_loopback() || !is_loopback(base_url) {
        Some("false needs loopback in LISTEN_ADDR and MCP_BASE_URL")
    } else {
        None
    };
    match refusal {
        Some(problem) => Err(ConfigError::new(NAME, problem)),
        None => Ok(SignIn::Debug),
    }
}

fn modes(vars: &Vars) -> Result<Modes, ConfigError> {
    const NAME: &str = "MCP_SERVER_AUTH_MODES";
    let Some(names) = vars.list(NAME) else { return Ok(Modes { direct: true, proxy: true }) };
    if names.is_empty() || names.iter().any(|name| name != "direct" && name != "proxy") {
        return Err(ConfigError::new(NAME, "expected direct, proxy, or direct,proxy"));
    }
    let has = |mode: &str| names.iter().any(|name| name == mode);
    Ok(Modes { direct: has("direct"), proxy: has("proxy") })
}

#[cfg(test)]
mod tests;
