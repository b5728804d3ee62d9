//! The header of a token: what it must have, and what it must not bring.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::claims::Object;
use crate::identity::keys::is_key_id;
use crate::identity::reject::Reject;

/// Parameters that change how a token is read, or that bring keys; and `nonce`, which marks a
/// token that only Graph can check.
const REFUSED: [&str; 9] = ["crit", "b64", "zip", "enc", "jku", "jwk", "x5u", "x5c", "nonce"];

/// What we take from a header.
pub(super) struct Header {
    /// The id of the key that the token says it is signed with.
    pub(super) kid: String,
}

impl Header {
    /// Reads and checks the header of an unverified token.
    pub(super) fn read(unverified: &str) -> Result<Self, Reject> {
        let mut parts = unverified.split('.');
        let (Some(header), Some(_), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Reject::Form);
        };
        let json = URL_SAFE_NO_PAD.decode(header).map_err(|_| Reject::Form)?;
        let header: Object = serde_json::from_slice(&json).map_err(|_| Reject::Header)?;
        if header.text("alg") != Some("RS256") || signature.is_empty() {
            return Err(Reject::Algorithm);
        }
        let typ = header.text("typ");
        let typ_fits = match header.get("typ") {
            None => true,
            Some(_) => typ.is_some_and(|typ| {
                typ.eq_ignore_ascii_case("JWT") || typ.eq_ignore_ascii_case("at+jwt")
            }),
        };
        if !typ_fits || header.get("cty").is_some() {
            return Err(Reject::Type);
        }
        if REFUSED.iter().any(|name| header.get(name).is_some()) {
            return Err(Reject::HeaderExtension);
        }
        let kid = header.text("kid").filter(|kid| is_key_id(kid));
        Ok(Self { kid: kid.ok_or(Reject::KeyIdForm)?.to_owned() })
    }
}
