//! The one list of connectors, and what follows from a name and an environment.

use std::str::FromStr;

use serde::Deserialize;

use crate::terraform::text_setting;
use crate::tools::repository;

/// One entry of `infra/connectors.json`.
#[derive(Clone, Debug, Deserialize)]
pub struct Connector {
    /// Its name.
    pub name: String,
    /// First label of its host.
    pub host: String,
    /// Rank of its listener rule while it is a function.
    pub priority: u32,
    /// Memory of the function.
    pub memory_mb: u32,
    /// Seconds an invocation may take.
    pub timeout_s: u64,
    /// Most instances at once.
    pub concurrency: usize,
    /// `lambda` or `ecs`.
    pub flavour: String,
}

/// An account in which everything exists once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Where a release is tried.
    Dev,
    /// Where people work.
    Prod,
}

impl Environment {
    /// Both, in the order of a release.
    pub const ALL: [Self; 2] = [Self::Dev, Self::Prod];

    /// Its name, as it stands in the names of resources.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Prod => "prod",
        }
    }

    /// Its DNS zone: the one of Terraform's variables, or one of nobody where there are none.
    pub fn zone(self) -> String {
        let file = format!("infra/envs/{}/main.tfvars", self.name());
        let text = std::fs::read_to_string(repository().join(file)).unwrap_or_default();
        let zone = text_setting(&text, "zone_name").map(str::to_owned);
        zone.unwrap_or_else(|| format!("{}.connectors.example.com", self.name()))
    }
}

impl FromStr for Environment {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|one| one.name() == name);
        found.ok_or_else(|| format!("there is no environment {name}; there is dev, and prod"))
    }
}

impl Connector {
    /// Every connector, in the order of the list.
    ///
    /// # Errors
    /// When the list cannot be read.
    pub fn all() -> Result<Vec<Self>, String> {
        let file = repository().join("infra/connectors.json");
        let text = std::fs::read_to_string(&file)
            .map_err(|problem| format!("{}: {problem}", file.display()))?;
        serde_json::from_str(&text).map_err(|problem| format!("{}: {problem}", file.display()))
    }

    /// Its public host.
    pub fn host_in(&self, environment: Environment) -> String {
        format!("{}.{}", self.host, environment.zone())
    }
}
