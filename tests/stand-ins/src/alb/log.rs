//! What a function writes, and what the platform writes about it.

use std::fmt;

use serde::Serialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};

use super::clock;
use super::ring::Ring;

/// Longest line that is kept, as in the log service.
const LINE_BYTES: u64 = 256 * 1024;

/// One line of a function's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogLine {
    /// When it was read, RFC 3339.
    pub at: String,
    /// Number of the instance that wrote it.
    pub instance: u64,
    /// The invocation it was written during, or after.
    pub request_id: Option<String>,
    /// Who wrote it.
    pub source: LogSource,
    /// The line itself.
    pub line: String,
}

/// Who wrote a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogSource {
    /// The function, to its standard output.
    Stdout,
    /// The function, to its standard error.
    Stderr,
    /// The platform: `platform.start`, `platform.report` and so on, as JSON.
    Platform,
}

impl fmt::Display for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

/// Writes down one platform event in the JSON log format.
pub(super) fn platform(
    ring: &Ring<LogLine>,
    instance: u64,
    request_id: Option<&str>,
    kind: &str,
    record: &Value,
) {
    let at = clock::now().to_string();
    let line = json!({"time": at, "type": kind, "record": record}).to_string();
    let request_id = request_id.map(str::to_owned);
    ring.push(LogLine { at, instance, request_id, source: LogSource::Platform, line });
}

/// Copies a stream of the function into its log, line by line, until the stream ends.
pub(super) async fn capture(
    stream: impl AsyncRead + Unpin,
    source: LogSource,
    instance: u64,
    ring: &Ring<LogLine>,
    request_id: impl Fn() -> Option<String>,
) {
    let mut reader = BufReader::new(stream);
    let mut bytes = Vec::new();
    // No deadline: a function may be silent for as long as it lives.
    while let Ok(1..) = (&mut reader).take(LINE_BYTES).read_until(b'\n', &mut bytes).await {
        let line = String::from_utf8_lossy(&bytes);
        let line = line.trim_end_matches(['\r', '\n']).to_owned();
        let at = clock::now().to_string();
        ring.push(LogLine { at, instance, request_id: request_id(), source, line });
        bytes.clear();
    }
}
