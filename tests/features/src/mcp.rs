//! Calls of an assistant, over any HTTP.

use e2e::Answer;
use serde_json::{Value, json};

use crate::World;
use crate::site::Site;

/// The newest revision with a handshake.
const LEGACY: &str = "2025-11-25";
/// The revision in which every request stands alone.
const MODERN: &str = "2026-07-28";

impl World<'_> {
    /// Sends one message of the older era, with the bearer of the story.
    pub(crate) async fn say(&mut self, method: &str, params: &Value) {
        let request = self.message(method, params).await.header("mcp-protocol-version", LEGACY);
        self.answer = Some(Answer { reply: self.send(request).await });
    }

    /// Sends one message of the newer era, with the bearer of the story.
    pub(crate) async fn say_modern(&mut self, method: &str) {
        let params = json!({"_meta": {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/clientInfo": {"name": "feature", "version": "1"},
        }});
        let request = self.message(method, &params).await;
        let request = request.header("mcp-protocol-version", MODERN).header("mcp-method", method);
        self.answer = Some(Answer { reply: self.send(request).await });
    }

    /// Searches for these words.
    pub(crate) async fn search(&mut self, query: &str) {
        self.call("sharepoint_search", json!({"query": query})).await;
    }

    /// Calls a tool.
    pub(crate) async fn call(&mut self, tool: &str, arguments: Value) {
        if let Site::Here(here) = &self.site {
            here.company.canaries.plant_arguments(&arguments);
        }
        self.say("tools/call", &json!({"name": tool, "arguments": arguments})).await;
    }

    async fn message(&mut self, method: &str, params: &Value) -> reqwest::RequestBuilder {
        let address = format!("{}/mcp", self.base_url().await);
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let request = self.http.post(address).header("content-type", "application/json");
        let request = request.header("accept", "application/json, text/event-stream");
        let request = request.body(message.to_string());
        match &self.bearer {
            Some(bearer) => request.bearer_auth(bearer),
            None => request,
        }
    }
}
