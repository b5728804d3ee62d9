//! Gherkin features, run as tests against the real program and as smoke tests against a deployed
//! environment.
//!
//! A [`Story`] is one scenario with its examples filled in. Each of its steps is the text of
//! exactly one step function of `steps`, which goes on with the [`World`].
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a scenario is a test, and a test ends where its story breaks"
)]

pub mod smoke;

mod assistant;
mod definition;
mod mcp;
mod site;
mod steps;
mod story;
mod telling;
mod world;

pub use definition::{Definitions, Unfit};
pub use story::{Story, stories};
pub use telling::tell_here;
pub use world::World;
