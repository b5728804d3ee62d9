//! What an OAuth client brings along: an HTTP client that follows nothing, and a proof key.

use std::sync::OnceLock;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::redirect::Policy;
use serde_json::Value;
use stand_ins::browser::Browser;

use crate::PATIENCE;

/// A client for loopback: no proxy, no redirects. It is made once, because that takes long, and
/// keeps no connection: those belong to the story that opened them.
pub fn http() -> reqwest::Client {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    let client = CLIENT.get_or_init(|| {
        // An error would mean that somebody in this process chose already.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let client = reqwest::Client::builder().no_proxy().redirect(Policy::none());
        client.timeout(PATIENCE).pool_max_idle_per_host(0).build().unwrap()
    });
    client.clone()
}

/// A browser with empty pockets; addresses that begin like these are an app's own.
pub fn browser(apps: &[&str]) -> Browser {
    Browser::new(http(), apps)
}

/// The S256 challenge of a verifier (RFC 7636 section 4.2).
pub fn challenge(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// Posts a form; the status and the JSON that comes back.
///
/// # Panics
/// When it is no JSON.
pub async fn post_form(url: &str, fields: &[(&str, &str)]) -> (u16, Value) {
    let response = http().post(url).form(fields).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}
