//! Tests of this room that need no network; the stream's are in `tests/firehose`.

use std::collections::BTreeSet;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::clock::Clock;
use crate::config::Vars;
use crate::identity::Caller;
use crate::telemetry::tests::{Page, assert_documented};
use crate::telemetry::{Lines, ndjson};
use crate::usage::{Usage, UsageSnapshot};

fn noon() -> Timestamp {
    "2026-11-21T12:00:00.123Z".parse().unwrap()
}

fn arguments(value: Value) -> Arguments {
    let Value::Object(members) = value else { panic!("not an object") };
    ArgumentDigester::new(&[b'k'; 32]).digest(&members)
}

fn record_of(name: &str, arguments: Arguments, trail: &AuditTrail) -> AuditRecord {
    let caller = Caller::for_tests("o-1");
    let usage = Usage::default();
    usage.add_upstream(Duration::from_millis(40), 900);
    AuditOrigin::new("dev", "sharepoint", "0.1.0").record(
        noon(),
        Occurrence {
            kind: Kind::Tool,
            name,
            era: Era::Modern,
            caller: (&caller).into(),
            proof: CallerProof::Verified,
            client_ip: Some("203.0.113.7".parse().unwrap()),
            outcome: Outcome { word: OutcomeWord::Ok, status: 200 },
            arguments,
            trail,
            usage: AuditUsage::new(usage.snapshot(), Duration::from_millis(52)),
            trace_id: Some("1-67891233-abcdef012345678912345678"),
        },
    )
}

fn record() -> AuditRecord {
    let trail = AuditTrail::default();
    trail.reveal("file", "01ABC", Some("label-1"), Decision::Redacted);
    record_of("sharepoint_search", arguments(json!({ "query": "budget" })), &trail)
}

#[test]
fn a_record_says_who_asked_what_was_shown_and_what_it_used() {
    let record = record();
    assert_eq!(record.event_id.get_version_num(), 7);
    assert_eq!(record.usage.own_ms, 12);
    let mut seen = serde_json::to_value(&record).unwrap();
    seen["event_id"] = "…".into();
    seen["arguments"][0]["digest"] = "…".into();
    let expected = json!({
        "event_id": "…", "schema": 1, "time": "2026-11-21T12:00:00.123Z",
        "environment": "dev", "connector": "sharepoint", "version": "0.1.0",
        "kind": "tool", "name": "sharepoint_search", "mcp_era": "modern",
        "caller": {
            "tid": "5a4f0f0e-7c1f-4f0a-9b1e-0c6a4d1c2b3a", "oid": "o-1",
            "upn": "o-1@example.test", "azp": "f0000000-0000-4000-8000-000000000001",
        },
        "debug_caller": false, "client_ip": "203.0.113.7", "outcome": "ok", "status": 200,
        "arguments": [{ "name": "query", "digest": "…" }], "arguments_total": 1,
        "resources": [
            { "kind": "file", "id": "01ABC", "label": "label-1", "decision": "redacted" },
        ],
        "resources_total": 1, "redactions": 1, "truncated": false,
        "usage": {
            "upstream_ms": 40, "upstream_requests": 1, "upstream_bytes_in": 900,
            "dynamodb_read_units": 0.0, "dynamodb_write_units": 0.0,
            "own_ms": 12, "bytes_out": 0, "memory_mb": 0, "cold_start": false,
        },
        "trace_id": "1-67891233-abcdef012345678912345678",
    });
    assert_eq!(seen, expected);
}

#[test]
fn the_documentation_names_exactly_the_fields_of_a_record() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/audit-record.md");
    let documentation = std::fs::read_to_string(path).unwrap();
    let table = documentation.split("## Outcomes").next().unwrap();
    let documented: BTreeSet<String> = table
        .lines()
        .filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned()))
        .collect();
    let mut fields = BTreeSet::new();
    collect_fields("", &serde_json::to_value(record()).unwrap(), &mut fields);
    assert_eq!(documented, fields);
    for word in OutcomeWord::ALL {
        let row = format!("| `{}` |", word.as_str());
        assert!(documentation.contains(&row), "docs/audit-record.md lacks {row}");
    }
}

