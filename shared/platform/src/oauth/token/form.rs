//! What the forms of the token and the revocation endpoint say.

use std::fmt;

use super::Refused;
use crate::oauth::Request;
use crate::oauth::client_authentication::Credentials;
use crate::oauth::http::Fields;

/// The parameters of a form, each at most once.
pub(crate) struct Form(Fields);

impl Form {
    pub(in crate::oauth) fn read(request: &Request) -> Result<Self, Refused> {
        Fields::form(request).map(Self).map_err(Refused::misshapen)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.one(name).unwrap_or_default()
    }

    /// What it says of the client that sends it.
    pub(crate) fn credentials(&self) -> Credentials<'_> {
        Credentials {
            client_id: self.get("client_id"),
            client_assertion_type: self.get("client_assertion_type"),
            client_assertion: self.get("client_assertion"),
        }
    }

    pub(in crate::oauth) fn required(&self, name: &'static str) -> Result<&str, Refused> {
        let text = match name {
            "grant_type" => "grant_type is missing",
            "code" => "code is missing",
            "code_verifier" => "code_verifier is missing: PKCE is required",
            "refresh_token" => "refresh_token is missing",
            "token" => "token is missing",
            _ => "a parameter is missing",
        };
        self.get(name).ok_or(Refused::invalid_request(text))
    }
}

#[cfg(test)]
impl Form {
    pub(crate) fn of(pairs: &[(&str, &str)]) -> Self {
        let text =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        Self(Fields::parse(text.as_bytes()).unwrap())
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Form([redacted])")
    }
}
