//! Sends to one pinned upstream host: retries, caps, deadlines and usage in one place.

mod claims;
mod content_hosts;
mod download;
mod error;
mod request;
mod retry;

use std::fmt;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub use content_hosts::{ContentHost, ContentHosts};
pub use download::{Download, Downloaded};
pub use error::UpstreamError;
pub use request::{Body, Request, Segment};

use crate::call::Call;
use crate::clock::Clock;
use crate::http_client::{Answer, HttpClient, HttpProblem, TryLimits};
use crate::telemetry::{Metric, UpstreamRequest};
use crate::tool_error::ToolError;

/// How long one try may take.
const TRY: Duration = Duration::from_secs(8);
/// Tries after the first one.
const RETRIES: u32 = 2;
/// What must be left of the call's time for another try to make sense.
const LEAST_TRY: Duration = Duration::from_millis(500);

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
pub struct Response {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
    /// What of the body was not read yet: the content of a download.
    rest: Option<reqwest::Response>,
}

impl From<Answer> for Response {
    fn from(answer: Answer) -> Self {
        Self { status: answer.status, headers: answer.headers, body: answer.body, rest: None }
    }
}

/// How much of an answer is read at once.
#[derive(Clone, Copy)]
enum Take {
    /// All of it.
    Whole,
    /// The head; of an answer that is no success, all of it.
    Head,
}

/// What the log says about one request.
struct Leg {
    operation: &'static str,
    method: &'static str,
    max_bytes: usize,
}

/// Status and size only: headers and body are the person's.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
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
        self.exchange(call, request, Take::Whole, &mut 0).await
    }

    /// As [`send`](Self::send); whoever goes on with a download has the same number of retries.
    async fn exchange(
        &self,
        call: &Call,
        request: &Request<'_>,
        take: Take,
        retries: &mut u32,
    ) -> Result<Response, ToolError> {
        if !request.stays_in_its_segments() {
            // Only a mistake of ours gets here: ids and paths are checked where they come in.
            tracing::error!(event = "request_refused", operation = request.operation);
            return Err(ToolError::Internal);
        }
        let mut token = call.upstream_token().await?;
        loop {
            let outcome = self.attempt(call, request, &token, take).await;
            if let Ok(response) = &outcome
                && response.status == StatusCode::UNAUTHORIZED
            {
                let claims = claims::challenge(&response.headers);
                token = call.renew_upstream_token(&token, claims.as_deref()).await?;
                continue;
            }
            let Some(outcome) = self.pause(call, outcome, retries).await else { continue };
            return outcome;
        }
    }

    /// Waits where another try may help, and gives back what is final otherwise.
    async fn pause(
        &self,
        call: &Call,
        outcome: Result<Response, UpstreamError>,
        retries: &mut u32,
    ) -> Option<Result<Response, ToolError>> {
        let Some(wait) = retry::wait_before_retry(&outcome, *retries, &self.clock) else {
            return Some(outcome.map_err(|cause| self.failed(cause, call)));
        };
        if *retries >= RETRIES || wait + LEAST_TRY >= call.remaining() {
            return Some(self.give_up(outcome, wait, call));
        }
        *retries += 1;
        drop(outcome);
        tokio::time::sleep(wait).await;
        None
    }

    async fn attempt(
        &self,
        call: &Call,
        request: &Request<'_>,
        token: &SecretString,
        take: Take,
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
        let leg = Leg {
            operation: request.operation,
            method: if matches!(request.body, Body::None) { "GET" } else { "POST" },
            max_bytes: request.max_bytes,
        };
        self.attempt_leg(call, &leg, builder, take).await
    }

    /// Sends one request, counts it and logs it.
    async fn attempt_leg(
        &self,
        call: &Call,
        leg: &Leg,
        builder: RequestBuilder,
        take: Take,
    ) -> Result<Response, UpstreamError> {
        let started = Instant::now();
        let outcome = match take {
            Take::Whole => {
                let deadline = TRY.min(call.remaining());
                let limits = TryLimits { deadline, max_bytes: leg.max_bytes };
                self.client.fetch(builder, limits).await.map(Response::from)
            }
            Take::Head => download::head(&self.client, builder, call.remaining()).await,
        };
        let took = started.elapsed();
        let bytes = outcome.as_ref().map_or(0, |answer| answer.body.len());
        call.usage().add_upstream(took, u64::try_from(bytes).unwrap_or(u64::MAX));
        call.metrics().took(Metric::UpstreamLatency, took);
        self.say(call, leg, &outcome, took);
        outcome.map_err(UpstreamError::from)
    }

    /// One event per try: method, operation, status; never an address.
    fn say(&self, call: &Call, leg: &Leg, outcome: &Result<Response, HttpProblem>, took: Duration) {
        let id = outcome.as_ref().ok().and_then(|answer| {
            answer.headers.get("request-id")?.to_str().ok().filter(|id| id.len() <= 64)
        });
        let event = UpstreamRequest {
            event: self.event,
            method: leg.method,
            operation: leg.operation,
            oid: &call.caller().oid,
            client_ip: call.in_flight().client_ip(),
            took,
            upstream_request_id: id,
        };
        match outcome {
            Ok(answer) => event.answered(answer.status.as_u16()),
            Err(problem) => event.unanswered(error::word(*problem)),
        }
    }

    fn failed(&self, cause: UpstreamError, call: &Call) -> ToolError {
        if call.remaining().is_zero() {
            return ToolError::TimedOut;
        }
        if matches!(cause, UpstreamError::BodyTooLarge { .. }) {
            return ToolError::TooLarge;
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
        let status = response.status.as_u16();
        let named = retry::retry_after(&response.headers, self.clock.now());
        if response.status == StatusCode::TOO_MANY_REQUESTS {
            let retry_after = named.unwrap_or(wait);
            return Err(ToolError::Throttled { service: self.service, retry_after });
        }
        let cause = match named {
            Some(wait) => UpstreamError::Unavailable { status, wait },
            None => UpstreamError::Status { status, code: String::new() },
        };
        Err(ToolError::Upstream { service: self.service, cause })
    }
}

#[cfg(test)]
mod tests;
