//! Records in a Firehose stream: awaited, tried twice, within a budget.

use std::fmt;
use std::time::Duration;

use aws_sdk_firehose::Client;
use aws_sdk_firehose::config::retry::RetryConfig;
use aws_sdk_firehose::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_firehose::primitives::Blob;
use aws_sdk_firehose::types::Record;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use tokio::time::{Instant, sleep, timeout};

use super::error::AuditUnavailable;
use super::record::AuditRecord;
use crate::telemetry::{Brief, ndjson};

/// The service takes at most this many records in one batch.
const BATCH_RECORDS: usize = 500;
/// The service takes at most this many bytes in one batch.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
const TRIES: u32 = 2;

/// How long a record may take.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// One try.
    pub per_try: Duration,
    /// All tries and the pauses between them.
    pub total: Duration,
    /// The longest pause before a second try; the real one is chosen at random.
    pub longest_pause: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            per_try: Duration::from_millis(500),
            total: Duration::from_millis(1500),
            longest_pause: Duration::from_millis(100),
        }
    }
}

/// A Firehose stream that takes records as lines of JSON.
#[derive(Clone)]
pub struct FirehoseStream {
    client: Client,
    stream: String,
    budget: Budget,
}

impl FirehoseStream {
    /// A stream with the production budget; the client keeps its connections and credentials,
    /// and loses its own retries, which know nothing of the budget.
    pub fn new(client: &Client, stream: impl Into<String>) -> Self {
        let config = client.config().to_builder().retry_config(RetryConfig::disabled()).build();
        Self { client: Client::from_conf(config), stream: stream.into(), budget: Budget::default() }
    }

    /// The same stream with another budget.
    #[must_use]
    pub fn with_budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    pub(super) async fn put(&self, record: &AuditRecord) -> Result<(), AuditUnavailable> {
        let entry = entry(record)?;
        let deadline = Instant::now() + self.budget.total;
        let mut tries = 0;
        loop {
            tries += 1;
            let Err(error) = self.put_once(entry.clone(), deadline).await else {
                return Ok(());
            };
            if tries == TRIES || !error.may_pass() || !self.pause(deadline).await {
                return Err(error);
            }
        }
    }

    async fn put_once(&self, entry: Record, deadline: Instant) -> Result<(), AuditUnavailable> {
        let put = self.client.put_record().delivery_stream_name(&self.stream).record(entry);
        match timeout(self.try_time(deadline), put.send()).await {
            Err(_) => Err(AuditUnavailable::TimedOut),
            Ok(Err(error)) => Err(reason(&error)),
            Ok(Ok(_)) => Ok(()),
        }
    }

    /// Records in batches, one after the other, all within one budget. Only entries that failed
    /// are sent again.
    pub(super) async fn put_all(
        &self,
        records: &[AuditRecord],
    ) -> Vec<Result<(), AuditUnavailable>> {
        let deadline = Instant::now() + self.budget.total;
        let mut answers = Vec::with_capacity(records.len());
        let mut batch = Vec::new();
        let mut bytes = 0;
        for record in records {
            let entry = match entry(record) {
                Ok(entry) => entry,
                Err(error) => {
                    answers.extend(self.put_batch(std::mem::take(&mut batch), deadline).await);
                    bytes = 0;
                    answers.push(Err(error));
                    continue;
                }
            };
            let size = entry.data().as_ref().len();
            if batch.len() == BATCH_RECORDS || bytes + size > BATCH_BYTES {
                answers.extend(self.put_batch(std::mem::take(&mut batch), deadline).await);
                bytes = 0;
            }
            bytes += size;
            batch.push(entry);
        }
        answers.extend(self.put_batch(batch, deadline).await);
        answers
    }

