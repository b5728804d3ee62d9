//! HTTP/1.1 by hand: what is written is exactly what the story says, right or wrong.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::{HOST, PATIENCE};

/// A request, as bytes.
#[derive(Clone, Debug)]
pub struct Request {
    line: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Request {
    /// A request with this method and path, for the connector's host.
    pub fn new(method: &str, path: &str) -> Self {
        let line = format!("{method} {path} HTTP/1.1");
        Self { line, headers: Vec::new(), body: Vec::new() }.header("host", HOST)
    }

    /// `GET` of a path.
    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    /// `POST` of a message to the MCP endpoint.
    pub fn post(message: &Value) -> Self {
        Self::new("POST", "/mcp")
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .body(message.to_string())
    }

    /// One more header, also when there is one of that name.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// Without any header of this name.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self
    }

    /// With this bearer token.
    #[must_use]
    pub fn bearer(self, token: impl AsRef<[u8]>) -> Self {
        let value = [b"Bearer ", token.as_ref()].concat();
        self.header("authorization", value)
    }

    /// With this body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The bytes on the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.line.clone().into_bytes();
        let length = self.body.len().to_string();
        let declared = self.headers.iter().any(|(name, _)| name == "content-length");
        let own = (!self.body.is_empty() && !declared).then_some(("content-length", length));
        let own = own.iter().map(|(name, value)| (*name, value.as_bytes()));
        let close = [("connection", b"close".as_slice())];
        let given = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
        for (name, value) in given.chain(own).chain(close) {
            bytes.extend_from_slice(b"\r\n");
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
        }
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// An answer that was read to its end.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers in their order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// The value of a header that may come once.
    ///
    /// # Panics
    /// When it comes twice.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(other, _)| other == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} comes twice: {:?}", self.headers);
        value
    }

    /// The `WWW-Authenticate` header, or nothing.
    pub fn challenge(&self) -> &str {
        self.header("www-authenticate").unwrap_or_default()
    }

    /// Seconds of `Retry-After`.
    pub fn retry_after_s(&self) -> Option<u64> {
        self.header("retry-after").map(|value| value.parse().expect("whole seconds"))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Panics
    /// When it is none.
    pub fn json(&self) -> Value {
        let json = serde_json::from_slice(&self.body);
        json.unwrap_or_else(|_| panic!("status {}: {}", self.status, self.text()))
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let reply = Self { status, headers, body: bytes[end + 4..].to_vec() };
        assert!(reply.header("transfer-encoding").is_none(), "an answer in chunks: {reply:?}");
        Some(reply)
    }
}

/// Writes these bytes and reads until the other side closes the connection.
///
/// # Panics
/// When no whole head of an answer comes in time.
pub async fn exchange(address: SocketAddr, request: &[u8]) -> Reply {
    let all = async {
        let stream = TcpStream::connect(address).await.expect("something listens");
        let (mut from, mut to) = stream.into_split();
        let mut bytes = Vec::new();
        // Whoever refuses a request by its head answers, and closes, before it is all written.
        let (_written, _read) = tokio::join!(async { to.write_all(request).await }, async {
            from.read_to_end(&mut bytes).await
        });
        bytes
    };
    let bytes = timeout(PATIENCE, all).await.expect("an answer in time");
    let reply = Reply::read(&bytes);
    reply.unwrap_or_else(|| panic!("no answer: {:?}", String::from_utf8_lossy(&bytes)))
}
