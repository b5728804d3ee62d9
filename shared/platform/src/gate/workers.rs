//! Where the work of tools runs: on threads of its own.
//!
//! The thread that answers requests runs no tool, so it can answer at a tool's deadline even when
//! the tool never yields. Few threads that each do one thing also wake each other seldom, which
//! costs more than the work of many a call.

use std::future::Future;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

/// So often threads are left to work that never yields; then the process ends, and whoever runs it
/// starts a new one.
const MAX_LOST: u32 = 4;

/// Runs the work of tools; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Workers(Option<Arc<Mutex<Threads>>>);

/// Which threads some work was given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Crew(u32);

#[derive(Debug)]
struct Threads {
    /// Leaves only when it is dropped.
    runtime: Option<Runtime>,
    count: usize,
    /// How many were lost before.
    lost: u32,
}

impl Workers {
    /// No threads of their own: work runs in the runtime of whoever asks for it.
    pub(crate) const fn here() -> Self {
        Self(None)
    }

    /// So many threads of their own; at least one.
    ///
    /// # Errors
    /// When the system gives none.
    pub(crate) fn apart(count: usize) -> io::Result<Self> {
        let runtime = Some(started(count)?);
        Ok(Self(Some(Arc::new(Mutex::new(Threads { runtime, count, lost: 0 })))))
    }

    /// Starts some work.
    pub(super) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> (JoinHandle<T>, Crew) {
        let Some(threads) = &self.0 else { return (tokio::spawn(work), Crew(0)) };
        let threads = threads.lock().unwrap_or_else(PoisonError::into_inner);
        let task = match &threads.runtime {
            Some(runtime) => runtime.spawn(work),
            None => tokio::spawn(work),
        };
        (task, Crew(threads.lost))
    }

    /// Gives later work other threads than these, which are held by work that never yields.
    pub(super) fn replace(&self, crew: Crew) {
        let Some(threads) = &self.0 else { return };
        let mut threads = threads.lock().unwrap_or_else(PoisonError::into_inner);
        if threads.lost != crew.0 {
            return;
        }
        tracing::error!(event = "worker_lost", lost = threads.lost + 1, "a tool never yielded");
        let runtime = match started(threads.count) {
            Ok(runtime) if threads.lost + 1 < MAX_LOST => runtime,
            // Nothing would be done any more, and it would look healthy.
            _ => std::process::exit(1),
        };
        threads.lost += 1;
        // What else runs there goes on when it can, so nothing is shut down.
        std::mem::forget(threads.runtime.replace(runtime));
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn started(count: usize) -> io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(count.max(1))
        .thread_name("tools")
        .enable_all()
        .build()
}
