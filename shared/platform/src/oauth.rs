//! The OAuth 2.1 authorization server in front of Entra ("proxy mode"), for clients that Entra
//! cannot serve: it knows neither dynamic registration nor client-id metadata documents.
//!
//! In the order of a sign-in: a client reads the [`metadata`], gets known ([`registration`] or a
//! [`document`]), sends a browser to [`authorize`], the person agrees ([`consent`]) and signs in
//! at Entra, comes back ([`callback`]), and the client exchanges its code ([`token`]) for an
//! [`access_token`] and a [`refresh_token`], both bound to one [`grant`]. [`revoke`] ends it.
//!
//! Whatever may happen once only is decided by one conditional write to the store, so that every
//! instance of a connector can take every step.

mod access_token;
mod answer;
pub(crate) mod authorize;
pub(crate) mod callback;
mod client;
mod client_authentication;
pub(crate) mod consent;
mod cookie;
mod document;
mod entra_leg;
mod error;
mod fields;
pub(crate) mod grant;
mod http;
pub(crate) mod metadata;
#[cfg(test)]
mod outage_tests;
mod page;
pub(crate) mod pending;
mod records;
mod redirect_uri;
mod refresh_token;
pub(crate) mod registration;
pub(crate) mod revoke;
pub(crate) mod sessions;
mod settings;
#[cfg(test)]
pub(crate) mod test_server;
pub(crate) mod token;

use std::sync::Arc;

use crate::clock::Clock;
use crate::identity::{CodeFlow, Verifier};
use crate::in_flight::InFlight;
use crate::seal::LiveKeyring;
use crate::store::{KillSwitch, SealedStore, Store};

use client::Clients;
use grant::Grants;
use sessions::SessionParts;

pub(crate) use client::ClientSettings;
pub(crate) use document::DocumentHosts;
pub(crate) use error::OAuthError;
pub(crate) use http::{allow_any_origin, error as error_response, invalid_request, preflight};
pub(crate) use records::Pending;
pub(crate) use redirect_uri::RedirectRules;
pub(crate) use sessions::{NoSession, Sessions};
pub(crate) use settings::{OAuthSettings, prompt};

/// One connector's authorization server; made once, before the first request.
pub(crate) struct AuthorizationServer {
    pub(crate) settings: OAuthSettings,
    /// Everything that is remembered between two requests, sealed.
    pub(crate) records: SealedStore,
    pub(crate) clients: Clients,
    pub(crate) grants: Arc<Grants>,
    /// What tokens of ours are made from and read with.
    pub(crate) sessions: Arc<Sessions>,
    /// The person's own sign-in at Entra, with us as the client.
    pub(crate) code_flow: CodeFlow,
    /// Proves the token that Entra gives us for the person: the same rules as for every bearer.
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) kill_switch: KillSwitch,
    pub(crate) keyring: LiveKeyring,
    pub(crate) clock: Clock,
}

/// What an authorization server is made from.
pub(crate) struct ServerParts {
    pub(crate) settings: OAuthSettings,
    pub(crate) clients: ClientSettings,
    pub(crate) code_flow: CodeFlow,
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) kill_switch: KillSwitch,
    /// Where everything is kept that must outlive a request.
    pub(crate) store: Store,
    pub(crate) keyring: LiveKeyring,
    pub(crate) clock: Clock,
}

impl AuthorizationServer {
    /// A server of these parts, with nothing in memory.
    pub(crate) fn new(parts: ServerParts) -> Self {
        let ServerParts { settings, code_flow, verifier, kill_switch, keyring, clock, .. } = parts;
        let records = SealedStore::new(parts.store, keyring.clone(), settings.connector);
        let clients = Clients::new(parts.clients, records.clone(), clock.clone());
        let grants = Arc::new(Grants::new(records.clone(), code_flow.clone(), clock.clone()));
        let sessions = Sessions::new(SessionParts {
            issuer: &settings.issuer,
            resource: &settings.resource,
            connector: settings.connector,
            grants: grants.clone(),
            records: records.clone(),
            verifier: verifier.clone(),
            kill_switch: kill_switch.clone(),
            keyring: keyring.clone(),
            clock: clock.clone(),
        });
        Self {
            settings,
            records,
            clients,
            grants,
            sessions: Arc::new(sessions),
            code_flow,
            verifier,
            kill_switch,
            keyring,
            clock,
        }
    }
}

/// One HTTP request to one of the endpoints, read within its caps; the host was checked.
pub(crate) struct Request {
    pub(crate) method: ::http::Method,
    pub(crate) headers: ::http::HeaderMap,
    /// The query, still encoded.
    pub(crate) query: String,
    pub(crate) body: bytes::Bytes,
    pub(crate) in_flight: InFlight,
}
