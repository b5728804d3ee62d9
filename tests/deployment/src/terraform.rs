//! Terraform, run on a copy of `infra/`: nothing is written beside the tracked files, and nothing is
//! asked of a cloud but [`Moto`].

mod bounded;
mod mirror;
mod moto;
mod settings;
mod workspace;

use std::fmt;

pub use moto::Moto;
pub use settings::{setting, text_setting};
pub use workspace::{Connectors, Root, Workspace};

/// What is not installed here, in a sentence that says how to get it.
#[derive(Debug)]
pub struct Missing(pub String);

impl fmt::Display for Missing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Missing {}

/// The modules that need no provider but that of AWS.
pub const MODULES: [&str; 6] =
    ["account", "connector", "cost_guard", "ecs_service", "network", "platform"];
