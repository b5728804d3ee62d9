//! Client-id metadata documents: a client's id is the https address of its own description.
//!
//! Only documents of hosts that the operator names are read: whoever may put a document there
//! speaks for the host. They are kept in this process, for as long as their host says.

mod address;
mod fetch;
mod keys;
mod metadata;
#[cfg(test)]
pub(super) mod tests;

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::client::{Client, Rate};
use super::error::{ErrorCode, OAuthError};
use super::redirect_uri::RedirectRules;
use crate::clock::Clock;
use crate::http_client::HttpClient;
use crate::memory::{Bounds, Memory};

use address::DocumentAddress;
pub(crate) use address::DocumentHosts;
use fetch::fetch;

/// How many documents are kept.
const ENTRIES: u64 = 256;
/// How many fetches a minute there are at most: an id can be made up by anybody.
const FETCHES_PER_MINUTE: usize = 60;
/// A document and its keys are read within this, all requests together.
const DEADLINE: Duration = Duration::from_secs(5);
/// How long a document is kept at least, without word of its host, and at most, in seconds.
const MIN_KEPT_S: i64 = 5 * 60;
const USUAL_KEPT_S: i64 = 3600;
const MAX_KEPT_S: i64 = 24 * 3600;
/// How long a document with keys is kept at most: keys get lost.
const MAX_KEPT_WITH_KEYS_S: i64 = 3600;
/// How long a failure is kept, in seconds.
const FAILURE_KEPT_S: i64 = 60;

/// Reads and keeps metadata documents.
pub(super) struct Documents {
    hosts: DocumentHosts,
    redirects: Arc<RedirectRules>,
    /// Made with the first document: most starts need none, and reading the roots takes its time.
    http: OnceLock<HttpClient>,
    clock: Clock,
    fetches: Rate,
    kept: Memory<Kept>,
}

/// What came of reading a document.
#[derive(Clone)]
struct Kept {
    client: Result<Arc<Client>, DocumentProblem>,
    /// When the client was read, in seconds since the epoch.
    read_at_s: i64,
    until_s: i64,
}

/// Why a document is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DocumentProblem {
    /// Documents are not taken at all.
    Off,
    /// The id is not the plain https address of a document.
    Address,
    /// The host is not on the list.
    Host,
    /// No connection, no answer in time, or an answer that says to try later.
    Unreachable,
    /// There were too many fetches in this minute.
    TooMany,
    /// Another status than 200.
    Status,
    /// Too large.
    TooLarge,
    /// Not JSON, or not with the fields of client metadata.
    NotMetadata,
    /// The document says that it is about another client.
    OtherClient,
    /// It holds a secret, which everybody can read.
    Secret,
    /// It authenticates in a way that is not taken.
    Method,
    /// It has no usable key.
    Keys,
    /// It has no redirect URI that may be used.
    RedirectUris,
}

impl Documents {
    pub(super) fn new(hosts: DocumentHosts, redirects: Arc<RedirectRules>, clock: Clock) -> Self {
        Self {
            hosts,
            redirects,
            http: OnceLock::new(),
            clock,
            fetches: Rate::per_minute(FETCHES_PER_MINUTE, FETCHES_PER_MINUTE),
            kept: Memory::new(Bounds::of(ENTRIES)),
        }
    }

    pub(super) fn are_taken(&self) -> bool {
        !self.hosts.is_empty()
    }

    /// The client that the document at this address describes, read after `not_before_s`. Many
    /// who ask for one document at the same time cause one fetch.
    pub(super) async fn find(&self, id: &str, not_before_s: i64) -> Result<Client, OAuthError> {
        let address = self.hosts.address(id).map_err(DocumentProblem::error)?;
        let now_s = self.clock.now_s();
        let last = self.kept.get(id);
        let is_good =
            |kept: &Kept| kept.until_s > now_s && kept.read_at_s >= not_before_s.min(now_s);
        let read = async { Ok::<_, Infallible>(self.read(&address, last, now_s).await) };
        let kept = self.kept.get_or_bring(id.as_bytes(), &is_good, Box::pin(read)).await;
        match kept.map(|kept| kept.client) {
            Ok(Ok(client)) => Ok(Client::clone(&client)),
            Ok(Err(problem)) => Err(problem.error()),
            Err(never) => match *never {},
        }
    }

