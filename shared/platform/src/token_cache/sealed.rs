//! Tokens in the table, sealed.

use std::borrow::Cow;

use jiff::Timestamp;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use super::{CacheKey, Kept};
use crate::clock::Clock;
use crate::identity::UpstreamToken;
use crate::seal::{LiveKeyring, Opened};
use crate::store::{Freshness, Item, Pause, Store, StoreError, Value};
use crate::usage::Usage;

const SEALED: &str = "v";

/// Sealed tokens in a table; what goes wrong there is a miss.
#[derive(Clone, Debug)]
pub(super) struct Sealed {
    store: Store,
    table: String,
    keys: LiveKeyring,
    pause: Pause,
}

/// What is inside the seal.
#[derive(Serialize, Deserialize)]
struct Written<'a> {
    #[serde(borrow)]
    token: Cow<'a, str>,
    expires_at_s: i64,
    obtained_at_s: i64,
    scopes: Vec<String>,
}

impl Sealed {
    pub(super) fn new(store: Store, table: &str, keys: LiveKeyring, clock: Clock) -> Self {
        Self { store, table: table.to_owned(), keys, pause: Pause::new(clock) }
    }

    pub(super) fn is_paused(&self) -> bool {
        self.pause.is_on()
    }

    pub(super) async fn get(&self, key: &CacheKey, usage: &Usage) -> Option<Kept> {
        if self.pause.is_on() {
            return None;
        }
        let found = self.store.get(&key.item, Freshness::Eventual, usage).await;
        let item = self.answered(found)??;
        let kept = self.open(key, &item).await;
        if kept.is_none() {
            usage.count_unreadable_item();
            tracing::error!(
                event = "cache_item_refused",
                "an item of the token cache did not open for its owner; it is ignored"
            );
        }
        kept
    }

    pub(super) async fn put(&self, key: &CacheKey, kept: &Kept, usage: &Usage) {
        if self.pause.is_on() {
            return;
        }
        let Some(sealed) = self.seal(key, kept).await else {
            tracing::error!(
                event = "cache_item_not_sealed",
                "a token could not be sealed; it is not kept"
            );
            return;
        };
        let item = Item::new(&key.item, kept.until_s).with(SEALED, Value::Bytes(sealed));
        let written = self.store.put(item, usage).await;
        self.answered(written);
    }

    pub(super) async fn forget(&self, key: &CacheKey, usage: &Usage) {
        // Asked even during a pause: a token that was refused should not come back.
        let taken = self.store.take(&key.item, usage).await;
        self.answered(taken);
    }

    async fn seal(&self, key: &CacheKey, kept: &Kept) -> Option<Vec<u8>> {
        let written = Written {
            token: Cow::Borrowed(kept.token.token.expose_secret()),
            expires_at_s: kept.token.expires_at.as_second(),
            obtained_at_s: kept.token.obtained_at.as_second(),
            scopes: kept.token.scopes.clone(),
        };
        let plaintext = Zeroizing::new(serde_json::to_vec(&written).ok()?);
        let binding = key.binding(&self.table, kept.until_s);
        self.keys.current().await.seal(&binding, &plaintext).ok()
    }

    async fn open(&self, key: &CacheKey, item: &Item) -> Option<Kept> {
        let until_s = item.expires_at_s?;
        let binding = key.binding(&self.table, until_s);
        let sealed = item.bytes(SEALED)?;
        let Opened::Plain(plaintext) = self.keys.current().await.open(&binding, sealed) else {
            return None;
        };
        let written: Written<'_> = serde_json::from_slice(&plaintext).ok()?;
        Some(Kept {
            token: UpstreamToken {
                token: SecretString::from(written.token.as_ref()),
                expires_at: Timestamp::from_second(written.expires_at_s).ok()?,
                obtained_at: Timestamp::from_second(written.obtained_at_s).ok()?,
                scopes: written.scopes,
            },
            until_s,
        })
    }

    /// What the table answered; when it did not, it is left alone for a moment.
    fn answered<T>(&self, answer: Result<T, StoreError>) -> Option<T> {
        match answer {
            Ok(answer) => Some(answer),
            Err(error) => {
                self.pause.begin();
                tracing::warn!(event = "cache_unavailable", reason = %error, "the token cache did not answer; tokens are exchanged anew");
                None
            }
        }
    }
}
