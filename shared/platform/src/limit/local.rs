//! What one process knows of one person: enough to refuse without asking, and to go on alone.

use std::collections::VecDeque;

use crate::clock::Clock;

use super::log::{Entry, Log, Verdict};
use super::ring::EXACT_UP_TO;
use super::{Decision, WINDOW_MS};

/// What one process knows of one person's calls.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// The store's log as last seen.
    pub(super) log: Log,
    /// Until when calls are refused without asking.
    pub(super) blocked_until_ms: Option<i64>,
    /// Times of the calls this process accepted, oldest first; at most as many as are allowed.
    accepted: VecDeque<i64>,
    /// The rough log of this process, for high limits.
    rough: Log,
    /// Until when a refusal is not the first one.
    refusal_told_until_ms: Option<i64>,
}

impl Window {
    /// Decides by what this process knows alone.
    pub(super) fn decide_alone(&mut self, limit: u32, clock: &Clock, degraded: bool) -> Decision {
        let now_ms = clock.now_ms();
        if limit > EXACT_UP_TO {
            return match self.rough.admit(limit, now_ms) {
                Verdict::Refuse { until_ms } => Decision::Refused { until_ms },
                Verdict::Accept(Entry::First(step) | Entry::Next(step)) => {
                    self.rough = step.log;
                    Decision::Allowed { degraded }
                }
            };
        }
        let now_ms = self.accepted.back().map_or(now_ms, |newest| now_ms.max(*newest));
        if self.accepted.len() >= size(limit)
            && let Some(oldest) = self.accepted.front()
            && *oldest > now_ms - WINDOW_MS
        {
            return Decision::Refused { until_ms: oldest + WINDOW_MS };
        }
        self.remember(limit, now_ms);
        Decision::Allowed { degraded }
    }

    /// Keeps a call that was accepted, so that going on alone does not start from nothing.
    pub(super) fn remember(&mut self, limit: u32, now_ms: i64) {
        if limit > EXACT_UP_TO {
            if let Verdict::Accept(Entry::First(step) | Entry::Next(step)) =
                self.rough.admit(limit, now_ms)
            {
                self.rough = step.log;
            }
            return;
        }
        while self.accepted.len() >= size(limit) {
            self.accepted.pop_front();
        }
        let newest = self.accepted.back().copied().unwrap_or(now_ms);
        self.accepted.push_back(newest.max(now_ms));
    }

    /// Whether this refusal is the first in a minute; asking counts it.
    pub(super) fn is_first_refusal(&mut self, now_ms: i64) -> bool {
        if self.refusal_told_until_ms.is_some_and(|until| now_ms < until) {
            return false;
        }
        self.refusal_told_until_ms = Some(now_ms + WINDOW_MS);
        true
    }
}

fn size(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}
