//! Grants: what one person gave one client, with the Entra tokens that stand behind it.
//!
//! A grant is read from the store at most every 30 seconds per process, and changed by writes
//! that hold only for the version they were decided on: every instance may do every step.

mod record;
mod renewal;
mod rotation;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use super::error::OAuthError;
use super::http::random_text;
use crate::clock::Clock;
use crate::identity::{Caller, CodeFlow, EntraTokens, Flights};
use crate::memory::{Bounds, Memory};
use crate::store::{Record, RecordKind, SealedStore, StoreError};
use crate::usage::Usage;

pub(crate) use record::Grant;
pub(crate) use renewal::{Need, NotRenewed};
pub(crate) use rotation::Presented;

/// 128 bits: nobody comes upon one.
const ID_BYTES: usize = 16;
/// How long a grant waits for its code to be exchanged.
const UNACTIVATED: Duration = Duration::from_mins(10);
/// How long a grant is kept after its refresh token was last exchanged.
const KEPT: Duration = Duration::from_hours(90 * 24);
/// How old a reading may be.
const MAX_AGE: Duration = Duration::from_secs(30);
/// Memory for readings, in bytes.
const REMEMBERED_BYTES: u64 = 8 * 1024 * 1024;
/// How often a change is tried against others.
const TRIES: usize = 6;

/// Opens, reads, renews and ends grants.
pub(crate) struct Grants {
    records: SealedStore,
    code_flow: CodeFlow,
    clock: Clock,
    recent: Memory<Arc<Live>>,
    renewals: Flights<Result<Arc<Live>, NotRenewed>>,
}

/// A grant that is about to be made.
pub(crate) struct NewGrant<'a> {
    /// The person, proven by the verifier; issued is when they signed in, by our clock.
    pub(crate) person: &'a Caller,
    pub(crate) client_id: &'a str,
    pub(crate) scope: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) tokens: EntraTokens,
}

/// A grant as it was read.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) grant: Grant,
    version: i64,
    expires_at_s: i64,
    read_at_ms: i64,
}

/// Why a grant could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoGrant {
    /// It ended, or never was.
    Gone,
    /// The store does not answer, or others change the grant all the time.
    Unavailable,
}

/// What to do with a grant, decided on its latest version.
enum Step<T> {
    Keep(T),
    Write { grant: Box<Grant>, expires_at_s: i64, said: T },
}

impl Grants {
    /// No grants but those in these records.
    pub(crate) fn new(records: SealedStore, code_flow: CodeFlow, clock: Clock) -> Self {
        Self {
            records,
            code_flow,
            clock,
            recent: Memory::weighed(Bounds::of(REMEMBERED_BYTES), |_, live| live.grant.weight()),
            renewals: Flights::new(),
        }
    }

    /// Makes a grant and gives its id (22 characters of base64url). It ends by itself after ten
    /// minutes, unless its code is exchanged before.
    ///
    /// # Errors
    /// `temporarily_unavailable` when the store does not take it.
    pub(crate) async fn open(
        &self,
        new: NewGrant<'_>,
        usage: &Usage,
    ) -> Result<String, OAuthError> {
        let id = random_text::<ID_BYTES>()?;
        let grant = Grant::new(new);
        let until_s = self.in_s(UNACTIVATED);
        match self.records.put_new(RecordKind::Grant, &id, &grant, until_s, usage).await {
            Ok(()) => Ok(id),
            Err(error) => {
                let _ = unavailable(&error);
                Err(OAuthError::unavailable())
            }
        }
    }

    /// Makes the grant usable: its code was exchanged.
    ///
    /// # Errors
    /// When it has ended, or the store does not answer.
    pub(crate) async fn activate(&self, id: &str, usage: &Usage) -> Result<Arc<Live>, NoGrant> {
        let (now_ms, until_s) = (self.clock.now_ms(), self.in_s(KEPT));
        let decide = |live: &Live| {
            if live.grant.generation > 0 {
                return Step::Keep(());
            }
            let grant = Grant { generation: 1, rotated_at_ms: now_ms, ..live.grant.clone() };
            Step::Write { grant: Box::new(grant), expires_at_s: until_s, said: () }
        };
        self.change(id, usage, decide).await.map(|(live, ())| live)
    }

