//! What is kept of a grant. It is sealed at rest.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::NewGrant;
use crate::identity::EntraTokens;

/// What one person gave one client.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Grant {
    /// Entra tenant id of the person.
    pub(crate) tid: String,
    /// Entra object id of the person.
    pub(crate) oid: String,
    pub(crate) client_id: String,
    pub(crate) scope: String,
    pub(crate) resource: String,
    /// The person's Entra token for our API.
    #[serde(serialize_with = "expose", deserialize_with = "wrap")]
    pub(crate) access_token: SecretString,
    /// What the next one is had with.
    #[serde(serialize_with = "expose_option", deserialize_with = "wrap_option")]
    pub(super) refresh_token: Option<SecretString>,
    /// When the Entra token ends, in seconds since the epoch.
    pub(crate) access_ends_s: i64,
    /// When the person signed in, in seconds since the epoch; the kill switch compares with it.
    pub(crate) signed_in_at_s: i64,
    /// Number of the refresh token that is good now, from 1; 0 until the code was exchanged.
    pub(crate) generation: u64,
    /// When that one was first given out, in milliseconds since the epoch.
    pub(super) rotated_at_ms: i64,
    /// Until when somebody is asking Entra for another token, in milliseconds since the epoch.
    pub(super) lease_until_ms: i64,
}

impl Grant {
    pub(super) fn new(new: NewGrant<'_>) -> Self {
        Self {
            tid: new.person.tid.clone(),
            oid: new.person.oid.clone(),
            client_id: new.client_id.to_owned(),
            scope: new.scope.to_owned(),
            resource: new.resource.to_owned(),
            access_ends_s: new.tokens.expires_at.as_second(),
            access_token: new.tokens.access_token,
            refresh_token: new.tokens.refresh_token,
            signed_in_at_s: new.person.issued_at.as_second(),
            generation: 0,
            rotated_at_ms: 0,
            lease_until_ms: 0,
        }
    }

    /// Whether its code was exchanged.
    pub(crate) fn is_active(&self) -> bool {
        self.generation > 0
    }

    /// The same with new Entra tokens, and nobody asking for others.
    pub(super) fn with(&self, tokens: &EntraTokens) -> Self {
        Self {
            access_token: tokens.access_token.clone(),
            access_ends_s: tokens.expires_at.as_second(),
            refresh_token: tokens.refresh_token.clone().or_else(|| self.refresh_token.clone()),
            lease_until_ms: 0,
            ..self.clone()
        }
    }

    /// How many bytes it takes in memory: the tokens are nearly all of it, the rest is a guess.
    pub(super) fn weight(&self) -> usize {
        let refresh = self.refresh_token.as_ref().map_or(0, |token| token.expose_secret().len());
        self.access_token.expose_secret().len() + refresh + self.client_id.len() + 1024
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Grant([redacted])")
    }
}

fn expose<S: Serializer>(secret: &SecretString, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(secret.expose_secret())
}

#[expect(clippy::ref_option, reason = "serde hands a reference to the field")]
fn expose_option<S: Serializer>(secret: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(to)
}

fn wrap<'de, D: Deserializer<'de>>(from: D) -> Result<SecretString, D::Error> {
    String::deserialize(from).map(SecretString::from)
}

fn wrap_option<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(SecretString::from))
}
