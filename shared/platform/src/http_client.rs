//! The one place that makes HTTP clients, and that lets a request go out.
//!
//! TLS is rustls on AWS-LC with the machine's roots (`SSL_CERT_FILE` replaces them). Redirects
//! are never followed: a bearer must not travel to a host that nobody chose. Proxy variables
//! (`HTTPS_PROXY` and friends) are ignored: egress is pinned in code, and a variable set for
//! another program on the machine must not move our tokens through it.

mod public_addresses;

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, StatusCode};
use reqwest::{IntoUrl, RequestBuilder, Response};

/// How long a connection may take to come up.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long an unused connection is kept; shorter than a frozen function's load balancers allow.
const IDLE_TIMEOUT: Duration = Duration::from_secs(50);
/// How many unused connections are kept for one host.
const IDLE_CONNECTIONS: usize = 8;

/// What is set aside at most for a body that was only announced.
const RESERVED_BYTES: usize = 64 * 1024;

const USER_AGENT: &str = concat!("ai-connectors/", env!("CARGO_PKG_VERSION"));

/// An HTTP client with our rules; clones share its connections.
#[derive(Clone, Debug)]
pub struct HttpClient(reqwest::Client);

/// Why no answer could be read. Never holds an address, a header or a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpProblem {
    /// The client could not be made: no roots, or no TLS.
    #[error("the http client could not be made")]
    NoClient,
    /// The deadline of this try passed.
    #[error("no answer in time")]
    Timeout,
    /// No connection: name, network or TLS.
    #[error("no connection")]
    Connect,
    /// The answer is larger than this many bytes.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// The connection broke, or what came was not HTTP.
    #[error("the connection broke")]
    Broken,
}

/// A whole answer, read within its limit.
#[derive(Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Bytes,
}

/// What one try may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TryLimits {
    /// For connecting, sending, and reading to the end.
    pub deadline: Duration,
    /// For the decompressed body.
    pub max_bytes: usize,
}

/// Makes AWS-LC the provider of TLS and of token signatures, explicitly.
///
/// Both libraries guess from cargo features otherwise, and fail at the first use when a second
/// provider has slipped into the build. Calling it again does nothing.
pub fn install_crypto() {
    // An error says that a provider is installed already, which is what we want.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
}

impl HttpClient {
    /// A client that trusts the machine's roots.
    ///
    /// # Errors
    /// When no root certificate can be read.
    pub fn new() -> Result<Self, HttpProblem> {
        install_crypto();
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .gzip(true)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .tcp_nodelay(true)
            .user_agent(USER_AGENT)
            .build()
            .map(Self)
            .map_err(|_| HttpProblem::NoClient)
    }

    /// A client for hosts that strangers name: it goes only to a name whose addresses are all
    /// public, connects to those addresses and asks no resolver again, keeps no connection, and
    /// takes no compressed body. An address in the URL is not looked up: refuse it before.
    ///
    /// # Errors
    /// When no root certificate can be read.
    pub(crate) fn to_public_hosts() -> Result<Self, HttpProblem> {
        install_crypto();
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .gzip(false)
            .dns_resolver(public_addresses::PublicAddresses)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_max_idle_per_host(0)
            .user_agent(USER_AGENT)
            .build()
            .map(Self)
            .map_err(|_| HttpProblem::NoClient)
    }

    /// Begins a GET request.
    pub fn get(&self, url: impl IntoUrl) -> RequestBuilder {
        self.0.get(url)
    }

    /// Begins a POST request.
    pub fn post(&self, url: impl IntoUrl) -> RequestBuilder {
        self.0.post(url)
    }

    /// Begins a request with any method.
    pub(crate) fn request(&self, method: Method, url: &str) -> RequestBuilder {
        self.0.request(method, url)
    }

    /// Sends a request and waits for the head of the answer.
    ///
    /// The deadline also holds for the body that is read afterwards.
    ///
    /// # Errors
    /// When there is no answer within the deadline.
    #[expect(clippy::disallowed_methods, reason = "the one place that lets a request go out")]
    pub async fn send(
        &self,
        request: RequestBuilder,
        deadline: Duration,
    ) -> Result<Response, HttpProblem> {
        request.timeout(deadline).send().await.map_err(|error| HttpProblem::from(&error))
    }

    /// Sends a request and reads the whole answer, both within one deadline.
    ///
    /// # Errors
    /// When there is no answer, or it is too slow or too large. Any status is an answer.
    pub async fn fetch(
        &self,
        request: RequestBuilder,
        limits: TryLimits,
    ) -> Result<Answer, HttpProblem> {
        let response = self.send(request, limits.deadline).await?;
        let status = response.status();
        let headers = response.headers().clone();
        let body = read_capped(response, limits.max_bytes).await?;
        Ok(Answer { status, headers, body })
    }
}

/// Reads a body to its end, or refuses it at the limit; counts bytes after decompression.
///
/// # Errors
/// When the body is too large, too slow or cut off.
pub async fn read_capped(mut response: Response, max_bytes: usize) -> Result<Bytes, HttpProblem> {
    let too_large = HttpProblem::TooLarge { limit: max_bytes };
    let declared = response.content_length().unwrap_or(0);
    if declared > u64::try_from(max_bytes).unwrap_or(u64::MAX) {
        return Err(too_large);
    }
    let expected = usize::try_from(declared).unwrap_or(max_bytes).min(max_bytes);
    let mut body = BytesMut::with_capacity(expected.min(RESERVED_BYTES));
    while let Some(chunk) = response.chunk().await.map_err(|error| HttpProblem::from(&error))? {
        if body.len().saturating_add(chunk.len()) > max_bytes {
            return Err(too_large);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

impl From<&reqwest::Error> for HttpProblem {
    fn from(error: &reqwest::Error) -> Self {
        if error.is_timeout() {
            Self::Timeout
        } else if error.is_connect() {
            Self::Connect
        } else {
            Self::Broken
        }
    }
}

#[cfg(test)]
mod tests;