    async fn put_batch(
        &self,
        entries: Vec<Record>,
        deadline: Instant,
    ) -> Vec<Result<(), AuditUnavailable>> {
        let mut answers = vec![Err(AuditUnavailable::Failed); entries.len()];
        let mut waiting: Vec<(usize, Record)> = entries.into_iter().enumerate().collect();
        let mut tries = 0;
        while !waiting.is_empty() {
            tries += 1;
            let outcomes = self.put_batch_once(&waiting, deadline).await;
            let mut failed = Vec::new();
            for ((index, entry), outcome) in waiting.into_iter().zip(outcomes) {
                let may_pass = matches!(&outcome, Err(error) if error.may_pass());
                if let Some(answer) = answers.get_mut(index) {
                    *answer = outcome;
                }
                if may_pass {
                    failed.push((index, entry));
                }
            }
            waiting = failed;
            if tries == TRIES || (!waiting.is_empty() && !self.pause(deadline).await) {
                break;
            }
        }
        answers
    }

    /// One answer per entry. An answer that does not account for every entry counts for none.
    async fn put_batch_once(
        &self,
        waiting: &[(usize, Record)],
        deadline: Instant,
    ) -> Vec<Result<(), AuditUnavailable>> {
        let put = self
            .client
            .put_record_batch()
            .delivery_stream_name(&self.stream)
            .set_records(Some(waiting.iter().map(|(_, entry)| entry.clone()).collect()));
        let for_all = |error: AuditUnavailable| vec![Err(error); waiting.len()];
        let answer = match timeout(self.try_time(deadline), put.send()).await {
            Err(_) => return for_all(AuditUnavailable::TimedOut),
            Ok(Err(error)) => return for_all(reason(&error)),
            Ok(Ok(answer)) => answer,
        };
        if answer.request_responses().len() != waiting.len() {
            return for_all(AuditUnavailable::Failed);
        }
        let responses = answer.request_responses().iter();
        responses
            .map(|entry| match entry.error_code() {
                None if entry.record_id().is_some() => Ok(()),
                None => Err(AuditUnavailable::Failed),
                Some(code) => Err(reason_of_code(code)),
            })
            .collect()
    }

    fn try_time(&self, deadline: Instant) -> Duration {
        let left = deadline.saturating_duration_since(Instant::now());
        self.budget.per_try.min(left)
    }

    /// Waits a random moment, so that many functions do not come back at once; `false` when there
    /// is no time for another try.
    async fn pause(&self, deadline: Instant) -> bool {
        let pause = self.budget.longest_pause.mul_f64(rand::random_range(0.2..=1.0));
        if Instant::now() + pause >= deadline {
            return false;
        }
        sleep(pause).await;
        true
    }
}

impl fmt::Debug for FirehoseStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FirehoseStream").field("stream", &self.stream).finish_non_exhaustive()
    }
}

/// The line feed is ours: the stream does not add one.
fn entry(record: &AuditRecord) -> Result<Record, AuditUnavailable> {
    let line = ndjson(record).map_err(|_| AuditUnavailable::NotSerialized)?;
    Record::builder().data(Blob::new(line)).build().map_err(|_| AuditUnavailable::NotSerialized)
}

fn reason<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> AuditUnavailable {
    match error {
        SdkError::TimeoutError(_) => AuditUnavailable::TimedOut,
        SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_) => {
            AuditUnavailable::Unreachable
        }
        SdkError::ServiceError(service) => {
            let code = service.err().code().unwrap_or_default();
            match (reason_of_code(code), service.raw().status().as_u16()) {
                (known @ (AuditUnavailable::Throttled | AuditUnavailable::Failed), _) => known,
                (_, 429) => AuditUnavailable::Throttled,
                (_, 500..) => AuditUnavailable::Failed,
                (refused, _) => refused,
            }
        }
        // A body that is not the service's: a proxy or a broken answer in between.
        _ => AuditUnavailable::Failed,
    }
}

fn reason_of_code(code: &str) -> AuditUnavailable {
    match code {
        "ServiceUnavailableException" | "ThrottlingException" | "LimitExceededException" => {
            AuditUnavailable::Throttled
        }
        "InternalFailure" | "InternalServerError" | "ServiceUnavailable" => {
            AuditUnavailable::Failed
        }
        refused => AuditUnavailable::Refused { code: Brief::new(refused) },
    }
}
