//! The redirect URIs that are taken at all: a client that registers itself is anybody, so where
//! its people are sent is decided here and not by it.

use super::RedirectUri;
use crate::config::{ConfigError, Vars};

const NAME: &str = "MCP_SERVER_REDIRECT_URIS";
/// The clients that are known to work: Claude, ChatGPT, VS Code, Cursor, and programs on the
/// person's own machine.
const KNOWN: [&str; 15] = [
    "https://claude.ai/api/mcp/auth_callback",
    "https://claude.com/api/mcp/auth_callback",
    "https://chatgpt.com/connector_platform_oauth_redirect",
    "https://chatgpt.com/connector/oauth/*",
    "https://vscode.dev/redirect",
    "https://insiders.vscode.dev/redirect",
    "vscode://dynamicauthprovider/*",
    "vscode-insiders://dynamicauthprovider/*",
    "https://www.cursor.com/agents/mcp/oauth/callback",
    "https://www.cursor.com/bot/mcp/oauth/callback",
    "cursor://anysphere.cursor-mcp/oauth/callback",
    // Cursor registers it together with its others.
    "grokbot://mcp/oauth/callback",
    "http://127.0.0.1/*",
    "http://[::1]/*",
    "http://localhost/*",
];

/// Which redirect URIs may be used at all (`MCP_SERVER_REDIRECT_URIS`).
#[derive(Clone, Debug)]
pub(crate) struct RedirectRules {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    uri: RedirectUri,
    /// Whether it stands for everything below its path.
    below: bool,
}

impl RedirectRules {
    /// Reads the setting; without it the known clients are taken.
    ///
    /// # Errors
    /// When an entry is not a redirect URI, or one that ends with `/*`.
    pub(crate) fn from_vars(vars: &Vars) -> Result<Self, ConfigError> {
        let entries = match vars.list(NAME) {
            Some(entries) => entries,
            None => KNOWN.map(str::to_owned).to_vec(),
        };
        let rules = entries.iter().map(|entry| Rule::parse(entry)).collect::<Option<Vec<_>>>();
        match rules {
            Some(rules) if !rules.is_empty() => Ok(Self { rules }),
            _ => Err(ConfigError::new(
                NAME,
                "expected redirect URIs such as https://host/callback, https://host/path/*, \
                 http://127.0.0.1/* or app://name/callback",
            )),
        }
    }

    /// Whether this redirect URI may be used.
    pub(crate) fn allow(&self, uri: &RedirectUri) -> bool {
        self.rules.iter().any(|rule| rule.allows(uri))
    }
}

impl Rule {
    fn parse(entry: &str) -> Option<Self> {
        let (text, below) = match entry.strip_suffix("/*") {
            Some(text) => (format!("{text}/"), true),
            None => (entry.to_owned(), false),
        };
        let uri = RedirectUri::parse(&text).ok()?;
        // A star anywhere else would be taken for itself; nobody means that.
        let fits = !text.contains('*') && !(below && (uri.host.is_empty() || text.contains('?')));
        fits.then_some(Self { uri, below })
    }

    fn allows(&self, uri: &RedirectUri) -> bool {
        if !self.below {
            return self.uri.allows(uri);
        }
        let ports_fit = self.uri.port == uri.port || self.uri.is_loopback();
        self.uri.scheme == uri.scheme
            && self.uri.host == uri.host
            && ports_fit
            && super::path_or_root(&uri.rest).starts_with(&self.uri.rest)
    }
}
