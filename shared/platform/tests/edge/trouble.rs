//! Calls that go wrong: each is answered, in time and recorded, and the next one works.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Body;
use http::Request;
use platform::Invocation;
use serde_json::json;
use tokio::time::Instant;

use crate::probe::{ENDED, RELEASED, SECRET};
use crate::server::{Server, call_of, legacy_post};

#[track_caller]
fn holds_no_secret(server: &Server, body: &[u8]) {
    let records = server.records();
    assert!(!String::from_utf8_lossy(body).contains(SECRET));
    assert!(!json!(records).to_string().contains(SECRET), "{records:?}");
}

/// A call of this tool inside a function that is stopped at `deadline`.
fn until(deadline: Instant, tool: &str) -> Request<Body> {
    let message = call_of(tool, json!({})).to_string();
    let mut request = legacy_post().body(Body::from(message)).unwrap();
    request
        .extensions_mut()
        .insert(Invocation { deadline: Some(deadline), request_id: "1".to_owned() });
    request
}

async fn still_greets(server: &Server) {
    let result = server.call("greet", json!({ "name": "Bob" })).await.result();
    assert_eq!(result["structuredContent"]["text"], "Hello, Bob! ");
}

#[tokio::test]
async fn a_panic_is_an_internal_error_and_the_next_call_works() {
    let server = Server::start().await;
    let reply = server.call("panics", json!({})).await;
    assert_eq!(reply.error(), (200, -32603));
    holds_no_secret(&server, &reply.body);
    still_greets(&server).await;
    assert_eq!(server.outcomes(), ["panic", "ok"]);
}

#[tokio::test(start_paused = true)]
async fn an_endless_call_ends_after_twenty_seconds() {
    let server = Server::start().await;
    let started = Instant::now();
    let (text, code) = server.call("endless", json!({})).await.failure();
    assert_eq!(code, "timeout");
    assert!(text.contains("narrow"), "{text}");
    assert_eq!(started.elapsed().as_secs(), 20);
    still_greets(&server).await;
    assert_eq!(server.outcomes(), ["timeout", "ok"]);
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_before_its_function_does() {
    let server = Server::start().await;
    let started = Instant::now();
    let request = until(started + Duration::from_secs(10), "endless");
    let (_, code) = server.send(request).await.failure();
    assert_eq!(code, "timeout");
    assert_eq!(started.elapsed().as_secs(), 7, "time is left for the record and the answer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_never_yields_does_not_hold_up_its_answer() {
    let server = Server::start().await;
    // Three seconds of it are kept for record and answer.
    let request = until(Instant::now() + Duration::from_millis(3_200), "busy");
    let (_, code) = server.send(request).await.failure();
    let answered_first = !ENDED.load(Ordering::Relaxed);
    let greeted = server.call("greet", json!({ "name": "Bob" })).await;
    RELEASED.store(true, Ordering::Relaxed);

    assert_eq!(code, "timeout");
    assert!(answered_first, "the answer waited for the tool");
    assert_eq!(greeted.result()["structuredContent"]["text"], "Hello, Bob! ");
    assert_eq!(server.outcomes(), ["timeout", "ok"]);
}

#[tokio::test]
async fn a_huge_answer_becomes_a_tool_error() {
    let server = Server::start().await;
    let reply = server.call("huge", json!({})).await;
    let (text, code) = reply.failure();
    assert_eq!(code, "too_large");
    assert!(text.contains("fewer"), "{text}");
    assert!(reply.body.len() < 1_000);
    still_greets(&server).await;
    assert_eq!(server.outcomes(), ["too_large", "ok"]);
}

#[tokio::test]
async fn an_answer_that_cannot_be_written_is_an_internal_error() {
    let server = Server::start().await;
    assert_eq!(server.call("unwritable", json!({})).await.error(), (200, -32603));
    still_greets(&server).await;
    assert_eq!(server.outcomes(), ["internal", "ok"]);
}

#[tokio::test]
async fn nothing_leaves_without_its_record() {
    let server = Server::without_audit().await;
    let reply = server.call("greet", json!({ "name": "canary" })).await;
    let (text, code) = reply.failure();
    assert_eq!(code, "audit_unavailable");
    assert!(text.contains("withheld"), "{text}");
    assert!(!String::from_utf8_lossy(&reply.body).contains("canary"));
    let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
    assert_eq!(server.legacy(&list).await.status, 200, "what is no data needs no record");
}
