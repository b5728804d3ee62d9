//! The kill switch: tokens of a person issued before a moment are refused from then on.

use std::time::Duration;

use jiff::Timestamp;

use super::{Condition, Freshness, Item, Store, StoreError, Update, Value};
use crate::clock::Clock;
use crate::identity::Caller;
use crate::memory::{Bounds, Memory};
use crate::usage::Usage;

/// How old a reading may be.
const MAX_AGE: Duration = Duration::from_secs(30);
const MAX_CALLERS: u64 = 10_000;
/// How long an entry is kept: longer than any token lives, and than a grant that another instance
/// refreshed while it still had an old reading.
const KEPT: Duration = Duration::from_hours(91 * 24);
const NOT_BEFORE: &str = "not_before";

/// Whether a caller's token is still good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is known against it.
    Allowed,
    /// It was issued before the person's tokens were refused; a new sign-in helps, if Entra still
    /// lets the person in.
    Refused,
    /// The store could not be asked, and there is no reading of the last 30 seconds.
    Unknown,
}

/// Refuses tokens that were issued before a moment, per person; read at most every 30 seconds.
#[derive(Clone, Debug)]
pub struct KillSwitch {
    store: Store,
    clock: Clock,
    readings: Memory<Reading>,
}

#[derive(Clone, Copy, Debug)]
struct Reading {
    read_at_ms: i64,
    not_before_s: Option<i64>,
}

impl KillSwitch {
    /// A kill switch whose entries are in this store.
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock, readings: Memory::new(Bounds::of(MAX_CALLERS)) }
    }

    /// Whether this caller's token may still be used.
    pub async fn check(&self, caller: &Caller, usage: &Usage) -> Standing {
        let key = key(&caller.tid, &caller.oid);
        let not_before_s = match self.recent(&key) {
            Some(reading) => reading.not_before_s,
            None => match self.read(&key, usage).await {
                Ok(not_before_s) => not_before_s,
                Err(error) => {
                    tracing::error!(event = "kill_switch_unread", reason = %error, "the kill switch could not be read");
                    return Standing::Unknown;
                }
            },
        };
        match not_before_s {
            Some(not_before_s) if caller.issued_at.as_second() <= not_before_s => Standing::Refused,
            Some(_) | None => Standing::Allowed,
        }
    }

    /// Refuses this person's tokens that were issued up to `moment`; an earlier moment than one
    /// already set changes nothing. Other instances notice within 30 seconds.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn refuse_issued_until(
        &self,
        tid: &str,
        oid: &str,
        moment: Timestamp,
        usage: &Usage,
    ) -> Result<(), StoreError> {
        let key = key(tid, oid);
        let not_before_s = moment.as_second();
        let expires_at_s = not_before_s
            .max(self.clock.now_s())
            .saturating_add(i64::try_from(KEPT.as_secs()).unwrap_or(i64::MAX));
        let entry = Item::new(&key, expires_at_s).with(NOT_BEFORE, Value::Number(not_before_s));
        let written = match self.store.put_new(entry, usage).await {
            Err(StoreError::ConditionFailed(_)) => {
                let later = Update {
                    key: key.clone(),
                    set: vec![(NOT_BEFORE.to_owned(), Value::Number(not_before_s))],
                    expires_at_s: Some(expires_at_s),
                    condition: Condition::AtMost(NOT_BEFORE.to_owned(), not_before_s),
                };
                match self.store.update(later, usage).await {
                    Ok(_) | Err(StoreError::ConditionFailed(Some(_))) => Ok(()),
                    Err(error) => Err(error),
                }
            }
            written => written,
        };
        self.readings.invalidate(&key);
        written
    }

    fn recent(&self, key: &str) -> Option<Reading> {
        let max_age_ms = i64::try_from(MAX_AGE.as_millis()).unwrap_or(0);
        self.readings.get(key).filter(|reading| {
            let age_ms = self.clock.now_ms().saturating_sub(reading.read_at_ms);
            (0..max_age_ms).contains(&age_ms)
        })
    }

    async fn read(&self, key: &str, usage: &Usage) -> Result<Option<i64>, StoreError> {
        let read_at_ms = self.clock.now_ms();
        let item = self.store.get(key, Freshness::Latest, usage).await?;
        // An entry that says no moment was made by hand: it refuses everything.
        let not_before_s = item.map(|item| item.number(NOT_BEFORE).unwrap_or(i64::MAX));
        self.readings.insert(key, Reading { read_at_ms, not_before_s });
        Ok(not_before_s)
    }
}

fn key(tid: &str, oid: &str) -> String {
    format!("V#{tid}|{oid}")
}
