//! What is known of one person's calls, as the store keeps it; and the step to the next call.

use crate::store::{Condition, Item, Update, Value};

use super::buckets::Buckets;
use super::ring::{EXACT_UP_TO, Ring};

/// What is known of one person's calls.
#[derive(Clone, Debug, Default)]
pub(super) enum Log {
    /// Nothing yet, or nothing that still counts.
    #[default]
    Empty,
    Ring(Ring),
    Buckets(Buckets),
}

/// Whether one more call fits.
pub(super) enum Verdict {
    Accept(Entry),
    Refuse { until_ms: i64 },
}

/// How an accepted call is written.
pub(super) enum Entry {
    /// As a new item.
    First(Step),
    /// As a change of the item that is known.
    Next(Step),
}

/// One accepted call: what is known after it, and how it is written.
pub(super) struct Step {
    pub(super) log: Log,
    pub(super) set: Vec<(String, Value)>,
    pub(super) expires_at_s: i64,
    pub(super) condition: Condition,
}

impl Log {
    /// What the store's item says; of another shape, or none: empty.
    pub(super) fn read(limit: u32, item: Option<&Item>) -> Self {
        let Some(item) = item else {
            return Self::Empty;
        };
        if limit <= EXACT_UP_TO {
            Ring::read(limit, item).map_or(Self::Empty, Self::Ring)
        } else {
            Buckets::read(item).map_or(Self::Empty, Self::Buckets)
        }
    }

    /// Whether one more call fits now.
    pub(super) fn admit(&self, limit: u32, now_ms: i64) -> Verdict {
        let first = matches!(self, Self::Empty);
        let step = match self {
            Self::Ring(ring) => ring.next(limit, now_ms),
            Self::Buckets(buckets) => buckets.next(limit, now_ms),
            Self::Empty if limit <= EXACT_UP_TO => Ring::default().next(limit, now_ms),
            Self::Empty => Buckets::default().next(limit, now_ms),
        };
        match step {
            Ok(step) if first => Verdict::Accept(Entry::First(step)),
            Ok(step) => Verdict::Accept(Entry::Next(step)),
            Err(until_ms) => Verdict::Refuse { until_ms },
        }
    }
}

impl Step {
    pub(super) fn item(&self, key: &str) -> Item {
        let item = Item::new(key, self.expires_at_s);
        self.set.iter().cloned().fold(item, |item, (name, value)| item.with(name, value))
    }

    pub(super) fn update(&self, key: &str) -> Update {
        Update {
            key: key.to_owned(),
            set: self.set.clone(),
            expires_at_s: Some(self.expires_at_s),
            condition: self.condition.clone(),
        }
    }
}
