//! The token endpoint: reads the form, knows the client, hands out tokens.

use axum::extract::{Path, Request, State as Shared};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::Value;
use std::sync::Arc;

use super::errors::{Refusal, missing};
use super::faults::{About, Endpoint, Grant};
use super::form::Form;
use super::issue::{Issue, with_sign_in_of};
use super::jwt::{Unverified, base64url, sha256};
use super::registrations::Registration;
use super::scopes::Scopes;
use super::state::{Code, State, lock, person};
use crate::company::{self, Person};

/// The longest form that is read.
const FORM_BYTES: usize = 256 * 1024;

/// `/{tenant}/oauth2/v2.0/token`.
pub(crate) async fn token(
    Shared(state): Shared<Arc<State>>,
    Path(tenant): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let occasion = state.occasion(&parts.headers);
    let Ok(body) = axum::body::to_bytes(body, FORM_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let form = Form::parse(if is_form(&parts.headers) { &body } else { &[] });
    state.record("token", (&parts.method, parts.uri.path()), &parts.headers, form.fields());
    let owner = state.owner(&form);
    let client = form
        .get("client_id")
        .and_then(|id| lock(&state.registrations).by_id(id).map(|found| found.name.clone()));
    let about = About {
        endpoint: Endpoint::Token,
        grant: form.grant(),
        person: owner.map(|person| person.key),
        client: client.as_deref(),
    };
    let spoiling = match state.disturb(about, &occasion).await {
        Ok(spoiling) => spoiling,
        Err(answer) => return answer,
    };
    let answer = if parts.method == Method::POST {
        known_tenant(&tenant).and_then(|()| state.grant(&parts.headers, &form))
    } else {
        Err(Refusal::of(900_561))
    };
    match answer {
        Ok(mut body) => {
            spoiling.token_response(&mut body);
            let headers =
                [(header::CACHE_CONTROL, "no-store, no-cache"), (header::PRAGMA, "no-cache")];
            (headers, axum::Json(body)).into_response()
        }
        Err(refusal) => refusal.respond(&occasion),
    }
}

/// Refuses a tenant that does not exist, and one that has none of our applications.
pub(crate) fn known_tenant(tenant: &str) -> Result<(), Refusal> {
    match tenant {
        company::TENANT => Ok(()),
        company::OTHER_TENANT => Err(Refusal::of(700_016)),
        other => Err(no_such_tenant(other)),
    }
}

/// The refusal of a tenant that does not exist.
pub(crate) fn no_such_tenant(tenant: &str) -> Refusal {
    Refusal::of(90002).saying(format!(
        "Tenant '{}' not found. Check to make sure you have the correct tenant ID and are signing \
         into the correct cloud. Check with your subscription administrator, this may happen if \
         there are no active subscriptions for the tenant.",
        tenant.chars().take(64).collect::<String>()
    ))
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

impl State {
    fn grant(&self, headers: &HeaderMap, form: &Form) -> Result<Value, Refusal> {
        form.without_duplicates()?;
        let grant_type = form.need("grant_type")?;
        let grant = form.grant().ok_or_else(|| {
            Refusal::of(70003).saying(format!(
                "The app requested an unsupported grant type '{}'.",
                grant_type.chars().take(64).collect::<String>()
            ))
        })?;
        let client = self.authenticate(headers, form)?;
        match grant {
            Grant::AuthorizationCode => self.redeem_code(form, &client),
            Grant::RefreshToken => self.redeem_refresh_token(form, &client),
            Grant::OnBehalfOf => self.on_behalf_of(form, &client),
        }
    }

    /// Whose tokens are asked for, as far as the form says so; nothing is checked.
    fn owner(&self, form: &Form) -> Option<&'static Person> {
        match form.grant()? {
            Grant::AuthorizationCode => Some(lock(&self.codes).get(form.get("code")?)?.person),
            Grant::RefreshToken => {
                Some(lock(&self.refresh_tokens).get(form.get("refresh_token")?)?.person)
            }
            Grant::OnBehalfOf => person(Unverified::read(form.get("assertion")?)?.text("oid")?),
        }
    }

    fn redeem_code(&self, form: &Form, client: &Registration) -> Result<Value, Refusal> {
        let text = form.need("code")?;
        let redirect_uri = form.need("redirect_uri")?;
        let code = self.take_code(text, client)?;
        if code.redirect_uri != redirect_uri {
            return Err(Refusal::of(500_112));
        }
        verify_challenge(&code, form.get("code_verifier"))?;
        let registrations = lock(&self.registrations).clone();
        let scopes = match form.get("scope") {
            Some(text) => Scopes::read(Some(text), &registrations)?,
            None if code.scopes.wanted.len() > 1 => return Err(Refusal::of(28003)),
            None => code.scopes.clone(),
        };
        scopes.agree_with(form.get("resource"), &registrations)?;
        scopes.one_resource()?;
        if !scopes.within(&code.scopes) {
            return Err(Refusal::of(28002));
        }
        self.issue(&Issue {
            person: code.person,
            client,
            scopes: &with_sign_in_of(scopes, &code.scopes),
            form,
            continuous_access: code.continuous_access,
            nonce: code.nonce,
            refresh_for: code.scopes,
        })
    }

    /// The sign-in behind a code, which is spent by this.
    fn take_code(&self, text: &str, client: &Registration) -> Result<Code, Refusal> {
        let mut codes = lock(&self.codes);
        let code =
            codes.get_mut(text).ok_or_else(|| Refusal::of(9_002_313).error("invalid_grant"))?;
        if code.client_id != client.client_id {
            return Err(Refusal::of(70000));
        }
        if code.redeemed {
            return Err(Refusal::of(54005));
        }
        if code.expires <= self.clock.now() {
            return Err(Refusal::of(70008));
        }
        code.redeemed = true;
        Ok(code.clone())
    }

    fn redeem_refresh_token(&self, form: &Form, client: &Registration) -> Result<Value, Refusal> {
        let text = form.need("refresh_token")?;
        let token = lock(&self.refresh_tokens)
            .get(text)
            .cloned()
            .ok_or_else(|| Refusal::of(9_002_313).error("invalid_grant"))?;
        if token.client_id != client.client_id {
            return Err(Refusal::of(70000));
        }
        if token.revoked {
            return Err(Refusal::of(50173));
        }
        if token.expires <= self.clock.now() {
            return Err(Refusal::of(700_082));
        }
        let registrations = lock(&self.registrations).clone();
        let scopes = match form.get("scope") {
            Some(text) => Scopes::read(Some(text), &registrations)?,
            None => token.scopes.clone(),
        };
        let resource = form.get("resource");
        scopes.agree_with(resource, &registrations)?;
        let itself =
            resource.is_some_and(|name| client.answers_to(name) && name != client.client_id);
        if itself {
            return Err(Refusal::of(90009));
        }
        scopes.one_resource()?;
        self.issue(&Issue {
            person: token.person,
            client,
            scopes: &with_sign_in_of(scopes, &token.scopes),
            form,
            continuous_access: token.continuous_access,
            nonce: None,
            refresh_for: token.scopes,
        })
    }
}

fn verify_challenge(code: &Code, verifier: Option<&str>) -> Result<(), Refusal> {
    match (&code.challenge, verifier) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(Refusal::of(501_481)),
        (Some(_), None) => Err(missing("code_verifier")),
        (Some(challenge), Some(verifier)) => {
            let fits = (43..=128).contains(&verifier.len())
                && *challenge == base64url(&sha256(verifier.as_bytes()));
            if fits { Ok(()) } else { Err(Refusal::of(501_481)) }
        }
    }
}
