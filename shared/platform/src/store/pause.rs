//! A short pause after a store has failed, so that the next calls do not wait for it too.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use crate::clock::Clock;

const LENGTH: Duration = Duration::from_secs(5);

/// Whether the store is left alone for a moment; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Pause {
    until_ms: Arc<AtomicI64>,
    clock: Clock,
}

impl Pause {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { until_ms: Arc::new(AtomicI64::new(i64::MIN)), clock }
    }

    /// Whether the store should be left alone now.
    pub(crate) fn is_on(&self) -> bool {
        self.clock.now_ms() < self.until_ms.load(Ordering::Relaxed)
    }

    /// Leaves the store alone for five seconds.
    pub(crate) fn begin(&self) {
        let length_ms = i64::try_from(LENGTH.as_millis()).unwrap_or(0);
        let until_ms = self.clock.now_ms().saturating_add(length_ms);
        self.until_ms.store(until_ms, Ordering::Relaxed);
    }
}
