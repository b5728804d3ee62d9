//! Things that go wrong on purpose.

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// What goes wrong at a target; counts go down with each request they hit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Milliseconds added to every request, until cleared.
    pub latency_ms: u64,
    /// Milliseconds added to every start of an instance, until cleared.
    pub cold_start_ms: u64,
    /// How many requests the balancer answers with 502 without invoking.
    pub bad_gateway: u32,
    /// How many requests the Lambda service throttles.
    pub throttle: u32,
    /// How many requests are delivered twice; the client sees the first answer.
    pub duplicate: u32,
    /// How many requests lose their instance before it can answer.
    pub kill_before_answer: u32,
    /// How many requests lose their instance right after it answered.
    pub kill_after_answer: u32,
}

/// When an instance is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kill {
    /// With the event in hand.
    BeforeAnswer,
    /// With the answer given.
    AfterAnswer,
}

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mishap {
    /// Milliseconds the request waits.
    pub(super) latency_ms: u64,
    /// Whether it ends at the balancer.
    pub(super) bad_gateway: bool,
    /// Whether it is delivered twice.
    pub(super) duplicate: bool,
}

/// The faults of one target, as they are used up.
#[derive(Debug, Default)]
pub(super) struct FaultBox(Mutex<Faults>);

impl FaultBox {
    /// Replaces what was set before.
    pub(super) fn set(&self, faults: Faults) {
        *self.lock() = faults;
    }

    /// What is left.
    pub(super) fn get(&self) -> Faults {
        *self.lock()
    }

    /// Draws the mishap of one request.
    pub(super) fn draw(&self) -> Mishap {
        let mut faults = self.lock();
        let bad_gateway = use_up(&mut faults.bad_gateway);
        let duplicate = !bad_gateway && use_up(&mut faults.duplicate);
        Mishap { latency_ms: faults.latency_ms, bad_gateway, duplicate }
    }

    /// Draws whether one invocation is throttled.
    pub(super) fn draw_throttle(&self) -> bool {
        use_up(&mut self.lock().throttle)
    }

    /// Draws whether one invocation loses its instance.
    pub(super) fn draw_kill(&self) -> Option<Kill> {
        let mut faults = self.lock();
        if use_up(&mut faults.kill_before_answer) {
            Some(Kill::BeforeAnswer)
        } else if use_up(&mut faults.kill_after_answer) {
            Some(Kill::AfterAnswer)
        } else {
            None
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Faults> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn use_up(count: &mut u32) -> bool {
    let any = *count > 0;
    *count = count.saturating_sub(1);
    any
}
