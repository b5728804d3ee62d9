//! The ECS flavour: the rendered task definition runs, in a root that is read-only.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "these are tests"
)]

mod configuration;
mod task;
