//! Exchanges that Entra refused a moment ago: asking again at once would give the same answer.

use std::time::Duration;

use super::CacheKey;
use crate::clock::Clock;
use crate::memory::{Bounds, Memory};

const KEPT: Duration = Duration::from_secs(60);
const MAX_REFUSALS: u64 = 4096;

/// Refused exchanges of the last sixty seconds, in this process only.
#[derive(Clone, Debug)]
pub struct RecentRefusals<E: Clone + Send + Sync + 'static> {
    refusals: Memory<(E, i64)>,
    clock: Clock,
}

impl<E: Clone + Send + Sync + 'static> RecentRefusals<E> {
    /// Nothing refused yet.
    pub fn new(clock: Clock) -> Self {
        Self { refusals: Memory::new(Bounds::of(MAX_REFUSALS).for_at_most(KEPT)), clock }
    }

    /// How this very exchange was refused in the last sixty seconds.
    pub fn get(&self, key: &CacheKey) -> Option<E> {
        let (refusal, until_ms) = self.refusals.get(&key.item)?;
        (self.clock.now_ms() < until_ms).then_some(refusal)
    }

    /// Remembers a refusal for sixty seconds.
    pub fn put(&self, key: &CacheKey, refusal: E) {
        let kept_ms = i64::try_from(KEPT.as_millis()).unwrap_or(0);
        let until_ms = self.clock.now_ms().saturating_add(kept_ms);
        self.refusals.insert(&key.item, (refusal, until_ms));
    }
}
