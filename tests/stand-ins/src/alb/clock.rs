//! The wall clock of the balancer: everything it writes down is dated here.

use jiff::Timestamp;

/// The present moment.
#[expect(
    clippy::disallowed_methods,
    reason = "deadlines and log lines must agree with the clock of the function's own process"
)]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}
