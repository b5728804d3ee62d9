//! One MCP tool call over HTTP, and its answer for a person.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use reqwest::Client;
use reqwest::header::{ACCEPT, HOST};
use serde_json::{Map, Value, json};

use crate::client::{Reply, send};

/// The revision spoken: the newest that needs no more than the call itself.
const REVISION: &str = "2025-11-25";

/// A tool call that can be sent.
#[derive(Debug)]
pub(crate) struct ToolCall<'a> {
    /// The MCP address.
    pub(crate) url: String,
    /// The Host header.
    pub(crate) host: String,
    /// Name of the tool.
    pub(crate) tool: &'a str,
    /// Its arguments.
    pub(crate) arguments: &'a Map<String, Value>,
}

/// What a tool answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The MCP result.
    pub(crate) result: Value,
    /// From sending to the last byte.
    pub(crate) took: Duration,
}

impl ToolCall<'_> {
    /// Makes the call.
    ///
    /// # Errors
    /// When the server answers no tool result.
    pub(crate) async fn send(&self, client: &Client, token: &str) -> anyhow::Result<Answer> {
        let message = json!({
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": { "name": self.tool, "arguments": self.arguments },
        });
        let started = Instant::now();
        let request = client
            .post(&self.url)
            .bearer_auth(token)
            .header(HOST, &self.host)
            .header(ACCEPT, "application/json, text/event-stream")
            .header("mcp-protocol-version", REVISION)
            .json(&message);
        let reply = send(request).await?;
        let result = result_of(&reply)?;
        Ok(Answer { result, took: started.elapsed() })
    }
}

fn result_of(reply: &Reply) -> anyhow::Result<Value> {
    let message: Option<Value> = serde_json::from_str(&reply.body).ok();
    if let Some(error) = message.as_ref().and_then(|message| message.get("error")) {
        let text = error.get("message").and_then(Value::as_str).unwrap_or("no message");
        let code = error.get("code").map_or_else(String::new, |code| format!(", code {code}"));
        bail!("the server refused the call ({}{code}): {text}", reply.status);
    }
    ensure!(reply.status.is_success(), "status {}: {}", reply.status, reply.excerpt());
    let result = message.and_then(|mut message| Some(message.get_mut("result")?.take()));
    result.context("the answer holds neither a result nor an error")
}

impl Answer {
    /// Whether the tool says that it failed.
    pub(crate) fn is_error(&self) -> bool {
        self.result.get("isError") == Some(&Value::Bool(true))
    }

    /// The text parts, one after the other.
    pub(crate) fn text(&self) -> String {
        let parts = self.result.get("content").and_then(Value::as_array);
        let texts = parts.into_iter().flatten().map(|part| {
            let kind = part.get("type").and_then(Value::as_str).unwrap_or("part");
            part.get("text").and_then(Value::as_str).map_or(format!("({kind})"), str::to_owned)
        });
        texts.collect::<Vec<_>>().join("\n")
    }
}

/// Arguments from `key=value` words: a value is JSON where it parses, else text.
///
/// # Errors
/// When a word has no `=`, an empty key, or a key comes twice.
pub(crate) fn arguments_of(words: &[String]) -> anyhow::Result<Map<String, Value>> {
    let mut arguments = Map::new();
    for word in words {
        let Some((key, value)) = word.split_once('=') else {
            bail!("`{word}` is no argument; write key=value");
        };
        ensure!(!key.is_empty(), "`{word}` has no key before the =");
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        ensure!(arguments.insert(key.to_owned(), value).is_none(), "`{key}` is given twice");
    }
    Ok(arguments)
}

#[cfg(test)]
mod tests;
