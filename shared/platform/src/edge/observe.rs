//! Around every request: its deadline, its panic net, the headers of its answer, its one line.

use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::connect_info::ConnectInfo;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures::FutureExt as _;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio::time::Instant;

use super::{Edge, jsonrpc, oauth};
use crate::config::Host;
use crate::connector::Connector;
use crate::in_flight::InFlight;
use crate::serve::Invocation;
use crate::telemetry::{Brief, Metric, write_request};

/// How long a tool may take.
const TOOL: Duration = Duration::from_secs(20);
/// How long after a tool's deadline the answer has to be there: the audit record is written then.
const AFTER_TOOL: Duration = Duration::from_millis(2500);
/// What is kept after a tool's deadline, to write the audit record and the answer.
const RESERVE: Duration = Duration::from_secs(3);

/// Handles one request within its time and says one line about it.
pub(super) async fn observe<C: Connector>(
    State(edge): State<Arc<Edge<C>>>,
    mut request: Request,
    next: Next,
) -> Response {
    let now = Instant::now();
    let invocation = request.extensions().get::<Invocation>().cloned();
    let tool_deadline = invocation
        .as_ref()
        .and_then(|invocation| invocation.deadline?.checked_sub(RESERVE))
        .map_or(now + TOOL, |end| end.min(now + TOOL));
    let in_flight =
        InFlight::start(tool_deadline, client_ip(&request, edge.settings.host), edge.new_line());
    in_flight.note(|line| {
        line.method = Some(Brief::new(known_path(request.uri().path())));
        line.request_id = invocation.map(|invocation| Brief::new(&invocation.request_id));
        line.trace_id = header_text(request.headers(), "x-amzn-trace-id");
    });
    request.extensions_mut().insert(in_flight.clone());

    let handled = AssertUnwindSafe(next.run(request)).catch_unwind();
    // A little later than the tool's own deadline: whoever is nearer to the cause answers first.
    let handled = tokio::time::timeout_at(tool_deadline + AFTER_TOOL, handled).await;
    let mut response = match handled {
        Ok(Ok(response)) => response,
        Ok(Err(_panic)) => broken(&in_flight, StatusCode::INTERNAL_SERVER_ERROR, "panic"),
        Err(_elapsed) => broken(&in_flight, StatusCode::GATEWAY_TIMEOUT, "timeout"),
    };
    harden(response.headers_mut());
    finish(&edge, &in_flight, &response);
    response
}

/// The path, if it is one of ours; what a client made up is not ours to write down.
fn known_path(path: &str) -> &str {
    const PATHS: [&str; 4] = [
        "/mcp",
        "/health",
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource/mcp",
    ];
    if PATHS.contains(&path) || oauth::is_known(path) { path } else { "unknown" }
}

/// The address nearest to us that we did not get from the client's own words: behind the load
/// balancer the last `X-Forwarded-For` entry, elsewhere the peer.
fn client_ip(request: &Request, host: Host) -> Option<IpAddr> {
    match host {
        Host::Lambda | Host::Ecs => {
            let last = request.headers().get_all("x-forwarded-for").iter().next_back()?;
            let last = last.to_str().ok()?.rsplit(',').next()?.trim();
            last.parse().ok().or_else(|| Some(last.parse::<SocketAddr>().ok()?.ip()))
        }
        Host::Process => request.extensions().get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip()),
    }
}

fn header_text<const MAX: usize>(headers: &HeaderMap, name: &str) -> Option<Brief<MAX>> {
    Some(Brief::new(headers.get(name)?.to_str().ok()?))
}

fn broken(in_flight: &InFlight, status: StatusCode, outcome: &'static str) -> Response {
    in_flight.note(|line| line.outcome = Some(outcome));
    let message = match outcome {
        "timeout" => "this took too long; narrow the question and try again",
        _ => "something went wrong in this connector; try again",
    };
    jsonrpc::error(status, in_flight.rpc_id().as_ref(), -32603, message, None)
}

fn harden(headers: &mut HeaderMap) {
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

fn finish<C: Connector>(edge: &Edge<C>, in_flight: &InFlight, response: &Response) {
    let unreadable = in_flight.usage().unreadable_items();
    if unreadable > 0 {
        in_flight.metrics().add(Metric::StoreItemUnreadable, unreadable);
    }
    let usage = in_flight.usage().snapshot();
    let total_ms = u64::try_from(in_flight.elapsed().as_millis()).unwrap_or(u64::MAX);
    in_flight.note(|line| {
        line.status = response.status().as_u16();
        line.total_ms = total_ms;
        line.upstream_ms = usage.upstream_ms;
        line.own_ms = total_ms.saturating_sub(usage.upstream_ms);
        line.upstream_requests = usage.upstream_requests;
    });
    // Standard output that takes no line is nothing the person should wait or fail for.
    let _ = in_flight
        .noted(|line| write_request(&edge.lines, edge.clock.now(), line, in_flight.metrics()));
}
