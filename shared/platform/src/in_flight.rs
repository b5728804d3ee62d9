//! What is known of one HTTP request while it is handled; `edge` makes it and says it at the end.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::telemetry::{Metrics, RequestLine};
use crate::usage::Usage;
use crate::verdict::VerdictSlot;

/// One HTTP request being handled. Clones share everything.
#[derive(Clone, Debug)]
pub(crate) struct InFlight(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    started: Instant,
    tool_deadline: Instant,
    client_ip: Option<IpAddr>,
    usage: Usage,
    metrics: Metrics,
    verdict: VerdictSlot,
    rpc_id: Mutex<Option<Value>>,
    asks_for_data: AtomicBool,
    line: Mutex<RequestLine>,
}

/// Whether this process has handled a request before.
static WARM: AtomicBool = AtomicBool::new(false);

impl InFlight {
    /// A request that starts now; its line says whether it is the first of the process.
    pub(crate) fn start(
        tool_deadline: Instant,
        client_ip: Option<IpAddr>,
        mut line: RequestLine,
    ) -> Self {
        line.cold_start = !WARM.swap(true, Ordering::Relaxed);
        line.client_ip = client_ip;
        Self(Arc::new(Inner {
            started: Instant::now(),
            tool_deadline,
            client_ip,
            usage: Usage::default(),
            metrics: Metrics::default(),
            verdict: VerdictSlot::default(),
            rpc_id: Mutex::default(),
            asks_for_data: AtomicBool::new(false),
            line: Mutex::new(line),
        }))
    }

    /// Time since the request came in.
    pub(crate) fn elapsed(&self) -> Duration {
        self.0.started.elapsed()
    }

    /// When a tool has to have answered.
    pub(crate) fn tool_deadline(&self) -> Instant {
        self.0.tool_deadline
    }

    /// Where the request came from.
    pub(crate) fn client_ip(&self) -> Option<IpAddr> {
        self.0.client_ip
    }

    /// Counters of what is used.
    pub(crate) fn usage(&self) -> &Usage {
        &self.0.usage
    }

    /// Metrics written with the line.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Where a verdict for HTTP is left.
    pub(crate) fn verdict(&self) -> &VerdictSlot {
        &self.0.verdict
    }

    /// Remembers of the message its JSON-RPC id, so that whoever answers can echo it, and
    /// whether it asks for data.
    pub(crate) fn set_message(&self, id: Option<Value>, asks_for_data: bool) {
        *self.0.rpc_id.lock().unwrap_or_else(PoisonError::into_inner) = id;
        self.0.asks_for_data.store(asks_for_data, Ordering::Relaxed);
    }

    /// Whether the message asks for data.
    pub(crate) fn asks_for_data(&self) -> bool {
        self.0.asks_for_data.load(Ordering::Relaxed)
    }

    /// The JSON-RPC id, once the body was read.
    pub(crate) fn rpc_id(&self) -> Option<Value> {
        self.0.rpc_id.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Adds to the line.
    pub(crate) fn note(&self, write: impl FnOnce(&mut RequestLine)) {
        write(&mut self.0.line.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Looks something up in the line.
    pub(crate) fn noted<T>(&self, read: impl FnOnce(&RequestLine) -> T) -> T {
        read(&self.0.line.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The line as it stands.
    pub(crate) fn line(&self) -> RequestLine {
        self.0.line.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
