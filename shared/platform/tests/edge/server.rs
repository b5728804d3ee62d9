//! The application under test, requests to it, and the audit records it leaves.

use std::path::Path;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::request::Builder;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use platform::config::Vars;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::probe::Probe;

pub(crate) const HOST: &str = "127.0.0.1:8101";
pub(crate) const OLD: &str = "2025-11-25";
pub(crate) const NEW: &str = "2026-07-28";

/// A connector that takes calls from anyone on this machine.
pub(crate) struct Server {
    router: Router,
    audit: TempDir,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let audit = tempfile::tempdir().unwrap();
        let directory = audit.path().to_path_buf();
        Self { router: application(&directory).await, audit }
    }

    /// A server whose audit records cannot be kept: their directory is a file.
    pub(crate) async fn without_audit() -> Self {
        let audit = tempfile::tempdir().unwrap();
        let file = audit.path().join("file");
        std::fs::write(&file, "in the way").unwrap();
        Self { router: application(&file).await, audit }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Reply { status: parts.status, headers: parts.headers, body }
    }

    /// A message of a client with a handshake.
    pub(crate) async fn legacy(&self, message: &Value) -> Reply {
        self.send(legacy_post().body(Body::from(message.to_string())).unwrap()).await
    }

    /// Calls a tool as a client with a handshake does.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Reply {
        self.legacy(&call_of(tool, arguments)).await
    }

    /// A request of a client without a handshake.
    pub(crate) async fn modern(&self, method: &str, params: Value) -> Reply {
        self.send(modern_request(method, params, &[])).await
    }

    /// What was audited, oldest first.
    pub(crate) fn records(&self) -> Vec<Value> {
        let mut files: Vec<_> = std::fs::read_dir(self.audit.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        let texts = files.iter().map(|file| std::fs::read_to_string(file).unwrap());
        texts
            .flat_map(|text| {
                text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>()
            })
            .collect()
    }

    /// The outcomes that were audited, oldest first.
    pub(crate) fn outcomes(&self) -> Vec<String> {
        let word = |record: Value| record["outcome"].as_str().unwrap().to_owned();
        self.records().into_iter().map(word).collect()
    }
}

async fn application(audit: &Path) -> Router {
    let base = format!("http://{HOST}");
    let audit = audit.to_string_lossy();
    let vars = Vars::from_pairs([
        ("ENABLE_OAUTH", "false"),
        ("GRAPH_DEBUG_TOKEN", "opens-nothing"),
        ("LISTEN_ADDR", HOST),
        ("MCP_BASE_URL", base.as_str()),
        ("MCP_SERVER_ALLOWED_HOSTS", HOST),
        ("MCP_SERVER_ALLOWED_ORIGINS", base.as_str()),
        ("MCP_SERVER_RATE_LIMIT_RPM", "0"),
        ("AUDIT_TYPE", "file"),
        ("AUDIT_FILE_DIRECTORY", &audit),
        ("LOG_LEVEL", "error"),
    ]);
    let (router, _) = platform::application::<Probe>(&vars).await.unwrap();
    // The application keeps what a panic says to itself; a test that fails is to be heard.
    drop(std::panic::take_hook());
    router
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.header("content-type"), Some("application/json"), "{self:?}");
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The result of a request that succeeded.
    #[track_caller]
    pub(crate) fn result(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{self:?}");
        let json = self.json();
        assert!(json.get("error").is_none(), "{json}");
        json["result"].clone()
    }

    /// The JSON-RPC error, with its status.
    #[track_caller]
    pub(crate) fn error(&self) -> (u16, i64) {
        let json = self.json();
        assert!(json.get("result").is_none(), "{json}");
        assert!(json["error"]["message"].as_str().is_some_and(|text| !text.is_empty()), "{json}");
        (self.status.as_u16(), json["error"]["code"].as_i64().unwrap())
    }

    /// The text and the code of a tool that failed.
    #[track_caller]
    pub(crate) fn failure(&self) -> (String, String) {
        let result = self.result();
        assert_eq!(result["isError"], true, "{result}");
        let text = result["content"][0]["text"].as_str().unwrap().to_owned();
        (text, result["structuredContent"]["code"].as_str().unwrap().to_owned())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

pub(crate) fn call_of(tool: &str, arguments: Value) -> Value {
    let mut params = json!({ "name": tool });
    params["arguments"] = arguments;
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params })
}

/// A POST with what every client sends.
pub(crate) fn post() -> Builder {
    Request::post("/mcp")
        .header(header::HOST, HOST)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json, text/event-stream")
}

/// A POST of a client with a handshake.
pub(crate) fn legacy_post() -> Builder {
    post().header("mcp-protocol-version", OLD)
}

/// What a client without a handshake says with every request.
pub(crate) fn meta(version: &str) -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

/// A request of a client without a handshake; `changed` headers replace the right ones, an empty
/// value leaves one out.
pub(crate) fn modern_request(
    method: &str,
    mut params: Value,
    changed: &[(&str, &str)],
) -> Request<Body> {
    if params.get("_meta").is_none() {
        params["_meta"] = meta(NEW);
    }
    let mut headers = vec![("mcp-protocol-version", NEW.to_owned()), ("mcp-method", method.into())];
    let named = match method {
        "tools/call" | "prompts/get" => params["name"].as_str(),
        "resources/read" => params["uri"].as_str(),
        _ => None,
    };
    if let Some(name) = named {
        headers.push(("mcp-name", name.to_owned()));
    }
    for (name, value) in changed {
        headers.retain(|(kept, _)| kept != name);
        if !value.is_empty() {
            headers.push((name, (*value).to_owned()));
        }
    }
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let request = headers.into_iter().fold(post(), |post, (name, value)| post.header(name, value));
    request.body(Body::from(message.to_string())).unwrap()
}
