use std::time::Duration;

use super::*;
use crate::oauth::client::tests::Bench;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn json_headers() -> HeaderMap {
    [(header::CONTENT_TYPE, "application/json; charset=utf-8".parse().unwrap())]
        .into_iter()
        .collect()
}

async fn register(bench: &Bench, body: &serde_json::Value) -> Result<String, OAuthError> {
    let body = serde_json::to_vec(body).unwrap();
    bench.clients.register(&json_headers(), &body, &bench.usage).await.map(|(id, _, _)| id)
}

#[tokio::test]
async fn a_client_that_registered_is_found_on_every_instance() {
    let bench = Bench::new(&[]);
    let body = json!({
        "client_name": "Claude Code",
        "redirect_uris": ["http://localhost:33418/callback"],
        "grant_types": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:x"],
        "token_endpoint_auth_method": "client_secret_post",
        "client_id": "chosen-by-the-client",
        "unknown": {"deep": [1, 2]},
    });
    let id = register(&bench, &body).await.unwrap();

    assert_eq!(id.len(), 22);
    let client = bench.other_instance().find(&id, &bench.usage).await.unwrap();
    assert_eq!(client.name, "Claude Code");
    assert!(!client.name_was_cleaned);
    assert_eq!(client.kind, ClientKind::Registered);
    assert!(matches!(client.authentication, ClientAuthentication::None));
    let other_port = "http://localhost:50000/callback";
    assert_eq!(client.redirect_uri(Some(other_port)).unwrap().as_str(), other_port);
    assert_eq!(client.redirect_uri(None).unwrap().as_str(), "http://localhost:33418/callback");
    assert!(client.redirect_uri(Some("http://127.0.0.1:50000/callback")).is_err());
    assert!(client.redirect_uri(Some("https://claude.ai/api/mcp/auth_callback")).is_err());
}

#[tokio::test]
async fn all_redirect_uris_that_cursor_registers_together_are_taken() {
    let bench = Bench::new(&[]);
    let uris = json!([
        "https://www.cursor.com/agents/mcp/oauth/callback",
        "cursor://anysphere.cursor-mcp/oauth/callback",
        "grokbot://mcp/oauth/callback",
        "http://localhost:8787/callback",
    ]);
    let id = register(&bench, &json!({"redirect_uris": uris})).await.unwrap();
    let client = bench.clients.find(&id, &bench.usage).await.unwrap();
    assert_eq!(client.redirect_uris.len(), 4);
    assert!(client.redirect_uri(None).is_err(), "it has to say which one");
}

#[tokio::test]
async fn rows_60_and_62_a_redirect_uri_that_may_not_be_used_is_not_registered() {
    let bench = Bench::new(&[]);
    let many = vec!["http://localhost/cb"; 11];
    for uris in [
        json!(["javascript:alert(1)"]),
        json!(["data:text/html,x"]),
        json!(["https://evil.example/cb"]),
        json!(["http://localhost/cb", "https://evil.example/cb"]),
        json!(["https://claude.ai/api/mcp/../mcp/auth_callback"]),
        json!(["http://localhost.evil.com/cb"]),
        json!([]),
        json!(many),
    ] {
        let refused = register(&bench, &json!({"redirect_uris": uris})).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::InvalidRedirectUri, "{uris}");
    }
}

#[tokio::test]
async fn row_80_what_is_no_registration_is_refused() {
    let bench = Bench::new(&[]);
    let uris = json!(["http://localhost/cb"]);
    for body in [
        json!({}),
        json!([]),
        json!({"redirect_uris": "http://localhost/cb"}),
        json!({"redirect_uris": [1]}),
        json!({"redirect_uris": uris, "client_name": 7}),
        json!({"redirect_uris": uris, "grant_types": ["client_credentials"]}),
        json!({"redirect_uris": uris, "response_types": ["token"]}),
    ] {
        let refused = register(&bench, &body).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::InvalidClientMetadata, "{body}");
    }
    let form = [(header::CONTENT_TYPE, "text/plain".parse().unwrap())].into_iter().collect();
    for headers in [HeaderMap::new(), form] {
        let body = br#"{"redirect_uris":["http://localhost/cb"]}"#;
        assert!(bench.clients.register(&headers, body, &bench.usage).await.is_err());
    }
}

