//! Where answers may go: which redirect URIs are taken at all, and when two are the same
//! (RFC 8252 section 7, RFC 9700 section 2.1).

/// A redirect URI that was taken apart and found fit to be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RedirectUri {
    /// As the client wrote it: what it is compared by and what is sent.
    text: String,
}

impl RedirectUri {
    /// As the client wrote it.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

/// Which redirect URIs may be used at all (`MCP_SERVER_REDIRECT_URIS`).
#[derive(Clone, Debug)]
pub(crate) struct RedirectRules {}
