//! What every connection of the balancer shares, and the way of a request through it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Request, StatusCode, Version, header};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use tokio::time::timeout;

use super::access_log::{Entry, Facts, header_text, size_bytes};
use super::control;
use super::forwarding::{Arrival, TRACE, forward};
use super::limits;
use super::page::{self, Answer};
use super::plan::{ForwardedFor, InvalidHeaders};
use super::ring::Ring;
use super::target::{Forwarded, Kind, Reply, Target};

/// How much of a body over the limit is read away, so that the client sees the refusal.
const DRAINED_BYTES: usize = 16_000_000;

/// The state of a running balancer.
#[derive(Debug)]
pub(super) struct Balancer {
    /// Where the listener that routes by host is.
    pub(super) address: SocketAddr,
    /// Targets, the lowest priority number first.
    pub(super) targets: Vec<Arc<Target>>,
    /// The access log.
    pub(super) access_log: Arc<Ring<String>>,
    /// How long a connection may idle.
    pub(super) idle_timeout: Duration,
    /// What happens to `X-Forwarded-For`.
    pub(super) forwarded_for: ForwardedFor,
    /// What happens to odd header names.
    pub(super) invalid_headers: InvalidHeaders,
    /// What capacity units are counted by.
    pub(super) counters: Counters,
}

/// What the load balancer's capacity units are counted by.
#[derive(Debug, Default)]
pub(super) struct Counters {
    /// Connections accepted.
    pub(super) connections: AtomicU64,
    /// Requests answered.
    pub(super) requests: AtomicU64,
    /// Bytes in and out.
    pub(super) bytes: AtomicU64,
    /// Rules looked at.
    pub(super) rule_evaluations: AtomicU64,
}

/// Where a request came in.
#[derive(Clone, Debug)]
pub(super) struct Door {
    /// The balancer's end of the connection.
    pub(super) local: SocketAddr,
    /// The client's end.
    pub(super) peer: SocketAddr,
    /// The target this address always leads to; none means that the host decides.
    pub(super) target: Option<Arc<Target>>,
}

impl Balancer {
    /// Finds a target by its name.
    pub(super) fn target(&self, name: &str) -> Option<&Arc<Target>> {
        self.targets.iter().find(|target| target.name == name)
    }

    /// Answers a request, and logs it.
    pub(super) async fn handle(self: Arc<Self>, door: Door, request: Request<Incoming>) -> Answer {
        let (mut parts, body) = request.into_parts();
        if control::claims(&door, &parts) {
            return control::serve(&self, &parts, body).await;
        }
        take_host_from_target(&mut parts);
        let ring = Arc::clone(&self.access_log);
        let entry = Entry::begin(ring, door.peer, door.local, &parts);
        let begun = entry.begun();
        let balancer = Arc::clone(&self);
        // A function goes on when its caller leaves, so the work is not the connection's.
        let work = tokio::spawn(async move {
            let mut facts = Facts::default();
            let answer = balancer.serve(&door, parts, body, begun, &mut facts).await;
            (answer, facts)
        });
        let (answer, mut facts) = work
            .await
            .unwrap_or_else(|_| (page::html(StatusCode::INTERNAL_SERVER_ERROR), Facts::default()));
        facts.status = answer.status().as_u16();
        let body_bytes = answer.body().size_hint().exact().unwrap_or_default();
        facts.sent_bytes =
            size_bytes(answer.headers()) + usize::try_from(body_bytes).unwrap_or_default();
        self.counters.requests.fetch_add(1, Ordering::Relaxed);
        let bytes = u64::try_from(facts.sent_bytes + facts.body_bytes).unwrap_or_default();
        self.counters.bytes.fetch_add(bytes, Ordering::Relaxed);
        entry.finish(&facts);
        answer
    }

    async fn serve(
        &self,
        door: &Door,
        parts: Parts,
        body: Incoming,
        begun: tokio::time::Instant,
        facts: &mut Facts,
    ) -> Answer {
        if let Err(status) = limits::refuse(&parts) {
            return page::html(status);
        }
        let host = parts.headers.get(header::HOST);
        if parts.version == Version::HTTP_11 && host.is_none() {
            return page::html(StatusCode::BAD_REQUEST);
        }
        let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
        let Some(target) = self.route(door, host) else {
            return page::unknown_host();
        };
        facts.target_arn = Some(target.arn.clone());
        facts.priority = Some(target.priority);
        if let Kind::Http(server) = &target.kind {
            facts.target_address = Some(server.address);
        }
        let body = match self.read(body, target.body_limit_bytes()).await {
            Ok(body) => body,
            Err(status) => return page::html(status),
        };
        facts.body_bytes = body.len();
        let headers = forward(&parts.headers, self.arrival(door));
        facts.trace = Some(header_text(&headers, TRACE));
        facts.request_s = Some(begun.elapsed().as_secs_f64());
        let sent = tokio::time::Instant::now();
        let request = Forwarded { method: parts.method, uri: parts.uri, headers, body };
        let Reply { answer, target_status, error } = target.serve(request).await;
        facts.target_s = Some(sent.elapsed().as_secs_f64());
        facts.target_status = target_status.map(|status| status.as_u16());
        facts.error = error;
        answer
    }

    fn route(&self, door: &Door, host: &str) -> Option<Arc<Target>> {
        if let Some(target) = &door.target {
            return Some(Arc::clone(target));
        }
        self.targets
            .iter()
            .inspect(|_| {
                self.counters.rule_evaluations.fetch_add(1, Ordering::Relaxed);
            })
            .find(|target| target.covers(host))
            .cloned()
    }

    fn arrival(&self, door: &Door) -> Arrival {
        Arrival {
            peer: door.peer,
            local: door.local,
            forwarded_for: self.forwarded_for,
            invalid_headers: self.invalid_headers,
        }
    }

    async fn read(&self, body: Incoming, limit_bytes: usize) -> Result<Bytes, StatusCode> {
        match timeout(self.idle_timeout, read(body, limit_bytes)).await {
            Ok(body) => body,
            Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
        }
    }
}

/// Reads a body of at most `limit_bytes`, whose caller holds the deadline.
pub(super) async fn read(mut body: Incoming, limit_bytes: usize) -> Result<Bytes, StatusCode> {
    let mut kept = Vec::new();
    let mut total = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| StatusCode::BAD_REQUEST)?;
        let Some(chunk) = frame.data_ref() else {
            continue;
        };
        total += chunk.len();
        if total <= limit_bytes {
            kept.extend_from_slice(chunk);
        } else if total > DRAINED_BYTES {
            break;
        }
    }
    if total > limit_bytes { Err(StatusCode::PAYLOAD_TOO_LARGE) } else { Ok(kept.into()) }
}

/// A target in absolute form names the host better than the header does.
fn take_host_from_target(parts: &mut Parts) {
    let Some(authority) = parts.uri.authority() else {
        return;
    };
    if let Ok(host) = HeaderValue::from_str(authority.as_str()) {
        parts.headers.insert(header::HOST, host);
    }
}
