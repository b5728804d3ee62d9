//! The rough log for high limits: how many calls this minute and how many the minute before.

use crate::store::{Condition, Item, Value};

use super::WINDOW_MS;
use super::log::{Log, Step};

const MINUTE: &str = "m";
const CURRENT: &str = "c";
const PREVIOUS: &str = "p";

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Buckets {
    minute: i64,
    current: i64,
    previous: i64,
}

impl Buckets {
    pub(super) fn read(item: &Item) -> Option<Self> {
        Some(Self {
            minute: item.number(MINUTE)?,
            current: item.number(CURRENT)?,
            previous: item.number(PREVIOUS)?,
        })
    }

    /// The step that counts a call at `now_ms`, or the moment from which one more call fits.
    pub(super) fn next(&self, limit: u32, now_ms: i64) -> Result<Step, i64> {
        // Our clock may be behind the one that counted last.
        let minute = now_ms.div_euclid(WINDOW_MS).max(self.minute);
        let (current, previous) = match minute - self.minute {
            0 => (self.current, self.previous),
            1 => (0, self.current),
            _ => (0, 0),
        };
        let start_ms = minute * WINDOW_MS;
        let limit = i64::from(limit);
        let left_ms = WINDOW_MS - (now_ms - start_ms).clamp(0, WINDOW_MS);
        if current * WINDOW_MS + previous * left_ms > (limit - 1) * WINDOW_MS {
            return Err(start_ms + fits_after_ms(limit, current, previous));
        }
        let after = Self { minute, current: current + 1, previous };
        Ok(Step {
            log: Log::Buckets(after),
            set: vec![
                (MINUTE.to_owned(), Value::Number(after.minute)),
                (CURRENT.to_owned(), Value::Number(after.current)),
                (PREVIOUS.to_owned(), Value::Number(after.previous)),
            ],
            expires_at_s: (start_ms + 3 * WINDOW_MS) / 1000,
            condition: Condition::All(vec![
                Condition::number(MINUTE, self.minute),
                Condition::number(CURRENT, self.current),
                Condition::number(PREVIOUS, self.previous),
            ]),
        })
    }
}

/// How long after the minute's start one more call fits: within it while the last minute's calls
/// fade, else in the next one while this minute's do.
fn fits_after_ms(limit: i64, current: i64, previous: i64) -> i64 {
    let room = limit - 1 - current;
    if room >= 0 && previous > 0 {
        WINDOW_MS - room * WINDOW_MS / previous
    } else {
        2 * WINDOW_MS - (limit - 1) * WINDOW_MS / current.max(1)
    }
}
