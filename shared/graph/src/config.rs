//! Where Graph is: one setting, checked at the start.

use platform::config::{ConfigError, Environment, Vars};
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
}
