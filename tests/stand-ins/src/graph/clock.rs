//! The time by which download addresses run out; tests can move it forward.

use std::sync::atomic::{AtomicI64, Ordering};

/// A clock that can be put forward.
#[derive(Debug, Default)]
pub struct Clock {
    ahead: AtomicI64,
}

impl Clock {
    /// Seconds since 1970.
    pub fn seconds(&self) -> i64 {
        now().saturating_add(self.ahead.load(Ordering::Relaxed))
    }

    /// The time as `2026-11-20T09:00:00`.
    pub fn date(&self) -> String {
        jiff::Timestamp::from_second(self.seconds())
            .map(|time| time.strftime("%Y-%m-%dT%H:%M:%S").to_string())
            .unwrap_or_default()
    }

    /// Puts the clock forward.
    pub fn advance(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
