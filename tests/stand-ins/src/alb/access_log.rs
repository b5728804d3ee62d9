//! The access log, one line a request, in the field order of the real one.
//!
//! The query is left out of the logged address: it may carry codes and search words.

use std::net::SocketAddr;
use std::sync::Arc;

use http::request::Parts;
use http::{HeaderMap, header};
use jiff::Timestamp;
use tokio::time::Instant;

use super::clock;
use super::ring::Ring;

/// A request under way; when it is dropped unanswered, the client has left and 460 is logged.
#[derive(Debug)]
pub(super) struct Entry {
    ring: Arc<Ring<String>>,
    created: Timestamp,
    begun: Instant,
    client: SocketAddr,
    request: String,
    user_agent: String,
    domain: String,
    received_bytes: usize,
    finished: bool,
}

/// What is known about a request once it is answered.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Seconds until the target got the request.
    pub(super) request_s: Option<f64>,
    /// Seconds until the target answered.
    pub(super) target_s: Option<f64>,
    /// What the client was told.
    pub(super) status: u16,
    /// What the target said.
    pub(super) target_status: Option<u16>,
    /// Bytes of the body that came in.
    pub(super) body_bytes: usize,
    /// Bytes that went out.
    pub(super) sent_bytes: usize,
    /// Where an HTTP target listens.
    pub(super) target_address: Option<SocketAddr>,
    /// The target group, if one was chosen.
    pub(super) target_arn: Option<String>,
    /// The rule, if one was chosen.
    pub(super) priority: Option<u32>,
    /// The trace header the target got.
    pub(super) trace: Option<String>,
    /// Why there is no proper answer.
    pub(super) error: Option<&'static str>,
}

impl Entry {
    /// Notes what a request says of itself.
    pub(super) fn begin(
        ring: Arc<Ring<String>>,
        client: SocketAddr,
        local: SocketAddr,
        parts: &Parts,
    ) -> Self {
        let domain = header_text(&parts.headers, header::HOST.as_str());
        let (host, path) = (if domain == "-" { "" } else { &domain }, parts.uri.path());
        let host = host.split(':').next().unwrap_or_default();
        let request =
            format!("{} http://{host}:{}{path} {:?}", parts.method, local.port(), parts.version);
        Self {
            ring,
            created: clock::now(),
            begun: Instant::now(),
            client,
            request: quotable(&request),
            user_agent: header_text(&parts.headers, header::USER_AGENT.as_str()),
            domain,
            received_bytes: size_bytes(&parts.headers) + request.len(),
            finished: false,
        }
    }

    /// Since when the request is under way.
    pub(super) fn begun(&self) -> Instant {
        self.begun
    }

    /// Writes the line of an answered request.
    pub(super) fn finish(mut self, facts: &Facts) {
        self.finished = true;
        self.write(facts);
    }

    fn write(&self, facts: &Facts) {
        let response_s = facts.target_s.map(|target| {
            let passed = self.begun.elapsed().as_secs_f64();
            (passed - target - facts.request_s.unwrap_or_default()).max(0.0)
        });
        let target_address = or_dash(facts.target_address);
        let target_status = or_dash(facts.target_status);
        let actions = if facts.priority.is_some() { "forward" } else { "fixed-response" };
        let fields = [
            "http".to_owned(),
            clock::now().to_string(),
            "app/local/0000000000000000".to_owned(),
            self.client.to_string(),
            target_address.clone(),
            seconds(facts.request_s),
            seconds(facts.target_s),
            seconds(response_s),
            facts.status.to_string(),
            target_status.clone(),
            (self.received_bytes + facts.body_bytes).to_string(),
            facts.sent_bytes.to_string(),
            format!("\"{}\"", self.request),
            format!("\"{}\"", self.user_agent),
            "-".to_owned(),
            "-".to_owned(),
            or_dash(facts.target_arn.as_deref()),
            format!("\"{}\"", or_dash(facts.trace.as_deref())),
            format!("\"{}\"", self.domain),
            "\"-\"".to_owned(),
            facts.priority.unwrap_or_default().to_string(),
            self.created.to_string(),
            format!("\"{actions}\""),
            "\"-\"".to_owned(),
            format!("\"{}\"", or_dash(facts.error)),
            format!("\"{target_address}\""),
            format!("\"{target_status}\""),
            "\"-\"".to_owned(),
            "\"-\"".to_owned(),
            "-".to_owned(),
        ];
        self.ring.push(fields.join(" "));
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if !self.finished {
            self.write(&Facts { status: 460, ..Facts::default() });
        }
    }
}

/// Bytes that headers take on the wire.
pub(super) fn size_bytes(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len()).sum()
}

fn seconds(value: Option<f64>) -> String {
    value.map_or_else(|| "-1".to_owned(), |value| format!("{value:.3}"))
}

fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// A header as it can stand between quotes; a dash when there is none.
pub(super) fn header_text(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).map_or_else(
        || "-".to_owned(),
        |value| quotable(&String::from_utf8_lossy(value.as_bytes())),
    )
}

fn quotable(text: &str) -> String {
    text.chars().take(2_000).map(|c| if c == '"' || c.is_control() { '_' } else { c }).collect()
}
