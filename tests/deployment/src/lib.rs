//! What this repository deploys, read as the cloud would read it: the Terraform of `infra/`, the
//! SAM of `template.yaml`, the task definitions and the workflows.
//!
//! Each reader asks the tool that owns the format and gives its answer as JSON; `tests/` holds
//! rules over those answers, and `cargo xtask posture` prints them for a person.

pub mod checkov;
pub mod connectors;
pub mod function_rules;
pub mod listener_rules;
pub mod plan;
pub mod policies;
pub mod posture;
pub mod sam;
pub mod task_definition;
pub mod terraform;
pub mod tools;
pub mod workflows;
