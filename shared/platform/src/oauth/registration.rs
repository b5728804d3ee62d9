//! `/oauth/register`: dynamic client registration (RFC 7591), bounded.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use ::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::client::{Client, ClientAuthentication, ClientKind, Clients, clean_name};
use super::error::{ErrorCode, OAuthError};
use super::redirect_uri::{RedirectRules, RedirectUri};
use super::{AuthorizationServer, Request, http};
use crate::store::{Record, RecordKind};
use crate::usage::Usage;

/// How long a registration is kept after its last use, in seconds.
const KEPT_S: i64 = 90 * 24 * 3600;
/// A registration that is used is kept longer when it has less than this left, in seconds.
const RENEW_BELOW_S: i64 = 60 * 24 * 3600;
const MAX_REDIRECT_URIS: usize = 10;
/// 128 bits: the id of a public client is no secret, but nobody may come upon one.
const ID_BYTES: usize = 16;

/// A client as it registered itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Registered {
    name: String,
    name_was_cleaned: bool,
    redirect_uris: Vec<String>,
}

/// What we read of a registration (RFC 7591 section 2); whatever else stands in it is ignored.
#[derive(Deserialize)]
struct Metadata {
    redirect_uris: Vec<String>,
    client_name: Option<String>,
    grant_types: Option<Vec<String>>,
    response_types: Option<Vec<String>>,
    application_type: Option<String>,
}

/// Takes a registration. The answer is a public client, whatever was asked for.
pub(crate) async fn register(server: &AuthorizationServer, request: &Request) -> Response {
    answer(&server.clients, &server.settings.scope, request).await
}

async fn answer(clients: &Clients, scope: &str, request: &Request) -> Response {
    let in_flight = &request.in_flight;
    let refused = |reason: &'static str| {
        tracing::warn!(
            event = "registration_refused",
            reason,
            client_ip = in_flight.client_ip().map(tracing::field::display),
            "a client was not registered"
        );
    };
    let now_ms = clients.clock.now_ms();
    if let Err(wait_s) = clients.registrations.admit(in_flight.client_ip(), now_ms) {
        refused("rate");
        let error = OAuthError { retry_after_s: Some(wait_s), ..OAuthError::unavailable() };
        return http::error(StatusCode::TOO_MANY_REQUESTS, &error);
    }
    match clients.register(&request.headers, &request.body, in_flight.usage()).await {
        Ok((id, client, application_type)) => {
            let answer = json!({
                "client_id": id,
                "client_id_issued_at": clients.clock.now_s(),
                "client_name": client.name,
                "redirect_uris": client.redirect_uris,
                "grant_types": ["authorization_code", "refresh_token"],
                "response_types": ["code"],
                "token_endpoint_auth_method": "none",
                "application_type": application_type,
                "scope": scope,
            });
            http::json(StatusCode::CREATED, &answer)
        }
        Err(error) => {
            refused(error.code.as_str());
            http::error(error.code.status(), &error)
        }
    }
}

impl Clients {
    /// Checks and keeps a registration: the new id, what was kept, and the application's type.
    async fn register(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        usage: &Usage,
    ) -> Result<(String, Registered, &'static str), OAuthError> {
        if !is_json(headers) {
            return Err(metadata_problem("expected content-type: application/json"));
        }
        let metadata: Metadata = serde_json::from_slice(body).map_err(|_| {
            metadata_problem("expected a JSON object with redirect_uris as a list of strings")
        })?;
        check_types(&metadata)?;
        let client = Registered::new(&metadata, &self.redirects)?;
        let id = http::random_text::<ID_BYTES>()?;
        let until_s = self.clock.now_s().saturating_add(KEPT_S);
        self.records
            .put_new(RecordKind::Client, &id, &client, until_s, usage)
            .await
            .map_err(|_| OAuthError::unavailable())?;
        let application_type =
            if metadata.application_type.as_deref() == Some("web") { "web" } else { "native" };
        Ok((id, client, application_type))
    }

    /// Keeps a client that is used: one conditional write, and no harm when it does not succeed.
    pub(super) async fn keep(&self, id: &str, record: &Record<Registered>, usage: &Usage) {
        let now_s = self.clock.now_s();
        if record.expires_at_s.saturating_sub(now_s) >= RENEW_BELOW_S {
            return;
        }
        let until_s = now_s.saturating_add(KEPT_S);
        let (kind, version) = (RecordKind::Client, record.version);
        let kept = self.records.replace(kind, id, &record.value, until_s, version, usage).await;
        if kept.is_err() {
            tracing::warn!(event = "client_not_kept", "a registration could not be kept longer");
        }
    }
}

impl Registered {
    fn new(metadata: &Metadata, rules: &RedirectRules) -> Result<Self, OAuthError> {
        let invalid = |description| OAuthError::new(ErrorCode::InvalidRedirectUri, description);
        let count = metadata.redirect_uris.len();
        if count == 0 || count > MAX_REDIRECT_URIS {
            return Err(invalid("expected 1 to 10 redirect_uris"));
        }
        for text in &metadata.redirect_uris {
            let uri = RedirectUri::parse(text).map_err(|_| {
                invalid(
                    "a redirect URI is https, http to loopback, or an application's own scheme, \
                     in its canonical form and without a fragment",
                )
            })?;
            if !rules.allow(&uri) {
                return Err(invalid(
                    "a redirect URI is not on this server's list (MCP_SERVER_REDIRECT_URIS); ask \
                     its operator",
                ));
            }
        }
        let (name, name_was_cleaned) = clean_name(metadata.client_name.as_deref().unwrap_or(""));
        Ok(Self { name, name_was_cleaned, redirect_uris: metadata.redirect_uris.clone() })
    }

    /// The client, with those of its redirect URIs that are still on the allow-list.
    pub(super) fn client(self, id: &str, rules: &Arc<RedirectRules>) -> Client {
        let uris = self.redirect_uris.iter().filter_map(|text| RedirectUri::parse(text).ok());
        Client {
            id: id.to_owned(),
            redirect_uris: uris.filter(|uri| rules.allow(uri)).collect(),
            name: self.name,
            name_was_cleaned: self.name_was_cleaned,
            kind: ClientKind::Registered,
            allow_list: None,
            authentication: ClientAuthentication::None,
        }
    }
}

/// A client that does not use codes has no way in here.
fn check_types(metadata: &Metadata) -> Result<(), OAuthError> {
    let has = |list: &Option<Vec<String>>, word: &str| {
        list.as_ref().is_none_or(|list| list.is_empty() || list.iter().any(|item| item == word))
    };
    if !has(&metadata.grant_types, "authorization_code") || !has(&metadata.response_types, "code") {
        return Err(metadata_problem(
            "expected grant_types with authorization_code and response_types with code",
        ));
    }
    Ok(())
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

fn metadata_problem(description: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClientMetadata, description)
}
