//! The keys of a document: those that may verify an assertion, and no others.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{
    AlgorithmParameters, EllipticCurve, Jwk, JwkSet, KeyAlgorithm, PublicKeyUse,
};
use serde_json::Value;

use super::DocumentProblem;

/// How many keys are looked at.
const MAX_KEYS: usize = 16;
/// 2048 to 8192 bits.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// The usable keys of a key set; one that is not usable is left out.
pub(super) fn key_set(document: &Value) -> Result<JwkSet, DocumentProblem> {
    let keys = document.get("keys").and_then(Value::as_array).ok_or(DocumentProblem::Keys)?;
    let usable = |value: &Value| {
        // A private key that everybody can read proves nothing.
        let is_public = value.get("d").is_none() && value.get("k").is_none();
        let jwk = serde_json::from_value::<Jwk>(value.clone()).ok()?;
        (is_public && is_usable(&jwk)).then_some(jwk)
    };
    let keys: Vec<Jwk> = keys.iter().take(MAX_KEYS).filter_map(usable).collect();
    if keys.is_empty() { Err(DocumentProblem::Keys) } else { Ok(JwkSet { keys }) }
}

fn is_usable(jwk: &Jwk) -> bool {
    let purpose = jwk.common.public_key_use.as_ref();
    if purpose.is_some_and(|purpose| *purpose != PublicKeyUse::Signature) {
        return false;
    }
    let alg = jwk.common.key_algorithm;
    match &jwk.algorithm {
        AlgorithmParameters::RSA(key) => {
            let fits = |alg| matches!(alg, KeyAlgorithm::RS256 | KeyAlgorithm::PS256);
            let modulus = URL_SAFE_NO_PAD.decode(&key.n).unwrap_or_default();
            // A leading zero would count for bits that are not there.
            let is_strong = RSA_BYTES.contains(&modulus.len())
                && modulus.first().is_some_and(|first| *first >= 0x80);
            alg.is_none_or(fits) && is_strong && key.e == "AQAB"
        }
        AlgorithmParameters::EllipticCurve(key) => {
            alg.is_none_or(|alg| matches!(alg, KeyAlgorithm::ES256))
                && matches!(key.curve, EllipticCurve::P256)
        }
        AlgorithmParameters::OctetKey(_)
        | AlgorithmParameters::OctetKeyPair(_)
        | AlgorithmParameters::Other(_)
        | _ => false,
    }
}
