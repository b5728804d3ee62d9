//! Refresh tokens of a grant are numbered: the newest is good, the one before for a moment.

use std::sync::Arc;

use super::{Grant, Grants, KEPT, Live, NoGrant, Step};
use crate::usage::Usage;

/// How long the number before is answered with the same successor, in milliseconds: clients
/// refresh twice at once, from two addresses, and lose answers.
const REPLAY_MS: i64 = 45_000;

/// What a refresh token is that was presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presented {
    /// The newest.
    Current,
    /// The one before, a moment after it was exchanged.
    Replayed,
    /// An older one: two have it.
    Reused,
}

impl Live {
    /// What the refresh token of this number is by now.
    pub(crate) fn standing(&self, generation: u64, now_ms: i64) -> Presented {
        let since_ms = now_ms.saturating_sub(self.grant.rotated_at_ms);
        if generation == self.grant.generation {
            Presented::Current
        } else if generation > 0
            && generation.checked_add(1) == Some(self.grant.generation)
            && since_ms < REPLAY_MS
        {
            Presented::Replayed
        } else {
            Presented::Reused
        }
    }
}

impl Grants {
    /// Exchanges the refresh token of this number: the grant that comes back has the number of
    /// its successor, unless it was [`Reused`](Presented::Reused).
    ///
    /// # Errors
    /// When the grant has ended, or the store does not answer.
    pub(crate) async fn rotate(
        &self,
        id: &str,
        generation: u64,
        usage: &Usage,
    ) -> Result<(Arc<Live>, Presented), NoGrant> {
        let (now_ms, until_s) = (self.clock.now_ms(), self.in_s(KEPT));
        let decide = |live: &Live| match live.standing(generation, now_ms) {
            Presented::Current => {
                let grant = Grant {
                    generation: generation.saturating_add(1),
                    rotated_at_ms: now_ms,
                    ..live.grant.clone()
                };
                let said = Presented::Current;
                Step::Write { grant: Box::new(grant), expires_at_s: until_s, said }
            }
            other @ (Presented::Replayed | Presented::Reused) => Step::Keep(other),
        };
        self.change(id, usage, decide).await
    }
}
