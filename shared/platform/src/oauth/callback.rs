//! `/oauth/callback`: the browser comes back from Entra; the client gets its code (RFC 9207).
//!
//! The cookie is checked first, so that a state which leaked is worth nothing in another browser
//! and nobody can use up somebody else's sign-in.

mod failure;

use axum::response::Response;
use http::StatusCode;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;

use super::answer::{self, Answer, Way};
use super::cookie::{self, Step};
use super::error::OAuthError;
use super::fields::Fields;
use super::grant::NewGrant;
use super::http as answers;
use super::page::Refused;
use super::records::{self, CODE_S, Code, EntraLeg, Pending, Transaction, USED_CODE_S};
use super::{AuthorizationServer, Request, entra_leg, pending};
use crate::identity::{Bearer, Caller, EntraTokens};
use crate::store::{RecordKind, Standing};
use crate::telemetry::{Brief, Metric};
use failure::Failure;

const ENDPOINT: &str = "/oauth/callback";

/// Why the person sees a page, and the client hears nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Problem {
    /// No state, or neither code nor error, or something twice.
    Malformed,
    /// Not the browser that was sent to Entra.
    OtherBrowser,
    /// Used, expired, or never there.
    Gone,
    /// The store does not answer.
    Unavailable,
}

/// How a leg ends when nothing failed.
enum Done {
    /// The client gets this code.
    Code(String),
    /// Entra wants to hear this first.
    AskMore(Pending),
}

/// Takes the person back from Entra.
pub(crate) async fn callback(server: &AuthorizationServer, request: &Request) -> Response {
    match come_back(server, request).await {
        Ok(response) => response,
        Err(problem) => problem.page(server, request),
    }
}

async fn come_back(server: &AuthorizationServer, request: &Request) -> Result<Response, Problem> {
    let malformed = |_| Problem::Malformed;
    let fields = Fields::parse(request.query.as_bytes()).map_err(malformed)?;
    fields.check_duplicates().map_err(malformed)?;
    let state = fields.one("state").map_err(malformed)?.ok_or(Problem::Malformed)?;
    if !cookie::is_there(server, request, Step::Callback, &[state]).await {
        return Err(Problem::OtherBrowser);
    }
    let code = fields.one("code").map_err(malformed)?;
    let error = fields.one("error").map_err(malformed)?;
    if code.is_none() && error.is_none() {
        return Err(Problem::Malformed);
    }
    let leg = server
        .records
        .take::<EntraLeg>(
            RecordKind::Transaction,
            &records::leg_key(state),
            request.in_flight.usage(),
        )
        .await
        .map_err(|_| Problem::Unavailable)?
        .ok_or(Problem::Gone)?
        .value;
    let done = match (error, code) {
        (None, Some(code)) => finish(server, request, &leg, code).await,
        (error, _) => {
            let description = fields.one("error_description").ok().flatten().unwrap_or_default();
            Err(Failure::of_entra(error.unwrap_or_default(), description))
        }
    };
    let mut response = conclude(server, request, leg, done).await;
    cookie::take_back(server, &mut response, Step::Callback, &[state]);
    Ok(response)
}

/// From Entra's code to ours.
async fn finish(
    server: &AuthorizationServer,
    request: &Request,
    leg: &EntraLeg,
    code: &str,
) -> Result<Done, Failure> {
    let usage = request.in_flight.usage();
    let signed_in_at = server.clock.now();
    let tokens = match server.code_flow.redeem(code, &leg.code_verifier, usage).await {
        Ok(tokens) => tokens,
        Err(error) => return Failure::of_exchange(&error, leg.asked_pending).map(Done::AskMore),
    };
    let person = prove(server, request, &tokens, signed_in_at).await?;
    if let Some(pending) = still_wanted(server, request, leg, &person).await? {
        return Ok(Done::AskMore(pending));
    }
    let code = give_code(server, request, &leg.transaction, &person, tokens).await?;
    answers::event(request, ENDPOINT).succeeded(&person.oid);
    request.in_flight.metrics().count(Metric::AuthSucceeded);
    Ok(Done::Code(code))
}

/// Who signed in, by the same rules as for every bearer; but when they did so is said by our clock:
/// Entra dates its tokens back by minutes, and who was shut out could not come back for as long.
async fn prove(
    server: &AuthorizationServer,
    request: &Request,
    tokens: &EntraTokens,
    signed_in_at: Timestamp,
) -> Result<Caller, Failure> {
    let token = tokens.access_token.expose_secret().as_bytes();
    let bearer = Bearer::from_token(token).map_err(|problem| Failure::broken(problem.code()))?;
    let person =
        server.verifier.verify(&bearer).await.map_err(|reject| Failure::of_reject(&reject))?;
    let person = Caller { issued_at: signed_in_at, ..person };
    request.in_flight.note(|line| line.oid = Some(Brief::new(&person.oid)));
    match server.kill_switch.check(&person, request.in_flight.usage()).await {
        Standing::Allowed => Ok(person),
        Standing::Refused => Err(Failure::SHUT_OUT),
        Standing::Unknown => Err(Failure::STORE),
    }
}

