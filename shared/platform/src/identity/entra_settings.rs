//! Whom we trust: the tenant, our own registration, and which tokens we take.

use url::{Host, Url};
use uuid::Uuid;

use crate::config::{ConfigError, Vars};

/// Entra's own sign-in hosts: public, US Government, China.
const KNOWN_HOSTS: [&str; 3] =
    ["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"];

const CLIENT_ID: &str = "MCP_SERVER_AZURE_CLIENT_ID";
const TENANT_ID: &str = "MCP_SERVER_AZURE_TENANT_ID";
const AUTHORITY: &str = "AZURE_AUTHORITY_HOST";
const APP_ID_URIS: &str = "MCP_SERVER_APP_ID_URIS";
const SCOPE: &str = "MCP_SERVER_REQUIRED_SCOPE";
const VERSIONS: &str = "MCP_SERVER_ACCEPTED_TOKEN_VERSIONS";
const CLIENTS: &str = "MCP_SERVER_ALLOWED_CLIENTS";

/// The two forms of Entra access tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenVersion {
    /// Issued by `sts.windows.net`; the client is in `appid`.
    V1,
    /// Issued by the authority host; the client is in `azp`.
    V2,
}

impl TokenVersion {
    /// The `ver` claim.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "1.0",
            Self::V2 => "2.0",
        }
    }
}

/// The tenant, our registration in it, and the tokens we take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntraSettings {
    /// Our application (client) id, lower case.
    pub client_id: String,
    /// The tenant id, lower case.
    pub tenant_id: String,
    /// Where Entra is: an origin without a trailing slash.
    pub authority: String,
    /// What may stand in `aud`: our client id and the application id URIs, exactly.
    pub audiences: Vec<String>,
    /// The application id URI that scopes are advertised with.
    pub app_id_uri: String,
    /// The scope that a token must have.
    pub required_scope: String,
    /// The token versions we take; never empty.
    pub token_versions: Vec<TokenVersion>,
    /// Client ids that may present a token, lower case; empty means any of the tenant's.
    pub allowed_clients: Vec<String>,
}

impl EntraSettings {
    /// Reads and checks the settings.
    ///
    /// # Errors
    /// When one is missing or makes no sense; the error names the variable.
    pub fn from_vars(vars: &Vars) -> Result<Self, ConfigError> {
        let client_id = guid(CLIENT_ID, vars.required(CLIENT_ID)?)?;
        let tenant_id = guid(TENANT_ID, vars.required(TENANT_ID)?)?;
        let uris = app_id_uris(vars, &client_id)?;
        let app_id_uri = uris.first().cloned().unwrap_or_default();
        let mut audiences = vec![client_id.clone()];
        audiences.extend(uris);
        let clients = vars.list(CLIENTS).unwrap_or_default();
        if clients.is_empty() && vars.get(CLIENTS).is_some() {
            // Not set means everybody; a list that lost its entries must not mean the same.
            return Err(ConfigError::new(CLIENTS, "expected GUIDs"));
        }
        Ok(Self {
            authority: authority(vars)?,
            audiences,
            app_id_uri,
            required_scope: required_scope(vars)?,
            token_versions: token_versions(vars)?,
            allowed_clients: clients
                .iter()
                .map(|id| guid(CLIENTS, id))
                .collect::<Result<_, _>>()?,
            client_id,
            tenant_id,
        })
    }

    /// Where tokens are exchanged.
    pub fn token_endpoint(&self) -> String {
        format!("{}/{}/oauth2/v2.0/token", self.authority, self.tenant_id)
    }

    /// Where a browser is sent to sign in.
    pub fn authorization_endpoint(&self) -> String {
        format!("{}/{}/oauth2/v2.0/authorize", self.authority, self.tenant_id)
    }

    /// The scope as Entra knows it, for clients that sign in there directly.
    pub fn full_scope(&self) -> String {
        format!("{}/{}", self.app_id_uri, self.required_scope)
    }

    /// The scope as we ask for it ourselves. Client and API are then one registration, and Entra
    /// takes that on a refresh only when the API is named by its client id (AADSTS90009).
    pub(super) fn own_scope(&self) -> String {
        let by_id = format!("api://{}", self.client_id);
        let is_ours = |uri: &&String| uri.eq_ignore_ascii_case(&by_id);
        let api = self.audiences.iter().find(is_ours).unwrap_or(&self.client_id);
        format!("{api}/{}", self.required_scope)
    }

    /// Where the discovery document for tokens of this version is.
    pub(super) fn discovery_url(&self, version: TokenVersion) -> String {
        let (authority, tenant) = (&self.authority, &self.tenant_id);
        match version {
            TokenVersion::V1 => format!("{authority}/{tenant}/.well-known/openid-configuration"),
            TokenVersion::V2 => {
                format!("{authority}/{tenant}/v2.0/.well-known/openid-configuration")
            }
        }
    }
}

/// A GUID in its usual form, lower case.
pub(super) fn canonical_guid(text: &str) -> Option<String> {
    let hyphenated = text.len() == 36;
    let guid = Uuid::try_parse(text).ok().filter(|_| hyphenated)?;
    Some(guid.hyphenated().to_string())
}

/// Whether a host name or address is this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn guid(variable: &str, text: &str) -> Result<String, ConfigError> {
    canonical_guid(text).ok_or_else(|| ConfigError::new(variable, "expected a GUID"))
}

