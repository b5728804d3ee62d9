//! A person's assistant: MCP messages over HTTP, in both eras of the protocol.

use serde_json::{Value, json};

use crate::canaries::COOKIE;
use crate::{Connector, Reply, Request};

/// The newest revision with a handshake.
const LEGACY: &str = "2025-11-25";
/// The revision in which every request stands alone.
const MODERN: &str = "2026-07-28";

/// How the assistant speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Era {
    /// With the revision in a header only.
    Legacy,
    /// With everything in every request.
    Modern,
}

/// An assistant with one token.
#[derive(Clone)]
pub struct Client<'a> {
    connector: &'a Connector<'a>,
    token: String,
    era: Era,
}

/// What came of a tool call.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The whole HTTP answer.
    pub reply: Reply,
}

impl<'a> Client<'a> {
    pub(crate) fn new(connector: &'a Connector<'a>, token: String, era: Era) -> Self {
        Self { connector, token, era }
    }

    /// The same assistant in the newest era.
    #[must_use]
    pub fn modern(mut self) -> Self {
        self.era = Era::Modern;
        self
    }

    /// Its token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The request of one message, with the id 1.
    pub fn request(&self, method: &str, params: &Value) -> Request {
        let mut params = params.clone();
        let mut headers = vec![("mcp-protocol-version", LEGACY.to_owned())];
        if self.era == Era::Modern {
            headers = vec![("mcp-protocol-version", MODERN.to_owned())];
            headers.push(("mcp-method", method.to_owned()));
            if let Some(name) = params["name"].as_str() {
                headers.push(("mcp-name", name.to_owned()));
            }
            params["_meta"] = json!({
                "io.modelcontextprotocol/protocolVersion": MODERN,
                "io.modelcontextprotocol/clientCapabilities": {},
                "io.modelcontextprotocol/clientInfo": {"name": "story", "version": "1"},
            });
        }
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let request = Request::post(&message).bearer(&self.token).header("cookie", COOKIE);
        headers.iter().fold(request, |request, (name, value)| request.header(name, value))
    }

    /// The request of a tool call.
    pub fn tool_request(&self, tool: &str, arguments: &Value) -> Request {
        self.connector.company.canaries.plant_arguments(arguments);
        self.request("tools/call", &json!({"name": tool, "arguments": arguments}))
    }

    /// Sends one message.
    pub async fn send(&self, method: &str, params: &Value) -> Reply {
        self.connector.send(&self.request(method, params)).await
    }

    /// Calls a tool.
    pub async fn call(&self, tool: &str, arguments: Value) -> Answer {
        let request = self.tool_request(tool, &arguments);
        Answer { reply: self.connector.send(&request).await }
    }

    /// Searches for these words.
    pub async fn search(&self, query: &str) -> Answer {
        self.call("sharepoint_search", json!({"query": query})).await
    }
}

impl Answer {
    /// The status of the HTTP answer.
    pub fn status(&self) -> u16 {
        self.reply.status
    }

    /// The MCP result.
    ///
    /// # Panics
    /// When there is none.
    pub fn result(&self) -> Value {
        let message = self.reply.json();
        assert_eq!(self.status(), 200, "{message}");
        assert_eq!(message["id"], 1, "{message}");
        assert!(message["error"].is_null(), "{message}");
        message["result"].clone()
    }

    /// The structured data of an answer that is no error.
    ///
    /// # Panics
    /// When the tool failed.
    pub fn data(&self) -> Value {
        let result = self.result();
        assert_ne!(result["isError"], true, "{result}");
        result["structuredContent"].clone()
    }

    /// The items of a page.
    pub fn items(&self) -> Vec<Value> {
        self.data()["items"].as_array().expect("items").clone()
    }

    /// The titles of the items of a page.
    pub fn titles(&self) -> Vec<String> {
        self.items().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
    }

    /// The item with this title.
    ///
    /// # Panics
    /// When there is none.
    pub fn item(&self, title: &str) -> Value {
        let found = self.items().into_iter().find(|item| item["title"] == title);
        found.unwrap_or_else(|| panic!("no {title} in {:?}", self.titles()))
    }

    /// The code of a tool error.
    ///
    /// # Panics
    /// When the tool did not fail.
    pub fn code(&self) -> String {
        let result = self.result();
        assert_eq!(result["isError"], true, "{result}");
        assert!(!self.text().is_empty(), "a tool error says what to do next");
        result["structuredContent"]["code"].as_str().expect("a code").to_owned()
    }

    /// What a person reads.
    pub fn text(&self) -> String {
        let result = self.result();
        let parts = result["content"].as_array().expect("content").clone();
        let texts = parts.iter().map(|part| part["text"].as_str().unwrap_or_default());
        texts.collect::<Vec<_>>().join("\n")
    }
}
