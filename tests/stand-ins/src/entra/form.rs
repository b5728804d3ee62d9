//! Forms as the token and authorize endpoints read them.

use super::errors::{Refusal, missing};
use super::faults::Grant;

/// The grant type of on-behalf-of.
const ON_BEHALF_OF: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// A form whose fields occur once each.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// Reads a query or a form body.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        Self { fields: url::form_urlencoded::parse(bytes).into_owned().collect() }
    }

    /// A field that is there and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A field that must be there.
    pub(crate) fn need(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| missing(name))
    }

    pub(crate) fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// Refuses a field that occurs twice.
    pub(crate) fn without_duplicates(&self) -> Result<(), Refusal> {
        let mut names: Vec<&str> = self.fields.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair.first() == pair.last()) {
            Some(pair) => Err(Refusal::of(9_000_411).saying(format!(
                "The request is not properly formatted. The parameter '{}' is duplicated.",
                pair.first().unwrap_or(&"").chars().take(64).collect::<String>()
            ))),
            None => Ok(()),
        }
    }

    /// What a token is asked with, when it is something known.
    pub(crate) fn grant(&self) -> Option<Grant> {
        match self.get("grant_type")? {
            "authorization_code" => Some(Grant::AuthorizationCode),
            "refresh_token" => Some(Grant::RefreshToken),
            ON_BEHALF_OF => Some(Grant::OnBehalfOf),
            _ => None,
        }
    }
}
