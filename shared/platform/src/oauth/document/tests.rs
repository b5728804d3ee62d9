//! A host of documents on loopback, for the tests of these rooms; and what is read from it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::response::IntoResponse as _;
use http::{HeaderMap, StatusCode, Uri, header};
use serde_json::json;

use super::*;
use crate::config::{Environment, Vars};
use crate::oauth::client::tests::Bench;
use crate::oauth::client::{ClientAuthentication, ClientKind};

type Page = (StatusCode, HeaderMap, Vec<u8>);

/// A web host with documents; counts what it is asked.
#[derive(Clone, Default)]
pub(in crate::oauth) struct DocumentHost {
    pages: Arc<Mutex<HashMap<String, Page>>>,
    asked: Arc<Mutex<Vec<String>>>,
    address: String,
}

impl DocumentHost {
    pub(in crate::oauth) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let host = Self { address, ..Self::default() };
        let routes = Router::new().fallback(answer).with_state(host.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        host
    }

    /// The entry of `MCP_SERVER_CIMD_HOSTS`.
    pub(in crate::oauth) fn entry(&self) -> &str {
        &self.address
    }

    pub(in crate::oauth) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(in crate::oauth) fn put(&self, path: &str, headers: &[(&str, &str)], body: Vec<u8>) {
        self.put_status(path, StatusCode::OK, headers, body);
    }

    pub(in crate::oauth) fn put_json(&self, path: &str, body: &serde_json::Value) {
        let json = [("content-type", "application/json")];
        self.put(path, &json, serde_json::to_vec(body).unwrap());
    }

    fn put_status(&self, path: &str, status: StatusCode, headers: &[(&str, &str)], body: Vec<u8>) {
        let parsed = |(name, value): &(&str, &str)| {
            (name.parse::<header::HeaderName>().unwrap(), value.parse().unwrap())
        };
        let page = (status, headers.iter().map(parsed).collect(), body);
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), page);
    }

    pub(in crate::oauth) fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

async fn answer(State(host): State<DocumentHost>, uri: Uri) -> axum::response::Response {
    host.asked.lock().unwrap().push(uri.path().to_owned());
    let page = host.pages.lock().unwrap().get(uri.path()).cloned();
    match page {
        Some((status, headers, body)) => (status, headers, body).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn bench(host: &DocumentHost) -> Bench {
    Bench::new(&[("MCP_SERVER_CIMD_HOSTS", host.entry())])
}

async fn find(bench: &Bench, id: &str) -> Result<Client, OAuthError> {
    bench.clients.find(id, &bench.usage).await
}

#[tokio::test]
async fn a_document_describes_its_client_and_is_read_once() {
    let host = DocumentHost::start().await;
    let bench = bench(&host);
    let id = host.url("/oauth/client");
    host.put_json(
        "/oauth/client",
        &json!({
            "client_id": id,
            "client_name": "Claude Code",
            "redirect_uris": ["http://localhost/callback", "http://127.0.0.1/callback",
                "https://evil.example/cb", "javascript:alert(1)"],
            "grant_types": ["authorization_code", "urn:ietf:params:oauth:grant-type:jwt-bearer"],
            "token_endpoint_auth_method": "none",
            "logo_uri": "https://evil.example/logo.png",
        }),
    );

    let asks = (0..20).map(|_| find(&bench, &id));
    let found = futures::future::join_all(asks).await;

    assert_eq!(host.asked(), 1, "many at once cause one fetch");
    let client = found.into_iter().next().unwrap().unwrap();
    assert_eq!((client.id.as_str(), client.name.as_str()), (id.as_str(), "Claude Code"));
    assert_eq!(client.kind, ClientKind::Document { host: "127.0.0.1".into() });
    assert!(matches!(client.authentication, ClientAuthentication::None));
    assert_eq!(client.redirect_uris.len(), 2, "what may not be used is left out");
    assert!(client.redirect_uri(Some("http://localhost:54321/callback")).is_ok());
    assert!(client.redirect_uri(Some("https://evil.example/cb")).is_err());
}

#[tokio::test]
async fn a_document_is_kept_as_long_as_its_host_says_within_bounds() {
    for (cache_control, kept_s) in [
        ("max-age=1", 300),
        ("no-store", 300),
        ("public, max-age=600", 600),
        ("private", 3600),
        ("max-age=99999999", 86_400),
    ] {
        let host = DocumentHost::start().await;
        let bench = bench(&host);
        let id = host.url("/c");
        let document = json!({"client_id": id, "redirect_uris": ["http://localhost/cb"]});
        let headers = [("content-type", "application/json"), ("cache-control", cache_control)];
        host.put("/c", &headers, serde_json::to_vec(&document).unwrap());

        find(&bench, &id).await.unwrap();
        bench.clock.advance(Duration::from_secs(kept_s - 1));
        find(&bench, &id).await.unwrap();
        assert_eq!(host.asked(), 1, "{cache_control}");
        bench.clock.advance(Duration::from_secs(1));
        find(&bench, &id).await.unwrap();
        assert_eq!(host.asked(), 2, "{cache_control}");
    }
}

#[tokio::test]
async fn a_host_that_fails_later_takes_no_client_away_for_a_day() {
    let host = DocumentHost::start().await;
    let bench = bench(&host);
    let id = host.url("/c");
    host.put_json("/c", &json!({"client_id": id, "redirect_uris": ["http://localhost/cb"]}));
    find(&bench, &id).await.unwrap();
    host.put_status("/c", StatusCode::SERVICE_UNAVAILABLE, &[], Vec::new());

    bench.clock.advance(Duration::from_secs(23 * 3600));
    assert!(find(&bench, &id).await.is_ok());
    bench.clock.advance(Duration::from_secs(3600 + 60));
    let refused = find(&bench, &id).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::TemporarilyUnavailable);
}

#[tokio::test]
async fn row_81_a_failure_is_remembered_for_a_minute() {
    let host = DocumentHost::start().await;
    let bench = bench(&host);
    let id = host.url("/missing");
    for _ in 0..5 {
        let refused = find(&bench, &id).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::InvalidClientMetadata);
    }
    assert_eq!(host.asked(), 1);
    bench.clock.advance(Duration::from_secs(60));
    find(&bench, &id).await.unwrap_err();
    assert_eq!(host.asked(), 2);
}

