//! The claims challenge in an answer 401: what the upstream wants to see in the next token.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use http::{HeaderMap, header};

/// A hostile answer cannot grow our own headers.
const MAX_CHARS: usize = 4096;

/// The `claims` of a `WWW-Authenticate: Bearer …, error="insufficient_claims", claims="…"`,
/// decoded to JSON text. Upstreams may send several challenges.
pub(super) fn challenge(headers: &HeaderMap) -> Option<String> {
    headers.get_all(header::WWW_AUTHENTICATE).iter().find_map(|value| of(value.to_str().ok()?))
}

fn of(challenge: &str) -> Option<String> {
    if !challenge.contains("insufficient_claims") {
        return None;
    }
    let (_, rest) = challenge.split_once("claims=\"")?;
    let (encoded, _) = rest.split_once('"')?;
    if encoded.len() > MAX_CHARS {
        return None;
    }
    let standard = encoded.trim_end_matches('=').replace('-', "+").replace('_', "/");
    let text = String::from_utf8(STANDARD_NO_PAD.decode(standard).ok()?).ok()?;
    serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&text).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    use http::HeaderValue;

    const CLAIMS: &str = r#"{"access_token":{"acrs":{"value":"c1??>>"}}}"#;

    fn read(challenges: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for text in challenges {
            headers.append(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_bytes(text.as_bytes()).unwrap(),
            );
        }
        challenge(&headers)
    }

    #[test]
    fn claims_are_read_in_either_alphabet_and_from_any_of_several_challenges() {
        for encoded in
            [STANDARD.encode(CLAIMS), URL_SAFE.encode(CLAIMS), STANDARD_NO_PAD.encode(CLAIMS)]
        {
            let bearer =
                format!("Bearer realm=\"\", error=\"insufficient_claims\", claims=\"{encoded}\"");
            assert_eq!(read(&[&bearer]).as_deref(), Some(CLAIMS));
            assert_eq!(read(&["PoP nonce=\"\u{e9}\"", &bearer]).as_deref(), Some(CLAIMS));
        }
    }

    #[test]
    fn what_is_no_claims_challenge_is_none() {
        let long = STANDARD.encode(format!("{{\"a\":\"{}\"}}", "x".repeat(4096)));
        for text in [
            "",
            "Bearer realm=\"\"",
            "Bearer error=\"invalid_token\", claims=\"e30=\"",
            "Bearer error=\"insufficient_claims\"",
            "Bearer error=\"insufficient_claims\", claims=\"e30",
            "Bearer error=\"insufficient_claims\", claims=\"%%%\"",
            "Bearer error=\"insufficient_claims\", claims=\"W10=\"",
            &format!("Bearer error=\"insufficient_claims\", claims=\"{long}\""),
        ] {
            assert_eq!(read(&[text]), None, "{text}");
        }
    }
}
