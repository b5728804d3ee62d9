//! What is and what is not a message, and the codes that say so.

use axum::body::Body;
use serde_json::{Value, json};

use crate::server::{NEW, OLD, Server, legacy_post, meta, modern_request, post};

#[tokio::test]
async fn what_is_not_one_message_is_refused_as_json_rpc() {
    let server = Server::start().await;
    for (body, code) in [
        ("", -32700),
        ("{\"jsonrpc\":", -32700),
        ("<xml/>", -32700),
        ("[]", -32600),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
        (r#"{"id":1,"method":"ping"}"#, -32600),
    ] {
        let reply = server.send(legacy_post().body(Body::from(body)).unwrap()).await;
        assert_eq!(reply.error(), (400, code), "for {body}");
        assert_eq!(reply.json()["id"], Value::Null, "for {body}");
    }
}

#[tokio::test]
async fn ids_come_back_as_they_were_sent() {
    let server = Server::start().await;
    for id in [json!(7), json!("seven"), json!("7")] {
        let ping = json!({ "jsonrpc": "2.0", "id": id, "method": "ping" });
        assert_eq!(server.legacy(&ping).await.json()["id"], id);
        let unknown = json!({ "jsonrpc": "2.0", "id": id, "method": "nobody/knows" });
        assert_eq!(server.legacy(&unknown).await.json()["id"], id);
    }
}

#[tokio::test]
async fn an_answer_to_nothing_is_refused() {
    let server = Server::start().await;
    let reply = server.legacy(&json!({ "jsonrpc": "2.0", "id": 1, "result": {} })).await;
    assert_eq!(reply.error(), (400, -32600));
}

#[tokio::test]
async fn an_unknown_version_is_answered_with_those_that_are_known() {
    let server = Server::start().await;
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" }).to_string();
    let old = post().header("mcp-protocol-version", "2030-01-01").body(Body::from(list)).unwrap();
    let strange = json!({ "_meta": meta("2030-01-01") });
    let new = modern_request("tools/list", strange, &[("mcp-protocol-version", "2030-01-01")]);
    for request in [old, new] {
        let reply = server.send(request).await;
        assert_eq!(reply.error(), (400, -32022));
        let data = &reply.json()["error"]["data"];
        assert_eq!(data["requested"], "2030-01-01");
        let supported = json!(["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]);
        assert_eq!(data["supported"], supported);
    }
}

#[tokio::test]
async fn headers_must_say_what_the_body_says() {
    let server = Server::start().await;
    let greet = json!({ "name": "greet", "arguments": { "name": "Ann" } });
    assert_eq!(server.modern("tools/call", greet.clone()).await.status, 200);
    for changed in [
        ("mcp-method", ""),
        ("mcp-method", "tools/list"),
        ("mcp-name", ""),
        ("mcp-name", "panics"),
        ("mcp-protocol-version", OLD),
    ] {
        let reply = server.send(modern_request("tools/call", greet.clone(), &[changed])).await;
        assert_eq!(reply.error(), (400, -32020), "for {changed:?}");
    }
    let refused = std::iter::repeat_n("refused_request", 5);
    let outcomes: Vec<_> = std::iter::once("ok").chain(refused).collect();
    assert_eq!(server.outcomes(), outcomes, "only the first call ran, and each refusal is kept");
}

#[tokio::test]
async fn a_modern_request_says_who_it_is() {
    let server = Server::start().await;
    for missing in ["protocolVersion", "clientCapabilities"] {
        let mut meta = meta(NEW);
        meta.as_object_mut().unwrap().remove(&format!("io.modelcontextprotocol/{missing}"));
        let reply = server.modern("tools/list", json!({ "_meta": meta })).await;
        assert_eq!(reply.error(), (400, -32602), "without {missing}");
    }
}

#[tokio::test]
async fn an_unknown_method_is_404_without_a_handshake_and_200_with_one() {
    let server = Server::start().await;
    let methods = [
        "nobody/knows",
        "prompts/list",
        "prompts/get",
        "resources/list",
        "resources/templates/list",
        "resources/read",
        "completion/complete",
        "logging/setLevel",
    ];
    for method in methods {
        let params = json!({
            "name": "x", "uri": "x://y", "level": "info",
            "ref": { "type": "ref/prompt", "name": "x" }, "argument": { "name": "a", "value": "b" },
        });
        let old = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        assert_eq!(server.legacy(&old).await.error(), (200, -32601), "for {method}");
        let reply = server.modern(method, params).await;
        assert_eq!(reply.error(), (404, -32601), "for {method}");
    }
    for method in ["initialize", "ping", "resources/subscribe", "subscriptions/listen"] {
        let reply = server.modern(method, json!({ "notifications": {} })).await;
        assert_eq!(reply.error(), (404, -32601), "for {method}");
    }
}
