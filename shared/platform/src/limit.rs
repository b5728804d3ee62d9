//! The rate limit: so many calls per person and minute, counted exactly over all instances.
//!
//! Up to [`EXACT_UP_TO`] calls a minute the times of the last calls are kept in a ring, and no
//! sixty seconds ever see more than the limit. Above it two counters are kept, this minute's and
//! the last one's, and the last one's calls are taken as spread evenly: a burst at the end of a
//! minute can let through up to twice the limit within sixty seconds.
//!
//! When the store does not answer, each process goes on alone with the same limit.

mod buckets;
mod local;
mod log;
mod ring;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::clock::Clock;
use crate::identity::Caller;
use crate::memory::{Bounds, Memory};
use crate::seal::push_part;
use crate::store::{Pause, Store, StoreError};
use crate::usage::Usage;
use local::Window;
use log::{Entry, Verdict};

pub use ring::EXACT_UP_TO;

const WINDOW_MS: i64 = 60_000;
/// How often a lost race is tried again.
const MAX_ATTEMPTS: usize = 4;
/// How many people's windows a process remembers; a forgotten one costs a round trip.
const MAX_WINDOWS: u64 = 4096;
/// How long a call waits for the same person's calls in this process.
const MAX_WAIT: Duration = Duration::from_secs(1);
/// How long the store has in all; then this process decides alone.
const STORE_DEADLINE: Duration = Duration::from_secs(3);
const A_SECOND: Duration = Duration::from_secs(1);

/// Whether a call may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Allowed {
        /// Whether this process decided alone, because the store did not answer.
        degraded: bool,
    },
    /// It may not: HTTP 429.
    Refused {
        /// When to come back: whole seconds, at least one.
        retry_after: Duration,
        /// Whether it is this person's first refusal in a minute: that one is written to the
        /// audit record, the others are counted.
        first_in_window: bool,
    },
}

/// The rate limit of one connector; clones share what they know.
#[derive(Clone, Debug)]
pub struct Limiter {
    calls_per_minute: u32,
    clock: Clock,
    shared: Option<Shared>,
    windows: Memory<Arc<Mutex<Window>>>,
}

#[derive(Clone, Debug)]
struct Shared {
    store: Store,
    pause: Pause,
}

enum Decision {
    Allowed {
        degraded: bool,
    },
    Refused {
        until_ms: i64,
    },
    /// Others were faster, four times.
    Crowded,
}

impl Limiter {
    /// A limit that this process keeps alone; 0 is no limit.
    pub fn local(calls_per_minute: u32, clock: Clock) -> Self {
        Self {
            calls_per_minute,
            clock,
            shared: None,
            windows: Memory::new(Bounds::of(MAX_WINDOWS)),
        }
    }

    /// A limit that all instances keep together in this store; 0 is no limit.
    pub fn shared(calls_per_minute: u32, store: Store, clock: Clock) -> Self {
        let pause = Pause::new(clock.clone());
        Self { shared: Some(Shared { store, pause }), ..Self::local(calls_per_minute, clock) }
    }

    /// Counts one call of this caller, if it may go on. Refused calls are not counted.
    pub async fn admit(&self, caller: &Caller, usage: &Usage) -> Admission {
        if self.calls_per_minute == 0 {
            return Admission::Allowed { degraded: false };
        }
        let key = self.key(caller);
        let window = self.windows.get_or_insert_with(&key, Arc::default);
        // One at a time: a person's calls in one process never race each other in the store.
        let Ok(mut window) = timeout(MAX_WAIT, window.lock()).await else {
            return Admission::Refused { retry_after: A_SECOND, first_in_window: false };
        };
        let now_ms = self.clock.now_ms();
        let decision = match window.blocked_until_ms.filter(|until| now_ms < *until) {
            Some(until_ms) => Decision::Refused { until_ms },
            None => self.decide(&key, &mut window, usage).await,
        };
        self.answer(&decision, &mut window)
    }

    async fn decide(&self, key: &str, window: &mut Window, usage: &Usage) -> Decision {
        let Some(shared) = &self.shared else {
            return window.decide_alone(self.calls_per_minute, &self.clock, false);
        };
        if shared.pause.is_on() {
            return window.decide_alone(self.calls_per_minute, &self.clock, true);
        }
        let together = self.decide_together(key, window, &shared.store, usage);
        match timeout(STORE_DEADLINE, together).await.unwrap_or(Err(StoreError::Unreachable)) {
            Ok(decision) => decision,
            Err(error) => {
                shared.pause.begin();
                tracing::error!(event = "limiter_degraded", reason = %error, "the rate limit is kept by this process alone");
                window.decide_alone(self.calls_per_minute, &self.clock, true)
            }
        }
    }

    async fn decide_together(
        &self,
        key: &str,
        window: &mut Window,
        store: &Store,
        usage: &Usage,
    ) -> Result<Decision, StoreError> {
        for _ in 0..MAX_ATTEMPTS {
            let now_ms = self.clock.now_ms();
            let entry = match window.log.admit(self.calls_per_minute, now_ms) {
                Verdict::Refuse { until_ms } => return Ok(Decision::Refused { until_ms }),
                Verdict::Accept(entry) => entry,
            };
            let written = match entry {
                Entry::First(first) => {
                    store.put_new(first.item(key), usage).await.map(|()| first.log)
                }
                Entry::Next(next) => store.update(next.update(key), usage).await.map(|_| next.log),
            };
            match written {
                Ok(log) => {
                    window.log = log;
                    window.remember(self.calls_per_minute, now_ms);
                    return Ok(Decision::Allowed { degraded: false });
                }
                Err(StoreError::ConditionFailed(found)) => {
                    window.log = log::Log::read(self.calls_per_minute, found.as_deref());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Decision::Crowded)
    }

    fn answer(&self, decision: &Decision, window: &mut Window) -> Admission {
        let now_ms = self.clock.now_ms();
        let retry_after = match *decision {
            Decision::Allowed { degraded } => return Admission::Allowed { degraded },
            Decision::Refused { until_ms } => {
                window.blocked_until_ms = Some(until_ms);
                seconds_until(until_ms, now_ms)
            }
            Decision::Crowded => A_SECOND,
        };
        Admission::Refused { retry_after, first_in_window: window.is_first_refusal(now_ms) }
    }

    /// The limit is part of the key: a changed limit starts over instead of misreading slots.
    fn key(&self, caller: &Caller) -> String {
        let mut person = Vec::new();
        push_part(&mut person, caller.tid.as_bytes());
        push_part(&mut person, caller.oid.as_bytes());
        // Half a hash tells people apart, and keeps the item of 90 slots within one write unit.
        let hash = digest(&SHA256, &person);
        let hash = URL_SAFE_NO_PAD.encode(hash.as_ref().first_chunk::<16>().unwrap_or(&[0; 16]));
        format!("RL#{}#{hash}", self.calls_per_minute)
    }
}

/// Rounded up, at least one second.
fn seconds_until(until_ms: i64, now_ms: i64) -> Duration {
    let wait_ms = u64::try_from(until_ms.saturating_sub(now_ms)).unwrap_or(0);
    Duration::from_secs(wait_ms.div_ceil(1000).max(1))
}
