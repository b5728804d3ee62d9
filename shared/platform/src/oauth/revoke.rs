//! `/oauth/revoke` (RFC 7009): ends a grant.

use ::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::fields::Form;
use super::grant::NoGrant;
use super::sessions::Sessions;
use super::token::{Refused, refuse};
use super::{AuthorizationServer, Request, client_authentication, http};
use crate::usage::Usage;

/// Ends the grant of a client's token. What is no token of this client changes nothing, and is
/// answered the same: a client learns nothing of others'.
pub(crate) async fn revoke(server: &AuthorizationServer, request: &Request) -> Response {
    match answer(server, request).await {
        Ok(()) => http::json(StatusCode::OK, &json!({})),
        Err(refused) => {
            http::note_refusal(request, "/oauth/revoke", refused.reason);
            refuse(server, refused.error)
        }
    }
}

async fn answer(server: &AuthorizationServer, request: &Request) -> Result<(), Refused> {
    let usage = request.in_flight.usage();
    let form = Form::read(request)?;
    let client =
        client_authentication::authenticate(server, form.credentials(), &request.in_flight)
            .await
            .map_err(|error| Refused { error, reason: "client_refused" })?;
    let token = form.required("token")?;
    server.sessions.revoke(&client.id, token, usage).await.map_err(Refused::from)
}

impl Sessions {
    /// Ends the grant of this token, if it is this client's.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn revoke(
        &self,
        client_id: &str,
        token: &str,
        usage: &Usage,
    ) -> Result<(), NoGrant> {
        let grant_id = match self.access_tokens.read_any_age(token).await {
            Ok(named) => named.grant_id,
            Err(_) => match self.refresh_tokens.read(token).await {
                Some(numbered) => numbered.grant_id,
                None => return Ok(()),
            },
        };
        match self.grants.latest(&grant_id, usage).await {
            Ok(live) if live.grant.client_id == client_id => {
                self.grants.end(&grant_id, usage).await
            }
            Ok(_) | Err(NoGrant::Gone) => Ok(()),
            Err(NoGrant::Unavailable) => Err(NoGrant::Unavailable),
        }
    }
}