#[tokio::test]
async fn row_76_a_deceiving_name_is_cleaned_and_flagged() {
    let bench = Bench::new(&[]);
    let body = json!({
        "client_name": format!("\u{202e}<b>Claude</b>\n{}", "x".repeat(5000)),
        "redirect_uris": ["http://localhost/cb"],
    });
    let id = register(&bench, &body).await.unwrap();
    let client = bench.clients.find(&id, &bench.usage).await.unwrap();
    assert!(client.name.starts_with("bClaude/bxxx"), "{}", client.name);
    assert_eq!(client.name.chars().count(), 200);
    assert!(client.name_was_cleaned);
}

#[tokio::test]
async fn a_registration_ends_after_ninety_days_without_use_and_lives_on_with_it() {
    let bench = Bench::new(&[]);
    let body = json!({"redirect_uris": ["http://localhost/cb"]});
    let used = register(&bench, &body).await.unwrap();
    let unused = register(&bench, &body).await.unwrap();

    for _ in 0..4 {
        bench.clock.advance(DAY * 40);
        assert!(bench.clients.find(&used, &bench.usage).await.is_ok());
    }
    assert!(bench.clients.find(&unused, &bench.usage).await.is_err());
    bench.clock.advance(DAY * 90);
    let gone = bench.clients.find(&used, &bench.usage).await.unwrap_err();
    assert_eq!(gone.code, ErrorCode::InvalidClient);
}

#[tokio::test]
async fn a_redirect_uri_that_leaves_the_allow_list_is_no_longer_used() {
    let bench = Bench::new(&[]);
    let body = json!({
        "redirect_uris": ["http://localhost/cb", "https://vscode.dev/redirect"],
    });
    let id = register(&bench, &body).await.unwrap();
    let narrower =
        bench.with_settings(&[("MCP_SERVER_REDIRECT_URIS", "https://vscode.dev/redirect")]);
    let client = narrower.find(&id, &bench.usage).await.unwrap();
    assert!(client.redirect_uri(Some("http://localhost/cb")).is_err());
    assert!(client.redirect_uri(Some("https://vscode.dev/redirect")).is_ok());
}

async fn post(bench: &Bench, ip: &str, body: &serde_json::Value) -> Response {
    let soon = tokio::time::Instant::now() + Duration::from_secs(5);
    let line = crate::telemetry::RequestLine::default();
    let request = Request {
        method: ::http::Method::POST,
        headers: json_headers(),
        query: String::new(),
        body: serde_json::to_vec(body).unwrap().into(),
        in_flight: crate::in_flight::InFlight::start(soon, Some(ip.parse().unwrap()), line),
    };
    answer(&bench.clients, "access", &request).await
}

#[tokio::test]
async fn row_80_the_answer_is_a_public_client_and_repeats_nothing_unknown() {
    let bench = Bench::new(&[]);
    let body = json!({
        "redirect_uris": ["http://localhost/cb"],
        "token_endpoint_auth_method": "private_key_jwt",
        "application_type": "<b>",
        "scope": "everything",
        "software_id": "canary",
    });
    let response = post(&bench, "203.0.113.1", &body).await;

    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
    let mut answer: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert!(answer["client_id"].take().is_string());
    let expected = json!({
        "client_id": null,
        "client_id_issued_at": bench.clock.now_s(),
        "client_name": "",
        "redirect_uris": ["http://localhost/cb"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        "application_type": "native",
        "scope": "access",
    });
    assert_eq!(answer, expected);
}

#[tokio::test]
async fn row_80_a_flood_of_registrations_is_told_to_wait() {
    let bench = Bench::new(&[]);
    let body = json!({"redirect_uris": ["http://localhost/cb"]});
    for _ in 0..10 {
        assert_eq!(post(&bench, "203.0.113.1", &body).await.status(), StatusCode::CREATED);
    }
    let refused = post(&bench, "203.0.113.1", &body).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers()[header::RETRY_AFTER], "60");
    for n in 0..50 {
        let ip = format!("198.51.100.{n}");
        assert_eq!(post(&bench, &ip, &body).await.status(), StatusCode::CREATED);
    }
    let refused = post(&bench, "192.0.2.1", &body).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    bench.clock.advance(Duration::from_secs(60));
    assert_eq!(post(&bench, "192.0.2.1", &body).await.status(), StatusCode::CREATED);
}
