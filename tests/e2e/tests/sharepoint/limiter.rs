//! Sixty calls a minute for each person, and what is told beyond them.

use e2e::{Company, Connector, Flavour, NAME};
use serde_json::json;
use stand_ins::entra::TokenSpec;
use tokio::task::JoinSet;

const LIMIT: usize = 60;

#[tokio::test]
async fn row_92_sixty_calls_pass_and_the_next_is_told_when_to_come_back() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let ann = connector.person("ann");
    for count in 1..=LIMIT {
        let status = ann.call("sharepoint_labels", json!({})).await.status();
        assert_eq!(status, 200, "call {count}");
    }
    for _ in 0..5 {
        let reply = ann.call("sharepoint_labels", json!({})).await.reply;
        assert_eq!(reply.status, 429, "{}", reply.text());
        assert!((1..=60).contains(&reply.retry_after_s().unwrap()), "{reply:?}");
        let body = reply.json();
        assert_eq!((&body["id"], &body["error"]["code"]), (&json!(1), &json!(429)));
    }
    // Refusals are counted, the first one of the window is written.
    let records = connector.audit();
    assert_eq!(records.len(), LIMIT + 1);
    assert_eq!(records[LIMIT]["outcome"], "rate_limited");
    assert_eq!(records[LIMIT]["status"], 429);
    connector.logged_text("\"RateLimited\"").await;

    // The list of tools is free, another person is another person, another token is not.
    assert_eq!(ann.send("tools/list", &json!({})).await.status, 200);
    assert_eq!(connector.person("bob").call("sharepoint_labels", json!({})).await.status(), 200);
    assert_eq!(connector.person("ann").call("sharepoint_labels", json!({})).await.status(), 429);
    connector.finish().await;
}

#[tokio::test]
async fn row_92_two_hundred_calls_at_once_are_sixty() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let request = connector.person("ann").tool_request("sharepoint_labels", &json!({})).bytes();
    let mut calls = JoinSet::new();
    for _ in 0..200 {
        let (address, request) = (connector.address(), request.clone());
        calls.spawn(async move { e2e::exchange(address, &request).await.status });
    }
    let statuses = calls.join_all().await;
    let passed = statuses.iter().filter(|status| **status == 200).count();
    let refused = statuses.iter().filter(|status| **status == 429).count();
    assert_eq!((passed, refused), (LIMIT, 200 - LIMIT));
    connector.finish().await;
}

#[tokio::test]
async fn row_93_the_limit_is_the_persons_whatever_the_headers_say() {
    let company = Company::start().await;
    let connector = Connector::start(&company, Flavour::Server, |environment| {
        environment.with("MCP_SERVER_RATE_LIMIT_RPM", "2")
    })
    .await;
    let spec = TokenSpec::new("ann", NAME);
    let clients = [spec.clone(), spec.clone().client("teams"), spec];
    let mut statuses = Vec::new();
    for (place, spec) in clients.iter().enumerate() {
        let client = connector.bearer(company.mint(spec));
        let request = client
            .tool_request("sharepoint_labels", &json!({}))
            .header("x-forwarded-for", format!("192.0.2.{place}"))
            .header("x-user-id", format!("user-{place}"))
            .header("mcp-session-id", format!("session-{place}"));
        statuses.push(connector.send(&request).await.status);
    }
    assert_eq!(statuses, [200, 200, 429]);
    connector.finish().await;
}

#[tokio::test]
async fn zero_is_no_limit() {
    let company = Company::start().await;
    let connector = Connector::start(&company, Flavour::Server, |environment| {
        environment.with("MCP_SERVER_RATE_LIMIT_RPM", "0")
    })
    .await;
    let ann = connector.person("ann");
    for count in 0..LIMIT + 5 {
        assert_eq!(ann.call("sharepoint_labels", json!({})).await.status(), 200, "call {count}");
    }
    connector.finish().await;
}