#[tokio::test]
async fn row_81_made_up_ids_cause_a_bounded_number_of_fetches() {
    let host = DocumentHost::start().await;
    let bench = bench(&host);
    for n in 0..100 {
        find(&bench, &host.url(&format!("/made/up/{n}"))).await.unwrap_err();
    }
    assert_eq!(host.asked(), FETCHES_PER_MINUTE);
}

#[tokio::test]
async fn row_81_a_document_that_is_not_what_it_should_be_is_refused() {
    let host = DocumentHost::start().await;
    let bench = bench(&host);
    let uris = json!(["http://localhost/cb"]);
    let cases = [
        ("/other", json!({"client_id": host.url("/else"), "redirect_uris": uris})),
        ("/slash", json!({"client_id": host.url("/slash/"), "redirect_uris": uris})),
        ("/no-id", json!({"redirect_uris": uris})),
        ("/no-uris", json!({"client_id": host.url("/no-uris")})),
        (
            "/foreign",
            json!({"client_id": host.url("/foreign"),
            "redirect_uris": ["https://evil.example/cb"]}),
        ),
        (
            "/secret",
            json!({"client_id": host.url("/secret"), "redirect_uris": uris,
            "client_secret": "s"}),
        ),
        (
            "/basic",
            json!({"client_id": host.url("/basic"), "redirect_uris": uris,
            "token_endpoint_auth_method": "client_secret_basic"}),
        ),
        (
            "/no-keys",
            json!({"client_id": host.url("/no-keys"), "redirect_uris": uris,
            "token_endpoint_auth_method": "private_key_jwt"}),
        ),
        (
            "/far-keys",
            json!({"client_id": host.url("/far-keys"), "redirect_uris": uris,
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks_uri": "https://claude.ai/keys"}),
        ),
        (
            "/weak-keys",
            json!({"client_id": host.url("/weak-keys"), "redirect_uris": uris,
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": {"keys": [{"kty": "oct", "k": "AAAA"},
                {"kty": "RSA", "n": "AQAB", "e": "AQAB"}]}}),
        ),
        (
            "/large",
            json!({"client_id": host.url("/large"), "redirect_uris": uris,
            "client_name": "x".repeat(6 * 1024)}),
        ),
    ];
    for (path, document) in &cases {
        host.put_json(path, document);
    }
    let good = |path: &str| {
        serde_json::to_vec(&json!({"client_id": host.url(path), "redirect_uris": uris})).unwrap()
    };
    host.put("/html", &[("content-type", "text/html")], good("/html"));
    host.put("/untyped", &[], good("/untyped"));
    host.put("/not-json", &[("content-type", "application/json")], b"<html>".to_vec());
    let gzip = [("content-type", "application/json"), ("content-encoding", "gzip")];
    host.put("/bomb", &gzip, good("/bomb"));
    let moved = [("location", "/good"), ("content-type", "application/json")];
    host.put_status("/moved", StatusCode::FOUND, &moved, good("/moved"));
    host.put_json("/good", &json!({"client_id": host.url("/good"), "redirect_uris": uris}));

    let paths = cases.iter().map(|(path, _)| *path);
    for path in paths.chain(["/html", "/untyped", "/not-json", "/bomb", "/moved"]) {
        let refused = find(&bench, &host.url(path)).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::InvalidClientMetadata, "{path}");
    }
    assert!(find(&bench, &host.url("/good")).await.is_ok());
    assert_eq!(host.asked(), cases.len() + 6, "one question each, and no redirect followed");
}

