//! What a process remembers: values by key, bounded, and forgotten when room or time is over.
//!
//! A cache that knew the type of its values would be built anew for each of them, with tens of
//! KB of machine code every time. So there is one cache for values of any type, in `erased`,
//! and a [`Memory`] in front of it that only turns them back into their own type.

mod bounds;
mod erased;
mod flights;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;

pub use bounds::Bounds;

use crate::seal::push_part;
use erased::{Entry, Erased};

/// Values of one type by key, in this process only; clones share them.
///
/// Keys of several fields come from [`key_of`].
pub struct Memory<V> {
    kept: Arc<Erased>,
    weigh: fn(&[u8], &V) -> usize,
}

/// A key of several fields, each with its length, so that no two lists of fields look the same.
pub fn key_of(fields: &[&str]) -> Vec<u8> {
    let mut key = Vec::new();
    for field in fields {
        push_part(&mut key, field.as_bytes());
    }
    key
}

impl<V: Clone + Send + Sync + 'static> Memory<V> {
    /// Remembers values within these bounds, each of which counts as one.
    pub fn new(bounds: Bounds) -> Self {
        Self { kept: Arc::new(Erased::counted(bounds)), weigh: |_, _| 1 }
    }

    /// Remembers values within these bounds, each of which counts as much as `weigh` says of it
    /// and its key.
    pub fn weighed(bounds: Bounds, weigh: fn(&[u8], &V) -> usize) -> Self {
        Self { kept: Arc::new(Erased::weighed(bounds)), weigh }
    }

    /// The value under this key, if it is still remembered.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<V> {
        self.look(key.as_ref())
    }

    /// Remembers a value under this key, in place of the one before.
    pub fn insert(&self, key: impl AsRef<[u8]>, value: V) {
        self.put(key.as_ref(), value);
    }

    /// Forgets the value under this key.
    pub fn invalidate(&self, key: impl AsRef<[u8]>) {
        self.kept.invalidate(key.as_ref());
    }

    /// The value under this key, or a new one: the same for all who ask at the same time.
    pub fn get_or_insert_with(&self, key: impl AsRef<[u8]>, make: impl FnOnce() -> V) -> V {
        let key = key.as_ref();
        match self.look(key) {
            Some(known) => known,
            None => self.upsert(key, |known| known.unwrap_or_else(make)),
        }
    }

    /// Remembers what `change` makes of the value under this key, and returns it. One change
    /// happens after the other; `change` must not come back to this memory.
    pub fn upsert(&self, key: impl AsRef<[u8]>, change: impl FnOnce(Option<V>) -> V) -> V {
        let key = key.as_ref();
        let _one_at_a_time = self.kept.lock();
        let changed = change(self.look(key));
        self.put(key, changed.clone());
        changed
    }

    /// The value under this key if it is good, or the one that `bring` brings, which is then
    /// remembered.
    ///
    /// Many who ask at the same time share one work and its result, good or bad. When the one
    /// who does it is cancelled, the next one does their own. A failure is not remembered.
    ///
    /// # Errors
    /// What `bring` says.
    pub async fn get_or_bring<E: Send + Sync + 'static>(
        &self,
        key: &[u8],
        is_good: &(dyn Fn(&V) -> bool + Send + Sync),
        bring: BoxFuture<'_, Result<V, E>>,
    ) -> Result<V, Arc<E>> {
        if let Some(known) = self.look(key).filter(is_good) {
            return Ok(known);
        }
        let flights = self.kept.flights();
        let flight = flights.board::<Result<V, Arc<E>>>(key);
        let work = async {
            // Another flight may have landed between the look and the boarding.
            let outcome = match self.look(key).filter(is_good) {
                Some(known) => Ok(known),
                None => bring.await.map_err(Arc::new).inspect(|new| self.put(key, new.clone())),
            };
            // Whoever comes from now on asks anew.
            flights.land::<Result<V, Arc<E>>>(key);
            outcome
        };
        flight.get_or_init(|| work).await.clone()
    }

    fn look(&self, key: &[u8]) -> Option<V> {
        self.kept.get(key)?.downcast_ref().cloned()
    }

    fn put(&self, key: &[u8], value: V) {
        let weight = u32::try_from((self.weigh)(key, &value)).unwrap_or(u32::MAX);
        self.kept.insert(key, Entry { value: Arc::new(value), weight });
    }
}

impl<V> Clone for Memory<V> {
    fn clone(&self) -> Self {
        Self { kept: Arc::clone(&self.kept), weigh: self.weigh }
    }
}

/// Neither keys nor values: they are about people.
impl<V> fmt::Debug for Memory<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}
