//! The one cache, whose values may be anything.

use std::any::Any;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use moka::policy::EvictionPolicy;
use moka::sync::{Cache, CacheBuilder};

use super::bounds::Bounds;
use super::flights::Flights;

pub(super) type Value = Arc<dyn Any + Send + Sync>;

type Kept = Cache<Box<[u8]>, Entry>;

/// A value, and how much of the capacity it takes.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) value: Value,
    pub(super) weight: u32,
}

/// Values of any type by key. Keys are hashed with a seed of this process: some are chosen by
/// strangers.
pub(super) struct Erased {
    cache: Kept,
    /// Held while a value is made from the one before.
    changing: Mutex<()>,
    flights: Flights,
}

impl Erased {
    pub(super) fn counted(bounds: Bounds) -> Self {
        Self::from(within(bounds))
    }

    pub(super) fn weighed(bounds: Bounds) -> Self {
        Self::from(within(bounds).weigher(|_, entry| entry.weight))
    }

    pub(super) fn get(&self, key: &[u8]) -> Option<Value> {
        self.cache.get(key).map(|entry| entry.value)
    }

    pub(super) fn insert(&self, key: &[u8], entry: Entry) {
        self.cache.insert(Box::from(key), entry);
    }

    pub(super) fn invalidate(&self, key: &[u8]) {
        self.cache.invalidate(key);
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn flights(&self) -> &Flights {
        &self.flights
    }

    /// Does now what the cache puts off: counting, and making room.
    #[cfg(test)]
    pub(super) fn settle(&self) {
        self.cache.run_pending_tasks();
    }
}

impl From<CacheBuilder<Box<[u8]>, Entry, Kept>> for Erased {
    fn from(builder: CacheBuilder<Box<[u8]>, Entry, Kept>) -> Self {
        Self { cache: builder.build(), changing: Mutex::default(), flights: Flights::default() }
    }
}

fn within(bounds: Bounds) -> CacheBuilder<Box<[u8]>, Entry, Kept> {
    let mut builder = Cache::builder().max_capacity(bounds.capacity);
    if let Some(time_to_live) = bounds.time_to_live {
        builder = builder.time_to_live(time_to_live);
    }
    if bounds.is_lru {
        builder = builder.eviction_policy(EvictionPolicy::lru());
    }
    builder
}
