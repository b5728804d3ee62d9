//! `/stand-in/…`: what a test or a command line may ask of the stand-in itself.

use std::sync::Arc;

use anyhow::{Context as _, anyhow};
use axum::Router;
use axum::extract::{Json, State as Shared};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::faults::Fault;
use super::registrations::TokenVersion;
use super::scopes::{GRAPH, Wanted};
use super::state::{State, lock};
use super::tokens::Life;
use super::{Entra, TokenSpec, graph_token};
use crate::company;

/// The routes below `/stand-in`.
pub(crate) fn routes() -> Router<Arc<State>> {
    Router::new()
        .route("/stand-in/token", post(token))
        .route("/stand-in/graph-token", post(token_for_graph))
        .route("/stand-in/requests", get(requests).delete(forget_requests))
        .route("/stand-in/faults", get(faults).post(set_fault).delete(clear_faults))
        .route("/stand-in/keys", get(keys))
        .route("/stand-in/keys/roll", post(roll))
        .route("/stand-in/keys/retire", post(retire))
        .route("/stand-in/graph-keys", get(graph_keys))
        .route("/stand-in/registrations", post(change_registration))
        .route("/stand-in/consents/withdraw", post(withdraw_consent))
        .route("/stand-in/refresh-tokens/revoke", post(revoke_refresh_tokens))
}

/// What went wrong with a request to the stand-in itself.
struct Unfit(anyhow::Error);

impl IntoResponse for Unfit {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(json!({"error": self.0.to_string()}))).into_response()
    }
}

impl<E: Into<anyhow::Error>> From<E> for Unfit {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

type Answer = Result<Json<Value>, Unfit>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenOrder {
    user: String,
    connector: String,
    #[serde(default)]
    version: Option<u8>,
    #[serde(default)]
    expires_in: Option<i64>,
    #[serde(default)]
    client: Option<String>,
}

async fn token(Shared(state): Shared<Arc<State>>, Json(order): Json<TokenOrder>) -> Answer {
    let seconds = order.expires_in.unwrap_or(state.token_seconds);
    let version = match order.version {
        None | Some(2) => TokenVersion::V2,
        Some(1) => TokenVersion::V1,
        Some(_) => return Err(Unfit(anyhow!("a token has version 1 or 2"))),
    };
    let spec = TokenSpec::new(&order.user, &order.connector)
        .version(version)
        .client(order.client.as_deref().unwrap_or("assistant"))
        .expires(seconds);
    let token = Entra::of(&state).mint(&spec)?;
    Ok(Json(json!({"token_type": "Bearer", "access_token": token, "expires_in": seconds})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GraphTokenOrder {
    user: String,
    connector: String,
    /// Short names, separated by spaces.
    scope: String,
}

/// A token that Graph takes, for another engine that signs the same people in.
async fn token_for_graph(
    Shared(state): Shared<Arc<State>>,
    Json(order): Json<GraphTokenOrder>,
) -> Answer {
    let person = company::person(&order.user).context("nobody has this name")?;
    let client = lock(&state.registrations).by_name(&order.connector).cloned();
    let client = client.context("no such connector")?;
    let names: Vec<_> = order.scope.split_whitespace().map(str::to_owned).collect();
    let wanted =
        Wanted { resource: GRAPH.to_owned(), asked_as: GRAPH.to_owned(), names: names.clone() };
    let granted = wanted.granted_to(&client, |_| false).map_err(|_| anyhow!("not granted"))?;
    let life = Life { seconds: state.token_seconds, continuous_access: false };
    let token = state.access_token((person, &client), &wanted, &granted, life)?;
    Ok(Json(json!({"access_token": token, "expires_in": life.seconds})))
}

async fn requests(Shared(state): Shared<Arc<State>>) -> Answer {
    let requests = Entra::of(&state).requests();
    let count = |endpoint: &str| requests.iter().filter(|seen| seen.endpoint == endpoint).count();
    Ok(Json(json!({
        "counts": {
            "token": count("token"),
            "authorize": count("authorize"),
            "keys": count("keys"),
            "discovery": count("discovery"),
        },
        "requests": requests,
    })))
}

async fn forget_requests(Shared(state): Shared<Arc<State>>) -> StatusCode {
    Entra::of(&state).forget_requests();
    StatusCode::NO_CONTENT
}

async fn faults(Shared(state): Shared<Arc<State>>) -> Answer {
    Ok(Json(json!({"faults": lock(&state.faults).list()})))
}

async fn set_fault(Shared(state): Shared<Arc<State>>, Json(fault): Json<Fault>) -> StatusCode {
    Entra::of(&state).fault(fault);
    StatusCode::NO_CONTENT
}

async fn clear_faults(Shared(state): Shared<Arc<State>>) -> StatusCode {
    Entra::of(&state).clear_faults();
    StatusCode::NO_CONTENT
}

async fn keys(Shared(state): Shared<Arc<State>>) -> Answer {
    let entra = Entra::of(&state);
    Ok(Json(json!({"signing": entra.signing_kid(), "served": entra.served_kids()})))
}

async fn roll(Shared(state): Shared<Arc<State>>) -> Answer {
    Ok(Json(json!({"kid": Entra::of(&state).roll()?})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Retire {
    kid: String,
}

async fn retire(Shared(state): Shared<Arc<State>>, Json(order): Json<Retire>) -> Answer {
    Ok(Json(json!({"retired": Entra::of(&state).retire(&order.kid)})))
}

async fn graph_keys() -> Answer {
    Ok(Json(graph_token::published()?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RegistrationChange {
    connector: String,
    /// An X.509 certificate, DER in base64.
    #[serde(default)]
    certificate: Option<String>,
    #[serde(default)]
    app_id_uri: Option<String>,
    #[serde(default)]
    token_version: Option<u8>,
}

async fn change_registration(
    Shared(state): Shared<Arc<State>>,
    Json(change): Json<RegistrationChange>,
) -> Answer {
    let entra = Entra::of(&state);
    if let Some(text) = &change.certificate {
        entra.register_certificate(&change.connector, &STANDARD.decode(text)?)?;
    }
    if let Some(uri) = &change.app_id_uri {
        entra.add_app_id_uri(&change.connector, uri)?;
    }
    match change.token_version {
        Some(1) => entra.set_token_version(&change.connector, TokenVersion::V1)?,
        Some(2) => entra.set_token_version(&change.connector, TokenVersion::V2)?,
        Some(_) => return Err(Unfit(anyhow!("a token has version 1 or 2"))),
        None => {}
    }
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WithdrawnConsent {
    client: String,
    scope: String,
}

async fn withdraw_consent(
    Shared(state): Shared<Arc<State>>,
    Json(order): Json<WithdrawnConsent>,
) -> Answer {
    Entra::of(&state).withdraw_consent(&order.client, &order.scope)?;
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revocation {
    user: String,
}

async fn revoke_refresh_tokens(
    Shared(state): Shared<Arc<State>>,
    Json(order): Json<Revocation>,
) -> Answer {
    Ok(Json(json!({"revoked": Entra::of(&state).revoke_refresh_tokens(&order.user)})))
}
