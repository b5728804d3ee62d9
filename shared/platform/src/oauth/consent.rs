//! `/oauth/consent`: the person reads who asks for what, and agrees or does not.
//!
//! The form is good once, for the browser that it was shown to: a cookie of that browser is
//! checked before anything is used up.

use axum::response::Response;
use http::{HeaderMap, Method, StatusCode, header};

use super::answer::{self, Answer, Way};
use super::cookie::{self, Step};
use super::error::{ErrorCode, OAuthError};
use super::fields::{Fields, Form};
use super::http as answers;
use super::page::{self, Question, Refused};
use super::records::{self, ConsentForm, Transaction};
use super::{AuthorizationServer, Request, entra_leg};
use crate::store::RecordKind;

const ENDPOINT: &str = "/oauth/consent";
const START_AGAIN: &str =
    "This sign-in was answered already, or took too long. Go back to your app and connect again.";

/// Why the page is not shown, or its form not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Problem {
    /// No such request, or not any more.
    Gone,
    /// The form came from another site.
    OtherSite,
    /// The form was not shown to this browser.
    OtherBrowser,
    /// The form was sent before.
    UsedForm,
    /// Not our form.
    NotOurs,
    /// The client is not known any more, or the store does not answer.
    Failed(OAuthError),
}

/// Shows the page, or takes its form.
pub(crate) async fn consent(server: &AuthorizationServer, request: &Request) -> Response {
    let outcome = if request.method == Method::POST {
        decide(server, request).await
    } else {
        ask(server, request).await
    };
    outcome.unwrap_or_else(|problem| problem.page(server, request))
}

async fn ask(server: &AuthorizationServer, request: &Request) -> Result<Response, Problem> {
    let fields = Fields::parse(request.query.as_bytes())?;
    let id = fields.one("request")?.ok_or(Problem::Gone)?;
    let usage = request.in_flight.usage();
    let key = records::request_key(id);
    let transaction = server
        .records
        .get::<Transaction>(RecordKind::Transaction, &key, usage)
        .await
        .map_err(|_| OAuthError::unavailable())?
        .ok_or(Problem::Gone)?;
    let client = server.clients.find(&transaction.value.client_id, usage).await?;
    let csrf = answers::random_id()?;
    let form = ConsentForm { request: id.to_owned() };
    server
        .records
        .put_new(RecordKind::Csrf, &csrf, &form, transaction.expires_at_s, usage)
        .await
        .map_err(|_| OAuthError::unavailable())?;
    let html = page::consent(&Question {
        settings: &server.settings,
        client: &client,
        redirect_uri: &transaction.value.redirect_uri,
        request: id,
        csrf: &csrf,
    });
    let mut response = answers::page(StatusCode::OK, html, server.settings.is_https);
    cookie::give(server, request, &mut response, Step::Consent, &[id, &csrf]).await?;
    Ok(response)
}

async fn decide(server: &AuthorizationServer, request: &Request) -> Result<Response, Problem> {
    check_site(&request.headers, &server.settings.issuer)?;
    let form = Form::read(request)?;
    let (Some(id), Some(csrf)) = (form.get("request"), form.get("csrf")) else {
        return Err(Problem::NotOurs);
    };
    let allowed = match form.get("decision") {
        Some("allow") => true,
        Some("deny") => false,
        _ => return Err(Problem::NotOurs),
    };
    let bound_to = [id, csrf];
    if !cookie::is_there(server, request, Step::Consent, &bound_to).await {
        return Err(Problem::OtherBrowser);
    }
    let usage = request.in_flight.usage();
    let form = server
        .records
        .take::<ConsentForm>(RecordKind::Csrf, csrf, usage)
        .await
        .map_err(|_| OAuthError::unavailable())?;
    if form.is_none_or(|form| form.value.request != id) {
        return Err(Problem::UsedForm);
    }
    let transaction = server
        .records
        .take::<Transaction>(RecordKind::Transaction, &records::request_key(id), usage)
        .await
        .map_err(|_| OAuthError::unavailable())?
        .ok_or(Problem::Gone)?
        .value;
    let mut response = if allowed {
        entra_leg::begin(server, request, transaction, None, Way::Page).await?
    } else {
        answers::note_refusal(request, ENDPOINT, "consent_denied");
        let denied = OAuthError::new(ErrorCode::AccessDenied, "the person did not agree");
        let state = transaction.state.as_deref();
        let answer = Answer::Error(&denied);
        answer::to_client(server, &transaction.redirect_uri, state, answer, Way::Page)
    };
    cookie::take_back(server, &mut response, Step::Consent, &bound_to);
    Ok(response)
}

/// Whether the form may come from our own page. `Referrer-Policy: no-referrer` makes browsers say
/// `Origin: null`, so that is no sign of another site.
fn check_site(headers: &HeaderMap, issuer: &str) -> Result<(), Problem> {
    let says = |name: &str, fits: &dyn Fn(&str) -> bool| {
        headers.get_all(name).iter().all(|value| value.to_str().is_ok_and(fits))
    };
    let fits = says("sec-fetch-site", &|site| matches!(site, "same-origin" | "none"))
        && says(header::ORIGIN.as_str(), &|origin| {
            origin == "null" || origin.eq_ignore_ascii_case(issuer)
        });
    if fits { Ok(()) } else { Err(Problem::OtherSite) }
}

impl From<OAuthError> for Problem {
    fn from(error: OAuthError) -> Self {
        match error.code {
            ErrorCode::InvalidRequest => Self::NotOurs,
            _ => Self::Failed(error),
        }
    }
}

impl Problem {
    fn reason(self) -> &'static str {
        match self {
            Self::Gone => "consent_gone",
            Self::OtherSite => "consent_other_site",
            Self::OtherBrowser => "consent_other_browser",
            Self::UsedForm => "consent_form_used",
            Self::NotOurs => "consent_malformed",
            Self::Failed(error) => error.code.as_str(),
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::Gone | Self::NotOurs => StatusCode::BAD_REQUEST,
            Self::OtherSite | Self::OtherBrowser | Self::UsedForm => StatusCode::FORBIDDEN,
            Self::Failed(error) => match error.code {
                ErrorCode::InvalidClient => StatusCode::BAD_REQUEST,
                code => code.status(),
            },
        }
    }

    fn page(self, server: &AuthorizationServer, request: &Request) -> Response {
        let person = match self {
            Self::Gone | Self::UsedForm => START_AGAIN,
            Self::OtherSite | Self::OtherBrowser => {
                "This page was not opened in this browser, or cookies are switched off. Allow \
                 cookies for this site, go back to your app and connect again."
            }
            Self::NotOurs => "This is not our form. Go back to your app and connect again.",
            Self::Failed(error) => match error.code {
                ErrorCode::TemporarilyUnavailable => {
                    "The connector cannot go on at the moment. Reload this page in a minute."
                }
                _ => START_AGAIN,
            },
        };
        let text = Refused { person, developer: None };
        let (reason, status) = (self.reason(), self.status());
        let mut page = answer::refusal_page(server, request, ENDPOINT, reason, status, text);
        if let Self::Failed(error) = self {
            answers::retry_later(&mut page, &error);
        }
        page
    }
}

#[cfg(test)]
mod tests;
