//! Addresses of links.

use percent_encoding::percent_decode_str;

/// Longer ones say nothing to a reader.
const MAX_CHARS: usize = 2_000;

/// The address a link really goes to; nothing when it is none that a person could open.
pub(crate) fn address(raw: &str) -> Option<String> {
    let plain: String = raw.trim().chars().filter(|c| !c.is_control()).collect();
    let address = unwrapped(&plain).unwrap_or(plain);
    if address.is_empty() || address.starts_with('#') || address.chars().count() > MAX_CHARS {
        return None;
    }
    let scheme = address
        .split_once(':')
        .map(|(scheme, _)| scheme)
        .filter(|scheme| !scheme.is_empty() && !scheme.contains(['/', '?', '#']));
    let known = scheme.is_none_or(|scheme| {
        ["http", "https", "mailto", "tel"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
    });
    known.then_some(address)
}

/// The address that Outlook's link protection wrapped.
fn unwrapped(address: &str) -> Option<String> {
    let (_, rest) = address.split_once("://")?;
    let (host, query) = rest.split_once("/?")?;
    if !host.to_ascii_lowercase().ends_with(".safelinks.protection.outlook.com") {
        return None;
    }
    let value = query.split('&').find_map(|pair| pair.strip_prefix("url="))?;
    let inner = percent_decode_str(value.trim_start_matches("amp;")).decode_utf8().ok()?;
    Some(inner.chars().filter(|c| !c.is_control()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_a_person_could_open_are_kept() {
        for good in ["https://a.example/x?y=1:2", "mailto:a@b.example", "/sites/x", "page.aspx?a:b"]
        {
            assert_eq!(address(good).as_deref(), Some(good));
        }
        for bad in
            ["javascript:alert(1)", "data:text/html,x", "JAVA\nSCRIPT:x", "#top", " ", "cid:1"]
        {
            assert_eq!(address(bad), None, "{bad}");
        }
        assert_eq!(address(&format!("https://a.example/{}", "x".repeat(3_000))), None);
    }

    #[test]
    fn a_protected_link_shows_where_it_goes() {
        let wrapped = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%2Fb%3Fc%3D1&data=05%7C02&reserved=0";
        assert_eq!(address(wrapped).as_deref(), Some("https://a.example/b?c=1"));
        let script = "https://x.safelinks.protection.outlook.com/?url=javascript%3Aalert(1)";
        assert_eq!(address(script), None);
    }
}
