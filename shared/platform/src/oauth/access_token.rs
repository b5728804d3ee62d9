//! The bearer that clients get from us: a short JWT (RFC 9068) that names a grant, and nothing of
//! the person.
//!
//! The digest is checked before anything of the token is believed or looked up.

#[cfg(test)]
mod tests;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::grant::Grant;
use super::http::random_text;
use crate::clock::Clock;
use crate::seal::{Binding, Keyring, LiveKeyring, Mac, Purpose, SealFailed};

const ALGORITHM: &str = "HS256";
const TYPE: &str = "at+jwt";
/// Ours are far shorter.
const MAX_BYTES: usize = 4096;
/// How far two clocks may be apart.
const LEEWAY_S: i64 = 60;
/// The longest life of an access token, in seconds: as long as Entra's ordinary ones live, so
/// that only those of continuous access evaluation (28 hours) are cut.
const MAX_LIFE_S: i64 = 90 * 60;

/// Makes and reads access tokens.
pub(crate) struct AccessTokens {
    keyring: LiveKeyring,
    binding: Binding,
    issuer: String,
    resource: String,
    clock: Clock,
}

/// Where access tokens are good: at one connector, for its one resource.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) connector: &'a str,
}

/// An access token that was made.
pub(crate) struct Issued {
    pub(crate) text: String,
    /// How long it is good for, in seconds.
    pub(crate) expires_in_s: i64,
}

/// What an access token names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) grant_id: String,
    pub(crate) client_id: String,
}

/// Why an access token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotOurs {
    /// Not of our form.
    Form,
    /// The key is not in the ring, or the digest does not fit.
    Digest,
    /// Of another issuer, for another resource, or misshapen.
    Claims,
    /// Expired, or not valid yet.
    Times,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    client_id: String,
    /// The grant: stable for the client, and nobody's name.
    sub: String,
    jti: String,
    iat: i64,
    exp: i64,
    scope: String,
}

impl NotOurs {
    /// Stable word for the log.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Form => "access_token_form",
            Self::Digest => "access_token_digest",
            Self::Claims => "access_token_claims",
            Self::Times => "access_token_times",
        }
    }
}

impl AccessTokens {
    /// Access tokens of this place.
    pub(crate) fn new(place: Place<'_>, keyring: LiveKeyring, clock: Clock) -> Self {
        Self {
            keyring,
            binding: Binding::new(Purpose::Jws, place.connector),
            issuer: place.issuer.to_owned(),
            resource: place.resource.to_owned(),
            clock,
        }
    }

    /// Whether a token says that it is one of ours; proves nothing.
    pub(crate) fn looks_like_ours(unverified: &str) -> bool {
        unverified.split('.').next().and_then(header).is_some()
    }

    /// An access token for this grant, good as long as the Entra token behind it, within bounds.
    ///
    /// # Errors
    /// When the machine gives no randomness or no key.
    pub(crate) async fn issue(&self, grant_id: &str, grant: &Grant) -> Result<Issued, SealFailed> {
        let now_s = self.clock.now_s();
        let exp = grant.access_ends_s.min(now_s.saturating_add(MAX_LIFE_S));
        let jti = random_text::<16>().map_err(|_| SealFailed::Cipher)?;
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.resource.clone(),
            client_id: grant.client_id.clone(),
            sub: grant_id.to_owned(),
            jti,
            iat: now_s,
            exp,
            scope: grant.scope.clone(),
        };
        let keyring = self.keyring.current().await;
        let text = self.signed(&keyring, &claims)?;
        Ok(Issued { text, expires_in_s: exp.saturating_sub(now_s) })
    }

    /// What an access token names, if it is ours and good now.
    pub(crate) async fn read(&self, unverified: &str) -> Result<Named, NotOurs> {
        let claims = self.proven(unverified).await?;
        let now_s = self.clock.now_s();
        let in_time = now_s.saturating_sub(LEEWAY_S) <= claims.exp
            && claims.iat <= now_s.saturating_add(LEEWAY_S)
            && claims.iat < claims.exp;
        if in_time { Ok(claims.into()) } else { Err(NotOurs::Times) }
    }

    /// What an access token names, if it is ours, however old.
    pub(crate) async fn read_any_age(&self, unverified: &str) -> Result<Named, NotOurs> {
        self.proven(unverified).await.map(Named::from)
    }

    async fn proven(&self, unverified: &str) -> Result<Claims, NotOurs> {
        if unverified.len() > MAX_BYTES {
            return Err(NotOurs::Form);
        }
        let (message, tag) = unverified.rsplit_once('.').ok_or(NotOurs::Form)?;
        let (head, payload) = message.split_once('.').ok_or(NotOurs::Form)?;
        let header = header(head).ok_or(NotOurs::Form)?;
        let tag = URL_SAFE_NO_PAD.decode(tag).map_err(|_| NotOurs::Form)?;
        let keyring = self.keyring.current().await;
        let mac = Mac { key_id: header.kid, tag };
        if !keyring.is_mac(&self.binding, message.as_bytes(), &mac) {
            return Err(NotOurs::Digest);
        }
        let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| NotOurs::Claims)?;
        let claims: Claims = serde_json::from_slice(&payload).map_err(|_| NotOurs::Claims)?;
        if claims.iss == self.issuer && claims.aud == self.resource {
            Ok(claims)
        } else {
            Err(NotOurs::Claims)
        }
    }

    fn signed(&self, keyring: &Keyring, claims: &Claims) -> Result<String, SealFailed> {
        let header = Header {
            alg: ALGORITHM.to_owned(),
            typ: TYPE.to_owned(),
            kid: keyring.active_id().to_owned(),
        };
        let message = format!("{}.{}", part(&header)?, part(claims)?);
        let mac = keyring.mac(&self.binding, message.as_bytes())?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(mac.tag)))
    }
}

impl From<Claims> for Named {
    fn from(claims: Claims) -> Self {
        Self { grant_id: claims.sub, client_id: claims.client_id }
    }
}

fn header(part: &str) -> Option<Header> {
    let json = URL_SAFE_NO_PAD.decode(part).ok()?;
    let header: Header = serde_json::from_slice(&json).ok()?;
    (header.alg == ALGORITHM && header.typ == TYPE).then_some(header)
}

fn part(json: &impl Serialize) -> Result<String, SealFailed> {
    serde_json::to_vec(json)
        .map(|json| URL_SAFE_NO_PAD.encode(json))
        .map_err(|_| SealFailed::Cipher)
}