fn authority(vars: &Vars) -> Result<String, ConfigError> {
    let text = vars.get(AUTHORITY).unwrap_or("https://login.microsoftonline.com");
    let wrong = |problem: &str| ConfigError::new(AUTHORITY, problem);
    let url = Url::parse(text).map_err(|_| wrong("expected an https URL"))?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !bare || !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("expected a scheme and a host, and nothing else"));
    }
    let secure = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    if !secure {
        return Err(wrong("https is required, except for loopback"));
    }
    let local = vars.get("ENVIRONMENT").is_none_or(|name| name == "local");
    let known = url.scheme() == "https"
        && url.port().is_none()
        && url.host_str().is_some_and(|host| KNOWN_HOSTS.contains(&host));
    if !local && !known {
        return Err(wrong("outside ENVIRONMENT=local it must be one of Entra's own hosts"));
    }
    Ok(url.origin().ascii_serialization())
}

fn app_id_uris(vars: &Vars, client_id: &str) -> Result<Vec<String>, ConfigError> {
    let uris = vars.list(APP_ID_URIS).unwrap_or_else(|| vec![format!("api://{client_id}")]);
    for uri in &uris {
        let parsed = Url::parse(uri).ok();
        if !parsed.is_some_and(|uri| matches!(uri.scheme(), "api" | "https")) {
            let problem = "expected URIs that begin with api:// or https://";
            return Err(ConfigError::new(APP_ID_URIS, problem));
        }
    }
    Ok(uris)
}

fn required_scope(vars: &Vars) -> Result<String, ConfigError> {
    let scope = vars.get(SCOPE).unwrap_or("access");
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if scope.len() > 120 || !scope.bytes().all(allowed) {
        return Err(ConfigError::new(SCOPE, "expected one short scope name, such as access"));
    }
    Ok(scope.to_owned())
}

fn token_versions(vars: &Vars) -> Result<Vec<TokenVersion>, ConfigError> {
    let names = vars.list(VERSIONS).unwrap_or_else(|| vec!["2.0".into()]);
    let wrong = || ConfigError::new(VERSIONS, "expected 2.0, or 1.0,2.0");
    let mut versions = Vec::new();
    for name in names {
        let version = match name.as_str() {
            "1.0" => TokenVersion::V1,
            "2.0" => TokenVersion::V2,
            _ => return Err(wrong()),
        };
        if !versions.contains(&version) {
            versions.push(version);
        }
    }
    if versions.is_empty() {
        return Err(wrong());
    }
    Ok(versions)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "11111111-2222-4333-8444-55555555555A";
    const TENANT: &str = "fdfed7bd-9f6a-44a1-b694-6e39c468c150";

    fn read(more: &[(&str, &str)]) -> Result<EntraSettings, ConfigError> {
        let mut pairs = vec![(CLIENT_ID, ID), (TENANT_ID, TENANT)];
        pairs.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
        pairs.extend_from_slice(more);
        EntraSettings::from_vars(&Vars::from_pairs(pairs))
    }

    #[test]
    fn two_ids_are_enough() {
        let settings = read(&[]).unwrap();
        let id = ID.to_ascii_lowercase();
        assert_eq!(settings.authority, "https://login.microsoftonline.com");
        assert_eq!(settings.audiences, [id.clone(), format!("api://{id}")]);
        assert_eq!(settings.full_scope(), format!("api://{id}/access"));
        assert_eq!(settings.token_versions, [TokenVersion::V2]);
        assert!(settings.allowed_clients.is_empty());
        assert_eq!(
            settings.token_endpoint(),
            format!("https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token")
        );
    }

    #[test]
    fn our_own_sign_in_names_the_api_by_its_client_id() {
        let id = ID.to_ascii_lowercase();
        for (uris, expected) in [
            (format!("https://files.example.test/mcp,api://{ID}"), format!("api://{ID}/access")),
            ("https://files.example.test/mcp".to_owned(), format!("{id}/access")),
            (format!("api://files/{id}"), format!("{id}/access")),
        ] {
            assert_eq!(read(&[(APP_ID_URIS, &uris)]).unwrap().own_scope(), expected);
        }
        assert_eq!(read(&[]).unwrap().own_scope(), format!("api://{id}/access"));
    }

    #[test]
    fn a_wrong_setting_stops_the_start_and_names_its_variable() {
        for (name, value) in [
            (CLIENT_ID, ""),
            (CLIENT_ID, "common"),
            (TENANT_ID, "fdfed7bd9f6a44a1b6946e39c468c150"),
            (AUTHORITY, "login.microsoftonline.com"),
            (AUTHORITY, "http://login.microsoftonline.com"),
            (AUTHORITY, "http://127.0.0.1.evil.test"),
            (AUTHORITY, "https://login.microsoftonline.com/common"),
            (AUTHORITY, "https://user@login.microsoftonline.com"),
            (APP_ID_URIS, "sharepoint"),
            (SCOPE, "access\" evil"),
            (VERSIONS, "3.0"),
            (CLIENTS, "vscode"),
            (CLIENTS, ","),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            assert_eq!(error.variable, name, "for {value:?}");
        }
    }

    #[test]
    fn outside_local_only_entras_own_hosts_are_taken() {
        for host in KNOWN_HOSTS {
            let url = format!("https://{host}/");
            let settings = read(&[("ENVIRONMENT", "prod"), (AUTHORITY, &url)]).unwrap();
            assert_eq!(settings.authority, format!("https://{host}"));
        }
        for url in
            ["http://127.0.0.1:8090", "https://entra.test", "https://login.microsoftonline.com:444"]
        {
            assert!(read(&[("ENVIRONMENT", "dev"), (AUTHORITY, url)]).is_err(), "{url}");
            assert!(read(&[("ENVIRONMENT", "local"), (AUTHORITY, url)]).is_ok(), "{url}");
        }
    }
}
