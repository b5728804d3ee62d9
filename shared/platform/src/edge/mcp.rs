//! `/mcp`: the checks in their order, then rmcp, then the verdict.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;

use super::jsonrpc::{self, Envelope};
use super::origin::NotAllowed;
use super::refusal::Refusal;
use super::{Edge, body};
use crate::admit::Message;
use crate::audit::AuditedCaller;
use crate::connector::Connector;
use crate::identity::{Bearer, Caller};
use crate::in_flight::InFlight;
use crate::telemetry::Brief;
use crate::verdict::Verdict;

/// The protocol revisions that are spoken here.
pub(crate) const VERSIONS: [&str; 4] = ["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"];
/// The first revision without a handshake.
const MODERN: &str = "2026-07-28";

/// Handles one request to `/mcp`.
pub(super) async fn endpoint<C: Connector>(
    State(edge): State<Arc<Edge<C>>>,
    request: Request,
) -> Response {
    let Some(in_flight) = request.extensions().get::<InFlight>().cloned() else {
        return jsonrpc::own_error(StatusCode::INTERNAL_SERVER_ERROR, None, "not observed");
    };
    let accepts_gzip = body::accepts_gzip(request.headers());
    let handled = handle(&edge, &in_flight, request).await;
    let id = in_flight.rpc_id();
    let response = match handled {
        Ok(response) => response,
        Err(refusal) => {
            in_flight.note(|line| line.outcome = Some(refusal.outcome()));
            refusal.into_response(&edge.challenge, id.as_ref())
        }
    };
    seal_off(response, accepts_gzip, &in_flight, id.as_ref()).await
}

/// Reads straight down: what is cheap and tells nothing comes first, what costs or tells
/// something comes after the caller is proven.
async fn handle<C: Connector>(
    edge: &Edge<C>,
    in_flight: &InFlight,
    request: Request,
) -> Result<Response, Refusal> {
    check_outside(edge, &request)?;
    let caller = authenticate(edge, in_flight, request.headers()).await?;
    let who = AuditedCaller::from(&caller);
    let answer = proceed(edge, in_flight, caller, request).await;
    if let Some(status) = refused_without_record(&answer, in_flight) {
        edge.admission.record_refused_request(who, status, in_flight).await;
    }
    answer
}

/// What a proven caller asked for and did not get, and nobody has recorded yet. Calls above the
/// limit are counted, not recorded, after the first of their window.
fn refused_without_record(
    answer: &Result<Response, Refusal>,
    in_flight: &InFlight,
) -> Option<StatusCode> {
    if in_flight.noted(|line| line.event_id.is_some()) {
        return None;
    }
    match answer {
        Err(Refusal::Verdict(Verdict::TooManyRequests { .. })) => None,
        Err(refusal) => Some(refusal.status()),
        Ok(answer) if answer.status().is_client_error() => Some(answer.status()),
        Ok(answer) => in_flight.asks_for_data().then(|| answer.status()),
    }
}

async fn proceed<C: Connector>(
    edge: &Edge<C>,
    in_flight: &InFlight,
    caller: Caller,
    request: Request,
) -> Result<Response, Refusal> {
    let (mut parts, body) = request.into_parts();
    let body = read_json(&parts.headers, body, in_flight).await?;
    let envelope = read_envelope(&parts.headers, &body, in_flight)?;
    let message =
        Message { method: envelope.known_method(), returns_data: envelope.returns_data() };
    let admitted =
        edge.admission.admit(caller, message, in_flight).await.map_err(Refusal::Verdict)?;
    speak_for_rmcp(&mut parts.headers);
    parts.extensions.insert(admitted);
    let request = http::Request::from_parts(parts, Body::from(body));
    // Boxed: it is large, and what holds it is moved a few times before it runs.
    let answer = Box::pin(edge.mcp.handle(request)).await;
    match in_flight.verdict().get() {
        Some(verdict) => Err(Refusal::Verdict(verdict)),
        None => Ok(answer.map(Body::new)),
    }
}

fn check_outside<C: Connector>(edge: &Edge<C>, request: &Request) -> Result<(), Refusal> {
    edge.allowed.check(request.headers(), request.uri()).map_err(|problem| match problem {
        NotAllowed::HostMissing => Refusal::HostMissing,
        NotAllowed::Host => Refusal::Host,
        NotAllowed::Origin => Refusal::Origin,
    })?;
    if request.method() != Method::POST {
        return Err(Refusal::Method);
    }
    if body::declares_too_much(request.headers()) {
        return Err(Refusal::TooLarge);
    }
    Ok(())
}