fn collect_fields(path: &str, value: &Value, fields: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let dot = if path.is_empty() { "" } else { "." };
                collect_fields(&format!("{path}{dot}{name}"), value, fields);
            }
        }
        Value::Array(items) => collect_fields(&format!("{path}[]"), &items[0], fields),
        _ => assert!(fields.insert(path.to_owned()), "{path} twice"),
    }
}

#[test]
fn no_value_token_or_name_is_printed() {
    let caller = Caller::for_tests("o-1");
    let digester = ArgumentDigester::new(b"canary-key");
    let planted = json!({ "query": "canary-value", "deep": { "list": ["canary-deep"] } });
    let arguments = digester.digest(planted.as_object().unwrap());
    let trail = AuditTrail::default();
    trail.reveal("file", "canary-id", Some("canary-label"), Decision::Allowed);
    let record = record_of("sharepoint_search", arguments.clone(), &trail);

    let written = ndjson(&record).unwrap();
    for secret in ["canary-value", "canary-deep", "canary-key", "token-of-o-1"] {
        assert!(!written.contains(secret), "{secret} in {written}");
    }
    let printed = format!(
        "{record:?} {:#?} {trail:?} {:?} {arguments:?} {digester:?} {caller:?}",
        record.caller,
        trail.shown(),
    );
    let printed = printed.replace("o-1@example.test", "upn-of-caller");
    let of_records = printed.split("Caller {").next().unwrap();
    for secret in ["canary", "token-of", "upn-of-caller"] {
        assert!(!of_records.contains(secret), "{secret} in {of_records}");
    }
    assert!(!printed.contains("token-of-o-1"));
}

#[test]
fn a_digest_depends_on_the_value_and_the_key_alone() {
    let digest = |value: Value| arguments(value).kept[0].digest.as_str().to_owned();
    let one = digest(json!({ "filter": { "b": [1, "ä"], "a": null } }));
    let other: Value = serde_json::from_str(r#"{ "x": { "a": null, "b": [1, "ä"] } }"#).unwrap();
    assert_eq!(one, digest(other));
    // Python: hmac.new(b"k" * 32, json.dumps(value, sort_keys=True, separators=(",", ":"),
    // ensure_ascii=False).encode(), "sha256").hexdigest()[:32]
    assert_eq!(one, "f429853f9d3f8563580a1ae0ded3f46a");
    assert_ne!(one, digest(json!({ "filter": { "b": [1, "a"], "a": null } })));
    let members = json!({ "filter": { "b": [1, "ä"], "a": null } });
    let other_key = ArgumentDigester::new(&[b'x'; 32]).digest(members.as_object().unwrap());
    assert_ne!(one, other_key.kept[0].digest.as_str());
}

#[test]
fn a_trail_keeps_fifty_and_counts_all() {
    let trail = AuditTrail::default();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let trail = trail.clone();
            scope.spawn(move || {
                for n in 0..30 {
                    trail.reveal("file", &format!("{thread}-{n}"), None, Decision::Allowed);
                }
                trail.redact();
            });
        }
    });
    trail.truncate();
    let shown = trail.shown();
    assert_eq!((shown.resources.len(), shown.total), (50, 120));
    assert_eq!((shown.redactions, shown.truncated), (4, true));
}

#[test]
fn outcome_words_are_distinct_and_stable() {
    let words: BTreeSet<&str> = OutcomeWord::ALL.iter().map(|word| word.as_str()).collect();
    assert_eq!(words.len(), OutcomeWord::ALL.len());
    for word in OutcomeWord::ALL {
        assert_eq!(serde_json::to_value(word).unwrap(), word.as_str());
        assert_eq!(OutcomeWord::of_code(word.as_str()), *word);
    }
    assert_eq!(OutcomeWord::of_code("never heard of"), OutcomeWord::Other);
}

