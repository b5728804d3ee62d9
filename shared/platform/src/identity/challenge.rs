//! `WWW-Authenticate`: what a caller is told who is not let in, in one safe header.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

/// The longest header we send.
const MAX_BYTES: usize = 1024;

/// The parts of a challenge that are the same for every request of a connector.
#[derive(Clone, Debug)]
pub struct Challenge {
    resource_metadata: String,
    scope: String,
}

impl Challenge {
    /// A challenge that names the resource document (an absolute URL) and the needed scope.
    pub fn new(resource_metadata: &str, scope: &str) -> Self {
        Self { resource_metadata: quotable(resource_metadata, 400), scope: quotable(scope, 200) }
    }

    /// No token came: no `error`, so that a client begins to sign in.
    pub fn missing(&self) -> HeaderValue {
        self.header(&[])
    }

    /// The token is not accepted; why is not said.
    pub fn invalid_token(&self) -> HeaderValue {
        self.header(&[
            ("error", "invalid_token"),
            ("error_description", "the access token is not accepted; sign in again"),
        ])
    }

    /// The token is right but lacks the scope.
    pub fn insufficient_scope(&self) -> HeaderValue {
        self.header(&[
            ("error", "insufficient_scope"),
            ("error_description", "the access token lacks the scope named here"),
        ])
    }

    /// The identity provider wants more from the person; `claims` is its JSON.
    ///
    /// Claims that are no JSON object, or too long to send whole, leave an `invalid_token`
    /// challenge: half of them would be worth nothing.
    pub fn insufficient_claims(&self, claims: &str) -> HeaderValue {
        let is_object = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(claims);
        let encoded = STANDARD.encode(claims);
        let parameters = [
            ("error", "insufficient_claims"),
            ("error_description", "sign in again with the claims named here"),
            ("claims", encoded.as_str()),
        ];
        if is_object.is_err() || self.text(&parameters).len() > MAX_BYTES {
            return self.invalid_token();
        }
        self.header(&parameters)
    }

    fn header(&self, parameters: &[(&str, &str)]) -> HeaderValue {
        HeaderValue::from_str(&self.text(parameters))
            .unwrap_or_else(|_| HeaderValue::from_static("Bearer"))
    }

    fn text(&self, parameters: &[(&str, &str)]) -> String {
        let fixed = [
            ("resource_metadata", self.resource_metadata.as_str()),
            ("scope", self.scope.as_str()),
        ];
        let quoted: Vec<String> = parameters
            .iter()
            .chain(&fixed)
            .map(|(name, value)| format!("{name}=\"{value}\""))
            .collect();
        format!("Bearer {}", quoted.join(", "))
    }
}

/// What may stand between quotes without escapes: printable ASCII but `"` and `\`.
fn quotable(text: &str, max_bytes: usize) -> String {
    text.chars()
        .filter(|c| matches!(c, ' '..='~') && !matches!(c, '"' | '\\'))
        .take(max_bytes)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const METADATA: &str = "https://sharepoint.example/.well-known/oauth-protected-resource/mcp";

    fn challenge() -> Challenge {
        Challenge::new(METADATA, "access")
    }

    fn text(header: &HeaderValue) -> &str {
        header.to_str().unwrap()
    }

    #[test]
    fn row_1_a_missing_token_is_challenged_without_an_error() {
        assert_eq!(
            text(&challenge().missing()),
            format!("Bearer resource_metadata=\"{METADATA}\", scope=\"access\"")
        );
    }

    #[test]
    fn every_form_names_its_error_the_resource_and_the_scope() {
        for (header, error) in [
            (challenge().invalid_token(), "invalid_token"),
            (challenge().insufficient_scope(), "insufficient_scope"),
            (challenge().insufficient_claims("{}"), "insufficient_claims"),
        ] {
            let header = text(&header);
            assert!(header.starts_with(&format!("Bearer error=\"{error}\", ")), "{header}");
            assert!(header.contains(METADATA) && header.ends_with("scope=\"access\""));
        }
    }

    #[test]
    fn row_53_hostile_claims_split_no_header_and_survive_encoded() {
        let claims = "{\"access_token\":{\"x\":{\"value\":\"a\\r\\nSet-Cookie: b\\\"\"}}}";
        let header = challenge().insufficient_claims(claims);
        let encoded = STANDARD.encode(claims);
        assert!(text(&header).contains(&format!("claims=\"{encoded}\"")));
        assert!(!text(&header).contains("Set-Cookie"));
    }

    #[test]
    fn row_53_claims_that_do_not_fit_or_are_no_object_leave_invalid_token() {
        let long = format!("{{\"a\":\"{}\"}}", "x".repeat(20_000));
        for claims in [long.as_str(), "[]", "\"text\"", "", "{\"a\":1", "{}\r\nX: y"] {
            assert_eq!(
                challenge().insufficient_claims(claims),
                challenge().invalid_token(),
                "{claims:.40}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_input_gives_one_short_well_quoted_header(
            metadata in any::<String>(), scope in any::<String>(), claims in any::<String>(),
        ) {
            let challenge = Challenge::new(&metadata, &scope);
            let forms = [
                (challenge.missing(), 2),
                (challenge.invalid_token(), 4),
                (challenge.insufficient_scope(), 4),
                (challenge.insufficient_claims(&claims), 4),
            ];
            for (header, parameters) in forms {
                let header = header.to_str().unwrap();
                prop_assert!(header.starts_with("Bearer "));
                prop_assert!(header.len() <= MAX_BYTES);
                prop_assert!(header.bytes().all(|byte| (32..=126).contains(&byte)));
                prop_assert!(!header.contains('\\'));
                let quotes = header.matches('"').count();
                prop_assert!(quotes == 2 * parameters || quotes == 2 * 5, "{}", header);
            }
        }
    }
}