async fn authenticate<C: Connector>(
    edge: &Edge<C>,
    in_flight: &InFlight,
    headers: &HeaderMap,
) -> Result<Caller, Refusal> {
    let bearer = Bearer::from_headers(headers);
    match edge.signed_in.caller(bearer, in_flight).await {
        Ok(caller) => {
            in_flight.note(|line| line.oid = Some(Brief::new(&caller.oid)));
            Ok(caller)
        }
        Err(not) => {
            if let Some(person) = &not.proven {
                in_flight.note(|line| line.oid = Some(Brief::new(&person.oid)));
                edge.admission.record_without_scope(person, in_flight).await;
            }
            Err(not.refusal)
        }
    }
}

async fn read_json(
    headers: &HeaderMap,
    body: Body,
    in_flight: &InFlight,
) -> Result<Bytes, Refusal> {
    let body = body::read(body).await.map_err(|unread| match unread {
        body::Unread::TooLarge => Refusal::TooLarge,
        body::Unread::Broken => Refusal::Body,
    })?;
    in_flight.note(|line| line.bytes_in = u64::try_from(body.len()).unwrap_or(u64::MAX));
    let json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|media| media.trim().eq_ignore_ascii_case("application/json"));
    if json { Ok(body) } else { Err(Refusal::ContentType) }
}

fn read_envelope(
    headers: &HeaderMap,
    body: &[u8],
    in_flight: &InFlight,
) -> Result<Envelope, Refusal> {
    let envelope = Envelope::read(body)
        .map_err(|not| Refusal::Message { code: not.code, message: not.message })?;
    in_flight.set_message(envelope.id.clone(), envelope.returns_data());
    let header = headers.get("mcp-protocol-version").and_then(|value| value.to_str().ok());
    let version = envelope.version.as_deref().or(header);
    in_flight.note(|line| {
        line.method = Some(Brief::new(envelope.known_method()));
        line.era = Some(match version {
            Some(version) if version >= MODERN => "modern",
            Some(_) => "legacy",
            None => "unknown",
        });
        if let Some(trace) = &envelope.traceparent {
            line.trace_id = Some(Brief::new(trace));
        }
    });
    match header {
        Some(header) if envelope.version.is_none() && !VERSIONS.contains(&header) => {
            Err(Refusal::Version { requested: header.chars().take(64).collect() })
        }
        _ => Ok(envelope),
    }
}

/// rmcp insists on both media types; several clients send one, `*/*` or none. Our answers are
/// always JSON, so whoever can take JSON is served. It also reads the content type by its
/// letters, and we have read it as a media type.
fn speak_for_rmcp(headers: &mut HeaderMap) {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let takes_json = headers.get_all(header::ACCEPT).iter().all(|value| {
        value.to_str().is_ok_and(|value| {
            ["*/*", "application/json", "application/*"].iter().any(|media| value.contains(media))
        })
    });
    if takes_json {
        let both = HeaderValue::from_static("application/json, text/event-stream");
        headers.insert(header::ACCEPT, both);
    }
}

/// Gives every error a JSON-RPC body, compresses, and keeps the answer within the limits.
async fn seal_off(
    response: Response,
    accepts_gzip: bool,
    in_flight: &InFlight,
    id: Option<&Value>,
) -> Response {
    let (parts, body) = response.into_parts();
    let Ok(body) = body.collect().await.map(http_body_util::Collected::to_bytes) else {
        return jsonrpc::own_error(StatusCode::INTERNAL_SERVER_ERROR, id, "the answer broke off");
    };
    let is_json = parts
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/json"));
    if (parts.status.is_client_error() || parts.status.is_server_error()) && !is_json {
        let text: String = String::from_utf8_lossy(&body).chars().take(300).collect();
        let mut response = jsonrpc::own_error(parts.status, id, &text);
        if let Some(allow) = parts.headers.get(header::ALLOW) {
            response.headers_mut().insert(header::ALLOW, allow.clone());
        }
        return response;
    }
    let mut headers = parts.headers;
    headers.remove("mcp-session-id");
    let (response, bytes) = body::fit(parts.status, headers, body, accepts_gzip, id);
    in_flight.note(|line| line.bytes_out = u64::try_from(bytes).unwrap_or(u64::MAX));
    response
}
