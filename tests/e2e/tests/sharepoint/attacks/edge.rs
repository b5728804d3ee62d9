//! Rows about hosts, origins, methods, paths and messages.

use e2e::{Company, Connector, Flavour, NAME, Request};
use serde_json::json;
use stand_ins::entra::TokenSpec;

use super::{message, nothing_happened, only_refusals, with_token};

#[tokio::test]
async fn row_84_only_our_host_is_served_and_forwarded_words_are_not_believed() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let token = company.token("ann");
    for host in ["evil.example", "sharepoint.localhost.evil.example", "127.0.0.1", ""] {
        let request = with_token(&token).without("host").header("host", host);
        let status = connector.send(&request).await.status;
        assert!([400, 403, 421].contains(&status), "{host}: {status}");
    }
    let request = with_token(&token).header("host", "evil.example");
    assert_eq!(connector.send(&request).await.status, 400, "two hosts");
    assert_eq!(connector.send(&with_token(&token).without("host")).await.status, 400);
    let absolute = Request::new("POST", "http://evil.example/mcp").without("host").bearer(&token);
    assert!([400, 403].contains(&connector.send(&absolute).await.status));
    let spoofed = Request::get("/.well-known/oauth-protected-resource/mcp")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "gopher")
        .header("forwarded", "host=evil.example");
    let document = connector.send(&spoofed).await;
    assert_eq!(document.json()["resource"], "http://sharepoint.localhost/mcp");
    assert!(!document.text().contains("evil") && !document.text().contains("gopher"));
    nothing_happened(&connector);
    connector.finish().await;
}

#[tokio::test]
async fn row_84_the_client_address_is_the_one_the_load_balancer_saw() {
    let company = Company::start().await;
    for flavour in [Flavour::Function, Flavour::Server] {
        let connector = Connector::start(&company, flavour, |environment| environment).await;
        let request = with_token(company.token("ann"))
            .header("x-forwarded-for", "192.0.2.66, 192.0.2.77")
            .header("x-real-ip", "192.0.2.88");
        assert_eq!(connector.send(&request).await.status, 200);
        assert_eq!(connector.last_record()["client_ip"], "127.0.0.1");
        assert!(connector.log().iter().all(|line| !line.contains("192.0.2.")));
        connector.finish().await;
    }
}

#[tokio::test]
async fn row_85_and_86_pages_of_other_origins_may_not_call() {
    let company = Company::start().await;
    let connector = Connector::start(&company, Flavour::Server, |environment| {
        environment.with("MCP_SERVER_ALLOWED_ORIGINS", "https://app.example.com")
    })
    .await;
    let token = company.token("ann");
    for origin in ["https://evil.example", "null", "https://app.example.com.evil.example", ""] {
        let reply = connector.send(&with_token(&token).header("origin", origin)).await;
        assert_eq!(reply.status, 403, "{origin:?}");
        let preflight = Request::new("OPTIONS", "/mcp")
            .header("origin", origin)
            .header("access-control-request-method", "POST");
        let reply = connector.send(&preflight).await;
        assert!([403, 405].contains(&reply.status), "{origin:?}: {}", reply.status);
        let cors = reply.headers.iter().any(|(name, _)| name.starts_with("access-control"));
        assert!(!cors, "{:?}", reply.headers);
    }
    nothing_happened(&connector);
    let own = with_token(&token).header("origin", "https://app.example.com");
    assert_eq!(connector.send(&own).await.status, 200);
    assert_eq!(connector.send(&with_token(&token)).await.status, 200);
    connector.finish().await;
}

#[tokio::test]
async fn row_87_no_other_method_or_path_leads_anywhere() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let token = company.token("ann");
    let body = message().to_string();
    for path in [
        "/mcp/",
        "//mcp",
        "/mcp%2f..",
        "/mcp/..",
        "/MCP",
        "/./mcp",
        "/mcp;a=b",
        "/",
        "/mcp%00",
        "/health/../mcp",
        "/admin",
        "/.env",
        "/metrics",
    ] {
        let request = Request::new("POST", path)
            .bearer(&token)
            .header("content-type", "application/json")
            .body(body.clone());
        let status = connector.send(&request).await.status;
        assert!([400, 404, 405].contains(&status), "{path}: {status}");
    }
    for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "BREW"] {
        let reply = connector.send(&Request::new(method, "/mcp").bearer(&token)).await;
        assert_eq!(reply.status, 405, "{method}");
        assert_eq!(reply.header("allow"), Some("POST"), "{method}");
    }
    for method in ["POST", "PUT", "DELETE"] {
        assert_eq!(connector.send(&Request::new(method, "/health")).await.status, 405, "{method}");
    }
    nothing_happened(&connector);
    connector.finish().await;
}

