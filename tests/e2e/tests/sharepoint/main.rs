//! Stories over HTTP and over load balancer events, told against the real program.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "these are tests")]

mod attacks;
mod audit;
mod configuration;
mod entra;
mod events;
mod graph;
mod limiter;
mod logs;
mod protocol;
mod server;
mod sharing;
mod storage;
