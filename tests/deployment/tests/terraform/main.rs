//! Terraform's own opinion of `infra/`, and what becomes of it in an account.
#![expect(clippy::panic, clippy::print_stderr, reason = "a test")]

mod apply;
mod modules;
mod written;

use deployment::terraform::{Connectors, Missing, Workspace};

/// A copy of `infra/`; says so and gives nothing when a tool is not installed.
pub(crate) fn workspace(connectors: Connectors<'_>) -> Option<Workspace> {
    present(Workspace::open(connectors))
}

/// What was asked for, or nothing when a tool is not installed.
pub(crate) fn present<T>(answer: anyhow::Result<T>) -> Option<T> {
    match answer {
        Ok(value) => Some(value),
        Err(problem) if problem.is::<Missing>() => {
            eprintln!("SKIPPED: {problem}");
            None
        }
        Err(problem) => panic!("{problem:?}"),
    }
}