#[tokio::test]
async fn row_88_what_is_not_one_message_is_refused_before_it_costs_anything() {
    let company = Company::start().await;
    for flavour in [Flavour::Function, Flavour::Server] {
        let connector = Connector::start(&company, flavour, |environment| environment).await;
        let token = company.token("ann");
        let send = |body: String, kind: &str| {
            let request = Request::new("POST", "/mcp")
                .bearer(&token)
                .header("content-type", kind)
                .header("accept", "application/json, text/event-stream")
                .body(body);
            let connector = &connector;
            async move { connector.send(&request).await }
        };
        let one = message().to_string();
        let cases = [
            (format!("[{one}]"), "application/json", 400, json!(-32600)),
            ("[]".to_owned(), "application/json", 400, json!(-32600)),
            ("{".to_owned(), "application/json", 400, json!(-32700)),
            ("17".to_owned(), "application/json", 400, json!(-32600)),
            (one.clone(), "text/plain", 415, json!(415)),
            (one, "application/x-www-form-urlencoded", 415, json!(415)),
            ("[".repeat(100_000), "application/json", 400, json!(-32700)),
        ];
        for (body, kind, status, code) in cases {
            let reply = send(body, kind).await;
            assert_eq!(reply.status, status, "{kind}: {}", reply.text());
            assert_eq!(reply.json()["error"]["code"], code, "{kind}");
        }
        assert_eq!(send("x".repeat(2 << 20), "application/json").await.status, 413);
        only_refusals(&connector);
        connector.finish().await;
    }
}

#[tokio::test]
async fn row_88_a_long_message_is_refused_without_a_word_about_the_token() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let declared = Request::new("POST", "/mcp").header("content-length", "2000000");
    assert_eq!(connector.send(&declared).await.status, 413, "by its declared length");
    let token = company.token("ann");
    let chunk = format!("{:x}\r\n{}\r\n", 1 << 16, "x".repeat(1 << 16));
    let chunked = Request::new("POST", "/mcp")
        .bearer(token)
        .header("content-type", "application/json")
        .header("transfer-encoding", "chunked")
        .header("content-length-is", "unknown");
    let bytes = [chunked.bytes(), chunk.repeat(32).into_bytes(), b"0\r\n\r\n".to_vec()].concat();
    assert_eq!(e2e::exchange(connector.address(), &bytes).await.status, 413, "by its real length");
    only_refusals(&connector);
    connector.finish().await;
}

#[tokio::test]
async fn row_89_hostile_names_stay_on_their_line() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let upn = "ann\r\n{\"event\":\"forged\"}\u{1b}[31m\u{202e}@harbourlight.example";
    let spec = TokenSpec::new("ann", NAME).claim("preferred_username", upn);
    let client = connector.bearer(company.mint(&spec));
    let tool = "x\r\n{\"event\":\"forged\"}\u{1b}[2J";
    let unknown = client.call(tool, json!({"\u{1b}[31m\nname": "value of an argument"})).await;
    assert_eq!(unknown.status(), 200);
    assert!(unknown.reply.json()["error"]["code"] == -32602, "{}", unknown.reply.text());
    let strange = client
        .tool_request("sharepoint_labels", &json!({}))
        .header("user-agent", "agent\u{202e}\u{9b}31m \"quoted\"")
        .header("x-amzn-trace-id", "Root=1-\"},{\"event\":\"forged\"");
    assert_eq!(connector.send(&strange).await.status, 200);
    let records = connector.audit();
    assert_eq!(records.len(), 2, "a record is one line");
    assert!(records.iter().all(|record| record["event"].is_null()));
    for line in connector.log() {
        let line: serde_json::Value = serde_json::from_str(&line).expect("a line is JSON");
        assert_ne!(line["event"], "forged");
    }
    connector.finish().await;
}
