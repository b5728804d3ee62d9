//! Upstream tokens kept between calls: nowhere, in this process, or sealed in a table.
//!
//! A token is found again only by the same caller with the same bearer token, for the same
//! scopes, claims, connector and client: all of that is in the [`CacheKey`], and what is in the
//! table opens for its owner alone. A table that does not answer is a miss, never an error.

mod key;
mod refusals;
mod sealed;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;

use crate::clock::Clock;
use crate::identity::{ScopeSet, UpstreamToken, short_name};
use crate::memory::{Bounds, Memory};
use crate::seal::LiveKeyring;
use crate::store::Store;
use crate::usage::Usage;
use sealed::Sealed;

pub use key::{CacheKey, Exchange};
pub use refusals::RecentRefusals;

/// How long a token is kept at most.
const LONGEST_S: i64 = 3600;
/// How long before its end a token is no longer handed out.
const MARGIN_S: i64 = 300;
/// Spread over instances, so that they do not all exchange at once.
const JITTER_S: i64 = 60;
/// Larger tokens are not kept: an item of the table has a limit of its own.
const MAX_TOKEN_BYTES: usize = 300_000;
/// How many bytes of tokens a process keeps.
const MAX_BYTES_IN_PROCESS: u64 = 4 * 1024 * 1024;

/// Where upstream tokens are kept between calls (`CACHE_TYPE`).
#[derive(Clone, Debug)]
pub enum TokenCache {
    /// Nowhere: one exchange for each call.
    Off,
    /// In this process.
    Memory(InProcess),
    /// In this process, and sealed in a DynamoDB table for the other instances.
    Dynamodb(Shared),
}

/// Tokens in this process, bounded; clones share them.
#[derive(Clone, Debug)]
pub struct InProcess {
    tokens: Memory<Kept>,
    clock: Clock,
}

/// Tokens in a table, with those of this process in front.
#[derive(Clone, Debug)]
pub struct Shared {
    near: InProcess,
    far: Sealed,
}

/// A token and until when it is handed out.
#[derive(Clone, Debug)]
struct Kept {
    token: UpstreamToken,
    until_s: i64,
}

/// Whether a token was kept, and if not, why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// It was kept.
    Kept,
    /// The cache is off.
    Off,
    /// It ends too soon, or said no proper end.
    TooShort,
    /// It is too large.
    TooLarge,
    /// Entra granted less than was asked for.
    Narrower,
}

impl TokenCache {
    /// A cache in this process.
    pub fn memory(clock: Clock) -> Self {
        Self::Memory(InProcess::new(clock))
    }

    /// A cache in a table; `table` is its name, which the tokens are bound to.
    pub fn dynamodb(store: Store, table: &str, keys: LiveKeyring, clock: Clock) -> Self {
        Self::Dynamodb(Shared {
            near: InProcess::new(clock.clone()),
            far: Sealed::new(store, table, keys, clock),
        })
    }

    /// The token kept under this key, unless it has aged.
    pub async fn get(&self, key: &CacheKey, usage: &Usage) -> Option<UpstreamToken> {
        let kept = match self {
            Self::Off => None,
            Self::Memory(near) => near.get(key),
            Self::Dynamodb(shared) => shared.get(key, usage).await,
        };
        kept.map(|kept| kept.token)
    }

    /// Whether the table did not answer a moment ago and is left alone for now.
    pub fn is_degraded(&self) -> bool {
        match self {
            Self::Off | Self::Memory(_) => false,
            Self::Dynamodb(shared) => shared.far.is_paused(),
        }
    }

    /// Keeps a token under this key if it is worth keeping.
    pub async fn put(&self, key: &CacheKey, token: &UpstreamToken, usage: &Usage) -> Keeping {
        let clock = match self {
            Self::Off => return Keeping::Off,
            Self::Memory(near) => &near.clock,
            Self::Dynamodb(shared) => &shared.near.clock,
        };
        let kept = match keep(key, token, clock.now_s()) {
            Ok(kept) => kept,
            Err(reason) => return reason,
        };
        match self {
            Self::Off => {}
            Self::Memory(near) => near.put(key, kept),
            Self::Dynamodb(shared) => {
                shared.far.put(key, &kept, usage).await;
                shared.near.put(key, kept);
            }
        }
        Keeping::Kept
    }

