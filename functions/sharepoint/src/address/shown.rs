//! Addresses as we show them.

use url::{Host, Url};

/// Options that say what to show, not who may see it.
const HARMLESS: &[&str] = &["sourcedoc", "file", "action", "mobileredirect", "id", "web", "viewid"];

/// What is left of a text that should be an address; `None` where nothing may be shown.
pub fn shown_text(text: &str) -> Option<String> {
    shown(Url::parse(text).ok()?)
}

/// An address that may be shown: https, without keys. `None` for anything else.
///
/// Plain http is for this machine only. Download addresses and sharing links work for whoever
/// holds them, so they are never shown.
pub fn shown(mut url: Url) -> Option<String> {
    let loopback = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    let plain = url.scheme() == "http" && loopback;
    if !(url.scheme() == "https" || plain) || !url.username().is_empty() || url.password().is_some()
    {
        return None;
    }
    if url.path().starts_with("/:") || url.path().to_ascii_lowercase().contains("download.aspx") {
        return None;
    }
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| HARMLESS.contains(&name.to_ascii_lowercase().as_str()))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.set_fragment(None);
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    Some(url.into())
}
