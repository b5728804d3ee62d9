//! Two eras of the protocol at one address, and never a session.

use std::collections::BTreeSet;

use e2e::{Company, Connector, Flavour, Request};
use serde_json::{Value, json};

fn initialize(version: &str) -> Value {
    json!({
        "protocolVersion": version,
        "capabilities": {},
        "clientInfo": {"name": "story", "version": "1"},
    })
}

#[tokio::test]
async fn every_spoken_revision_is_answered_in_its_own_words() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    let ann = connector.person("ann");
    for version in ["2025-03-26", "2025-06-18", "2025-11-25"] {
        let request = ann.request("initialize", &initialize(version));
        let reply = connector.send(&request.without("mcp-protocol-version")).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert!(reply.header("mcp-session-id").is_none());
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(reply.header("content-type"), Some("application/json"));
        let result = reply.json()["result"].clone();
        assert_eq!(result["protocolVersion"], version);
        assert!(result["capabilities"]["tools"].is_object(), "{result}");
        assert!(result["capabilities"]["tools"]["listChanged"].is_null(), "{result}");
        let listed = ann
            .request("tools/list", &json!({}))
            .without("mcp-protocol-version")
            .header("mcp-protocol-version", version);
        let result = connector.send(&listed).await.json()["result"].clone();
        assert!(names(&result).contains("sharepoint_search"), "{result}");
        for modern in ["resultType", "ttlMs", "cacheScope"] {
            assert!(result[modern].is_null(), "{modern} in {version}");
        }
        let notification = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        let reply = connector.send(&Request::post(&notification).bearer(ann.token())).await;
        assert_eq!(reply.status, 202, "{}", reply.text());
    }
    connector.finish().await;
}

#[tokio::test]
async fn the_newest_revision_needs_no_handshake() {
    let company = Company::start().await;
    let connector = Connector::function(&company).await;
    let ann = connector.person("ann").modern();
    let discovered = ann.send("server/discover", &json!({})).await;
    assert_eq!(discovered.status, 200, "{}", discovered.text());
    let result = discovered.json()["result"].clone();
    assert!(result["supportedVersions"].to_string().contains("2026-07-28"), "{result}");
    assert!(!result["supportedVersions"].to_string().contains("2024-11-05"), "{result}");
    let listed = ann.send("tools/list", &json!({})).await.json()["result"].clone();
    assert!(names(&listed).iter().any(|name| name == "sharepoint_search"), "{listed}");
    assert_eq!(listed["cacheScope"], "private", "{listed}");
    assert!(listed["ttlMs"].as_u64().is_some(), "{listed}");
    let found = ann.search("budget").await;
    assert!(!found.items().is_empty());
    assert_eq!(found.result()["resultType"], "complete", "{}", found.result());

    for (what, request, status, code) in [
        (
            "another name",
            ann.tool_request("sharepoint_labels", &json!({}))
                .without("mcp-name")
                .header("mcp-name", "other"),
            400,
            -32020,
        ),
        (
            "no method",
            ann.tool_request("sharepoint_labels", &json!({})).without("mcp-method"),
            400,
            -32020,
        ),
        (
            "no such method",
            ann.request("logging/setLevel", &json!({"level": "debug"})),
            404,
            -32601,
        ),
        ("ping", ann.request("ping", &json!({})), 404, -32601),
    ] {
        let reply = connector.send(&request).await;
        assert_eq!(reply.status, status, "{what}: {}", reply.text());
        assert_eq!(reply.json()["error"]["code"], code, "{what}");
    }
    connector.finish().await;
}

#[tokio::test]
async fn an_unknown_revision_is_told_what_is_spoken() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    for version in ["2024-11-05", "1999-01-01", "nonsense"] {
        let request = connector
            .person("ann")
            .request("tools/list", &json!({}))
            .without("mcp-protocol-version")
            .header("mcp-protocol-version", version);
        let reply = connector.send(&request).await;
        assert_eq!(reply.status, 400, "{version}: {}", reply.text());
        let error = reply.json()["error"].clone();
        assert_eq!(error["code"], -32022, "{error}");
        assert!(error["data"]["supported"].to_string().contains("2026-07-28"), "{error}");
    }
    connector.finish().await;
}

#[tokio::test]
async fn whoever_can_take_json_is_served() {
    let company = Company::start().await;
    let connector = Connector::server(&company).await;
    let ann = connector.person("ann");
    let request = || ann.request("tools/list", &json!({})).without("accept");
    for accept in
        ["application/json", "*/*", "application/*", "text/event-stream, application/json;q=0.9"]
    {
        let reply = connector.send(&request().header("accept", accept)).await;
        assert_eq!(reply.status, 200, "{accept}: {}", reply.text());
        assert_eq!(reply.header("content-type"), Some("application/json"), "{accept}");
    }
    assert_eq!(connector.send(&request()).await.status, 200, "no Accept");
    connector.finish().await;
}

#[tokio::test]
async fn both_flavours_offer_the_same_tools() {
    let company = Company::start().await;
    let mut offers = Vec::new();
    for flavour in [Flavour::Function, Flavour::Server] {
        let connector = Connector::start(&company, flavour, |environment| environment).await;
        let reply = connector.person("ann").send("tools/list", &json!({})).await;
        offers.push(reply.json()["result"].clone());
        connector.finish().await;
    }
    assert_eq!(offers[0], offers[1]);
    for tool in offers[0]["tools"].as_array().unwrap() {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
    }
}

fn names(result: &Value) -> BTreeSet<String> {
    let tools = result["tools"].as_array().unwrap();
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}
