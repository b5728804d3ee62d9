//! Audit records through the real AWS SDK: against a strict stub with faults, and against moto.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something unexpected happens"
)]

mod faults;
mod limits;
mod moto;
mod stub;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_firehose::Client;
use aws_sdk_firehose::config::{BehaviorVersion, Credentials, Region};
use platform::audit::{AuditRecord, AuditSink, Budget, FirehoseStream};
use platform::telemetry::Lines;
use serde_json::{Value, json};
use uuid::Uuid;

const STREAM: &str = "audit-test";

/// A client as the SDK makes it, with its own retries on: the sink must switch them off.
fn client(endpoint: &str) -> Client {
    let http_client = aws_smithy_http_client::Builder::new().build_http();
    let config = aws_sdk_firehose::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(http_client)
        .endpoint_url(endpoint)
        .build();
    Client::from_conf(config)
}

/// A sink with this much time for one try. Tests take little only where they run into it.
fn sink(endpoint: &str, per_try: Duration) -> AuditSink {
    AuditSink::Firehose(FirehoseStream::new(&client(endpoint), STREAM).with_budget(Budget {
        per_try,
        total: per_try * 3,
        longest_pause: Duration::from_millis(10),
    }))
}

/// Time enough for one try on a busy machine.
const PATIENT: Duration = Duration::from_secs(30);

/// A record of its own; `bulk` is how many large resources it shows.
fn record(bulk: usize) -> AuditRecord {
    let resource = json!({
        "kind": "file", "id": "\n\u{2028}".repeat(400), "label": "l".repeat(200),
        "decision": "allowed",
    });
    let record = json!({
        "event_id": Uuid::now_v7(), "schema": 1, "time": "2026-11-21T12:00:00Z",
        "environment": "local", "connector": "sharepoint", "version": "0.1.0",
        "kind": "tool", "name": "sharepoint_search\r\n", "mcp_era": "modern",
        "caller": { "tid": "t-1", "oid": "o-1", "upn": null, "azp": "a-1" },
        "debug_caller": false, "client_ip": "203.0.113.7", "outcome": "ok", "status": 200,
        "arguments": [], "arguments_total": 0,
        "resources": vec![resource; bulk], "resources_total": bulk,
        "redactions": 0, "truncated": false,
        "usage": {
            "upstream_ms": 40, "upstream_requests": 1, "upstream_bytes_in": 900,
            "dynamodb_read_units": 0.5, "dynamodb_write_units": 1.0,
            "own_ms": 12, "bytes_out": 0, "memory_mb": 0, "cold_start": false,
        },
        "trace_id": null,
    });
    serde_json::from_value(record).unwrap()
}

/// Lines that were written.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    fn lines(&self) -> Lines {
        Lines::to(self.clone())
    }

    fn values(&self) -> Vec<Value> {
        let bytes = self.0.lock().unwrap().clone();
        let text = String::from_utf8(bytes).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
