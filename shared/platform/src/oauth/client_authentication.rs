//! How a client proves at the token endpoint who it is: not at all, or with a signed assertion (RFC 7523).

use super::AuthorizationServer;
use super::client::Client;
use super::error::{ErrorCode, OAuthError};
use super::token::Form;
use crate::usage::Usage;

/// The client of a form.
///
/// # Errors
/// `invalid_client` when it is not known or not proven.
pub(crate) async fn authenticate(
    server: &AuthorizationServer,
    form: &Form,
    usage: &Usage,
) -> Result<Client, OAuthError> {
    let missing = OAuthError::new(ErrorCode::InvalidClient, "client_id is missing");
    server.clients.find(form.get("client_id").ok_or(missing)?, usage).await
}