#[test]
fn settings_that_contradict_or_miss_something_name_the_variable() {
    let read =
        |pairs: &[(&str, &str)]| AuditSettings::from_vars(&Vars::from_pairs(pairs.iter().copied()));
    let default = read(&[]).unwrap();
    assert_eq!((default.target, default.mode), (AuditTarget::Stdout, AuditMode::Strict));
    let firehose = [
        ("ENVIRONMENT", "prod"),
        ("AUDIT_TYPE", "firehose"),
        ("AUDIT_FIREHOSE_STREAM_NAME", "audit-prod"),
        ("AUDIT_MODE", "best_effort"),
    ];
    let deployed = read(&firehose).unwrap();
    assert_eq!(deployed.mode, AuditMode::BestEffort);
    assert_eq!(deployed.target, AuditTarget::Firehose { stream: "audit-prod".into() });
    let wrong: [(&[(&str, &str)], &str); 9] = [
        (&[("AUDIT_TYPE", "kafka")], "AUDIT_TYPE"),
        (&[("AUDIT_MODE", "lenient")], "AUDIT_MODE"),
        (&[("AUDIT_TYPE", "file")], "AUDIT_FILE_DIRECTORY"),
        (&[("AUDIT_TYPE", "firehose")], "AUDIT_FIREHOSE_STREAM_NAME"),
        (&[("AUDIT_FIREHOSE_STREAM_NAME", "s")], "AUDIT_FIREHOSE_STREAM_NAME"),
        (&[("AUDIT_FILE_DIRECTORY", "/x")], "AUDIT_FILE_DIRECTORY"),
        (
            &[
                ("ENVIRONMENT", "dev"),
                ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9"),
                ("AUDIT_TYPE", "file"),
                ("AUDIT_FILE_DIRECTORY", "/tmp/audit"),
            ],
            "AUDIT_TYPE",
        ),
        (&[("ENVIRONMENT", "dev")], "AUDIT_TYPE"),
        (
            &[("AUDIT_TYPE", "firehose"), ("AUDIT_FIREHOSE_STREAM_NAME", "a b")],
            "AUDIT_FIREHOSE_STREAM_NAME",
        ),
    ];
    for (pairs, variable) in wrong {
        assert_eq!(read(pairs).unwrap_err().variable, variable, "for {pairs:?}");
    }
}

#[tokio::test]
async fn a_record_on_standard_output_is_a_line_of_type_audit() {
    let page = Page::default();
    let sink = AuditSink::Stdout(page.lines());
    let auditor = Auditor::new(sink, AuditMode::Strict, page.lines(), Clock::manual(noon()));
    assert_eq!(auditor.record(&record()).await, Release::Released);

    let line = &page.values()[0];
    assert_eq!(line["type"], "audit");
    assert_eq!(line["caller"]["oid"], "o-1");
    assert_eq!(line["timestamp"], line["time"]);
}

/// A destination that is gone.
struct Gone;

impl io::Write for Gone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn without_any_place_for_the_record_nothing_is_released_in_either_mode() {
    for mode in [AuditMode::Strict, AuditMode::BestEffort] {
        let sink = AuditSink::Stdout(Lines::to(Gone));
        let auditor = Auditor::new(sink, mode, Lines::to(Gone), Clock::System);
        assert_eq!(auditor.record(&record()).await, Release::Withheld);
    }
}

