//! `/oauth/token`: codes and refresh tokens become access tokens (RFC 6749 section 5).

use axum::response::Response;

use super::error::OAuthError;
use super::{AuthorizationServer, Request, http};

/// Not served yet.
#[expect(clippy::unused_async, reason = "an endpoint")]
pub(crate) async fn token(_: &AuthorizationServer, _: &Request) -> Response {
    let error = OAuthError::unavailable();
    http::error(error.code.status(), &error)
}
