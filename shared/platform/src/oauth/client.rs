//! Who asks: a registered client, a client-id metadata document, or our own registration.

mod name;
mod rate;
#[cfg(test)]
pub(super) mod tests;

use std::sync::Arc;

use super::document::{DocumentHosts, Documents};
use super::error::{ErrorCode, OAuthError};
use super::redirect_uri::{RedirectRules, RedirectUri};
use super::registration::Registered;
use crate::clock::Clock;
use crate::store::{RecordKind, SealedStore};
use crate::usage::Usage;

pub(super) use name::clean_name;
pub(super) use rate::Rate;

/// The longest client id that is looked at, in bytes.
const MAX_ID_BYTES: usize = 512;
const UNKNOWN: &str = "this client_id is not known here, or no longer; register again at the \
                       registration_endpoint (a client that keeps its registration has to forget it)";

/// A client that may send people here.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    /// What it calls itself, cleaned for display; proves nothing.
    pub(crate) name: String,
    /// Whether something was taken out of the name, which an honest client's does not need.
    pub(crate) name_was_cleaned: bool,
    pub(crate) kind: ClientKind,
    /// Where it may send people; a pre-registered client has none of its own.
    pub(crate) redirect_uris: Vec<RedirectUri>,
    /// The allow-list, for a client that may use whatever is on it.
    pub(crate) allow_list: Option<Arc<RedirectRules>>,
    pub(crate) authentication: ClientAuthentication,
}

/// How we know a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ClientKind {
    /// It registered itself (RFC 7591): its name is its own word.
    Registered,
    /// Its id is the address of its metadata document: the host stands for it.
    Document {
        /// The host of the document.
        host: String,
    },
    /// Our own registration's id at Entra, for clients that are configured by hand.
    Preregistered,
}

/// How a client proves at the token endpoint who it is.
#[derive(Clone, Debug)]
pub(crate) enum ClientAuthentication {
    /// Not at all: a public client; PKCE protects its codes.
    None,
    /// With a signed assertion (RFC 7523) that one of these keys verifies.
    PrivateKeyJwt {
        /// The document's JSON Web Key Set.
        keys: Arc<jsonwebtoken::jwk::JwkSet>,
    },
}

/// What [`Clients`] is made from.
pub(crate) struct ClientSettings {
    /// Our own client id at Entra, lower case.
    pub(crate) own_id: String,
    /// The connector's name for people.
    pub(crate) title: &'static str,
    /// Which redirect URIs may be used at all.
    pub(crate) redirects: RedirectRules,
    /// Whose metadata documents are read.
    pub(crate) document_hosts: DocumentHosts,
}

/// Finds clients, and takes new ones.
pub(crate) struct Clients {
    pub(super) records: SealedStore,
    pub(super) clock: Clock,
    pub(super) redirects: Arc<RedirectRules>,
    /// How many registrations are taken.
    pub(super) registrations: Rate,
    own_id: String,
    title: &'static str,
    documents: Documents,
}

impl Clients {
    /// Clients in this store.
    pub(crate) fn new(settings: ClientSettings, records: SealedStore, clock: Clock) -> Self {
        let redirects = Arc::new(settings.redirects);
        Self {
            documents: Documents::new(settings.document_hosts, redirects.clone(), clock.clone()),
            registrations: Rate::per_minute(60, 10),
            own_id: settings.own_id,
            title: settings.title,
            records,
            clock,
            redirects,
        }
    }

    /// Whether a client's id may be the address of its metadata document.
    pub(crate) fn take_documents(&self) -> bool {
        self.documents.are_taken()
    }

    /// The client with this id.
    ///
    /// # Errors
    /// `invalid_client` when there is none, with a sentence that says how to register;
    /// `invalid_client_metadata` when its document is not taken; `temporarily_unavailable` when
    /// the store or the document's host does not answer.
    pub(crate) async fn find(&self, client_id: &str, usage: &Usage) -> Result<Client, OAuthError> {
        if client_id.contains(':') {
            return self.documents.find(client_id, i64::MIN).await;
        }
        if client_id.eq_ignore_ascii_case(&self.own_id) {
            return Ok(self.preregistered());
        }
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if client_id.is_empty() || client_id.len() > MAX_ID_BYTES || !client_id.bytes().all(is_id) {
            return Err(unknown());
        }
        let record = self
            .records
            .get::<Registered>(RecordKind::Client, client_id, usage)
            .await
            .map_err(|_| OAuthError::unavailable())?
            .ok_or_else(unknown)?;
        self.keep(client_id, &record, usage).await;
        Ok(record.value.client(client_id, &self.redirects))
    }

    /// The client with this id, with a document that was read after `not_before_s` (seconds since
    /// the epoch) where it has one: its keys may have changed.
    pub(super) async fn find_anew(
        &self,
        client_id: &str,
        not_before_s: i64,
        usage: &Usage,
    ) -> Result<Client, OAuthError> {
        if client_id.contains(':') {
            return self.documents.find(client_id, not_before_s).await;
        }
        self.find(client_id, usage).await
    }

    fn preregistered(&self) -> Client {
        Client {
            id: self.own_id.clone(),
            name: self.title.to_owned(),
            name_was_cleaned: false,
            kind: ClientKind::Preregistered,
            redirect_uris: Vec::new(),
            allow_list: Some(self.redirects.clone()),
            authentication: ClientAuthentication::None,
        }
    }
}

impl Client {
    /// The redirect URI to use: the given one if it belongs to this client (a loopback one with
    /// any port), or the only one there is when none is given.
    ///
    /// # Errors
    /// `invalid_request`; nobody may be sent anywhere then.
    pub(crate) fn redirect_uri(&self, given: Option<&str>) -> Result<RedirectUri, OAuthError> {
        let invalid = |description| OAuthError::new(ErrorCode::InvalidRequest, description);
        let Some(given) = given else {
            return match self.redirect_uris.as_slice() {
                [only] => Ok(only.clone()),
                _ => Err(invalid("redirect_uri is required: this client has not exactly one")),
            };
        };
        let uri = RedirectUri::parse(given)
            .map_err(|_| invalid("redirect_uri is not one that may be used"))?;
        let is_its_own = self.redirect_uris.iter().any(|own| own.allows(&uri));
        if is_its_own || self.allow_list.as_ref().is_some_and(|list| list.allow(&uri)) {
            return Ok(uri);
        }
        Err(invalid("redirect_uri is not one that this client registered; register again"))
    }
}

pub(super) fn unknown() -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClient, UNKNOWN)
}
