//! Small items that every instance of a connector shares: limiter windows, cached tokens, the
//! kill switch, and what the OAuth server must remember.
//!
//! An item past its expiry is not there, whether or not it has been deleted yet. What may happen
//! once only (a code, a state, a refresh) is decided by one conditional write or one
//! [`take`](Store::take). Every arm behaves the same; one suite of tests runs over all of them.

mod condition;
mod disk;
mod dynamodb;
mod item;
mod kill_switch;
mod memory;
mod pause;
mod sealed;

use std::pin::Pin;

use crate::usage::Usage;

pub use condition::Condition;
pub use disk::DiskStore;
pub use dynamodb::Table;
pub use item::{Item, Value};
pub use kill_switch::{KillSwitch, Standing};
pub use memory::MemoryStore;
pub(crate) use pause::Pause;
pub use sealed::{Record, RecordKind, SealedStore, Used};

/// How large an item may be; below DynamoDB's own limit, in every arm.
pub const MAX_ITEM_BYTES: usize = 390_000;
/// How many items one [`get_many`](Store::get_many) may ask for.
pub const MAX_KEYS: usize = 100;

/// Where items are kept.
#[derive(Clone, Debug)]
pub enum Store {
    /// In this process: a laptop, and tests.
    Memory(MemoryStore),
    /// In a directory of this machine, for the processes on it.
    Disk(DiskStore),
    /// In a DynamoDB table. The SDK's futures are large, so each call boxes one.
    Dynamodb(Table),
}

/// How fresh a reading must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Sees every write that was acknowledged before.
    Latest,
    /// May miss the last moment's writes; half the price.
    Eventual,
}

/// A change to an item that is there.
#[derive(Clone, Debug)]
pub struct Update {
    /// Which item.
    pub key: String,
    /// Attributes that get a new value; the others stay.
    pub set: Vec<(String, Value)>,
    /// The new expiry in seconds since the epoch; `None` leaves it.
    pub expires_at_s: Option<i64>,
    /// What must hold of the item as it is.
    pub condition: Condition,
}

/// Why the store did not do it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// Too much was asked of the table; worth another try later.
    #[error("the store is throttled")]
    Throttled,
    /// No answer within the deadline, or a fault of the service.
    #[error("the store is unreachable")]
    Unreachable,
    /// The condition did not hold; this is the live item that was found, if there was one.
    #[error("the item is not as expected")]
    ConditionFailed(Option<Box<Item>>),
    /// The request was refused and will be again: rights, a missing table, an item too large.
    #[error("the store refused: {reason}")]
    Refused {
        /// The service's code, or our own short words.
        reason: String,
    },
}

impl Store {
    /// The live item under this key.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn get(
        &self,
        key: &str,
        freshness: Freshness,
        usage: &Usage,
    ) -> Result<Option<Item>, StoreError> {
        match self {
            Self::Memory(memory) => Ok(memory.get(key)),
            Self::Disk(disk) => disk.get(key, usage).await,
            Self::Dynamodb(table) => erased(table.get(key, freshness, usage)).await,
        }
    }

    /// The live items among these keys, in no order; one round trip.
    ///
    /// # Errors
    /// When the store cannot be asked, or did not answer for all keys.
    pub async fn get_many(
        &self,
        keys: &[&str],
        freshness: Freshness,
        usage: &Usage,
    ) -> Result<Vec<Item>, StoreError> {
        if keys.len() > MAX_KEYS {
            return Err(StoreError::refused("too many keys"));
        }
        match self {
            Self::Memory(memory) => Ok(memory.get_many(keys)),
            Self::Disk(disk) => disk.get_many(keys, usage).await,
            Self::Dynamodb(table) => erased(table.get_many(keys, freshness, usage)).await,
        }
    }

    /// Writes the item over whatever is there.
    ///
    /// # Errors
    /// When the store cannot be asked or the item is too large.
    pub async fn put(&self, item: Item, usage: &Usage) -> Result<(), StoreError> {
        item.check_size()?;
        match self {
            Self::Memory(memory) => memory.put(item),
            Self::Disk(disk) => disk.put(item, usage).await,
            Self::Dynamodb(table) => erased(table.put(item, usage)).await,
        }
    }

    /// Writes the item if no live item has its key; of many at once, one succeeds.
    ///
    /// # Errors
    /// [`StoreError::ConditionFailed`] with the live item; or when the store cannot be asked.
    pub async fn put_new(&self, item: Item, usage: &Usage) -> Result<(), StoreError> {
        item.check_size()?;
        match self {
            Self::Memory(memory) => memory.put_new(item),
            Self::Disk(disk) => disk.put_new(item, usage).await,
            Self::Dynamodb(table) => erased(table.put_new(item, usage)).await,
        }
    }

    /// Changes a live item if the condition holds, and returns it as it is then.
    ///
    /// # Errors
    /// [`StoreError::ConditionFailed`] when there is no live item or the condition does not hold;
    /// or when the store cannot be asked.
    pub async fn update(&self, update: Update, usage: &Usage) -> Result<Item, StoreError> {
        match self {
            Self::Memory(memory) => memory.update(&update),
            Self::Disk(disk) => disk.update(update, usage).await,
            Self::Dynamodb(table) => erased(table.update(update, usage)).await,
        }
    }

    /// Removes the item and returns it if it was live; of many at once, one gets it.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn take(&self, key: &str, usage: &Usage) -> Result<Option<Item>, StoreError> {
        match self {
            Self::Memory(memory) => Ok(memory.take(key)),
            Self::Disk(disk) => disk.take(key, usage).await,
            Self::Dynamodb(table) => erased(table.take(key, usage)).await,
        }
    }
}

/// One type for all of DynamoDB's futures: the SDK's own are so deep that the compiler gives up
/// on proving that what awaits them may move between threads.
fn erased<'a, T>(
    future: impl Future<Output = T> + Send + 'a,
) -> Pin<Box<dyn Future<Output = T> + Send + 'a>> {
    Box::pin(future)
}

impl Update {
    /// The item as it is after this change; `old` is the live item that is there.
    fn apply(&self, old: Option<&Item>) -> Result<Item, StoreError> {
        let Some(old) = old else {
            return Err(StoreError::ConditionFailed(None));
        };
        if !self.condition.holds(old) {
            return Err(StoreError::ConditionFailed(Some(Box::new(old.clone()))));
        }
        let mut changed = old.clone();
        changed.attributes.extend(self.set.iter().cloned());
        changed.expires_at_s = self.expires_at_s.or(changed.expires_at_s);
        changed.check_size()?;
        Ok(changed)
    }
}

impl StoreError {
    fn refused(reason: &str) -> Self {
        Self::Refused { reason: reason.to_owned() }
    }
}
