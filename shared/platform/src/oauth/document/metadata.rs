//! What a metadata document says of its client.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::DocumentProblem;
use super::address::DocumentAddress;
use crate::oauth::client::{Client, ClientAuthentication, ClientKind, clean_name};
use crate::oauth::redirect_uri::{RedirectRules, RedirectUri};

/// How many redirect URIs are looked at.
const MAX_REDIRECT_URIS: usize = 20;

/// What we read of a document (RFC 7591 section 2); whatever else stands in it is ignored.
#[derive(Deserialize)]
pub(super) struct Metadata {
    client_id: String,
    client_name: Option<String>,
    redirect_uris: Vec<String>,
    grant_types: Option<Vec<String>>,
    token_endpoint_auth_method: Option<String>,
    client_secret: Option<IgnoredAny>,
    jwks: Option<Value>,
    jwks_uri: Option<String>,
}

/// How the client authenticates, as the document says it.
pub(super) enum Authentication<'a> {
    None,
    /// With one of these keys.
    Keys(&'a Value),
    /// With one of the keys at this address.
    KeysAt(&'a str),
}

impl Metadata {
    /// Reads the document at this address.
    pub(super) fn read(body: &[u8], address: &DocumentAddress) -> Result<Self, DocumentProblem> {
        let metadata: Self =
            serde_json::from_slice(body).map_err(|_| DocumentProblem::NotMetadata)?;
        if metadata.client_id != address.id() {
            return Err(DocumentProblem::OtherClient);
        }
        if metadata.client_secret.is_some() {
            return Err(DocumentProblem::Secret);
        }
        let is_code = |word: &String| word == "authorization_code";
        if metadata.grant_types.as_ref().is_some_and(|grants| !grants.iter().any(is_code)) {
            return Err(DocumentProblem::Method);
        }
        Ok(metadata)
    }

    /// How the client authenticates; without word of it, not at all: it can have no secret.
    pub(super) fn authentication(&self) -> Result<Authentication<'_>, DocumentProblem> {
        match (self.token_endpoint_auth_method.as_deref(), &self.jwks, &self.jwks_uri) {
            (None | Some("none"), _, _) => Ok(Authentication::None),
            (Some("private_key_jwt"), Some(keys), None) => Ok(Authentication::Keys(keys)),
            (Some("private_key_jwt"), None, Some(uri)) => Ok(Authentication::KeysAt(uri)),
            (Some("private_key_jwt"), _, _) => Err(DocumentProblem::Keys),
            (Some(_), _, _) => Err(DocumentProblem::Method),
        }
    }

    /// The client, with those of its redirect URIs that may be used: on the document's own host,
    /// on loopback, or on the allow-list.
    pub(super) fn client(
        self,
        address: &DocumentAddress,
        rules: &RedirectRules,
        authentication: ClientAuthentication,
    ) -> Result<Client, DocumentProblem> {
        let uris = self.redirect_uris.iter().take(MAX_REDIRECT_URIS);
        let fits =
            |uri: &RedirectUri| uri.is_on(address.host()) || uri.is_loopback() || rules.allow(uri);
        let redirect_uris: Vec<RedirectUri> =
            uris.filter_map(|text| RedirectUri::parse(text).ok()).filter(fits).collect();
        if redirect_uris.is_empty() {
            return Err(DocumentProblem::RedirectUris);
        }
        let (name, name_was_cleaned) = clean_name(self.client_name.as_deref().unwrap_or(""));
        Ok(Client {
            id: self.client_id,
            name,
            name_was_cleaned,
            kind: ClientKind::Document { host: address.host().to_owned() },
            redirect_uris,
            allow_list: None,
            authentication,
        })
    }
}
