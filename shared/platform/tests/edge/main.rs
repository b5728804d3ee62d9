//! What a client meets at `/mcp`: HTTP manners, messages, both eras, and tools that misbehave.
//!
//! The whole application answers, without a socket and without a cloud.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends where something unexpected happens"
)]

mod eras;
mod http_manners;
mod messages;
mod probe;
mod server;
mod tools;
mod trouble;