#[tokio::test]
async fn a_file_a_day_holds_whole_lines_for_its_owner_alone() {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("deep/er");
    let sink = AuditSink::file(&directory);
    let records: Vec<AuditRecord> = (0..40).map(|_| record()).collect();
    let answers = futures::future::join_all(records.iter().map(|record| sink.accept(record))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert!(sink.accept_all(&records[..2]).await.iter().all(Result::is_ok));

    let path = directory.join("audit-2026-11-21.ndjson");
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = std::fs::read_to_string(path).unwrap();
    let ids: BTreeSet<String> = text
        .lines()
        .map(|line| serde_json::from_str::<AuditRecord>(line).unwrap().event_id.to_string())
        .collect();
    assert_eq!((text.lines().count(), ids.len()), (42, 40));
}

#[tokio::test]
async fn a_file_that_was_moved_away_is_begun_anew() {
    let home = tempfile::tempdir().unwrap();
    let directory = home.path().join("audit");
    let sink = AuditSink::file(&directory);
    let path = directory.join("audit-2026-11-21.ndjson");
    let lines = |path: &std::path::Path| std::fs::read_to_string(path).unwrap().lines().count();
    for _ in 0..2 {
        sink.accept(&record()).await.unwrap();
    }
    let moved = directory.join("moved");
    std::fs::rename(&path, &moved).unwrap();
    sink.accept(&record()).await.unwrap();
    assert_eq!((lines(&moved), lines(&path)), (2, 1));

    std::fs::remove_dir_all(&directory).unwrap();
    sink.accept(&record()).await.unwrap();
    assert_eq!(lines(&path), 1);
    let mut tomorrow = record();
    tomorrow.time += jiff::SignedDuration::from_hours(24);
    sink.accept(&tomorrow).await.unwrap();
    assert_eq!((lines(&path), lines(&directory.join("audit-2026-11-22.ndjson"))), (1, 1));
}

#[tokio::test]
async fn a_full_disk_leaves_the_record_in_the_log_and_the_mode_decides() {
    for (mode, release) in
        [(AuditMode::Strict, Release::Withheld), (AuditMode::BestEffort, Release::Released)]
    {
        let home = tempfile::tempdir().unwrap();
        symlink("/dev/full", home.path().join("audit-2026-11-21.ndjson")).unwrap();
        let page = Page::default();
        let sink = AuditSink::file(home.path());
        let auditor = Auditor::new(sink, mode, page.lines(), Clock::manual(noon()));
        let record = record();
        assert_eq!(auditor.record(&record).await, release);

        let line = &page.values()[0];
        assert_eq!((&line["type"], &line["level"]), (&json!("audit_fallback"), &json!("ERROR")));
        assert_eq!(line["released"], release == Release::Released);
        assert_eq!((&line["reason"], &line["AuditFallback"]), (&json!("not_written"), &json!(1)));
        let again: AuditRecord = serde_json::from_value(line.clone()).unwrap();
        assert_eq!(again, record, "the line can be sent again");
        let mut of_the_line = line.as_object().unwrap().clone();
        for name in serde_json::to_value(&record).unwrap().as_object().unwrap().keys() {
            of_the_line.remove(name);
        }
        assert_documented(&[of_the_line.into()]);
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[\\x00-\\x1f\"\\\\]{0,3000}", "\u{2028}{0,900}", "[a-z]{0,4000}",]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_record_is_larger_than_its_bound(
        text in any_text(),
        names in prop::collection::vec(any_text(), 0..50),
        count in 0_usize..120,
    ) {
        let members: Map<String, Value> =
            names.iter().map(|name| (name.clone(), Value::from(text.as_str()))).collect();
        let arguments = ArgumentDigester::new(b"key").digest(&members);
        let trail = AuditTrail::default();
        for _ in 0..count {
            trail.reveal(&text, &text, Some(&text), Decision::Redacted);
        }
        let mut record = record_of(&text, arguments, &trail);
        record.caller = AuditedCaller {
            tid: text.as_str().into(),
            oid: text.as_str().into(),
            upn: Some(text.as_str().into()),
            azp: text.as_str().into(),
        };
        record.trace_id = Some(text.as_str().into());
        record.version = text.as_str().into();
        record.usage.counted = UsageSnapshot {
            upstream_ms: u64::MAX,
            dynamodb_read_units: f64::MIN_POSITIVE,
            ..record.usage.counted
        };

        let line = ndjson(&record).unwrap();
        prop_assert!(line.len() < MAX_RECORD_BYTES, "{} bytes", line.len());
        prop_assert_eq!(line.matches('\n').count(), 1);
        prop_assert_eq!(serde_json::from_str::<AuditRecord>(&line).unwrap(), record);
    }
}
