//! `/oauth/token`: codes and refresh tokens become access tokens (RFC 6749 section 5).

mod code;
mod refresh;
#[cfg(test)]
mod tests;

use std::fmt;

use ::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::error::{ErrorCode, OAuthError};
use super::fields::Form;
use super::grant::Live;
use super::sessions::{NoSession, Sessions};
use super::{AuthorizationServer, Request, client_authentication, http};
use crate::identity::Caller;
use crate::seal::SealFailed;
use crate::store::Standing;
use crate::telemetry::Metric;
use crate::usage::Usage;

const ENDPOINT: &str = "/oauth/token";

/// What is exchanged.
#[derive(Clone, Copy, Debug)]
enum GrantType {
    Code,
    Refresh,
}

/// What a client gets, and who it is for.
struct Given {
    body: Value,
    oid: String,
}

/// What a client is told, and what the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    pub(super) error: OAuthError,
    /// Stable word.
    pub(super) reason: &'static str,
}

/// Answers one request for tokens.
pub(crate) async fn token(server: &AuthorizationServer, request: &Request) -> Response {
    match answer(server, request).await {
        Ok(given) => {
            http::event(request, ENDPOINT).succeeded(&given.oid);
            request.in_flight.metrics().count(Metric::AuthSucceeded);
            http::json(StatusCode::OK, &given.body)
        }
        Err(refused) => {
            http::note_refusal(request, ENDPOINT, refused.reason);
            refuse(server, refused.error)
        }
    }
}

async fn answer(server: &AuthorizationServer, request: &Request) -> Result<Given, Refused> {
    let usage = request.in_flight.usage();
    let form = Form::read(request)?;
    let grant_type = grant_type(&form)?;
    let client =
        client_authentication::authenticate(server, form.credentials(), &request.in_flight)
            .await
            .map_err(|error| Refused { error, reason: "client_refused" })?;
    match grant_type {
        GrantType::Code => code::redeem(&server.sessions, &client.id, &form, usage).await,
        GrantType::Refresh => refresh::refresh(&server.sessions, &client.id, &form, usage).await,
    }
}

fn grant_type(form: &Form) -> Result<GrantType, Refused> {
    match form.required("grant_type")? {
        "authorization_code" => Ok(GrantType::Code),
        "refresh_token" => Ok(GrantType::Refresh),
        _ => {
            let text = "grant_type is authorization_code or refresh_token here";
            let error = OAuthError::new(ErrorCode::UnsupportedGrantType, text);
            Err(Refused { error, reason: "grant_type_unsupported" })
        }
    }
}

impl Sessions {
    /// The person of a grant, if nothing is against giving out tokens for them.
    async fn allowed(&self, id: &str, live: &Live, usage: &Usage) -> Result<Caller, Refused> {
        let caller = self.caller_of(id, &live.grant).await?;
        match self.kill_switch.check(&caller, usage).await {
            Standing::Allowed => Ok(caller),
            Standing::Unknown => Err(Refused::unavailable()),
            Standing::Refused => {
                self.end(id, usage).await?;
                Err(Refused::invalid_grant("switched_off"))
            }
        }
    }

    /// Tokens for a grant as it is now.
    async fn give(&self, id: &str, live: &Live) -> Result<Given, Refused> {
        let issued = self.access_tokens.issue(id, &live.grant).await?;
        let refresh_token = self.refresh_tokens.make(id, live.grant.generation).await?;
        let body = json!({
            "access_token": issued.text,
            "token_type": "Bearer",
            "expires_in": issued.expires_in_s,
            "refresh_token": refresh_token,
            "scope": live.grant.scope,
        });
        Ok(Given { body, oid: live.grant.oid.clone() })
    }

    async fn end(&self, id: &str, usage: &Usage) -> Result<(), Refused> {
        self.grants.end(id, usage).await.map_err(|_| Refused::unavailable())
    }
}

/// Debug output holds no token.
impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Given([redacted])")
    }
}

impl Refused {
    fn invalid_grant(reason: &'static str) -> Self {
        let text = "the code or refresh token is not good any more; sign in again";
        Self { error: OAuthError::new(ErrorCode::InvalidGrant, text), reason }
    }

    fn unavailable() -> Self {
        Self { error: OAuthError::unavailable(), reason: "session_unavailable" }
    }
}

/// Of the form itself.
impl From<OAuthError> for Refused {
    fn from(error: OAuthError) -> Self {
        Self { error, reason: "request_misshapen" }
    }
}

impl From<NoSession> for Refused {
    fn from(problem: NoSession) -> Self {
        match problem {
            NoSession::Unavailable { retry_after } => {
                let retry_after_s = Some(retry_after.as_secs().max(1));
                let error = OAuthError { retry_after_s, ..OAuthError::unavailable() };
                Self { error, reason: "session_unavailable" }
            }
            problem @ (NoSession::Token(_) | NoSession::Ended(_) | NoSession::Entra(_)) => {
                Self::invalid_grant(problem.code())
            }
        }
    }
}

impl From<super::grant::NoGrant> for Refused {
    fn from(problem: super::grant::NoGrant) -> Self {
        NoSession::from(problem).into()
    }
}

impl From<SealFailed> for Refused {
    fn from(_: SealFailed) -> Self {
        let text = "no token could be made; tell the operator of this connector";
        Self { error: OAuthError::new(ErrorCode::ServerError, text), reason: "token_not_made" }
    }
}

/// An error as the whole answer.
pub(super) fn refuse(server: &AuthorizationServer, error: OAuthError) -> Response {
    let status = match error.code {
        ErrorCode::InvalidGrant => server.settings.invalid_grant_status,
        code => code.status(),
    };
    http::error(status, &error)
}
