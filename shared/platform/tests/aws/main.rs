//! The rooms that talk to AWS, against servers that speak its protocols: moto for what works,
//! stubs for what fails.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod failures;
mod kill_switch;
mod limiter;
mod moto;
mod parameters;
mod start;
mod store;
mod stub;
mod token_cache;
mod turns;

use jiff::Timestamp;
use platform::aws::Aws;
use platform::clock::Clock;
use platform::config::Vars;

/// A clock that stands still.
fn clock() -> Clock {
    Clock::manual(Timestamp::from_second(1_800_000_000).unwrap())
}

/// The SDK, aimed at this address.
async fn aws_at(endpoint: &str) -> Aws {
    let vars = Vars::from_pairs([
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ]);
    Aws::from_vars(&vars).await.unwrap()
}
