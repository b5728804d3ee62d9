//! Metrics of one request, written inside its line in CloudWatch's embedded metric format.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// The namespace of all our metrics.
const NAMESPACE: &str = "AIConnectors";
/// The format allows at most this many values of one metric in one line.
const VALUES_PER_METRIC: usize = 100;

/// Everything we measure: the one list that alarms are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Metric {
    /// A bearer token was verified.
    AuthSucceeded,
    /// A bearer token was refused.
    AuthFailed,
    /// Time of one On-Behalf-Of exchange.
    OboLatency,
    /// An On-Behalf-Of exchange failed.
    OboFailed,
    /// Time of one request to an upstream service.
    UpstreamLatency,
    /// A request was answered with a status from 400 to 499; counted by the request line.
    Http4xx,
    /// A request was answered with a status from 500; counted by the request line.
    Http5xx,
    /// A tool was called.
    ToolCalls,
    /// A tool gave an error instead of a result.
    ToolErrors,
    /// A call was refused because the person makes too many.
    RateLimited,
    /// An audit record went to the log instead of its sink; counted by the auditor.
    AuditFallback,
    /// The rate limit ran on this process alone, because its store was down.
    LimiterDegraded,
    /// The token cache was not reachable.
    CacheDegraded,
    /// A stored item did not open: altered, copied, planted, or sealed with an unknown key.
    StoreItemUnreadable,
    /// Time of one request from first to last byte; counted by the request line.
    Latency,
}

/// The unit of a metric, in CloudWatch's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// How often.
    Count,
    /// How long.
    Milliseconds,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::AuthSucceeded,
        Self::AuthFailed,
        Self::OboLatency,
        Self::OboFailed,
        Self::UpstreamLatency,
        Self::Http4xx,
        Self::Http5xx,
        Self::ToolCalls,
        Self::ToolErrors,
        Self::RateLimited,
        Self::AuditFallback,
        Self::LimiterDegraded,
        Self::CacheDegraded,
        Self::StoreItemUnreadable,
        Self::Latency,
    ];

    /// The metric's name in CloudWatch.
    pub fn name(self) -> &'static str {
        match self {
            Self::AuthSucceeded => "AuthSucceeded",
            Self::AuthFailed => "AuthFailed",
            Self::OboLatency => "OboLatency",
            Self::OboFailed => "OboFailed",
            Self::UpstreamLatency => "UpstreamLatency",
            Self::Http4xx => "Http4xx",
            Self::Http5xx => "Http5xx",
            Self::ToolCalls => "ToolCalls",
            Self::ToolErrors => "ToolErrors",
            Self::RateLimited => "RateLimited",
            Self::AuditFallback => "AuditFallback",
            Self::LimiterDegraded => "LimiterDegraded",
            Self::CacheDegraded => "CacheDegraded",
            Self::StoreItemUnreadable => "StoreItemUnreadable",
            Self::Latency => "Latency",
        }
    }

    /// The metric's unit.
    pub fn unit(self) -> Unit {
        match self {
            Self::OboLatency | Self::UpstreamLatency | Self::Latency => Unit::Milliseconds,
            Self::AuthSucceeded
            | Self::AuthFailed
            | Self::OboFailed
            | Self::Http4xx
            | Self::Http5xx
            | Self::ToolCalls
            | Self::ToolErrors
            | Self::RateLimited
            | Self::AuditFallback
            | Self::LimiterDegraded
            | Self::CacheDegraded
            | Self::StoreItemUnreadable => Unit::Count,
        }
    }
}

impl Unit {
    /// The unit's name in CloudWatch.
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Milliseconds => "Milliseconds",
        }
    }
}

/// What one request measured; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Metrics(Arc<Mutex<BTreeMap<Metric, Vec<u64>>>>);

impl Metrics {
    /// Counts one occurrence.
    pub fn count(&self, metric: Metric) {
        self.add(metric, 1);
    }

    /// Adds one duration.
    pub fn took(&self, metric: Metric, duration: Duration) {
        self.add(metric, u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
    }

    /// Counts are summed; durations are kept apart, so that percentiles stay true.
    pub(crate) fn add(&self, metric: Metric, value: u64) {
        let mut metrics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let values = metrics.entry(metric).or_default();
        match (metric.unit(), values.first_mut()) {
            (Unit::Count, Some(sum)) => *sum = sum.saturating_add(value),
            (Unit::Count, None) | (Unit::Milliseconds, _) => {
                if values.len() < VALUES_PER_METRIC {
                    values.push(value);
                }
            }
        }
    }

    /// The values so far.
    pub fn values(&self, metric: Metric) -> Vec<u64> {
        let metrics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        metrics.get(&metric).cloned().unwrap_or_default()
    }
}

/// The members that turn a log line into metrics as well; none when nothing was measured.
pub(crate) fn metric_block(
    metrics: &Metrics,
    at: Timestamp,
    connector: &str,
    environment: &str,
) -> Map<String, Value> {
    let metrics = metrics.0.lock().unwrap_or_else(PoisonError::into_inner);
    let mut block = Map::new();
    if metrics.is_empty() {
        return block;
    }
    let declared: Vec<Value> = metrics
        .keys()
        .map(|metric| json!({ "Name": metric.name(), "Unit": metric.unit().name() }))
        .collect();
    block.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": at.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [["Connector", "Environment"]],
                "Metrics": declared,
            }],
        }),
    );
    block.insert("Connector".to_owned(), connector.into());
    block.insert("Environment".to_owned(), environment.into());
    for (metric, values) in metrics.iter() {
        let value = match values.as_slice() {
            [single] => json!(single),
            several => json!(several),
        };
        block.insert(metric.name().to_owned(), value);
    }
    block
}
