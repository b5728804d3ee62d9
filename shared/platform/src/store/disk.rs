//! The store in a directory of one machine: several processes share it, and nothing in it can be
//! read without the keyring.
//!
//! One file per item, replaced whole by a rename, so a process that is killed leaves the old item
//! or the new one. Files are not forced to the medium: a machine that loses power may forget the
//! last seconds, as docs/decisions/0014 says.

mod folder;
#[cfg(test)]
mod tests;
mod written;

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::{Item, StoreError, Update};
use crate::clock::Clock;
use crate::seal::{Keyring, LiveKeyring};
use crate::usage::Usage;
use folder::{Folder, name_of};

/// About as many items as a directory holds; each process counts for itself now and then.
const MAX_ITEMS: usize = 10_000;
/// After how many new items a process counts again and removes expired ones.
const COUNT_EVERY: usize = 64;
/// How many items are looked at then.
const SWEPT: usize = 256;
/// How long one operation may take, the wait for other processes included.
const DEADLINE: Duration = Duration::from_secs(3);

/// Items in a directory; clones and other processes share them. When it is full, new items are
/// refused: dropping an old one could bring a used code back to life.
#[derive(Clone)]
pub struct DiskStore(Arc<Inner>);

struct Inner {
    folder: Folder,
    keyring: LiveKeyring,
    clock: Clock,
    count: AtomicUsize,
}

/// One operation on the directory, with what it needs to read and write items.
struct Work {
    inner: Arc<Inner>,
    keyring: Arc<Keyring>,
    usage: Usage,
    now_s: i64,
}

impl DiskStore {
    /// The store in this directory, which is made (0700) if it is not there.
    ///
    /// # Errors
    /// When it cannot be made or used, or others may read it.
    pub fn open(directory: &Path, keyring: LiveKeyring, clock: Clock) -> io::Result<Self> {
        let folder = Folder::open(directory)?;
        // Counts with the first new item.
        let count = AtomicUsize::new(MAX_ITEMS);
        Ok(Self(Arc::new(Inner { folder, keyring, clock, count })))
    }

    pub(super) async fn get(&self, key: &str, usage: &Usage) -> Result<Option<Item>, StoreError> {
        let key = key.to_owned();
        self.run(usage, move |work| work.live(&key)).await
    }

    pub(super) async fn get_many(
        &self,
        keys: &[&str],
        usage: &Usage,
    ) -> Result<Vec<Item>, StoreError> {
        let mut keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        keys.sort_unstable();
        keys.dedup();
        self.run(usage, move |work| {
            keys.iter().filter_map(|key| work.live(key).transpose()).collect()
        })
        .await
    }

    pub(super) async fn put(&self, item: Item, usage: &Usage) -> Result<(), StoreError> {
        self.run(usage, move |work| {
            let _turn = work.inner.folder.lock(DEADLINE)?;
            work.make_room(&item.key)?;
            work.write(&item)
        })
        .await
    }

    pub(super) async fn put_new(&self, item: Item, usage: &Usage) -> Result<(), StoreError> {
        self.run(usage, move |work| {
            let _turn = work.inner.folder.lock(DEADLINE)?;
            if let Some(old) = work.live(&item.key)? {
                return Err(StoreError::ConditionFailed(Some(Box::new(old))));
            }
            work.make_room(&item.key)?;
            work.write(&item)
        })
        .await
    }

    pub(super) async fn update(&self, update: Update, usage: &Usage) -> Result<Item, StoreError> {
        self.run(usage, move |work| {
            let _turn = work.inner.folder.lock(DEADLINE)?;
            let changed = update.apply(work.live(&update.key)?.as_ref())?;
            work.write(&changed)?;
            Ok(changed)
        })
        .await
    }

    pub(super) async fn take(&self, key: &str, usage: &Usage) -> Result<Option<Item>, StoreError> {
        let key = key.to_owned();
        self.run(usage, move |work| {
            let _turn = work.inner.folder.lock(DEADLINE)?;
            let item = work.live(&key)?;
            work.inner.folder.remove(&name_of(&key))?;
            Ok(item)
        })
        .await
    }

    /// Does the work of files where it holds up nobody else.
    async fn run<T: Send + 'static>(
        &self,
        usage: &Usage,
        work: impl FnOnce(&Work) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let now = Work {
            inner: self.0.clone(),
            keyring: self.0.keyring.current().await,
            usage: usage.clone(),
            now_s: self.0.clock.now_s(),
        };
        let done = tokio::task::spawn_blocking(move || work(&now));
        match tokio::time::timeout(DEADLINE * 2, done).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) | Err(_) => Err(StoreError::Unreachable),
        }
    }
}

impl Work {
    fn live(&self, key: &str) -> Result<Option<Item>, StoreError> {
        let item = self.read(&name_of(key))?;
        Ok(item.filter(|item| item.key == key && item.is_live(self.now_s)))
    }

    /// The item in this file; one that does not open is not there.
    fn read(&self, name: &str) -> Result<Option<Item>, StoreError> {
        let Some(sealed) = self.inner.folder.read(name)? else {
            return Ok(None);
        };
        let item = written::open(&self.keyring, name, &sealed);
        if item.is_none() {
            self.usage.count_unreadable_item();
            tracing::error!(
                event = "store_item_unreadable",
                kind = "file",
                "a stored item did not open; it is treated as not there"
            );
        }
        Ok(item)
    }

    fn write(&self, item: &Item) -> Result<(), StoreError> {
        let name = name_of(&item.key);
        let sealed = written::seal(&self.keyring, &name, item)?;
        self.inner.folder.write(&name, &sealed)
    }

    /// Sees to it that one more item may be written, if this is one more.
    fn make_room(&self, key: &str) -> Result<(), StoreError> {
        let Inner { folder, count, .. } = &*self.inner;
        if folder.has(&name_of(key)) {
            return Ok(());
        }
        let counted = count.load(Ordering::Relaxed);
        if counted < MAX_ITEMS && !counted.is_multiple_of(COUNT_EVERY) {
            count.store(counted + 1, Ordering::Relaxed);
            return Ok(());
        }
        let names = folder.names()?;
        let mut left = names.len();
        let looked_at = if left >= MAX_ITEMS { left } else { SWEPT.min(left) };
        let start = if left == 0 { 0 } else { rand::random_range(0..left) };
        for name in names.iter().cycle().skip(start).take(looked_at) {
            let item = self.inner.folder.read(name)?;
            let item = item.and_then(|sealed| written::open(&self.keyring, name, &sealed));
            if item.is_some_and(|item| !item.is_live(self.now_s)) {
                folder.remove(name)?;
                left = left.saturating_sub(1);
            }
        }
        if left >= MAX_ITEMS {
            return Err(StoreError::refused("the disk store is full"));
        }
        count.store(left + 1, Ordering::Relaxed);
        Ok(())
    }
}

impl fmt::Debug for DiskStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DiskStore")
    }
}
