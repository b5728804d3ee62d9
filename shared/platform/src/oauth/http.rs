//! What all endpoints share: parameters, JSON answers, pages and their headers, refusals.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::Request;
use super::error::{ErrorCode, OAuthError};
use crate::telemetry::{Authentication, Metric};

/// An `invalid_request` with this sentence.
pub(crate) const fn invalid_request(description: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidRequest, description)
}

/// A JSON answer that nobody keeps.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    keep_nowhere(headers);
    response
}

/// An error as JSON (RFC 6749 section 5.2).
pub(crate) fn error(status: StatusCode, error: &OAuthError) -> Response {
    let body = json!({ "error": error.code.as_str(), "error_description": error.description });
    let mut response = json(status, &body);
    retry_later(&mut response, error);
    response
}

/// `Retry-After`, where waiting helps.
pub(crate) fn retry_later(response: &mut Response, error: &OAuthError) {
    if let Some(wait_s) = error.retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
    }
}

/// Scripts of any site may read the answer: nothing in it depends on a cookie.
pub(crate) fn allow_any_origin(response: &mut Response) {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
}

/// The answer to a preflight, with the methods that are taken.
pub(crate) fn preflight(methods: &'static str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, methods),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, mcp-protocol-version"),
        (header::ACCESS_CONTROL_MAX_AGE, "3600"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The style of every page. The policy names its hash, so no other style is used.
pub(crate) const STYLE: &str = include_str!("page.css");

/// No script, no other resource, no frame around it, forms to ourselves only. That no redirect
/// follows a form is why answers to forms are pages: browsers check `form-action` along redirects.
static CONTENT_SECURITY_POLICY: LazyLock<Option<HeaderValue>> = LazyLock::new(|| {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    HeaderValue::from_str(&policy).ok()
});

/// A page of ours. Its text must be escaped already.
pub(crate) fn page(status: StatusCode, html: String, is_https: bool) -> Response {
    let Some(policy) = CONTENT_SECURITY_POLICY.as_ref() else {
        let broken = OAuthError::new(ErrorCode::ServerError, "the page could not be made");
        return error(StatusCode::INTERNAL_SERVER_ERROR, &broken);
    };
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    guard_navigation(headers, is_https);
    response
}

/// A redirect of a browser; `None` when the address has no place in a header.
pub(crate) fn redirect(location: &str, is_https: bool) -> Option<Response> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::FOUND;
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, HeaderValue::from_str(location).ok()?);
    guard_navigation(headers, is_https);
    Some(response)
}

fn guard_navigation(headers: &mut HeaderMap, is_https: bool) {
    keep_nowhere(headers);
    let mut set = |name: HeaderName, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if is_https {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

fn keep_nowhere(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
}

/// One event, one metric and the word on the request's line for one refusal.
pub(crate) fn note_refusal(request: &Request, endpoint: &'static str, reason: &'static str) {
    event(request, endpoint).failed(reason);
    request.in_flight.metrics().count(Metric::AuthFailed);
    request.in_flight.note(|line| line.outcome = Some(reason));
}

/// What is said of a step of a sign-in.
pub(crate) fn event(request: &Request, endpoint: &'static str) -> Authentication<'static> {
    Authentication { client_ip: request.in_flight.client_ip(), endpoint, way: "proxy" }
}

/// 32 random bytes as text: a request id, a state, a code, a token.
///
/// # Errors
/// `server_error` when the machine gives no randomness.
pub(crate) fn random_id() -> Result<String, OAuthError> {
    random_text::<32>()
}

/// So many random bytes as base64url.
///
/// # Errors
/// `server_error` when the machine gives no randomness.
pub(crate) fn random_text<const BYTES: usize>() -> Result<String, OAuthError> {
    let mut bytes = [0; BYTES];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| OAuthError::broken())?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests;
