//! Terraform's own opinion of `infra/`, and what becomes of it in an account.
#![expect(clippy::panic, clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

mod apply;
mod environments;
mod modules;
mod written;

use deployment::terraform::{Connectors, Missing, Workspace};
use deployment::tools::repository;
use serde_json::Value;

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

/// The list of connectors, changed.
pub(crate) fn list(change: impl FnOnce(&mut Vec<Value>)) -> Value {
    let text = std::fs::read_to_string(repository().join("infra/connectors.json")).unwrap();
    let mut list = serde_json::from_str(&text).unwrap();
    change(&mut list);
    Value::Array(list)
}