    async fn read(&self, address: &DocumentAddress, last: Option<Kept>, now_s: i64) -> Kept {
        let read = if self.fetches.admit(None, self.clock.now_ms()).is_err() {
            Err(DocumentProblem::TooMany)
        } else {
            let fetched = self.fetched(address);
            let read = tokio::time::timeout(DEADLINE, fetched).await;
            read.unwrap_or(Err(DocumentProblem::Unreachable))
        };
        let problem = match read {
            Ok((client, kept_s)) => {
                let client = Ok(Arc::new(client));
                return Kept { client, read_at_s: now_s, until_s: now_s.saturating_add(kept_s) };
            }
            Err(problem) => problem,
        };
        tracing::warn!(
            event = "client_document_not_read",
            reason = problem.word(),
            host = address.host(),
            "a client's metadata document was not taken"
        );
        let until_s = match problem {
            // Not asked is no answer: the next one may ask.
            DocumentProblem::TooMany => now_s,
            _ => now_s.saturating_add(FAILURE_KEPT_S),
        };
        match last {
            // A host that does not answer takes no client away that was good today.
            Some(last)
                if problem.may_pass()
                    && last.client.is_ok()
                    && last.read_at_s.saturating_add(MAX_KEPT_S) > now_s =>
            {
                Kept { until_s, ..last }
            }
            _ => Kept { client: Err(problem), read_at_s: now_s, until_s },
        }
    }

    async fn fetched(&self, address: &DocumentAddress) -> Result<(Client, i64), DocumentProblem> {
        let http = self.client_to_hosts()?;
        fetch(http, address, &self.hosts, &self.redirects).await
    }

    fn client_to_hosts(&self) -> Result<&HttpClient, DocumentProblem> {
        if let Some(http) = self.http.get() {
            return Ok(http);
        }
        let new = HttpClient::to_public_hosts().map_err(|_| DocumentProblem::Unreachable)?;
        Ok(self.http.get_or_init(|| new))
    }
}

impl DocumentProblem {
    /// The stable word in the log.
    fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Address => "address",
            Self::Host => "host",
            Self::Unreachable => "unreachable",
            Self::TooMany => "rate",
            Self::Status => "status",
            Self::TooLarge => "too_large",
            Self::NotMetadata => "not_metadata",
            Self::OtherClient => "other_client",
            Self::Secret => "secret",
            Self::Method => "method",
            Self::Keys => "keys",
            Self::RedirectUris => "redirect_uris",
        }
    }

    /// Whether it says nothing of the document itself.
    fn may_pass(self) -> bool {
        matches!(self, Self::Unreachable | Self::TooMany | Self::Status)
    }

    fn error(self) -> OAuthError {
        let description = match self {
            Self::Off => {
                "client_id is no registered client, and this server reads no client metadata \
                 documents; register at the registration_endpoint"
            }
            Self::Address => {
                "client_id is not the plain https address of a client metadata document: no port, \
                 user name, query, fragment or dot segments"
            }
            Self::Host => {
                "client_id is on a host whose client metadata documents this server does not read \
                 (MCP_SERVER_CIMD_HOSTS); ask its operator, or register at the \
                 registration_endpoint"
            }
            Self::Unreachable | Self::TooMany => {
                return OAuthError {
                    code: ErrorCode::TemporarilyUnavailable,
                    description: "the client's metadata document cannot be read at the moment; \
                                  try again in a minute",
                    retry_after_s: Some(60),
                };
            }
            Self::Status => {
                "the client's metadata document was not answered with status 200; redirects are \
                 not followed"
            }
            Self::TooLarge => "the client's metadata document is larger than 5 KB",
            Self::NotMetadata => {
                "the client's metadata document is not JSON with client_id and redirect_uris, \
                 uncompressed, as application/json"
            }
            Self::OtherClient => {
                "client_id in the client's metadata document is not the document's address"
            }
            Self::Secret => "the client's metadata document holds a client secret",
            Self::Method => {
                "token_endpoint_auth_method in the client's metadata document is not none or \
                 private_key_jwt, or grant_types lacks authorization_code"
            }
            Self::Keys => {
                "the client's metadata document has no usable key: RSA of 2048 bits or EC P-256, \
                 in jwks, or in jwks_uri on the document's own host"
            }
            Self::RedirectUris => {
                "the client's metadata document has no redirect URI that may be used: on its own \
                 host, on loopback, or on this server's list (MCP_SERVER_REDIRECT_URIS)"
            }
        };
        OAuthError::new(ErrorCode::InvalidClientMetadata, description)
    }
}
