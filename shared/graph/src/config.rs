//! Where Graph is, and where it may send us for the bytes of files; checked at the start.

use platform::config::{ConfigError, Environment, Vars};
use platform::upstream::{ContentHost, ContentHosts};
use url::{Host, Url};

const VARIABLE: &str = "GRAPH_BASE_URL";
const DEFAULT: &str = "https://graph.microsoft.com/v1.0";

/// Graph of the world, of the United States' government and of China.
const KNOWN_HOSTS: &[&str] = &[
    "graph.microsoft.com",
    "graph.microsoft.us",
    "dod-graph.microsoft.us",
    "microsoftgraph.chinacloudapi.cn",
];

const CONTENT_VARIABLE: &str = "GRAPH_CONTENT_HOSTS";

/// Endings of SharePoint's host names: of the world, of the United States' government and of
/// China.
pub const SHAREPOINT_ENDINGS: &[&str] =
    &[".sharepoint.com", ".sharepoint.us", ".sharepoint-mil.us", ".sharepoint.cn"];
/// Further endings that Microsoft documents for content of SharePoint and OneDrive.
const STORAGE_ENDINGS: &[&str] = &[".svc.ms", ".sharepointonline.com"];
const MAX_CONTENT_HOSTS: usize = 50;

/// Reads `GRAPH_CONTENT_HOSTS`: SharePoint's hosts when not set, and for a stand-in of Graph its
/// own host.
pub(crate) fn content_hosts(
    vars: &Vars,
    environment: Environment,
    base: &Url,
) -> Result<ContentHosts, ConfigError> {
    let error = |problem: &str| ConfigError::new(CONTENT_VARIABLE, problem);
    let stand_in = is_loopback(base);
    let known = known_hosts(SHAREPOINT_ENDINGS.iter().chain(STORAGE_ENDINGS));
    let Some(text) = vars.get(CONTENT_VARIABLE) else {
        let own = stand_in.then(|| ContentHost::of(base)).flatten();
        let hosts = known_hosts(SHAREPOINT_ENDINGS.iter()).into_iter().chain(own).collect();
        return Ok(ContentHosts::new(hosts, stand_in));
    };
    let hosts: Result<Vec<ContentHost>, _> = text.split(',').map(ContentHost::parse).collect();
    let hosts = hosts.map_err(error)?;
    if hosts.len() > MAX_CONTENT_HOSTS {
        return Err(error("at most 50 hosts"));
    }
    let strange = |host: &ContentHost| !known.iter().any(|known| host.is_within(known));
    if !environment.is_local() && hosts.iter().any(strange) {
        return Err(error(
            "expected hosts of SharePoint or its storage; others only with ENVIRONMENT=local",
        ));
    }
    Ok(ContentHosts::new(hosts, stand_in))
}

fn known_hosts<'a>(endings: impl Iterator<Item = &'a &'a str>) -> Vec<ContentHost> {
    endings.filter_map(|ending| ContentHost::parse(ending).ok()).collect()
}

/// Reads `GRAPH_BASE_URL`. Tokens are sent there, so only a laptop may name an unknown host.
pub(crate) fn base_url(vars: &Vars, environment: Environment) -> Result<Url, ConfigError> {
    let text = vars.get(VARIABLE).unwrap_or(DEFAULT);
    let url = Url::parse(text).map_err(|_| error("expected an address such as the default"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(error("an address without a user name"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(error("an address without a query"));
    }
    let local = environment.is_local();
    match url.scheme() {
        "https" => {}
        "http" if local && is_loopback(&url) => {}
        _ => return Err(error("expected https (http only for loopback, and only locally)")),
    }
    let known = url.host_str().is_some_and(|host| KNOWN_HOSTS.contains(&host));
    if !known && !local {
        return Err(error("this host is not Microsoft Graph; allowed only with ENVIRONMENT=local"));
    }
    Ok(url)
}

/// Whether this address leads to this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn error(problem: &str) -> ConfigError {
    ConfigError::new(VARIABLE, problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_go_to_graph_only() {
        let cases = [
            ("", "prod", true),
            ("https://graph.microsoft.us/v1.0", "prod", true),
            ("https://graph.example/v1.0", "prod", false),
            ("https://graph.example/v1.0", "local", true),
            ("http://127.0.0.1:8091/v1.0", "local", true),
            ("http://127.0.0.1:8091/v1.0", "dev", false),
            ("http://graph.microsoft.com/v1.0", "local", false),
            ("http://127.0.0.1.example/v1.0", "local", false),
            ("https://u:p@graph.microsoft.com/v1.0", "local", false),
            ("https://graph.microsoft.com/v1.0?x=1", "local", false),
            ("nonsense", "local", false),
        ];
        for (url, environment, accepted) in cases {
            let vars = Vars::from_pairs([(VARIABLE, url)]);
            let outcome = base_url(&vars, environment.parse().unwrap());

            assert_eq!(outcome.is_ok(), accepted, "{url} in {environment}");
            if let Err(error) = outcome {
                assert_eq!(error.variable, VARIABLE);
            }
        }
    }

    #[test]
    fn bytes_come_from_sharepoint_only_unless_a_laptop_says_otherwise() {
        let graph = "https://graph.microsoft.com/v1.0";
        let cases = [
            ("", "prod", true),
            ("contoso.sharepoint.com, contoso-my.sharepoint.com", "prod", true),
            ("*.sharepoint.us", "prod", true),
            (".svc.ms", "prod", true),
            ("files.example.com", "prod", false),
            ("contoso.sharepoint.com,sharepoint.com", "prod", false),
            ("127.0.0.1", "dev", false),
            ("127.0.0.1", "local", true),
            ("https://contoso.sharepoint.com", "local", false),
            ("contoso.sharepoint.com,", "local", false),
        ];
        for (hosts, environment, accepted) in cases {
            let vars = Vars::from_pairs([(CONTENT_VARIABLE, hosts)]);
            let base = Url::parse(graph).unwrap();
            let outcome = content_hosts(&vars, environment.parse().unwrap(), &base);

            assert_eq!(outcome.is_ok(), accepted, "{hosts} in {environment}");
            if let Err(error) = outcome {
                assert_eq!(error.variable, CONTENT_VARIABLE);
            }
        }
    }
}
