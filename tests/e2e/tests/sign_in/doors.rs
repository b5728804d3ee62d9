//! Keep-out rules of every address of the authorization server.

use e2e::{Company, Connector, Request, own_server};
use serde_json::Value;
use stand_ins::company::TENANT;

/// Every address, and a method that it takes.
const PATHS: [(&str, &str); 12] = [
    ("GET", "/.well-known/oauth-authorization-server"),
    ("GET", "/.well-known/oauth-authorization-server/mcp"),
    ("GET", "/.well-known/openid-configuration"),
    ("GET", "/.well-known/openid-configuration/mcp"),
    ("GET", "/mcp/.well-known/openid-configuration"),
    ("POST", "/oauth/register"),
    ("GET", "/oauth/authorize"),
    ("GET", "/oauth/consent"),
    ("GET", "/oauth/callback"),
    ("GET", "/auth/callback"),
    ("POST", "/oauth/token"),
    ("POST", "/oauth/revoke"),
];

fn has_cors(reply: &e2e::Reply) -> bool {
    reply.headers.iter().any(|(name, _)| name.starts_with("access-control-"))
}

#[tokio::test]
async fn another_host_is_refused_at_every_address() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    for (method, path) in PATHS {
        for host in ["evil.example", "127.0.0.1:1", "sharepoint.localhost.evil.example", ""] {
            let request = Request::new(method, path).without("host").header("host", host);
            let reply = connector.send(&request).await;
            assert!([400, 403, 421].contains(&reply.status), "{path} {host}: {}", reply.status);
            assert!(host.is_empty() || !reply.text().contains(host), "{}", reply.text());
        }
    }
    // Forwarded words change nothing of what the metadata says.
    let request = Request::get(PATHS[0].1)
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "gopher")
        .header("forwarded", "host=evil.example");
    let reply = connector.send(&request).await;
    assert_eq!(reply.json()["issuer"], connector.environment.get("MCP_BASE_URL"));
    assert!(!reply.text().contains("evil") && !reply.text().contains("gopher"));
    connector.finish().await;
}

#[tokio::test]
async fn scripts_of_other_sites_read_nothing_that_depends_on_a_cookie() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    for (method, path) in PATHS {
        let is_page = ["authorize", "consent", "callback"].iter().any(|word| path.ends_with(word));
        let plain = Request::new(method, path).header("origin", "https://evil.example");
        let reply = connector.send(&plain).await;
        assert_eq!(has_cors(&reply), !is_page, "{path}: {:?}", reply.headers);
        assert_eq!(reply.header("access-control-allow-credentials"), None);
        let preflight = Request::new("OPTIONS", path)
            .header("origin", "https://evil.example")
            .header("access-control-request-method", method);
        let reply = connector.send(&preflight).await;
        if is_page {
            assert_eq!((reply.status, has_cors(&reply)), (405, false), "{path}");
        } else {
            assert_eq!(reply.status, 204, "{path}");
            assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
            assert!(reply.header("access-control-allow-methods").unwrap().contains(method));
        }
    }
    connector.finish().await;
}

#[tokio::test]
async fn other_methods_and_large_bodies_come_to_no_endpoint() {
    let company = Company::start().await;
    let connector = own_server(&company, |usual| usual).await;
    for (method, path) in PATHS {
        for other in ["PUT", "DELETE", "PATCH", "TRACE"] {
            let reply = connector.send(&Request::new(other, path)).await;
            assert_eq!(reply.status, 405, "{other} {path}");
            assert!(reply.header("allow").unwrap().contains(method), "{path}");
        }
        if method == "POST" {
            let large = Request::new(method, path).body("x".repeat((64 << 10) + 1));
            assert_eq!(connector.send(&large).await.status, 413, "{path}");
        }
    }
    connector.finish().await;
}

async fn resource_document(connector: &Connector<'_>) -> Value {
    connector.send(&Request::get("/.well-known/oauth-protected-resource")).await.json()
}

#[tokio::test]
async fn without_proxy_mode_there_is_no_authorization_server() {
    let company = Company::start().await;
    let connector =
        own_server(&company, |usual| usual.with("MCP_SERVER_AUTH_MODES", "direct")).await;
    for (method, path) in PATHS {
        for method in [method, "OPTIONS"] {
            let reply = connector.send(&Request::new(method, path)).await;
            assert_eq!((reply.status, has_cors(&reply)), (404, false), "{method} {path}");
        }
    }
    let entra = format!("{}/{TENANT}/v2.0", company.entra.base_url());
    assert_eq!(resource_document(&connector).await["authorization_servers"][0], entra.as_str());
    connector.finish().await;
    let connector = own_server(&company, |usual| usual).await;
    let base = connector.environment.get("MCP_BASE_URL");
    assert_eq!(resource_document(&connector).await["authorization_servers"][0], base);
    connector.finish().await;
}
