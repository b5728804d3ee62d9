//! Where answers may go: which redirect URIs are taken at all, and when two are the same
//! (RFC 8252 section 7, RFC 9700 section 2.1).
//!
//! A redirect URI is taken only in its canonical form: whatever a browser would rewrite before it
//! follows it (dot segments, upper case, backslashes, odd hosts) is refused instead of compared.

mod rules;
#[cfg(test)]
mod tests;

use url::{Host, Url};

pub(crate) use rules::RedirectRules;

/// The longest redirect URI, in bytes.
const MAX_BYTES: usize = 2048;
/// Schemes that make a browser run, read or show something instead of going somewhere, and those
/// that hand a code to something else than an application.
const REFUSED_SCHEMES: [&str; 22] = [
    "about",
    "blob",
    "cid",
    "content",
    "data",
    "feed",
    "file",
    "filesystem",
    "ftp",
    "intent",
    "jar",
    "javascript",
    "livescript",
    "mailto",
    "mhtml",
    "mocha",
    "resource",
    "vbscript",
    "view-source",
    "ws",
    "wss",
    "wyciwyg",
];

/// A redirect URI that was taken apart and found fit to be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RedirectUri {
    /// As the client wrote it: what it is compared by and what is sent.
    text: String,
    scheme: String,
    /// As written: a name, an address, or nothing in a private-use scheme such as `app:/path`.
    host: String,
    port: Option<u16>,
    /// Path and query.
    rest: String,
}

/// Why a redirect URI is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RedirectProblem {
    #[error("a redirect URI is at most 2048 bytes long")]
    TooLong,
    #[error(
        "a redirect URI has only the characters of a URI, and no fragment, backslash or user name"
    )]
    Characters,
    #[error("a redirect URI is https, http to loopback, or an application's own scheme")]
    Scheme,
    #[error("a redirect URI is written in its canonical form, without dot segments")]
    NotCanonical,
}

impl RedirectUri {
    /// Takes a redirect URI apart.
    ///
    /// # Errors
    /// When it is not one that may be used by anybody.
    pub(crate) fn parse(text: &str) -> Result<Self, RedirectProblem> {
        if text.len() > MAX_BYTES {
            return Err(RedirectProblem::TooLong);
        }
        if !text.bytes().all(is_uri_byte) {
            return Err(RedirectProblem::Characters);
        }
        let (scheme, after) = text.split_once(':').ok_or(RedirectProblem::Scheme)?;
        if !is_scheme(scheme) || REFUSED_SCHEMES.contains(&scheme) {
            return Err(RedirectProblem::Scheme);
        }
        let (authority, rest) = match after.strip_prefix("//") {
            Some(after) => after.split_at(after.find(['/', '?']).unwrap_or(after.len())),
            // `app:/path` is a private-use scheme (RFC 8252 section 7.1); `app:text` is opaque.
            None if after.starts_with('/') && !is_web(scheme) => ("", after),
            None => return Err(RedirectProblem::Scheme),
        };
        if authority.contains('@') {
            return Err(RedirectProblem::Characters);
        }
        let (host, port) = host_and_port(authority)?;
        check_host(text, scheme, host)?;
        check_path(rest)?;
        let uri = Self {
            text: text.to_owned(),
            scheme: scheme.to_owned(),
            host: host.to_owned(),
            port,
            rest: rest.to_owned(),
        };
        if uri.is_canonical() { Ok(uri) } else { Err(RedirectProblem::NotCanonical) }
    }

    /// As the client wrote it.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The host as written, for people; empty in a private-use scheme without one.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Whether it leads to the web (http or https), and not to an application by its own scheme.
    pub(crate) fn is_web(&self) -> bool {
        is_web(&self.scheme)
    }

    /// Whether it leads to the person's own machine over http, where any program may listen.
    pub(crate) fn is_loopback(&self) -> bool {
        self.scheme == "http"
    }

