//! The fixture in this process: what the suite asks of it, and what the suite does not ask.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test ends where something unexpected happens"
)]

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use conformance::{Fixture, settings};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;

const NEW: &str = "2026-07-28";

struct Server {
    router: Router,
    audit: TempDir,
}

/// Status, media type and text of an answer.
struct Reply(u16, String, String);

impl Reply {
    fn json(&self) -> Value {
        serde_json::from_str(&self.2).unwrap()
    }

    fn error(&self) -> (u16, i64) {
        (self.0, self.json()["error"]["code"].as_i64().unwrap())
    }
}

impl Server {
    async fn start() -> Self {
        let audit = tempfile::tempdir().unwrap();
        let vars = settings(8123, audit.path());
        let (router, _) = platform::application::<Fixture>(&vars).await.unwrap();
        Self { router, audit }
    }

    async fn send(&self, headers: &[(&str, &str)], message: &Value) -> Reply {
        let mut request = Request::post("/mcp")
            .header("host", "127.0.0.1:8123")
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(message.to_string())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let media = response.headers().get("content-type").unwrap().to_str().unwrap().to_owned();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Reply(status, media, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn legacy(&self, method: &str, params: Value) -> Reply {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        self.send(&[("mcp-protocol-version", "2025-11-25")], &message).await
    }

    /// A request without a handshake, of a client that can be asked the person.
    async fn modern(&self, method: &str, mut params: Value, capabilities: Value) -> Reply {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": NEW,
            "io.modelcontextprotocol/clientCapabilities": capabilities,
        });
        let mut headers = vec![("mcp-protocol-version", NEW), ("mcp-method", method)];
        let name = params["name"].as_str().map(str::to_owned);
        headers.extend(name.as_deref().map(|name| ("mcp-name", name)));
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        self.send(&headers, &message).await
    }

    async fn call(&self, params: Value) -> Reply {
        self.modern("tools/call", params, json!({ "elicitation": {} })).await
    }
}

const STATEFUL: &str = "test_input_required_result_request_state";

#[tokio::test]
async fn a_question_is_answered_in_a_second_round_with_its_own_state_only() {
    let server = Server::start().await;
    let asked = server.call(json!({ "name": STATEFUL, "arguments": {} })).await.json();
    let result = &asked["result"];
    assert_eq!(result["resultType"], "input_required");
    assert_eq!(result["inputRequests"]["confirm"]["method"], "elicitation/create");
    let state = result["requestState"].as_str().unwrap();

    let again = |tool: &str, state: &str| {
        json!({
            "name": tool,
            "arguments": {},
            "inputResponses": { "confirm": { "action": "accept", "content": { "ok": "yes" } } },
            "requestState": state,
        })
    };
    let answered = server.call(again(STATEFUL, state)).await.json();
    assert_eq!(answered["result"]["resultType"], "complete");

    let other = "test_input_required_result_tampered_state";
    for (tool, state) in [(STATEFUL, format!("{state}x")), (other, state.to_owned())] {
        assert_eq!(server.call(again(tool, &state)).await.error(), (200, -32602), "for {tool}");
    }
}

#[tokio::test]
async fn a_client_that_cannot_be_asked_is_not_asked() {
    let server = Server::start().await;
    let params = json!({ "name": STATEFUL, "arguments": {} });
    let refused = server.modern("tools/call", params.clone(), json!({})).await;
    assert_eq!(refused.error(), (400, -32021));
    let required = &refused.json()["error"]["data"]["requiredCapabilities"];
    assert!(required["elicitation"].is_object(), "{required}");

    let refused = server.legacy("tools/call", params).await.json();
    assert_eq!(refused["error"]["code"], -32021, "with a handshake nothing can be asked");
}

#[tokio::test]
async fn subscriptions_are_offered_with_a_handshake_only() {
    let server = Server::start().await;
    let hello = json!({
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": { "name": "test", "version": "1" },
    });
    let old = server.legacy("initialize", hello).await.json();
    assert_eq!(old["result"]["capabilities"]["resources"], json!({ "subscribe": true }));
    let new = server.modern("server/discover", json!({}), json!({})).await.json();
    assert_eq!(new["result"]["capabilities"]["resources"], json!({}));
}

#[tokio::test]
async fn what_a_tool_says_while_it_works_comes_before_its_answer() {
    let server = Server::start().await;
    let name = "test_tool_with_progress";
    let params = json!({ "name": name, "arguments": {}, "_meta": { "progressToken": "p" } });
    let Reply(status, media, text) = server.legacy("tools/call", params).await;
    assert_eq!((status, media.as_str()), (200, "text/event-stream"));
    let events: Vec<Value> = text
        .lines()
        .filter_map(|line| serde_json::from_str(line.strip_prefix("data:")?).ok())
        .collect();
    let steps: Vec<_> = events.iter().map(|event| event["params"]["progress"].clone()).collect();
    assert_eq!(steps, [json!(0.0), json!(50.0), json!(100.0), Value::Null]);
    assert!(events.last().unwrap()["result"].is_object(), "{text}");
}

#[tokio::test]
async fn every_call_is_recorded() {
    let server = Server::start().await;
    server.call(json!({ "name": STATEFUL, "arguments": {} })).await;
    server.legacy("prompts/get", json!({ "name": "test_simple_prompt" })).await;
    server.legacy("resources/read", json!({ "uri": "test://static-text" })).await;
    let file = std::fs::read_dir(server.audit.path()).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(file).unwrap();
    let records: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<_> = records.iter().map(|record| record["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["tool", "prompt", "resource"]);
    assert!(records.iter().all(|record| record["outcome"] == "ok"), "{text}");
}

#[tokio::test]
async fn tools_that_would_call_back_say_at_once_that_they_cannot() {
    let server = Server::start().await;
    for name in ["test_sampling", "test_elicitation"] {
        let reply = server.legacy("tools/call", json!({ "name": name, "arguments": {} })).await;
        assert_eq!(reply.json()["result"]["isError"], true, "for {name}");
    }
}
