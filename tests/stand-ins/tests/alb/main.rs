//! The balancer over its sockets, in front of the function in `examples/echo.rs`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should end"
)]

mod control;
mod faults;
mod instances;
mod limits;
mod program;
mod support;
mod wire;
