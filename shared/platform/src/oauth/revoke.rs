//! `/oauth/revoke` (RFC 7009): ends a grant.

use axum::response::Response;

use super::error::OAuthError;
use super::{AuthorizationServer, Request, http};

/// Not served yet.
#[expect(clippy::unused_async, reason = "an endpoint")]
pub(crate) async fn revoke(_: &AuthorizationServer, _: &Request) -> Response {
    let error = OAuthError::unavailable();
    http::error(error.code.status(), &error)
}
