//! Entra's signing keys: fetched before they are needed, kept while they are good, and never
//! fetched because a stranger asks.

mod document;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

pub(crate) use document::{SigningKey, is_key_id};

use super::entra_settings::{EntraSettings, TokenVersion};
use crate::clock::Clock;
use crate::http_client::{Answer, HttpClient, HttpProblem, TryLimits};
use crate::memory::{Bounds, Memory};

/// Older keys are fetched again when there is an opportunity.
const SOFT_AGE: SignedDuration = SignedDuration::from_hours(1);
/// Older keys are not used.
const HARD_AGE: SignedDuration = SignedDuration::from_hours(24);
/// The least time between two fetches for any reason but a cold start.
const FETCH_GAP: SignedDuration = SignedDuration::from_secs(60);
/// The least time between two fetches while there are no keys at all.
const COLD_GAP: SignedDuration = SignedDuration::from_secs(5);
/// How long a key id that Entra does not know is remembered.
const UNKNOWN_FOR: SignedDuration = SignedDuration::from_mins(5);
/// How many such key ids are remembered.
const UNKNOWN_IDS: u64 = 1024;
/// One fetch takes at most this, all its requests together.
const FETCH_DEADLINE: Duration = Duration::from_secs(5);
/// Documents are a few KiB.
const MAX_DOCUMENT_BYTES: usize = 256 * 1024;

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// Entra has no key of this id, as far as we may ask.
    #[error("no such key")]
    Unknown,
    /// There are no keys at all, or none that are young enough.
    #[error("the signing keys are not available")]
    Unavailable {
        /// When to try again.
        retry_after: Duration,
    },
}

/// Why a fetch brought no keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum FetchProblem {
    #[error(transparent)]
    Http(#[from] HttpProblem),
    #[error("a document was answered with another status than 200")]
    Status,
    #[error("a document is not what it should be")]
    NotJson,
    #[error("the discovery document names another issuer")]
    ForeignIssuer,
    #[error("the discovery document leads to another host")]
    ForeignKeys,
    #[error("the key document has no usable key")]
    NoUsableKey,
}

/// The keys of our tenant, with their age.
pub struct KeyStore {
    settings: Arc<EntraSettings>,
    http: HttpClient,
    clock: Clock,
    deadline: Duration,
    snapshot: RwLock<Option<Arc<Snapshot>>>,
    /// When the last fetch began. Held while fetching, so that there is one at a time.
    last_fetch: Mutex<Option<Timestamp>>,
    /// Key ids that a fetch did not bring, with the time until which they are not asked for.
    unknown: Memory<Timestamp>,
}

/// What one fetch brought.
pub(crate) struct Snapshot {
    /// The issuers of the accepted token versions.
    pub(crate) issuers: Vec<(TokenVersion, String)>,
    keys: HashMap<String, Arc<SigningKey>>,
    fetched_at: Timestamp,
}

/// What an unproven token says about itself; decides whether it may cause a fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// It names our issuer and our audience.
    Ours,
    /// It does not, or it was not looked at.
    NotOurs,
}

impl KeyStore {
    /// A store without keys; [`KeyStore::prepare`] fetches them.
    pub fn new(settings: Arc<EntraSettings>, http: HttpClient, clock: Clock) -> Self {
        Self {
            settings,
            http,
            clock,
            deadline: FETCH_DEADLINE,
            snapshot: RwLock::new(None),
            last_fetch: Mutex::new(None),
            unknown: Memory::new(Bounds::of(UNKNOWN_IDS).least_recent_first()),
        }
    }

    /// Fetches the keys before the first event.
    ///
    /// # Errors
    /// When Entra cannot be reached; the next request tries again.
    pub async fn prepare(&self) -> Result<(), KeyProblem> {
        self.snapshot().await.map(drop)
    }

    /// The keys to use now: fetched when there are none, refreshed when they have aged.
    pub(crate) async fn snapshot(&self) -> Result<Arc<Snapshot>, KeyProblem> {
        let known = self.known();
        let age = known.as_ref().map(|snapshot| self.age(snapshot.fetched_at));
        match (known, age) {
            (Some(snapshot), Some(age)) if age < SOFT_AGE => Ok(snapshot),
            (Some(snapshot), Some(age)) if age < HARD_AGE => {
                // Whoever comes while another one fetches goes on with what there is.
                if let Ok(mut last_fetch) = self.last_fetch.try_lock() {
                    self.fetch_unless_recent(&mut last_fetch, FETCH_GAP).await;
                }
                Ok(self.known().unwrap_or(snapshot))
            }
            _ => self.cold().await,
        }
    }

