//! What one request used: counters that every layer adds to and the audit record reads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Counters of one request; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Usage(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    upstream_us: AtomicU64,
    upstream_requests: AtomicU64,
    upstream_bytes_in: AtomicU64,
    /// Capacity units come in halves: counted in thousandths.
    read_milliunits: AtomicU64,
    write_milliunits: AtomicU64,
    unreadable_items: AtomicU64,
}

/// The counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UsageSnapshot {
    /// Milliseconds spent waiting for upstream services, Entra included.
    pub upstream_ms: u64,
    /// Requests sent upstream, retries and Entra included.
    pub upstream_requests: u64,
    /// Bytes received from upstream bodies.
    pub upstream_bytes_in: u64,
    /// DynamoDB read capacity units, as DynamoDB reported them.
    pub dynamodb_read_units: f64,
    /// DynamoDB write capacity units, as DynamoDB reported them.
    pub dynamodb_write_units: f64,
}

impl Usage {
    /// Counts one request sent upstream and the time it took.
    pub fn add_upstream(&self, took: Duration, bytes_in: u64) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.0.upstream_us.fetch_add(us, Ordering::Relaxed);
        self.0.upstream_requests.fetch_add(1, Ordering::Relaxed);
        self.0.upstream_bytes_in.fetch_add(bytes_in, Ordering::Relaxed);
    }

    /// Counts bytes that came after the answer of a request was counted, and the time they took.
    pub fn add_upstream_bytes(&self, took: Duration, bytes_in: u64) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.0.upstream_us.fetch_add(us, Ordering::Relaxed);
        self.0.upstream_bytes_in.fetch_add(bytes_in, Ordering::Relaxed);
    }

    /// Counts consumed DynamoDB capacity units.
    pub fn add_dynamodb(&self, capacity: CapacityUnits) {
        self.0.read_milliunits.fetch_add(milliunits(capacity.read), Ordering::Relaxed);
        self.0.write_milliunits.fetch_add(milliunits(capacity.write), Ordering::Relaxed);
    }

    /// Counts one stored item that did not open, and was treated as not there.
    pub fn count_unreadable_item(&self) {
        self.0.unreadable_items.fetch_add(1, Ordering::Relaxed);
    }

    /// How many stored items did not open; a metric, not part of the audit record.
    pub fn unreadable_items(&self) -> u64 {
        self.0.unreadable_items.load(Ordering::Relaxed)
    }

    /// The counters now.
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
    pub fn snapshot(&self) -> UsageSnapshot {
        let load = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        UsageSnapshot {
            upstream_ms: load(&self.0.upstream_us) / 1000,
            upstream_requests: load(&self.0.upstream_requests),
            upstream_bytes_in: load(&self.0.upstream_bytes_in),
            dynamodb_read_units: load(&self.0.read_milliunits) as f64 / 1000.0,
            dynamodb_write_units: load(&self.0.write_milliunits) as f64 / 1000.0,
        }
    }
}

/// Capacity units of one DynamoDB operation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CapacityUnits {
    /// Read units.
    pub read: f64,
    /// Write units.
    pub write: f64,
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to a small non-negative range first"
)]
fn milliunits(units: f64) -> u64 {
    (units.clamp(0.0, 1e9) * 1000.0).round() as u64
}
