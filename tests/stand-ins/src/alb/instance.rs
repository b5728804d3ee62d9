//! The life of one instance: it starts, serves one event at a time, sleeps frozen in between, ends.

mod card;
mod report;
mod start;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use tokio::process::Child;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout_at};
use uuid::Uuid;

pub(super) use self::card::Card;
pub use self::card::Status;
use self::report::{Ending, Report};
use super::clock;
use super::faults::Kill;
use super::forwarding::trace_id;
use super::function::Function;
use super::log;
use super::process::ProcessGroup;
use super::runtime_api::{Call, Delivery, Receipt, RuntimeApi};

/// How long a finished answer waits for its instance to ask for the next event, so that a caller
/// who has his answer finds the instance free (and frozen).
const SETTLE: Duration = Duration::from_millis(500);

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The function answered.
    Answered(Bytes),
    /// The function failed, ended or ran out of time; the JSON says which.
    Failed(Bytes),
    /// No instance was free and no more may be started.
    Throttled,
}

/// One event for an instance.
#[derive(Debug)]
pub(super) struct Job {
    /// The event.
    pub(super) event: Bytes,
    /// Whether the instance is lost over it.
    pub(super) kill: Option<Kill>,
    /// Receives the outcome; dropped when the event was never delivered.
    pub(super) reply: oneshot::Sender<Outcome>,
}

/// Runs an instance until it ends or nobody can send it events any more.
pub(super) async fn live(card: Arc<Card>, function: Arc<Function>, mut jobs: mpsc::Receiver<Job>) {
    // The first job is sent when the instance is made.
    let Some(mut job) = jobs.recv().await else {
        return;
    };
    let cold_start = Duration::from_millis(function.faults.get().cold_start_ms);
    if !cold_start.is_zero() {
        sleep(cold_start).await;
    }
    let begun = Instant::now();
    let (mut instance, mut ready) = match Instance::start(Arc::clone(&card), function).await {
        Ok(started) => started,
        Err(error) => {
            card.end();
            drop(job.reply.send(Outcome::Failed(error)));
            return;
        }
    };
    let mut init = Some(begun.elapsed());
    loop {
        let Some(next) = instance.serve(job, ready, init.take()).await else {
            return;
        };
        let Some(work) = instance.idle(next, &mut jobs).await else {
            return;
        };
        (job, ready) = work;
    }
}

type Ready = oneshot::Sender<Delivery>;

struct Instance {
    card: Arc<Card>,
    function: Arc<Function>,
    api: RuntimeApi,
    child: Child,
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.card.end();
    }
}

impl Instance {
    /// Serves one event; returns the call for the next one, or nothing when the instance is gone.
    async fn serve(&mut self, job: Job, ready: Ready, init: Option<Duration>) -> Option<Ready> {
        let request_id = Uuid::new_v4().to_string();
        let limit = self.function.timeout();
        let begun = Instant::now();
        let deadline = begun + limit;
        self.card.serve(&request_id);
        let started = json!({"requestId": request_id, "version": "$LATEST"});
        self.log(&request_id, "platform.start", &started);
        self.card.with_group(ProcessGroup::thaw);
        let delivery = self.delivery(&request_id, job.event, limit);
        let done = timeout_at(deadline, self.answer(delivery, ready)).await;
        let report = |ending| Report { request_id: &request_id, begun, init, ending };
        let done = match done {
            Ok(done) if job.kill == Some(Kill::BeforeAnswer) => {
                drop(done);
                Done::lost(exited(&request_id))
            }
            Ok(done) => done,
            Err(_) => {
                let seconds = limit.as_secs();
                self.report(&report(Ending::Timeout));
                self.card.end();
                let text = format!(
                    "RequestId: {request_id} Error: Task timed out after {seconds}.00 seconds"
                );
                drop(job.reply.send(Outcome::Failed(description("Sandbox.Timedout", &text))));
                return None;
            }
        };
        let ending = match &done.outcome {
            Outcome::Answered(_) => Ending::Success,
            Outcome::Failed(_) | Outcome::Throttled => Ending::Error,
        };
        if !done.alive || job.kill.is_some() {
            self.report(&report(ending));
            // The pool must not choose it again once the caller has his answer.
            self.card.end();
            drop(job.reply.send(done.outcome));
            return None;
        }
        let next = self.settle(done, job.reply, deadline).await;
        self.report(&report(if next.is_some() { ending } else { Ending::Error }));
        next
    }

