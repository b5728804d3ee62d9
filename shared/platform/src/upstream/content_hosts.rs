//! Hosts that the bytes of a file may come from. Upstream services answer a download with an
//! address that works for whoever holds it, on a host that is not their own.

use url::{Host, Url};

/// One rule: a host, or everything below one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentHost {
    name: String,
    below: bool,
    port: Option<u16>,
}

impl ContentHost {
    /// Reads `host`, `host:port`, `.ending` or `*.ending`.
    ///
    /// # Errors
    /// When the text is none of these.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const PROBLEM: &str = "expected host names such as contoso.sharepoint.com, \
             or endings such as .sharepoint.com";
        let text = text.trim().to_ascii_lowercase();
        let ending = text.strip_prefix('*').unwrap_or(&text).strip_prefix('.');
        if text.starts_with('*') && ending.is_none() {
            return Err(PROBLEM);
        }
        let below = ending.is_some();
        let authority = ending.unwrap_or(&text);
        let url = Url::parse(&format!("https://{authority}/")).map_err(|_| PROBLEM)?;
        let name = url.host_str().ok_or(PROBLEM)?.to_owned();
        // What the address parser dropped or changed was not a plain name.
        let plain = authority == name || authority.strip_prefix(&name).is_some_and(is_port);
        let is_name = matches!(url.host(), Some(Host::Domain(_)));
        if !plain || (below && !(is_name && name.contains('.') && url.port().is_none())) {
            return Err(PROBLEM);
        }
        Ok(Self { name, below, port: url.port() })
    }

    /// A host by its address: name and port.
    pub fn of(url: &Url) -> Option<Self> {
        let port = url.port_or_known_default();
        Some(Self { name: url.host_str()?.to_owned(), below: false, port })
    }

    /// Whether everything that this rule lets in, the other one lets in as well.
    pub fn is_within(&self, other: &Self) -> bool {
        let name = if other.below {
            self.name.strip_suffix(other.name.as_str()).is_some_and(|rest| rest.ends_with('.'))
                || (self.below && self.name == other.name)
        } else {
            !self.below && self.name == other.name
        };
        name && (other.port.is_none() || other.port == self.port)
    }

    fn takes(&self, url: &Url, name: &str) -> bool {
        let port = url.port_or_known_default();
        let port_fits = match self.port {
            Some(own) => port == Some(own),
            // The stand-ins of a laptop listen on any port.
            None => is_loopback(url) || port == Some(443),
        };
        let asked = Self { name: name.to_owned(), below: false, port };
        port_fits && asked.is_within(&Self { port: None, ..self.clone() })
    }
}

fn is_port(text: &str) -> bool {
    text.strip_prefix(':').is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()))
}

/// The hosts that a download may be led to.
#[derive(Clone, Debug)]
pub struct ContentHosts {
    hosts: Vec<ContentHost>,
    /// Whether plain http is taken, for loopback only.
    plain_http: bool,
}

impl ContentHosts {
    /// These hosts, over https. With `plain_http` also over http, where that stays on this machine.
    pub fn new(hosts: Vec<ContentHost>, plain_http: bool) -> Self {
        Self { hosts, plain_http }
    }

    /// Whether bytes may be fetched from this address.
    pub(super) fn permit(&self, url: &Url) -> bool {
        let secure = match url.scheme() {
            "https" => true,
            "http" => self.plain_http && is_loopback(url),
            _ => false,
        };
        let anonymous = url.username().is_empty() && url.password().is_none();
        let known =
            url.host_str().is_some_and(|name| self.hosts.iter().any(|host| host.takes(url, name)));
        secure && anonymous && known
    }
}

/// Whether an address leads to this machine.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(rules: &[&str], plain_http: bool) -> ContentHosts {
        ContentHosts::new(
            rules.iter().map(|r| ContentHost::parse(r).unwrap()).collect(),
            plain_http,
        )
    }

    fn permits(hosts: &ContentHosts, url: &str) -> bool {
        hosts.permit(&Url::parse(url).unwrap())
    }

    #[test]
    fn bytes_come_from_listed_hosts_over_https_only() {
        let hosts = hosts(&[".sharepoint.com", "files.example.com"], false);
        for good in [
            "https://contoso.sharepoint.com/x?tempauth=1",
            "https://a.b.sharepoint.com/",
            "https://files.example.com:443/x",
            "https://CONTOSO.SharePoint.com/x",
        ] {
            assert!(permits(&hosts, good), "{good}");
        }
        for bad in [
            "http://contoso.sharepoint.com/x",
            "https://sharepoint.com/x",
            "https://evilsharepoint.com/x",
            "https://contoso.sharepoint.com.evil.example/x",
            "https://contoso.sharepoint.com@evil.example/x",
            "https://user:p@contoso.sharepoint.com/x",
            "https://contoso.sharepoint.com:8443/x",
            "https://x.files.example.com/x",
            "https://127.0.0.1/x",
            "ftp://contoso.sharepoint.com/x",
            "file:///etc/passwd",
        ] {
            assert!(!permits(&hosts, bad), "{bad}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        let loopback = hosts(&["127.0.0.1", "files.example.com"], true);
        assert!(permits(&loopback, "http://127.0.0.1:4711/x"));
        assert!(!permits(&loopback, "http://127.0.0.2:4711/x"));
        assert!(!permits(&loopback, "http://files.example.com/x"));
        assert!(!permits(&hosts(&["127.0.0.1"], false), "http://127.0.0.1:4711/x"));
        let exact = hosts(&["127.0.0.1:4711"], true);
        assert!(permits(&exact, "http://127.0.0.1:4711/x"));
        assert!(!permits(&exact, "http://127.0.0.1:4712/x"));
    }

    #[test]
    fn a_rule_is_a_host_or_an_ending_and_nothing_else() {
        for bad in [
            "",
            ".",
            "*",
            "*sharepoint.com",
            ".com",
            "a b",
            "https://x.y",
            "x/y",
            "u@x",
            "x:y",
            ".127.0.0.1",
            "*.x.y:1",
        ] {
            assert!(ContentHost::parse(bad).is_err(), "{bad}");
        }
        let known = ContentHost::parse("*.sharepoint.com").unwrap();
        for (text, within) in [
            ("contoso.sharepoint.com", true),
            (".contoso.sharepoint.com", true),
            (".sharepoint.com", true),
            ("sharepoint.com", false),
            ("evilsharepoint.com", false),
            (".com.sharepoint.example", false),
        ] {
            assert_eq!(ContentHost::parse(text).unwrap().is_within(&known), within, "{text}");
        }
    }
}
