//! The time a stand-in lives in: the machine's, or one that a test holds still.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Seconds since 1970, from the machine or from a test.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    held: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's own time.
    pub fn system() -> Self {
        Self::default()
    }

    /// A clock that stands at `seconds` until it is moved; clones move together.
    pub fn at(seconds: i64) -> Self {
        Self { held: Some(Arc::new(AtomicI64::new(seconds))) }
    }

    /// Moves a held clock by so many seconds; the machine's own time does not move.
    pub fn advance(&self, seconds: i64) {
        if let Some(held) = &self.held {
            held.fetch_add(seconds, Ordering::SeqCst);
        }
    }

    /// The time now, in seconds since 1970.
    pub fn now(&self) -> i64 {
        self.held.as_ref().map_or_else(machine_time, |held| held.load(Ordering::SeqCst))
    }
}

fn machine_time() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.ok().and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or_default()
}

/// The way Entra writes a time in its error bodies: `2026-11-20 10:00:00Z`.
pub(crate) fn stamp(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .strftime("%Y-%m-%d %H:%M:%SZ")
        .to_string()
}
