//! HTTP manners: what may come in, in which order it is checked, and what every answer carries.
//!
//! `router` is the one list of paths; [`mcp::endpoint`] reads down the checks of `/mcp`.

mod body;
mod jsonrpc;
mod mcp;
mod metadata;
mod oauth;
mod observe;
mod origin;
mod refusal;
mod sign_in;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{any, get};
use http::{HeaderValue, StatusCode, header};
use rmcp::transport::streamable_http_server::StreamableHttpService;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;

use crate::admit::Admission;
use crate::clock::Clock;
use crate::config::Settings;
use crate::connector::Connector;
use crate::gate::Gate;
use crate::identity::Challenge;
use crate::oauth::AuthorizationServer;
use crate::telemetry::{Brief, Lines, RequestLine};

pub(crate) use body::MAX_REQUEST_BYTES;
pub(crate) use metadata::document as metadata_document;
pub(crate) use origin::Allowed;
pub(crate) use sign_in::SignedIn;

/// Everything a request meets on its way; made once, before the first request.
pub(crate) struct Edge<C: Connector> {
    pub(crate) settings: Settings,
    pub(crate) allowed: Allowed,
    pub(crate) challenge: Challenge,
    pub(crate) metadata: serde_json::Value,
    pub(crate) signed_in: SignedIn,
    pub(crate) admission: Admission,
    /// Our own authorization server, in proxy mode.
    pub(crate) oauth: Option<Arc<AuthorizationServer>>,
    pub(crate) mcp: StreamableHttpService<Gate<C>, NeverSessionManager>,
    pub(crate) clock: Clock,
    pub(crate) lines: Lines,
}

impl<C: Connector> Edge<C> {
    /// The line of a request that has just come in.
    fn new_line(&self) -> RequestLine {
        RequestLine {
            connector: Brief::new(C::NAME),
            environment: Brief::new(self.settings.environment.as_str()),
            version: Brief::new(C::VERSION),
            ..RequestLine::default()
        }
    }
}

/// The whole HTTP surface.
pub(crate) fn router<C: Connector>(edge: Arc<Edge<C>>) -> Router {
    oauth::routes::<C>()
        .route("/mcp", any(mcp::endpoint::<C>))
        .route("/health", get(health::<C>))
        .route("/.well-known/oauth-protected-resource", get(metadata::protected_resource::<C>))
        .route("/.well-known/oauth-protected-resource/mcp", get(metadata::protected_resource::<C>))
        .fallback(not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(edge.clone(), observe::observe::<C>))
        .with_state(edge)
}

/// Alive: needs no `Host`, no token and no upstream.
async fn health<C: Connector>(State(_): State<Arc<Edge<C>>>) -> Response {
    let body = serde_json::json!({
        "status": "ok", "connector": C::NAME, "version": C::VERSION,
    });
    jsonrpc::json(StatusCode::OK, &body)
}

async fn not_found() -> Response {
    let body = serde_json::json!({ "error": "not_found", "message": "There is nothing here; the MCP endpoint is /mcp." });
    jsonrpc::json(StatusCode::NOT_FOUND, &body)
}

async fn method_not_allowed() -> Response {
    let body = serde_json::json!({ "error": "method_not_allowed", "message": "Use GET here." });
    let mut response = jsonrpc::json(StatusCode::METHOD_NOT_ALLOWED, &body);
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}
