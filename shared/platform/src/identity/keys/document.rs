//! Discovery and key documents, and which of their keys we take.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use url::Url;

use super::FetchProblem;
use crate::identity::entra_settings::{EntraSettings, TokenVersion, is_loopback};
use crate::seal::sha256;

/// How many keys of one document are looked at.
const MAX_KEYS: usize = 64;

/// A public key that tokens of certain issuers may be signed with.
#[derive(Debug)]
pub(crate) struct SigningKey {
    /// For the signature check.
    pub(crate) decoding: DecodingKey,
    /// SHA-256 over modulus and exponent: tells whether a key id still means the same key.
    pub(crate) thumbprint: [u8; 32],
    /// The issuers it serves.
    issuers: Vec<String>,
}

impl SigningKey {
    /// Whether tokens of this issuer may be signed with the key.
    pub(crate) fn serves(&self, issuer: &str) -> bool {
        self.issuers.iter().any(|known| known == issuer)
    }
}

/// An issuer, and where its keys are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) issuer: String,
    pub(super) keys_url: Url,
}

/// Reads a discovery document and checks that it speaks for our tenant.
pub(super) fn source(
    settings: &EntraSettings,
    version: TokenVersion,
    body: &[u8],
) -> Result<Source, FetchProblem> {
    #[derive(Deserialize)]
    struct Discovery {
        issuer: String,
        jwks_uri: String,
    }
    let document: Discovery = serde_json::from_slice(body).map_err(|_| FetchProblem::NotJson)?;
    let issuer = Url::parse(&document.issuer).map_err(|_| FetchProblem::ForeignIssuer)?;
    let keys_url = Url::parse(&document.jwks_uri).map_err(|_| FetchProblem::ForeignKeys)?;

    let tenant = &settings.tenant_id;
    let path_fits = match version {
        TokenVersion::V1 => issuer.path().trim_end_matches('/') == format!("/{tenant}"),
        TokenVersion::V2 => issuer.path() == format!("/{tenant}/v2.0"),
    };
    let host_fits = match version {
        // Version 1 tokens are issued under another host than the one people sign in at.
        TokenVersion::V1 => issuer.scheme() == "https" || is_loopback(&issuer),
        TokenVersion::V2 => issuer.origin().ascii_serialization() == settings.authority,
    };
    if !path_fits || !host_fits || issuer.query().is_some() || issuer.fragment().is_some() {
        return Err(FetchProblem::ForeignIssuer);
    }
    if keys_url.origin().ascii_serialization() != settings.authority {
        return Err(FetchProblem::ForeignKeys);
    }
    Ok(Source { issuer: document.issuer, keys_url })
}

/// Adds the usable keys of a key document to `keys`; a key that is not usable is left out.
pub(super) fn collect(
    settings: &EntraSettings,
    source: &Source,
    body: &[u8],
    keys: &mut HashMap<String, Arc<SigningKey>>,
) -> Result<(), FetchProblem> {
    #[derive(Deserialize)]
    struct KeySet {
        keys: Vec<serde_json::Value>,
    }
    let document: KeySet = serde_json::from_slice(body).map_err(|_| FetchProblem::NotJson)?;
    let mut usable = 0;
    for value in document.keys.into_iter().take(MAX_KEYS) {
        let Some((kid, key)) = signing_key(settings, source, value) else {
            continue;
        };
        usable += 1;
        match keys.get_mut(&kid) {
            None => {
                keys.insert(kid, Arc::new(key));
            }
            // The same key in the documents of both token versions serves both issuers.
            Some(known) if known.thumbprint == key.thumbprint => {
                if let Some(known) = Arc::get_mut(known) {
                    known.issuers.extend(key.issuers);
                }
            }
            Some(_) => {
                tracing::warn!(
                    event = "key_id_ambiguous",
                    "two keys share one id; the first is kept"
                );
            }
        }
    }
    if usable == 0 {
        return Err(FetchProblem::NoUsableKey);
    }
    Ok(())
}

/// A key of the document, as far as we look at it.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: String,
    n: String,
    e: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    issuer: Option<String>,
}

fn signing_key(
    settings: &EntraSettings,
    source: &Source,
    value: serde_json::Value,
) -> Option<(String, SigningKey)> {
    let jwk: Jwk = serde_json::from_value(value).ok()?;
    let for_signatures = jwk.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
    let for_rs256 = jwk.alg.as_deref().is_none_or(|alg| alg == "RS256");
    if jwk.kty != "RSA" || !for_signatures || !for_rs256 || !is_key_id(&jwk.kid) {
        return None;
    }
    if !issuer_fits(settings, source, jwk.issuer.as_deref()) {
        return None;
    }
    let modulus = URL_SAFE_NO_PAD.decode(&jwk.n).ok()?;
    let exponent = URL_SAFE_NO_PAD.decode(&jwk.e).ok()?;
    if !is_strong(&modulus, &exponent) {
        return None;
    }
    let mut thumbprint = modulus.clone();
    thumbprint.extend_from_slice(&exponent);
    let key = SigningKey {
        decoding: DecodingKey::from_rsa_raw_components(&modulus, &exponent),
        thumbprint: sha256(&thumbprint),
        issuers: vec![source.issuer.clone()],
    };
    Some((jwk.kid, key))
}

/// A key may name its issuer; then it must be ours.
///
/// The version 1 document may name the version 2 issuer of the same tenant.
fn issuer_fits(settings: &EntraSettings, source: &Source, issuer: Option<&str>) -> bool {
    let Some(issuer) = issuer else {
        return true;
    };
    let issuer = issuer.replace("{tenantid}", &settings.tenant_id);
    issuer == source.issuer
        || issuer == format!("{}/{}/v2.0", settings.authority, settings.tenant_id)
}

/// 2048 to 8192 bits, and an exponent that is in use.
fn is_strong(modulus: &[u8], exponent: &[u8]) -> bool {
    let leading_zeros = match modulus.first() {
        Some(0) | None => return false,
        Some(first) => first.leading_zeros() as usize,
    };
    let bits = modulus.len() * 8 - leading_zeros;
    (2048..=8192).contains(&bits) && exponent == [1, 0, 1]
}

/// Whether a key id has the form that Entra's have.
pub(crate) fn is_key_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    (1..=128).contains(&text.len()) && text.bytes().all(allowed)
}
