//! Which addresses are read as metadata documents at all.

use std::net::{Ipv4Addr, SocketAddrV4};

use url::{Host, Url};

use super::DocumentProblem;
use crate::config::{ConfigError, Environment, Vars};
use crate::oauth::redirect_uri::RedirectUri;

const NAME: &str = "MCP_SERVER_CIMD_HOSTS";
/// Hosts where known clients publish documents: Claude, ChatGPT and Codex, VS Code, Cursor.
const KNOWN: [&str; 6] =
    ["claude.ai", "claude.com", "chatgpt.com", "vscode.dev", "cursor.com", "www.cursor.com"];
/// The longest address, in bytes.
const MAX_BYTES: usize = 512;

/// Whose metadata documents are read (`MCP_SERVER_CIMD_HOSTS`); none at all when it is empty.
#[derive(Clone, Debug)]
pub(crate) struct DocumentHosts(Vec<HostRule>);

#[derive(Clone, Debug)]
enum HostRule {
    Exact(String),
    /// Hosts below a domain: `.example.com`.
    Below(String),
    /// A program on this machine, over http: on a laptop only.
    Local(SocketAddrV4),
}

/// The address of a metadata document that may be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DocumentAddress {
    url: Url,
    host: String,
}

impl DocumentHosts {
    /// Reads the setting; `none` means that no documents are read.
    ///
    /// # Errors
    /// When an entry is not a host name.
    pub(crate) fn from_vars(vars: &Vars, environment: Environment) -> Result<Self, ConfigError> {
        let Some(entries) = vars.list(NAME) else {
            return Ok(Self(KNOWN.map(|host| HostRule::Exact(host.to_owned())).to_vec()));
        };
        if entries.iter().map(String::as_str).eq(["none"]) {
            return Ok(Self(Vec::new()));
        }
        let rules = entries.iter().map(|entry| HostRule::parse(entry, environment));
        match rules.collect::<Option<Vec<_>>>() {
            Some(rules) if !rules.is_empty() => Ok(Self(rules)),
            _ => Err(ConfigError::new(
                NAME,
                "expected none, or host names such as app.example.com or *.example.com (with \
                 ENVIRONMENT=local also 127.0.0.1:port)",
            )),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The document that a client id is the address of.
    pub(super) fn address(&self, id: &str) -> Result<DocumentAddress, DocumentProblem> {
        if self.is_empty() {
            return Err(DocumentProblem::Off);
        }
        // The rules for one canonical form are those for redirect URIs.
        let uri = Some(id).filter(|id| id.len() <= MAX_BYTES && !id.contains('?'));
        let uri = uri.and_then(|id| RedirectUri::parse(id).ok()).ok_or(DocumentProblem::Address)?;
        let url = Url::parse(id).map_err(|_| DocumentProblem::Address)?;
        if !uri.is_web() || url.path() == "/" {
            return Err(DocumentProblem::Address);
        }
        if !self.0.iter().any(|rule| rule.allows(&url)) {
            let is_plain = uri.is_on(uri.host()) && matches!(url.host(), Some(Host::Domain(_)));
            return Err(if is_plain { DocumentProblem::Host } else { DocumentProblem::Address });
        }
        Ok(DocumentAddress { host: uri.host().to_owned(), url })
    }
}

impl HostRule {
    fn parse(entry: &str, environment: Environment) -> Option<Self> {
        if let Ok(address) = entry.parse::<SocketAddrV4>() {
            let is_local = environment.is_local() && *address.ip() == Ipv4Addr::LOCALHOST;
            return is_local.then_some(Self::Local(address));
        }
        let (name, below) = match entry.strip_prefix("*.") {
            Some(name) => (name, true),
            None => (entry, false),
        };
        // The same form as in an address, and a name of at least two parts.
        let uri = RedirectUri::parse(&format!("https://{name}/")).ok()?;
        let is_name = matches!(Host::parse(name), Ok(Host::Domain(_)));
        if !is_name || !uri.is_on(name) || !name.contains('.') || name.contains('*') {
            return None;
        }
        Some(if below { Self::Below(format!(".{name}")) } else { Self::Exact(name.to_owned()) })
    }

    fn allows(&self, url: &Url) -> bool {
        let is_usual = url.scheme() == "https" && url.port().is_none();
        match (self, url.host()) {
            (Self::Exact(name), Some(Host::Domain(host))) => is_usual && host == name,
            (Self::Below(domain), Some(Host::Domain(host))) => {
                let label = host.strip_suffix(domain.as_str());
                is_usual && label.is_some_and(|label| !label.is_empty())
            }
            (Self::Local(address), Some(Host::Ipv4(host))) => {
                url.scheme() == "http"
                    && *address.ip() == host
                    && url.port() == Some(address.port())
            }
            _ => false,
        }
    }
}

impl DocumentAddress {
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// The client id: the address as the client wrote it.
    pub(super) fn id(&self) -> &str {
        self.url.as_str()
    }

    /// The host, for people and for the log: one that the operator named.
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// Whether the other one is on the same host and port.
    pub(super) fn is_beside(&self, other: &Self) -> bool {
        self.url.origin() == other.url.origin()
    }
}