    /// The grant as it was at most 30 seconds ago.
    ///
    /// # Errors
    /// When there is none, or the store does not answer.
    pub(crate) async fn load(&self, id: &str, usage: &Usage) -> Result<Arc<Live>, NoGrant> {
        if let Some(live) = self.recent.get(id)
            && live.is_recent(&self.clock)
        {
            return Ok(live);
        }
        self.latest(id, usage).await
    }

    /// The grant as it is now.
    ///
    /// # Errors
    /// When there is none, or the store does not answer.
    pub(crate) async fn latest(&self, id: &str, usage: &Usage) -> Result<Arc<Live>, NoGrant> {
        let read_at_ms = self.clock.now_ms();
        let found = self.records.get::<Grant>(RecordKind::Grant, id, usage).await;
        let Some(record) = found.map_err(|error| unavailable(&error))? else {
            self.recent.invalidate(id);
            return Err(NoGrant::Gone);
        };
        let Record { value: grant, version, expires_at_s } = record;
        Ok(self.keep(id, Live { grant, version, expires_at_s, read_at_ms }))
    }

    /// Ends the grant and everything that was given out for it; other instances notice within
    /// 30 seconds.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn end(&self, id: &str, usage: &Usage) -> Result<(), NoGrant> {
        let ended = self.records.delete(RecordKind::Grant, id, usage).await;
        self.recent.invalidate(id);
        ended.map_err(|error| unavailable(&error))
    }

    /// Changes the grant; decides anew on each version until one write holds.
    async fn change<T>(
        &self,
        id: &str,
        usage: &Usage,
        decide: impl Fn(&Live) -> Step<T>,
    ) -> Result<(Arc<Live>, T), NoGrant> {
        for _ in 0..TRIES {
            let live = self.latest(id, usage).await?;
            match decide(&live) {
                Step::Keep(said) => return Ok((live, said)),
                Step::Write { grant, expires_at_s, said } => {
                    let written = self.replace(id, &live, *grant, expires_at_s, usage).await?;
                    if let Some(live) = written {
                        return Ok((live, said));
                    }
                }
            }
        }
        Err(NoGrant::Unavailable)
    }

    /// Writes the grant over this version of it; `None` when there is another by now.
    async fn replace(
        &self,
        id: &str,
        old: &Live,
        grant: Grant,
        expires_at_s: i64,
        usage: &Usage,
    ) -> Result<Option<Arc<Live>>, NoGrant> {
        let read_at_ms = self.clock.now_ms();
        let kind = RecordKind::Grant;
        let written =
            self.records.replace(kind, id, &grant, expires_at_s, old.version, usage).await;
        match written {
            Ok(version) => {
                Ok(Some(self.keep(id, Live { grant, version, expires_at_s, read_at_ms })))
            }
            Err(StoreError::ConditionFailed(_)) => Ok(None),
            Err(error) => Err(unavailable(&error)),
        }
    }

    /// A grant that nobody can use yet is not remembered: its next step is somebody else's.
    fn keep(&self, id: &str, live: Live) -> Arc<Live> {
        let live = Arc::new(live);
        if live.grant.is_active() {
            self.recent.insert(id, Arc::clone(&live));
        }
        live
    }

    fn in_s(&self, wait: Duration) -> i64 {
        let wait_s = i64::try_from(wait.as_secs()).unwrap_or(i64::MAX);
        self.clock.now_s().saturating_add(wait_s)
    }
}

impl Live {
    fn is_recent(&self, clock: &Clock) -> bool {
        let max_age_ms = i64::try_from(MAX_AGE.as_millis()).unwrap_or(0);
        let age_ms = clock.now_ms().saturating_sub(self.read_at_ms);
        (0..max_age_ms).contains(&age_ms) && clock.now_s() < self.expires_at_s
    }
}

fn unavailable(error: &StoreError) -> NoGrant {
    tracing::error!(event = "grants_unavailable", reason = %error, "a grant could not be read or written");
    NoGrant::Unavailable
}
