//! What the authorization server is called and what it gives out.

use http::StatusCode;

use crate::config::{ConfigError, Settings, Vars};
use crate::connector::Connector;

/// Fixed facts of one connector's authorization server.
#[derive(Clone, Debug)]
pub(crate) struct OAuthSettings {
    /// Our issuer identifier: the public base URL, without a trailing slash. The same string
    /// everywhere.
    pub(crate) issuer: String,
    /// The one protected resource (RFC 8707): the address of the MCP endpoint.
    pub(crate) resource: String,
    /// The one scope, such as `access`.
    pub(crate) scope: String,
    /// The connector's name: what keys and sealed texts are bound to.
    pub(crate) connector: &'static str,
    /// The connector's name for people.
    pub(crate) title: &'static str,
    /// What the connector reads, as the consent page says it.
    pub(crate) reads: &'static str,
    /// Whether cookies are `__Host-` and Secure: always, but for http on loopback.
    pub(crate) is_https: bool,
    /// The status of `invalid_grant`: 400, or 401 for clients that only sign in again on that.
    pub(crate) invalid_grant_status: StatusCode,
}

const INVALID_GRANT_STATUS: &str = "MCP_SERVER_INVALID_GRANT_STATUS";
const PROMPT: &str = "MCP_SERVER_SIGN_IN_PROMPT";

impl OAuthSettings {
    /// The settings of this connector's server, which gives out this scope.
    ///
    /// # Errors
    /// When a setting is unknown; the error names the variable.
    pub(crate) fn from_vars<C: Connector>(
        vars: &Vars,
        settings: &Settings,
        scope: &str,
    ) -> Result<Self, ConfigError> {
        let invalid_grant_status = match vars.get(INVALID_GRANT_STATUS) {
            None | Some("400") => StatusCode::BAD_REQUEST,
            Some("401") => StatusCode::UNAUTHORIZED,
            Some(_) => return Err(ConfigError::new(INVALID_GRANT_STATUS, "expected 400 or 401")),
        };
        Ok(Self {
            issuer: settings.base_url.clone(),
            resource: settings.resource(),
            scope: scope.to_owned(),
            connector: C::NAME,
            title: C::TITLE,
            reads: C::READS,
            is_https: settings.base_url.starts_with("https://"),
            invalid_grant_status,
        })
    }
}

/// Entra's `prompt` for people who come from our consent page; `None` leaves it to Entra.
///
/// # Errors
/// When it is no word of Entra's.
pub(crate) fn prompt(vars: &Vars) -> Result<Option<String>, ConfigError> {
    match vars.get(PROMPT) {
        None => Ok(Some("select_account".to_owned())),
        Some("off") => Ok(None),
        Some(word @ ("select_account" | "login" | "consent")) => Ok(Some(word.to_owned())),
        Some(_) => Err(ConfigError::new(PROMPT, "expected select_account, login, consent or off")),
    }
}
