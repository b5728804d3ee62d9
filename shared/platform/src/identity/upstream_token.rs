//! A token for an upstream service, and the scopes it is asked for.

use jiff::Timestamp;
use secrecy::SecretString;

/// A token for an upstream service, obtained on behalf of one caller. Never parsed: opaque.
#[derive(Clone, Debug)]
pub struct UpstreamToken {
    /// The token itself. Redacted in `Debug`.
    pub token: SecretString,
    /// When it ends, as the token endpoint said.
    pub expires_at: Timestamp,
    /// When we received it.
    pub obtained_at: Timestamp,
    /// Scopes that were granted, as the token endpoint returned them.
    pub scopes: Vec<String>,
}

impl UpstreamToken {
    /// Whether this scope was granted; token endpoints return scopes with or without their
    /// resource, so the short names are compared, without regard to case.
    pub fn grants(&self, scope: &str) -> bool {
        let name = short_name(scope);
        self.scopes.iter().any(|granted| short_name(granted).eq_ignore_ascii_case(name))
    }
}

/// A scope without its resource: `Files.Read.All` of `https://graph.microsoft.com/Files.Read.All`.
pub(crate) fn short_name(scope: &str) -> &str {
    scope.rsplit('/').next().unwrap_or(scope)
}

/// Scopes of one resource, without duplicates, in a stable order.
///
/// Entra compares scopes without regard to case, so does the order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScopeSet(Vec<String>);

impl ScopeSet {
    /// Sorts and de-duplicates; `offline_access` is dropped, because an On-Behalf-Of refresh
    /// token is never needed.
    pub fn new(scopes: impl IntoIterator<Item = String>) -> Self {
        let mut scopes: Vec<String> = scopes
            .into_iter()
            .filter(|scope| !scope.is_empty() && !scope.eq_ignore_ascii_case("offline_access"))
            .collect();
        scopes.sort_by_key(|scope| scope.to_ascii_lowercase());
        scopes.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
        Self(scopes)
    }

    /// The scopes in their stable order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The `scope` parameter of a token request: separated by spaces.
    pub fn as_parameter(&self) -> String {
        self.0.join(" ")
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
