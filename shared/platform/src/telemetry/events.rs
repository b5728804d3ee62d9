//! Events that security and operations look for. Each names the person by `oid`, never by name.

use std::net::IpAddr;
use std::time::Duration;

/// A bearer token was presented.
#[derive(Clone, Copy, Debug)]
pub struct Authentication<'a> {
    /// Where the request came from.
    pub client_ip: Option<IpAddr>,
    /// The path that was asked for, from our closed list of paths.
    pub endpoint: &'static str,
    /// The way in: `direct`, `proxy` or `debug`.
    pub way: &'a str,
}

impl Authentication<'_> {
    /// The token was verified and belongs to this person.
    pub fn succeeded(&self, oid: &str) {
        tracing::info!(
            event = "auth_succeeded",
            oid,
            client_ip = self.client_ip.map(tracing::field::display),
            endpoint = self.endpoint,
            way = self.way,
            result = "success",
            "a person was authenticated"
        );
    }

    /// The token was missing or refused; `reason` is a stable word, never a detail of the token.
    pub fn failed(&self, reason: &'static str) {
        tracing::warn!(
            event = "auth_failed",
            reason,
            client_ip = self.client_ip.map(tracing::field::display),
            endpoint = self.endpoint,
            way = self.way,
            result = "failure",
            "an authentication failed"
        );
    }
}

/// An On-Behalf-Of exchange with the identity platform.
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// The person it was made for.
    pub oid: &'a str,
    /// Where the request came from.
    pub client_ip: Option<IpAddr>,
    /// How long it took, retries included.
    pub took: Duration,
}

impl Exchange<'_> {
    /// The identity platform gave a token.
    pub fn succeeded(&self) {
        tracing::info!(
            event = "obo_succeeded",
            oid = self.oid,
            client_ip = self.client_ip.map(tracing::field::display),
            took_ms = milliseconds(self.took),
            "a token was exchanged on behalf of a person"
        );
    }

    /// The identity platform refused or did not answer; `code` is the number of its error
    /// (AADSTS), `reason` our stable word for its class.
    pub fn failed(&self, reason: &'static str, status: Option<u16>, code: Option<u32>) {
        tracing::error!(
            event = "obo_failed",
            reason,
            status,
            code,
            oid = self.oid,
            client_ip = self.client_ip.map(tracing::field::display),
            took_ms = milliseconds(self.took),
            "an exchange on behalf of a person failed"
        );
    }
}

/// One request to an upstream service was answered, or was not.
#[derive(Clone, Copy, Debug)]
pub struct UpstreamRequest<'a> {
    /// The event word: `graph_request`, `databricks_request`.
    pub event: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The operation's name from our closed list, never the address with its ids and queries.
    pub operation: &'static str,
    /// The person it was made for.
    pub oid: &'a str,
    /// Where the request came from.
    pub client_ip: Option<IpAddr>,
    /// How long this try took.
    pub took: Duration,
    /// The upstream's own id of the request, for its support.
    pub upstream_request_id: Option<&'a str>,
}

impl UpstreamRequest<'_> {
    /// The service answered with this status.
    pub fn answered(&self, status: u16) {
        let client_ip = self.client_ip.map(tracing::field::display);
        if status < 400 {
            tracing::info!(
                event = self.event,
                method = self.method,
                operation = self.operation,
                status,
                oid = self.oid,
                client_ip,
                took_ms = milliseconds(self.took),
                upstream_request_id = self.upstream_request_id,
                "an upstream service answered"
            );
        } else {
            tracing::warn!(
                event = self.event,
                method = self.method,
                operation = self.operation,
                status,
                oid = self.oid,
                client_ip,
                took_ms = milliseconds(self.took),
                upstream_request_id = self.upstream_request_id,
                "an upstream service refused"
            );
        }
    }

    /// The service gave no answer; `reason` is a stable word such as `timeout`.
    pub fn unanswered(&self, reason: &'static str) {
        tracing::error!(
            event = self.event,
            method = self.method,
            operation = self.operation,
            reason,
            oid = self.oid,
            client_ip = self.client_ip.map(tracing::field::display),
            took_ms = milliseconds(self.took),
            "an upstream service did not answer"
        );
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
