//! Alarms and the dashboard, compared with what the program really reports, with what the documents
//! promise, and with the runbooks that they name.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test")]

mod documented;
mod heard;
mod program;
mod runbooks;

use std::sync::OnceLock;

use deployment::posture::{Deployment, Flavours, Unread};

/// Dev with every connector on ECS: there every alarm exists. Nothing, and a word why, where a tool
/// is not installed.
fn deployment() -> Option<&'static Deployment> {
    static READ: OnceLock<Option<Deployment>> = OnceLock::new();
    let read = || match Deployment::of("dev", Flavours::AllOnEcs) {
        Ok(deployment) => Some(deployment),
        Err(Unread::Missing(what)) => {
            eprintln!("SKIPPED: {what}");
            None
        }
        Err(unread) => Err(unread).unwrap(),
    };
    READ.get_or_init(read).as_ref()
}
