//! `/oauth/authorize`: a client sends a person's browser (RFC 6749 section 4.1.1, RFC 7636, RFC 8707).
//!
//! Until client and redirect URI are known to belong together, a mistake is a page; after that it
//! is told to the client. `prompt`, and scopes of OpenID Connect, are taken and not acted on:
//! clients send them to everybody.

use axum::response::Response;
use http::{Method, StatusCode};

use super::answer::{self, Answer, Way};
use super::client::Client;
use super::error::{ErrorCode, OAuthError};
use super::fields::Fields;
use super::http::{self as answers, invalid_request};
use super::page::Refused;
use super::records::{SIGN_IN_S, SIGN_IN_SCOPES, Transaction};
use super::{AuthorizationServer, Request, records};
use crate::store::RecordKind;

const ENDPOINT: &str = "/oauth/authorize";
/// The longest `state` that is given back.
const MAX_STATE_BYTES: usize = 2048;
/// The longest `scope` that is looked at.
const MAX_SCOPE_BYTES: usize = 2048;
/// A base64url SHA-256 (RFC 7636 section 4.2).
const CHALLENGE_BYTES: usize = 43;

/// Checks what a client asks for, and shows the person the consent page.
pub(crate) async fn authorize(server: &AuthorizationServer, request: &Request) -> Response {
    let (fields, client, redirect_uri) = match known_client(server, request).await {
        Ok(known) => known,
        Err(error) => return stopped(server, request, &error),
    };
    let state = match state(&fields) {
        Ok(state) => state,
        Err(error) => return told(server, request, &redirect_uri, None, &error),
    };
    let begun = match transaction(server, &fields, &client, &redirect_uri, state) {
        Ok(transaction) => begin(server, request, &transaction).await,
        Err(error) => Err(error),
    };
    match begun {
        Ok(response) => response,
        Err(error) => told(server, request, &redirect_uri, state, &error),
    }
}

/// The client, and where its answers may go.
async fn known_client(
    server: &AuthorizationServer,
    request: &Request,
) -> Result<(Fields, Client, String), OAuthError> {
    let fields = if request.method == Method::POST {
        Fields::parse(&request.body)?
    } else {
        Fields::parse(request.query.as_bytes())?
    };
    let client_id = fields.one("client_id")?.ok_or(invalid_request("client_id is missing"))?;
    let client = server.clients.find(client_id, request.in_flight.usage()).await?;
    let redirect_uri = client.redirect_uri(fields.one("redirect_uri")?)?.as_str().to_owned();
    Ok((fields, client, redirect_uri))
}

fn state(fields: &Fields) -> Result<Option<&str>, OAuthError> {
    match fields.one("state")? {
        Some(state) if state.len() > MAX_STATE_BYTES => {
            Err(invalid_request("state is longer than 2048 bytes"))
        }
        state => Ok(state),
    }
}

/// Everything else that is asked for, checked.
fn transaction(
    server: &AuthorizationServer,
    fields: &Fields,
    client: &Client,
    redirect_uri: &str,
    state: Option<&str>,
) -> Result<Transaction, OAuthError> {
    let settings = &server.settings;
    check_resource(fields, &settings.resource)?;
    fields.check_duplicates()?;
    match fields.one("response_type")? {
        Some("code") => {}
        Some(_) => {
            let description = "response_type must be code";
            return Err(OAuthError::new(ErrorCode::UnsupportedResponseType, description));
        }
        None => return Err(invalid_request("response_type is missing")),
    }
    if fields.one("response_mode")?.is_some_and(|mode| mode != "query") {
        return Err(invalid_request("response_mode must be query"));
    }
    if fields.one("request")?.is_some() || fields.one("request_uri")?.is_some() {
        return Err(invalid_request("request objects are not taken; send plain parameters"));
    }
    check_scope(fields.one("scope")?, &settings.scope)?;
    Ok(Transaction {
        client_id: client.id.clone(),
        redirect_uri: redirect_uri.to_owned(),
        state: state.map(str::to_owned),
        code_challenge: code_challenge(fields)?,
        scope: settings.scope.clone(),
        resource: settings.resource.clone(),
    })
}

