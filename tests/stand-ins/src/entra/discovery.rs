//! Discovery: the metadata documents and the public signing keys of both token versions.

use std::sync::Arc;

use axum::extract::{Path, State as Shared};
use axum::response::{IntoResponse, Response};
use http::header;
use http::request::Parts;
use serde_json::{Value, json};

use super::disturb::Spoiling;
use super::errors::Occasion;
use super::faults::{About, Endpoint};
use super::jwt::put;
use super::registrations::TokenVersion;
use super::state::{State, lock};
use super::token_endpoint::no_such_tenant;
use crate::company;

/// `/{tenant}/v2.0/.well-known/openid-configuration`.
pub(crate) async fn configuration_v2(
    Shared(state): Shared<Arc<State>>,
    Path(tenant): Path<String>,
    request: Parts,
) -> Response {
    let document = state.configuration(TokenVersion::V2, &tenant);
    state.serve(Endpoint::Discovery, &tenant, &request, |_| document).await
}

/// `/{tenant}/.well-known/openid-configuration`.
pub(crate) async fn configuration_v1(
    Shared(state): Shared<Arc<State>>,
    Path(tenant): Path<String>,
    request: Parts,
) -> Response {
    let document = state.configuration(TokenVersion::V1, &tenant);
    state.serve(Endpoint::Discovery, &tenant, &request, |_| document).await
}

/// `/{tenant}/discovery/v2.0/keys`.
pub(crate) async fn keys_v2(
    Shared(state): Shared<Arc<State>>,
    Path(tenant): Path<String>,
    request: Parts,
) -> Response {
    let keys = state.public_keys(Some(&tenant));
    state.serve(Endpoint::Keys, &tenant, &request, |spoiling| spoiled(keys, spoiling)).await
}

/// `/{tenant}/discovery/keys`.
pub(crate) async fn keys_v1(
    Shared(state): Shared<Arc<State>>,
    Path(tenant): Path<String>,
    request: Parts,
) -> Response {
    let keys = state.public_keys(None);
    state.serve(Endpoint::Keys, &tenant, &request, |spoiling| spoiled(keys, spoiling)).await
}

/// `/common/discovery/instance`.
pub(crate) async fn instance(Shared(state): Shared<Arc<State>>) -> Response {
    let host = state.base.split_once("://").map_or("", |(_, host)| host);
    axum::Json(json!({
        "tenant_discovery_endpoint":
            format!("{}/{}/v2.0/.well-known/openid-configuration", state.base, company::TENANT),
        "api-version": "1.1",
        "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
    }))
    .into_response()
}

fn spoiled(mut keys: Vec<Value>, spoiling: Spoiling) -> Value {
    spoiling.keys(&mut keys);
    json!({ "keys": keys })
}

impl State {
    async fn serve(
        &self,
        endpoint: Endpoint,
        tenant: &str,
        request: &Parts,
        document: impl FnOnce(Spoiling) -> Value,
    ) -> Response {
        let occasion: Occasion = self.occasion(&request.headers);
        let name = if endpoint == Endpoint::Keys { "keys" } else { "discovery" };
        self.record(name, (&request.method, request.uri.path()), &request.headers, &[]);
        let about = About { endpoint, ..About::default() };
        let spoiling = match self.disturb(about, &occasion).await {
            Ok(spoiling) => spoiling,
            Err(answer) => return answer,
        };
        if ![company::TENANT, company::OTHER_TENANT].contains(&tenant) {
            return no_such_tenant(tenant).respond(&occasion);
        }
        let headers = [(header::CACHE_CONTROL, "max-age=86400, private")];
        (headers, axum::Json(document(spoiling))).into_response()
    }

    /// The served keys. For v2 they name an issuer, some of them with a placeholder for the
    /// tenant, as Entra's do; for v1 they name none.
    fn public_keys(&self, v2_tenant: Option<&str>) -> Vec<Value> {
        let keys = lock(&self.keys).served().to_vec();
        keys.iter()
            .enumerate()
            .map(|(index, key)| {
                let mut jwk = key.jwk();
                if let Some(tenant) = v2_tenant {
                    let tenant = if index % 2 == 0 { tenant } else { "{tenantid}" };
                    put(&mut jwk, "issuer", self.issuer_v2(tenant));
                }
                jwk
            })
            .collect()
    }

    fn configuration(&self, version: TokenVersion, tenant: &str) -> Value {
        let base = &self.base;
        let (oauth, keys, issuer, methods) = match version {
            TokenVersion::V2 => (
                format!("{base}/{tenant}/oauth2/v2.0"),
                format!("{base}/{tenant}/discovery/v2.0/keys"),
                self.issuer_v2(tenant),
                json!(["client_secret_post", "private_key_jwt", "client_secret_basic"]),
            ),
            TokenVersion::V1 => (
                format!("{base}/{tenant}/oauth2"),
                format!("{base}/{tenant}/discovery/keys"),
                self.issuer_v1(tenant),
                json!(["client_secret_post", "private_key_jwt", "client_secret_basic"]),
            ),
        };
        json!({
            "token_endpoint": format!("{oauth}/token"),
            "token_endpoint_auth_methods_supported": methods,
            "jwks_uri": keys,
            "response_modes_supported": ["query"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": issuer,
            "request_uri_parameter_supported": false,
            "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
            "authorization_endpoint": format!("{oauth}/authorize"),
            "http_logout_supported": true,
            "frontchannel_logout_supported": true,
            "end_session_endpoint": format!("{oauth}/logout"),
            "claims_supported": ["sub", "iss", "cloud_instance_name", "cloud_graph_host_name",
                "msgraph_host", "aud", "exp", "iat", "auth_time", "acr", "nonce",
                "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"],
            "tenant_region_scope": "EU",
            "cloud_instance_name": "microsoftonline.com",
            "cloud_graph_host_name": "graph.windows.net",
            "msgraph_host": "graph.microsoft.com",
            "rbac_url": "https://pas.windows.net",
        })
    }
}
