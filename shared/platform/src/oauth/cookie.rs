//! Cookies that tie a step of a sign-in to the browser that took the step before.
//!
//! A cookie holds nothing: it is a seal over what it belongs to. One that was forged, or made for
//! another browser's step, does not open.

use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;

use super::error::OAuthError;
use super::records::SIGN_IN_S;
use super::{AuthorizationServer, Request};
use crate::seal::{Binding, Opened, Purpose, sha256};

/// How many cookies of ours a browser keeps, the newest.
const KEPT: usize = 10;
/// What the names of all our cookies begin with, after `__Host-`.
const OURS: &str = "mcp-";

/// The step that a cookie lets its browser take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Answering the consent page that it was shown.
    Consent,
    /// Coming back from the sign-in that it was sent to.
    Callback,
}

impl Step {
    fn word(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Callback => "callback",
        }
    }
}

/// Gives the browser a cookie for a step; what it is bound to begins with the step's id.
///
/// # Errors
/// `server_error` when nothing can be sealed.
pub(crate) async fn give(
    server: &AuthorizationServer,
    request: &Request,
    response: &mut Response,
    step: Step,
    bound_to: &[&str],
) -> Result<(), OAuthError> {
    let expires_at_s = server.clock.now_s().saturating_add(SIGN_IN_S);
    let expires_at = Timestamp::from_second(expires_at_s).map_err(|_| OAuthError::broken())?;
    let keyring = server.keyring.current().await;
    let seal = keyring
        .seal_text(&binding(server, step, bound_to), expires_at, b"")
        .map_err(|_| OAuthError::broken())?;
    let is_https = server.settings.is_https;
    let name = name(is_https, step, bound_to);
    let given = set(&name, &seal, SIGN_IN_S, is_https).ok_or(OAuthError::broken())?;
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, given);
    for old in too_many(&request.headers, is_https, &name) {
        headers.extend(set(old, "", 0, is_https).map(|value| (header::SET_COOKIE, value)));
    }
    Ok(())
}

/// Whether the browser has the cookie for this step.
pub(crate) async fn is_there(
    server: &AuthorizationServer,
    request: &Request,
    step: Step,
    bound_to: &[&str],
) -> bool {
    let name = name(server.settings.is_https, step, bound_to);
    let binding = binding(server, step, bound_to);
    let keyring = server.keyring.current().await;
    let now = server.clock.now();
    // A cookie of the same name that somebody else planted does not hide the right one.
    cookies(&request.headers)
        .filter(|(known, _)| *known == name)
        .take(KEPT)
        .any(|(_, seal)| keyring.open_text(&binding, now, seal) != Opened::Refused)
}

/// Takes the cookie of this step back.
pub(crate) fn take_back(
    server: &AuthorizationServer,
    response: &mut Response,
    step: Step,
    bound_to: &[&str],
) {
    let is_https = server.settings.is_https;
    let gone = set(&name(is_https, step, bound_to), "", 0, is_https);
    response.headers_mut().extend(gone.map(|value| (header::SET_COOKIE, value)));
}

fn binding(server: &AuthorizationServer, step: Step, bound_to: &[&str]) -> Binding {
    let binding = Binding::new(Purpose::Cookie, server.settings.connector).with(step.word());
    bound_to.iter().fold(binding, Binding::with)
}

/// `__Host-` names come from this host over TLS only, whatever neighbouring hosts set.
fn prefix(is_https: bool) -> &'static str {
    if is_https { "__Host-" } else { "" }
}

/// The id stands in the name as a hash only.
fn name(is_https: bool, step: Step, bound_to: &[&str]) -> String {
    let id = bound_to.first().copied().unwrap_or_default();
    let hash: String = hex::encode(sha256(id.as_bytes())).chars().take(16).collect();
    format!("{}{OURS}{}-{hash}", prefix(is_https), step.word())
}

fn set(name: &str, value: &str, max_age_s: i64, is_https: bool) -> Option<HeaderValue> {
    let secure = if is_https { "; Secure" } else { "" };
    let text =
        format!("{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).ok()
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
}

/// Ours that are more than [`KEPT`] together with the new one; browsers send the oldest first.
fn too_many<'a>(headers: &'a HeaderMap, is_https: bool, new: &str) -> Vec<&'a str> {
    let ours: Vec<&str> = cookies(headers)
        .map(|(name, _)| name)
        .filter(|name| {
            name.strip_prefix(prefix(is_https)).is_some_and(|rest| rest.starts_with(OURS))
        })
        .filter(|name| *name != new)
        .collect();
    let extra = (ours.len() + 1).saturating_sub(KEPT);
    ours.into_iter().take(extra).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::test_server::{TestServer, request};

    fn carried(response: &Response) -> String {
        let set = response.headers().get(header::SET_COOKIE).unwrap().to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_cookie_opens_for_its_step_and_for_nothing_else() {
        let test = TestServer::start().await;
        let mut response = Response::default();
        let facts = ["id-one", "token"];
        give(&test.server, &request(""), &mut response, Step::Consent, &facts).await.unwrap();
        let mut coming = request("");
        coming.headers.insert(header::COOKIE, carried(&response).parse().unwrap());
        assert!(is_there(&test.server, &coming, Step::Consent, &facts).await);
        for other in [["id-one", "other"], ["id-two", "token"]] {
            assert!(!is_there(&test.server, &coming, Step::Consent, &other).await);
        }
        assert!(!is_there(&test.server, &coming, Step::Callback, &facts).await);
        test.clock.advance(std::time::Duration::from_secs(601));
        assert!(!is_there(&test.server, &coming, Step::Consent, &facts).await);
    }

    #[tokio::test]
    async fn row_75_cookies_are_for_this_host_over_tls_only() {
        let test = TestServer::start().await;
        let mut response = Response::default();
        give(&test.server, &request(""), &mut response, Step::Callback, &["s"]).await.unwrap();
        let set = response.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
        assert!(set.starts_with("__Host-mcp-callback-"), "{set}");
        for attribute in ["Path=/", "HttpOnly", "Secure", "SameSite=Lax", "Max-Age=600"] {
            assert!(set.contains(attribute), "{set}");
        }
        assert!(!set.contains("Domain"));
        // What a neighbouring host can set has another name.
        let tossed = carried(&response).replace("__Host-", "");
        let mut coming = request("");
        coming.headers.insert(header::COOKIE, tossed.parse().unwrap());
        assert!(!is_there(&test.server, &coming, Step::Callback, &["s"]).await);
    }

    #[tokio::test]
    async fn at_most_ten_cookies_are_kept() {
        let test = TestServer::start().await;
        let old: Vec<String> = (0..14).map(|n| format!("__Host-mcp-callback-{n}=x")).collect();
        let mut coming = request("");
        let header_value = format!("other=1; {}", old.join("; "));
        coming.headers.insert(header::COOKIE, header_value.parse().unwrap());
        let mut response = Response::default();
        give(&test.server, &coming, &mut response, Step::Callback, &["s"]).await.unwrap();
        let set: Vec<_> = response.headers().get_all(header::SET_COOKIE).iter().collect();
        let gone = set.iter().filter(|v| v.to_str().unwrap().contains("Max-Age=0")).count();
        assert_eq!((set.len(), gone), (6, 5), "fourteen and a new one, less five, are ten");
    }
}
