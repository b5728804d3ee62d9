//! Which target a host is sent to.

/// A host pattern in which `*` stands for any characters and `?` for exactly one.
#[derive(Clone, Debug)]
pub(super) struct HostPattern(Vec<u8>);

impl HostPattern {
    /// Reads a pattern; case is forgotten.
    pub(super) fn new(pattern: &str) -> Self {
        Self(pattern.to_ascii_lowercase().into_bytes())
    }

    /// Whether the pattern covers a `Host` header, whose port does not count.
    pub(super) fn matches(&self, host: &str) -> bool {
        matches(&self.0, without_port(host).to_ascii_lowercase().as_bytes())
    }
}

/// The host without its port; an IPv6 literal keeps its brackets.
pub(super) fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => name,
        Some(_) | None => host,
    }
}

/// Matches with one step back at a time, so that many stars cost no more than quadratic time.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(&byte) = text.get(read) {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(&wanted) if wanted == b'?' || wanted == byte => {
                at += 1;
                read += 1;
            }
            Some(_) | None => {
                let Some((star_at, star_read)) = star else {
                    return false;
                };
                star = Some((star_at, star_read + 1));
                at = star_at + 1;
                read = star_read + 1;
            }
        }
    }
    pattern.iter().skip(at).all(|&byte| byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_matches_whatever_its_case_and_port() {
        for (pattern, host, expected) in [
            ("sharepoint.localhost", "SharePoint.LOCALHOST:8080", true),
            ("sharepoint.localhost", "outlook.localhost", false),
            ("sharepoint.*", "sharepoint.example.com", true),
            ("sharepoint.*", "sharepoint", false),
            ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false),
            ("team?.localhost", "teams.localhost", true),
            ("team?.localhost", "team.localhost", false),
            ("*a*b*c*", "xxaxxbxxc", true),
            ("*a*b*c*", "xxaxxcxxb", false),
            ("*", "", true),
            ("[::1]", "[::1]:8080", true),
            ("[::1]", "[::1]", true),
        ] {
            assert_eq!(HostPattern::new(pattern).matches(host), expected, "{pattern} for {host}");
        }
    }
}
