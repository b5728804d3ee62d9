//! The exact log: the times of the last calls in a ring of as many slots as calls are allowed.

use crate::store::{Condition, Item, Value};

use super::WINDOW_MS;
use super::log::{Log, Step};

/// Up to this limit the log is exact; its item stays below one kilobyte, one write unit.
pub const EXACT_UP_TO: u32 = 90;

const COUNT: &str = "n";

/// The number of calls ever written, and the slots as far as they are known.
#[derive(Clone, Debug, Default)]
pub(super) struct Ring {
    count: i64,
    slots: Vec<Option<i64>>,
}

impl Ring {
    pub(super) fn read(limit: u32, item: &Item) -> Option<Self> {
        let count = item.number(COUNT).filter(|count| *count >= 0)?;
        let slots = (0..i64::from(limit)).map(|slot| item.number(&name(slot))).collect();
        Some(Self { count, slots })
    }

    /// The step that writes a call at `now_ms`, or the moment from which one more call fits.
    pub(super) fn next(&self, limit: u32, now_ms: i64) -> Result<Step, i64> {
        let size = i64::from(limit);
        let at = self.count.rem_euclid(size);
        // Our clock may be behind the one that wrote the newest slot; the ring stays in order.
        let newest = self.slot((self.count - 1).rem_euclid(size));
        let time_ms = newest.map_or(now_ms, |newest| newest.max(now_ms));
        let free_until_ms = time_ms - WINDOW_MS;
        if let Some(oldest) = self.slot(at).filter(|oldest| *oldest > free_until_ms) {
            return Err(oldest + WINDOW_MS);
        }
        let mut slots = self.slots.clone();
        slots.resize(usize::try_from(limit).unwrap_or(0), None);
        if let Some(slot) = usize::try_from(at).ok().and_then(|at| slots.get_mut(at)) {
            *slot = Some(time_ms);
        }
        Ok(Step {
            log: Log::Ring(Self { count: self.count + 1, slots }),
            set: vec![
                (name(at), Value::Number(time_ms)),
                (COUNT.to_owned(), Value::Number(self.count + 1)),
            ],
            expires_at_s: (time_ms + 2 * WINDOW_MS) / 1000,
            condition: Condition::All(vec![
                Condition::number(COUNT, self.count),
                Condition::Any(vec![
                    Condition::Missing(name(at)),
                    Condition::AtMost(name(at), free_until_ms),
                ]),
            ]),
        })
    }

    fn slot(&self, at: i64) -> Option<i64> {
        *self.slots.get(usize::try_from(at).ok()?)?
    }
}

fn name(slot: i64) -> String {
    format!("s{slot}")
}