fn hosts(setting: &str, environment: Environment) -> DocumentHosts {
    let vars = Vars::from_pairs([("MCP_SERVER_CIMD_HOSTS", setting)]);
    DocumentHosts::from_vars(&vars, environment).unwrap()
}

#[test]
fn row_81_an_address_is_a_plain_https_url_of_a_named_host() {
    let hosts = hosts("app.example.com,*.docs.example.com", Environment::Prod);
    for good in ["https://app.example.com/client", "https://a.b.docs.example.com/oauth/client.json"]
    {
        assert_eq!(hosts.address(good).unwrap().id(), good);
    }
    for bad in [
        "http://app.example.com/client",
        "https://app.example.com",
        "https://app.example.com/",
        "https://app.example.com/client?x=1",
        "https://app.example.com/client#x",
        "https://user@app.example.com/client",
        "https://app.example.com/a/../client",
        "https://app.example.com/a/%2e%2e/client",
        "https://APP.example.com/client",
        "https://app.example.com\\@evil.example/client",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/client",
        "https://[::1]/client",
        "https://[64:ff9b::a9fe:a9fe]/client",
        "https://[2002:7f00:1::1]/client",
        "https://2130706433/client",
        "https://0x7f.0.0.1/client",
        "https://localhost/client",
        "http://127.0.0.1:8000/client",
        "http://localhost:8000/client",
        "app://app.example.com/client",
        "javascript:alert(1)",
        "ftp://app.example.com/client",
        "urn:client",
    ] {
        assert!(hosts.address(bad).is_err(), "{bad}");
    }
}

#[test]
fn row_81_another_port_is_another_host() {
    let hosts = hosts("app.example.com", Environment::Prod);
    for port in ["22", "80", "8443"] {
        assert!(hosts.address(&format!("https://app.example.com:{port}/client")).is_err());
    }
}

#[test]
fn row_82_a_host_that_is_not_on_the_list_is_refused_in_plain_words() {
    let known = hosts("", Environment::Prod);
    for good in [
        "https://claude.ai/oauth/claude-code-client-metadata",
        "https://chatgpt.com/oauth/client.json",
        "https://vscode.dev/oauth/client-metadata.json",
    ] {
        assert!(known.address(good).is_ok(), "{good}");
    }
    let listed = hosts("app.example.com,*.docs.example.com", Environment::Prod);
    for foreign in [
        "https://evil.example/client",
        "https://app.example.com.evil.example/client",
        "https://xapp.example.com/client",
        "https://docs.example.com/client",
        "https://xdocs.example.com/client",
    ] {
        let refused = listed.address(foreign).unwrap_err();
        assert_eq!(refused, DocumentProblem::Host, "{foreign}");
        assert_eq!(refused.error().code.status(), 400);
        assert!(refused.error().description.contains("MCP_SERVER_CIMD_HOSTS"));
    }
    let none = hosts("none", Environment::Prod);
    assert!(none.is_empty());
    assert_eq!(none.address("https://claude.ai/c").unwrap_err(), DocumentProblem::Off);
}

#[test]
fn a_list_of_hosts_that_cannot_be_meant_stops_the_start() {
    let read = |setting: &str, environment| {
        let vars = Vars::from_pairs([("MCP_SERVER_CIMD_HOSTS", setting)]);
        DocumentHosts::from_vars(&vars, environment)
    };
    for bad in [
        "*",
        "*.com",
        "https://claude.ai",
        "claude.ai/x",
        "claude.ai:443",
        "Claude.ai",
        "a.*.com",
        "10.0.0.1",
        "[::1]",
        "localhost",
        "none,claude.ai",
        "10.0.0.1:80",
        ",",
    ] {
        let error = read(bad, Environment::Local).unwrap_err();
        assert_eq!(error.variable, "MCP_SERVER_CIMD_HOSTS", "{bad}");
    }
    assert!(read("127.0.0.1:8000", Environment::Local).is_ok());
    assert!(read("127.0.0.1:8000", Environment::Dev).is_err());
}
