//! The store in this process.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Item, StoreError, Update};
use crate::clock::Clock;

const MAX_ITEMS: usize = 10_000;

/// Items in this process; clones share them. When it is full, new items are refused: dropping an
/// old one could bring a used code back to life.
#[derive(Clone)]
pub struct MemoryStore {
    items: Arc<Mutex<HashMap<String, Item>>>,
    clock: Clock,
}

impl MemoryStore {
    /// An empty store.
    pub fn new(clock: Clock) -> Self {
        Self { items: Arc::default(), clock }
    }

    pub(super) fn get(&self, key: &str) -> Option<Item> {
        let now_s = self.clock.now_s();
        let items = self.items();
        items.get(key).filter(|item| item.is_live(now_s)).cloned()
    }

    pub(super) fn get_many(&self, keys: &[&str]) -> Vec<Item> {
        let mut keys = keys.to_vec();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().filter_map(|key| self.get(key)).collect()
    }

    pub(super) fn put(&self, item: Item) -> Result<(), StoreError> {
        let mut items = self.items();
        self.make_room(&mut items, &item.key)?;
        items.insert(item.key.clone(), item);
        Ok(())
    }

    pub(super) fn put_new(&self, item: Item) -> Result<(), StoreError> {
        let now_s = self.clock.now_s();
        let mut items = self.items();
        if let Some(old) = items.get(&item.key).filter(|old| old.is_live(now_s)) {
            return Err(StoreError::ConditionFailed(Some(Box::new(old.clone()))));
        }
        self.make_room(&mut items, &item.key)?;
        items.insert(item.key.clone(), item);
        Ok(())
    }

    pub(super) fn update(&self, update: &Update) -> Result<Item, StoreError> {
        let now_s = self.clock.now_s();
        let mut items = self.items();
        let old = items.get(&update.key).filter(|old| old.is_live(now_s));
        let changed = update.apply(old)?;
        items.insert(changed.key.clone(), changed.clone());
        Ok(changed)
    }

    pub(super) fn take(&self, key: &str) -> Option<Item> {
        let now_s = self.clock.now_s();
        self.items().remove(key).filter(|item| item.is_live(now_s))
    }

    fn make_room(&self, items: &mut HashMap<String, Item>, key: &str) -> Result<(), StoreError> {
        if items.len() >= MAX_ITEMS && !items.contains_key(key) {
            let now_s = self.clock.now_s();
            items.retain(|_, item| item.is_live(now_s));
            if items.len() >= MAX_ITEMS {
                return Err(StoreError::refused("the memory store is full"));
            }
        }
        Ok(())
    }

    fn items(&self) -> MutexGuard<'_, HashMap<String, Item>> {
        // A map is whole between any two statements here, so a poisoned lock is still good.
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryStore({} items)", self.items().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use std::time::Duration;

    #[test]
    fn a_full_store_refuses_new_items_until_old_ones_expire() {
        let clock = Clock::manual(Timestamp::from_second(1_000_000).unwrap());
        let store = MemoryStore::new(clock.clone());
        for n in 0..MAX_ITEMS {
            store.put(Item::new(n.to_string(), 1_000_060)).unwrap();
        }
        let more = Item::new("more", 1_000_120);
        assert!(matches!(store.put_new(more.clone()), Err(StoreError::Refused { .. })));
        assert!(store.put(Item::new("7", 1_000_060)).is_ok(), "not a new item");
        clock.advance(Duration::from_secs(60));
        assert!(store.put_new(more).is_ok());
        assert_eq!(format!("{store:?}"), "MemoryStore(1 items)");
    }
}
