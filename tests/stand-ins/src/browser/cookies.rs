//! A cookie jar (RFC 6265), as far as pages of one host and its neighbours need it.

use url::Url;

/// Cookies by host, path and name.
#[derive(Clone, Debug, Default)]
pub(super) struct Jar(Vec<Cookie>);

#[derive(Clone, Debug)]
struct Cookie {
    host: String,
    path: String,
    name: String,
    value: String,
    is_secure: bool,
}

impl Jar {
    /// Takes one `Set-Cookie` header from an answer of this address; one that a browser would
    /// not take is left out.
    pub(super) fn keep(&mut self, header: &str, from: &Url) {
        let mut parts = header.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let attributes: Vec<(String, &str)> = parts
            .map(|part| part.split_once('=').unwrap_or((part, "")))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim()))
            .collect();
        let attribute =
            |wanted: &str| attributes.iter().find(|(name, _)| name == wanted).map(|(_, v)| *v);
        let is_secure = attribute("secure").is_some();
        let path = attribute("path").filter(|path| path.starts_with('/')).unwrap_or("/");
        let host_only = attribute("domain").is_none();
        let prefix_holds = !name.starts_with("__Host-") || (is_secure && host_only && path == "/");
        // Loopback counts as trustworthy, as in Chromium.
        if !prefix_holds || (is_secure && !is_trustworthy(from)) {
            return;
        }
        let host = from.host_str().unwrap_or_default();
        self.0.retain(|kept| !(kept.host == host && kept.path == path && kept.name == name));
        if attribute("max-age").is_some_and(|age| age.parse().is_ok_and(|age: i64| age <= 0)) {
            return;
        }
        self.0.push(Cookie {
            host: host.to_owned(),
            path: path.to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
            is_secure,
        });
    }

    /// The `Cookie` header for a request to this address.
    pub(super) fn header_for(&self, to: &Url) -> Option<String> {
        let pairs: Vec<String> = self
            .0
            .iter()
            .filter(|cookie| Some(cookie.host.as_str()) == to.host_str())
            .filter(|cookie| to.path().starts_with(&cookie.path))
            .filter(|cookie| !cookie.is_secure || is_trustworthy(to))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.0.iter().map(|cookie| cookie.name.clone()).collect()
    }
}

fn is_trustworthy(url: &Url) -> bool {
    url.scheme() == "https"
        || url.host_str().is_some_and(|host| host == "127.0.0.1" || host.ends_with("localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_go_back_to_their_host_only_and_prefixes_are_held_to() {
        let url = |text: &str| Url::parse(text).unwrap();
        let mut jar = Jar::default();
        let home = url("https://a.example/x");
        jar.keep("one=1; Path=/; HttpOnly", &home);
        jar.keep("__Host-two=2; Path=/; Secure", &home);
        jar.keep("__Host-bad=3; Path=/", &home);
        jar.keep("__Host-worse=4; Path=/; Secure; Domain=example", &home);
        assert_eq!(jar.header_for(&home).unwrap(), "one=1; __Host-two=2");
        assert_eq!(jar.header_for(&url("http://a.example/")).unwrap(), "one=1");
        assert_eq!(jar.header_for(&url("https://b.example/")), None);
        jar.keep("one=; Path=/; Max-Age=0", &home);
        assert_eq!(jar.names(), ["__Host-two"]);
    }
}
