//! The ECS flavour: the rendered task definition runs, in a root that is read-only.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "these are tests"
)]

mod configuration;
mod left_out;
mod service;
mod task;

use e2e::{Company, Connector, Environment, Flavour, no_tasks_here};

/// A task that works in the company, or a word why there is none.
async fn task(
    company: &Company,
    change: impl FnOnce(Environment) -> Environment,
) -> Option<Connector<'_>> {
    if let Some(missing) = no_tasks_here() {
        eprintln!("SKIPPED: tasks: {missing}");
        return None;
    }
    Some(Connector::start(company, Flavour::Task, change).await)
}
