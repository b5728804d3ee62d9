//! Typed records in any store, sealed: how the OAuth server keeps what it must remember.
//!
//! A record opens only under its own key, version and expiry, for its own connector: one that was
//! copied, edited or planted is not there. What may happen once is one conditional write; a write
//! that a network repeats recognizes itself, so a lost answer does not look like a second use.

mod record;
#[cfg(test)]
mod tests;

use std::fmt;

use secrecy::zeroize::Zeroizing;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{Condition, Freshness, Item, Store, StoreError, Update, Value};
use crate::seal::{Binding, LiveKeyring, Opened, Purpose};
use crate::usage::Usage;

pub use record::{Record, RecordKind, Used};

const SEALED: &str = "sealed";
const VERSION: &str = "version";
/// Who used the record; set once, outside the seal.
const USED: &str = "used";
/// The longest id that is kept; DynamoDB takes keys of up to 2048 bytes.
const MAX_ID_BYTES: usize = 1024;
/// Room for any usual record, so that its plaintext does not move about in memory.
const USUAL_BYTES: usize = 4096;

/// Typed records, sealed into a store. Clones share everything.
#[derive(Clone)]
pub struct SealedStore {
    store: Store,
    keyring: LiveKeyring,
    context: String,
}

impl SealedStore {
    /// Records in this store; `context` is the connector's name, which they are bound to.
    pub fn new(store: Store, keyring: LiveKeyring, context: impl Into<String>) -> Self {
        Self { store, keyring, context: context.into() }
    }

    /// Keeps a record at version 1 until `expires_at_s` (seconds since the epoch), if there is no
    /// live one of this id; of many at once, one succeeds.
    ///
    /// # Errors
    /// [`StoreError::ConditionFailed`] when there is one; or when the store cannot be asked.
    pub async fn put_new<T: Serialize>(
        &self,
        kind: RecordKind,
        id: &str,
        record: &T,
        expires_at_s: i64,
        usage: &Usage,
    ) -> Result<(), StoreError> {
        let key = key(kind, id)?;
        let sealed = self.seal(&key, record, 1, expires_at_s).await?;
        let item = Item::new(key, expires_at_s)
            .with(SEALED, Value::Bytes(sealed.clone()))
            .with(VERSION, Value::Number(1));
        match self.store.put_new(item, usage).await {
            Err(StoreError::ConditionFailed(Some(there)))
                if there.bytes(SEALED) == Some(&sealed) =>
            {
                Ok(())
            }
            other => other,
        }
    }

