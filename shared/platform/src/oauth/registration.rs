//! `/oauth/register`: dynamic client registration (RFC 7591), bounded.

use axum::response::Response;

use super::error::OAuthError;
use super::{AuthorizationServer, Request, http};

/// Not served yet.
#[expect(clippy::unused_async, reason = "an endpoint")]
pub(crate) async fn register(_: &AuthorizationServer, _: &Request) -> Response {
    let error = OAuthError::unavailable();
    http::error(error.code.status(), &error)
}