/// What Entra asked of this person earlier and this leg did not bring. It is forgotten only when a
/// leg has brought it, so that a person who gives up half-way is asked again.
async fn still_wanted(
    server: &AuthorizationServer,
    request: &Request,
    leg: &EntraLeg,
    person: &Caller,
) -> Result<Option<Pending>, Failure> {
    let key = pending::id(&person.tid, &person.oid);
    let (kind, usage) = (RecordKind::Pending, request.in_flight.usage());
    if leg.asked_pending {
        server.records.delete(kind, &key, usage).await.map_err(|_| Failure::STORE)?;
        return Ok(None);
    }
    let pending = server.records.get::<Pending>(kind, &key, usage).await;
    Ok(pending.map_err(|_| Failure::STORE)?.map(|pending| pending.value))
}

async fn give_code(
    server: &AuthorizationServer,
    request: &Request,
    transaction: &Transaction,
    person: &Caller,
    tokens: EntraTokens,
) -> Result<String, Failure> {
    let usage = request.in_flight.usage();
    let Transaction { client_id, redirect_uri, code_challenge, scope, resource, .. } =
        transaction.clone();
    let new =
        NewGrant { person, client_id: &client_id, scope: &scope, resource: &resource, tokens };
    let grant_id = server.grants.open(new, usage).await.map_err(Failure::of_ours)?;
    let code = answers::random_id().map_err(Failure::of_ours)?;
    let now_s = server.clock.now_s();
    let expires_at_s = now_s.saturating_add(CODE_S);
    let record =
        Code { grant_id, client_id, redirect_uri, code_challenge, scope, resource, expires_at_s };
    let kept_until_s = now_s.saturating_add(USED_CODE_S);
    server
        .records
        .put_new(RecordKind::Code, &code, &record, kept_until_s, usage)
        .await
        .map_err(|_| Failure::STORE)?;
    Ok(code)
}

/// The answer to the client, or a further way to Entra.
async fn conclude(
    server: &AuthorizationServer,
    request: &Request,
    leg: EntraLeg,
    done: Result<Done, Failure>,
) -> Response {
    let Transaction { redirect_uri, state, .. } = leg.transaction.clone();
    let tell =
        |answer| answer::to_client(server, &redirect_uri, state.as_deref(), answer, Way::Redirect);
    let failure = match done {
        Ok(Done::Code(code)) => return tell(Answer::Code(&code)),
        Ok(Done::AskMore(pending)) => {
            let further = Some(&pending);
            match entra_leg::begin(server, request, leg.transaction, further, Way::Redirect).await {
                Ok(response) => return response,
                Err(error) => Failure::of_ours(error),
            }
        }
        Err(failure) => failure,
    };
    answers::note_refusal(request, ENDPOINT, failure.reason);
    if let Some(code) = failure.number {
        tracing::warn!(
            event = "sign_in_refused",
            reason = failure.reason,
            code,
            "entra ended a sign-in"
        );
    }
    tell(Answer::Error(&OAuthError::new(failure.code, failure.description)))
}

impl Problem {
    fn page(self, server: &AuthorizationServer, request: &Request) -> Response {
        let (reason, status, person) = match self {
            Self::Malformed => (
                "callback_malformed",
                StatusCode::BAD_REQUEST,
                "The answer of the sign-in page is incomplete. Go back to your app and connect again.",
            ),
            Self::OtherBrowser => (
                "callback_other_browser",
                StatusCode::FORBIDDEN,
                "This sign-in was not begun in this browser, or cookies are switched off. If you \
                 did not begin one, close this page. Otherwise go back to your app and connect \
                 again, in one browser from beginning to end.",
            ),
            Self::Gone => (
                "callback_gone",
                StatusCode::BAD_REQUEST,
                "This sign-in was finished already, or took too long. Go back to your app; if it \
                 is not connected, connect again.",
            ),
            Self::Unavailable => (
                "temporarily_unavailable",
                StatusCode::SERVICE_UNAVAILABLE,
                "The connector cannot go on at the moment. Reload this page in a minute.",
            ),
        };
        let text = Refused { person, developer: None };
        let mut page = answer::refusal_page(server, request, ENDPOINT, reason, status, text);
        if self == Self::Unavailable {
            answers::retry_later(&mut page, &OAuthError::unavailable());
        }
        page
    }
}

#[cfg(test)]
mod tests;
