//! Which hosts and which browser origins may talk to us: protection against DNS rebinding.

use http::{HeaderMap, header};

/// The hosts and origins that are accepted.
#[derive(Clone, Debug)]
pub(crate) struct Allowed {
    hosts: Vec<String>,
    origins: Vec<String>,
}

/// Why a request may not come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotAllowed {
    /// No `Host`, several, or not a host.
    HostMissing,
    /// Another host's name.
    Host,
    /// A browser page of an origin that is not on the list.
    Origin,
}

impl Allowed {
    /// Lists of `host`, `host:port`, and `scheme://host[:port|:*]`, compared without case.
    pub(crate) fn new(hosts: &[String], origins: &[String]) -> Self {
        let lower = |list: &[String]| list.iter().map(|entry| entry.to_ascii_lowercase()).collect();
        Self { hosts: lower(hosts), origins: lower(origins) }
    }

    /// Checks `Host` (or the authority of an absolute URI) and `Origin`.
    pub(crate) fn check(&self, headers: &HeaderMap, uri: &http::Uri) -> Result<(), NotAllowed> {
        self.check_host(headers, uri)?;
        for origin in headers.get_all(header::ORIGIN) {
            let origin = origin.to_str().map_err(|_| NotAllowed::Origin)?.to_ascii_lowercase();
            if !self.allows_origin(&origin) {
                return Err(NotAllowed::Origin);
            }
        }
        Ok(())
    }

    /// Checks `Host` (or the authority of an absolute URI) alone.
    pub(crate) fn check_host(
        &self,
        headers: &HeaderMap,
        uri: &http::Uri,
    ) -> Result<(), NotAllowed> {
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = match (hosts.next(), hosts.next()) {
            (Some(host), None) => host.to_str().map_err(|_| NotAllowed::HostMissing)?.to_owned(),
            (None, _) => uri.authority().ok_or(NotAllowed::HostMissing)?.to_string(),
            (Some(_), Some(_)) => return Err(NotAllowed::HostMissing),
        };
        if self.allows_host(&host.to_ascii_lowercase()) { Ok(()) } else { Err(NotAllowed::Host) }
    }

    fn allows_host(&self, host: &str) -> bool {
        let name = without_port(host);
        self.hosts.iter().any(|allowed| allowed == host || allowed == name)
    }

    fn allows_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|allowed| match allowed.strip_suffix(":*") {
            None => allowed == origin,
            Some(any_port) => {
                origin == any_port
                    || origin
                        .strip_prefix(any_port)
                        .and_then(|rest| rest.strip_prefix(':'))
                        .is_some_and(|port| port.parse::<u16>().is_ok())
            }
        })
    }
}

/// `host:port` → `host`; an IPv6 literal keeps its brackets.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.parse::<u16>().is_ok() && !name.is_empty() => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(host: &[&str], origin: Option<&str>) -> Result<(), NotAllowed> {
        let allowed = Allowed::new(
            &["files.example.com".into(), "127.0.0.1:8101".into()],
            &["https://app.example.com".into(), "http://127.0.0.1:*".into()],
        );
        let mut headers = HeaderMap::new();
        for value in host {
            headers.append(header::HOST, value.parse().unwrap());
        }
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        allowed.check(&headers, &"/mcp".parse().unwrap())
    }

    #[test]
    fn only_hosts_and_origins_of_the_list_come_in() {
        let ours = ["files.example.com"];
        assert_eq!(check(&ours, None), Ok(()));
        assert_eq!(check(&["FILES.example.com:443"], None), Ok(()));
        assert_eq!(check(&["127.0.0.1:8101"], None), Ok(()));
        assert_eq!(check(&["127.0.0.1:9"], None), Err(NotAllowed::Host));
        assert_eq!(check(&["evil.example"], None), Err(NotAllowed::Host));
        assert_eq!(check(&["files.example.com.evil.example"], None), Err(NotAllowed::Host));
        assert_eq!(check(&[], None), Err(NotAllowed::HostMissing));
        assert_eq!(check(&[ours[0], "evil.example"], None), Err(NotAllowed::HostMissing));
        assert_eq!(check(&ours, Some("https://app.example.com")), Ok(()));
        assert_eq!(check(&ours, Some("http://127.0.0.1:6274")), Ok(()));
        for evil in [
            "null",
            "https://evil.example",
            "https://app.example.com.evil.example",
            "http://127.0.0.1:80.evil.example",
            "https://app.example.com:8443",
        ] {
            assert_eq!(check(&ours, Some(evil)), Err(NotAllowed::Origin), "for {evil}");
        }
    }
}
