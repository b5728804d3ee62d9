//! Sends to one pinned upstream host: retries, caps, deadlines and usage in one place.

mod request;
mod retry;

use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub use request::{Body, Request, Segment};

use crate::call::Call;
use crate::clock::Clock;
use crate::tool_error::ToolError;

/// How long one try may take.
const TRY: Duration = Duration::from_secs(8);
/// Tries after the first one.
const RETRIES: u32 = 2;

/// One upstream service on one pinned host.
#[derive(Clone)]
pub struct Upstream {
    service: &'static str,
    base: Url,
    client: reqwest::Client,
    clock: Clock,
}

/// An answer of the upstream: any status, the body within the request's cap.
#[derive(Debug)]
pub struct Response {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

/// What went wrong between us and an upstream service; never holds a body or a URL.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// No connection, or it broke.
    #[error("the connection failed ({kind})")]
    Connection {
        /// `connect`, `timeout`, `body` or `other`.
        kind: &'static str,
    },
    /// The body is larger than the request allows.
    #[error("the body is larger than {max_bytes} bytes")]
    BodyTooLarge {
        /// The cap.
        max_bytes: usize,
    },
    /// A status that means failure.
    #[error("status {status}, code {code}")]
    Status {
        /// HTTP status.
        status: u16,
        /// The upstream's error code: letters, digits and dots only.
        code: String,
    },
    /// A body that is not what it should be.
    #[error("the body could not be read as {expected}")]
    Malformed {
        /// What was expected.
        expected: &'static str,
    },
    /// A redirect that we do not follow.
    #[error("a redirect to a host that is not allowed")]
    Redirect,
}

impl Upstream {
    /// An upstream at this base address; requests cannot leave it.
    pub fn new(service: &'static str, base: Url, client: reqwest::Client, clock: Clock) -> Self {
        Self {
            service,
            base,
            client,
            clock,
        }
    }

