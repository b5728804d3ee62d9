//! An authorization code becomes the first tokens of a grant (RFC 6749 section 4.1.3, RFC 7636).

use aws_lc_rs::constant_time::verify_slices_are_equal;

use super::{Given, Refused};
use crate::identity::code_challenge;
use crate::oauth::fields::Form;
use crate::oauth::grant::NoGrant;
use crate::oauth::http::invalid_request;
use crate::oauth::records::Code;
use crate::oauth::sessions::Sessions;
use crate::store::{RecordKind, Used};
use crate::usage::Usage;

/// The code is used up by being shown: what is wrong with the rest of the request is looked at
/// afterwards, and ends the grant, because then a code is in the wrong hands. A second showing
/// ends the grant as well, whoever comes; the first is answered all the same, if need be with
/// tokens that are good for nothing.
pub(super) async fn redeem(
    sessions: &Sessions,
    client_id: &str,
    form: &Form,
    usage: &Usage,
) -> Result<Given, Refused> {
    let text = form.required("code")?;
    let verifier = form.required("code_verifier")?;
    if !is_verifier(verifier) {
        let text = "code_verifier has 43 to 128 unreserved characters";
        return Err(invalid_request(text).into());
    }
    let unused = sessions.records.get::<Code>(RecordKind::Code, text, usage).await;
    let Some(code) = unused.map_err(|_| Refused::unavailable())? else {
        return Err(Refused::invalid_grant("code_unknown"));
    };
    let (code, id) = (&code.value, code.value.grant_id.as_str());
    let live = sessions.grants.latest(id, usage).await;
    if matches!(live, Err(NoGrant::Unavailable)) {
        return Err(Refused::unavailable());
    }
    match sessions.records.mark_used::<Code>(RecordKind::Code, text, usage).await {
        Ok(Used::First(_)) => {}
        Ok(Used::Again(_)) => {
            sessions.end(id, usage).await?;
            tracing::warn!(
                event = "code_reused",
                "an authorization code came twice; its grant was ended"
            );
            return Err(Refused::invalid_grant("code_reused"));
        }
        Ok(Used::Missing) => return Err(Refused::invalid_grant("code_unknown")),
        Err(_) => return Err(Refused::unavailable()),
    }
    if let Err(reason) = fits(code, client_id, form, verifier, sessions.clock.now_s()) {
        sessions.end(id, usage).await?;
        return Err(Refused::invalid_grant(reason));
    }
    let live = live?;
    sessions.allowed(id, &live, usage).await?;
    match sessions.grants.activate(id, usage).await {
        Ok(active) => sessions.give(id, &active).await,
        Err(NoGrant::Gone) => sessions.give(id, &live).await,
        Err(NoGrant::Unavailable) => Err(Refused::unavailable()),
    }
}

/// OAuth 2.1 has no `redirect_uri` here, RFC 6749 demands it: whoever sends it must send the same.
fn fits(
    code: &Code,
    client_id: &str,
    form: &Form,
    verifier: &str,
    now_s: i64,
) -> Result<(), &'static str> {
    if now_s >= code.expires_at_s {
        return Err("code_expired");
    }
    if code.client_id != client_id {
        return Err("code_other_client");
    }
    if form.get("redirect_uri").is_some_and(|uri| uri != code.redirect_uri) {
        return Err("code_other_redirect");
    }
    if form.get("resource").is_some_and(|resource| resource != code.resource) {
        return Err("code_other_resource");
    }
    let challenge = code_challenge(verifier);
    verify_slices_are_equal(challenge.as_bytes(), code.code_challenge.as_bytes())
        .map_err(|_| "code_other_verifier")
}

fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}
