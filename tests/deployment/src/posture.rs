//! The security checklist, asked of everything that would be deployed to one environment: what
//! Terraform makes, the stack of every connector, and every rendered task definition.
//!
//! A check is a function of a [`Deployment`]. It tells what it looked at and what is wrong there; a
//! check that found nothing to look at fails.

mod cost;
mod deployment;
mod emitted;
mod encryption;
mod health;
mod logging;
mod look;
mod masking;
mod public_surface;
mod read;
mod roles;
mod rules;
mod secrets;
mod table;
mod tls;
mod watched;

use std::fmt;

pub use deployment::Deployment;
pub use emitted::{Emitted, silent};
pub use look::Look;
pub use read::{Flavours, Unread};
pub use table::{json, table};
pub use watched::{Watched, WatchedField, watched, watched_fields};

/// A part of the documented checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Area {
    /// What the internet can reach.
    PublicSurface,
    /// Where secrets are, and where they are not.
    Secrets,
    /// Who notices that something is down.
    Health,
    /// What logs do not hold.
    Masking,
    /// Who may do what.
    Roles,
    /// Who may talk to whom.
    Rules,
    /// What is said in the clear.
    Tls,
    /// What is kept in the clear.
    Encryption,
    /// What is written down.
    Logging,
    /// What it can cost.
    Cost,
}

impl fmt::Display for Area {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::PublicSurface => "public surface",
            Self::Secrets => "secrets",
            Self::Health => "health",
            Self::Masking => "masking",
            Self::Roles => "roles",
            Self::Rules => "rules",
            Self::Tls => "TLS",
            Self::Encryption => "encryption",
            Self::Logging => "logging",
            Self::Cost => "cost",
        })
    }
}

/// One line of the checklist.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// Its part.
    pub area: Area,
    /// What is so when it passes.
    pub name: &'static str,
    ask: fn(&mut Look<'_>),
}

/// What a check says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Its part of the checklist.
    pub area: Area,
    /// What is so when it passes.
    pub check: &'static str,
    /// What is wrong; empty when it passes.
    pub faults: Vec<String>,
    /// What was looked at: addresses of resources, or files.
    pub evidence: Vec<String>,
}

impl Verdict {
    /// Whether nothing is wrong.
    pub fn passes(&self) -> bool {
        self.faults.is_empty()
    }
}

/// The checklist.
pub fn checks() -> Vec<Check> {
    [
        (Area::PublicSurface, public_surface::CHECKS),
        (Area::Secrets, secrets::CHECKS),
        (Area::Health, health::CHECKS),
        (Area::Masking, masking::CHECKS),
        (Area::Roles, roles::CHECKS),
        (Area::Rules, rules::CHECKS),
        (Area::Tls, tls::CHECKS),
        (Area::Encryption, encryption::CHECKS),
        (Area::Logging, logging::CHECKS),
        (Area::Cost, cost::CHECKS),
    ]
    .iter()
    .flat_map(|(area, list)| list.iter().map(|(name, ask)| Check { area: *area, name, ask: *ask }))
    .collect()
}

/// The checks of one area: what is so, and the function that looks.
type Checks = &'static [(&'static str, fn(&mut Look<'_>))];

/// Asks everything.
pub fn judge(deployment: &Deployment) -> Vec<Verdict> {
    checks().iter().map(|check| check.ask(deployment)).collect()
}

impl Check {
    /// Asks this.
    pub fn ask(&self, deployment: &Deployment) -> Verdict {
        let mut look = Look::at(deployment);
        (self.ask)(&mut look);
        let (evidence, mut faults) = look.end();
        if evidence.is_empty() && faults.is_empty() {
            faults.push("there is nothing to look at".to_owned());
        }
        Verdict { area: self.area, check: self.name, faults, evidence }
    }
}