    /// The service's name, for messages.
    pub fn service(&self) -> &'static str {
        self.service
    }

    /// The base address.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// Sends one request on behalf of the call's person and returns the answer, whatever its
    /// status, except: 401 (the token is renewed once), and 429, 503 and 504 (tried again within
    /// the call's time, honouring `Retry-After`).
    ///
    /// # Errors
    /// [`ToolError::Throttled`], [`ToolError::Upstream`], [`ToolError::TimedOut`], or what
    /// [`Call::upstream_token`] says.
    pub async fn send(&self, call: &Call, request: &Request<'_>) -> Result<Response, ToolError> {
        let mut token = call.upstream_token().await?;
        let mut renewed = false;
        let mut retries = 0;
        loop {
            let outcome = self.attempt(call, request, &token).await;
            let refused =
                matches!(&outcome, Ok(response) if response.status == StatusCode::UNAUTHORIZED);
            if refused && !renewed {
                let claims = outcome
                    .ok()
                    .and_then(|response| claims_challenge(&response.headers));
                token = call.renew_upstream_token(claims).await?;
                renewed = true;
                continue;
            }
            if refused {
                let claims = outcome
                    .ok()
                    .and_then(|response| claims_challenge(&response.headers));
                return Err(call.upstream_refused_again(claims));
            }
            let Some(wait) = retry::wait_before_retry(&outcome, retries, &self.clock) else {
                return outcome.map_err(|cause| self.failed(cause, call));
            };
            if retries >= RETRIES || wait >= call.remaining() {
                return self.give_up(outcome, wait, call);
            }
            retries += 1;
            tokio::time::sleep(wait).await;
        }
    }

    async fn attempt(
        &self,
        call: &Call,
        request: &Request<'_>,
        token: &SecretString,
    ) -> Result<Response, UpstreamError> {
        let started = Instant::now();
        let url = request.url(&self.base);
        let limit = TRY.min(call.remaining());
        let sending = self.exchange(request, url, token);
        let outcome = match tokio::time::timeout(limit, sending).await {
            Ok(outcome) => outcome,
            Err(_) => Err(UpstreamError::Connection { kind: "timeout" }),
        };
        let took = started.elapsed();
        let bytes = outcome.as_ref().map_or(0, |response| response.body.len());
        call.usage()
            .add_upstream(took, u64::try_from(bytes).unwrap_or(u64::MAX));
        self.log(request, &outcome, took);
        outcome
    }

    async fn exchange(
        &self,
        request: &Request<'_>,
        url: Url,
        token: &SecretString,
    ) -> Result<Response, UpstreamError> {
        let method = match request.body {
            Body::None => Method::GET,
            Body::Json(_) => Method::POST,
        };
        let mut builder = self
            .client
            .request(method, url)
            .bearer_auth(token.expose_secret())
            .header(header::ACCEPT, "application/json")
            .header("client-request-id", uuid::Uuid::new_v4().to_string());
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        if let Body::Json(body) = &request.body {
            builder = builder.json(body);
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that sends upstream"
        )]
        let mut response = builder
            .send()
            .await
            .map_err(|error| connection_error(&error))?;
        let mut body = BytesMut::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| connection_error(&error))?
        {
            if body.len() + chunk.len() > request.max_bytes {
                return Err(UpstreamError::BodyTooLarge {
                    max_bytes: request.max_bytes,
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body: body.freeze(),
        })
    }

    fn failed(&self, cause: UpstreamError, call: &Call) -> ToolError {
        if call.remaining().is_zero() {
            return ToolError::TimedOut;
        }
        ToolError::Upstream {
            service: self.service,
            cause,
        }
    }

    fn give_up(
        &self,
        outcome: Result<Response, UpstreamError>,
        wait: Duration,
        call: &Call,
    ) -> Result<Response, ToolError> {
        let response = outcome.map_err(|cause| self.failed(cause, call))?;
        if response.status == StatusCode::TOO_MANY_REQUESTS {
            return Err(ToolError::Throttled {
                service: self.service,
                retry_after: wait.max(Duration::from_secs(1)),
            });
        }
        let cause = UpstreamError::Status {
            status: response.status.as_u16(),
            code: String::new(),
        };
        Err(ToolError::Upstream {
            service: self.service,
            cause,
        })
    }

    fn log(
        &self,
        request: &Request<'_>,
        outcome: &Result<Response, UpstreamError>,
        took: Duration,
    ) {
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let status = outcome
            .as_ref()
            .map_or(0, |response| response.status.as_u16());
        tracing::info!(
            event = "upstream_request",
            service = self.service,
            operation = request.operation,
            status,
            ms,
            "an upstream service was asked"
        );
    }
}

/// The `claims` of a `WWW-Authenticate: Bearer …, error="insufficient_claims", claims="…"`,
/// decoded to JSON text. Capped: a hostile answer cannot grow our own headers.
fn claims_challenge(headers: &HeaderMap) -> Option<String> {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    const MAX_CHARS: usize = 4096;

    let value = headers.get(header::WWW_AUTHENTICATE)?.to_str().ok()?;
    if !value.contains("insufficient_claims") {
        return None;
    }
    let (_, rest) = value.split_once("claims=\"")?;
    let (encoded, _) = rest.split_once('"')?;
    if encoded.len() > MAX_CHARS {
        return None;
    }
    let bytes = STANDARD
        .decode(encoded)
        .or_else(|_| URL_SAFE_NO_PAD.decode(encoded.trim_end_matches('=')))
        .ok()?;
    let text = String::from_utf8(bytes).ok()?;
    serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&text).ok()?;
    Some(text)
}

fn connection_error(error: &reqwest::Error) -> UpstreamError {
    let kind = if error.is_timeout() {
        "timeout"
    } else if error.is_connect() {
        "connect"
    } else if error.is_body() || error.is_decode() {
        "body"
    } else {
        "other"
    };
    UpstreamError::Connection { kind }
}