/// The resource is ours, byte for byte (RFC 8707 section 2), or not named: there is only one.
fn check_resource(fields: &Fields, ours: &str) -> Result<(), OAuthError> {
    const OTHER: OAuthError = OAuthError::new(
        ErrorCode::InvalidTarget,
        "resource must be the one address that the protected resource metadata names",
    );
    match fields.one("resource") {
        Ok(None) => Ok(()),
        Ok(Some(resource)) if resource == ours => Ok(()),
        Ok(Some(_)) | Err(_) => Err(OTHER),
    }
}

fn check_scope(asked: Option<&str>, ours: &str) -> Result<(), OAuthError> {
    let asked = asked.unwrap_or_default();
    let known = |scope: &str| scope == ours || SIGN_IN_SCOPES.contains(&scope);
    if asked.len() > MAX_SCOPE_BYTES || !asked.split(' ').all(|s| s.is_empty() || known(s)) {
        let description = "ask only for the scope that the server metadata names";
        return Err(OAuthError::new(ErrorCode::InvalidScope, description));
    }
    Ok(())
}

fn code_challenge(fields: &Fields) -> Result<String, OAuthError> {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let challenge = fields
        .one("code_challenge")?
        .ok_or(invalid_request("code_challenge is missing: use PKCE with S256"))?;
    if fields.one("code_challenge_method")? != Some("S256") {
        return Err(invalid_request("code_challenge_method must be S256"));
    }
    if challenge.len() != CHALLENGE_BYTES || !challenge.bytes().all(is_base64url) {
        return Err(invalid_request("code_challenge must be the base64url of a SHA-256"));
    }
    Ok(challenge.to_owned())
}

/// Remembers what was asked for, and goes to the consent page.
async fn begin(
    server: &AuthorizationServer,
    request: &Request,
    transaction: &Transaction,
) -> Result<Response, OAuthError> {
    let id = answers::random_id()?;
    let expires_at_s = server.clock.now_s().saturating_add(SIGN_IN_S);
    let (kind, key) = (RecordKind::Transaction, records::request_key(&id));
    let usage = request.in_flight.usage();
    server
        .records
        .put_new(kind, &key, transaction, expires_at_s, usage)
        .await
        .map_err(|_| OAuthError::unavailable())?;
    let consent = format!("{}/oauth/consent?request={id}", server.settings.issuer);
    answers::redirect(&consent, server.settings.is_https).ok_or(OAuthError::broken())
}

/// A page, because nobody may be sent anywhere.
fn stopped(server: &AuthorizationServer, request: &Request, error: &OAuthError) -> Response {
    let person = match error.code {
        ErrorCode::TemporarilyUnavailable => {
            "The connector cannot check the app at the moment. Try again in a minute."
        }
        _ => {
            "The app that sent you here is not known, or asked in a way that is not safe. \
             Disconnect the connector in your app and connect it again; if that does not help, \
             tell whoever looks after the app."
        }
    };
    // The address of an unknown client is not its error alone: 401 would ask for a password.
    let status = match error.code {
        ErrorCode::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    };
    let text = Refused { person, developer: Some(error.description) };
    let reason = error.code.as_str();
    let mut page = answer::refusal_page(server, request, ENDPOINT, reason, status, text);
    answers::retry_later(&mut page, error);
    page
}

/// The error, to the client.
fn told(
    server: &AuthorizationServer,
    request: &Request,
    redirect_uri: &str,
    state: Option<&str>,
    error: &OAuthError,
) -> Response {
    answers::note_refusal(request, ENDPOINT, error.code.as_str());
    answer::to_client(server, redirect_uri, state, Answer::Error(error), Way::Redirect)
}

#[cfg(test)]
mod tests;
