//! Where records go. A record that was accepted is kept; anything else is an error.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use super::error::AuditUnavailable;
use super::file::AuditFile;
use super::firehose::FirehoseStream;
use super::record::AuditRecord;
use super::settings::AuditTarget;
use crate::telemetry::Lines;

/// How long a file may take; a network file system can hang.
const FILE_BUDGET: Duration = Duration::from_millis(1500);

/// Where records go.
#[derive(Clone, Debug)]
pub enum AuditSink {
    /// Lines on standard output.
    Stdout(Lines),
    /// A file a day.
    File(AuditFile),
    /// A Firehose stream.
    Firehose(FirehoseStream),
}

impl AuditSink {
    /// The sink that was chosen; the client is asked for only when it is needed.
    pub fn of(
        target: &AuditTarget,
        log: &Lines,
        client: impl FnOnce() -> aws_sdk_firehose::Client,
    ) -> Self {
        match target {
            AuditTarget::Stdout => Self::Stdout(log.clone()),
            AuditTarget::File { directory } => Self::file(directory),
            AuditTarget::Firehose { stream } => Self::firehose(&client(), stream),
        }
    }

    /// A file a day in this directory.
    pub fn file(directory: impl Into<PathBuf>) -> Self {
        Self::File(AuditFile::new(directory.into()))
    }

    /// A Firehose stream, with the production budget.
    pub fn firehose(client: &aws_sdk_firehose::Client, stream: impl Into<String>) -> Self {
        Self::Firehose(FirehoseStream::new(client, stream))
    }

    /// Hands over one record and waits until it is kept.
    ///
    /// # Errors
    /// When it was not accepted within the budget. A record that is reported as not accepted may
    /// still have arrived: readers de-duplicate by `event_id`.
    pub async fn accept(&self, record: &AuditRecord) -> Result<(), AuditUnavailable> {
        match self {
            Self::Stdout(lines) => Ok(lines.write(&StdoutRecord::of(record))?),
            Self::File(file) => tokio::time::timeout(FILE_BUDGET, file.append(record))
                .await
                .unwrap_or(Err(AuditUnavailable::TimedOut)),
            // Boxed: the SDK's futures are large, and this one is part of every call's.
            Self::Firehose(stream) => Box::pin(stream.put(record)).await,
        }
    }

    /// Hands over several records; the answers are in their order.
    pub async fn accept_all(&self, records: &[AuditRecord]) -> Vec<Result<(), AuditUnavailable>> {
        if let Self::Firehose(stream) = self {
            return Box::pin(stream.put_all(records)).await;
        }
        let mut answers = Vec::with_capacity(records.len());
        for record in records {
            answers.push(self.accept(record).await);
        }
        answers
    }
}

#[derive(Serialize)]
struct StdoutRecord<'a> {
    r#type: &'static str,
    timestamp: jiff::Timestamp,
    level: &'static str,
    message: &'static str,
    #[serde(flatten)]
    record: &'a AuditRecord,
}

impl<'a> StdoutRecord<'a> {
    fn of(record: &'a AuditRecord) -> Self {
        Self {
            r#type: "audit",
            timestamp: record.time,
            level: "INFO",
            message: "an audit record",
            record,
        }
    }
}
