//! A person's way to Entra: a state of its own, a PKCE verifier of its own, and a cookie that ties
//! the way back to the same browser.

use ::http::StatusCode;
use axum::response::Response;

use super::answer::Way;
use super::cookie::{self, Step};
use super::error::OAuthError;
use super::records::{self, EntraLeg, Pending, SIGN_IN_S, Transaction};
use super::{AuthorizationServer, Request, http, page};
use crate::identity::{AuthorizationRequest, code_challenge};
use crate::store::RecordKind;

/// Sends the browser to Entra; `pending` is what Entra asked for earlier.
///
/// # Errors
/// When the way cannot be remembered.
pub(crate) async fn begin(
    server: &AuthorizationServer,
    request: &Request,
    transaction: Transaction,
    pending: Option<&Pending>,
    way: Way,
) -> Result<Response, OAuthError> {
    let (state, code_verifier) = (http::random_id()?, http::random_id()?);
    let code_challenge = code_challenge(&code_verifier);
    let asked = AuthorizationRequest {
        state: &state,
        code_challenge: &code_challenge,
        claims: pending.and_then(|pending| pending.claims.as_deref()),
        consent: pending.is_some_and(|pending| pending.consent),
    };
    let address = server.code_flow.authorization_url(asked).map_err(|_| OAuthError::broken())?;
    let leg = EntraLeg { transaction, code_verifier, asked_pending: pending.is_some() };
    let expires_at_s = server.clock.now_s().saturating_add(SIGN_IN_S);
    let (kind, key) = (RecordKind::Transaction, records::leg_key(&state));
    server
        .records
        .put_new(kind, &key, &leg, expires_at_s, request.in_flight.usage())
        .await
        .map_err(|_| OAuthError::unavailable())?;
    let is_https = server.settings.is_https;
    let mut response = match way {
        Way::Redirect => http::redirect(&address, is_https).ok_or(OAuthError::broken())?,
        Way::Page => http::page(StatusCode::OK, page::to_entra(&address), is_https),
    };
    cookie::give(server, request, &mut response, Step::Callback, &[&state]).await?;
    Ok(response)
}
