//! The security checklist: this repository passes it, and each check notices what it is there for.
//! Alarms, which need the same reading of what is deployed, are held to what is really reported.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "every function here is a test, or a part of one"
)]

mod alarms;
mod doctored;
mod edges;
mod flavours;
mod kept;
mod passes;
mod printed;
mod reached;

use std::sync::OnceLock;

use deployment::posture::{Deployment, Flavours, Unread};

/// Dev with every connector on ECS: there everything exists that can. Nothing, and a word why, where
/// a tool is not installed.
fn on_ecs() -> Option<&'static Deployment> {
    both().0.as_ref()
}

/// Prod as `infra/connectors.json` describes it.
fn listed() -> Option<&'static Deployment> {
    both().1.as_ref()
}

/// Read at the same time: it takes minutes.
fn both() -> &'static (Option<Deployment>, Option<Deployment>) {
    static READ: OnceLock<(Option<Deployment>, Option<Deployment>)> = OnceLock::new();
    READ.get_or_init(|| {
        std::thread::scope(|scope| {
            let prod = scope.spawn(|| read("prod", Flavours::Listed));
            (read("dev", Flavours::AllOnEcs), prod.join().unwrap())
        })
    })
}

fn read(environment: &str, flavours: Flavours) -> Option<Deployment> {
    match Deployment::of(environment, flavours) {
        Ok(deployment) => Some(deployment),
        Err(Unread::Missing(what)) => {
            eprintln!("SKIPPED: {what}");
            None
        }
        Err(unread) => panic!("{unread}"),
    }
}
