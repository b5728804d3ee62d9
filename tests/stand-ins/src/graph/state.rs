//! What one running stand-in holds, and what it remembers of its callers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use serde::{Deserialize, Serialize};

use super::Bearer;
use super::clock::Clock;
use super::errors::{Outcome, Refusal};
use super::faults::Fault;
use super::operations::Id;
use super::world::World;

/// Checks a bearer token; none for a token that must be refused.
pub type Verify = Arc<dyn Fn(&str) -> Option<Bearer> + Send + Sync>;

/// One running stand-in.
pub struct Shared {
    /// Checks bearers.
    pub verify: Verify,
    /// Start of every link to another page, `http://127.0.0.1:8091/v1.0`.
    pub base: String,
    /// Start of every download address.
    pub origin: String,
    /// Signs download addresses.
    pub secret: String,
    /// The time.
    pub clock: Clock,
    world: RwLock<Arc<World>>,
    fresh: Arc<World>,
    faults: Mutex<Vec<Fault>>,
    log: Mutex<Log>,
}

/// What callers did.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Log {
    /// Requests in order, those inside a batch after it; the oldest go first when there are too many.
    pub requests: Vec<Recorded>,
    /// What no careful client does.
    pub violations: Vec<Violation>,
    /// Requests to download addresses, in order, without their queries.
    #[serde(default)]
    pub downloads: Vec<Recorded>,
    /// Requests by operation.
    pub counts: BTreeMap<String, u64>,
}

/// One request, without its bearer and its body.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Recorded {
    /// Method.
    pub method: String,
    /// Path as it came.
    pub path: String,
    /// Query as it came.
    pub query: String,
    /// Operation, when it is one.
    pub operation: Option<Id>,
    /// Whose bearer came with it.
    pub oid: Option<String>,
    /// Names of the headers.
    pub headers: Vec<String>,
    /// Value of `Prefer`.
    pub prefer: Option<String>,
    /// Value of `ConsistencyLevel`.
    pub consistency_level: Option<String>,
    /// Value of `Range`.
    pub range: Option<String>,
    /// Whether it came inside a batch.
    pub in_batch: bool,
    /// Status of the answer.
    pub status: u16,
}

/// A request that no careful client sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// A word for the rule.
    pub rule: String,
    /// What was sent.
    pub detail: String,
}

const MOST_RECORDED: usize = 10_000;

impl Shared {
    /// A stand-in with a fresh company.
    pub fn new(verify: Verify, base: String, origin: String, world: Arc<World>) -> Self {
        Self {
            verify,
            base,
            origin,
            secret: uuid::Uuid::new_v4().to_string(),
            clock: Clock::default(),
            world: RwLock::new(Arc::clone(&world)),
            fresh: world,
            faults: Mutex::default(),
            log: Mutex::default(),
        }
    }

    /// The company as it is now.
    pub fn world(&self) -> Arc<World> {
        Arc::clone(&self.world.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the company; whoever reads it meanwhile sees it as it was.
    pub fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut world))
    }

    /// The company as it was at the start.
    pub fn restore(&self) {
        *self.world.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&self.fresh);
    }

    /// The faults that wait.
    pub fn faults(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What callers did.
    pub fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a request at its place: a batch comes before what it holds.
    pub fn record_at(&self, place: usize, recorded: Recorded) {
        let mut log = self.log();
        if log.requests.len() >= MOST_RECORDED {
            log.requests.remove(0);
        }
        let name = recorded.operation.map_or("none", Id::name);
        *log.counts.entry(name.to_owned()).or_default() += 1;
        let place = if recorded.operation == Some(Id::Batch) { place } else { usize::MAX };
        let place = place.min(log.requests.len());
        log.requests.insert(place, recorded);
    }

    /// Remembers a request to a download address.
    pub fn record_download(&self, recorded: Recorded) {
        let mut log = self.log();
        if log.downloads.len() < MOST_RECORDED {
            log.downloads.push(recorded);
        }
    }

    /// Remembers a violation.
    pub fn violation(&self, rule: &str, detail: impl Into<String>) {
        let mut log = self.log();
        if log.violations.len() < MOST_RECORDED {
            log.violations.push(Violation { rule: rule.to_owned(), detail: detail.into() });
        }
    }

    /// Who a bearer belongs to.
    ///
    /// # Errors
    /// 401 as Graph words it.
    pub fn authenticate(&self, headers: &http::HeaderMap) -> Outcome<Bearer> {
        let token = headers
            .get(http::header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .unwrap_or_default();
        if token.is_empty() {
            return Err(Refusal::unauthenticated("Access token is empty."));
        }
        let Some(bearer) = (self.verify)(token) else {
            return Err(Refusal::unauthenticated("Access token validation failure."));
        };
        if bearer.exp <= self.clock.seconds() {
            return Err(Refusal::unauthenticated(
                "Lifetime validation failed, the token is expired.",
            ));
        }
        Ok(bearer)
    }
}
