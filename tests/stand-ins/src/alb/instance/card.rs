//! What others may know of an instance, and do to it, while it lives its own life.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use crate::alb::process::ProcessGroup;

/// What an instance is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It starts, or has an event.
    Busy,
    /// It waits for an event.
    Idle,
    /// It has ended, or is about to.
    Gone,
}

/// The public side of an instance.
#[derive(Debug)]
pub(in crate::alb) struct Card {
    /// Number of the instance, counted per function.
    pub(in crate::alb) id: u64,
    invocations: AtomicU64,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    status: Status,
    group: Option<ProcessGroup>,
    request_id: Option<String>,
}

impl Card {
    /// An instance that is about to start, with its first event reserved.
    pub(in crate::alb) fn new(id: u64) -> Self {
        let inner = Inner { status: Status::Busy, group: None, request_id: None };
        Self { id, invocations: AtomicU64::new(0), inner: Mutex::new(inner) }
    }

    /// Takes an idle instance for an event.
    pub(in crate::alb) fn reserve(&self) -> bool {
        let mut inner = self.lock();
        let free = inner.status == Status::Idle;
        if free {
            inner.status = Status::Busy;
        }
        free
    }

    /// What the instance is doing.
    pub(in crate::alb) fn status(&self) -> Status {
        self.lock().status
    }

    /// Process id, while there is a process.
    pub(in crate::alb) fn pid(&self) -> Option<i32> {
        self.lock().group.as_ref().map(ProcessGroup::pid)
    }

    /// The invocation under way, or the last one.
    pub(in crate::alb) fn request_id(&self) -> Option<String> {
        self.lock().request_id.clone()
    }

    /// How many events it was given.
    pub(in crate::alb) fn invocations(&self) -> u64 {
        self.invocations.load(Ordering::Relaxed)
    }

    /// Acts on the processes, while there are any.
    pub(in crate::alb) fn with_group(&self, act: impl FnOnce(&ProcessGroup)) {
        if let Some(group) = &self.lock().group {
            act(group);
        }
    }

    /// Notes the processes of the instance.
    pub(super) fn begin(&self, group: Option<ProcessGroup>) {
        let mut inner = self.lock();
        // An instance that was ended while it started is killed by dropping the group here.
        if inner.status != Status::Gone {
            inner.group = group;
        }
    }

    /// Notes that an event is served.
    pub(super) fn serve(&self, request_id: &str) {
        self.invocations.fetch_add(1, Ordering::Relaxed);
        self.lock().request_id = Some(request_id.to_owned());
    }

    /// Notes that the instance waits for an event.
    pub(super) fn rest(&self) {
        let mut inner = self.lock();
        if inner.status == Status::Busy {
            inner.status = Status::Idle;
        }
    }

    /// Ends the instance: its processes are killed and it is never chosen again.
    pub(in crate::alb) fn end(&self) {
        let mut inner = self.lock();
        inner.status = Status::Gone;
        // Dropping the group kills it.
        inner.group = None;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
