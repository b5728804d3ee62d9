//! What the authorization server is called and what it gives out.

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
    pub(crate) invalid_grant_status: http::StatusCode,
}
