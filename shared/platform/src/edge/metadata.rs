//! Protected resource metadata (RFC 9728): tells a client where to sign in.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::{Edge, jsonrpc};
use crate::connector::Connector;

/// The document for a resource whose tokens this authorization server gives out.
pub(crate) fn document(resource: &str, issuer: &str, scope: &str, name: &str) -> Value {
    json!({
        "resource": resource,
        "authorization_servers": [issuer],
        "scopes_supported": [scope],
        "bearer_methods_supported": ["header"],
        "resource_name": name,
    })
}

/// Serves the document, the same at the path form and the root form.
pub(super) async fn protected_resource<C: Connector>(State(edge): State<Arc<Edge<C>>>) -> Response {
    let mut response = jsonrpc::json(StatusCode::OK, &edge.metadata);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}
