//! The authorization server's own description (RFC 8414).

use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::settings::OAuthSettings;
use super::{AuthorizationServer, http as answers};

/// Algorithms of the assertions that clients may prove themselves with.
pub(crate) const ASSERTION_ALGORITHMS: [&str; 3] = ["RS256", "PS256", "ES256"];

/// The document. The issuer is the same string as everywhere. Only clients that are described by
/// documents of theirs have keys to prove themselves with.
fn document(settings: &OAuthSettings, takes_documents: bool) -> Value {
    let issuer = &settings.issuer;
    let methods: &[&str] = if takes_documents { &["none", "private_key_jwt"] } else { &["none"] };
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/oauth/authorize"),
        "token_endpoint": format!("{issuer}/oauth/token"),
        "registration_endpoint": format!("{issuer}/oauth/register"),
        "revocation_endpoint": format!("{issuer}/oauth/revoke"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": [settings.scope],
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "client_id_metadata_document_supported": takes_documents,
        "authorization_response_iss_parameter_supported": true,
    });
    if let (true, Some(members)) = (takes_documents, document.as_object_mut()) {
        for endpoint in ["token", "revocation"] {
            let name = format!("{endpoint}_endpoint_auth_signing_alg_values_supported");
            members.insert(name, json!(ASSERTION_ALGORITHMS));
        }
    }
    document
}

/// Serves the document, the same at all its addresses.
pub(crate) fn serve(server: &AuthorizationServer) -> Response {
    let mut response =
        answers::json(StatusCode::OK, &document(&server.settings, server.clients.take_documents()));
    let headers = response.headers_mut();
    headers.remove(header::PRAGMA);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::test_server::settings;

    #[test]
    fn the_description_says_what_is_served_and_nothing_more() {
        let document = document(&settings(), true);
        assert_eq!(document["issuer"], "https://files.example.test");
        assert_eq!(document["token_endpoint"], "https://files.example.test/oauth/token");
        assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(document["authorization_response_iss_parameter_supported"], true);
        assert_eq!(document["client_id_metadata_document_supported"], true);
        assert_eq!(document["scopes_supported"], json!(["access"]));
        assert!(!document.to_string().contains("offline_access"));
    }

    #[test]
    fn without_document_hosts_no_client_can_prove_itself_with_keys() {
        let document = document(&settings(), false);
        assert_eq!(document["client_id_metadata_document_supported"], false);
        assert_eq!(document["token_endpoint_auth_methods_supported"], json!(["none"]));
        assert!(document.get("token_endpoint_auth_signing_alg_values_supported").is_none());
    }
}
