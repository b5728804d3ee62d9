//! Everything over the store and AWS, against servers that speak its protocols: moto for what works,
//! stubs for what fails.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod arms;
mod failures;
mod ground;
mod kill_switch;
mod limiter;
mod moto;
mod parameters;
mod sealed;
mod start;
mod store;
mod stub;
mod token_cache;
mod turns;

use ground::{aws_at, clock, tools};
