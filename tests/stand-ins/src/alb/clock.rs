//! The wall clock of the balancer: everything it writes down is dated here.

use jiff::Timestamp;

/// The present moment.
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}
