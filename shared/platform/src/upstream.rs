//! Sends to one pinned upstream host: retries, caps, deadlines and usage in one place.

mod request;
mod retry;

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub use request::{Body, Request, Segment};

use crate::call::Call;
use crate::clock::Clock;
use crate::http_client::{HttpClient, HttpProblem, TryLimits};
use crate::telemetry::{Metric, UpstreamRequest};
use crate::tool_error::ToolError;

/// How long one try may take.
const TRY: Duration = Duration::from_secs(8);
/// Tries after the first one.
const RETRIES: u32 = 2;

/// One upstream service on one pinned host.
#[derive(Clone)]
pub struct Upstream {
    service: &'static str,
    /// The event word of its requests: `graph_request`.
    event: &'static str,
    base: Url,
    client: HttpClient,
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
        /// `connect`, `timeout`, `broken` or `no_client`.
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
    pub fn new(
        service: &'static str,
        event: &'static str,
        base: Url,
        client: HttpClient,
        clock: Clock,
    ) -> Self {
        Self { service, event, base, client, clock }
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
            if let Ok(response) = &outcome
                && response.status == StatusCode::UNAUTHORIZED
            {
                let claims = claims_challenge(&response.headers);
                if renewed {
                    return Err(call.upstream_refused_again(claims.as_deref()).await);
                }
                token = call.renew_upstream_token(&token, claims.as_deref()).await?;
                renewed = true;
                continue;
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
        let url = request.url(&self.base);
        let mut builder = match &request.body {
            Body::None => self.client.get(url),
            Body::Json(body) => self.client.post(url).json(body),
        };
        builder = builder
            .bearer_auth(token.expose_secret())
            .header(header::ACCEPT, "application/json")
            .header("client-request-id", uuid::Uuid::new_v4().to_string());
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        let limits =
            TryLimits { deadline: TRY.min(call.remaining()), max_bytes: request.max_bytes };
        let started = Instant::now();
        let outcome = self.client.fetch(builder, limits).await;
        let took = started.elapsed();
        let bytes = outcome.as_ref().map_or(0, |answer| answer.body.len());
        call.usage().add_upstream(took, u64::try_from(bytes).unwrap_or(u64::MAX));
        call.metrics().took(Metric::UpstreamLatency, took);
        self.say(call, request, &outcome, took);
        let answer = outcome.map_err(UpstreamError::from)?;
        Ok(Response { status: answer.status, headers: answer.headers, body: answer.body })
    }

    /// One event per try: method, operation, status; never an address.
    fn say(
        &self,
        call: &Call,
        request: &Request<'_>,
        outcome: &Result<crate::http_client::Answer, HttpProblem>,
        took: Duration,
    ) {
        let id = outcome.as_ref().ok().and_then(|answer| {
            answer.headers.get("request-id")?.to_str().ok().filter(|id| id.len() <= 64)
        });
        let event = UpstreamRequest {
            event: self.event,
            method: if matches!(request.body, Body::None) { "GET" } else { "POST" },
            operation: request.operation,
            oid: &call.caller().oid,
            client_ip: call.in_flight().client_ip(),
            took,
            upstream_request_id: id,
        };
        match outcome {
            Ok(answer) => event.answered(answer.status.as_u16()),
            Err(problem) => event.unanswered(word(*problem)),
        }
    }

    fn failed(&self, cause: UpstreamError, call: &Call) -> ToolError {
        if call.remaining().is_zero() {
            return ToolError::TimedOut;
        }
        ToolError::Upstream { service: self.service, cause }
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
        let cause = UpstreamError::Status { status: response.status.as_u16(), code: String::new() };
        Err(ToolError::Upstream { service: self.service, cause })
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

fn word(problem: HttpProblem) -> &'static str {
    match problem {
        HttpProblem::NoClient => "no_client",
        HttpProblem::Timeout => "timeout",
        HttpProblem::Connect => "connect",
        HttpProblem::TooLarge { .. } => "too_large",
        HttpProblem::Broken => "broken",
    }
}

impl From<HttpProblem> for UpstreamError {
    fn from(problem: HttpProblem) -> Self {
        match problem {
            HttpProblem::TooLarge { limit } => Self::BodyTooLarge { max_bytes: limit },
            HttpProblem::NoClient
            | HttpProblem::Timeout
            | HttpProblem::Connect
            | HttpProblem::Broken => Self::Connection { kind: word(problem) },
        }
    }
}