    /// Whether `given` goes to the same place as this registered one: the same text, or the same
    /// but for the port where a program listens on loopback (RFC 8252 section 7.3).
    pub(crate) fn allows(&self, given: &Self) -> bool {
        self.text == given.text
            || (self.is_usual_loopback()
                && self.scheme == given.scheme
                && self.host == given.host
                && path_or_root(&self.rest) == path_or_root(&given.rest))
    }

    /// Whether it is on the host of this https URL, at the usual port.
    pub(super) fn is_on(&self, host: &str) -> bool {
        self.scheme == "https" && self.port.is_none() && self.host == host
    }

    fn is_usual_loopback(&self) -> bool {
        self.is_loopback() && ["127.0.0.1", "[::1]", "localhost"].contains(&self.host.as_str())
    }

    /// Whether the URL standard, which browsers follow, reads it as it is written.
    fn is_canonical(&self) -> bool {
        let Ok(url) = Url::parse(&self.text) else { return false };
        let port = match (self.scheme.as_str(), self.port) {
            // What the standard leaves out.
            ("http", Some(80)) | ("https", Some(443)) => String::new(),
            (_, port) => port.map(|port| format!(":{port}")).unwrap_or_default(),
        };
        if !self.is_web() {
            return url.as_str() == self.text;
        }
        let rest = path_or_root(&self.rest);
        url.as_str() == format!("{}://{}{port}{rest}", self.scheme, self.host)
    }
}

/// What RFC 3986 has in a URI; no fragment.
fn is_uri_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~:/?[]@!$&'()*+,;=%".contains(&byte)
}

fn is_scheme(text: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte);
    text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(allowed)
}

fn is_web(scheme: &str) -> bool {
    scheme == "http" || scheme == "https"
}

fn path_or_root(rest: &str) -> &str {
    if rest.is_empty() { "/" } else { rest }
}

fn host_and_port(authority: &str) -> Result<(&str, Option<u16>), RedirectProblem> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port),
        _ => return Ok((authority, None)),
    };
    let number = port.parse::<u16>().ok().filter(|number| *number > 0);
    // A leading zero or sign would be rewritten.
    match number {
        Some(number) if number.to_string() == port => Ok((host, Some(number))),
        _ => Err(RedirectProblem::NotCanonical),
    }
}

fn check_host(text: &str, scheme: &str, host: &str) -> Result<(), RedirectProblem> {
    let labels = host.split('.');
    // A label in the encoding for other scripts may look like another name.
    let is_odd = host.ends_with('.') || labels.clone().any(|label| label.starts_with("xn--"));
    if is_odd || host.contains('%') {
        return Err(RedirectProblem::NotCanonical);
    }
    let parsed = Url::parse(text).map_err(|_| RedirectProblem::NotCanonical)?;
    let is_loopback = match parsed.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    match scheme {
        "https" if host.is_empty() => Err(RedirectProblem::NotCanonical),
        "http" if !is_loopback => Err(RedirectProblem::Scheme),
        _ => Ok(()),
    }
}

/// Refuses a path that some reader may take for another one: dot segments, and whatever hides a
/// dot, a slash, a backslash, a control character or another encoding behind a percent sign.
fn check_path(rest: &str) -> Result<(), RedirectProblem> {
    let path = rest.split_once('?').map_or(rest, |(path, _)| path);
    let dots = |segment: &str| {
        let name = segment.split_once(';').map_or(segment, |(name, _)| name);
        name == "." || name == ".."
    };
    if path.split('/').any(dots) {
        return Err(RedirectProblem::NotCanonical);
    }
    for (at, _) in rest.match_indices('%') {
        let byte = rest.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        let in_path = at < path.len();
        match byte {
            None | Some(0..=0x1f | 0x7f) => return Err(RedirectProblem::NotCanonical),
            Some(b'.' | b'/' | b'\\' | b'%') if in_path => {
                return Err(RedirectProblem::NotCanonical);
            }
            Some(_) => {}
        }
    }
    Ok(())
}
