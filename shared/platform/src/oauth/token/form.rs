//! The parameters of a form, each at most once (RFC 6749 section 3.2).

use std::collections::BTreeMap;
use std::fmt;

use http::header;

use super::Refused;
use crate::oauth::Request;
use crate::oauth::client_authentication::Credentials;

/// How many parameters are read.
const MAX_PARAMETERS: usize = 40;

/// The parameters of a request's body; an empty one is as good as none.
#[derive(Default)]
pub(crate) struct Form(BTreeMap<String, String>);

impl Form {
    pub(in crate::oauth) fn read(request: &Request) -> Result<Self, Refused> {
        let media = request.headers.get(header::CONTENT_TYPE).and_then(|text| text.to_str().ok());
        let media = media.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
        if !media.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            let text = "send Content-Type: application/x-www-form-urlencoded";
            return Err(Refused::invalid_request(text));
        }
        let mut form = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(&request.body) {
            if form.len() >= MAX_PARAMETERS {
                return Err(Refused::invalid_request("too many parameters"));
            }
            if form.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(Refused::invalid_request("a parameter is there twice"));
            }
        }
        form.retain(|_, value| !value.is_empty());
        Ok(Self(form))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
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
            _ => "a parameter is missing",
        };
        self.get(name).ok_or(Refused::invalid_request(text))
    }
}

#[cfg(test)]
impl Form {
    pub(crate) fn of(pairs: &[(&str, &str)]) -> Self {
        Self(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Form([redacted])")
    }
}
