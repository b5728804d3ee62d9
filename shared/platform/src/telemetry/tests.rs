//! Tests of this room.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::panics::report_panics;
use super::*;
use crate::clock::Clock;
use crate::config::Vars;

/// A destination that remembers.
#[derive(Clone, Default)]
pub(crate) struct Page(Arc<Mutex<Vec<u8>>>);

impl Page {
    pub(crate) fn lines(&self) -> Lines {
        Lines::to(self.clone())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    pub(crate) fn values(&self) -> Vec<Value> {
        let text = self.text();
        assert!(text.is_empty() || text.ends_with('\n'), "{text}");
        let parsed = text.lines().map(|line| serde_json::from_str(line).expect(line));
        parsed.collect()
    }
}

impl io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn noon() -> Timestamp {
    "2026-11-21T12:00:00.123Z".parse().unwrap()
}

/// What these events look like under this `LOG_LEVEL`.
fn logged(log_level: &str, events: impl FnOnce()) -> Vec<Value> {
    let page = Page::default();
    let vars = Vars::from_pairs([("LOG_LEVEL", log_level)]);
    let filter = LogFilter::from_vars(&vars, "sharepoint").unwrap();
    let subscriber = subscriber(&page.lines(), &Clock::manual(noon()), filter);
    tracing::subscriber::with_default(subscriber, events);
    page.values()
}

#[test]
fn an_event_is_one_flat_line_with_the_keys_that_lambda_filters_by() {
    let lines = logged("info", || {
        let span = tracing::info_span!("library", body = "canary-span");
        let _inside = span.enter();
        tracing::info!(event = "sample", oid = "o-1", "a sample");
    });

    let expected = json!({
        "timestamp": "2026-11-21T12:00:00.123Z", "level": "INFO", "message": "a sample",
        "event": "sample", "oid": "o-1", "target": "platform::telemetry::tests",
    });
    assert_eq!(lines, [expected]);
}

#[test]
fn whatever_a_value_holds_it_stays_one_line_without_control_characters() {
    let nasty = "a\r\nb\u{1b}[31mred\u{9b}32m\u{85}\u{2028}\u{202e}\u{7f}\0 \"c\\";
    let page = Page::default();
    page.lines().write(&json!({ "value": nasty })).unwrap();
    let lines = logged("info", || tracing::warn!(value = nasty, "{nasty}"));

    assert_eq!(lines[0]["value"], nasty);
    assert_eq!(lines[0]["message"], nasty);
    assert_eq!(page.values(), [json!({ "value": nasty })]);
    let text = page.text();
    let body = text.strip_suffix('\n').unwrap();
    assert!(!body.chars().any(char::is_control), "{body}");
    assert!(!body.contains(['\u{2028}', '\u{202e}']), "{body}");
}

#[test]
fn libraries_stay_quiet_however_loud_we_are() {
    for level in ["debug", "trace", "TRACE"] {
        let lines = logged(level, || {
            tracing::debug!(target: "sharepoint::tools", "ours");
            tracing::debug!(target: "graph", "ours");
            tracing::info!(target: "rmcp::transport", "canary");
            tracing::error!(target: "rmcp::service", "canary");
            tracing::debug!(target: "aws_smithy_runtime", "canary");
            tracing::warn!(target: "rmcp::transport", "a warning");
        });
        let messages: Vec<&Value> = lines.iter().map(|line| &line["message"]).collect();
        assert_eq!(messages, ["ours", "ours", "a warning"], "for {level}");
    }
}

#[test]
fn log_level_is_a_level_or_a_list_and_nonsense_is_refused_by_name() {
    let read = |environment, level| {
        let vars = Vars::from_pairs([("ENVIRONMENT", environment), ("LOG_LEVEL", level)]);
        LogFilter::from_vars(&vars, "sharepoint")
    };
    for good in ["", "error", "warn", "Info", "debug", "info,platform::audit=trace", "rmcp=warn"] {
        assert!(read("prod", good).is_ok(), "for {good:?}");
    }
    for bad in ["loud", "info,", "info;debug", "platform=loud", "=info", "platform[span]=info"] {
        let error = read("local", bad).unwrap_err();
        assert_eq!(error.variable, "LOG_LEVEL", "for {bad:?}");
    }
    assert!(read("local", "hyper=debug").is_ok());
    assert!(read("prod", "hyper=debug").is_err());
}

#[test]
fn identity_events_name_the_person_by_object_id_and_the_address() {
    let client_ip = Some("203.0.113.7".parse().unwrap());
    let lines = logged("info", || {
        let authentication = Authentication { client_ip, endpoint: "/mcp", way: "direct" };
        authentication.succeeded("o-1");
        authentication.failed("expired");
        let took = Duration::from_millis(12);
        let exchange = Exchange { oid: "o-1", client_ip, took };
        exchange.succeeded();
        exchange.failed("consent_required", Some(400), Some(65001));
        let request = UpstreamRequest {
            event: "graph_request",
            method: "GET",
            operation: "list_children",
            oid: "o-1",
            client_ip,
            took,
            upstream_request_id: None,
        };
        request.answered(200);
        request.answered(403);
        request.unanswered("timeout");
    });

    let seen: Vec<(&str, &str)> = lines
        .iter()
        .map(|line| (line["event"].as_str().unwrap(), line["level"].as_str().unwrap()))
        .collect();
    let expected = [
        ("auth_succeeded", "INFO"),
        ("auth_failed", "WARN"),
        ("obo_succeeded", "INFO"),
        ("obo_failed", "ERROR"),
        ("graph_request", "INFO"),
        ("graph_request", "WARN"),
        ("graph_request", "ERROR"),
    ];
    assert_eq!(seen, expected);
    assert!(lines.iter().all(|line| line["client_ip"] == "203.0.113.7"));
    assert!(lines.iter().all(|line| line["oid"] == "o-1" || line["event"] == "auth_failed"));
    assert_eq!(lines[3]["code"], 65001);
    assert_documented(&lines);
}

#[test]
fn the_request_line_carries_its_metrics() {
    let page = Page::default();
    let metrics = Metrics::default();
    metrics.count(Metric::ToolCalls);
    metrics.clone().count(Metric::ToolCalls);
    metrics.took(Metric::UpstreamLatency, Duration::from_millis(40));
    metrics.took(Metric::UpstreamLatency, Duration::from_millis(2));
    let line = RequestLine {
        method: Some("tools/call".into()),
        tool: Some("sharepoint_search\u{1b}[2J".into()),
        status: 429,
        total_ms: 51,
        connector: "sharepoint".into(),
        environment: "dev".into(),
        ..RequestLine::default()
    };
    write_request(&page.lines(), noon(), &line, &metrics).unwrap();

    let line = &page.values()[0];
    assert_eq!(line["_aws"]["Timestamp"], noon().as_millisecond());
    let directive = &line["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(directive["Namespace"], "AIConnectors");
    assert_eq!(directive["Dimensions"], json!([["Connector", "Environment"]]));
    for declared in directive["Metrics"].as_array().unwrap() {
        assert!(!line[declared["Name"].as_str().unwrap()].is_null(), "{declared}");
    }
    assert_eq!((&line["Connector"], &line["Environment"]), (&json!("sharepoint"), &json!("dev")));
    assert_eq!(line["ToolCalls"], 2);
    assert_eq!(line["UpstreamLatency"], json!([40, 2]));
    assert_eq!((&line["Http4xx"], &line["Http5xx"]), (&json!(1), &Value::Null));
    assert_eq!((&line["Latency"], &line["level"]), (&json!(51), &json!("INFO")));
    assert!(!page.text().contains('\u{1b}'));
    assert_documented(&page.values());
}

#[test]
fn a_metric_keeps_no_more_values_than_the_format_allows() {
    let metrics = Metrics::default();
    for ms in 0..500 {
        metrics.took(Metric::OboLatency, Duration::from_millis(ms));
        metrics.count(Metric::Http5xx);
    }
    assert_eq!(metrics.values(Metric::OboLatency).len(), 100);
    assert_eq!(metrics.values(Metric::Http5xx), [500]);
}

#[test]
fn a_panic_is_one_line_that_keeps_its_text_to_itself() {
    let page = Page::default();
    let before = std::panic::take_hook();
    report_panics(&page.lines(), &Clock::manual(noon()));
    let ended = std::thread::spawn(|| panic!("canary-panic")).join();
    std::panic::set_hook(before);

    assert!(ended.is_err());
    assert!(!page.text().contains("canary-panic"));
    let lines = page.values();
    let line = lines.iter().find(|line| {
        line["location"].as_str().is_some_and(|place| place.contains("telemetry/tests.rs:"))
    });
    assert_eq!(line.unwrap()["event"], "panic");
    assert_documented(&lines);
}

#[test]
fn every_metric_is_documented_with_its_unit() {
    for metric in Metric::ALL {
        let row = format!("| `{}` | {} |", metric.name(), metric.unit().name());
        assert!(documentation().contains(&row), "docs/logging.md lacks {row}");
    }
}

fn documentation() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/logging.md");
    std::fs::read_to_string(path).unwrap()
}

/// Every field of these lines has a row in the documentation.
pub(crate) fn assert_documented(lines: &[Value]) {
    let documentation = documentation();
    for name in lines.iter().flat_map(|line| line.as_object().unwrap().keys()) {
        assert!(
            documentation.contains(&format!("| `{name}` |")),
            "docs/logging.md lacks the field {name}"
        );
    }
}

proptest! {
    #[test]
    fn a_brief_never_takes_more_than_its_bytes(
        text in prop_oneof![any::<String>(), "[\\x00-\\x1f\"\\\\é\u{2028}a]{0,16}"],
    ) {
        let brief = Brief::<24>::new(&text);
        let written = serde_json::to_string(&brief).unwrap();
        let line = ndjson(&brief).unwrap();
        prop_assert!(line.len() <= 24 + "\"\"\n".len(), "{}", line);
        prop_assert_eq!(serde_json::from_str::<Brief<24>>(&written).unwrap(), brief.clone());
        if ndjson(&text).unwrap().len() <= 27 {
            prop_assert_eq!(brief.as_str(), text);
        } else {
            prop_assert!(brief.as_str().ends_with('…'));
        }
    }
}
