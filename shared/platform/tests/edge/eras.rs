//! The two eras side by side: with a handshake, and without.

use axum::body::Body;
use http::StatusCode;
use serde_json::{Value, json};

use crate::server::{NEW, OLD, Server, legacy_post, post};

const ALL: [&str; 4] = ["2025-03-26", "2025-06-18", OLD, NEW];
const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

async fn initialize(server: &Server, version: &str) -> Value {
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": version,
        "capabilities": {},
        "clientInfo": { "name": "test", "version": "1" },
    }});
    server.send(post().body(Body::from(message.to_string())).unwrap()).await.result()
}

#[tokio::test]
async fn a_handshake_agrees_on_a_version_that_has_one() {
    let server = Server::start().await;
    for (asked, agreed) in [
        ("2025-03-26", "2025-03-26"),
        ("2025-06-18", "2025-06-18"),
        (OLD, OLD),
        (NEW, OLD),
        ("2024-11-05", OLD),
        ("nonsense", OLD),
    ] {
        let result = initialize(&server, asked).await;
        assert_eq!(result["protocolVersion"], agreed, "for {asked}");
        assert_eq!(result["capabilities"], json!({ "tools": {} }));
        assert_eq!(result["serverInfo"]["name"], "probe");
        assert_eq!(result["instructions"], "Nothing here is data.");
    }
}

#[tokio::test]
async fn discovery_tells_what_a_handshake_tells() {
    let server = Server::start().await;
    let result = server.modern("server/discover", json!({})).await.result();

    assert_eq!(result["supportedVersions"], json!(ALL));
    assert_eq!(result["capabilities"], json!({ "tools": {} }));
    assert_eq!(result["instructions"], "Nothing here is data.");
    assert_eq!(result["_meta"][SERVER_INFO]["version"], "1.2.3");
    assert_eq!(result["cacheScope"], "private");
}

#[tokio::test]
async fn what_the_newest_revision_added_is_told_to_its_clients_only() {
    let server = Server::start().await;
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let old = server.legacy(&list).await.result();
    let new = server.modern("tools/list", json!({})).await.result();
    assert_eq!(old["tools"], new["tools"]);
    assert_eq!(new["cacheScope"], "private");
    assert!(new["ttlMs"].as_u64().unwrap() > 0);

    let called = server.call("greet", json!({ "name": "Ann" })).await.result();
    let greet = json!({ "name": "greet", "arguments": { "name": "Ann" } });
    let newly_called = server.modern("tools/call", greet).await.result();
    for result in [old, called] {
        for field in ["resultType", "ttlMs", "cacheScope", "_meta"] {
            assert!(result.get(field).is_none(), "{field} in {result}");
        }
    }
    for result in [new, newly_called] {
        assert_eq!(result["resultType"], "complete");
        assert_eq!(result["_meta"][SERVER_INFO]["name"], "probe");
    }
    let eras: Vec<_> = server.records().iter().map(|record| record["mcp_era"].clone()).collect();
    assert_eq!(eras, ["legacy", "modern"]);
}

#[tokio::test]
async fn tools_are_listed_in_the_order_of_their_names_with_title_and_hints() {
    let server = Server::start().await;
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    let result = server.legacy(&list).await.result();
    let tools = result["tools"].as_array().unwrap();

    let names: Vec<_> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert!(names.is_sorted() && names.len() > 5, "{names:?}");
    for tool in tools {
        let hints = json!({
            "title": tool["title"], "readOnlyHint": true, "destructiveHint": false,
            "idempotentHint": true, "openWorldHint": true,
        });
        assert_eq!(tool["annotations"], hints);
        assert!(tool["title"].is_string() && tool["description"].is_string(), "{tool}");
        assert_eq!(tool["inputSchema"]["type"], "object");
    }
}

#[tokio::test]
async fn ping_belongs_to_the_handshake() {
    let server = Server::start().await;
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    assert_eq!(server.legacy(&ping).await.result(), json!({}));
    let unversioned = post().body(Body::from(ping.to_string())).unwrap();
    assert_eq!(server.send(unversioned).await.result(), json!({}));
    assert_eq!(server.modern("ping", json!({})).await.error(), (404, -32601));
}

#[tokio::test]
async fn notifications_are_accepted_without_a_word() {
    let server = Server::start().await;
    for method in
        ["notifications/initialized", "notifications/cancelled", "notifications/roots/list_changed"]
    {
        let params = json!({ "requestId": 1 });
        let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        let request = legacy_post().body(Body::from(message.to_string())).unwrap();
        let reply = server.send(request).await;
        assert_eq!(reply.status, StatusCode::ACCEPTED, "for {method}");
        assert!(reply.body.is_empty(), "for {method}");
    }
}