    /// The key of this id. `claim` is asked only when the id is unknown.
    pub(crate) async fn find(
        &self,
        kid: &str,
        claim: impl FnOnce(&Snapshot) -> Claim,
    ) -> Result<Arc<SigningKey>, KeyProblem> {
        let snapshot = self.snapshot().await?;
        if let Some(key) = snapshot.keys.get(kid) {
            return Ok(key.clone());
        }
        let asked_until = self.unknown.get(kid);
        if asked_until.is_some_and(|until| self.clock.now() < until) {
            return Err(KeyProblem::Unknown);
        }
        match claim(&snapshot) {
            Claim::NotOurs => return Err(KeyProblem::Unknown),
            Claim::Ours => {}
        }
        let mut last_fetch = self.last_fetch.lock().await;
        let fetched_meanwhile = self.known().is_some_and(|now| !Arc::ptr_eq(&now, &snapshot));
        if !fetched_meanwhile {
            self.fetch_unless_recent(&mut last_fetch, FETCH_GAP).await;
        }
        drop(last_fetch);

        let newest = self.known().unwrap_or_else(|| snapshot.clone());
        if let Some(key) = newest.keys.get(kid) {
            return Ok(key.clone());
        }
        // Only a fetch that came after the question proves that the key does not exist.
        if !Arc::ptr_eq(&newest, &snapshot) {
            let until = later(self.clock.now(), UNKNOWN_FOR);
            self.unknown.insert(kid, until);
        }
        Err(KeyProblem::Unknown)
    }

    /// Waits for keys where there are none.
    async fn cold(&self) -> Result<Arc<Snapshot>, KeyProblem> {
        let mut last_fetch = self.last_fetch.lock().await;
        if let Some(snapshot) = self.young_enough() {
            return Ok(snapshot);
        }
        self.fetch_unless_recent(&mut last_fetch, COLD_GAP).await;
        let since = last_fetch.map_or(SignedDuration::ZERO, |at| self.age(at));
        let wait = Duration::try_from(COLD_GAP - since).unwrap_or_default();
        if self.young_enough().is_some() {
            // The first look is owed to nobody's token: a key that is rolled right after the start
            // must not wait for the gap to pass.
            *last_fetch = None;
        }
        self.young_enough()
            .ok_or(KeyProblem::Unavailable { retry_after: wait.max(Duration::from_secs(1)) })
    }

    fn young_enough(&self) -> Option<Arc<Snapshot>> {
        self.known().filter(|snapshot| self.age(snapshot.fetched_at) < HARD_AGE)
    }

    /// One fetch; a failed one leaves the last good keys where they are.
    async fn fetch_unless_recent(&self, last: &mut Option<Timestamp>, gap: SignedDuration) {
        if last.is_some_and(|at| self.age(at) < gap) {
            return;
        }
        *last = Some(self.clock.now());
        match self.fetch().await {
            Ok(snapshot) => {
                *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) =
                    Some(Arc::new(snapshot));
                tracing::info!(event = "keys_fetched", "the signing keys were fetched");
            }
            Err(problem) => {
                tracing::warn!(event = "keys_not_fetched", reason = %problem, "the signing keys could not be fetched; the last good ones are kept");
            }
        }
    }

    async fn fetch(&self) -> Result<Snapshot, FetchProblem> {
        let all = async {
            let versions = self.settings.token_versions.iter();
            let documents = versions.map(|version| self.fetch_version(*version));
            futures::future::try_join_all(documents).await
        };
        let documents =
            tokio::time::timeout(self.deadline, all).await.map_err(|_| HttpProblem::Timeout)??;
        let mut keys = HashMap::new();
        let mut issuers = Vec::new();
        for (version, source, answer) in documents {
            document::collect(&self.settings, &source, &answer.body, &mut keys)?;
            issuers.push((version, source.issuer));
        }
        Ok(Snapshot { issuers, keys, fetched_at: self.clock.now() })
    }

    async fn fetch_version(
        &self,
        version: TokenVersion,
    ) -> Result<(TokenVersion, document::Source, Answer), FetchProblem> {
        let discovery = self.get(&self.settings.discovery_url(version)).await?;
        let source = document::source(&self.settings, version, &discovery.body)?;
        let keys = self.get(source.keys_url.as_str()).await?;
        Ok((version, source, keys))
    }

    async fn get(&self, url: &str) -> Result<Answer, FetchProblem> {
        let limits = TryLimits { deadline: self.deadline, max_bytes: MAX_DOCUMENT_BYTES };
        let answer = self.http.fetch(self.http.get(url), limits).await?;
        match answer.status {
            http::StatusCode::OK => Ok(answer),
            _ => Err(FetchProblem::Status),
        }
    }

    fn known(&self) -> Option<Arc<Snapshot>> {
        let snapshot = self.snapshot.read().unwrap_or_else(PoisonError::into_inner);
        snapshot.clone()
    }

    fn age(&self, of: Timestamp) -> SignedDuration {
        self.clock.now().duration_since(of)
    }
}

/// A moment after another one.
pub(super) fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests;
