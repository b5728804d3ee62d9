//! `/oauth/token`: codes and refresh tokens become access tokens (RFC 6749 section 5).

mod code;
mod form;
mod refresh;
#[cfg(test)]
mod tests;

use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::error::{ErrorCode, OAuthError};
use super::grant::Live;
use super::sessions::{NoSession, Sessions};
use super::{AuthorizationServer, Request, client_authentication};
use crate::identity::Caller;
use crate::seal::SealFailed;
use crate::store::Standing;
use crate::telemetry::{Authentication, Metric};
use crate::usage::Usage;

pub(crate) use form::Form;

const ENDPOINT: &str = "/oauth/token";

/// What a client gets, and who it is for.
#[derive(Debug)]
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
    let in_flight = &request.in_flight;
    let event =
        Authentication { client_ip: in_flight.client_ip(), endpoint: ENDPOINT, way: "proxy" };
    match answer(server, request).await {
        Ok(given) => {
            event.succeeded(&given.oid);
            in_flight.metrics().count(Metric::AuthSucceeded);
            respond(StatusCode::OK, &given.body)
        }
        Err(refused) => {
            event.failed(refused.reason);
            in_flight.metrics().count(Metric::AuthFailed);
            in_flight.note(|line| line.outcome = Some(refused.error.code.as_str()));
            refuse(server, refused.error)
        }
    }
}

async fn answer(server: &AuthorizationServer, request: &Request) -> Result<Given, Refused> {
    let usage = request.in_flight.usage();
    let form = Form::read(request)?;
    let grant_type = form.required("grant_type")?;
    if grant_type != "authorization_code" && grant_type != "refresh_token" {
        let text = "grant_type is authorization_code or refresh_token here";
        let error = OAuthError::new(ErrorCode::UnsupportedGrantType, text);
        return Err(Refused { error, reason: "grant_type_unsupported" });
    }
    let client =
        client_authentication::authenticate(server, form.credentials(), &request.in_flight)
            .await
            .map_err(|error| Refused { error, reason: "client_refused" })?;
    if grant_type == "authorization_code" {
        code::redeem(&server.sessions, &client.id, &form, usage).await
    } else {
        refresh::refresh(&server.sessions, &client.id, &form, usage).await
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

impl Refused {
    fn invalid_grant(reason: &'static str) -> Self {
        let text = "the code or refresh token is not good any more; sign in again";
        Self { error: OAuthError::new(ErrorCode::InvalidGrant, text), reason }
    }

    fn invalid_request(description: &'static str) -> Self {
        let error = OAuthError::new(ErrorCode::InvalidRequest, description);
        Self { error, reason: "request_misshapen" }
    }

    fn unavailable() -> Self {
        Self { error: OAuthError::unavailable(), reason: "session_unavailable" }
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
    let body = json!({ "error": error.code.as_str(), "error_description": error.description });
    let mut response = respond(status, &body);
    if let Some(wait_s) = error.retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
    }
    response
}

pub(super) fn respond(status: StatusCode, body: &Value) -> Response {
    let mut response = (status, axum::Json(body)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