    /// Delivers the event and waits for what the runtime makes of it.
    async fn answer(&mut self, delivery: Delivery, ready: Ready) -> Done {
        let request_id = delivery.request_id.clone();
        // A call whose connection broke hands the event back; it waits for the next call.
        let mut undelivered = ready.send(delivery).err();
        loop {
            tokio::select! {
                call = self.api.calls.recv() => match (call, undelivered.take()) {
                    (Some(Call::Next(ready)), Some(delivery)) => {
                        undelivered = ready.send(delivery).err();
                    }
                    (Some(Call::Next(ready)), None) => {
                        let text = "the runtime asked for an event before it answered the last one";
                        let error = description("Runtime.NoResponse", text);
                        return Done { outcome: Outcome::Failed(error), alive: true, next: Some(ready) };
                    }
                    (Some(Call::Done { request_id: id, result, receipt }), rest) => {
                        undelivered = rest;
                        if id == request_id {
                            receipt.send(Receipt::Accepted).ok();
                            let outcome = result.map_or_else(Outcome::Failed, Outcome::Answered);
                            return Done { outcome, alive: true, next: None };
                        }
                        refuse(receipt);
                    }
                    (Some(Call::InitError(error)), _) => return Done::lost(error),
                    (None, _) => return Done::lost(exited(&request_id)),
                },
                _ = self.child.wait() => return Done::lost(exited(&request_id)),
            }
        }
    }

    /// Waits for the call for the next event, and gives the answer to the caller on the way.
    async fn settle(
        &mut self,
        done: Done,
        reply: oneshot::Sender<Outcome>,
        deadline: Instant,
    ) -> Option<Ready> {
        if let Some(next) = done.next {
            self.rest();
            drop(reply.send(done.outcome));
            return Some(next);
        }
        let mut answer = Some((reply, done.outcome));
        let mut settled: Pin<Box<tokio::time::Sleep>> = Box::pin(sleep(SETTLE));
        loop {
            tokio::select! {
                call = self.api.calls.recv() => match call {
                    Some(Call::Next(next)) => {
                        self.rest();
                        give(answer.take());
                        return Some(next);
                    }
                    Some(Call::Done { receipt, .. }) => refuse(receipt),
                    Some(Call::InitError(_)) | None => break,
                },
                _ = self.child.wait() => break,
                () = &mut settled, if answer.is_some() => give(answer.take()),
                () = tokio::time::sleep_until(deadline) => break,
            }
        }
        self.card.end();
        give(answer);
        None
    }

    /// Waits for work, frozen if the plan says so.
    async fn idle(
        &mut self,
        mut next: Ready,
        jobs: &mut mpsc::Receiver<Job>,
    ) -> Option<(Job, Ready)> {
        loop {
            tokio::select! {
                job = jobs.recv() => {
                    // An instance that died in its sleep lets the event go to another.
                    let alive = matches!(self.child.try_wait(), Ok(None));
                    return job.filter(|_| alive).map(|job| (job, next));
                }
                call = self.api.calls.recv() => match call? {
                    Call::Next(again) => next = again,
                    Call::Done { receipt, .. } => refuse(receipt),
                    Call::InitError(_) => return None,
                },
                _ = self.child.wait() => return None,
            }
        }
    }

    fn rest(&self) {
        if self.function.plan.freeze {
            self.card.with_group(ProcessGroup::freeze);
        }
        self.card.rest();
    }

    fn delivery(&self, request_id: &str, event: Bytes, limit: Duration) -> Delivery {
        let limit_ms = i64::try_from(limit.as_millis()).unwrap_or(i64::MAX);
        let span = trace_id();
        let parent: String = span.chars().rev().take(16).collect();
        Delivery {
            request_id: request_id.to_owned(),
            deadline_ms: clock::now().as_millisecond().saturating_add(limit_ms),
            function_arn: self.function.arn(),
            trace_id: format!("Root={};Parent={parent};Sampled=0", trace_id()),
            event,
        }
    }

    fn report(&self, report: &Report<'_>) {
        let record = report.record(&self.function, &self.card);
        self.log(report.request_id, "platform.report", &record);
    }

    fn log(&self, request_id: &str, kind: &str, record: &serde_json::Value) {
        log::platform(&self.function.log, self.card.id, Some(request_id), kind, record);
    }
}

/// What became of an event.
struct Done {
    outcome: Outcome,
    alive: bool,
    next: Option<Ready>,
}

impl Done {
    fn lost(error: Bytes) -> Self {
        Self { outcome: Outcome::Failed(error), alive: false, next: None }
    }
}

fn give(answer: Option<(oneshot::Sender<Outcome>, Outcome)>) {
    if let Some((reply, outcome)) = answer {
        // A caller who left does not want it any more.
        drop(reply.send(outcome));
    }
}

fn refuse(receipt: oneshot::Sender<Receipt>) {
    receipt.send(Receipt::UnknownRequest).ok();
}

fn exited(request_id: &str) -> Bytes {
    let text = format!("RequestId: {request_id} Error: Runtime exited without providing a reason");
    description("Runtime.ExitError", &text)
}

/// An error as Lambda describes it.
pub(super) fn description(kind: &str, text: &str) -> Bytes {
    json!({"errorType": kind, "errorMessage": text}).to_string().into()
}