    /// Forgets the token: the upstream service refused it, or its grant was revoked.
    pub async fn invalidate(&self, key: &CacheKey, usage: &Usage) {
        match self {
            Self::Off => {}
            Self::Memory(near) => near.forget(key),
            Self::Dynamodb(shared) => {
                shared.near.forget(key);
                shared.far.forget(key, usage).await;
            }
        }
    }

    /// The token kept under this key, or the one that `exchange` brings, which is then kept.
    ///
    /// Many calls at once with one key make one exchange in this process; they share its result,
    /// good or bad. With the cache off each call makes its own.
    ///
    /// # Errors
    /// What `exchange` says.
    pub async fn get_or_exchange<E: Send + Sync + 'static>(
        &self,
        key: &CacheKey,
        usage: &Usage,
        exchange: impl Future<Output = Result<UpstreamToken, E>> + Send,
    ) -> Result<UpstreamToken, Arc<E>> {
        let near = match self {
            Self::Off => return exchange.await.map_err(Arc::new),
            Self::Memory(near) => near,
            Self::Dynamodb(shared) => &shared.near,
        };
        if let Some(token) = self.get(key, usage).await {
            return Ok(token);
        }
        let flight = async {
            let token = exchange.await?;
            let now_s = near.clock.now_s();
            let kept = keep(key, &token, now_s);
            if let (Self::Dynamodb(shared), Ok(kept)) = (self, &kept) {
                shared.far.put(key, kept, usage).await;
            }
            // One that is not kept is only shared with those who are waiting for it.
            Ok(kept.unwrap_or(Kept { token, until_s: now_s }))
        };
        let item = key.item.as_bytes();
        let kept = near.tokens.get_or_bring(item, &|_| true, Box::pin(flight)).await?;
        if kept.until_s <= near.clock.now_s() {
            near.forget(key);
        }
        Ok(kept.token)
    }
}

impl Shared {
    async fn get(&self, key: &CacheKey, usage: &Usage) -> Option<Kept> {
        if let Some(kept) = self.near.get(key) {
            return Some(kept);
        }
        let kept = self.far.get(key, usage).await?;
        self.near.put(key, kept.clone());
        Some(kept)
    }
}

impl InProcess {
    fn new(clock: Clock) -> Self {
        // By the machine's clock: what nobody asks for again does not stay. Whether a token is
        // handed out is decided by our own clock, on reading.
        let longest = Duration::from_secs(LONGEST_S.unsigned_abs());
        let bounds = Bounds::of(MAX_BYTES_IN_PROCESS).for_at_most(longest);
        let weigh =
            |key: &[u8], kept: &Kept| key.len() + kept.token.token.expose_secret().len() + 256;
        Self { tokens: Memory::weighed(bounds, weigh), clock }
    }

    fn get(&self, key: &CacheKey) -> Option<Kept> {
        let kept = self.tokens.get(&key.item)?;
        if kept.until_s <= self.clock.now_s() {
            self.forget(key);
            return None;
        }
        Some(kept)
    }

    fn put(&self, key: &CacheKey, kept: Kept) {
        self.tokens.insert(&key.item, kept);
    }

    fn forget(&self, key: &CacheKey) {
        self.tokens.invalidate(&key.item);
    }
}

/// Until when a token is kept, or why it is not.
fn keep(key: &CacheKey, token: &UpstreamToken, now_s: i64) -> Result<Kept, Keeping> {
    if token.expires_at <= token.obtained_at {
        return Err(Keeping::TooShort);
    }
    if !grants(token, &key.scopes) {
        return Err(Keeping::Narrower);
    }
    if token.token.expose_secret().len() > MAX_TOKEN_BYTES {
        return Err(Keeping::TooLarge);
    }
    let ends_s =
        token.expires_at.as_second().min(key.bearer_ends_s).min(now_s.saturating_add(LONGEST_S));
    let until_s = ends_s - MARGIN_S - rand::random_range(0..=JITTER_S);
    if until_s <= now_s {
        return Err(Keeping::TooShort);
    }
    Ok(Kept { token: token.clone(), until_s })
}

/// Whether every scope that was asked for was granted. Entra leaves out the resource's prefix and
/// the scopes of sign-in, and answers `.default` with what it stands for.
fn grants(token: &UpstreamToken, asked: &ScopeSet) -> bool {
    asked.iter().all(|scope| {
        let of_sign_in =
            ["openid", "profile", "email"].iter().any(|word| scope.eq_ignore_ascii_case(word));
        of_sign_in || short_name(scope).eq_ignore_ascii_case(".default") || token.grants(scope)
    })
}