    /// The live record of this id, as the last acknowledged write left it.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn get<T: DeserializeOwned>(
        &self,
        kind: RecordKind,
        id: &str,
        usage: &Usage,
    ) -> Result<Option<Record<T>>, StoreError> {
        match self.store.get(&key(kind, id)?, Freshness::Latest, usage).await? {
            Some(item) => Ok(self.open(kind, &item, usage).await),
            None => Ok(None),
        }
    }

    /// Removes the record and returns it; of many at once, one gets it.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn take<T: DeserializeOwned>(
        &self,
        kind: RecordKind,
        id: &str,
        usage: &Usage,
    ) -> Result<Option<Record<T>>, StoreError> {
        match self.store.take(&key(kind, id)?, usage).await? {
            Some(item) => Ok(self.open(kind, &item, usage).await),
            None => Ok(None),
        }
    }

    /// Uses the record and leaves it there, so that a second use still learns what it was; of many
    /// at once, one is the first.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn mark_used<T: DeserializeOwned>(
        &self,
        kind: RecordKind,
        id: &str,
        usage: &Usage,
    ) -> Result<Used<T>, StoreError> {
        let mark = Value::Text(Uuid::new_v4().to_string());
        let update = Update {
            key: key(kind, id)?,
            set: vec![(USED.to_owned(), mark.clone())],
            expires_at_s: None,
            condition: Condition::Missing(USED.to_owned()),
        };
        let (item, first) = match self.store.update(update, usage).await {
            Ok(item) => (item, true),
            Err(StoreError::ConditionFailed(Some(item))) => {
                let first = item.attributes.get(USED) == Some(&mark);
                (*item, first)
            }
            Err(StoreError::ConditionFailed(None)) => return Ok(Used::Missing),
            Err(error) => return Err(error),
        };
        Ok(match (self.open(kind, &item, usage).await, first) {
            (Some(record), true) => Used::First(record),
            (Some(record), false) => Used::Again(record),
            (None, _) => Used::Missing,
        })
    }

    /// Replaces the live record if it still has this version, and returns its new version; of many
    /// at once, one succeeds. That it was used stays true.
    ///
    /// # Errors
    /// [`StoreError::ConditionFailed`] when it is gone or has another version; or when the store
    /// cannot be asked.
    pub async fn replace<T: Serialize>(
        &self,
        kind: RecordKind,
        id: &str,
        record: &T,
        expires_at_s: i64,
        expected_version: i64,
        usage: &Usage,
    ) -> Result<i64, StoreError> {
        let key = key(kind, id)?;
        let version = expected_version.saturating_add(1);
        let sealed = self.seal(&key, record, version, expires_at_s).await?;
        let update = Update {
            key,
            set: vec![
                (SEALED.to_owned(), Value::Bytes(sealed.clone())),
                (VERSION.to_owned(), Value::Number(version)),
            ],
            expires_at_s: Some(expires_at_s),
            condition: Condition::number(VERSION, expected_version),
        };
        match self.store.update(update, usage).await {
            Ok(_) => Ok(version),
            Err(StoreError::ConditionFailed(Some(there)))
                if there.bytes(SEALED) == Some(&sealed) =>
            {
                Ok(version)
            }
            Err(error) => Err(error),
        }
    }

    /// Removes the record, if it is there.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn delete(
        &self,
        kind: RecordKind,
        id: &str,
        usage: &Usage,
    ) -> Result<(), StoreError> {
        self.store.take(&key(kind, id)?, usage).await.map(drop)
    }

    fn binding(&self, key: &str, version: i64, expires_at_s: i64) -> Binding {
        Binding::new(Purpose::Grant, &self.context)
            .with(key)
            .with(version.to_be_bytes())
            .with(expires_at_s.to_be_bytes())
    }

    async fn seal<T: Serialize>(
        &self,
        key: &str,
        record: &T,
        version: i64,
        expires_at_s: i64,
    ) -> Result<Vec<u8>, StoreError> {
        let mut plaintext = Zeroizing::new(Vec::with_capacity(USUAL_BYTES));
        // serde's own text could quote the record, so it is not passed on.
        serde_json::to_writer(&mut *plaintext, record)
            .map_err(|_| StoreError::refused("the record has no JSON form"))?;
        let binding = self.binding(key, version, expires_at_s);
        let keyring = self.keyring.current().await;
        keyring
            .seal(&binding, &plaintext)
            .map_err(|_| StoreError::refused("the record could not be sealed"))
    }

    async fn open<T: DeserializeOwned>(
        &self,
        kind: RecordKind,
        item: &Item,
        usage: &Usage,
    ) -> Option<Record<T>> {
        let record = self.try_open(item).await;
        if record.is_none() {
            usage.count_unreadable_item();
            tracing::error!(
                event = "store_item_unreadable",
                kind = kind.word(),
                "a stored item did not open; it is treated as not there"
            );
        }
        record
    }

    async fn try_open<T: DeserializeOwned>(&self, item: &Item) -> Option<Record<T>> {
        let expires_at_s = item.expires_at_s?;
        let version = item.number(VERSION)?;
        let binding = self.binding(&item.key, version, expires_at_s);
        let keyring = self.keyring.current().await;
        let Opened::Plain(plaintext) = keyring.open(&binding, item.bytes(SEALED)?) else {
            return None;
        };
        let value = serde_json::from_slice(&plaintext).ok()?;
        Some(Record { value, version, expires_at_s })
    }
}

impl fmt::Debug for SealedStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedStore")
            .field("store", &self.store)
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

fn key(kind: RecordKind, id: &str) -> Result<String, StoreError> {
    if id.is_empty() || id.len() > MAX_ID_BYTES {
        return Err(StoreError::refused("an id is 1 to 1024 bytes long"));
    }
    Ok(kind.key(id))
}
