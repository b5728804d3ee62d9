//! The header of a token, by an allow-list: what is not expected is refused.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::claims::Object;
use crate::identity::keys::is_key_id;
use crate::identity::reject::Reject;

/// Header parameters that Entra's access tokens have.
const EXPECTED: [&str; 4] = ["typ", "alg", "kid", "x5t"];

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
        if header.names().any(|name| !EXPECTED.contains(&name)) {
            return Err(Reject::HeaderExtension);
        }
        let kid = header.text("kid").filter(|kid| is_key_id(kid));
        Ok(Self { kid: kid.ok_or(Reject::KeyIdForm)?.to_owned() })
    }
}
