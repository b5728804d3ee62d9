//! What a process of its own really writes: standard output, and a file on a full disk.

#![expect(clippy::unwrap_used, reason = "a test ends where something unexpected happens")]

use std::process::Command;

use platform::audit::{AuditMode, AuditRecord, AuditSettings, AuditSink, Auditor, Release};
use platform::clock::Clock;
use platform::config::Vars;
use platform::telemetry::{Authentication, init};
use serde_json::{Value, json};

#[test]
fn a_process_prints_json_lines_alone_and_keeps_panics_and_libraries_quiet() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_talking_process", "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stdout}\n{stderr}");
    assert!(!stdout.contains("canary"), "{stdout}");
    assert!(!stderr.contains("canary"), "{stderr}");

    let lines: Vec<Value> = stdout
        .lines()
        .filter_map(|line| line.find('{').and_then(|start| line.get(start..)))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let words: Vec<&str> =
        lines.iter().filter_map(|line| line.get("event").or(line.get("type"))?.as_str()).collect();
    assert_eq!(words, ["auth_failed", "panic", "audit"], "{stdout}");
    for line in &lines {
        let timestamp = line.get("timestamp").unwrap().as_str().unwrap();
        assert!(timestamp.parse::<jiff::Timestamp>().is_ok(), "{line}");
        assert!(line.get("level").is_some() && line.get("message").is_some(), "{line}");
    }
}

#[test]
#[ignore = "the test above runs it as a process of its own"]
fn a_talking_process() {
    let vars = Vars::from_pairs([("LOG_LEVEL", "trace")]);
    let log = init(&vars, "sharepoint").unwrap();
    init(&vars, "sharepoint").unwrap();
    tracing::trace!(target: "hyper", body = "canary-library", "a library");
    tracing::warn!(target: "rmcp::service", error = "canary-argument", "response error");
    let authentication = Authentication { client_ip: None, endpoint: "/mcp", way: "direct" };
    authentication.failed("missing");
    let ended = std::thread::spawn(|| panic!("canary-panic")).join();
    assert!(ended.is_err());

    let settings = AuditSettings::from_vars(&vars).unwrap();
    assert_eq!(settings.mode, AuditMode::Strict);
    let sink = AuditSink::of(&settings.target, &log, || panic!("no stream was chosen"));
    let auditor = Auditor::new(sink, settings.mode, log, Clock::System);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let release = runtime.block_on(auditor.record(&record()));
    assert_eq!(release, Release::Released);
}

#[test]
fn a_line_that_a_full_disk_cuts_is_taken_back() {
    let home = tempfile::tempdir().unwrap();
    // A limit on the size of files cuts a write in the middle, as a full disk does.
    let script = "trap '' XFSZ; ulimit -f 3; exec \"$0\" \"$@\"";
    let status = Command::new("sh")
        .args(["-c", script])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "a_process_with_a_full_disk", "--ignored", "--nocapture"])
        .current_dir(home.path())
        .status()
        .unwrap();
    assert!(status.success());
    let text = std::fs::read_to_string(home.path().join("audit-2026-11-21.ndjson")).unwrap();
    assert!(text.ends_with('\n'), "{text}");
    for line in text.lines() {
        assert_eq!(serde_json::from_str::<AuditRecord>(line).unwrap(), record());
    }
}

#[test]
#[ignore = "the test above runs it as a process of its own"]
fn a_process_with_a_full_disk() {
    let sink = AuditSink::file(".");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let first_failure = (0..100).find_map(|n| {
        let error = runtime.block_on(sink.accept(&record())).err()?;
        Some((n, error))
    });
    let (written, _) = first_failure.unwrap();
    let text = std::fs::read_to_string("audit-2026-11-21.ndjson").unwrap();
    assert!(written > 0);
    assert_eq!(text.lines().count(), written);
}

fn record() -> AuditRecord {
    let record = json!({
        "event_id": "01987c6e-2f5b-7d31-9c3e-5a7f0b1c2d3e", "schema": 1,
        "time": "2026-11-21T12:00:00Z", "environment": "local", "connector": "sharepoint",
        "kind": "tool", "name": "sharepoint_search", "mcp_era": "legacy",
        "caller": { "tid": "t-1", "oid": "o-1", "upn": null, "azp": "a-1" },
        "debug_caller": false, "client_ip": null, "outcome": "ok", "status": 200,
        "arguments": [], "arguments_total": 0, "resources": [], "resources_total": 0,
        "redactions": 0, "truncated": false,
        "usage": {
            "upstream_ms": 0, "upstream_requests": 0, "upstream_bytes_in": 0,
            "dynamodb_read_units": 0.0, "dynamodb_write_units": 0.0,
            "own_ms": 1, "bytes_out": 0, "memory_mb": 0, "cold_start": true,
        },
        "trace_id": null, "version": "0.1.0",
    });
    serde_json::from_value(record).unwrap()
}
