//! The door: an answer is released only after its record is kept.

use serde::Serialize;
use serde_json::{Map, Value};

use super::error::AuditUnavailable;
use super::record::AuditRecord;
use super::settings::AuditMode;
use super::sink::AuditSink;
use crate::clock::Clock;
use crate::telemetry::{Lines, Metric, Metrics, metric_block};

/// Whether an answer may leave.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// Its record is kept.
    Released,
    /// Its record is not kept: none of the data may leave.
    Withheld,
}

/// Keeps records, and says whether answers may leave.
#[derive(Clone, Debug)]
pub struct Auditor {
    sink: AuditSink,
    mode: AuditMode,
    log: Lines,
    clock: Clock,
}

impl Auditor {
    /// Uses this sink; what it does not take goes to `log`.
    pub fn new(sink: AuditSink, mode: AuditMode, log: Lines, clock: Clock) -> Self {
        Self { sink, mode, log, clock }
    }

    /// Keeps one record.
    pub async fn record(&self, record: &AuditRecord) -> Release {
        let answer = self.sink.accept(record).await;
        self.release(record, answer)
    }

    /// Keeps several records; the answers are in their order.
    pub async fn record_all(&self, records: &[AuditRecord]) -> Vec<Release> {
        let answers = self.sink.accept_all(records).await;
        let pairs = records.iter().zip(answers);
        pairs.map(|(record, answer)| self.release(record, answer)).collect()
    }

    fn release(&self, record: &AuditRecord, answer: Result<(), AuditUnavailable>) -> Release {
        let Err(reason) = answer else {
            return Release::Released;
        };
        let meant = match self.mode {
            AuditMode::Strict => Release::Withheld,
            AuditMode::BestEffort => Release::Released,
        };
        match self.write_fallback(record, &reason, meant) {
            Ok(()) => meant,
            Err(_) => Release::Withheld,
        }
    }

    /// The last resort, in both modes: the platform collects standard output even when the
    /// network is down, and the record can be sent again from there.
    fn write_fallback(
        &self,
        record: &AuditRecord,
        reason: &AuditUnavailable,
        release: Release,
    ) -> std::io::Result<()> {
        let now = self.clock.now();
        let metrics = Metrics::default();
        metrics.count(Metric::AuditFallback);
        let (connector, environment) = (record.connector.as_str(), record.environment.as_str());
        self.log.write(&FallbackLine {
            r#type: "audit_fallback",
            timestamp: now,
            level: "ERROR",
            message: "an audit record was not accepted by its sink",
            reason: reason.word(),
            released: release == Release::Released,
            record,
            block: metric_block(&metrics, now, connector, environment),
        })
    }
}

#[derive(Serialize)]
struct FallbackLine<'a> {
    r#type: &'static str,
    timestamp: jiff::Timestamp,
    level: &'static str,
    message: &'static str,
    reason: &'static str,
    released: bool,
    #[serde(flatten)]
    record: &'a AuditRecord,
    #[serde(flatten)]
    block: Map<String, Value>,
}
