//! A client's signed assertion: what it must have, and what it must not bring.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet, KeyAlgorithm};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::http_client::install_crypto;

/// How far the client's clock may be from ours, in seconds.
pub(super) const LEEWAY_S: i64 = 60;
/// How far ahead an assertion may end, in seconds.
const MAX_LIFE_S: i64 = 300;
const MAX_BYTES: usize = 8 * 1024;
const MAX_ID_BYTES: usize = 256;

/// Why an assertion is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rejected {
    Form,
    Missing,
    Unwanted,
    Algorithm,
    Key,
    Signature,
    Subject,
    Audience,
    Time,
    Replayed,
}

/// An assertion whose signature is not checked yet.
pub(super) struct Assertion<'a> {
    unverified: &'a str,
    subject: String,
    algorithm: Algorithm,
    key_id: Option<String>,
}

/// The header; parameters that bring keys or change how the rest is read are refused.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<IgnoredAny>,
    b64: Option<IgnoredAny>,
    zip: Option<IgnoredAny>,
    enc: Option<IgnoredAny>,
    jku: Option<IgnoredAny>,
    jwk: Option<IgnoredAny>,
    x5u: Option<IgnoredAny>,
    x5c: Option<IgnoredAny>,
}

/// The claims of an assertion (RFC 7523 section 3).
#[derive(Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    sub: String,
    aud: Audience,
    pub(super) exp: i64,
    nbf: Option<i64>,
    iat: Option<i64>,
    pub(super) jti: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl<'a> Assertion<'a> {
    /// Takes an assertion apart.
    pub(super) fn read(unverified: &'a str) -> Result<Self, Rejected> {
        let mut parts = unverified.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Rejected::Form);
        };
        if unverified.len() > MAX_BYTES || signature.is_empty() {
            return Err(Rejected::Form);
        }
        let header: Header = json(header)?;
        let refused = [
            header.crit,
            header.b64,
            header.zip,
            header.enc,
            header.jku,
            header.jwk,
            header.x5u,
            header.x5c,
        ];
        if refused.iter().any(Option::is_some) {
            return Err(Rejected::Form);
        }
        let algorithm = match header.alg.as_str() {
            "RS256" => Algorithm::RS256,
            "PS256" => Algorithm::PS256,
            "ES256" => Algorithm::ES256,
            _ => return Err(Rejected::Algorithm),
        };
        let claims: Claims = json(payload)?;
        Ok(Self { unverified, subject: claims.sub, algorithm, key_id: header.kid })
    }

    /// Whom it says it is from.
    pub(super) fn unverified_subject(&self) -> &str {
        &self.subject
    }

    /// The key it names; the only one there is when it names none.
    pub(super) fn key<'k>(&self, keys: &'k JwkSet) -> Option<&'k Jwk> {
        match (&self.key_id, keys.keys.as_slice()) {
            (Some(id), keys) => {
                keys.iter().find(|key| key.common.key_id.as_ref() == Some(id) && self.fits(key))
            }
            (None, [only]) => Some(only).filter(|key| self.fits(key)),
            (None, _) => None,
        }
    }

    /// The claims, when one of these keys signed them.
    pub(super) fn verify(&self, keys: &JwkSet) -> Result<Claims, Rejected> {
        let key = self.key(keys).ok_or(Rejected::Key)?;
        let key = DecodingKey::from_jwk(key).map_err(|_| Rejected::Key)?;
        let mut rules = Validation::new(self.algorithm);
        // All claims are checked with our own clock, by `Claims::check`.
        rules.set_required_spec_claims::<&str>(&[]);
        rules.validate_exp = false;
        rules.validate_nbf = false;
        rules.validate_aud = false;
        install_crypto();
        jsonwebtoken::decode::<Claims>(self.unverified, &key, &rules)
            .map(|verified| verified.claims)
            .map_err(|_| Rejected::Signature)
    }

    fn fits(&self, key: &Jwk) -> bool {
        let family_fits = match &key.algorithm {
            AlgorithmParameters::RSA(_) => self.algorithm != Algorithm::ES256,
            AlgorithmParameters::EllipticCurve(_) => self.algorithm == Algorithm::ES256,
            _ => false,
        };
        let named = match key.common.key_algorithm {
            None => return family_fits,
            Some(KeyAlgorithm::RS256) => Algorithm::RS256,
            Some(KeyAlgorithm::PS256) => Algorithm::PS256,
            Some(KeyAlgorithm::ES256) => Algorithm::ES256,
            Some(_) => return false,
        };
        family_fits && named == self.algorithm
    }
}

impl Claims {
    /// Whether this client may use it here and now.
    pub(super) fn check(&self, client_id: &str, issuer: &str, now_s: i64) -> Result<(), Rejected> {
        if self.iss != client_id || self.sub != client_id {
            return Err(Rejected::Subject);
        }
        let token_endpoint = format!("{issuer}/oauth/token");
        let is_us = |audience: &String| audience == issuer || *audience == token_endpoint;
        let fits = match &self.aud {
            Audience::One(audience) => is_us(audience),
            Audience::Many(audiences) => audiences.iter().any(is_us),
        };
        if !fits {
            return Err(Rejected::Audience);
        }
        let is_over = self.exp.saturating_add(LEEWAY_S) <= now_s;
        let latest = now_s.saturating_add(LEEWAY_S);
        let is_long = self.exp > latest.saturating_add(MAX_LIFE_S);
        let is_early = self.nbf.is_some_and(|nbf| nbf > latest);
        let is_later = self.iat.is_some_and(|iat| iat > latest);
        if is_over || is_long || is_early || is_later {
            return Err(Rejected::Time);
        }
        if self.jti.is_empty() || self.jti.len() > MAX_ID_BYTES {
            return Err(Rejected::Form);
        }
        Ok(())
    }
}

fn json<T: serde::de::DeserializeOwned>(part: &str) -> Result<T, Rejected> {
    let json = URL_SAFE_NO_PAD.decode(part).map_err(|_| Rejected::Form)?;
    serde_json::from_slice(&json).map_err(|_| Rejected::Form)
}

impl Rejected {
    /// The stable word in the log.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Form => "assertion_form",
            Self::Missing => "assertion_missing",
            Self::Unwanted => "assertion_unwanted",
            Self::Algorithm => "assertion_algorithm",
            Self::Key => "assertion_key",
            Self::Signature => "assertion_signature",
            Self::Subject => "assertion_subject",
            Self::Audience => "assertion_audience",
            Self::Time => "assertion_time",
            Self::Replayed => "assertion_replayed",
        }
    }

    /// What the client's developer is told.
    pub(super) fn description(self) -> &'static str {
        match self {
            Self::Missing => {
                "this client's metadata document says private_key_jwt; send a client_assertion"
            }
            Self::Unwanted => "this client is a public one; do not send a client_assertion",
            Self::Form | Self::Algorithm => {
                "client_assertion is not a JWT with RS256, PS256 or ES256 and with iss, sub, aud, \
                 exp and jti, or client_assertion_type is not jwt-bearer"
            }
            Self::Key | Self::Signature => {
                "client_assertion is not signed with a key of the client's metadata document"
            }
            Self::Subject => "client_assertion is of another client: iss and sub are the client_id",
            Self::Audience => {
                "client_assertion is for somebody else: aud is our issuer or token endpoint"
            }
            Self::Time => {
                "client_assertion is over, not valid yet, or valid for more than five minutes"
            }
            Self::Replayed => "client_assertion was used before; sign a new one for each request",
        }
    }
}
