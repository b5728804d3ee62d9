//! The permissions that are asked for: which are required, and which are only wished for.

use url::Url;

use crate::config::{ConfigError, Vars};
use crate::identity::ScopeSet;

const REQUIRED: &str = "GRAPH_SCOPES";
const OPTIONAL: &str = "GRAPH_OPTIONAL_SCOPES";
/// The resource of short names.
const GRAPH: &str = "https://graph.microsoft.com";
/// Graph in clouds of its own is a resource of its own.
const OTHER_CLOUDS: [&str; 3] =
    ["graph.microsoft.us", "dod-graph.microsoft.us", "microsoftgraph.chinacloudapi.cn"];
/// Scopes of the sign-in, which belong to no resource.
const OF_SIGN_IN: [&str; 3] = ["openid", "profile", "email"];

/// What is asked for.
#[derive(Debug)]
pub(super) struct Scopes {
    pub(super) required: ScopeSet,
    /// The required and the optional ones.
    pub(super) wanted: ScopeSet,
}

impl Scopes {
    /// Reads both settings; `defaults` are the connector's.
    pub(super) fn from_vars(vars: &Vars, defaults: &[&str]) -> Result<Self, ConfigError> {
        let graph = graph(vars);
        let full = |names: Vec<String>| {
            ScopeSet::new(names.iter().filter(|name| is_asked(name)).map(|name| {
                let whole = name.contains('/') || is_of_sign_in(name);
                if whole { name.clone() } else { format!("{graph}/{name}") }
            }))
        };
        let defaults = || defaults.iter().map(|name| (*name).to_owned()).collect();
        let required = full(vars.list(REQUIRED).unwrap_or_else(defaults));
        let optional = full(vars.list(OPTIONAL).unwrap_or_default());
        let wanted = ScopeSet::new(required.iter().chain(optional.iter()).map(str::to_owned));
        if required.iter().all(is_of_sign_in) {
            return Err(ConfigError::new(REQUIRED, "expected at least one scope"));
        }
        for (name, scopes) in [(REQUIRED, &required), (OPTIONAL, &wanted)] {
            if let Some(problem) = unaskable(scopes) {
                return Err(ConfigError::new(name, problem));
            }
        }
        Ok(Self { required, wanted })
    }
}

/// A refresh token is never needed, whoever's name stands before it.
fn is_asked(scope: &str) -> bool {
    !scope.rsplit('/').next().unwrap_or_default().eq_ignore_ascii_case("offline_access")
}

fn is_of_sign_in(scope: &str) -> bool {
    OF_SIGN_IN.iter().any(|word| scope.eq_ignore_ascii_case(word))
}

fn graph(vars: &Vars) -> String {
    let base = vars.get("GRAPH_BASE_URL").and_then(|text| Url::parse(text).ok());
    let host = base.as_ref().and_then(Url::host_str);
    match host.filter(|host| OTHER_CLOUDS.contains(host)) {
        Some(host) => format!("https://{host}"),
        None => GRAPH.to_owned(),
    }
}

/// Why Entra would refuse to be asked for these together.
fn unaskable(scopes: &ScopeSet) -> Option<&'static str> {
    let of_resources: Vec<(&str, &str)> = scopes
        .iter()
        .filter(|scope| !is_of_sign_in(scope))
        .filter_map(|scope| scope.rsplit_once('/'))
        .collect();
    let first = of_resources.first()?;
    let same = |(resource, _): &(&str, &str)| {
        resource.trim_end_matches('/').eq_ignore_ascii_case(first.0.trim_end_matches('/'))
    };
    if !of_resources.iter().all(same) {
        return Some("expected scopes of one resource only");
    }
    let all = of_resources.iter().any(|(_, name)| *name == ".default");
    (all && of_resources.len() > 1).then_some("expected .default alone, or named scopes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(required: &str, optional: &str, base: &str) -> Result<(String, String), ConfigError> {
        let vars = Vars::from_pairs([
            (REQUIRED, required),
            (OPTIONAL, optional),
            ("GRAPH_BASE_URL", base),
        ]);
        let scopes = Scopes::from_vars(&vars, &["Sites.Read.All"])?;
        Ok((scopes.required.as_parameter(), scopes.wanted.as_parameter()))
    }

    #[test]
    fn short_names_are_those_of_the_graph_that_is_asked() {
        for (base, resource) in [
            ("", GRAPH),
            ("http://127.0.0.1:8091/v1.0", GRAPH),
            ("https://graph.microsoft.us/v1.0", "https://graph.microsoft.us"),
            ("https://dod-graph.microsoft.us/v1.0", "https://dod-graph.microsoft.us"),
            (
                "https://microsoftgraph.chinacloudapi.cn/v1.0",
                "https://microsoftgraph.chinacloudapi.cn",
            ),
        ] {
            let (required, wanted) = read("", "Labels.Read", base).unwrap();
            assert_eq!(required, format!("{resource}/Sites.Read.All"));
            assert_eq!(wanted, format!("{resource}/Labels.Read {resource}/Sites.Read.All"));
        }
    }

    #[test]
    fn a_refresh_token_is_never_asked_for() {
        let full = "https://graph.microsoft.com/offline_access";
        let (required, wanted) =
            read(&format!("offline_access {full},Files.Read openid"), "OFFLINE_ACCESS", "")
                .unwrap();
        assert_eq!(required, "https://graph.microsoft.com/Files.Read openid");
        assert_eq!(wanted, required);
    }

    #[test]
    fn what_entra_would_refuse_to_be_asked_for_stops_the_start() {
        for (required, optional, variable) in [
            ("offline_access", "", REQUIRED),
            (",", "", REQUIRED),
            ("openid profile", "Files.Read", REQUIRED),
            ("Files.Read https://vault.azure.net/user_impersonation", "", REQUIRED),
            (".default Files.Read", "", REQUIRED),
            ("Files.Read", "https://vault.azure.net/user_impersonation", OPTIONAL),
            ("Files.Read", ".default", OPTIONAL),
        ] {
            let error = read(required, optional, "").unwrap_err();
            assert_eq!(error.variable, variable, "{required} + {optional}");
        }
        assert!(read("2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default", "", "").is_ok());
    }
}
