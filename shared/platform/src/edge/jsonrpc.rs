//! The outside of a JSON-RPC message: enough to route it, to refuse it, and to answer it.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;

/// What edge and admit need to know of a message before rmcp reads it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Envelope {
    /// The request id; `None` for notifications and responses.
    pub(crate) id: Option<Value>,
    /// The method; `None` for responses.
    pub(crate) method: Option<String>,
    /// The protocol version in the request's `_meta`.
    pub(crate) version: Option<String>,
    /// The W3C trace parent in the request's `_meta`.
    pub(crate) traceparent: Option<String>,
}

/// The methods and notifications that clients send, in all revisions that are spoken here.
const METHODS: [&str; 24] = [
    "completion/complete",
    "initialize",
    "logging/setLevel",
    "notifications/cancelled",
    "notifications/initialized",
    "notifications/progress",
    "notifications/roots/list_changed",
    "ping",
    "prompts/get",
    "prompts/list",
    "resources/list",
    "resources/read",
    "resources/subscribe",
    "resources/templates/list",
    "resources/unsubscribe",
    "response",
    "server/discover",
    "subscriptions/listen",
    "tasks/cancel",
    "tasks/get",
    "tasks/result",
    "tasks/update",
    "tools/call",
    "tools/list",
];

/// Why a body is not one JSON-RPC message: the specification's code and a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotAMessage {
    pub(crate) code: i32,
    pub(crate) message: &'static str,
}

#[derive(Deserialize)]
struct Message {
    jsonrpc: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    id: Option<Value>,
    method: Option<Value>,
    params: Option<Value>,
}

/// Keeps `"id": null` apart from no id at all.
fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Envelope {
    /// Reads the outside of one message.
    ///
    /// # Errors
    /// -32700 for what is not JSON, -32600 for JSON that is not one message (arrays included:
    /// batches left the protocol with revision 2025-06-18 and are refused in all).
    pub(crate) fn read(body: &[u8]) -> Result<Self, NotAMessage> {
        let invalid = |message| NotAMessage { code: -32600, message };
        let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
        if first == Some(&b'[') {
            return Err(match serde_json::from_slice::<serde::de::IgnoredAny>(body) {
                Ok(_) => invalid("batches are not supported; send one message per request"),
                Err(_) => NotAMessage { code: -32700, message: "the body is not JSON" },
            });
        }
        let value: Value = serde_json::from_slice(body)
            .map_err(|_| NotAMessage { code: -32700, message: "the body is not JSON" })?;
        let message: Message = serde_json::from_value(value)
            .map_err(|_| invalid("the body is not a JSON-RPC message"))?;
        if message.jsonrpc.as_ref().and_then(Value::as_str) != Some("2.0") {
            return Err(invalid("`jsonrpc` must be \"2.0\""));
        }
        let id = match message.id {
            None => None,
            Some(id) if id.is_string() || id.is_i64() || id.is_u64() => Some(id),
            Some(_) => return Err(invalid("`id` must be a string or an integer")),
        };
        let method = match message.method {
            None => None,
            Some(Value::String(method)) => Some(method),
            Some(_) => return Err(invalid("`method` must be a string")),
        };
        if method.is_none() && id.is_none() {
            return Err(invalid("the message has neither `method` nor `id`"));
        }
        let text =
            |pointer: &str| message.params.as_ref()?.pointer(pointer)?.as_str().map(str::to_owned);
        Ok(Self {
            id,
            method,
            version: text("/_meta/io.modelcontextprotocol~1protocolVersion"),
            traceparent: text("/_meta/traceparent"),
        })
    }

    /// The method, if it is one of the protocol's; what a client made up is not ours to write down.
    pub(crate) fn known_method(&self) -> &'static str {
        let method = self.method.as_deref().unwrap_or("response");
        METHODS.iter().copied().find(|known| *known == method).unwrap_or("unknown")
    }

    /// Whether the method returns the person's data, and so needs a permit and an audit record.
    pub(crate) fn returns_data(&self) -> bool {
        matches!(
            self.method.as_deref(),
            Some("tools/call" | "resources/read" | "prompts/get" | "completion/complete")
        )
    }
}

/// An HTTP answer whose body is a JSON-RPC error.
pub(crate) fn error(
    status: StatusCode,
    id: Option<&Value>,
    code: i32,
    message: &str,
    data: Option<Value>,
) -> Response {
    let mut error = serde_json::json!({ "code": code, "message": message });
    if let (Some(data), Some(object)) = (data, error.as_object_mut()) {
        object.insert("data".into(), data);
    }
    let body = serde_json::json!({ "jsonrpc": "2.0", "id": id, "error": error });
    json(status, &body)
}

/// An HTTP answer whose body is a JSON-RPC error of our own: its code is the HTTP status.
pub(crate) fn own_error(status: StatusCode, id: Option<&Value>, message: &str) -> Response {
    error(status, id, i32::from(status.as_u16()), message, None)
}

/// An HTTP answer with a JSON body.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_one_message_is_refused_with_the_code_of_the_specification() {
        for (body, code) in [
            ("", -32700),
            ("{", -32700),
            ("[", -32700),
            ("[]", -32600),
            (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600),
            ("17", -32600),
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
            (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, -32600),
            (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600),
            (r#"{"jsonrpc":"2.0","id":1,"method":17}"#, -32600),
            (r#"{"jsonrpc":"2.0"}"#, -32600),
        ] {
            let refused = Envelope::read(body.as_bytes()).err().map(|error| error.code);
            assert_eq!(refused, Some(code), "for {body}");
        }
    }

    #[test]
    fn the_envelope_names_the_method_and_the_version() {
        let body = br#"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"x",
            "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#;
        let envelope = Envelope::read(body).unwrap();

        assert_eq!(envelope.version.as_deref(), Some("2026-07-28"));
        assert!(envelope.returns_data());
    }
}
