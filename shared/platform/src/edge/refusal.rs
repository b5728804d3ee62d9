//! Every way a request can be refused at the edge, and how that reads on the wire.

use std::time::Duration;

use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::jsonrpc;
use crate::identity::Challenge;
use crate::verdict::Verdict;

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// 400: no usable `Host`.
    HostMissing,
    /// 403: not our host.
    Host,
    /// 403: a browser origin that is not on the list.
    Origin,
    /// 405: only POST.
    Method,
    /// 413: the declared or real length is too large.
    TooLarge,
    /// 400: two `Authorization` headers.
    DuplicateAuthorization,
    /// 401 without `error`: no bearer token.
    NoToken,
    /// 403: the token lacks the scope.
    InsufficientScope,
    /// 415: not JSON.
    ContentType,
    /// 400: not one JSON-RPC message.
    Message { code: i32, message: &'static str },
    /// 400: a protocol version that is not spoken here.
    Version { requested: String },
    /// 400: the body broke off.
    Body,
    /// What the identity platform or the limiter said.
    Verdict(Verdict),
}

impl Refusal {
    /// Stable word for the log line and the audit record.
    pub(crate) fn outcome(&self) -> &'static str {
        match self {
            Self::HostMissing => "host_missing",
            Self::Host => "host_refused",
            Self::Origin => "origin_refused",
            Self::Method => "method_not_allowed",
            Self::TooLarge => "request_too_large",
            Self::DuplicateAuthorization => "duplicate_authorization",
            Self::NoToken => "no_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::ContentType => "content_type",
            Self::Message { .. } => "not_a_message",
            Self::Version { .. } => "unsupported_version",
            Self::Body => "body_broken",
            Self::Verdict(Verdict::InvalidToken) => "invalid_token",
            Self::Verdict(Verdict::InsufficientClaims { .. }) => "insufficient_claims",
            Self::Verdict(Verdict::TooManyRequests { .. }) => "rate_limited",
            Self::Verdict(Verdict::BadGateway) => "identity_broken",
            Self::Verdict(Verdict::Unavailable { .. }) => "unavailable",
        }
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::HostMissing
            | Self::DuplicateAuthorization
            | Self::Message { .. }
            | Self::Version { .. }
            | Self::Body => StatusCode::BAD_REQUEST,
            Self::NoToken => StatusCode::UNAUTHORIZED,
            Self::Host | Self::Origin | Self::InsufficientScope => StatusCode::FORBIDDEN,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Verdict(verdict) => verdict.status(),
        }
    }

    /// The answer; `id` is the JSON-RPC id when the body was read.
    pub(crate) fn into_response(self, challenge: &Challenge, id: Option<&Value>) -> Response {
        let status = self.status();
        let own = |message: &str| jsonrpc::own_error(status, id, message);
        match self {
            Self::HostMissing => own("exactly one Host header is needed"),
            Self::Host => own("this host is not served here"),
            Self::Origin => own("this origin may not call this server"),
            Self::Method => {
                let mut response = own("send POST");
                response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
                response
            }
            Self::TooLarge => own("the request is larger than 1 MiB"),
            Self::DuplicateAuthorization => own("send exactly one Authorization header"),
            Self::NoToken => {
                let text = "Sign in: send an access token as `Authorization: Bearer …`.";
                challenged(status, challenge.missing(), &json!({ "message": text }))
            }
            Self::InsufficientScope => challenged(
                status,
                challenge.insufficient_scope(),
                &oauth_error("insufficient_scope", "The token lacks the scope of this connector."),
            ),
            Self::ContentType => own("send Content-Type: application/json"),
            Self::Message { code, message } => jsonrpc::error(status, id, code, message, None),
            Self::Version { requested } => {
                let data = json!({ "supported": super::mcp::VERSIONS, "requested": requested });
                let message = "unsupported protocol version";
                jsonrpc::error(status, id, -32022, message, Some(data))
            }
            Self::Body => own("the request body broke off"),
            Self::Verdict(verdict) => verdict_response(&verdict, challenge, id),
        }
    }
}

fn verdict_response(verdict: &Verdict, challenge: &Challenge, id: Option<&Value>) -> Response {
    let status = verdict.status();
    let own = |message: &str| jsonrpc::own_error(status, id, message);
    match verdict {
        Verdict::InvalidToken => challenged(
            status,
            challenge.invalid_token(),
            &oauth_error("invalid_token", "The access token is not valid here; sign in again."),
        ),
        Verdict::InsufficientClaims { claims } => challenged(
            status,
            challenge.insufficient_claims(claims),
            &oauth_error("insufficient_claims", "Sign in again with the claims of the challenge."),
        ),
        Verdict::TooManyRequests { retry_after } => {
            let wait = whole_seconds(*retry_after);
            retry_later(own(&format!("too many calls; wait {wait} s and try again")), wait)
        }
        Verdict::BadGateway => {
            own("the identity platform refused this connector; tell its operator")
        }
        Verdict::Unavailable { retry_after } => {
            let wait = whole_seconds(*retry_after);
            retry_later(own(&format!("temporarily unavailable; try again in {wait} s")), wait)
        }
    }
}

fn oauth_error(error: &str, description: &str) -> Value {
    json!({ "error": error, "error_description": description })
}

fn challenged(status: StatusCode, challenge: HeaderValue, body: &Value) -> Response {
    let mut response = jsonrpc::json(status, body);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    response
}

fn retry_later(mut response: Response, wait_s: u64) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
    response
}

/// Rounded up, at least one.
fn whole_seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}
