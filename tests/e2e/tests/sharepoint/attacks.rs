//! The attack table: each row that concerns a directly presented token, the edge, the keys, the
//! exchange, the cache or the limiter, against the running connector.

mod claims;
mod edge;
mod exchange;
mod form;
mod keys;

use e2e::{Company, Connector, Reply, Request};
use serde_json::{Value, json};

/// The message that every attack tries to get through.
pub(crate) fn message() -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "sharepoint_search", "arguments": {"query": "budget"},
    }})
}

/// The same with this bearer.
pub(crate) fn with_token(token: impl AsRef<[u8]>) -> Request {
    Request::post(&message()).bearer(token)
}

/// 401 `invalid_token`, in words that are the same whatever was wrong.
pub(crate) fn assert_refused(reply: &Reply, what: &str) {
    assert_eq!(reply.status, 401, "{what}: {}", reply.text());
    let challenge = reply.challenge();
    assert!(challenge.starts_with("Bearer error=\"invalid_token\", "), "{what}: {challenge}");
    assert!(challenge.contains("/.well-known/oauth-protected-resource/mcp\""), "{what}");
    let words = json!({
        "error": "invalid_token",
        "error_description": "The access token is not valid here; sign in again.",
    });
    assert_eq!(reply.json(), words, "{what}");
}

/// Sends each token and expects the same refusal; nobody upstream may hear of any.
pub(crate) async fn refuse_all<T: AsRef<[u8]>>(
    connector: &Connector<'_>,
    tokens: impl IntoIterator<Item = (String, T)>,
) {
    for (what, token) in tokens {
        let reply = connector.send(&with_token(token)).await;
        assert_refused(&reply, &what);
    }
    nothing_happened(connector);
}

/// No exchange, no request to Graph, no audit record: nobody was proven.
pub(crate) fn nothing_happened(connector: &Connector<'_>) {
    let company: &Company = connector.company;
    assert_eq!(company.exchanges(), 0, "an exchange was tried");
    assert_eq!(company.graph_requests(), 0, "Graph was asked");
    assert!(connector.audit().is_empty(), "somebody was taken for proven");
}

/// No exchange and no request to Graph; whoever was proven has a record of being turned away.
pub(crate) fn only_refusals(connector: &Connector<'_>) {
    let company: &Company = connector.company;
    assert_eq!(company.exchanges(), 0, "an exchange was tried");
    assert_eq!(company.graph_requests(), 0, "Graph was asked");
    let records = connector.audit();
    assert!(!records.is_empty(), "a proven person was turned away without a record");
    for record in records {
        assert_eq!(record["kind"], "refusal", "{record}");
        assert!(record["status"].as_u64() >= Some(400), "{record}");
    }
}
