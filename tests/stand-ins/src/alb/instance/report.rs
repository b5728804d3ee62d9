//! The record that finance reads: what an invocation took.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::Card;
use crate::alb::function::Function;
use crate::alb::process::peak_memory_mb;

/// How an invocation ended, as the platform names it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ending {
    Success,
    Error,
    Timeout,
}

/// What is known when an invocation has ended.
#[derive(Debug)]
pub(super) struct Report<'a> {
    pub(super) request_id: &'a str,
    pub(super) begun: Instant,
    /// Present for the first event of an instance.
    pub(super) init: Option<Duration>,
    pub(super) ending: Ending,
}

impl Report<'_> {
    /// The record of a `platform.report` line.
    pub(super) fn record(&self, function: &Function, card: &Card) -> Value {
        let duration = self.begun.elapsed();
        // A runtime of one's own pays for its start as well, in whole milliseconds.
        let billed = duration + self.init.unwrap_or_default();
        let mut metrics = json!({
            "durationMs": milliseconds(duration),
            "billedDurationMs": billed.as_micros().div_ceil(1000),
            "memorySizeMB": function.plan.memory_mb,
            "maxMemoryUsedMB": card.pid().and_then(peak_memory_mb).unwrap_or_default(),
        });
        if let (Some(init), Some(metrics)) = (self.init, metrics.as_object_mut()) {
            metrics.insert("initDurationMs".to_owned(), json!(milliseconds(init)));
        }
        let status = match self.ending {
            Ending::Success => "success",
            Ending::Error => "error",
            Ending::Timeout => "timeout",
        };
        json!({"requestId": self.request_id, "metrics": metrics, "status": status})
    }
}

fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}
