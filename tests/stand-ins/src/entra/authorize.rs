//! Where people sign in: the authorize endpoint and its page.

use std::sync::Arc;

use axum::extract::{Path, Request, State as Shared};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header};
use url::Url;

use super::disturb::html;
use super::errors::{Refusal, missing};
use super::faults::{About, Endpoint};
use super::form::Form;
use super::issue::asks_for_continuous_access;
use super::jwt;
use super::registrations::{ClientKind, Registration, Registrations};
use super::scopes::Scopes;
use super::state::{CODE_SECONDS, Code, Consent, State, keep, lock, person};
use super::token_endpoint::known_tenant;
use crate::company::{self, Person};

/// The longest sign-in form that is read.
const FORM_BYTES: usize = 64 * 1024;

/// `/{tenant}/oauth2/v2.0/authorize`.
pub(crate) async fn authorize(
    Shared(state): Shared<Arc<State>>,
    Path(tenant): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let occasion = state.occasion(&parts.headers);
    let Ok(body) = axum::body::to_bytes(body, FORM_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let posted = parts.method == Method::POST;
    let query = parts.uri.query().unwrap_or_default();
    let form = Form::parse(if posted { &body } else { query.as_bytes() });
    state.record("authorize", (&parts.method, parts.uri.path()), &parts.headers, form.fields());
    let about = About {
        endpoint: Endpoint::Authorize,
        person: form.get("login_hint").and_then(person).map(|person| person.key),
        ..About::default()
    };
    if let Err(answer) = state.disturb(about, &occasion).await {
        return answer;
    }
    let (client, redirect_uri) = match state.trusted_redirect(&tenant, &form) {
        Ok(found) => found,
        Err(refusal) => return page(StatusCode::BAD_REQUEST, &refusal_page(&refusal)),
    };
    match state.sign_in(&form, &client, &redirect_uri) {
        Ok(SignIn::Done(code)) => {
            let session = uuid::Uuid::new_v4().to_string();
            redirect(&redirect_uri, &form, &[("code", &code), ("session_state", &session)])
        }
        Ok(SignIn::AskWho) => page(StatusCode::OK, &sign_in_page(&tenant, &client, &form)),
        Err(refusal) => {
            let body = refusal.body(&occasion);
            let description = body.get("error_description").and_then(|text| text.as_str());
            let error = refusal.oauth_error();
            redirect(
                &redirect_uri,
                &form,
                &[("error", error), ("error_description", description.unwrap_or_default())],
            )
        }
    }
}

/// How far a sign-in has come.
enum SignIn {
    Done(String),
    AskWho,
}

impl State {
    /// The application and its address; before both are known nobody is sent anywhere.
    fn trusted_redirect(
        &self,
        tenant: &str,
        form: &Form,
    ) -> Result<(Registration, String), Refusal> {
        known_tenant(tenant)?;
        form.without_duplicates()?;
        let id = form.need("client_id")?;
        let client =
            lock(&self.registrations).by_id(id).cloned().ok_or_else(|| Refusal::of(700_016))?;
        let redirect_uri = form.need("redirect_uri")?;
        if !client.may_redirect_to(redirect_uri) {
            return Err(Refusal::of(50011));
        }
        Ok((client, redirect_uri.to_owned()))
    }

    fn sign_in(
        &self,
        form: &Form,
        client: &Registration,
        redirect_uri: &str,
    ) -> Result<SignIn, Refusal> {
        if form.need("response_type")? != "code" {
            return Err(Refusal::of(9_002_313).error("unsupported_response_type"));
        }
        if form.get("response_mode").is_some_and(|mode| mode != "query") {
            return Err(Refusal::of(9_002_313));
        }
        let challenge = challenge(form, client)?;
        let registrations = lock(&self.registrations).clone();
        let scopes = scopes(form, &registrations)?;
        scopes.agree_with(form.get("resource"), &registrations)?;
        let continuous_access = asks_for_continuous_access(form)?;
        let silent = form.get("prompt") == Some("none");
        let hinted = form.get("login_hint").filter(|_| silent);
        let Some(name) = form.get("stand_in_user").or(hinted) else {
            return if silent { Err(Refusal::of(50058)) } else { Ok(SignIn::AskWho) };
        };
        let person = person(name).ok_or_else(|| Refusal::of(50034))?;
        self.settle_consent(person, client, &scopes, silent)?;
        let code = format!("1.{}", jwt::random());
        let sign_in = Code {
            client_id: client.client_id.clone(),
            redirect_uri: redirect_uri.to_owned(),
            challenge,
            scopes,
            person,
            nonce: form.get("nonce").map(str::to_owned),
            continuous_access,
            expires: self.clock.now() + CODE_SECONDS,
            redeemed: false,
        };
        keep(&self.codes, code.clone(), sign_in);
        Ok(SignIn::Done(code))
    }

    /// A person at the page agrees to what is asked; without a page consent must be there.
    fn settle_consent(
        &self,
        person: &'static Person,
        client: &Registration,
        scopes: &Scopes,
        silent: bool,
    ) -> Result<(), Refusal> {
        for wanted in &scopes.wanted {
            let missing = wanted.granted_to(client, |scope| self.consented(person, client, scope));
            if missing.is_err() && silent {
                return Err(Refusal::of(65001).error("interaction_required"));
            }
            let agreed = wanted.names.iter().filter(|name| *name != ".default");
            lock(&self.consents).extend(agreed.map(|name| Consent {
                oid: person.oid.to_owned(),
                client_id: client.client_id.clone(),
                scope: format!("{}/{name}", wanted.resource),
            }));
        }
        Ok(())
    }
}

/// The PKCE challenge; only S256, and never without one from a public client.
fn challenge(form: &Form, client: &Registration) -> Result<Option<String>, Refusal> {
    let Some(challenge) = form.get("code_challenge") else {
        return match client.kind {
            ClientKind::Public => Err(Refusal::of(9_002_325)),
            ClientKind::Confidential => Ok(None),
        };
    };
    let well_formed = challenge.len() == 43
        && challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if form.get("code_challenge_method") != Some("S256") || !well_formed {
        return Err(Refusal::of(501_481).error("invalid_request"));
    }
    Ok(Some(challenge.to_owned()))
}

/// The scopes; here a scope that does not exist has a refusal of its own.
fn scopes(form: &Form, registrations: &Registrations) -> Result<Scopes, Refusal> {
    let text = form.get("scope").ok_or_else(|| missing("scope"))?;
    Scopes::read(Some(text), registrations).map_err(|refusal| {
        if refusal.oauth_error() == "invalid_scope" { Refusal::of(650_053) } else { refusal }
    })
}

fn redirect(to: &str, form: &Form, fields: &[(&str, &str)]) -> Response {
    let Ok(mut url) = Url::parse(to) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    url.query_pairs_mut().extend_pairs(fields);
    if let Some(state) = form.get("state") {
        url.query_pairs_mut().append_pair("state", state);
    }
    match HeaderValue::from_str(url.as_str()) {
        Ok(location) => (StatusCode::FOUND, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

fn page(status: StatusCode, body: &str) -> Response {
    let whole = format!(
        "<!doctype html><html lang=\"en\"><title>Sign in</title><body>{body}</body></html>"
    );
    let mut response = html(&whole);
    *response.status_mut() = status;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn refusal_page(refusal: &Refusal) -> String {
    format!(
        "<h1>Sorry, but we’re having trouble signing you in.</h1><p>{}</p>",
        escape(&refusal.summary())
    )
}

fn sign_in_page(tenant: &str, client: &Registration, form: &Form) -> String {
    let kept = form.fields().iter().map(|(name, value)| {
        format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(value))
    });
    let people = company::PEOPLE.iter().map(|person| {
        format!(
            "<p><button name=\"stand_in_user\" value=\"{}\">{} ({})</button></p>",
            person.key,
            escape(person.name),
            escape(person.upn)
        )
    });
    let inputs: Vec<String> = kept.chain(people).collect();
    format!(
        "<h1>Pick an account</h1><p>to continue to {}</p>\
         <form method=\"post\" action=\"/{}/oauth2/v2.0/authorize\">{}</form>",
        escape(&client.name),
        escape(tenant),
        inputs.concat()
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
