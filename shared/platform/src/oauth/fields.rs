//! The parameters of a request: of a query, where one may come twice, and of a form, where none does.

use std::fmt;

use ::http::header;

use super::Request;
use super::client_authentication::Credentials;
use super::error::OAuthError;
use super::http::invalid_request;

/// More parameters are no request that a client means.
const MAX_FIELDS: usize = 64;

/// The parameters of a query or a form, decoded.
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads an encoded query or form.
    ///
    /// # Errors
    /// `invalid_request` when there are too many parameters.
    pub(crate) fn parse(encoded: &[u8]) -> Result<Self, OAuthError> {
        let fields: Vec<_> =
            url::form_urlencoded::parse(encoded).into_owned().take(MAX_FIELDS + 1).collect();
        if fields.len() > MAX_FIELDS {
            return Err(invalid_request("too many parameters"));
        }
        Ok(Self(fields))
    }

    /// Whether every parameter is given once (RFC 6749 section 3.1).
    ///
    /// # Errors
    /// `invalid_request` when one is given twice.
    pub(crate) fn check_duplicates(&self) -> Result<(), OAuthError> {
        let twice = self.0.iter().enumerate().any(|(place, (name, _))| {
            self.0.iter().skip(place + 1).any(|(other, _)| other == name)
        });
        if twice { Err(invalid_request("a parameter is given more than once")) } else { Ok(()) }
    }

    /// A parameter; one without a value is as good as not there (RFC 6749 section 3.1).
    ///
    /// # Errors
    /// `invalid_request` when it is given twice.
    pub(crate) fn one(&self, name: &str) -> Result<Option<&str>, OAuthError> {
        let mut values = self.0.iter().filter(|(known, _)| known == name).map(|(_, value)| value);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(invalid_request("a parameter is given more than once")),
            (Some(value), None) if !value.is_empty() => Ok(Some(value)),
            (_, None) => Ok(None),
        }
    }
}

/// The parameters of a form, each given once.
pub(crate) struct Form(Fields);

impl Form {
    /// Reads the body of a form.
    ///
    /// # Errors
    /// `invalid_request` when it is no form, or a parameter is given twice.
    pub(crate) fn read(request: &Request) -> Result<Self, OAuthError> {
        let is_form = request
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok()?.split(';').next())
            .is_some_and(|media| {
                media.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
            });
        if !is_form {
            return Err(invalid_request("send Content-Type: application/x-www-form-urlencoded"));
        }
        Self::parse(&request.body)
    }

    fn parse(encoded: &[u8]) -> Result<Self, OAuthError> {
        let fields = Fields::parse(encoded)?;
        fields.check_duplicates()?;
        Ok(Self(fields))
    }

    /// A parameter; one without a value is as good as not there.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.one(name).unwrap_or_default()
    }

    /// A parameter that must be there.
    ///
    /// # Errors
    /// `invalid_request` when it is not, with its name if it is one of those below.
    pub(crate) fn required(&self, name: &'static str) -> Result<&str, OAuthError> {
        let text = match name {
            "grant_type" => "grant_type is missing",
            "code" => "code is missing",
            "code_verifier" => "code_verifier is missing: PKCE is required",
            "refresh_token" => "refresh_token is missing",
            "token" => "token is missing",
            _ => "a parameter is missing",
        };
        self.get(name).ok_or(invalid_request(text))
    }

    /// What it says of the client that sends it.
    pub(crate) fn credentials(&self) -> Credentials<'_> {
        Credentials {
            client_id: self.get("client_id"),
            client_assertion_type: self.get("client_assertion_type"),
            client_assertion: self.get("client_assertion"),
        }
    }
}

#[cfg(test)]
impl Form {
    pub(crate) fn of(pairs: &[(&str, &str)]) -> Self {
        let text =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        Self::parse(text.as_bytes()).unwrap()
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Form([redacted])")
    }
}

#[cfg(test)]
mod tests;
