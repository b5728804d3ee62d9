//! The one line per HTTP request: log, metrics and trace in one.

use std::io;
use std::net::IpAddr;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Brief, Lines, Metric, Metrics, metric_block};

/// What is said about one HTTP request after it was answered.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RequestLine {
    /// The MCP method, or the HTTP path's name outside MCP.
    pub method: Option<Brief<64>>,
    /// The tool or the resource template.
    pub tool: Option<Brief<128>>,
    /// The HTTP status.
    pub status: u16,
    /// The outcome's stable word, as in the audit record.
    pub outcome: Option<&'static str>,
    /// The person, if proven.
    pub oid: Option<Brief<64>>,
    /// Where the request came from.
    pub client_ip: Option<IpAddr>,
    /// The MCP era: `modern`, `legacy` or `unknown`.
    pub era: Option<&'static str>,
    /// Milliseconds from first to last byte.
    pub total_ms: u64,
    /// Milliseconds of our own.
    pub own_ms: u64,
    /// Milliseconds spent waiting for upstream services.
    pub upstream_ms: u64,
    /// Requests sent upstream.
    pub upstream_requests: u64,
    /// Bytes of the request body.
    pub bytes_in: u64,
    /// Bytes of the response body.
    pub bytes_out: u64,
    /// Whether this was the first request of its process.
    pub cold_start: bool,
    /// The Lambda request id, or our own.
    pub request_id: Option<Brief<64>>,
    /// The trace this request belongs to.
    pub trace_id: Option<Brief<128>>,
    /// The audit record of this request.
    pub event_id: Option<Uuid>,
    /// The connector.
    pub connector: Brief<64>,
    /// `local`, `dev` or `prod`.
    pub environment: Brief<32>,
    /// The version of the connector.
    pub version: Brief<64>,
}

/// Writes the line of one answered request with all its metrics; status and time become metrics
/// here, so that no caller can forget them.
///
/// The line does not pass `LOG_LEVEL`: without it there would be no metrics.
///
/// # Errors
/// When the destination does not take the line.
pub fn write_request(
    lines: &Lines,
    at: Timestamp,
    line: &RequestLine,
    metrics: &Metrics,
) -> io::Result<()> {
    match line.status {
        400..=499 => metrics.count(Metric::Http4xx),
        500.. => metrics.count(Metric::Http5xx),
        0..=399 => {}
    }
    metrics.add(Metric::Latency, line.total_ms);
    let block = metric_block(metrics, at, line.connector.as_str(), line.environment.as_str());
    lines.write(&Written {
        timestamp: at,
        level: if line.status < 500 { "INFO" } else { "ERROR" },
        message: "a request was answered",
        event: "request",
        line,
        block,
    })
}

#[derive(Serialize)]
struct Written<'a> {
    timestamp: Timestamp,
    level: &'static str,
    message: &'static str,
    event: &'static str,
    #[serde(flatten)]
    line: &'a RequestLine,
    #[serde(flatten)]
    block: Map<String, Value>,
}
