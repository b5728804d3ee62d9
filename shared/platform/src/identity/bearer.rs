//! The bearer token as it came with the request: well formed, nothing proven.

use std::fmt;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};

use crate::seal::sha256;

/// The largest token we look at. The load balancer refuses larger headers anyway.
const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// A well-formed, unverified bearer token.
#[derive(Clone)]
pub struct Bearer {
    unverified_token: SecretString,
    fingerprint: [u8; 32],
}

/// Why a request has no usable bearer token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BearerProblem {
    /// No Authorization header, or one of another scheme: answered with 401 and no `error`.
    #[error("no bearer token")]
    Missing,
    /// More than one Authorization header: answered with 400.
    #[error("more than one authorization header")]
    Duplicate,
    /// A bearer header that is no token: answered with 401 `invalid_token`.
    #[error("not a bearer token")]
    Malformed,
}

impl BearerProblem {
    /// Stable word for the log and the metric.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing => "bearer_missing",
            Self::Duplicate => "bearer_duplicate",
            Self::Malformed => "bearer_malformed",
        }
    }
}

impl Bearer {
    /// Takes the token from the one Authorization header.
    ///
    /// # Errors
    /// When there is no such header, more than one, or it holds no `token68`.
    pub fn from_headers(headers: &HeaderMap) -> Result<Self, BearerProblem> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let Some(value) = values.next() else {
            return Err(BearerProblem::Missing);
        };
        if values.next().is_some() {
            return Err(BearerProblem::Duplicate);
        }
        let value = value.as_bytes();
        let scheme_ends = value
            .iter()
            .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-')
            .unwrap_or(value.len());
        let (scheme, rest) = value.split_at(scheme_ends);
        if !scheme.eq_ignore_ascii_case(b"bearer") {
            return Err(BearerProblem::Missing);
        }
        let token = rest.strip_prefix(b" ").ok_or(BearerProblem::Malformed)?;
        Self::from_token(token)
    }

    /// Takes a token that came by another way than a header (our own token exchange).
    ///
    /// # Errors
    /// When it is no `token68` or too long.
    pub fn from_token(unverified_token: &[u8]) -> Result<Self, BearerProblem> {
        if unverified_token.len() > MAX_TOKEN_BYTES || !is_token68(unverified_token) {
            return Err(BearerProblem::Malformed);
        }
        let text = std::str::from_utf8(unverified_token).map_err(|_| BearerProblem::Malformed)?;
        Ok(Self {
            unverified_token: SecretString::from(text),
            fingerprint: sha256(unverified_token),
        })
    }

    /// The token's text.
    pub(crate) fn expose(&self) -> &str {
        self.unverified_token.expose_secret()
    }

    /// The token, to be kept by a proven caller.
    pub(super) fn token(&self) -> &SecretString {
        &self.unverified_token
    }

    /// SHA-256 of the token.
    pub(super) fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer([redacted])")
    }
}

/// RFC 9110: at least one of the characters, then only padding.
fn is_token68(text: &[u8]) -> bool {
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let (body, _) = text.split_at(text.len() - padding);
    let allowed = |byte: &u8| {
        matches!(byte, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9')
            || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/')
    };
    !body.is_empty() && body.iter().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use proptest::prelude::*;

    fn read(values: &[&[u8]]) -> Result<String, BearerProblem> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
        }
        Bearer::from_headers(&headers).map(|bearer| bearer.expose().to_owned())
    }

    #[test]
    fn row_1_no_header_is_missing() {
        assert_eq!(read(&[]), Err(BearerProblem::Missing));
    }

    #[test]
    fn row_2_other_schemes_are_missing_and_odd_spacing_is_malformed() {
        for other in [&b"Basic dXNlcjpwYXNz"[..], b"", b"Bearers abc", b"DPoP abc", b"abc"] {
            assert_eq!(read(&[other]), Err(BearerProblem::Missing), "{other:?}");
        }
        let odd: [&[u8]; 9] = [
            b"Bearer",
            b"Bearer ",
            b"Bearer  abc",
            b"Bearer\tabc",
            b"Bearer abc ",
            b"Bearer abc def",
            b"Bearer a=b",
            b"Bearer ===",
            b"Bearer abc, Bearer def",
        ];
        for odd in odd {
            assert_eq!(read(&[odd]), Err(BearerProblem::Malformed), "{odd:?}");
        }
    }

    #[test]
    fn the_scheme_may_have_any_case() {
        for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
            let value = format!("{scheme} a.b-c_~+/==");
            assert_eq!(read(&[value.as_bytes()]), Ok("a.b-c_~+/==".into()));
        }
    }

    #[test]
    fn row_3_two_headers_are_a_duplicate_even_when_equal() {
        assert_eq!(read(&[b"Bearer abc", b"Bearer abc"]), Err(BearerProblem::Duplicate));
        assert_eq!(read(&[b"Basic abc", b"Bearer abc"]), Err(BearerProblem::Duplicate));
    }

    #[test]
    fn row_5_a_token_over_sixteen_kib_is_malformed() {
        let value = |n: usize| format!("Bearer {}", "a".repeat(n));
        assert!(read(&[value(16 * 1024).as_bytes()]).is_ok());
        for n in [16 * 1024 + 1, 17 * 1024, 1_000_000] {
            assert_eq!(read(&[value(n).as_bytes()]), Err(BearerProblem::Malformed));
        }
    }

    #[test]
    fn row_6_bytes_outside_ascii_are_malformed() {
        for token in [&b"Bearer \xff\xfe"[..], "Bearer ä.b.c".as_bytes(), b"Bearer a\tb"] {
            assert_eq!(read(&[token]), Err(BearerProblem::Malformed));
        }
        for token in [&b"a\0b"[..], b"a\r\nb", b"a\nSet-Cookie: x"] {
            assert_eq!(Bearer::from_token(token).err(), Some(BearerProblem::Malformed));
        }
    }

    #[test]
    fn debug_output_holds_no_token() {
        let bearer = Bearer::from_token(b"canary").unwrap();
        assert_eq!(format!("{bearer:?}"), "Bearer([redacted])");
    }

    proptest! {
        #[test]
        fn any_header_is_answered_and_only_exact_tokens_come_through(
            value in prop::collection::vec(prop_oneof![Just(b'\t'), 32u8..=126, 128u8..=255], 0..60),
        ) {
            if let Ok(token) = read(&[&value]) {
                prop_assert!(is_token68(token.as_bytes()));
                let (scheme, rest) = value.split_at(7);
                prop_assert!(scheme.eq_ignore_ascii_case(b"bearer "));
                prop_assert_eq!(rest, token.as_bytes());
            }
        }

        #[test]
        fn every_token68_comes_through(token in "[A-Za-z0-9._~+/-]{1,200}={0,3}") {
            prop_assert_eq!(read(&[format!("Bearer {token}").as_bytes()]), Ok(token));
        }
    }
}
