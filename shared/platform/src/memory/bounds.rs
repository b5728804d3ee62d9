//! How much is remembered.

use std::time::Duration;

/// How much is remembered, for how long, and what goes first.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub(super) capacity: u64,
    pub(super) time_to_live: Option<Duration>,
    pub(super) is_lru: bool,
}

impl Bounds {
    /// As many values as this, or as much weight. What is seldom asked for goes first.
    pub fn of(capacity: u64) -> Self {
        Self { capacity, time_to_live: None, is_lru: false }
    }

    /// Forgets each value this long after it was inserted, by the machine's clock.
    #[must_use]
    pub fn for_at_most(self, time_to_live: Duration) -> Self {
        Self { time_to_live: Some(time_to_live), ..self }
    }

    /// What was not asked for the longest goes first, and a new value is always taken.
    #[must_use]
    pub fn least_recent_first(self) -> Self {
        Self { is_lru: true, ..self }
    }
}
